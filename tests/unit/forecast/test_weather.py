"""Temperature of windows: nothing of the future is read unless an oracle is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.weather import with_temperature
from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import DAY, HOUR

RNG = np.random.default_rng(3)
AIR = RNG.normal(18, 6, 24 * 30)
ISSUED = np.array([10, 12]) * DAY + np.array([0, 5 * HOUR])


def windows(horizon=72, **given):
    return Windows(np.ones((2, 168)), ISSUED, HOUR, horizon, "UTC", **given)


def test_the_past_is_what_was_measured():
    told = with_temperature(windows(), AIR, start=0).temperature
    np.testing.assert_array_equal(told[0, :168], AIR[72:240])
    np.testing.assert_array_equal(told[1, :168], AIR[293 - 168 : 293])


def test_the_future_stays_unread_without_an_oracle():
    changed = AIR.copy()
    changed[240:] = 1000.0
    a, b = (with_temperature(windows().rows(slice(0, 1)), air, start=0).temperature for air in (AIR, changed))
    np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(a[0, 168], AIR[240 - 168 : 240 : 24].mean())
    np.testing.assert_allclose(a[0, 168:192], a[0, 192:216])  # the same climatology each day


def test_an_oracle_and_an_archived_forecast_say_the_future():
    oracle = with_temperature(windows(), AIR, start=0, oracle=True).temperature
    np.testing.assert_array_equal(oracle[0, 168:], AIR[240:312])
    archived = with_temperature(windows(), AIR, start=0, ahead=np.full((2, 72), 7.0)).temperature
    assert (archived[:, 168:] == 7.0).all()


def test_outside_the_series_nothing_is_known():
    late = with_temperature(windows(), AIR[:250], start=0, oracle=True).temperature
    assert np.isnan(late[0, 168 + 10 :]).all()


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError):
        with_temperature(windows(), AIR, start=0, ahead=np.zeros((2, 3)))
    with pytest.raises(ShapeError):
        with_temperature(windows(), AIR, start=0, ahead=np.zeros((2, 72)), oracle=True)
    with pytest.raises(ShapeError):
        windows(temperature=np.zeros((2, 168)))


def test_rows_keep_what_belongs_together():
    whole = with_temperature(windows(), AIR, start=0)
    part = whole.rows(np.array([False, True]))
    assert len(part) == 1
    np.testing.assert_array_equal(part.temperature[0], whole.temperature[1])
    assert part.issued_at[0] == ISSUED[1]
