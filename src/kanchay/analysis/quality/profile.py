"""The hour-of-week profile: what is usual on a Tuesday at ten, and how far values usually stray from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.domain.interval import DAY, HOUR, IntArray, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["HOURS_OF_WEEK", "WeekProfile", "group_median", "hour_of_week", "week_profile"]

HOURS_OF_WEEK: Final = 168
_MAD_TO_SIGMA: Final = 1.4826  # of a normal distribution
_LEAST: Final = 3  # values without which an hour of the week borrows from its hour of the day


@dataclass(frozen=True, slots=True, eq=False)
class WeekProfile:
    """Median and robust spread by hour of week.

    Attributes
    ----------
    slots : ndarray of int64, shape (n_intervals,)
        Hour of the local week of each interval, Monday 00:00 is 0. [-]
    median, sigma : ndarray of float64, shape (n_points, 168)
        Median, and median absolute deviation times 1.4826; NaN where nothing is known. [unit of the panel]
    """

    slots: IntArray
    median: FloatArray
    sigma: FloatArray

    @property
    def expected(self) -> FloatArray:
        """The median laid on the panel's intervals, shape (n_points, n_intervals)."""
        laid: FloatArray = self.median[:, self.slots]
        return laid

    @property
    def spread(self) -> FloatArray:
        """The robust spread laid on the panel's intervals, shape (n_points, n_intervals)."""
        laid: FloatArray = self.sigma[:, self.slots]
        return laid


def hour_of_week(starts: IntArray, tz: str) -> IntArray:
    """Hour of the local week, Monday 00:00 is 0.

    Parameters
    ----------
    starts : ndarray of int64
        UTC seconds. [s]
    tz : str
        IANA name of the zone.

    Returns
    -------
    ndarray of int64, shape of `starts`
        From 0 to 167. [h]

    Examples
    --------
    >>> hour_of_week(np.array([0]), "UTC").tolist()  # 1970 began on a Thursday
    [72]
    """
    wall = wall_clock(starts, tz)
    return (wall + 3 * DAY) // HOUR % HOURS_OF_WEEK


def group_median(values: FloatArray, groups: IntArray, n_groups: int) -> FloatArray:
    """Median of the values of each group; NaN for a group without any.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        NaN is left out.
    groups : ndarray of int64, shape (n,)
        Group of each value, from 0 to ``n_groups - 1``.
    n_groups : int

    Returns
    -------
    ndarray of float64, shape (n_groups,)
        [unit of `values`]

    Examples
    --------
    >>> group_median(np.array([1.0, 3.0, np.nan, 8.0]), np.array([0, 0, 0, 2]), 3).tolist()
    [2.0, nan, 8.0]
    """
    known = ~np.isnan(values)
    values, groups = values[known], groups[known]
    ordered = values[np.lexsort((values, groups))]
    counts = np.bincount(groups, minlength=n_groups)
    first = np.cumsum(counts) - counts
    some = counts > 0
    result = np.full(n_groups, np.nan)
    low, high = first + (counts - 1) // 2, first + counts // 2
    result[some] = (ordered[low[some]] + ordered[high[some]]) / 2
    return result


def _with_fallback(by_week: FloatArray, counts: IntArray, by_day: FloatArray, overall: float) -> FloatArray:
    """Thin hours of the week take the hour of the day, and those without one the overall value."""
    borrowed = np.where(np.isnan(by_day), overall, by_day)[np.arange(HOURS_OF_WEEK) % 24]
    filled: FloatArray = np.where(counts >= _LEAST, by_week, borrowed)
    return filled


def _one(values: FloatArray, slots: IntArray) -> FloatArray:
    """Medians of one point by hour of week, with fall-back, shape (168,)."""
    known = ~np.isnan(values)
    if not known.any():
        return np.full(HOURS_OF_WEEK, np.nan)
    counts = np.bincount(slots[known], minlength=HOURS_OF_WEEK)
    by_week = group_median(values, slots, HOURS_OF_WEEK)
    by_day = group_median(values, slots % 24, 24)
    return _with_fallback(by_week, counts, by_day, float(np.median(values[known])))


def week_profile(panel: Panel) -> WeekProfile:
    """The hour-of-week profile of every point of a panel.

    Parameters
    ----------
    panel : Panel
        Any resolution; NaN is left out.

    Returns
    -------
    WeekProfile

    Examples
    --------
    >>> panel = Panel.of(("m",), np.tile(np.arange(24.0), 28)[None], start=0, resolution_s=3600, tz="UTC")
    >>> week_profile(panel).median[0, :3].tolist()
    [0.0, 1.0, 2.0]
    """
    slots = hour_of_week(panel.starts, panel.tz)
    shape = (len(panel.points), HOURS_OF_WEEK)
    median, sigma = np.empty(shape), np.empty(shape)
    for row, values in enumerate(panel.values):
        median[row] = _one(values, slots)
        sigma[row] = _MAD_TO_SIGMA * _one(np.abs(values - median[row][slots]), slots)
    return WeekProfile(slots, median, sigma)
