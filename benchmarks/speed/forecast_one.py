"""One meter: how long a forecast takes once the model is loaded, and `kanchay forecast` from a cold start.

    python benchmarks/speed/forecast_one.py

Loaded: best and median of many calls on one thread, 24 h with quantiles from the last week of 60 days, with calendar,
holidays and the clock's changes. Beside it the network alone and the 7-day ensemble naive.

Cold: the command as a user types it, with its wall clock, its time on all cores and its peak memory. Beside it the least
there could be: Python that imports numpy and onnxruntime and runs the graph once, and the command with the naive. Goals:
2 ms, 1 s, 120 MiB. The machine may be shared, so the best run counts.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from machine import environment

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "src" / "kanchay" / "library" / "models" / "pretrained"
BEGIN = 1_772_427_600  # 2026-03-02 00:00 in Lima
TZ = "America/Lima"
FLOOR = """
import numpy, onnxruntime
session = onnxruntime.InferenceSession({graph!r}, providers=["CPUExecutionProvider"])
shapes = {{i.name: [1, *i.shape[1:]] for i in session.get_inputs()}}
session.run(None, {{name: numpy.zeros(shape, numpy.float32) for name, shape in shapes.items()}})
"""
# From a process that is small itself: Linux counts what the parent holds at the time of the fork.
LAUNCH = """
import os, sys, time
begin = time.perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(pid, 0)
print(time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, status)
"""


def history(resolution_s: int) -> np.ndarray:
    n = 60 * 86400 // resolution_s
    hour = np.arange(n) * resolution_s / 3600 % 24
    noise = np.random.default_rng(1).gamma(4.0, 0.25, n)
    shape: np.ndarray = np.round(
        (0.3 + 0.2 * np.sin(np.pi * hour / 24) ** 2) * noise * resolution_s / 3600, 4
    )
    return shape


def loaded(calls: int) -> list[dict[str, Any]]:
    from kanchay.analysis.forecast.naive import EnsembleNaive
    from kanchay.analysis.forecast.single import forecast_panel
    from kanchay.bundle.load import grounded, load_bundle
    from kanchay.domain.panel import Panel

    rows = []
    models = {kind: grounded(load_bundle(BUNDLE, runtime=kind)) for kind in ("onnx", "numpy")}
    for resolution_s in (3600, 900):
        panel = Panel.of(
            ("m",), history(resolution_s)[None], start=BEGIN, resolution_s=resolution_s, tz="Europe/Madrid"
        )
        for name, forecaster in {**models, "ensemble": EnsembleNaive()}.items():
            times = timed(lambda f=forecaster, p=panel: forecast_panel(p, "m", f, p.end, country="ES"), calls)
            rows.append(row(f"{name}, {resolution_s // 60} min", times))
    return [*rows, row("onnxruntime alone", timed(graph_alone(), calls))]


def graph_alone() -> Callable[[], object]:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(BUNDLE / "model.onnx"), options, providers=["CPUExecutionProvider"])
    given = {i.name: np.ones([1, *i.shape[1:]], np.float32) for i in session.get_inputs()}
    return lambda: session.run(None, given)


def timed(call: Callable[[], object], calls: int) -> list[float]:
    call()
    times = []
    for _ in range(calls):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return times


def row(case: str, times: list[float]) -> dict[str, Any]:
    best, median = 1e3 * min(times), 1e3 * statistics.median(times)
    print(f"{case:<44}{best:9.2f}{median:9.2f} ms")
    return {"case": case, "best_ms": round(best, 3), "median_ms": round(median, 3)}


def cold(rounds: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        csv_file, parquet = files(Path(folder))
        kanchay = [
            str(Path(sys.executable).with_name("kanchay")),
            "forecast",
            "--tz",
            TZ,
            "--json",
            "--input",
        ]
        graph = FLOOR.format(graph=str(BUNDLE / "model.onnx"))
        cases = {
            "floor: python, numpy, onnxruntime, the graph once": [sys.executable, "-c", graph],
            "kanchay forecast --help": [kanchay[0], "forecast", "--help"],
            "CSV, ensemble naive": [*kanchay, csv_file, "--model", "ensemble"],
            "CSV": [*kanchay, csv_file],
            "CSV, --country PE": [*kanchay, csv_file, "--country", "PE"],
            "Parquet": [*kanchay, parquet],
            "Parquet, --country PE": [*kanchay, parquet, "--country", "PE"],
        }
        # Modules are compiled once, as an installation does, wherever this process keeps or does not keep bytecode.
        own = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        own["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        for argv in cases.values():
            child(argv, own)
        runs = [(name, child(argv, own)) for _ in range(rounds) for name, argv in cases.items()]
    return [cold_row(name, [run for each, run in runs if each == name]) for name in cases]


def files(folder: Path) -> tuple[str, str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    values, starts = history(3600), BEGIN + 3600 * np.arange(60 * 24)
    texts = np.datetime_as_string(starts.astype("datetime64[s]"), unit="m")
    lines = [f"{when},{value}" for when, value in zip(texts, values, strict=True)]
    (folder / "m.csv").write_text("\n".join(["timestamp,energy_kwh", *lines]), encoding="utf-8")
    table = pa.table({"timestamp": pa.array(starts, pa.timestamp("s", "UTC")), "energy_kwh": values})
    pq.write_table(table, folder / "m.parquet")
    return str(folder / "m.csv"), str(folder / "m.parquet")


def child(argv: list[str], variables: dict[str, str]) -> tuple[float, float, float]:
    """Wall clock [s], time on all cores [s] and peak memory [MiB] of a process."""
    launched = [sys.executable, "-S", "-c", LAUNCH, *argv]
    wall, cpu, peak, failed = subprocess.run(
        launched, check=True, capture_output=True, text=True, env=variables
    ).stdout.split()
    if int(failed):
        raise SystemExit(f"{argv} failed")
    return float(wall), float(cpu), float(peak)


def cold_row(name: str, runs: list[tuple[float, float, float]]) -> dict[str, Any]:
    wall, cpu, peak = min(r[0] for r in runs), min(r[1] for r in runs), max(r[2] for r in runs)
    median = statistics.median(r[0] for r in runs)
    print(f"{'cold: ' + name:<62}{wall:7.2f}{median:7.2f} s{cpu:7.2f} s cpu{peak:8.0f} MiB")
    return {
        "case": f"cold: {name}", "best_ms": round(1e3 * wall), "median_ms": round(1e3 * median),
        "cpu_ms": round(1e3 * cpu), "peak_mib": round(peak, 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "forecast_one.csv")
    given = parser.parse_args()
    rows = loaded(given.calls) + cold(given.rounds)
    told = environment("numpy", "onnxruntime")
    names = ["case", "best_ms", "median_ms", "cpu_ms", "peak_mib", *told]
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with given.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows({**row, **told} for row in rows)


if __name__ == "__main__":
    main()
