"""How long a simulated year takes; the claim is at most 5 s.

    python benchmarks/speed/simulate.py

Wall clock, best and median of five, one process, after one run to load what is loaded lazily (pvlib and scipy for the
office: printed as "first"). Beside it a year of daily profiles read back from memory, the least a year could cost.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def cases() -> dict[str, Callable[[], object]]:
    from kanchay.simulate import simulate_home, simulate_office

    profile = np.random.default_rng(1).random(96)
    return {
        "tile a daily profile (floor)": lambda: np.tile(profile, 365),
        "home, 15 min": lambda: simulate_home(seed=1),
        "home, 1 min": lambda: simulate_home(seed=1, resolution_s=60),
        "home, 15 min, five faults": lambda: simulate_home(
            seed=1, faults=["baseload_creep", "left_on", "unusual_days", "fridge_seal", "water_heater_hot"]
        ),
        "office, 15 min": lambda: simulate_office(seed=1),
        "office, 15 min, three faults": lambda: simulate_office(
            seed=1, faults=["after_hours", "weekend_running", "pv_fault"]
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "simulate.csv")
    given = parser.parse_args()
    rows = []
    print(f"{'a simulated year':<32}{'first s':>9}{'best s':>9}{'median s':>10}")
    for name, run in cases().items():
        times = [_seconds(run) for _ in range(6)]
        first, best, median = times[0], min(times[1:]), statistics.median(times[1:])
        print(f"{name:<32}{first:9.2f}{best:9.3f}{median:10.3f}")
        rows.append([name, f"{first:.3f}", f"{best:.3f}", f"{median:.3f}"])
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with given.out.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "first_s", "best_s", "median_s", "python", "numpy", "cpus"])
        writer.writerows([*row, platform.python_version(), np.__version__, os.cpu_count()] for row in rows)


def _seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
