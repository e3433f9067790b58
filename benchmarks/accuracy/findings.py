"""Findings against known truth: recall, false alarms, and the timer's promise against the same home with a timer.

    python benchmarks/accuracy/findings.py [--seeds 20] [--first 1] [--start 2026-05-01] [--days 90]

For each seed a clean home and five homes with one labelled fault each are simulated, metered every 15 minutes, and
only the grid meter is shown to the detectors. Detection was tuned on seeds 100 to 123; other seeds are reported.

* A fault counts as found when a finding of a kind that names it overlaps it within two days. ``fridge_seal`` may be told
  as a refrigerator or as a baseload rise: with 15-minute readings a refrigerator that hardly stops looks like both.
* Every other finding is false, whatever the home did: a simulated evening with guests is no excuse.
* The promise of the timer comes from the meter of a home without one; the truth is the same seed simulated again with
  exactly the timer that was advised.
* Real homes have no labels: findings that are new each month, over the newest 120 days of each month, show the alarm
  rate in the wild (needs KANCHAY_DATA).

Results go to benchmarks/results/findings.csv. Beside ours stands the naive rule "a day above its mean plus two
standard deviations is odd".
"""

from __future__ import annotations

import argparse
import csv
import platform
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from meters import data_folder

from kanchay.analysis.advice.water_heater_timer import timer_promise
from kanchay.analysis.anomaly.days import LocalDays, local_days
from kanchay.analysis.anomaly.detect import detect_load
from kanchay.analysis.anomaly.detection import Detection
from kanchay.analysis.anomaly.waterheater import recognise_water_heater
from kanchay.domain.finding import FindingKind
from kanchay.domain.interval import DAY
from kanchay.domain.panel import Panel
from kanchay.simulate.home import clean_home, simulate_home
from kanchay.simulate.household import Timer
from kanchay.simulate.result import Simulation

K = FindingKind
FAULTS: dict[str, tuple[FindingKind, ...]] = {
    "baseload_creep": (K.BASELOAD_CREEP,),
    "left_on": (K.LEFT_ON,),
    "unusual_days": (K.UNUSUAL_DAYS,),
    "water_heater_no_timer": (K.WATER_HEATER_STANDING,),
    "fridge_seal": (K.FRIDGE, K.BASELOAD_CREEP),
}
LASTING = (K.STANDBY, K.BASELOAD_CREEP, K.FRIDGE, K.WATER_HEATER_STANDING)  # stays one finding while it lasts
NEAR = 2 * DAY
MONTH = 30.4
ZONES = {
    "nl-toon": "Europe/Amsterdam",
    "nl-smp": "Europe/Amsterdam",
    "nl-dsmr": "Europe/Amsterdam",
    "nl-engie": "Europe/Amsterdam",
    "be-fluvius": "Europe/Brussels",
    "ca-hue1": "America/Vancouver",
    "uk-lcl2": "Europe/London",
    "us-d202": "America/Los_Angeles",
    "au-ausgrid12": "Australia/Sydney",
    "us-enphase": "UTC",
    "xx-shelly3ph": "UTC",
}


@dataclass
class Score:
    """Counts of one case over all seeds."""

    homes: int = 0
    found: int = 0
    false: Counter[str] = field(default_factory=Counter)
    naive_false: int = 0


def holidays(start: int, end: int) -> frozenset[int]:
    """Peru's public holidays, as days since 1970."""
    from kanchay.analysis.features.calendar import is_holiday

    number = np.arange(start // DAY, end // DAY + 1)
    return frozenset(number[is_holiday(number, "PE")].tolist())


def days_of(simulation: Simulation) -> LocalDays:
    panel = simulation.panel(simulation.points[0].id)
    return local_days(panel, holidays=holidays(simulation.start, simulation.end))


def names_it(detection: Detection, case: str, simulation: Simulation) -> bool:
    """Whether a detection tells the fault of that case."""
    if case == "clean" or detection.kind not in FAULTS[case]:
        return False
    label = simulation.labels[0]
    return detection.end > label.start - NEAR and detection.start < label.end + NEAR


def simulated(case: str, seed: int, start: str, days: int) -> Simulation:
    """A clean home, or one that wastes nothing but through its fault."""
    if case == "clean":
        return clean_home(seed=seed, start=start, days=days)
    return simulate_home(seed=seed, start=start, days=days, faults=[case], timer=True, standby_w=10.0)


def naive_alarms(days: LocalDays) -> int:
    """Days above mean plus two standard deviations, as many a product alerts."""
    energy = days.daily_kwh[np.isfinite(days.daily_kwh)]
    return int((energy > energy.mean() + 2 * energy.std()).sum())


def run_case(case: str, seeds: range, start: str, days: int) -> Score:
    score = Score()
    for seed in seeds:
        simulation = simulated(case, seed, start, days)
        load = days_of(simulation)
        found = detect_load(load)
        true = [d for d in found if names_it(d, case, simulation)]
        score.homes += 1
        score.found += bool(true)
        score.false.update(d.kind.value for d in found if d not in true)
        score.naive_false += naive_alarms(load) if case == "clean" else 0
    return score


def timer_errors(seeds: range, start: str, days: int) -> list[float]:
    """Promise over truth minus one, for each home that gets a promise."""
    errors = []
    for seed in seeds:
        before = simulate_home(seed=seed, start=start, days=days)
        promise = timer_promise(recognise_water_heater(days_of(before)), before.site.tz)
        if promise is None:
            continue
        after = simulate_home(seed=seed, start=start, days=days, timer=Timer(promise.windows))
        truth = (before.total_kwh - after.total_kwh) / days * MONTH
        errors.append(promise.kwh_per_month / truth - 1)
    return errors


def real_homes(data: Path) -> Iterator[tuple[str, Panel]]:
    """The single homes of world-homes, each on its own grid."""
    import pyarrow.parquet as pq

    table = pq.read_table(
        data / "world-homes" / "homes.parquet", columns=["meter_id", "timestamp", "energy_kwh"]
    )
    frame = table.to_pandas()
    for meter, rows in frame.groupby("meter_id", observed=True):
        stamps = (
            rows["timestamp"]
            .dt.tz_convert("UTC")
            .dt.tz_localize(None)
            .to_numpy("datetime64[s]")
            .astype(np.int64)
        )
        step = int(np.median(np.diff(stamps)))
        values = np.full((stamps[-1] - stamps[0]) // step + 1, np.nan)
        values[(stamps - stamps[0]) // step] = rows["energy_kwh"].to_numpy()
        yield (
            str(meter),
            Panel.of(
                (str(meter),), values[None], start=int(stamps[0]), resolution_s=step, tz=ZONES[str(meter)]
            ),
        )


def wild(data: Path) -> list[tuple[str, int, Counter[str]]]:
    """New findings of each real home, asked once a month with what was known then."""
    rows = []
    for meter, panel in real_homes(data):
        days = local_days(panel)
        seen: list[Detection] = []
        before: set[FindingKind] = set()
        count: Counter[str] = Counter()
        months = 0
        for last in range(120, days.n_days + 1, 30):
            months += 1
            now = detect_load(days.until(int(days.bounds[last])))
            for one in now:
                if not (one.kind in LASTING and one.kind in before) and not any(
                    one.kind is s.kind and one.start < s.end + NEAR and s.start < one.end + NEAR for s in seen
                ):
                    count[one.kind.value] += 1
                seen.append(one)
            before = {one.kind for one in now}
        rows.append((meter, months, count))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--start", default="2026-05-01")
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--no-wild", action="store_true")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "results" / "findings.csv")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    began = time.perf_counter()
    scores = {case: run_case(case, seeds, asked.start, asked.days) for case in ("clean", *FAULTS)}
    errors = np.array(timer_errors(seeds, asked.start, 60))
    rows = report(scores, errors, asked.days)
    data = data_folder()
    if not asked.no_wild and data.exists():
        rows += report_wild(wild(data))
    elif not asked.no_wild:
        print("no real homes: set KANCHAY_DATA")
    seconds = time.perf_counter() - began
    print(f"{seconds:.0f} s, seeds {seeds.start} to {seeds.stop - 1}, {asked.days} days from {asked.start}")
    write(asked.out, rows, seeds, asked, seconds)


def report(scores: dict[str, Score], errors: np.ndarray, days: int) -> list[tuple[str, str, float]]:
    """Print the table; give its rows."""
    months = sum(s.homes for s in scores.values()) * days / MONTH
    false = sum(sum(s.false.values()) for s in scores.values())
    clean = scores["clean"]
    clean_rate = sum(clean.false.values()) / (clean.homes * days / MONTH)
    print(f"{'case':24}{'homes':>6}{'recall':>8}{'false':>7}  which")
    for case, s in scores.items():
        recall = "" if case == "clean" else f"{s.found / s.homes:.2f}"
        print(f"{case:24}{s.homes:>6}{recall:>8}{sum(s.false.values()):>7}  {dict(s.false)}")
    rows = [(case, "recall", s.found / s.homes) for case, s in scores.items() if case != "clean"]
    overall = float(np.mean([r[2] for r in rows]))
    naive = clean.naive_false / (clean.homes * days / MONTH)
    rows += [
        ("all", "recall", overall), ("all", "false per meter-month", false / months),
        ("clean", "false per meter-month", clean_rate), ("clean", "naive mean + 2 sd, false per meter-month", naive),
    ]  # fmt: skip
    if len(errors):
        rows += [
            ("timer", "homes with a promise", float(len(errors))), ("timer", "median error", float(np.median(errors))),
            ("timer", "share within 20 %", float(np.mean(np.abs(errors) <= 0.2))),
        ]  # fmt: skip
    for name, what, value in rows[len(scores) - 1 :]:
        print(f"{name:10}{what:45}{value:8.3f}")
    return rows


def report_wild(found: list[tuple[str, int, Counter[str]]]) -> list[tuple[str, str, float]]:
    print(f"{'real home':16}{'months':>7}{'new':>5}{'a month':>9}  which")
    for meter, months, count in found:
        rate = sum(count.values()) / max(months, 1)
        print(f"{meter:16}{months:>7}{sum(count.values()):>5}{rate:>9.2f}  {dict(count)}")
    months = sum(m for _, m, _ in found)
    rate = sum(sum(c.values()) for *_, c in found) / max(months, 1)
    print(f"{'all real homes':16}{months:>7}{'':5}{rate:>9.2f}")
    return [
        ("real homes", "new findings per meter-month", rate),
        ("real homes", "meter-months", float(months)),
    ]


def write(
    out: Path, rows: list[tuple[str, str, float]], seeds: range, asked: argparse.Namespace, seconds: float
) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    environment = (
        f"{platform.python_implementation()} {platform.python_version()}",
        f"numpy {np.__version__}",
    )
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("case", "figure", "value", "seeds", "start", "days", "seconds", "environment"))
        for case, what, value in rows:
            writer.writerow(
                (
                    case,
                    what,
                    f"{value:.4f}",
                    f"{seeds.start}-{seeds.stop - 1}",
                    asked.start,
                    asked.days,
                    f"{seconds:.0f}",
                    " ".join(environment),
                )
            )


if __name__ == "__main__":
    main()
