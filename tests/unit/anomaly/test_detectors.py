"""Each detector on loads whose truth was put in by hand."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.analysis.anomaly.baseload import baseload_creep, change_point, night_baseload
from kanchay.analysis.anomaly.detect import detect_load
from kanchay.analysis.anomaly.fridge import fridge_runs_more
from kanchay.analysis.anomaly.left_on import left_on
from kanchay.analysis.anomaly.standby import high_standby, standby_power
from kanchay.analysis.anomaly.unusual_days import day_scores, unusual_days
from kanchay.domain.finding import FindingKind
from kanchay.domain.interval import DAY

from .helpers import START, days_of, home


def test_a_steady_home_is_silent():
    for seed in range(5):
        assert detect_load(days_of(home(seed=seed))) == []


def test_baseload_is_the_floor_of_the_night():
    assert np.nanmedian(night_baseload(days_of(home()))) == pytest.approx(40.0, rel=0.05)


@pytest.mark.parametrize("resolution_s", [900, 3600])
def test_creep_since_when_and_how_much(resolution_s):
    load = home(resolution_s=resolution_s)
    load[60:] += 25.0
    found = baseload_creep(days_of(load))
    assert found is not None
    assert found.kind is FindingKind.BASELOAD_CREEP
    assert found.ongoing
    assert abs(found.start - (START + 60 * DAY)) <= DAY
    assert found.numbers["rise_w"] == pytest.approx(25.0, rel=0.2)
    assert found.kwh_per_year_low <= 25 * 8.76 <= found.kwh_per_year_high
    assert found.evidence is not None
    assert len(found.evidence.measured) == 90


def test_a_slow_creep_is_told_as_gradual():
    load = home(120)
    load[50:] += np.linspace(0.0, 60.0, 70)[:, None]
    found = baseload_creep(days_of(load))
    assert found is not None
    assert found.numbers["gradual"] == 1.0
    assert abs(found.start - (START + 50 * DAY)) <= 12 * DAY


def test_creep_that_ended_or_comes_and_goes_is_none():
    ended, habit = home(), home()
    ended[40:60] += 30.0
    habit[::3] += 30.0
    assert baseload_creep(days_of(ended)) is None
    assert baseload_creep(days_of(habit)) is None


def test_change_point_needs_two_sides_and_a_rise():
    assert change_point(np.arange(12.0)) is None
    assert change_point(np.r_[np.full(30, 80.0), np.full(30, 50.0)]) is None
    noise = np.random.default_rng(3).normal(50.0, 5.0, 120)
    found = change_point(noise)
    assert found is None or found.p_value > 0.001


def test_false_alarms_of_the_change_point_are_rare():
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(200):
        level = 50.0 + 4.0 * rng.standard_t(4, 100)
        found = change_point(level)
        alarms += found is not None and found.p_value <= 0.001
    assert alarms <= 2


def test_left_on_start_end_watts():
    load = home()
    flat = load.ravel()
    flat[80 * 96 + 40 : 80 * 96 + 40 + 160] += 300.0
    found = left_on(days_of(load))
    assert len(found) == 1
    one = found[0]
    assert one.numbers["extra_w"] == pytest.approx(300.0, rel=0.15)
    assert one.numbers["extra_kwh"] == pytest.approx(300.0 * 40 / 1000, rel=0.25)
    assert abs(one.start - (START + 80 * DAY + 10 * 3600)) <= 2 * 3600
    assert not one.ongoing
    assert one.kwh_per_year_low <= one.kwh_per_year <= one.kwh_per_year_high


def test_an_evening_of_use_is_not_left_on():
    load = home()
    load[80, 70:90] += 900.0  # five hours
    assert left_on(days_of(load)) == []


def test_what_happens_every_week_is_not_left_on():
    load = home()
    load[6::7, 36:84] += 300.0
    assert left_on(days_of(load)) == []


def test_odd_days_are_one_finding():
    load = home()
    load[70:73, 68:92] += 1200.0
    found = unusual_days(days_of(load))
    assert found is not None
    assert found.numbers["n_days"] == 3.0
    assert found.numbers["worst_kwh"] > 2 * found.numbers["usual_kwh"]
    assert START + 70 * DAY <= found.numbers["worst_day"] < START + 73 * DAY


def test_days_that_use_less_are_not_told():
    load = home()
    load[60:70] = 40.0
    assert unusual_days(days_of(load)) is None


def test_a_holiday_is_compared_with_sundays():
    load = home()
    rest = np.isin((np.arange(90) + 4) % 7, (5, 6))  # the first of May 2026 is a Friday
    load[rest, 32:64] += 800.0
    load[81, 32:64] += 800.0  # a Tuesday
    odd = days_of(load)
    assert np.array_equal(odd.rest, rest)
    as_holiday = odd.rest.copy()
    as_holiday[81] = True
    from dataclasses import replace

    assert day_scores(odd).level_z[81] > 5.0
    assert day_scores(replace(odd, rest=as_holiday)).level_z[81] < 3.0


def test_explained_days_are_not_told_twice():
    load = home()
    load.ravel()[80 * 96 : 80 * 96 + 240] += 400.0
    kinds = [d.kind for d in detect_load(days_of(load))]
    assert kinds == [FindingKind.LEFT_ON]


def test_a_fridge_that_runs_longer():
    load = home(90)
    minute = np.arange(90 * 96) * 15
    more = np.where(minute % 50 < 38, 100.0, 0.0) - np.where(minute % 50 < 20, 100.0, 0.0)
    load.ravel()[60 * 96 :] += more[60 * 96 :]
    found = [
        d for d in detect_load(days_of(load)) if d.kind in (FindingKind.FRIDGE, FindingKind.BASELOAD_CREEP)
    ]
    assert len(found) == 1
    assert abs(found[0].start - (START + 60 * DAY)) <= 3 * DAY
    assert fridge_runs_more(days_of(home(resolution_s=3600))) is None  # hours cannot tell


def test_standby_only_beyond_the_usual():
    low, high = days_of(home()), days_of(home() + 60.0)
    assert standby_power(low).power_w == pytest.approx(40.0, rel=0.05)
    assert high_standby(low) is None
    assert high_standby(high).numbers["standby_w"] == pytest.approx(100.0, rel=0.05)
    assert standby_power(low.last(3)) is None


def test_empty_and_short_loads_are_silent():
    assert detect_load(days_of(np.full((30, 96), np.nan))) == []
    assert detect_load(days_of(home(3))) == []
