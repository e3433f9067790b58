from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kanchay.analysis.forecast.naive import DayNaive, EnsembleNaive, WeekdayNaive, WeekNaive
from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.samehour import days_back, same_hours
from kanchay.domain.interval import DAY, HOUR, local_midnight, wall_clock


def weeks(n_days: int, value) -> np.ndarray:
    """Hourly values: a function of (day, hour)."""
    return np.array([value(d, h) for d in range(n_days) for h in range(24)], dtype=float)


def utc(load, horizon=24, tz="UTC"):
    return Windows(np.atleast_2d(load), np.array([28 * DAY]), HOUR, horizon, tz)


def test_ensemble_is_the_mean_and_the_spread_of_seven_days():
    load = weeks(7, lambda d, h: d + 10 * h)  # days 0..6 at each hour: mean 3, quartiles 1.5 and 4.5
    p = EnsembleNaive().predict(utc(load))
    np.testing.assert_allclose(p.mean[0], 3 + 10 * np.arange(24))
    np.testing.assert_allclose(p.quantiles[0, 0, [3, 4, 5]], [1.5, 3.0, 4.5])
    np.testing.assert_allclose(p.quantiles[0, 5, 2], 50.6)  # 10 % between 0 and 1 above 50


def test_day_week_and_weekday_take_their_days():
    load = weeks(28, lambda d, h: 100 * d + h)
    hour = np.arange(24)
    np.testing.assert_allclose(DayNaive().predict(utc(load)).mean[0], 2700 + hour)
    np.testing.assert_allclose(WeekNaive().predict(utc(load)).mean[0], 2100 + hour)
    np.testing.assert_allclose(WeekdayNaive().predict(utc(load)).mean[0], (0 + 700 + 1400 + 2100) / 4 + hour)


def test_two_days_ahead_uses_the_last_known_day_and_the_right_weekday():
    load = weeks(28, lambda d, h: d)
    p = DayNaive().predict(utc(load, horizon=60))
    np.testing.assert_array_equal(p.mean[0], 27)
    week = WeekNaive().predict(utc(load, horizon=24 * 9)).mean[0]
    np.testing.assert_array_equal(week[:168].reshape(7, 24)[:, 0], 21 + np.arange(7))
    np.testing.assert_array_equal(week[168:].reshape(2, 24)[:, 0], [21, 22])


def test_missing_hours_are_made_up_from_the_others():
    load = weeks(7, lambda d, h: d)
    load[-24 + 5] = np.nan  # yesterday 05:00
    assert DayNaive().predict(utc(load)).mean[0, 5] == pytest.approx(2.5)  # mean of days 0..5
    assert EnsembleNaive().predict(utc(load)).mean[0, 5] == pytest.approx(2.5)
    load[5::24] = np.nan  # that hour is never known
    assert EnsembleNaive().predict(utc(load)).mean[0, 5] == pytest.approx(3.0)


def test_same_hour_by_the_wall_clock_over_the_change():
    issued = local_midnight(date(2026, 3, 30), "Europe/Madrid")  # the day after the day of 23 hours
    times = issued + HOUR * np.arange(-72, 0)
    load = (wall_clock(times, "Europe/Madrid") // HOUR % 24).astype(float)
    p = DayNaive().predict(Windows(load[None], np.array([issued]), HOUR, 24, "Europe/Madrid"))
    expected = np.arange(24.0)
    expected[2] = 3.0  # 02:00 was skipped yesterday: the hour that followed stands for it
    np.testing.assert_array_equal(p.mean[0], expected)


def test_on_the_day_of_23_hours_the_last_target_is_tomorrow():
    issued = local_midnight(date(2026, 3, 29), "Europe/Madrid")
    w = Windows(np.arange(72.0)[None], np.array([issued]), HOUR, 24, "Europe/Madrid")
    last = same_hours(w, w.target_starts, 2)[0, -1]
    # 24 elapsed hours end at 01:00 of the 30th; today's midnight is not known yet, yesterday's is value 48.
    np.testing.assert_array_equal(last, [48.0, 24.0])


def test_days_back_on_the_day_of_25_hours():
    issued = local_midnight(date(2026, 10, 25), "Europe/Madrid")
    both = issued + HOUR * np.array([2, 3])  # 02:00 in summer and again in winter time
    back = days_back(both, 1, "Europe/Madrid")
    np.testing.assert_array_equal(wall_clock(back, "Europe/Madrid") // HOUR % 24, [2, 2])
    assert back[0] == back[1]


def test_bands_cover_what_they_say_on_independent_days():
    """On days that differ by pure chance the week's and the day's bands must hold."""
    rng = np.random.default_rng(0)
    load = rng.normal(10, 2, size=(2000, 168))
    truth = rng.normal(10, 2, size=(2000, 24))
    w = Windows(load, np.full(2000, 28 * DAY), HOUR, 24, "UTC")
    for model, expected in ((DayNaive(), 0.71), (WeekNaive(), 0.71), (EnsembleNaive(), 0.62)):
        q = model.predict(w).quantiles
        covered = ((truth >= q[..., 2]) & (truth <= q[..., 6])).mean()
        assert covered == pytest.approx(expected, abs=0.03), model.name
