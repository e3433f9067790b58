"""Held to its week: places that have settled, loads that hardly move, the hour that just ended; else nothing changes."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.analysis.forecast.grounded import GroundedForecaster, still
from kanchay.analysis.forecast.hypotheses import mixed
from kanchay.analysis.forecast.naive import EnsembleNaive, WeekNaive
from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.analysis.forecast.spread import NORMAL_LEVELS
from kanchay.analysis.forecast.weekshape import settled, week_of
from kanchay.analysis.leak import leak_test
from kanchay.domain.interval import DAY, HOUR

MONDAY = 1768176000  # 2026-01-12 00:00 UTC
MADRID_SPRING = 1774738800 + DAY - HOUR  # 2026-03-30 00:00 in Madrid: the day before had 23 hours


class Says:
    """A base that says the same of every hour, with normal bands."""

    name, lookback_s, sha256, reads_temperature = "says", 7 * DAY, "abc", True

    def __init__(self, value=5.0, spread=1.0):
        self.value, self.spread = value, spread

    def predict(self, windows):
        mean = np.full((len(windows), windows.horizon), self.value)
        return Prediction(mean, mean[..., None] + self.spread * NORMAL_LEVELS)


def office(open_days, *, low=2.0, high=10.0, noise=0.0, resolution_s=HOUR):
    """A week of days, oldest first, open from 8 to 18 on the given ones."""
    per_day = DAY // resolution_s
    hour = np.arange(per_day) * resolution_s / HOUR
    rng = np.random.default_rng(1)
    days = [np.where((hour >= 8) & (hour < 18) & (d in open_days), high, low) for d in range(7)]
    return np.concatenate(days) + noise * rng.normal(size=7 * per_day)


def window(values, *, issued=MONDAY, horizon=24, resolution_s=HOUR, tz="UTC", country=None):
    load = np.atleast_2d(np.asarray(values, dtype=float))
    return Windows(load, np.full(len(load), issued), resolution_s, horizon, tz, country)


def weight_of(values, **kw):
    windows = window(values, **kw)
    return float(settled(windows, week_of(windows))[0][0])


# --- a place that has settled -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("shut_days", "weight"), [(2, 0.0), (4, 0.0), (5, 0.7), (6, 0.85)])
def test_the_longer_a_place_is_shut_the_surer_it_stays_so(shut_days, weight):
    """Issued on a Friday, so that the days since are working days."""
    worked = set(range(7 - shut_days))
    assert weight_of(office(worked), issued=MONDAY + 4 * DAY) == pytest.approx(weight)


def test_a_place_that_uses_more_than_before_has_not_been_shut():
    assert weight_of(office({1, 2, 3, 4, 5, 6}), issued=MONDAY + 4 * DAY) == 0.0


def test_an_ordinary_working_week_is_no_change():
    """Monday to Friday open, then a weekend: whatever the day of issue."""
    for day in range(7):
        begin = (day + 0) % 7  # weekday of the first of the seven days
        worked = {d for d in range(7) if (begin + d) % 7 < 5}
        assert weight_of(office(worked), issued=MONDAY + day * DAY) == 0.0


def test_from_noon_to_noon_a_day_of_both_kinds_tells_nothing():
    """Weeks issued at noon: Sunday noon to Monday noon is neither a working day nor a free one."""
    hours = np.arange(21 * 24)
    at_work = (hours // 24 % 7 < 5) & (hours % 24 >= 8) & (hours % 24 < 18)
    load = np.where(at_work, 10.0, 2.0)
    for day in range(7):
        stop = 24 * (7 + day) + 12
        assert weight_of(load[stop - 168 : stop], issued=MONDAY + day * DAY + 12 * HOUR) == 0.0


def test_a_holiday_is_a_free_day():
    """Shut from 24 December on: of the five days until the 28th one is a working day where Christmas Eve is free too."""
    sunday = 1766880000  # 28 December 2025
    since_tuesday = office({0, 1})  # the 21st and the 22nd; shut on the 23rd, 24th, 25th, 26th and 27th
    windows = window(since_tuesday, issued=sunday)
    everywhere = settled(windows, week_of(windows))[0][0]
    assert everywhere == pytest.approx(0.7)
    in_germany = window(
        since_tuesday, issued=sunday, country="DE"
    )  # 25 and 26 are holidays: two working days are left
    assert settled(in_germany, week_of(in_germany))[0][0] == pytest.approx(0.7)
    later = window(since_tuesday, issued=sunday + DAY, country="DE")  # shut from the 24th on: one working day
    assert settled(later, week_of(later))[0][0] == 0.0


def test_a_place_that_was_left_is_expected_to_stay_empty_and_may_be_back():
    answer = GroundedForecaster(WeekNaive()).predict(window(office({0}, noise=0.05)))
    base = WeekNaive().predict(window(office({0}, noise=0.05)))
    assert base.mean[0, 12] > 9.5
    assert 2.0 < answer.mean[0, 12] < 3.5
    assert answer.quantiles[0, 12, 4] < 2.5  # the median: empty
    assert answer.quantiles[0, 12, 8] > 9.0  # and yet one may be back
    assert (np.diff(answer.quantiles, axis=-1) >= 0).all()


def test_a_church_of_one_day_is_believed_where_other_days_are_as_unlike():
    """Days that differ among themselves have not settled."""
    rng = np.random.default_rng(0)
    assert weight_of(rng.gamma(2.0, 1.0, 168)) < 0.01


def test_a_week_with_many_gaps_says_nothing():
    load = office({0})
    load[np.random.default_rng(0).random(168) < 0.4] = np.nan
    assert weight_of(load) == 0.0


# --- a load that hardly moves -----------------------------------------------------------------------------------


def test_a_load_that_hardly_moves_is_its_own_mean_with_its_own_spread():
    load = 100.0 + np.random.default_rng(0).normal(size=168)
    answer = GroundedForecaster(Says(103.0, spread=0.1)).predict(window(load))
    assert np.abs(answer.mean - 100.0).max() < 1.5
    assert answer.quantiles[0, 5, 8] - answer.quantiles[0, 5, 0] > 2.0


def test_a_daily_shape_above_chance_is_kept():
    load = 100.0 + np.tile(np.sin(np.arange(24) * 0.26), 7) + 0.05 * np.random.default_rng(0).normal(size=168)
    shape = week_of(window(load))
    assert shape.believed[0] > 0.99
    assert np.abs(still(shape)[1][0] - shape.profile[0]).max() < 0.02


def test_what_varies_is_left_alone():
    load = np.tile(np.arange(24.0), 7)
    windows = window(load)
    assert GroundedForecaster(EnsembleNaive()).predict(windows).mean == pytest.approx(
        EnsembleNaive().predict(windows).mean
    )


# --- the hour that just ended ------------------------------------------------------------------------------------


def test_the_last_hour_lingers_for_hours_not_for_a_day():
    load = np.random.default_rng(0).gamma(2.0, 1.0, 168)
    load[-1] = 20.0
    move = GroundedForecaster(Says()).predict(window(load)).mean[0] - 5.0
    assert 2.0 < move[0] < 0.3 * 15.0
    assert (np.diff(move[:12]) < 0).all()
    assert (move[12:] == 0).all()


def test_an_unknown_last_hour_moves_nothing():
    load = np.random.default_rng(0).gamma(2.0, 1.0, 168)
    load[-1] = np.nan
    assert (GroundedForecaster(Says()).predict(window(load)).mean == 5.0).all()


def test_a_meter_whose_days_are_the_same_is_not_moved():
    load = np.tile(np.arange(24.0), 7)
    load[-1] += 1e-9
    assert GroundedForecaster(Says()).predict(window(load)).mean == pytest.approx(5.0, abs=1e-6)


# --- as any forecaster --------------------------------------------------------------------------------------------


def test_no_future_reaches_it():
    assert leak_test(GroundedForecaster(EnsembleNaive())).passed


def test_it_stands_for_its_base():
    held = GroundedForecaster(Says())
    assert (held.name, held.sha256, held.reads_temperature, held.lookback_s) == ("says", "abc", True, 7 * DAY)


@pytest.mark.parametrize("resolution_s", [300, 900, 1800, 3600])
def test_any_resolution_and_horizon(resolution_s):
    per_day = DAY // resolution_s
    load = office({0}, resolution_s=resolution_s)
    answer = GroundedForecaster(Says()).predict(
        window(load, resolution_s=resolution_s, horizon=3 * per_day - 5)
    )
    assert answer.mean.shape == (1, 3 * per_day - 5)
    noon = 12 * HOUR // resolution_s
    assert answer.mean[0, [noon, noon + per_day]] == pytest.approx(0.85 * 2.0 + 0.15 * 5.0, abs=0.01)


def test_days_are_cut_by_the_clock_when_it_changes():
    """The week before 30 March in Madrid lacks an hour: what opened at 8 still did."""
    clock = np.concatenate([np.arange(6 * 24) % 24, np.delete(np.arange(24), 2)])  # 29 March has no 02:00
    load = np.where((clock >= 8) & (clock < 18), 10.0, 2.0)
    shape = week_of(window(np.concatenate([[2.0], load]), issued=MADRID_SPRING, tz="Europe/Madrid"))
    assert shape.profile[0, [7, 8, 17, 18]].tolist() == [2.0, 10.0, 10.0, 2.0]


def test_many_windows_answer_as_each_alone():
    rng = np.random.default_rng(3)
    rows = [office({0}), rng.gamma(2.0, 1.0, 168), 50.0 + 0.3 * rng.normal(size=168), np.full(168, np.nan)]
    held = GroundedForecaster(EnsembleNaive())
    together = held.predict(window(np.stack(rows)))
    for k, row in enumerate(rows):
        alone = held.predict(window(row))
        np.testing.assert_array_equal(together.mean[k], alone.mean[0])
        np.testing.assert_array_equal(together.quantiles[k], alone.quantiles[0])


def test_load_never_falls_below_zero():
    load = np.random.default_rng(0).gamma(2.0, 1.0, 168)
    load[-1] = 0.0
    answer = GroundedForecaster(Says(0.2, spread=3.0)).predict(window(load))
    assert answer.quantiles.min() >= 0.0


# --- mixtures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_all_of_one_forecast_is_that_forecast(weight):
    one, other = (np.sort(np.random.default_rng(k).normal(size=(3, 2, 9)), axis=-1) for k in (0, 1))
    whole = other if weight else one
    assert mixed(one, other, np.full(3, weight)) == pytest.approx(whole, abs=0.12)


def test_a_mixture_lies_between_and_never_crosses():
    rng = np.random.default_rng(0)
    one, other = (np.sort(rng.normal(size=(20, 3, 9)), axis=-1) for _ in range(2))
    found = mixed(one, other, rng.random(20))
    assert (np.diff(found, axis=-1) >= 0).all()
    assert (found >= np.minimum(one, other)[..., :1] - 1e-12).all()
    assert (found <= np.maximum(one, other)[..., -1:] + 1e-12).all()


@pytest.mark.parametrize("resolution_s", [300, 900, 1800])
def test_intervals_add_up_to_what_the_hours_say(resolution_s):
    """A place that settled, a load that hardly moves and a restless one, each finer than an hour."""
    n = HOUR // resolution_s
    rng = np.random.default_rng(5)
    rows = [office({0}), 50.0 + 0.01 * rng.normal(size=168), rng.gamma(2.0, 1.0, 168), rng.normal(size=168)]
    hours = np.stack(rows)
    issued = np.full(len(rows), MONDAY)
    held = GroundedForecaster(EnsembleNaive())
    within = rng.gamma(0.3, 1.0, (len(rows), 168, n))
    uneven = hours[:, :, None] * within / within.mean(axis=2, keepdims=True)
    fine = held.predict(Windows(uneven.reshape(len(rows), -1), issued, resolution_s, 24 * n, "UTC"))
    whole = held.predict(Windows(hours, issued, HOUR, 24, "UTC"))
    assert fine.mean.reshape(len(rows), 24, n).mean(axis=2) == pytest.approx(whole.mean, abs=1e-9)
    assert (np.diff(fine.quantiles, axis=2) >= 0).all()
