"""The expected totals of the days ahead: level, weekday, what still lingers of the last days, and the year before.

A day ahead is the level plus the shift of its weekday. The last days' departure from the level fades with a time
constant, as strongly as this meter's days have followed one another. Where the same weeks of the year before are
known, part of how they moved then, and part of where they stood, is added the further ahead the day lies.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.analysis.forecast.daily import DayHistory
from kanchay.analysis.forecast.daystates import DayStates
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["day_paths"]

# Fitted on training and validation meters: `python benchmarks/accuracy/horizon.py --tune`.
FADE_DAYS: Final = 5.5  # days in which a departure from the level falls to 37 %
MOVED_NEAR: Final = 0.05  # share of last year's move that is believed for tomorrow
MOVED_FAR: Final = 0.30  # and four weeks ahead
STOOD_FAR: Final = 0.16  # share of last year's own level that is believed four weeks ahead
_FAR: Final = 28.0  # days
_YEAR: Final = 364  # days: the same weekday of the year before
_SMOOTH: Final = 3  # days on either side over which last year is smoothed
_BEFORE: Final = 14  # days before the same day last year that its move is counted from
_LEAST_BEFORE: Final = 7  # of them that must be known


def day_paths(
    history: DayHistory, states: DayStates, kinds: IntArray, origins: IntArray, n_ahead: int
) -> FloatArray:
    """Expected totals of the days that follow each origin, from what was known before it.

    Parameters
    ----------
    history : DayHistory
    states : DayStates
        Of the same days.
    kinds : ndarray of int64, shape (n_days + more,)
        Kind of each day of the history and of those after it, as far as the paths reach.
    origins : ndarray of int64, shape (n_origins,)
        Index of the first day ahead; the length of the history means: what comes after it.
    n_ahead : int
        Days. [d]

    Returns
    -------
    ndarray of float64, shape (n_origins, n_ahead)
        NaN before any day is known. [kWh]

    Examples
    --------
    >>> from kanchay.analysis.forecast.daily import day_kinds, is_free
    >>> from kanchay.analysis.forecast.daystates import day_states
    >>> days = np.arange(20455, 20455 + 28)
    >>> free = is_free(days, None)
    >>> history = DayHistory(days[:21], np.where(free, 5.0, 8.0)[:21], free[:21])
    >>> path = day_paths(history, day_states(history), day_kinds(days, free), np.array([21]), 7)
    >>> path.round(1).tolist()  # a Friday, a weekend, four working days: weekends not yet believed in full
    [[7.8, 5.7, 5.7, 7.8, 7.8, 7.8, 7.8]]
    """
    lead = np.arange(n_ahead)
    shifts = states.shifts[origins][np.arange(len(origins))[:, None], kinds[origins[:, None] + lead]]
    level = states.level[origins][:, None]
    lingering = (states.follow * (states.fast - states.level))[origins][:, None] * np.exp(-lead / FADE_DAYS)
    path: FloatArray = level + lingering + _last_year(history, states, origins, lead) + shifts
    return path


def _last_year(history: DayHistory, states: DayStates, origins: IntArray, lead: IntArray) -> FloatArray:
    """What the year before adds to the level, shape (n_origins, n_ahead); 0 where it is not known."""
    answer = np.zeros((len(origins), len(lead)))
    seen = np.flatnonzero(origins >= _YEAR + _LEAST_BEFORE)
    if not len(seen):
        return answer
    at = origins[seen]
    adjusted = _without_shifts(history, states.shifts[at])
    before = _means(adjusted, at[:, None] - _YEAR - _BEFORE, _BEFORE, _LEAST_BEFORE)
    then = _means(adjusted, at[:, None] + lead - _YEAR - _SMOOTH, 2 * _SMOOTH + 1, 2 * _SMOOTH)
    far = np.minimum(lead / _FAR, 1.0)
    moved = (MOVED_NEAR + (MOVED_FAR - MOVED_NEAR) * far) * (then - before)
    stood = STOOD_FAR * far * (then - states.level[at][:, None])
    answer[seen] = np.nan_to_num(moved + stood)
    return answer


def _without_shifts(history: DayHistory, shifts: FloatArray) -> FloatArray:
    """The history as each origin sees it, without its shifts, shape (n_origins, n_days)."""
    taken: FloatArray = history.total - shifts[:, history.kind]
    return taken


def _means(rows: FloatArray, first: IntArray, length: int, least: int) -> FloatArray:
    """Mean of `length` days from `first` in each row, NaN where fewer than `least` are known."""
    zero = np.zeros((len(rows), 1))
    total = np.concatenate([zero, np.cumsum(np.nan_to_num(rows), axis=1)], axis=1)
    count = np.concatenate([zero, np.cumsum(~np.isnan(rows), axis=1)], axis=1)
    low, high = (np.clip(first + step, 0, rows.shape[1]) for step in (0, length))
    known = np.take_along_axis(count, high, axis=1) - np.take_along_axis(count, low, axis=1)
    sums = np.take_along_axis(total, high, axis=1) - np.take_along_axis(total, low, axis=1)
    means: FloatArray = np.where(known >= least, sums / np.maximum(known, 1), np.nan)
    return means
