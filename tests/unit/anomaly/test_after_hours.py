"""After hours: found where a building runs on, silent where it does not."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from kanchay.analysis.anomaly import after_hours as module
from kanchay.analysis.anomaly.after_hours import after_hours, opening_hours
from kanchay.analysis.anomaly.days import LocalDays, local_days
from kanchay.analysis.anomaly.detect import detect_load
from kanchay.domain.finding import FindingKind
from kanchay.domain.interval import DAY
from kanchay.domain.panel import Panel
from kanchay.simulate.office import simulate_office

MONDAY = 4 * DAY  # 1970-01-05
N_DAYS = 112


def shop(
    extra_kwh=None, *, tz: str = "UTC", start: int = MONDAY, noise: float = 0.05, seed: int = 1
) -> LocalDays:
    """Open from 9 to 18 on working days: 1 kWh an hour at night, 8 when open; `extra_kwh(day, hour)` on top."""
    rng = np.random.default_rng(seed)
    day, hour = np.divmod(np.arange(N_DAYS * 24), 24)
    load = np.where((day % 7 < 5) & (hour >= 9) & (hour < 18), 8.0, 1.0) * (
        1 + noise * rng.standard_normal(len(day))
    )
    if extra_kwh is not None:
        load = load + extra_kwh(day, hour)
    return local_days(Panel.of(("m",), load[None], start=start, resolution_s=3600, tz=tz))


def evenings(first: int, kwh: float = 2.0):
    return lambda day, hour: np.where((day >= first) & (day % 7 < 5) & (hour >= 19) & (hour < 22), kwh, 0.0)


def test_running_on_is_told_with_its_hours_and_its_energy():
    days = shop(evenings(84))
    found = after_hours(days)
    assert found is not None
    assert (found.kind, found.ongoing, found.cause) == (FindingKind.AFTER_HOURS, True, "closing_time")
    assert found.start == MONDAY + 84 * DAY
    n = found.numbers
    assert (n["from_clock"], n["to_clock"], n["opens_clock"], n["closes_clock"], n["rest"]) == (
        19.0,
        22.0,
        9.0,
        18.0,
        0.0,
    )
    assert n["extra_w"] == pytest.approx(2000, rel=0.05)
    assert n["extra_day_kwh"] == pytest.approx(6.0, rel=0.1)
    assert found.kwh_per_year == pytest.approx(6.0 * 365.25 * 5 / 7, rel=0.1)
    assert found.kwh_per_year_low < found.kwh_per_year < found.kwh_per_year_high
    assert found.evidence is not None
    assert len(found.evidence.measured) == 72
    assert found.evidence.odd_end - found.evidence.odd_start == 3 * 3600


def test_rest_days_are_judged_apart():
    found = after_hours(
        shop(lambda day, hour: np.where((day >= 70) & (day % 7 >= 5) & (hour >= 9) & (hour < 17), 3.0, 0.0))
    )
    assert found is not None
    assert (found.numbers["rest"], found.cause) == (1.0, "rest_day_schedule")
    assert (found.numbers["from_clock"], found.numbers["to_clock"]) == (9.0, 17.0)


@pytest.mark.parametrize(
    "extra",
    [
        None,
        evenings(0),  # always so: these are its hours
        evenings(108),  # four evenings
        lambda day, hour: np.where((day >= 60) & (day < 90), evenings(0)(day, hour), 0.0),  # over
        lambda day, hour: np.where(day >= 84, 1.5, 0.0),  # a baseload, told as such
        lambda day, hour: evenings(0)(day, hour) * day / N_DAYS,  # a season
        lambda day, hour: np.where(day % 11 == 0, evenings(0)(day, hour), 0.0),  # now and then
    ],
)
def test_silent(extra):
    assert after_hours(shop(extra)) is None


def test_nothing_is_learned_where_nights_are_like_days():
    flat = shop(lambda day, hour: np.where((hour < 9) | (hour >= 18) | (day % 7 >= 5), 6.0, 0.0))
    assert opening_hours(flat) is None
    assert after_hours(flat) is None
    assert opening_hours(shop().last(12)) is None


def test_a_clock_that_ignores_summer_time_is_no_finding():
    """Madrid went to summer time on 29 March 2026; the meter's clock did not, so its evenings move by an hour."""
    start = 1769986800  # 2 February 2026, midnight there
    shifted = shop(
        lambda day, hour: np.where((day >= 55) & (day % 7 < 5) & (hour >= 18) & (hour < 22), 4.0, 0.0),
        start=start,
    )
    assert after_hours(shifted) is not None
    madrid = shop(
        lambda day, hour: np.where((day >= 55) & (day % 7 < 5) & (hour >= 18) & (hour < 22), 4.0, 0.0),
        start=start, tz="Europe/Madrid",
    )  # fmt: skip
    assert after_hours(madrid) is None


@pytest.mark.parametrize("seed", [3, 4])
def test_of_a_simulated_office_with_a_roof(seed):
    """Told where it was put in, by the detector of the whole site, and not without it or in a home."""
    clean, faulty = (
        simulate_office(seed=seed, start="2026-03-01", days=120, faults=faults)
        for faults in ((), ("after_hours",))
    )
    before, after = (local_days(s.panel(s.points[0].id)) for s in (clean, faulty))
    assert FindingKind.AFTER_HOURS not in {d.kind for d in detect_load(before, home=False)}
    found = next(d for d in detect_load(after, home=False) if d.kind is FindingKind.AFTER_HOURS)
    label = faulty.labels[0]
    assert abs(found.start - label.start) <= 7 * DAY
    truth = label.kwh / (label.end - label.start) * 365.25 * DAY
    assert found.kwh_per_year == pytest.approx(truth, rel=0.35)


def test_examples_run():
    assert doctest.testmod(module).failed == 0
