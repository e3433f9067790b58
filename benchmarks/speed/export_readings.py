"""Export of one meter's readings, beside pandas writing the same columns of the same rows.

    python benchmarks/speed/export_readings.py

Ours is `open_export` and the format's writer on the embedded store: what is asked for is checked, written to the audit
log, read piece by piece and told with unit, direction, quality and source in UTC. The other side is the least that could
be done by somebody who has the rows in one SQLite table: `pandas.read_sql`, the same columns, then `to_csv`,
`to_parquet` or `to_excel`. Each run has a process of its own; the best of the rounds counts, since the machine may be
shared. Memory is the peak of the process, libraries included. Formats that pandas does not write are timed alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np
from machine import environment, peak_mib

BEGIN = 1_672_531_200
ROWS = {"csv": 1.0, "parquet": 1.0, "xlsx": 0.05, "green-button": 0.1, "home-assistant": 0.5, "emhass": 0.5}
PEERS = ("csv", "parquet", "xlsx")
LINE = (
    "{format:15s}{rows:8d} rows {ours_mb} MB  ours {ours_seconds} s {ours_peak_mib} MiB"
    "  pandas {pandas_seconds} s {pandas_peak_mib} MiB  ratio {ratio_seconds}, of CPU {ratio_cpu}"
)


def energy(n: int) -> np.ndarray:
    return np.round(np.random.default_rng(n).gamma(2.0, 0.02, n), 4)


def fill(home: Path, n: int, step: int) -> None:
    """Both stores with the same readings."""
    from kanchay.bootstrap import open_product
    from kanchay.domain.point import Direction, Point, Role, Site
    from kanchay.domain.reading import Readings
    from kanchay.services.people.policy import operator_scope
    from kanchay.services.people.sites import add_points, create_site
    from kanchay.settings import read_settings

    ctx, scope = open_product(read_settings(home=str(home))), operator_scope()
    create_site(ctx, scope, Site("s", "s", "America/Lima"))
    point = Point("s:grid", "s", "grid", resolution_s=step, role=Role.GRID, direction=Direction.IMPORT)
    add_points(ctx, scope, "s", [point])
    readings = Readings.regular(point.id, BEGIN, step, energy(n))
    ctx.readings.append(scope, [readings], recorded_at=BEGIN)
    with closing(sqlite3.connect(home / "bare.sqlite")) as db:
        db.execute(
            'CREATE TABLE reading (start INTEGER PRIMARY KEY, "end" INTEGER, value REAL, quality INTEGER)'
        )
        rows = zip(readings.start.tolist(), readings.end.tolist(), readings.value.tolist(), strict=True)
        db.executemany("INSERT INTO reading VALUES (?, ?, ?, 0)", rows)
        db.commit()


def export_ours(name: str, home: Path, out: Path) -> int:
    from kanchay.bootstrap import export_formats, open_product
    from kanchay.services.people.policy import operator_scope
    from kanchay.services.readings.export import ExportWish, format_named, open_export
    from kanchay.settings import read_settings

    ctx, scope = open_product(read_settings(home=str(home))), operator_scope()
    form = format_named(export_formats(), name)
    export = open_export(ctx, scope, "s", form, ExportWish())
    with out.open("wb") as file:
        for piece in form.write(export, "en"):
            file.write(piece)
    return sum(s.n_most for s in export.series)


def export_pandas(name: str, home: Path, out: Path) -> int:
    import pandas as pd

    with closing(sqlite3.connect(home / "bare.sqlite")) as db:
        rows = pd.read_sql('SELECT start, "end", value, quality FROM reading ORDER BY start', db)
    table = pd.DataFrame(
        {
            "name": "grid",
            "start": pd.to_datetime(rows["start"], unit="s", utc=True),
            "end": pd.to_datetime(rows["end"], unit="s", utc=True),
            "value": rows["value"],
            **{"unit": "kWh", "quantity": "electric_energy", "direction": "import"},
            "quality": np.where(rows["quality"] == 0, "measured", "estimated"),
            **{
                "source": "",
                "site": "s",
                "zone": "America/Lima",
                "point": "s:grid",
                "role": "grid",
                "register": "",
            },
            **{"parent": "", "kind": "interval", "resolution_s": 60, "tags": ""},
        }
    )
    if name == "parquet":
        table.to_parquet(out, index=False)
    elif name == "xlsx":
        times = {c: table[c].dt.tz_localize(None) for c in ("start", "end")}
        table.assign(**times).to_excel(out, index=False)
    else:
        table.to_csv(out, index=False, date_format="%Y-%m-%dT%H:%M:%SZ")
    return len(table)


SIDES = {"ours": export_ours, "pandas": export_pandas}


def one(side: str, name: str, home: Path) -> None:
    """One timed export in this process, printed as JSON; libraries are loaded within it, as they are in life."""
    out = home / f"out.{side}"
    begin, cpu = time.perf_counter(), time.process_time()
    n = SIDES[side](name, home, out)
    taken = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu}
    print(json.dumps({**taken, "rows": n, "mb": out.stat().st_size / 1e6, "peak_mib": peak_mib()}))


def measure(side: str, name: str, home: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", side, name, str(home)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(run.stdout.strip().splitlines()[-1])
    return result


def compared(name: str, home: Path, rounds: int) -> dict[str, object]:
    """Both sides of a format, in turn."""
    sides = list(SIDES) if name in PEERS else ["ours"]
    runs: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            runs[side].append(measure(side, name, home))
    row: dict[str, object] = {"format": name, "rows": int(runs["ours"][0]["rows"]), "rounds": rounds}
    for side in SIDES:
        for field in ("seconds", "cpu", "peak_mib", "mb"):
            found = [run[field] for run in runs.get(side, [])]
            row[f"{side}_{field}"] = (
                round(min(found), 3 if field in ("seconds", "cpu") else 1) if found else ""
            )
    for field in ("seconds", "cpu", "peak_mib"):
        mine, theirs = row[f"ours_{field}"], row[f"pandas_{field}"]
        row[f"ratio_{field}"] = round(float(mine) / float(theirs), 2) if theirs else ""  # type: ignore[arg-type]
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--formats", default=",".join(ROWS))
    results = Path(__file__).parents[1] / "results" / "export_readings.csv"
    parser.add_argument("--out", type=Path, default=results)
    parser.add_argument("--one", nargs=3, metavar=("SIDE", "FORMAT", "HOME"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one[0], given.one[1], Path(given.one[2]))
        return
    rows = []
    for name in given.formats.split(","):
        with tempfile.TemporaryDirectory() as folder:
            step = 1800 if name in ("emhass", "home-assistant") else 60
            fill(Path(folder), round(given.rows * ROWS[name]), step)
            rows.append(
                {**compared(name, Path(folder), given.rounds), **environment("sqlite", "pandas", "pyarrow")}
            )
            print(LINE.format(**rows[-1]), flush=True)
    with given.out.open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
