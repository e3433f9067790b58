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

from kanchay.analysis.forecast.adapt_alike import Look, alike_mean, distances, kernel
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
    "hour",  # mean of this hour over all days, smoothed over neighbouring hours
    "kind",  # mean of this hour over all days of this kind (working or free), smoothed
    "level_day",  # mean of the last day
    "level_all",  # mean of all days
    "own_smooth",  # the forecast itself, smoothed
    "own_week",  # what the forecast itself said of this hour over the last week
    "own_error",  # its mean error at this hour over 28 days, smoothed
    "own_day",  # its error at this hour of the last day
    "own_weekday",  # its mean error at this hour of the same weekdays, smoothed
    "last_hour",  # how far the last hour lay from its month's mean, fading within hours
    "alike",  # the forecast's mean error on the days most like today, smoothed
    "alike_load",  # the load of the days most like today
    "alike_wide",  # the same over more days
)
_MONTH: Final = 28  # days
_FADE_H: Final = 1.5  # hours in which the last hour's departure falls to 37 %
_WIDE: Final = 0.1  # share of the distance between days that the wider look counts


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
    loads, errors = _Sums.of(grid.actual), _Sums.of(grid.actual - grid.mean)
    at, everything = grid.known_from, grid.actual.shape[1]
    yesterday, all_days = loads.mean(at, 1), loads.mean(at, everything)
    moves = {
        "hour": smooth(all_days, n_hour) - grid.mean,
        "kind": smooth(_kind_mean(grid), n_hour) - grid.mean,
        "level_day": _flat(yesterday) - grid.mean,
        "level_all": _flat(all_days) - grid.mean,
        "own_smooth": smooth(grid.mean, n_hour) - grid.mean,
        "own_week": _Sums.of(grid.mean).mean(at, 7) - grid.mean,
        "own_error": smooth(errors.mean(at, _MONTH), n_hour),
        "own_day": errors.mean(at, 1),
        "own_weekday": smooth(_weekday_mean(grid, grid.actual - grid.mean), n_hour),
        "last_hour": _lingering(yesterday - loads.mean(at, _MONTH), grid.lead, n_hour),
        **_alike(grid, yesterday, loads.mean(at + 1, 1), n_hour),
    }
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
    weekdays = _weekday_mean(grid, grid.actual, 4)
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


def _weekday_mean(grid: DayGrid, of: FloatArray, n_weeks: int = 99) -> FloatArray:
    """Mean of values on the grid over the known days one to so many whole weeks before each day."""
    n = grid.actual.shape[1]
    place = np.concatenate([[1 - grid.lead], np.arange(1, n)])
    total, count = np.zeros_like(of), np.zeros_like(of)
    for week in range(7, min(n + grid.lead, 7 * n_weeks + 1), 7):
        index = place + week
        values = of[:, np.minimum(index, n - 1)]
        known = ~np.isnan(values) & (index < n)[None, :, None]
        total += np.where(known, values, 0.0)
        count += known
    return np.where(count > 0, total / np.maximum(count, 1.0), np.nan)


def _flat(values: FloatArray) -> FloatArray:
    """The mean of each day, at every step of it."""
    return np.broadcast_to(nan_mean(values)[..., None], values.shape)


def _lingering(departure: FloatArray, lead: int, n_hour: int) -> FloatArray:
    """The departure of the last hour, fading from the time of issue on."""
    hours = 24.0 * (lead - 1) + np.arange(departure.shape[-1]) / n_hour
    return nan_mean(departure[..., -n_hour:])[..., None] * np.exp(-hours / _FADE_H)


def _alike(grid: DayGrid, yesterday: FloatArray, before: FloatArray, n_hour: int) -> dict[str, FloatArray]:
    """What the days most like each day tell about it."""
    index = np.arange(grid.actual.shape[1])
    days_ago = np.where(index > 0, index + grid.lead - 1, 0).astype(np.int64)
    look = Look(yesterday, before, grid.mean, grid.free[..., 0], days_ago, grid.known_from)
    apart = distances(look, n_hour)
    near, wide = (kernel(apart, days_ago, narrow) for narrow in (1.0, _WIDE))
    return {
        "alike": smooth(alike_mean(near, grid.actual - grid.mean), n_hour),
        "alike_load": alike_mean(near, grid.actual, grid.mean),
        "alike_wide": alike_mean(wide, grid.actual, grid.mean),
    }
