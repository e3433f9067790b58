"""The track record against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.analysis.backtest import Backtest
from kanchay.analysis.forecast.protocol import Prediction
from kanchay.analysis.forecast.trackrecord import track_record
from kanchay.domain.interval import DAY

START = 1_767_225_600


def tried(actual, error, *, resolution_s=3600, omitted=0):
    """A back-test whose forecasts are off by `error`; one row a day."""
    actual = np.asarray(actual, dtype=float)
    mean = np.nan_to_num(actual, nan=1.0) + error
    quantiles = mean[..., None] + np.linspace(-1, 1, 9)
    issued = START + DAY * np.arange(len(actual))
    return Backtest("m", resolution_s, issued, actual, Prediction(mean, quantiles), issued[:omitted])


def record(mine, other, ahead=None):
    return track_record(
        mine, other, names=("model", "naive"), ahead=ahead or (mine, other), tz="UTC", missing_h=0.0
    )


def test_half_the_error_is_a_skill_of_a_half_whatever_week_is_drawn():
    actual = np.ones((21, 24))
    found = record(tried(actual, 0.5), tried(actual, 1.0))
    assert found.skill == pytest.approx(0.5)
    assert (found.skill_low, found.skill_high) == pytest.approx((0.5, 0.5))
    assert (found.n_days, found.beaten) == (21, 21)


def test_the_interval_is_wide_where_days_differ_and_holds_zero_where_nobody_wins():
    rng = np.random.default_rng(1)
    actual = np.ones((28, 24))
    mine, other = (rng.gamma(1.0, 1.0, (28, 1)) * np.ones((1, 24)) for _ in range(2))
    found = record(tried(actual, mine), tried(actual, other))
    assert found.skill_low < 0 < found.skill_high
    clear = record(tried(actual, 0.2 * mine), tried(actual, mine))
    assert clear.skill_low == pytest.approx(0.8)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """Days with independent errors and a true skill of 0.2: about 8 in 10 intervals of four weeks hold it."""
    rng, held = np.random.default_rng(2), 0
    actual = np.zeros((28, 24))
    for _ in range(200):
        found = record(
            tried(actual, 0.8 * rng.normal(size=(28, 24))), tried(actual, rng.normal(size=(28, 24)))
        )
        held += found.skill_low <= 0.2 <= found.skill_high
    assert 0.6 <= held / 200 <= 0.9


@pytest.mark.parametrize("days", [1, 6])
def test_below_a_week_no_interval(days):
    found = record(tried(np.ones((days, 24)), 0.5), tried(np.ones((days, 24)), 1.0))
    assert found.skill == pytest.approx(0.5)
    assert np.isnan(found.skill_low)
    assert np.isnan(found.skill_high)


def test_a_naive_without_error_leaves_nothing_to_save():
    found = record(tried(np.ones((9, 24)), 0.5), tried(np.ones((9, 24)), 0.0))
    assert np.isnan(found.skill)
    assert found.beaten == 0


def test_only_what_both_know_counts():
    actual = np.ones((8, 24))
    actual[0] = np.nan
    error = np.where(np.arange(8)[:, None] == 1, 100.0, 0.5)
    mine, other = tried(actual, error), tried(actual, 1.0)
    other.prediction.mean[1] = np.nan  # the naive had no answer on the day that the model failed
    found = record(mine, other)
    assert found.n_days == 6
    assert found.skill == pytest.approx(0.5)


def test_errors_by_day_ahead():
    actual = np.ones((3, 72))
    actual[2, 24:] = np.nan
    actual[1, 48:] = np.nan
    actual[0, 48:] = np.nan
    error = np.repeat([0.1, 0.2, 0.9], 24)
    day = tried(np.ones((3, 24)), 0.5)
    found = record(day, day, ahead=(tried(actual, error), tried(actual, 2 * error)))
    assert found.error_by_lead[:2] == pytest.approx((0.1, 0.2))
    assert np.isnan(found.error_by_lead[2])
    assert found.beside_error_by_lead[:2] == pytest.approx((0.2, 0.4))


def test_the_worst_days_come_first_and_are_whole():
    actual = np.ones((10, 24))
    error = np.arange(10.0)[:, None] * np.ones((1, 24))
    actual[9, :6] = np.nan  # the worst, but a quarter of it was never measured
    found = record(tried(actual, error), tried(actual, 1.0))
    assert [round((c.start - START) / DAY) for c in found.worst] == [8, 7, 6]
    assert [c.mae for c in found.worst] == [8, 7, 6]
    assert found.worst[0].beside_mae == 1.0
    assert found.worst[0].low[0] < found.worst[0].mean[0] < found.worst[0].high[0]


def test_minutes_are_summed_to_hours_for_the_eye():
    found = record(
        tried(np.ones((7, 96)), 0.5, resolution_s=900), tried(np.ones((7, 96)), 1.0, resolution_s=900)
    )
    assert found.worst[0].resolution_s == 3600
    assert found.worst[0].actual == (4.0,) * 24
    half = record(
        tried(np.ones((7, 48)), 0.5, resolution_s=1800), tried(np.ones((7, 48)), 1.0, resolution_s=1800)
    )
    assert half.worst[0].resolution_s == 1800


def test_the_band_of_an_hour_is_not_the_sum_of_its_quarters():
    fine = tried(np.ones((7, 96)), 0.5, resolution_s=900)
    asked = []

    def hours(issued):
        asked.append(issued.tolist())
        mean = np.full((len(issued), 24), 6.0)
        quantiles = mean[..., None] + np.linspace(-1.5, 1.5, 9)
        return Backtest("m", 3600, issued, mean, Prediction(mean, quantiles), issued[:0])

    found = track_record(
        fine, fine, names=("a", "b"), ahead=(fine, fine), tz="UTC", missing_h=0.0, hours=hours
    )
    assert asked == [sorted(c.start for c in found.worst)]
    assert found.worst[0].mean == (6.0,) * 24
    assert found.worst[0].high == (6.75,) * 24  # not 4 x (1.5 + 0.5)
    assert record(fine, fine).worst[0].high == (8.0,) * 24


def test_days_that_could_not_be_forecast_are_counted():
    assert record(tried(np.ones((7, 24)), 0.5, omitted=2), tried(np.ones((7, 24)), 1.0)).omitted == 2
