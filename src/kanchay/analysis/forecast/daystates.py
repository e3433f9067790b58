"""What a meter's days say before each morning: its level, how weekdays differ, how much a day strays.

The level is an exponentially weighted mean of days from which the shift of their weekday is taken; a fast level
follows the last days more closely, and how far the next day went with it tells whether this meter's days follow
one another. Working days at the end of the year have a shift of their own. All is causal: the state of day j has seen
days before j only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.forecast.daily import N_KINDS, SUNDAY, YEAR_END, DayHistory
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["DayStates", "day_states"]

# Chosen on training and validation meters: `python benchmarks/accuracy/horizon.py --tune`.
LEVEL_HALF_LIFE: Final = 4.0  # days
FAST_HALF_LIFE: Final = 1.5  # days
SHIFT_HALF_LIFE: Final = 28.0  # days: weekdays differ in much the same way for a month or more
FOLLOW: Final = 0.73  # how far a day goes with the fast level, on other meters
FOLLOW_PRIOR: Final = 30.0  # days at which the meter's own answer weighs as much
_FOLLOW_HALF_LIFE: Final = 60.0  # days
_FOLLOW_AFTER: Final = 7.0  # days known before a day is asked
_FOLLOW_RANGE: Final = (-0.5, 2.5)
_SHIFT_PRIOR: Final = 2.0  # days of a kind at which half of what it shows is believed
_SPREAD_DAYS: Final = 28  # days from which the spread is taken
_SPREAD_PRIOR: Final = 2.0  # days' worth of belief in the prior spread
_SPREAD_SHARE: Final = 0.20  # prior spread of a day over its usual size: buildings lie around 0.1, homes 0.3
_WEEK: Final = 7  # kinds of a week; above them the end of the year
_WORKING: Final = 5  # kinds below are working days
_YEAR_END_PRIOR: Final = (
    4.0  # days at the end of a year at which the meter's own weigh as much as what is believed
)


@dataclass(frozen=True, slots=True, eq=False)
class DayStates:
    """State before each day of a history, and one after its last.

    Attributes
    ----------
    level, fast : ndarray of float64, shape (n_days + 1,)
        Expected total of a working day, NaN before any is known; `fast` follows the last days. [kWh]
    shifts : ndarray of float64, shape (n_days + 1, 8)
        What each kind of day has on top, as `day_kinds` numbers them. [kWh]
    follow : ndarray of float64, shape (n_days + 1,)
        How far tomorrow goes from the level towards the fast level; 0 to 1 and somewhat beyond. [-]
    spread : ndarray of float64, shape (n_days + 1,)
        Standard deviation of a day about the mean of its kind. [kWh]
    known : ndarray of float64, shape (n_days + 1,)
        Days known before it. [d]
    """

    level: FloatArray
    fast: FloatArray
    shifts: FloatArray
    follow: FloatArray
    spread: FloatArray
    known: FloatArray


def day_states(history: DayHistory) -> DayStates:
    """The causal states of a history.

    Parameters
    ----------
    history : DayHistory
        Totals of past days. [kWh]

    Returns
    -------
    DayStates
        As known before each day, and before the day after the last.

    Examples
    --------
    >>> from kanchay.analysis.forecast.daily import is_free
    >>> days = np.arange(20455, 20469)  # a Friday and two weeks
    >>> states = day_states(DayHistory(days, np.full(14, 8.0), is_free(days, None)))
    >>> round(float(states.level[-1]), 6), round(float(states.shifts[-1, 6]), 6)
    (8.0, 0.0)
    """
    n, kind = len(history.total), history.kind
    known = np.concatenate([[0.0], np.cumsum(~np.isnan(history.total))])
    usual = np.where(kind == YEAR_END, np.nan, history.total)
    shifts = _with_year_end(history, usual, _shifts(*_faded(usual, kind, SHIFT_HALF_LIFE)))
    level = _level(*_faded(history.total, kind, LEVEL_HALF_LIFE), shifts)
    fast = _level(*_faded(history.total, kind, FAST_HALF_LIFE), shifts)
    spread = _spread(usual, history.free)
    if (np.isnan(spread) & (known > 0)).any():  # nothing but the end of a year is known yet
        spread = np.where(np.isnan(spread), _spread(history.total, history.free), spread)
    follow = _follow(usual - shifts[np.arange(n), kind], level[:n], fast[:n], known[:n])
    return DayStates(level, fast, shifts, follow, spread, known)


def _faded(total: FloatArray, kind: IntArray, half_life: float) -> tuple[FloatArray, FloatArray]:
    """Exponentially weighted sums and weights of each kind of day before each day, shape (n + 1, 8) each.

    The last known day weighs 1, however long ago it was: a gap fades nothing away for good.
    """
    n = len(total)
    here = ~np.isnan(total)
    last = np.concatenate([[-1], np.maximum.accumulate(np.where(here, np.arange(n), -1))])
    age = last[:, None] - np.arange(n)
    fade = 0.5 ** (np.arange(n) / half_life)
    weight = np.where((age >= 0) & here, fade[np.maximum(age, 0)], 0.0) if n else np.zeros((1, 0))
    of_kind = (kind[:, None] == np.arange(N_KINDS)).astype(np.float64)
    return weight @ (of_kind * np.nan_to_num(total)[:, None]), weight @ of_kind


def _level(sums: FloatArray, weight: FloatArray, shifts: FloatArray) -> FloatArray:
    """Mean of all days after their shifts were taken off, NaN before any is known."""
    taken, all_days = (sums - shifts * weight).sum(axis=1), weight.sum(axis=1)
    level: FloatArray = np.where(all_days > 0, taken / np.maximum(all_days, 1e-12), np.nan)
    return level


def _with_year_end(history: DayHistory, usual: FloatArray, week: FloatArray) -> FloatArray:
    """The shifts of a week, and what a working day at the end of the year has on top: those seen so far, and a prior."""
    n = len(history.total)
    level = _level(*_faded(usual, history.kind, LEVEL_HALF_LIFE), np.column_stack([week, np.zeros(n + 1)]))[
        :n
    ]
    off = np.where(history.kind == YEAR_END, history.total - level, np.nan)
    sums, count = (np.concatenate([[0.0], np.cumsum(x)]) for x in (np.nan_to_num(off), ~np.isnan(off)))
    believed = _YEAR_END_PRIOR * history.rest * week[:, SUNDAY]
    return np.column_stack([week, (sums + believed) / (count + _YEAR_END_PRIOR)])


def _follow(rest: FloatArray, level: FloatArray, fast: FloatArray, known: FloatArray) -> FloatArray:
    """Regression of what a day was on what the fast level said, both over the level; faded, with a prior."""
    keep = 0.5 ** (1.0 / _FOLLOW_HALF_LIFE)
    asked = (known >= _FOLLOW_AFTER) & ~np.isnan(rest)
    towards = np.where(asked, fast - level, 0.0)
    went = np.where(asked, rest - level, 0.0)
    answer = np.full(len(rest) + 1, FOLLOW)
    cross = square = count = 0.0
    for j, (x, y, use) in enumerate(zip(towards, went, asked, strict=True)):
        cross, square, count = keep * cross + x * y, keep * square + x * x, keep * count + use
        if square > 0.0:
            prior = FOLLOW_PRIOR * square / count
            answer[j + 1] = np.clip((cross + prior * FOLLOW) / (square + prior), *_FOLLOW_RANGE)
    return answer


def _shifts(sums: FloatArray, weight: FloatArray) -> FloatArray:
    """Free days against working days, and each weekday against its kind; less believed the fewer there are."""
    sums, weight = sums[:, :_WEEK], weight[:, :_WEEK]
    free = np.arange(_WEEK) >= _WORKING
    n_work, n_free = (weight[:, which].sum(axis=1, keepdims=True) for which in (~free, free))
    mean_work = sums[:, ~free].sum(axis=1, keepdims=True) / np.maximum(n_work, 1e-12)
    mean_free = sums[:, free].sum(axis=1, keepdims=True) / np.maximum(n_free, 1e-12)
    fewer = np.minimum(n_work, n_free)
    apart = np.where(fewer > 0, (mean_free - mean_work) * fewer / (fewer + _SHIFT_PRIOR), 0.0)
    own = np.where(weight > 0, sums / np.maximum(weight, 1e-12) - np.where(free, mean_free, mean_work), 0.0)
    shifts: FloatArray = np.where(free, apart, 0.0) + own * weight / (weight + _SHIFT_PRIOR)
    return shifts


def _spread(total: FloatArray, free: NDArray[np.bool_]) -> FloatArray:
    """Standard deviation of the last days before each day about the mean of their kind, with a prior.

    Working and free days have means of their own, not the believed shifts: after a week those still mix both kinds.
    """
    at = np.flatnonzero(~np.isnan(total))
    n = len(total)
    if not len(at):
        return np.full(n + 1, np.nan)
    place = np.searchsorted(at, np.arange(n + 1))[:, None] - np.arange(1, _SPREAD_DAYS + 1)
    day = at[np.maximum(place, 0)]
    near = (place >= 0) & (day >= np.arange(n + 1)[:, None] - _SPREAD_DAYS)
    near = np.where(
        near.sum(axis=1, keepdims=True) >= 2, near, place >= 0
    )  # a long gap: the last days there are
    square, n_means = np.zeros(n + 1), np.zeros(n + 1)
    for kind in (near & free[day], near & ~free[day]):
        count = kind.sum(axis=1)
        mean = np.where(kind, total[day], 0.0).sum(axis=1) / np.maximum(count, 1)
        square += np.where(kind, (total[day] - mean[:, None]) ** 2, 0.0).sum(axis=1)
        n_means += count > 0
    count = near.sum(axis=1)
    size = np.where(near, np.abs(total[day]), 0.0).sum(axis=1) / np.maximum(count, 1)
    prior = _SPREAD_PRIOR * (_SPREAD_SHARE * size) ** 2
    spread = np.sqrt((square + prior) / (np.maximum(count - n_means, 0.0) + _SPREAD_PRIOR))
    answer: FloatArray = np.where(count > 0, spread, np.nan)
    return answer
