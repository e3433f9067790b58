"""After-hours running against known truth: offices with and without the fault, and real buildings.

    python benchmarks/accuracy/findings_office.py [--seeds 10] [--first 1] [--start 2026-03-01] [--days 120] [--no-wild]

For each seed an office is simulated clean, with the air conditioning running on in the evening (``after_hours``), with it
running on rest days (``weekend_running``), and with faults that are something else. Only the grid meter is shown; its
roof of photovoltaics is inside. Detection was tuned on seeds 100 to 105. Every after-hours finding of an office without
such a fault is false. The promised energy is beside that of the same seed without the fault.

Real buildings have no labels: 72 meters of Cambridge (needs KANCHAY_DATA), asked every 60 days with what was known then,
show how often something new would be told. Results go to benchmarks/results/findings_office.csv.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np
from meters import data_folder

from kanchay.adapters.energytable import read_energy_table
from kanchay.analysis.anomaly.after_hours import after_hours
from kanchay.analysis.anomaly.days import LocalDays, local_days
from kanchay.analysis.anomaly.detect import detect_load
from kanchay.analysis.anomaly.detection import Detection
from kanchay.analysis.features.calendar import is_holiday
from kanchay.domain.finding import FindingKind
from kanchay.domain.interval import DAY
from kanchay.domain.panel import Panel
from kanchay.simulate.office import simulate_office
from kanchay.simulate.result import Simulation

CASES = ("clean", "after_hours", "weekend_running", "baseload_creep", "left_on", "pv_fault")
NAMED = ("after_hours", "weekend_running")
NEAR = 7 * DAY
MONTH = 30.4

Row = tuple[str, str, float]


def days_of(panel: Panel, country: str, part: str | None = None) -> LocalDays:
    number = np.arange(panel.start // DAY, panel.end // DAY + 1)
    return local_days(panel, holidays=frozenset(number[is_holiday(number, country, part)].tolist()))


def run(case: str, seed: int, start: str, days: int) -> tuple[Simulation, list[Detection]]:
    office = simulate_office(seed=seed, start=start, days=days, faults=() if case == "clean" else (case,))
    return office, detect_load(days_of(office.panel(office.points[0].id), "PE"), home=False)


def score(case: str, seeds: range, start: str, days: int) -> list[Row]:
    """Recall, false after-hours findings, other findings, and the error of the promised energy."""
    found = false = others = 0
    errors, late = [], []
    for seed in seeds:
        office, told = run(case, seed, start, days)
        mine = [d for d in told if d.kind is FindingKind.AFTER_HOURS]
        others += len(told) - len(mine)
        label = office.labels[0] if case in NAMED else None
        true = [d for d in mine if label is not None and d.start > label.start - NEAR]
        false += len(mine) - len(true)
        found += bool(true)
        if true and label is not None:
            a_year = label.kwh / (label.end - label.start) * 365.25 * DAY
            errors.append(true[0].kwh_per_year / a_year - 1)
            late.append((true[0].start - label.start) / DAY)
    months = len(seeds) * days / MONTH
    rows = [
        (case, "false after-hours per meter-month", false / months),
        (case, "other findings per meter-month", others / months),
    ]
    if case in NAMED:
        rows.insert(0, (case, "recall", found / len(seeds)))
    if errors:
        rows += [
            (case, "median error of kWh a year", float(np.median(errors))),
            (case, "worst error of kWh a year", float(max(errors, key=abs))),
            (case, "median days from the truth's start", float(np.median(late))),
        ]
    return rows


def wild(path: Path) -> list[Row]:
    """New after-hours findings of real buildings per meter-month."""
    new = months = 0
    for panel in read_energy_table(path, "Europe/London").panels():
        days = days_of(panel, "GB", "ENG")
        seen: list[int] = []
        for last in range(120, days.n_days + 1, 60):
            months += 2
            told = after_hours(days.until(int(days.bounds[last])))
            if told is not None and not any(abs(told.start - s) < 21 * DAY for s in seen):
                seen.append(told.start)
                new += 1
    return [
        ("cambridge-estates", "new after-hours per meter-month", new / months),
        ("cambridge-estates", "meter-months", months),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--start", default="2026-03-01")
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--no-wild", action="store_true")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parents[1] / "results" / "findings_office.csv"
    )
    asked = parser.parse_args()
    began = time.perf_counter()
    seeds = range(asked.first, asked.first + asked.seeds)
    rows = [row for case in CASES for row in score(case, seeds, asked.start, asked.days)]
    data = data_folder()
    table = data / "cambridge-estates" / "electricity.parquet"
    if not asked.no_wild and table.exists():
        rows += wild(table)
    seconds = time.perf_counter() - began
    for case, what, value in rows:
        print(f"{case:20}{what:38}{value:9.3f}")
    print(f"{seconds:.0f} s, seeds {seeds.start} to {seeds.stop - 1}, {asked.days} days from {asked.start}")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    with asked.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("case", "figure", "value", "seeds", "start", "days"))
        writer.writerows(
            (c, w, f"{v:.4f}", f"{seeds.start}-{seeds.stop - 1}", asked.start, asked.days) for c, w, v in rows
        )


if __name__ == "__main__":
    main()
