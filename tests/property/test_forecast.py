"""What must hold of any history: quantiles in order, the wall clock kept, nothing from the future."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kanchay.analysis.backtest import clock_times
from kanchay.analysis.forecast.period import forecast_total
from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.registry import FORECASTERS
from kanchay.analysis.forecast.samehour import days_back
from kanchay.analysis.forecast.spread import nan_quantiles
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.interval import DAY, HOUR, local_day_bounds, wall_clock
from kanchay.domain.panel import Panel

ZONES = st.sampled_from(
    ["America/Lima", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns", "UTC"]
)
TIMES = st.integers(1_400_000_000, 1_800_000_000).map(lambda t: t // HOUR * HOUR)
VALUES = st.one_of(st.just(np.nan), st.floats(-1e6, 1e6, allow_subnormal=False))
few = settings(max_examples=40, deadline=None)


@few
@given(
    arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 200)), elements=VALUES),
    TIMES,
    ZONES,
    st.integers(1, 200),
)
@example(np.array([[0.1, 0.3]]), 1774738800, "Europe/Madrid", 30)
def test_quantiles_never_cross_and_answers_are_whole(load, issued, tz, horizon):
    windows = Windows(load, np.full(len(load), issued), HOUR, horizon, tz)
    known = ~np.isnan(load).all(axis=1)
    for make in FORECASTERS.values():
        p = make().predict(windows)
        assert np.isfinite(p.mean[known]).all()
        assert np.isfinite(p.quantiles[known]).all()
        assert (np.diff(p.quantiles[known], axis=-1) >= 0).all()
        assert np.isnan(p.mean[~known]).all()
        if known.any() and load[known].min(initial=0.0, where=~np.isnan(load[known])) >= 0:
            assert p.quantiles[known].min() >= 0


@few
@given(arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 12)), elements=VALUES))
def test_quantiles_of_samples_are_those_of_numpy(samples):
    got = nan_quantiles(samples, (0.0, 0.1, 0.5, 0.975, 1.0))
    for row, given_values in zip(got, samples, strict=True):
        values = given_values[~np.isnan(given_values)]
        if len(values):
            np.testing.assert_allclose(
                row, np.quantile(values, [0, 0.1, 0.5, 0.975, 1]), rtol=1e-9, atol=1e-9
            )
        else:
            assert np.isnan(row).all()


@few
@given(TIMES, st.integers(1, 40), ZONES)
def test_days_back_shows_the_same_clock_or_the_hour_after_a_gap(instant, days, tz):
    back = days_back(np.array([instant]), days, tz)
    shift = wall_clock([instant], tz) - DAY * days - wall_clock(back, tz)
    assert shift[0] in (0, -HOUR, -HOUR // 2, HOUR, HOUR // 2)
    if shift[0] != 0:  # only where that clock time did not exist
        around = wall_clock(np.arange(back[0] - 2 * HOUR, back[0] + 2 * HOUR, 900), tz)
        assert wall_clock([instant], tz)[0] - DAY * days not in around


@few
@given(TIMES, st.integers(1, 400), ZONES)
def test_midnights_are_those_of_the_calendar(start, days, tz):
    end = start + days * DAY
    bounds = local_day_bounds(start, end, tz)
    expected = bounds[(bounds >= start) & (bounds < end)]
    np.testing.assert_array_equal(clock_times(start, end, tz), expected)


@few
@given(
    arrays(np.float64, st.integers(24, 24 * 20), elements=st.one_of(st.just(np.nan), st.floats(0, 100))),
    ZONES,
    st.integers(0, 40),
)
def test_a_period_adds_up_whatever_is_missing(values, tz, days_left):
    panel = Panel.of(("m",), values[None], start=1_700_000_400 // HOUR * HOUR, resolution_s=HOUR, tz=tz)
    with suppress(NotEnoughData):
        check_period(panel, days_left)


def check_period(panel, days_left):
    p = forecast_total(panel, "m", start=panel.start, end=panel.end + days_left * DAY, issued_at=panel.end)
    q = np.array(p.quantiles)
    assert np.isfinite(q).all()
    assert (np.diff(q) >= 0).all()
    assert q[0] >= np.nansum(panel.values) - 1e-6  # what was measured is certain
    np.testing.assert_allclose(p.so_far + sum(p.daily_mean), p.mean, atol=1e-6)
    assert (np.diff(p.cumulative_q10) >= -1e-9).all()
    assert (np.diff(p.cumulative_q90) >= -1e-9).all()
