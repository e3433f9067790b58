"""What an analyst would tell a boosted tree about tomorrow: lags, means, calendar and level of one week of hours.

The last column is the answer of the ridge fitted on the window itself: trees that know it lose less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.features.calendar import is_holiday
from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.ridge import RidgeForecaster
from kanchay.analysis.forecast.samehour import days_back, same_hours
from kanchay.analysis.forecast.spread import nan_mean, nan_std
from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import DAY, HOUR, IntArray, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["NAMES", "Described", "describe"]

Float32 = NDArray[np.float32]
N_DAYS: Final = 7
FLOOR: Final = 0.05  # of the mean absolute load: a flat meter keeps a scale above zero
KIND_PRIOR: Final = 0.5  # days; as in the ridge
_MONDAY_SHIFT: Final = 3  # 1970-01-01 was a Thursday
_YEAR_DAYS: Final = 365.2425

NAMES: Final = (
    *(f"lag{k}d" for k in range(1, N_DAYS + 1)),
    "mean7", "std7", "median7", "kind_mean", "kind_count", "kind_last", "kind_spread",
    "mean7_before", "mean7_after", "lag1d_before", "lag1d_after", "lag7d_before", "lag7d_after",
    *(f"day{k}_mean" for k in range(1, N_DAYS + 1)),
    "kind_day_mean", "yesterday_against_kind",
    "hour1", "hour2", "hour3", "last6h", "last6h_against_mean7", "last24h_trend",
    "lowest", "highest", "spread_over_level", "zero_share", "known_share", "regularity", "free_against_work",
    "night_against_day",
    "hour", "weekday", "free", "holiday", "holiday_before", "holiday_after", "free_yesterday", "free_lags",
    "year_sin", "year_cos", "ridge",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Features of every target hour, and what the answer is measured from and by.

    `x` has shape (n_windows, 24, n_features); `base` (n_windows, 24) is the mean of the days of this kind [kWh];
    `scale` (n_windows,) is the window's mean absolute deviation [kWh].
    """

    x: Float32
    base: FloatArray
    scale: FloatArray


def describe(windows: Windows) -> Described:
    """Features of hourly windows of at most a week; all loads as deviations from the window's mean by its scale."""
    if windows.resolution_s != HOUR:
        raise ShapeError("The pooled rival reads hourly windows.", hint="Resample to one hour.")
    level = nan_mean(windows.load)
    scale = nan_mean(np.abs(windows.load - level[:, None])) + FLOOR * nan_mean(np.abs(windows.load))
    scale = np.where(scale > 0, scale, 1.0)
    z = (windows.load - level[:, None]) / scale[:, None]
    targets = windows.target_starts
    lags = (same_hours(windows, targets, N_DAYS) - level[:, None, None]) / scale[:, None, None]
    kinds = _kinds(windows, targets)
    hours, base = _hours(lags, kinds)
    ridge = (RidgeForecaster().predict(windows).mean - level[:, None]) / scale[:, None]
    columns = [
        hours, _days(z, kinds, targets.shape), _window(windows, z, lags), _calendar(windows, kinds), ridge[..., None],
    ]  # fmt: skip
    x = np.concatenate(columns, axis=-1).astype(np.float32)
    return Described(x, level[:, None] + base * scale[:, None], scale)


@dataclass(frozen=True, slots=True, eq=False)
class _Kinds:
    """Which target days and which days before them are free: weekends and holidays."""

    days: IntArray  # local day of each target, (n, h)
    free: NDArray[np.bool_]  # (n, h)
    free_before: NDArray[np.bool_]  # (n, h, 7): of the days of the lags
    free_of_day: NDArray[np.bool_]  # (n, 7): of the seven days before the window's issue, latest first


def _kinds(windows: Windows, targets: IntArray) -> _Kinds:
    days = wall_clock(targets, windows.tz) // DAY
    back = np.stack([days_back(targets, k, windows.tz) for k in range(1, N_DAYS + 1)], axis=-1)
    before = wall_clock(back, windows.tz) // DAY
    noon = windows.issued_at[:, None] - DAY * np.arange(N_DAYS) - DAY // 2
    of_day = wall_clock(noon, windows.tz) // DAY
    return _Kinds(days, _free(windows, days), _free(windows, before), _free(windows, of_day))


def _free(windows: Windows, days: IntArray) -> NDArray[np.bool_]:
    weekend = (days + _MONDAY_SHIFT) % 7 >= 5
    answer: NDArray[np.bool_] = weekend | is_holiday(days, windows.country, windows.subdivision)
    return answer


def _hours(lags: FloatArray, kinds: _Kinds) -> tuple[FloatArray, FloatArray]:
    """The same hour of the days before, all and of the same kind; and the mean that the answer departs from."""
    mean = np.nan_to_num(nan_mean(lags))
    alike = np.where(kinds.free_before == kinds.free[..., None], lags, np.nan)
    count = (~np.isnan(alike)).sum(axis=-1)
    kind = np.where(count > 0, np.nan_to_num(nan_mean(alike)), mean)
    base = mean + (kind - mean) * count / (count + KIND_PRIOR)
    first = (~np.isnan(alike)).argmax(axis=-1)
    last = np.take_along_axis(alike, first[..., None], axis=-1)[..., 0]
    ordered = np.sort(lags, axis=-1)
    known = (~np.isnan(lags)).sum(axis=-1)
    median = np.take_along_axis(ordered, (np.maximum(known - 1, 0) // 2)[..., None], axis=-1)[..., 0]
    around = [np.roll(v, step, axis=1) for v in (mean, lags[..., 0], lags[..., -1]) for step in (1, -1)]
    columns = [mean, nan_std(lags), median, base, count, last, nan_std(alike), *around]
    return np.concatenate([lags, np.stack(columns, axis=-1)], axis=-1), base


def _days(z: FloatArray, kinds: _Kinds, shape: tuple[int, ...]) -> FloatArray:
    """Means of the seven days before, and of those of the target's kind."""
    n = len(z)
    padded = np.concatenate([np.full((n, max(0, 168 - z.shape[1])), np.nan), z], axis=1)[:, -168:]
    means = nan_mean(padded.reshape(n, N_DAYS, 24))[:, ::-1]  # latest first
    wide = np.broadcast_to(means[:, None, :], (*shape, N_DAYS))
    alike = np.where(kinds.free_of_day[:, None, :] == kinds.free[..., None], wide, np.nan)
    of_kind = nan_mean(alike)
    same_as_yesterday = np.where(kinds.free_of_day == kinds.free_of_day[:, :1], means, np.nan)
    drift = means[:, 0] - nan_mean(same_as_yesterday)
    return np.concatenate(
        [wide, of_kind[..., None], np.broadcast_to(drift[:, None, None], (*shape, 1))], axis=-1
    )


def _window(windows: Windows, z: FloatArray, lags: FloatArray) -> FloatArray:
    """What the window as a whole tells: its last hours, extremes, regularity, nights and free days."""
    n, horizon = len(z), windows.horizon
    past = windows.issued_at[:, None] + HOUR * np.arange(-z.shape[1], 0, dtype=np.int64)
    clock = wall_clock(past, windows.tz)
    free = _free(windows, clock // DAY)
    hour = clock % DAY // HOUR
    last6 = nan_mean(z[:, -6:])
    usual = nan_mean(lags[:, -6:].reshape(n, -1))  # the same six hours of all days
    within = nan_mean((lags - nan_mean(lags)[..., None]).reshape(n, -1) ** 2)
    total = nan_std(z) ** 2
    known = ~np.isnan(z)
    level, size = nan_mean(windows.load), nan_mean(np.abs(windows.load - nan_mean(windows.load)[:, None]))
    columns = [
        z[:, -1], z[:, -2], z[:, -3], last6, last6 - usual,
        nan_mean(z[:, -24:]) - nan_mean(z[:, -48:-24]),
        np.nan_to_num(np.where(known, z, np.inf).min(axis=1), posinf=0.0),
        np.nan_to_num(np.where(known, z, -np.inf).max(axis=1), neginf=0.0),
        np.divide(size, np.abs(level), out=np.zeros(n), where=np.abs(level) > 0),
        (windows.load == 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1),
        known.mean(axis=1),
        1.0 - np.divide(within, total, out=np.ones(n), where=total > 0),
        nan_mean(np.where(free, z, np.nan)) - nan_mean(np.where(free, np.nan, z)),
        nan_mean(np.where(hour < 6, z, np.nan)) - nan_mean(np.where((hour >= 9) & (hour < 18), z, np.nan)),
    ]  # fmt: skip
    return np.broadcast_to(np.stack(columns, axis=-1)[:, None, :], (n, horizon, len(columns)))


def _calendar(windows: Windows, kinds: _Kinds) -> FloatArray:
    """Clock, kind of day and season of the target."""
    days = kinds.days
    hour = wall_clock(windows.target_starts, windows.tz) % DAY // HOUR
    around = [is_holiday(days + step, windows.country, windows.subdivision) for step in (0, -1, 1)]
    year = 2.0 * np.pi * days / _YEAR_DAYS
    columns = [
        hour, (days + _MONDAY_SHIFT) % 7, kinds.free, *around, kinds.free_before[..., 0],
        kinds.free_before.sum(axis=-1), np.sin(year), np.cos(year),
    ]  # fmt: skip
    return np.stack([np.asarray(c, dtype=np.float64) for c in columns], axis=-1)
