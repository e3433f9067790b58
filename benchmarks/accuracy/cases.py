"""Hard cases, each beside the naive: gaps, clock changes, holidays, net load, constant and vacant meters, one day known.

    python benchmarks/accuracy/cases.py            the table, and results/cases.csv
    python benchmarks/accuracy/cases.py --sites 4  fewer simulated sites

Everything here is SIMULATED: homes and offices of `kanchay.simulate` with seeds that no training used. What is
compared is the next 24 hours of the shipped model with the mean of the same hours of the last seven days
(`ensemble`), and the total of the next seven days of the daily model with last week's total.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from kanchay.adapters.models import ModelShelf
from kanchay.analysis.forecast.days import forecast_days
from kanchay.analysis.forecast.firstweek import first_week
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.windows import actuals, make_windows
from kanchay.analysis.metrics import score
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.domain.panel import Panel
from kanchay.settings import read_settings
from kanchay.simulate.calendar import Calendar
from kanchay.simulate.home import simulate_home
from kanchay.simulate.office import simulate_office
from kanchay.simulate.weather import clearness, climate, sun_elevation_deg

ROOT = Path(__file__).resolve().parents[2]
FIRST_SEED = 910_000  # no training draws from here
BEFORE, AFTER = 35, 9  # simulated days before and after the day of issue


@dataclass(frozen=True)
class Truth:
    """What will have happened (`whole`), and what is known of it (`seen`)."""

    whole: Panel
    seen: Panel
    country: str


@dataclass(frozen=True)
class Row:
    """One case of one kind of site. Errors over the mean flow, import or export; ratios are medians over sites."""

    case: str
    kind: str
    sites: int
    ours_nmae: float
    naive_nmae: float
    mae_ratio: float
    pinball_ratio: float
    coverage80: float
    week_ours: float
    week_naive: float


@cache
def panel_of(kind: str, seed: int, day: date, place: tuple[str, str], resolution_s: int = HOUR) -> Panel:
    """A simulated site around a day of issue; energy per interval."""
    simulate = simulate_home if kind == "home" else simulate_office
    start = (day - timedelta(days=BEFORE)).isoformat()
    run = simulate(
        seed=FIRST_SEED + seed, start=start, days=BEFORE + AFTER, resolution_s=resolution_s, tz=place[0], country=place[1]
    )  # fmt: skip
    return run.panel(run.points[0].id)


def changed(panel: Panel, values: np.ndarray) -> Panel:
    return Panel.of(panel.points, values, start=panel.start, resolution_s=panel.resolution_s, tz=panel.tz)


LIMA, MADRID = ("America/Lima", "PE"), ("Europe/Madrid", "ES")


def plain(kind: str, seed: int, issued: int, panel: Panel) -> Truth:
    return Truth(panel, panel, "")


def with_gaps(kind: str, seed: int, issued: int, panel: Panel) -> Truth:
    """A third of the hours missing, and two days in a row."""
    rng = np.random.default_rng(seed)
    gone = rng.random(panel.values.shape) < 0.33
    gone |= (panel.starts >= issued - 4 * DAY) & (panel.starts < issued - 2 * DAY)
    return Truth(panel, changed(panel, np.where(gone, np.nan, panel.values)), "")


def one_day(kind: str, seed: int, issued: int, panel: Panel) -> Truth:
    return Truth(panel, changed(panel, np.where(panel.starts < issued - DAY, np.nan, panel.values)), "")


def net_of_pv(kind: str, seed: int, issued: int, panel: Panel) -> Truth:
    """Less a roof that makes 1.3 times what the site uses: negative at noon."""
    cal = Calendar(panel.start, panel.end, panel.tz, "PE")
    place = climate("lima")
    sun = (
        np.maximum(np.sin(np.radians(sun_elevation_deg(place, cal))), 0.0)
        * clearness(place, cal, seed)[cal.day_index]
    )
    made = cal.energy(sun, panel.resolution_s)[: panel.n_intervals]
    net = changed(panel, panel.values - made * 1.3 * panel.values.sum() / made.sum())
    return Truth(net, net, "")


def constant(kind: str, seed: int, issued: int, panel: Panel) -> Truth:
    """A mast, a pump, a router: the same with one per cent of noise."""
    noise = 1.0 + 0.01 * np.random.default_rng(seed).standard_normal(panel.values.shape)
    flat = changed(panel, 0.05 * (1 + seed) * noise)
    return Truth(flat, flat, "")


def new_level(kind: str, seed: int, issued: int, panel: Panel) -> Truth:
    """Since four days 60 % more."""
    more = changed(panel, panel.values * np.where(panel.starts >= issued - 4 * DAY, 1.6, 1.0))
    return Truth(more, more, "")


def vacant(kind: str, seed: int, issued: int, panel: Panel) -> Truth:
    """Nobody there since six days and for the week to come: what runs at three in the night, with its noise."""
    hour = (panel.starts - issued) % DAY // HOUR
    night = panel.values[0, hour == 3]
    empty = np.random.default_rng(seed).choice(night, panel.n_intervals)
    away = changed(panel, np.where(panel.starts >= issued - 6 * DAY, empty, panel.values))
    return Truth(away, away, "")


@dataclass(frozen=True)
class Case:
    """When forecasts are issued, where, and what is done to the readings."""

    days: tuple[date, ...]
    place: tuple[str, str]
    make: Callable[[str, int, int, Panel], Truth]
    resolution_s: int = HOUR


WEEK = tuple(date(2025, 5, 12) + timedelta(days=k) for k in range(7))
CASES = {
    "an ordinary week": Case(WEEK, LIMA, plain),
    "gaps": Case(WEEK, LIMA, with_gaps),
    "spring clock change": Case((date(2026, 3, 29), date(2026, 3, 30)), MADRID, plain),
    "autumn clock change": Case((date(2026, 10, 25), date(2026, 10, 26)), MADRID, plain),
    "New Year": Case((date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2)), LIMA, plain),
    "holidays": Case(
        (date(2025, 7, 28), date(2025, 7, 29), date(2025, 10, 8), date(2025, 12, 8)), LIMA, plain
    ),
    "the day after a holiday": Case((date(2025, 7, 30), date(2025, 10, 9), date(2025, 12, 10)), LIMA, plain),
    "net load with PV": Case(WEEK[::2], LIMA, net_of_pv),
    "constant": Case(WEEK[::3], LIMA, constant),
    "level change last week": Case(WEEK[::2], LIMA, new_level),
    "vacant": Case(WEEK[::2], LIMA, vacant),
    "one day of history": Case(WEEK, LIMA, one_day),
    "five-minute data": Case(WEEK[::3], LIMA, plain, 300),
}


def truths(case: Case, kind: str, seed: int) -> Iterator[tuple[int, Truth]]:
    for day in case.days:
        panel = panel_of(kind, seed, day, case.place, case.resolution_s)
        issued = local_midnight(day, case.place[0])
        yield issued, case.make(kind, seed, issued, panel)


def day_ahead(model: Forecaster, issued: int, truth: Truth, country: str) -> tuple[np.ndarray, ...]:
    """Actual, mean and quantiles of the next 24 hours."""
    w = make_windows(
        truth.seen, truth.seen.points[0], [issued], lookback_s=7 * DAY, horizon_s=DAY, country=country
    )
    p = model.predict(w)
    return actuals(truth.whole, truth.whole.points[0], w), p.mean, p.quantiles


def week_ahead(model: Forecaster, issued: int, truth: Truth, country: str) -> tuple[float, ...]:
    """Actual total of seven days, ours, last week's (its known days, as a week), and what flowed either way."""
    name, seen = truth.seen.points[0], truth.seen.slice(truth.seen.start, issued)
    hours = first_week(seen, name, model, issued, country=country)
    ours = forecast_days(seen, name, issued_at=issued, n_days=7, country=country, first_days=hours)
    span = truth.whole.slice(issued, ours.end)
    last = seen.values[0, -7 * DAY // seen.resolution_s :]
    naive = float(np.nanmean(last)) * span.n_intervals
    return float(span.values.sum()), ours.total_mean, naive, float(np.abs(span.values).sum())


def site(case: Case, kind: str, seed: int, models: tuple[Forecaster, Forecaster]) -> list[float]:
    """Errors of one site over all days of a case."""
    found = list(truths(case, kind, seed))
    country = case.place[1]
    answers = [[day_ahead(m, at, truth, country) for at, truth in found] for m in models]
    ours, naive = (score(*(np.concatenate(part) for part in zip(*a, strict=True))) for a in answers)
    size = float(np.mean([np.abs(a[0]).mean() for a in answers[0]]))
    weeks = np.array([week_ahead(models[0], at, truth, country) for at, truth in found])
    off = np.abs(weeks[:, 1:3] - weeks[:, :1]).mean(axis=0) / weeks[:, 3].mean()
    return [
        ours.mae / size, naive.mae / size, ours.mae / max(naive.mae, 1e-12), ours.pinball / max(naive.pinball, 1e-12),
        ours.coverage80, *off,
    ]  # fmt: skip


def run(name: str, kind: str, n_sites: int, models: tuple[Forecaster, Forecaster]) -> Row:
    rows = np.array([site(CASES[name], kind, seed, models) for seed in range(n_sites)])
    middle = np.median(rows, axis=0)
    return Row(
        name, kind, n_sites, middle[0], middle[1], middle[2], middle[3], rows[:, 4].mean(), *middle[5:]
    )


def show(rows: list[Row], model: str) -> None:
    print(
        f"SIMULATED sites; next 24 h of {model} beside the 7-day ensemble, next 7 days beside last week's total"
    )
    print(
        f"{'case':24s} {'site':7s} {'sites':>5s} {'ours':>7s} {'naive':>7s} {'ratio':>6s} {'pinball':>8s} {'in 80 %':>8s}"
        f" {'week ours':>10s} {'naive':>7s}"
    )
    for r in rows:
        lost = "  <- loses" if max(r.mae_ratio, r.pinball_ratio) > 1.02 else ""
        print(
            f"{r.case:24s} {r.kind:7s} {r.sites:5d} {r.ours_nmae:7.1%} {r.naive_nmae:7.1%} {r.mae_ratio:6.2f}"
            f" {r.pinball_ratio:8.2f} {r.coverage80:8.1%} {r.week_ours:10.1%} {r.week_naive:7.1%}{lost}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sites", type=int, default=8)
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--model", default="pretrained")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "cases.csv")
    chosen = parser.parse_args()
    shelf = ModelShelf(read_settings())
    models = (shelf.load(chosen.model), shelf.load("ensemble"))
    names = [n for n in CASES if n in chosen.cases.split(",")]
    rows = [run(name, kind, chosen.sites, models) for name in names for kind in ("home", "office")]
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    with chosen.out.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(f.name for f in fields(Row))
        values = ([getattr(r, f.name) for f in fields(Row)] for r in rows)
        writer.writerows([f"{v:.4g}" if isinstance(v, float) else v for v in row] for row in values)
    show(rows, models[0].name)


if __name__ == "__main__":
    main()
