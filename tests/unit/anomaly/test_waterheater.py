"""The water heater in the whole load, against the simulation's own tank."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.analysis.advice.water_heater_timer import timer_promise, timer_windows
from kanchay.analysis.anomaly.days import local_days
from kanchay.analysis.anomaly.waterheater import HeaterAnswer, recognise_water_heater
from kanchay.simulate.home import clean_home, simulate_home
from kanchay.simulate.household import Timer

from .helpers import days_of, home

SEED = 117


@pytest.fixture(scope="module")
def always_on():
    return simulate_home(seed=SEED, start="2026-05-01", days=60)


def test_found_with_its_losses(always_on):
    heater = recognise_water_heater(local_days(always_on.panel("grid")))
    own = recognise_water_heater(local_days(always_on.panel("water_heater")))
    home = always_on.parameters["household"]
    truth = home["tank_ua"] * (home["setpoint_c"] - 2.5 - 20.0)
    assert heater.answer is own.answer is HeaterAnswer.FOUND
    assert heater.standing_w == pytest.approx(truth, rel=0.2)
    assert own.standing_w == pytest.approx(truth, rel=0.2)
    assert heater.standing_low_w < heater.standing_w < heater.standing_high_w
    assert heater.element_w == pytest.approx(1500.0, rel=0.15)


def test_promise_near_the_same_home_with_that_timer(always_on):
    heater = recognise_water_heater(local_days(always_on.panel("grid")))
    promise = timer_promise(heater, "America/Lima")
    with_timer = simulate_home(seed=SEED, start="2026-05-01", days=60, timer=Timer(promise.windows))
    truth = (always_on.total_kwh - with_timer.total_kwh) / 60 * 30.4
    assert promise.kwh_per_month == pytest.approx(truth, rel=0.35)
    assert promise.kwh_low <= promise.kwh_per_month <= promise.kwh_high <= promise.standing_kwh_per_month
    assert all(0 <= a < b <= 24 for a, b in promise.windows)
    assert promise.windows in timer_windows(heater, "America/Lima")


def test_a_timer_is_recognised_as_one():
    heater = recognise_water_heater(
        local_days(clean_home(seed=SEED, start="2026-05-01", days=60).panel("grid"))
    )
    assert heater.answer is HeaterAnswer.NONE
    assert timer_promise(heater, "America/Lima") is None


def test_no_heater_no_claim():
    without = simulate_home(seed=SEED, start="2026-05-01", days=45, water_heater="none")
    assert recognise_water_heater(local_days(without.panel("grid"))).answer is HeaterAnswer.NONE
    assert recognise_water_heater(days_of(home())).answer is HeaterAnswer.NONE


def test_cannot_tell_from_hours_or_few_nights():
    coarse = recognise_water_heater(days_of(home(resolution_s=3600)))
    short = recognise_water_heater(days_of(home(5)))
    assert (coarse.answer, coarse.reason) == (HeaterAnswer.CANNOT_TELL, "too_coarse")
    assert (short.answer, short.reason) == (HeaterAnswer.CANNOT_TELL, "too_short")


def test_a_pump_that_a_clock_switches_is_no_heater():
    load = home()
    load[:, 10] += 1200.0  # 2:30 every night
    heater = recognise_water_heater(days_of(load))
    assert heater.answer is HeaterAnswer.NONE
    assert heater.reason == "clock_locked"


def test_uneven_bursts_are_not_claimed():
    load, rng = home(), np.random.default_rng(1)
    for day in range(0, 90, 2):
        load[day, rng.integers(2, 18)] += rng.uniform(600.0, 3300.0)
    assert recognise_water_heater(days_of(load)).answer is not HeaterAnswer.FOUND
