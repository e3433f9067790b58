"""What a meter's own weeks say beside a forecast: means, habits, levels and the forecast's own past errors.

Everything stands on a grid of days: index 0 is the day to forecast, index 1 the last day whose same hours are known,
index 2 the day before it. Each day is described only by days that were known when it was forecast, so that what
is learned on the days before now holds for the day ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.forecast.adapt_past import PastForecasts
from kanchay.analysis.forecast.daily import is_free
from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.samehour import days_back, look_up
from kanchay.analysis.forecast.spread import nan_mean
from kanchay.domain.interval import DAY, HOUR, IntArray, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["EXPERTS", "DayGrid", "day_grid", "days_known", "expert_moves", "naive_means"]

#: Names of the last axis of `expert_moves`.
EXPERTS: Final = (
    "yesterday",  # the last known value at this hour
    "month",  # mean of this hour over 28 days, smoothed over neighbouring hours
    "kind",  # the same over all days of this kind (working or free), smoothed
    "weekday",  # mean of this hour over the same weekdays
    "level_day",  # mean of the last day
    "level_month",  # mean of 28 days
    "own_error",  # the forecast's mean error at this hour over 28 days, smoothed
    "alike",  # the forecast's mean error on the days most like today
    "alike_load",  # the load of the days most like today
)
_MONTH: Final = 28  # days
_AGE: Final = 40.0  # days after which a day that looks like today counts half
_SHRINK: Final = 1.0  # weight of "no error" against the days that look like today


@dataclass(frozen=True, slots=True, eq=False)
class DayGrid:
    """One day ahead on the grid of days; J days before now can be compared.

    Attributes
    ----------
    actual : ndarray of float64, shape (n_windows, 1 + J, s)
        NaN at index 0 and where missing. [unit of the load]
    mean : ndarray of float64, shape (n_windows, 1 + J, s)
        The base forecast of each day; NaN where there was none. [unit of the load]
    quantiles : ndarray of float64, shape (n_windows, 1 + J, s, 9)
        [unit of the load]
    free : ndarray of bool, shape (n_windows, 1 + J, s)
        Weekend or public holiday.
    known_from : ndarray of int64, shape (1 + J,)
        Index of the last day known when that day was forecast. [-]
    lead : int
        How many days ahead: 1 is the next 24 hours. [d]
    """

    actual: FloatArray
    mean: FloatArray
    quantiles: FloatArray
    free: NDArray[np.bool_]
    known_from: IntArray
    lead: int


def day_grid(windows: Windows, past: PastForecasts, lead: int) -> DayGrid:
    """Lay a window and its past forecasts on the grid of days.

    Parameters
    ----------
    windows : Windows
        With a horizon of whole days.
    past : PastForecasts
        Of the same windows.
    lead : int
        Which of the days ahead: 1 is the next 24 hours. [d]

    Returns
    -------
    DayGrid

    Examples
    --------
    >>> from kanchay.analysis.forecast.adapt_past import past_forecasts
    >>> from kanchay.analysis.forecast.naive import EnsembleNaive
    >>> load = np.repeat(np.arange(10.0), 24)[None]
    >>> windows = Windows(load, np.array([10 * 86400]), 3600, 24, "UTC")
    >>> grid = day_grid(windows, past_forecasts(EnsembleNaive(), windows, 3), 1)
    >>> grid.actual[0, :, 0].tolist(), grid.mean[0, :, 0].tolist()
    ([nan, 9.0, 8.0, 7.0], [6.0, 5.0, 4.0, 3.0])
    """
    per_day = DAY // windows.resolution_s
    targets = windows.target_starts[:, (lead - 1) * per_day : lead * per_day]
    n_days = past.mean.shape[1] - 1
    place = np.concatenate([[0], np.arange(lead, n_days + 1)]).astype(np.int64)  # days before the target
    # On a day of 23 hours the last target's "yesterday" is not over yet: one step further back.
    late = days_back(targets, lead, windows.tz) >= windows.issued_at[:, None]
    back = np.where((place == 0)[None, :, None], 0, place[None, :, None] + late[:, None, :])
    instants = days_back(np.broadcast_to(targets[:, None], back.shape), back, windows.tz)
    actual = look_up(windows, instants.reshape(len(windows), -1)).reshape(instants.shape)
    mean, quantiles = past.at(instants, place, windows.resolution_s)
    days = wall_clock(instants, windows.tz) // DAY
    return DayGrid(
        actual=actual,
        mean=mean,
        quantiles=quantiles,
        free=is_free(days, windows.country, windows.subdivision),
        known_from=np.concatenate([[1], 1 + lead + np.arange(len(place) - 1)]).astype(np.int64),
        lead=lead,
    )


def expert_moves(grid: DayGrid, resolution_s: int) -> FloatArray:
    """How far each expert would move the base forecast, 0 where it knows nothing.

    Parameters
    ----------
    grid : DayGrid
    resolution_s : int
        [s]

    Returns
    -------
    ndarray of float64, shape (n_windows, 1 + J, s, len(EXPERTS))
        [unit of the load]
    """
    n_hour = max(1, HOUR // resolution_s)
    sums = _Sums.of(grid.actual)
    errors = grid.actual - grid.mean
    at = grid.known_from
    month = smooth(sums.mean(at, _MONTH), n_hour)
    yesterday = sums.mean(at, 1)
    loads = {
        "yesterday": yesterday,
        "month": month,
        "kind": smooth(_kind_mean(grid), n_hour),
        "weekday": _weekday_mean(grid),
        "level_day": _flat(yesterday),
        "level_month": _flat(month),
    }
    alike = _alike(grid, yesterday, n_hour)
    moves = {name: values - grid.mean for name, values in loads.items()}
    moves["own_error"] = smooth(_Sums.of(errors).mean(at, _MONTH), n_hour)
    moves["alike"] = smooth(_alike_mean(alike, errors), n_hour)
    moves["alike_load"] = _alike_load(alike, grid)
    return np.nan_to_num(np.stack([moves[name] for name in EXPERTS], axis=-1))


def days_known(grid: DayGrid) -> FloatArray:
    """Days of history that were known when each day of the grid was forecast.

    Parameters
    ----------
    grid : DayGrid

    Returns
    -------
    ndarray of float64, shape (n_windows, 1 + J)
        [d]
    """
    count = np.cumsum((~np.isnan(grid.actual)).mean(axis=2)[:, ::-1], axis=1)[:, ::-1]
    padded = np.concatenate([count, np.zeros_like(count[:, :1])], axis=1)
    answer: FloatArray = padded[:, np.minimum(grid.known_from, count.shape[1])]
    return answer


def naive_means(grid: DayGrid) -> tuple[FloatArray, FloatArray]:
    """What two naives would have said on every day of the grid: the mean of a week, and of four same weekdays.

    Parameters
    ----------
    grid : DayGrid

    Returns
    -------
    tuple of ndarray of float64, each of shape (n_windows, 1 + J, s)
        NaN where they know nothing. [unit of the load]
    """
    week = _Sums.of(grid.actual).mean(grid.known_from, 7)
    weekdays = _weekday_mean(grid, 4)
    return week, np.where(np.isnan(weekdays), week, weekdays)


def smooth(values: FloatArray, n_hour: int) -> FloatArray:
    """Triangular mean over about two hours along the last axis, around midnight; NaN where any is."""
    half = np.arange(1, 2 * n_hour)
    weights = np.concatenate([half, [2 * n_hour], half[::-1]]) / (4.0 * n_hour**2)
    shifts = np.arange(-2 * n_hour + 1, 2 * n_hour)
    answer = np.zeros_like(values)
    for weight, shift in zip(weights, shifts, strict=True):
        answer += weight * np.roll(values, int(shift), axis=-1)
    return answer


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Running sums over days: the mean of any stretch in one subtraction."""

    total: FloatArray
    count: FloatArray

    @classmethod
    def of(cls, values: FloatArray, use: NDArray[np.bool_] | None = None) -> _Sums:
        known = ~np.isnan(values) if use is None else ~np.isnan(values) & use
        zero = np.zeros_like(values[:, :1])
        total = np.cumsum(np.where(known, values, 0.0), axis=1)
        count = np.cumsum(known, axis=1).astype(np.float64)
        return cls(np.concatenate([zero, total], 1), np.concatenate([zero, count], 1))

    def mean(self, first: IntArray, n_days: int) -> FloatArray:
        """Mean over `n_days` days from each index on (older); NaN where none is known."""
        last = self.total.shape[1] - 1
        low, high = np.minimum(first, last), np.minimum(first + n_days, last)
        count = self.count[:, high] - self.count[:, low]
        total = self.total[:, high] - self.total[:, low]
        return np.where(count > 0, total / np.maximum(count, 1.0), np.nan)


def _kind_mean(grid: DayGrid) -> FloatArray:
    """Mean over all known days of the same kind as each day."""
    everything = grid.actual.shape[1]
    working, free = (
        _Sums.of(grid.actual, grid.free == kind).mean(grid.known_from, everything) for kind in (False, True)
    )
    return np.where(grid.free, free, working)


def _weekday_mean(grid: DayGrid, n_weeks: int = 99) -> FloatArray:
    """Mean over the known days one to so many whole weeks before each day."""
    n = grid.actual.shape[1]
    place = np.concatenate([[1 - grid.lead], np.arange(1, n)])
    total, count = np.zeros_like(grid.actual), np.zeros_like(grid.actual)
    for week in range(7, min(n + grid.lead, 7 * n_weeks + 1), 7):
        index = place + week
        values = grid.actual[:, np.minimum(index, n - 1)]
        known = ~np.isnan(values) & (index < n)[None, :, None]
        total += np.where(known, values, 0.0)
        count += known
    return np.where(count > 0, total / np.maximum(count, 1.0), np.nan)


def _flat(values: FloatArray) -> FloatArray:
    """The mean of each day, at every step of it."""
    return np.broadcast_to(nan_mean(values)[..., None], values.shape)


def _alike(grid: DayGrid, yesterday: FloatArray, n_hour: int) -> FloatArray:
    """How much each day (last axis) tells about each day (axis 1), shape (n_windows, 1 + J, 1 + J).

    Days are alike when the day before them, its last three hours, the week before and the base forecast were as
    high, and when both are working or both free. A day counts only if it was known.
    """
    week = _Sums.of(grid.actual).mean(grid.known_from, 7)
    evening = yesterday[..., -3 * n_hour :]
    level = nan_mean(yesterday)
    states = np.stack([level, 0.5 * nan_mean(evening), nan_mean(week), nan_mean(grid.mean)], axis=-1)
    spread = np.sqrt(nan_mean((level - nan_mean(level)[:, None]) ** 2))[:, None, None]
    states = np.nan_to_num(states / np.where(spread > 0, spread, 1.0))
    square = (states**2).sum(-1)
    distance = square[:, :, None] + square[:, None, :] - 2.0 * states @ np.swapaxes(states, 1, 2)
    kind = grid.free[..., 0]
    distance = distance + (kind[:, :, None] != kind[:, None, :])
    index = np.arange(states.shape[1])
    age = index[None, :] - index[:, None]
    known = index[None, :] >= grid.known_from[:, None]
    weights: FloatArray = np.exp(-np.maximum(distance, 0.0)) * np.where(known, 0.5 ** (age / _AGE), 0.0)
    return weights


def _alike_mean(weights: FloatArray, errors: FloatArray) -> FloatArray:
    known = ~np.isnan(errors)
    total = weights @ np.where(known, errors, 0.0)
    answer: FloatArray = total / (weights @ known.astype(np.float64) + _SHRINK)
    return answer


def _alike_load(weights: FloatArray, grid: DayGrid) -> FloatArray:
    """The load of the days alike less the base forecast, shrunk to 0."""
    known = ~np.isnan(grid.actual)
    weight = weights @ known.astype(np.float64)
    total = weights @ np.where(known, grid.actual, 0.0)
    answer: FloatArray = (total - weight * grid.mean) / (weight + _SHRINK)
    return answer
