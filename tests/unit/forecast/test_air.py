"""Outdoor air beside a meter: known as it was at each time of issue, and never later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kanchay.analysis import leak
from kanchay.analysis.backtest import backtest, clock_times
from kanchay.analysis.forecast.adapt import AdaptedForecaster
from kanchay.analysis.forecast.air import (
    Air,
    InAir,
    each_in_its_air,
    in_air,
    reads_temperature,
    temperature_use,
)
from kanchay.analysis.forecast.many import FleetOptions, forecast_panels
from kanchay.analysis.forecast.naive import DayNaive
from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.analysis.forecast.single import forecast_panel
from kanchay.analysis.forecast.weather import with_temperature
from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel

RNG = np.random.default_rng(5)
N = 24 * 30
OUTSIDE = RNG.normal(18, 6, N)
LOAD = RNG.gamma(2.0, 0.3, N)
AT = 20 * DAY


class Warm:
    """Answers with the temperature it was told for the days ahead, zero where it was told none."""

    name = "warm"
    lookback_s = 7 * DAY
    sha256 = "feed"
    reads_temperature = True

    def __init__(self):
        self.seen = []

    def predict(self, windows):
        self.seen.append(windows)
        air = windows.temperature
        mean = np.zeros((len(windows), windows.horizon))
        if air is not None:
            mean = np.nan_to_num(air[:, windows.load.shape[1] :])
        return Prediction(mean, np.repeat(mean[..., None], 9, axis=-1))


def panel(values=LOAD, name="m"):
    return Panel.of((name,), np.asarray(values)[None], start=0, resolution_s=HOUR, tz="UTC")


def air(values=OUTSIDE, **given):
    return Air("t", "outdoor", np.asarray(values), 0, HOUR, **given)


def windows(at=AT, horizon=24):
    return Windows(np.ones((1, 168)), np.array([at]), HOUR, horizon, "UTC")


def test_the_days_ahead_are_the_week_before_hour_by_hour():
    told = air().over(windows(horizon=48)).temperature[0]
    np.testing.assert_array_equal(told[:168], OUTSIDE[480 - 168 : 480])
    week = OUTSIDE[480 - 168 : 480].reshape(7, 24).mean(axis=0)
    np.testing.assert_allclose(told[168:], np.tile(week, 2))


@pytest.mark.parametrize(("known", "used"), [(84, True), (83, False), (0, False)])
def test_half_of_the_week_before_must_be_known(known, used):
    values = np.full(N, np.nan)
    values[480 - known : 480] = 20.0
    mine = air(values)
    use = mine.use(AT, DAY)
    assert (use.used, use.because, use.known_hours) == (used, "known" if used else "too_little_known", known)
    assert np.isfinite(mine.over(windows()).temperature).any() == used


def test_each_window_is_judged_by_its_own_week():
    values = np.where(np.arange(N) < 24 * 12, np.nan, OUTSIDE)
    both = Windows(np.ones((2, 168)), np.array([13, 20]) * DAY, HOUR, 24, "UTC")
    told = air(values).over(both).temperature
    assert np.isnan(told[0]).all()
    assert np.isfinite(told[1]).all()


def test_an_hourly_mean_is_known_only_with_its_hour():
    """Issued at half past, the hour that runs is not known, however the sensor's mean of it comes out."""
    quarters = np.repeat(OUTSIDE, 4)
    known_at = np.repeat(HOUR * np.arange(1, N + 1), 4)
    at = AT + HOUR // 2
    asked = Windows(np.ones((1, 672)), np.array([at]), 900, 96, "UTC")
    other = quarters.copy()
    other[480 * 4 :] = 99.0
    a, b = (Air("t", "t", v, 0, 900, known_at).over(asked).temperature for v in (quarters, other))
    np.testing.assert_array_equal(a, b)
    assert np.isnan(a[0, 670:672]).all()
    assert np.isfinite(a[0, :670]).all()
    careless = Air("t", "t", other, 0, 900).over(asked).temperature
    assert (careless[0, 670:672] == 99.0).all()  # what `known_at` is there for


def test_an_archived_forecast_goes_before_the_climatology():
    asked = []

    def archive(issued_at, n):
        asked.append((issued_at, n))
        return np.where(np.arange(n) < 24, 7.0, np.nan)

    told = air(archive=archive).over(windows(horizon=48)).temperature[0]
    assert (told[168:192] == 7.0).all()
    np.testing.assert_array_equal(told[192:], air().over(windows(horizon=48)).temperature[0, 192:])
    assert asked == [(AT, 48)]
    mine = air(archive=archive)
    assert [mine.use(AT, days * DAY).ahead for days in (1, 2)] == ["archived", "both"]
    assert air().use(AT, DAY).ahead == "climatology"


def test_who_reads_no_temperature_is_left_as_it_is():
    naive = DayNaive()
    assert in_air(naive, air()) is naive
    adapted = AdaptedForecaster(naive)
    assert in_air(adapted, air()) is adapted
    warm = Warm()
    assert in_air(warm, None) is warm
    told = in_air(warm, air())
    assert isinstance(told, InAir)
    assert (told.name, told.lookback_s, told.sha256, reads_temperature(told)) == (
        "warm",
        7 * DAY,
        "feed",
        True,
    )


def test_the_adapted_model_sees_each_past_day_in_the_air_of_then():
    warm = Warm()
    adapted = in_air(AdaptedForecaster(warm, days=15), air())
    assert reads_temperature(adapted)
    forecast_panel(panel(), "m", adapted, AT)
    (seen,) = warm.seen
    assert len(seen) > 7
    plain = replace(seen, temperature=None)
    np.testing.assert_array_equal(seen.temperature, with_temperature(plain, OUTSIDE, start=0).temperature)
    days = seen.temperature[:, 168:]
    then = np.stack([OUTSIDE[at // HOUR :][:24] for at in seen.issued_at])
    assert not np.isclose(days, then).any()  # never what was measured afterwards


@pytest.mark.parametrize("scrambled", [np.nan, 1e9, -40.0])
def test_the_temperature_after_the_issue_changes_no_bit(scrambled):
    other = np.where(np.arange(N) >= AT // HOUR, scrambled, OUTSIDE)
    models = [in_air(Warm(), air(values)) for values in (OUTSIDE, other)]
    a, b = (forecast_panel(panel(), "m", model, AT, horizon_s=3 * DAY) for model in models)
    assert a.mean.tobytes() == b.mean.tobytes()
    assert a.mean.any()
    times = clock_times(10 * DAY, AT + HOUR, "UTC")
    a, b = (backtest(panel(), "m", model, times).prediction for model in models)
    assert a.mean.tobytes() == b.mean.tobytes()


def test_the_leak_test_scrambles_the_temperature_too(monkeypatch):
    assert leak.leak_test(Warm()).passed

    class Oracle(InAir):
        def predict(self, windows):
            told = with_temperature(windows, self.air.values, start=self.air.start, oracle=True)
            return self.base.predict(told)

    monkeypatch.setattr(leak, "in_air", Oracle)
    report = leak.leak_test(Warm())
    assert len(report.differing) == report.n_forecasts == 64


def test_a_fleet_answers_as_each_meter_in_its_own_air():
    outside = {"a": air(), "b": None, "c": air(OUTSIDE + 10.0)}
    parts = list(
        forecast_panels((panel(LOAD, name) for name in outside), Warm(), FleetOptions(AT, air_of=outside.get))
    )
    (part,) = parts
    assert part.points == ("a", "b", "c")
    assert part.notes == [("temperature",), (), ("temperature",)]
    for row, (name, own) in enumerate(outside.items()):
        single = forecast_panel(panel(LOAD, name), name, in_air(Warm(), own), AT)
        np.testing.assert_array_equal(part.mean[row], single.mean)


def test_nobody_asks_for_the_air_of_a_model_that_does_not_read_it():
    def never(point):
        raise AssertionError(point)

    (part,) = forecast_panels([panel()], DayNaive(), FleetOptions(air_of=never))
    assert part.notes == [()]


def test_a_meter_that_is_passed_over_leaves_the_next_one_its_own_air():
    short = panel(np.where(np.arange(N) < 5, 1.0, np.nan), "short")
    asked = []

    def air_of(point):
        asked.append(point)
        return air()

    (part,) = forecast_panels([short, panel(LOAD, "m")], Warm(), FleetOptions(AT, air_of=air_of))
    assert (part.points, asked) == (("m",), ["m"])


def test_without_any_air_the_windows_stay_the_same():
    mine = windows()
    assert each_in_its_air(mine, [None]) is mine


def test_another_resolution_is_refused():
    with pytest.raises(ShapeError, match="3600 s"):
        air().over(Windows(np.ones((1, 672)), np.array([AT]), 900, 96, "UTC"))


def test_why_it_was_not_used():
    assert temperature_use(Warm(), air(), AT, DAY, wanted=False).because == "left_out"
    assert temperature_use(Warm(), None, AT, DAY).because == "no_sensor"
    use = temperature_use(DayNaive(), air(), AT, DAY)
    assert (use.used, use.because, use.name) == (False, "not_read", "outdoor")
    assert temperature_use(Warm(), air(), AT, DAY).used
