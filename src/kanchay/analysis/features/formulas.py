"""The formulas of the features, one a function: from a `Sight` to an array (n_windows, horizon).

`kanchay.analysis.features.registry` names them and tells units and sources.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kanchay.analysis.features.calendar import is_holiday
from kanchay.analysis.features.sight import N_DAYS, Sight
from kanchay.analysis.forecast.samehour import days_back, look_up
from kanchay.analysis.forecast.spread import nan_mean
from kanchay.domain.interval import DAY, HOUR, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["season_of"]

Formula = Callable[[Sight], FloatArray]

_TINY = 1e-6


def hour_of_day(sight: Sight) -> FloatArray:
    """Hour on the site's clock. [h]"""
    return (sight.clock % DAY) / HOUR


def day_of_week(sight: Sight) -> FloatArray:
    """Day of the week, Monday is 0. [d]"""
    return ((sight.clock // DAY + 3) % 7).astype(np.float64)  # 1970-01-01 was a Thursday


def _dates(sight: Sight) -> np.ndarray[tuple[int, ...], np.dtype[np.datetime64]]:
    return (sight.clock // DAY).astype("datetime64[D]")


def day_of_year(sight: Sight) -> FloatArray:
    """Days since 1 January. [d]"""
    days = _dates(sight)
    since: FloatArray = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.float64)
    return since


def season_of(month: IntArray, *, south: bool) -> FloatArray:
    """Meteorological season of a month: 0 winter, 1 spring, 2 summer, 3 autumn.

    Parameters
    ----------
    month : ndarray of int, any shape
        1 for January.
    south : bool
        South of the equator, where December begins the summer.

    Returns
    -------
    ndarray of float64, same shape
        [-]

    Examples
    --------
    >>> season_of(np.array([1, 4, 7, 10, 12]), south=False).tolist()
    [0.0, 1.0, 2.0, 3.0, 0.0]
    >>> season_of(np.array([1, 7]), south=True).tolist()
    [2.0, 0.0]
    """
    quarter: FloatArray = ((month % 12 // 3 + 2 * south) % 4).astype(np.float64)
    return quarter


def season(sight: Sight) -> FloatArray:
    """Season of the site's hemisphere: 0 winter, 1 spring, 2 summer, 3 autumn. [1]"""
    if sight.inputs.half is None:
        return np.full(sight.clock.shape, np.nan)
    month = _dates(sight).astype("datetime64[M]").astype(np.int64) % 12 + 1
    return season_of(month, south=sight.inputs.half == "south")


def free_day(sight: Sight) -> FloatArray:
    """1 on a weekend or a public holiday. [1]"""
    return sight.free(sight.targets).astype(np.float64)


def _beside(day_step: int, *, holidays_only: bool) -> Formula:
    """Whether the day beside the target's is a holiday, or free."""

    def formula(sight: Sight) -> FloatArray:
        windows = sight.windows
        day = sight.clock // DAY + day_step
        holiday = is_holiday(day, windows.country, windows.subdivision)
        if holidays_only:
            return holiday.astype(np.float64)
        free: FloatArray = (holiday | ((day + 3) % 7 >= 5)).astype(np.float64)
        return free

    return formula


holiday_before = _beside(-1, holidays_only=True)
holiday_after = _beside(1, holidays_only=True)
free_day_before = _beside(-1, holidays_only=False)
free_day_after = _beside(1, holidays_only=False)


def lead_days(sight: Sight) -> FloatArray:
    """Days between the target and its latest known same hour. [d]"""
    return sight.lead.astype(np.float64)


def calendar_column(name: str) -> Formula:
    """A column of `CALENDAR_FEATURES`, by name."""
    return lambda sight: sight.calendar_column(name)


def temperature(sight: Sight) -> FloatArray:
    """Outdoor temperature as it was forecast, or a climatology. [degC]"""
    return sight.inputs.ahead("temperature")


def humidity(sight: Sight) -> FloatArray:
    """Relative humidity as it was forecast. [%]"""
    return sight.inputs.ahead("humidity")


def occupancy(sight: Sight) -> FloatArray:
    """People who are planned to be there. [persons]"""
    return sight.inputs.ahead("occupancy")


def area_utilization(sight: Sight) -> FloatArray:
    """Planned people by floor area. [persons/m2]"""
    area = sight.inputs.area_m2
    if area is None:
        return np.full(sight.targets.shape, np.nan)
    return occupancy(sight) / np.where(area > 0, area, np.nan)[:, None]


def temp_humidity_interaction(sight: Sight) -> FloatArray:
    """Temperature times humidity: muggy heat asks for more cooling. [degC*%]"""
    return temperature(sight) * humidity(sight)


def occupancy_time_interaction(sight: Sight) -> FloatArray:
    """Planned people times the hour: late people weigh more. [persons*h]"""
    return occupancy(sight) * hour_of_day(sight)


def rolling_avg_energy(sight: Sight) -> FloatArray:
    """Mean load of the last 24 hours before the time of issue. [kWh]"""
    return sight.over_targets(nan_mean(sight.last(DAY)))


def rolling_avg_energy_3h(sight: Sight) -> FloatArray:
    """Mean load of the last 3 hours before the time of issue. [kWh]"""
    return sight.over_targets(nan_mean(sight.last(3 * HOUR)))


def window_level(sight: Sight) -> FloatArray:
    """Mean load of the whole history that is read. [kWh]"""
    return sight.over_targets(sight.level)


def window_scale(sight: Sight) -> FloatArray:
    """How far the load strays from its mean, never 0. [kWh]"""
    return sight.over_targets(sight.scale)


def variability(sight: Sight) -> FloatArray:
    """Spread of the window by its level, as a logarithm. [1]"""
    size = nan_mean(np.abs(sight.windows.load))
    return sight.over_targets(np.log(sight.scale / (size + _TINY) + 1e-3))


def known_share(sight: Sight) -> FloatArray:
    """Share of the history that is known. [1]"""
    known = (~np.isnan(sight.windows.load)).sum(axis=1)
    return sight.over_targets(known / max(sight.windows.load.shape[1], 1))


def zero_share(sight: Sight) -> FloatArray:
    """Share of known intervals at or below 2 % of the mean. [1]"""
    load = sight.windows.load
    low = np.where(np.isnan(load), np.nan, np.abs(load) <= 0.02 * nan_mean(np.abs(load))[:, None])
    return sight.over_targets(nan_mean(low))


def lagged_energy(rank: int) -> Formula:
    """Load at the same hour of the known day of that rank, 1 for the latest. [kWh]"""
    return lambda sight: sight.samples[..., rank - 1]


def same_weekday_energy(sight: Sight) -> FloatArray:
    """Load at the same hour seven days before the target. [kWh]"""
    return look_up(sight.windows, days_back(sight.targets, 7, sight.windows.tz))


def same_hour_energy(sight: Sight) -> FloatArray:
    """Mean load at the same hour of the seven latest known days. [kWh]"""
    return sight.mean


def same_hour_shifted(step: int) -> Formula:
    """Mean load so many intervals later at the same hours, as far as it was known. [kWh]"""
    return lambda sight: nan_mean(sight.neighbours(step))


def same_hour_spread(sight: Sight) -> FloatArray:
    """Mean absolute deviation of the load at the same hour of the seven latest known days. [kWh]"""
    return nan_mean(np.abs(sight.samples - sight.mean[..., None]))


def same_hour_low(sight: Sight) -> FloatArray:
    """Least load at the same hour of the seven latest known days. [kWh]"""
    known = ~np.isnan(sight.samples)
    low = np.where(known, sight.samples, np.inf).min(axis=-1)
    return np.where(known.any(axis=-1), low, np.nan)


def same_hour_high(sight: Sight) -> FloatArray:
    """Greatest load at the same hour of the seven latest known days. [kWh]"""
    known = ~np.isnan(sight.samples)
    high = np.where(known, sight.samples, -np.inf).max(axis=-1)
    return np.where(known.any(axis=-1), high, np.nan)


def day_energy(rank: int) -> Formula:
    """Mean of the 24 hours that end so many days before the time of issue, less one."""

    def formula(sight: Sight) -> FloatArray:
        load, per_day = sight.windows.load, max(1, DAY // sight.windows.resolution_s)
        end = load.shape[1] - (rank - 1) * per_day
        return sight.over_targets(nan_mean(load[:, max(end - per_day, 0) : max(end, 0)]))

    return formula


def last_energy(sight: Sight) -> FloatArray:
    """Load of the last interval before the time of issue. [kWh]"""
    return sight.over_targets(nan_mean(sight.windows.load[:, -1:]))


def window_low(sight: Sight) -> FloatArray:
    """Least load of the history. [kWh]"""
    known = np.where(np.isnan(sight.windows.load), np.inf, sight.windows.load).min(axis=1, initial=np.inf)
    return sight.over_targets(np.where(np.isfinite(known), known, np.nan))


def window_high(sight: Sight) -> FloatArray:
    """Greatest load of the history. [kWh]"""
    known = np.where(np.isnan(sight.windows.load), -np.inf, sight.windows.load).max(axis=1, initial=-np.inf)
    return sight.over_targets(np.where(np.isfinite(known), known, np.nan))


def day_shape(sight: Sight) -> FloatArray:
    """By day ahead, like `kind_contrast`: where this hour stands within its own day."""
    return sight.kind_mean - _by_day(sight, sight.kind_mean)


def same_kind_energy(sight: Sight) -> FloatArray:
    """Mean at the same hour of days of the target's kind, working or free. [kWh]"""
    return sight.kind_mean


def same_kind_latest(sight: Sight) -> FloatArray:
    """Load at the same hour of the latest day of the target's kind. [kWh]"""
    first = (~np.isnan(sight.of_kind)).argmax(axis=-1)
    latest: FloatArray = np.take_along_axis(sight.of_kind, first[..., None], axis=-1)[..., 0]
    return latest


def same_kind_days(sight: Sight) -> FloatArray:
    """How many of the seven days are of the target's kind. [1]"""
    days: FloatArray = (~np.isnan(sight.of_kind)).sum(axis=-1).astype(np.float64)
    return days


def kind_contrast(sight: Sight) -> FloatArray:
    """How far the kind's mean is from that of all days, over the whole day. [kWh]"""
    return _by_day(sight, sight.kind_mean - sight.mean)


def _by_day(sight: Sight, values: FloatArray) -> FloatArray:
    """Mean over each day ahead, so that a longer horizon does not change what its first day sees."""
    per_day = max(1, DAY // sight.windows.resolution_s)
    out: FloatArray = np.empty_like(values)
    for low in range(0, values.shape[1], per_day):
        out[:, low : low + per_day] = nan_mean(values[:, low : low + per_day])[:, None]
    return out


def _shift(sight: Sight, length_s: int) -> FloatArray:
    """Mean distance of the last known intervals from the same intervals of the six days before."""
    windows = sight.windows
    n = min(length_s // windows.resolution_s, windows.load.shape[1])
    back = windows.resolution_s * np.arange(-n, 0, dtype=np.int64)
    recent = windows.issued_at[:, None] + back
    before = [look_up(windows, days_back(recent, k, windows.tz)) for k in range(1, N_DAYS)]
    usual = nan_mean(np.stack(before, axis=-1))
    return sight.over_targets(nan_mean(look_up(windows, recent) - usual))


def latest_day_shift(sight: Sight) -> FloatArray:
    """How far the last 24 hours lie from the same hours of the days before. [kWh]"""
    return _shift(sight, DAY)


def latest_hours_shift(sight: Sight) -> FloatArray:
    """How far the last 3 hours lie from the same hours of the days before. [kWh]"""
    return _shift(sight, 3 * HOUR)
