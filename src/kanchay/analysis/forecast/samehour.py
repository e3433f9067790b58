"""The same hour of earlier days by the clock on the wall: breakfast stays breakfast when clocks change."""

from __future__ import annotations

import numpy as np

from kanchay.analysis.forecast.protocol import Windows
from kanchay.domain.interval import DAY, IntArray, utc_offset, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["between", "days_back", "look_up", "same_hours"]


def days_back(targets: IntArray, days: IntArray | int, tz: str) -> IntArray:
    """Instants at which the wall showed the same hour so many days earlier.

    An hour that did not exist on that day becomes the one after it.

    Parameters
    ----------
    targets : ndarray of int64, any shape
        UTC seconds. [s]
    days : int or ndarray of int, broadcastable to `targets`
        How many calendar days earlier. [d]
    tz : str
        Zone of the clock.

    Returns
    -------
    ndarray of int64, shape of `targets`
        UTC seconds. [s]

    Examples
    --------
    >>> noon = np.array([1774782000])  # 2026-03-29 13:00 in Madrid, the day of 23 hours
    >>> (noon - days_back(noon, 1, "Europe/Madrid")).tolist()  # yesterday 13:00 was 23 hours ago
    [82800]
    """
    guess = targets - DAY * np.asarray(days, dtype=np.int64)
    return wall_clock(targets, tz) - DAY * np.asarray(days, dtype=np.int64) - utc_offset(guess, tz)


def look_up(windows: Windows, instants: IntArray) -> FloatArray:
    """Values of each window's history at instants, NaN outside it; between two intervals, of both by their shares.

    Parameters
    ----------
    windows : Windows
    instants : ndarray of int64, shape (n_windows, n)
        UTC seconds. [s]

    Returns
    -------
    ndarray of float64, shape (n_windows, n)
        NaN where the history has no such value. [unit of the load]
    """
    if windows.load.shape[1] == 0:
        return np.full(instants.shape, np.nan)
    steps, rest = np.divmod(instants - windows.issued_at[:, None], windows.resolution_s)
    found = _at(windows.load, steps)
    if not rest.any():
        return found
    return between(found, _at(windows.load, steps + (rest > 0)), rest / windows.resolution_s)


def between(before: FloatArray, after: FloatArray, share: FloatArray) -> FloatArray:
    """What lies between two values.

    Parameters
    ----------
    before, after : ndarray of float64, of one shape
        NaN where unknown.
    share : ndarray of float64, of the same shape or one that spreads to it
        Of the second, from 0 to 1. [-]

    Returns
    -------
    ndarray of float64, the same shape
        Of both by their shares, or the known one. [unit of the values]

    Examples
    --------
    >>> between(np.array([1.0, 1.0]), np.array([3.0, np.nan]), np.array([0.25, 0.25])).tolist()
    [1.5, 1.0]
    """
    both = np.where(share > 0.0, (1.0 - share) * before + share * after, before)
    return np.where(np.isnan(both), np.where(np.isnan(before), after, before), both)


def _at(load: FloatArray, steps: IntArray) -> FloatArray:
    """Values so many steps after the time of issue, which is where the load ends; NaN outside it."""
    length = load.shape[1]
    index = steps + length
    values = np.take_along_axis(load, np.clip(index, 0, length - 1), axis=1)
    return np.where((index >= 0) & (index < length), values, np.nan)


def same_hours(windows: Windows, targets: IntArray, n_days: int, *, step_days: int = 1) -> FloatArray:
    """The last `n_days` values at the same hour that are known when the window is issued.

    Parameters
    ----------
    windows : Windows
    targets : ndarray of int64, shape (n_windows, n_targets)
        Starts of the intervals to explain, at or after each `issued_at`. [s]
    n_days : int
        How many values back. [-]
    step_days : int, default 1
        1 for every day, 7 for the same weekday. [d]

    Returns
    -------
    ndarray of float64, shape (n_windows, n_targets, n_days)
        Latest first; NaN where the history has no such value. [unit of the load]
    """
    lead = (targets - windows.issued_at[:, None]) // (DAY * step_days) + 1
    nearest = days_back(targets, lead * step_days, windows.tz)
    # On a day of 23 hours the last target's "yesterday" is not over yet: one step further back.
    lead = np.where(nearest >= windows.issued_at[:, None], lead + 1, lead)
    layers = [look_up(windows, days_back(targets, (lead + k) * step_days, windows.tz)) for k in range(n_days)]
    return np.stack(layers, axis=-1)
