"""Forecast a fleet: meters a second in batches, and whether memory stays flat.

    python benchmarks/speed/forecast_fleet.py

Each case runs in a process of its own, several times in turn with the others; the best run counts, since the machine
may be shared. All forecast 24 h with quantiles from one week of hours of simulated meters (a daily shape, gamma noise);
making the meters is not timed. `cpu_us` is the time on all cores spent for a meter: with two cores free, 2 s / cpu_us is
what could be reached. Cases:

`batches`    ours: 512 meters at a time, onnxruntime on two threads, calendar with holidays of Peru
`one_thread` the same on one thread
`numpy`      the same network in plain NumPy, one thread
`files`      ours from a Parquet file to a forecast frame in Parquet, read by row groups
`loop`       ours, one meter after the other
`ensemble`   the 7-day ensemble naive in NumPy, in the same batches: the least that a forecast with a band costs
`statsforecast` SeasonalNaive(24) with 80 and 95 % bands by the package `statsforecast` (compiled), where installed
`lightgbm`   one pooled LightGBM (mean only, 200 trees of 63 leaves, 24 lags and the hour), where installed

Memory: the peak of the process after 10,000 and after 100,000 meters (`--meters`, `--many`).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from machine import environment

ROOT = Path(__file__).resolve().parents[2]
HOURS = 168
BEGIN = 1_772_427_600  # 2026-03-02 00:00 in Lima
BUNDLE = ROOT / "src" / "kanchay" / "library" / "models" / "pretrained"
TZ = "America/Lima"


def loads(first: int, n: int) -> np.ndarray:
    """A week of `n` meters, shape (n, 168). [kWh]"""
    rng = np.random.default_rng(first)
    shape = 0.3 + 0.2 * np.sin(np.pi * (np.arange(HOURS) % 24) / 24) ** 2
    return np.round(shape * rng.gamma(2.0, 0.5, (n, 1)) * rng.gamma(4.0, 0.25, (n, HOURS)), 3)


def panels(n: int) -> Iterator[Any]:
    from kanchay.domain.panel import Panel

    for first in range(0, n, 500):
        for k, row in enumerate(loads(first, min(500, n - first))):
            yield Panel.of((f"m{first + k:06d}",), row[None], start=BEGIN, resolution_s=3600, tz=TZ)


def model(runtime: str = "onnx", threads: int = 2) -> Any:
    from kanchay.bundle.load import grounded, load_bundle

    return grounded(load_bundle(BUNDLE, runtime=runtime, threads=threads))


def in_batches(forecaster: Any) -> Callable[[Any], int]:
    from kanchay.analysis.forecast.many import FleetOptions, forecast_panels

    return lambda given: sum(
        len(p.points) for p in forecast_panels(given, forecaster, FleetOptions(country="PE"))
    )


def from_file(forecaster: Any) -> Callable[[Path], int]:
    from kanchay.adapters.energytable import stream_panels
    from kanchay.adapters.frames import FrameWriter
    from kanchay.analysis.forecast.many import FleetOptions, forecast_panels

    def run(path: Path) -> int:
        with FrameWriter(path.with_name("out.parquet")) as writer:
            for part in forecast_panels(stream_panels(path, TZ), forecaster, FleetOptions(country="PE")):
                writer.write_many(
                    part.points, part.issued_at, resolution_s=3600, unit="kWh", mean=part.mean,
                    quantiles=part.quantiles,
                )  # fmt: skip
            return writer.rows // 24

    return run


def one_by_one(forecaster: Any) -> Callable[[Any], int]:
    from kanchay.analysis.forecast.single import forecast_panel

    return lambda given: len([forecast_panel(p, p.points[0], forecaster, p.end, country="PE") for p in given])


def seasonal_naive() -> Callable[[Any], int]:
    from statsforecast import StatsForecast
    from statsforecast.models import SeasonalNaive

    forecaster = StatsForecast(models=[SeasonalNaive(season_length=24)], freq="h", n_jobs=1)
    return lambda frame: len(forecaster.forecast(df=frame, h=24, level=[80, 95])) // 24


def boosted() -> Callable[[np.ndarray], int]:
    import lightgbm

    def rows(load: np.ndarray) -> np.ndarray:
        lags = np.repeat(load[:, -24:] / load.mean(axis=1, keepdims=True), 24, axis=0)
        return np.column_stack([lags, np.tile(np.arange(24.0), len(load))])

    known = loads(10**6, 500)
    trained = lightgbm.LGBMRegressor(n_estimators=200, num_leaves=63, n_jobs=2, verbose=-1)
    trained.fit(rows(known[:, :-24]), (known[:, -24:] / known[:, :-24].mean(axis=1, keepdims=True)).ravel())
    booster = trained.booster_

    def run(load: np.ndarray) -> int:
        parts = [booster.predict(rows(load[i : i + 512])) for i in range(0, len(load), 512)]
        return sum(len(p) for p in parts) // 24

    return run


def frame(n: int) -> Any:
    import pandas as pd

    hours = pd.date_range("2026-03-02", periods=HOURS, freq="h")
    ids = np.repeat([f"m{k:06d}" for k in range(n)], HOURS)
    return pd.DataFrame({"unique_id": ids, "ds": np.tile(hours, n), "y": fleet(n).ravel()})


def fleet(n: int) -> np.ndarray:
    return np.concatenate([loads(first, min(500, n - first)) for first in range(0, n, 500)])


def parquet(n: int, folder: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [("meter_id", pa.string()), ("timestamp", pa.timestamp("s", "UTC")), ("energy_kwh", pa.float64())]
    )
    with pq.ParquetWriter(folder / "in.parquet", schema) as writer:
        for first in range(0, n, 500):
            values = loads(first, min(500, n - first))
            ids = [f"m{first + k:06d}" for k in range(len(values)) for _ in range(HOURS)]
            times = np.tile(BEGIN + 3600 * np.arange(HOURS), len(values))
            columns = [pa.array(ids), pa.array(times, pa.timestamp("s", "UTC")), pa.array(values.ravel())]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
    return folder / "in.parquet"


def run_case(case: str, n: int, folder: Path) -> dict[str, Any]:
    """Wall clock and time on all cores of one case, in this process."""
    from kanchay.analysis.forecast.naive import EnsembleNaive

    make: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "batches": (lambda: in_batches(model()), lambda: panels(n)),
        "one_thread": (lambda: in_batches(model(threads=1)), lambda: panels(n)),
        "numpy": (lambda: in_batches(model("numpy")), lambda: panels(n)),
        "files": (lambda: from_file(model()), lambda: parquet(n, folder)),
        "loop": (lambda: one_by_one(model(threads=1)), lambda: panels(n)),
        "ensemble": (lambda: in_batches(EnsembleNaive()), lambda: panels(n)),
        "statsforecast": (seasonal_naive, lambda: frame(n)),
        "lightgbm": (boosted, lambda: fleet(n)),
    }
    work, given = (part() for part in make[case])
    if case in ("batches", "one_thread", "numpy", "loop", "ensemble") and n <= 20_000:
        given = list(given)  # making them is not what is timed; a larger fleet streams
    first = list(panels(3)) if case not in ("files", "statsforecast", "lightgbm") else None
    if first is not None:
        work(first)  # holidays and the like are loaded once
    wall, cpu = time.perf_counter(), time.process_time()
    done = work(given)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if done != n:
        raise SystemExit(f"{case}: {done} of {n} meters were forecast.")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"case": case, "meters": n, "wall_s": wall, "cpu_s": cpu, "peak_mib": peak}


def in_child(case: str, n: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        call = [sys.executable, __file__, "--case", case, "--meters", str(n), "--folder", folder]
        own = (
            {"OPENBLAS_NUM_THREADS": "1"} if case == "numpy" else {}
        )  # its many small products gain nothing from two
        out = subprocess.run(call, check=True, capture_output=True, text=True, env=os.environ | own).stdout
    answer: dict[str, Any] = json.loads(out.splitlines()[-1])
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--meters", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=100_000, help="the fleet for the memory; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", help="run this one here and print JSON")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "forecast_fleet.csv")
    given = parser.parse_args()
    if given.case:
        print(json.dumps(run_case(given.case, given.meters, given.folder)))
        return
    cases = ["ensemble", "batches", "one_thread", "numpy", "files", "loop"]
    cases += [name for name in ("statsforecast", "lightgbm") if find_spec(name)]
    runs = [in_child(case, given.meters) for _ in range(given.rounds) for case in cases]
    if given.many:
        runs += [in_child(case, given.many) for case in ("batches", "files")]
    write(runs, given.out)


def write(runs: list[dict[str, Any]], out: Path) -> None:
    """The best run of each case, printed and kept with the environment."""
    sizes = list(dict.fromkeys((r["case"], r["meters"]) for r in runs))
    least = min(r["cpu_s"] / r["meters"] for r in runs if r["case"] == "ensemble")
    rows = []
    print(f"{'case':<14}{'meters':>8}{'meters/s':>10}{'cpu us':>8}{'x ensemble':>12}{'peak MiB':>10}")
    for case, n in sizes:
        own = [r for r in runs if (r["case"], r["meters"]) == (case, n)]
        wall, cpu = min(r["wall_s"] for r in own), min(r["cpu_s"] for r in own)
        peak = max(r["peak_mib"] for r in own)
        row = {
            "case": case, "meters": n, "runs": len(own), "meters_per_s": round(n / wall),
            "cpu_us": round(1e6 * cpu / n, 1), "times_ensemble": round(cpu / n / least, 2), "peak_mib": round(peak),
        }  # fmt: skip
        rows.append({**row, **environment("numpy", "onnxruntime", "statsforecast", "lightgbm")})
        print(
            "{case:<14}{meters:8d}{meters_per_s:10d}{cpu_us:8.1f}{times_ensemble:12.2f}{peak_mib:10d}".format(
                **row
            )
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
