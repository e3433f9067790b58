"""What stands around the network: hours and finer intervals, long horizons, clock changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.clockgrid import ClockGrid
from kanchay.bundle.forecaster import BundleForecaster
from kanchay.bundle.runtimes import INPUTS
from kanchay.bundle.withinhour import WithinHour, to_hours
from kanchay.domain.errors import TimeError
from kanchay.domain.interval import DAY, HOUR, wall_clock

from .conftest import tiny_manifest

MADRID_SPRING = 1774738800  # 2026-03-29 00:00 in Madrid: 23 hours
MADRID_AUTUMN = 1792879200  # 2026-10-25 00:00 in Madrid: 25 hours


class Weekly:
    """Answers the same hour a week ago, with a band of one around it; remembers what it was given."""

    name = "weekly"

    def __init__(self):
        self.calls = []

    def run(self, inputs):
        self.calls.append([inputs[name] for name in INPUTS[1]])
        median = inputs["load"][:, :24, None]
        return np.concatenate([median, median + np.linspace(-1, 1, 9)], axis=2)


def weekly(**changes):
    return BundleForecaster(tiny_manifest(**changes), Weekly())


def ramp(n_windows=1, n=168, **changes):
    load = np.tile(np.arange(n, dtype=float) + 10, (n_windows, 1))
    given = {"resolution_s": HOUR, "horizon": 24, "tz": "America/Lima"}
    return Windows(load, 1_788_325_200 + DAY * np.arange(n_windows), **{**given, **changes})


def test_the_last_week_reaches_the_network_oldest_first():
    model = weekly()
    assert model.predict(ramp(n=200)).mean[0].tolist() == list(range(10 + 32, 10 + 56))
    load, mask, context, target = model.runtime.calls[0]
    assert load.shape == mask.shape == (1, 168)
    assert context.shape == (1, 168, 13)
    assert target.shape == (1, 24, 13)


def test_short_history_is_padded_at_its_old_end():
    model = weekly()
    model.predict(ramp(n=30))
    load, mask, *_ = model.runtime.calls[0]
    assert mask[0].tolist() == [0] * 138 + [1] * 30
    assert not load[0, :138].any()


def test_days_are_rolled_out_on_their_own_mean_with_wider_bands():
    model = weekly()
    w = ramp(horizon=72)
    p = model.predict(w)
    np.testing.assert_allclose(p.mean[0], np.arange(72) + 10)
    fed = model.runtime.calls[1][0][0]
    np.testing.assert_allclose(fed[-24:], p.mean[0, :24])
    width = p.quantiles[0, :, 8] - p.quantiles[0, :, 0]
    np.testing.assert_allclose(width[[0, 24, 48]], [2.0, 3.0, 4.0])
    week = model.predict(ramp(horizon=168))
    assert week.quantiles.shape == (1, 168, 9)


@pytest.mark.parametrize("horizon", [1, 5, 25, 167])
def test_odd_horizons(horizon):
    assert weekly().predict(ramp(horizon=horizon)).mean.shape == (1, horizon)


def test_beyond_seven_days_is_refused():
    with pytest.raises(TimeError, match="at most 7 days"):
        weekly().predict(ramp(horizon=169))


@pytest.mark.parametrize("resolution_s", [7, 420, 5400, 86400])
def test_other_resolutions_are_refused(resolution_s):
    with pytest.raises(TimeError, match="divide an hour"):
        weekly().predict(ramp(resolution_s=resolution_s))


def test_infinite_values_are_missing():
    w = ramp()
    w.load[0, 3] = np.inf
    p = weekly().predict(w)
    assert p.mean[0, 3] == 0.0  # nothing known there, and this fake answers what it was given
    assert np.isfinite(p.mean).all()


@pytest.mark.parametrize("n", [2, 4, 12])
def test_finer_intervals_add_up_to_their_hours(n):
    rng = np.random.default_rng(1)
    within = rng.normal(0, 0.3, (24, n))
    within -= within.mean(axis=1, keepdims=True)
    hours = 5 + rng.random(168)
    load = (hours[:, None] + np.tile(within, (7, 1))).ravel()[None]
    w = Windows(load, np.array([1_788_325_200]), HOUR // n, 24 * n, "America/Lima")
    p = weekly().predict(w)
    np.testing.assert_allclose(p.mean.reshape(24, n).mean(axis=1), hours[:24])
    np.testing.assert_allclose(p.mean.reshape(24, n) - hours[:24, None], within, atol=1e-5)  # its own habit
    assert (np.diff(p.quantiles, axis=2) >= 0).all()


def test_noise_within_the_hour_widens_the_band_but_makes_no_habit():
    rng = np.random.default_rng(2)
    load = 5 + rng.normal(0, 1.0, (1, 168 * 4))
    within = WithinHour.of(load, 900)
    assert np.abs(within.shape).mean() < 0.3
    p = weekly().predict(Windows(load, np.array([1_788_325_200]), 900, 96, "UTC"))
    hourly = weekly().predict(Windows(to_hours(load, 900), np.array([1_788_325_200]), HOUR, 24, "UTC"))
    fine = (p.quantiles[..., 7] - p.quantiles[..., 1]).mean()
    assert fine > 1.2 * (hourly.quantiles[..., 7] - hourly.quantiles[..., 1]).mean()


def test_an_hour_counts_when_half_of_it_is_known():
    load = np.array([[1.0, np.nan, np.nan, 3.0, np.nan, np.nan, np.nan, 9.0]])
    assert to_hours(load, 900)[0, -2:].tolist()[0] == 2.0
    assert np.isnan(to_hours(load, 900)[0, -1])


@pytest.mark.parametrize(
    "issued", [MADRID_SPRING, MADRID_AUTUMN, MADRID_SPRING + 3 * DAY - HOUR, MADRID_AUTUMN + 3 * DAY]
)
@pytest.mark.parametrize("resolution_s", [HOUR, 900])
def test_a_clock_change_keeps_every_habit_at_its_hour(issued, resolution_s):
    """The load is the clock itself, so a right answer is the clock of the targets."""

    def clock(times):
        return (wall_clock(times, "Europe/Madrid") % DAY) / HOUR

    past = issued + resolution_s * np.arange(-9 * DAY // resolution_s, 0)
    n = 7 * DAY // resolution_s
    w = Windows(clock(past)[None], np.array([issued]), resolution_s, n, "Europe/Madrid")
    expected = clock(w.target_starts[0])
    off = np.abs(weekly().predict(w).mean[0] - expected)
    skipped = off > 1e-6  # only the hour that the change of clocks took out of the history
    assert skipped.sum() <= 2 * HOUR // resolution_s, np.flatnonzero(skipped)


def test_the_hour_that_comes_twice_takes_the_later_one():
    times = MADRID_AUTUMN + DAY + HOUR * np.arange(-168, 0)
    w = Windows(np.arange(168.0)[None], np.array([MADRID_AUTUMN + DAY]), HOUR, 24, "Europe/Madrid")
    by_clock = ClockGrid.of(w).context(w.load)[0]
    twice = np.flatnonzero(wall_clock(times, "Europe/Madrid") % DAY == 2 * HOUR)[-2:]
    assert twice[1] == twice[0] + 1
    assert by_clock[twice[1]] == twice[1]
    assert twice[0] not in by_clock


def test_windows_far_apart_and_off_the_hour():
    w = ramp(2)
    w = replace(w, issued_at=np.array([1_000_000_000, 1_788_325_200 + 900]))
    model = weekly()
    model.predict(w)
    from kanchay.analysis.features.calendar import calendar_features

    expected = calendar_features(w.issued_at, w.tz)
    np.testing.assert_allclose(model.runtime.calls[0][3][:, 0], expected, atol=1e-6)


def test_no_windows():
    p = weekly().predict(replace(ramp(), load=np.empty((0, 168)), issued_at=np.empty(0, np.int64)))
    assert p.mean.shape == (0, 24)
