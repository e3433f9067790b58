"""Import of a file into the embedded product, beside pandas and a bare SQLite insert of the same rows.

    python benchmarks/speed/import_file.py

The bare side is the least that could be done by somebody who knows the file: pandas reads it with its columns named,
the times become UTC seconds, and one `executemany` in one transaction writes one table of the same columns and key,
with the same journal and durability. Ours is `preview_file` and `store_import` of a product with its records: it finds
out what the file is, keeps what was received and the readings derived from it (two rows for each of the bare side),
compares with what is there, writes the change feed, the import, its run and the audit log. Goals: at most 3 times the
bare time and 500 MiB for 1,000,000 rows.

Cases: `csv` one meter by the minute; `keys` ten meters below each other; `wide` a row a day, 96 columns; `parquet`;
`excel`, a twentieth of the rows; `nem12` four registers of Australian meter data and `nem12_read` eight times as many
rows, 53 MB, that are read and not stored; `packed` four times as many, 100 MB in gzip, read and not stored; `large` a
file beyond the limit and `streamed` one of that size packed by gzip, both refused with flat memory. Each run has a
process of its own and both sides run in turn after a small file that loads the libraries; the best of the rounds
counts, since the machine may be shared. Memory is the peak of the process, libraries included.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from machine import environment, peak_mib

TZ = "America/Lima"
BEGIN = np.datetime64("2023-01-01T00:00", "m")
METERS = 10
GB = 1 << 30
TABLE = """CREATE TABLE reading (point INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
value REAL NOT NULL, quality INTEGER NOT NULL, recorded_at INTEGER NOT NULL, revision INTEGER NOT NULL,
PRIMARY KEY (point, start)) WITHOUT ROWID"""
LINE = (
    "{case:9s}{rows:8d} rows  ours {ours_seconds} s {ours_peak_mib} MiB"
    "  bare {bare_seconds} s {bare_peak_mib} MiB  ratio {ratio_seconds}, of CPU {ratio_cpu}"
)
Rows = Iterator[tuple[int, np.ndarray, np.ndarray]]


def energy(n: int) -> np.ndarray:
    return np.round(np.random.default_rng(n).gamma(2.0, 0.02, n), 4)


def minutes(n: int, step: int = 1) -> np.ndarray:
    return BEGIN + step * np.arange(n)


def write_csv(path: Path, n: int) -> None:
    with path.open("w") as out:
        out.write("timestamp,energy_kwh\n")
        times = np.char.replace(minutes(n).astype(str), "T", " ")
        out.writelines(f"{t},{v}\n" for t, v in zip(times.tolist(), energy(n).tolist(), strict=True))


def write_keys(path: Path, n: int) -> None:
    with path.open("w") as out:
        out.write("meter,timestamp,energy_kwh\n")
        times = np.char.replace(minutes(n // METERS, 15).astype(str), "T", " ").tolist()
        for meter in range(METERS):
            values = energy(n // METERS + meter).tolist()
            out.writelines(f"M{meter:03d},{t},{v}\n" for t, v in zip(times, values, strict=False))


def write_wide(path: Path, n: int) -> None:
    days = (BEGIN.astype("M8[D]") + np.arange(n // 96)).astype(str).tolist()
    clock = ",".join(f"{m // 60:02d}:{m % 60:02d}" for m in range(0, 1440, 15))
    with path.open("w") as out:
        out.write(f"date,{clock}\n")
        table = energy(len(days) * 96).reshape(-1, 96).tolist()
        out.writelines(f"{d},{','.join(map(str, row))}\n" for d, row in zip(days, table, strict=True))


def write_parquet(path: Path, n: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    times = pa.array(minutes(n).astype("M8[s]"), pa.timestamp("s"))
    pq.write_table(pa.table({"timestamp": times, "energy_kwh": energy(n)}), path)


def write_excel(path: Path, n: int) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("readings")
    sheet.append(["timestamp", "energy_kwh"])
    for row in zip(minutes(n, 15).tolist(), energy(n).tolist(), strict=True):
        sheet.append(row)
    book.save(path)


def write_nem12(path: Path, n: int) -> None:
    """Four registers by the five minutes, a day a row."""
    days = n // 4 // 288
    dates = np.char.replace((BEGIN.astype("M8[D]") + np.arange(days)).astype(str), "-", "").tolist()
    with path.open("w") as out:
        out.write("100,NEM12,202603010000,MDP,RETAILER\n")
        for register in ("E1", "B1", "E2", "B2"):
            out.write(f"200,NMI0000001,E1B1E2B2,1,{register},N1,M1,kWh,5,\n")
            table = energy(days * 288 + len(register)).round(3)[: days * 288].reshape(-1, 288).tolist()
            for day, row in zip(dates, table, strict=True):
                out.write(f"300,{day},{','.join(map(str, row))},A,,,{day}235959,\n")
        out.write("900\n")


def write_large(path: Path, n: int) -> None:
    """Two gigabytes that take no disk: a head of readings, then a hole."""
    write_csv(path, n)
    with path.open("r+b") as out:
        out.truncate(2 * GB)


def write_packed(path: Path, n: int) -> None:
    """The minutes of years, packed by gzip: more than a file of its own may have."""
    write_csv(path, n)
    data = path.read_bytes()
    with gzip.open(path, "wb", compresslevel=6) as out:
        out.write(data)


def write_streamed(path: Path, n: int) -> None:
    """Two gigabytes, packed to a few megabytes: the same minutes again and again."""
    write_csv(path, n)
    block = path.read_bytes()
    with gzip.open(path, "wb", compresslevel=1) as out:
        for _ in range(2 * GB // len(block) + 1):
            out.write(block)


def read_pairs(path: Path, read: Callable[..., Any], **options: Any) -> Rows:
    table = read(path, **options)
    yield 0, seconds(table["timestamp"]), table["energy_kwh"].to_numpy()


def read_csv(path: Path) -> Rows:
    import pandas as pd

    return read_pairs(path, pd.read_csv, parse_dates=["timestamp"])


def read_parquet(path: Path) -> Rows:
    import pandas as pd

    return read_pairs(path, pd.read_parquet)


def read_excel(path: Path) -> Rows:
    import pandas as pd

    return read_pairs(path, pd.read_excel)


def read_keys(path: Path) -> Rows:
    import pandas as pd

    table = pd.read_csv(path, parse_dates=["timestamp"])
    for i, (_, part) in enumerate(table.groupby("meter")):
        yield i, seconds(part["timestamp"]), part["energy_kwh"].to_numpy()


def read_wide(path: Path) -> Rows:
    import pandas as pd

    table = pd.read_csv(path, parse_dates=["date"])
    starts = seconds(table["date"])[:, None] + 900 * np.arange(96)
    yield 0, starts.ravel(), table.iloc[:, 1:].to_numpy().ravel()


def read_nem12(path: Path) -> Rows:
    """Day by day, as somebody who knows that nothing in the file is estimated or corrected."""
    point, starts, values = -1, [], []
    with path.open() as lines:
        for line in lines:
            cells = line.rstrip().split(",")
            if cells[0] in ("200", "900") and starts:
                yield point, np.concatenate(starts), np.concatenate(values)
                starts, values = [], []
            point += cells[0] == "200"
            if cells[0] == "300":
                day = np.datetime64(f"{cells[1][:4]}-{cells[1][4:6]}-{cells[1][6:]}", "s").astype(np.int64)
                starts.append(day - 36000 + 300 * np.arange(288))
                values.append(np.array(cells[2:290], dtype=np.float64))


def seconds(times: Any) -> np.ndarray:
    """UTC seconds of local times."""
    utc: np.ndarray = times.dt.tz_localize(TZ).dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    return utc.astype("M8[s]").astype(np.int64)


# How each case is written and read, the end of its name, and its share of the rows.
CASES: dict[str, tuple[Callable[[Path, int], None], Callable[[Path], Rows] | None, str, float]] = {
    "csv": (write_csv, read_csv, "csv", 1.0),
    "keys": (write_keys, read_keys, "csv", 1.0),
    "wide": (write_wide, read_wide, "csv", 1.0),
    "parquet": (write_parquet, read_parquet, "parquet", 1.0),
    "excel": (write_excel, read_excel, "xlsx", 0.05),
    "nem12": (write_nem12, read_nem12, "csv", 1.0),
    "nem12_read": (write_nem12, read_nem12, "csv", 8.0),
    "packed": (write_packed, read_csv, "csv.gz", 4.0),
    "large": (write_large, None, "csv", 0.001),
    "streamed": (write_streamed, None, "csv.gz", 0.001),
}


READ_ONLY = ("nem12_read", "packed")


def import_bare(case: str, path: Path, home: Path) -> int:
    """Read with pandas, write one table; returns how many rows."""
    read = CASES[case][1]
    assert read is not None  # only what both sides read is timed on both
    with closing(sqlite3.connect(home / "bare.sqlite", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(TABLE)
        db.execute("BEGIN IMMEDIATE")
        n = 0
        for point, start, value in read(path):
            if case in READ_ONLY:
                n += len(start)
                continue
            length = int(start[1] - start[0])
            rows = zip(start.tolist(), (start + length).tolist(), value.tolist(), strict=True)
            db.executemany(
                f"INSERT INTO reading VALUES ({point}, ?, ?, ?, 0, 1, 1)",
                rows,
            )
            n += len(start)
        db.execute("COMMIT")
    return n


def import_ours(case: str, path: Path, home: Path) -> int:
    """Preview and store in a product of its own; returns how many readings are new."""
    from kanchay.bootstrap import open_product
    from kanchay.domain.errors import FileRefused
    from kanchay.domain.point import Site
    from kanchay.services.people.policy import operator_scope
    from kanchay.services.people.sites import create_site
    from kanchay.services.ports.files import ImportOptions
    from kanchay.services.readings.import_file import preview_file, store_import
    from kanchay.settings import read_settings

    ctx, scope = open_product(read_settings(home=str(home))), operator_scope()
    create_site(ctx, scope, Site("s", "s", TZ))
    try:
        preview = preview_file(ctx, path, ImportOptions(tz=TZ))
    except FileRefused as refused:
        print(refused, file=sys.stderr)
        return 0
    if case in READ_ONLY:
        return sum(series.n for series in preview.series)
    return store_import(ctx, scope, "s", preview).n_new


SIDES = {"ours": import_ours, "bare": import_bare}


def one(side: str, case: str, path: Path) -> None:
    """One timed import in this process, printed as JSON; a small file first loads the libraries."""
    with tempfile.TemporaryDirectory() as folder:
        first, home = Path(folder) / "first", Path(folder) / "home"
        first.mkdir()
        home.mkdir()
        small = "csv" if CASES[case][1] is None else case
        SIDES[side](small, path.parent / f"small_{small}.{CASES[small][2]}", first)
        begin, cpu = time.perf_counter(), time.process_time()
        n = SIDES[side](case, path, home)
        taken = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu}
    print(json.dumps({**taken, "rows": n, "peak_mib": peak_mib()}))


def measure(side: str, case: str, path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", side, case, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    if CASES[case][1] is None:
        print(f"{case}: {run.stderr.strip().splitlines()[-1]}")
    result: dict[str, float] = json.loads(run.stdout.strip().splitlines()[-1])
    return result


def compared(case: str, path: Path, rounds: int) -> dict[str, object]:
    """Both sides of a case, in turn."""
    sides = ["ours"] if CASES[case][1] is None else ["ours", "bare"]
    runs: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            runs[side].append(measure(side, case, path))
    counts = {run["rows"] for side in sides for run in runs[side]}
    assert len(counts) == 1, f"{case}: the sides stored {counts} rows"
    row: dict[str, object] = {"case": case, "rows": int(counts.pop()), "rounds": rounds}
    for side in ("ours", "bare"):
        for field in ("seconds", "cpu", "peak_mib"):
            found = [run[field] for run in runs.get(side, [])]
            row[f"{side}_{field}"] = round(min(found), 3) if found else ""
    for field in ("seconds", "cpu", "peak_mib"):
        mine, theirs = row[f"ours_{field}"], row[f"bare_{field}"]
        row[f"ratio_{field}"] = round(float(mine) / float(theirs), 2) if theirs else ""  # type: ignore[arg-type]
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "results" / "import_file.csv")
    parser.add_argument("--one", nargs=3, metavar=("SIDE", "CASE", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one[0], given.one[1], Path(given.one[2]))
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for case in given.cases.split(","):
            write, _, ending, share = CASES[case]
            path = Path(folder) / f"{case}.{ending}"
            write(path, round(given.rows * share))
            small = "csv" if CASES[case][1] is None else case
            CASES[small][0](Path(folder) / f"small_{small}.{CASES[small][2]}", 2000)
            rows.append({**compared(case, path, given.rounds), **environment("sqlite", "pandas", "pyarrow")})
            path.unlink()
            print(LINE.format(**rows[-1]), flush=True)
    with given.out.open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
