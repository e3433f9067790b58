"""Daily totals, their level and spread: what a forecast over weeks stands on.

A day is forecast by an exponentially weighted mean of the days before it plus the shift that working days and
free days (weekends, holidays) show. All states are causal: the state of day j has seen days before j only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.features.calendar import is_holiday
from kanchay.domain.interval import DAY, IntArray, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["DailyStates", "DayHistory", "daily_states", "day_history", "fill_by_profile", "is_free"]

# Tuned on the training and validation homes of the development splits: `benchmarks/accuracy/period.py --tune`.
HALF_LIFE_DAYS: Final = 5.0
_SPREAD_DAYS: Final = 28  # days from which spread and shift are taken
_SHIFT_PRIOR: Final = 4.0  # days at which half of the observed shift between day types is believed
_SPREAD_PRIOR: Final = 4.0  # days' worth of belief in the prior spread
_SPREAD_SHARE: Final = 0.30  # prior spread of a day over its level: homes lie around 0.2 to 0.5
_LEAST_KNOWN: Final = 0.5  # share of a day that must be known for it to count
_SATURDAY: Final = 5
_MONDAY_SHIFT: Final = 3  # 1970-01-01 was a Thursday


def is_free(days: IntArray, country: str | None, subdivision: str | None = None) -> NDArray[np.bool_]:
    """Whether local days (since 1970-01-01) are weekends or public holidays.

    Parameters
    ----------
    days : ndarray of int64
        Local days since 1970-01-01. [days]
    country : str or None
        ISO 3166-1 alpha-2; None: no public holidays are known.
    subdivision : str, optional
        ISO 3166-2 part after the dash.

    Returns
    -------
    ndarray of bool, shape of `days`

    Examples
    --------
    >>> is_free(np.array([20454, 20455, 20456]), "PE").tolist()  # Thursday 1 January 2026, Friday, Saturday
    [True, False, True]
    """
    weekend = (days + _MONDAY_SHIFT) % 7 >= _SATURDAY
    answer: NDArray[np.bool_] = weekend | is_holiday(days, country, subdivision)
    return answer


def fill_by_profile(
    panel: Panel, point_id: str, until: int, *, country: str | None = None, subdivision: str | None = None
) -> tuple[FloatArray, FloatArray]:
    """Values with their gaps filled, and the profile that fills them.

    Parameters
    ----------
    panel : Panel
    point_id : str
    until : int
        First instant not known: later values count as missing. [s]
    country, subdivision : str or None
        For public holidays.

    Returns
    -------
    filled, profile : ndarray of float64, shape (n_intervals,)
        The profile is the mean over the 28 days before `until` at the same hour of the same kind of day
        (working or free), else at the same hour, else of all; NaN only where nothing is known. [kWh]
    """
    starts = panel.starts
    values = np.where(starts < until, panel.row(point_id), np.nan)
    clock = wall_clock(starts, panel.tz)
    slot = (clock % DAY) // panel.resolution_s
    kind = is_free(clock // DAY, country, subdivision).astype(np.int64)
    recent = (starts >= until - _SPREAD_DAYS * DAY) & ~np.isnan(values)
    if not recent.any():
        recent = ~np.isnan(values)
    n_slots = DAY // panel.resolution_s
    by_kind = _class_means(values, slot + n_slots * kind, recent, 2 * n_slots)
    by_slot = _class_means(values, slot, recent, n_slots)
    overall = float(values[recent].mean()) if recent.any() else float("nan")
    profile = by_kind[slot + n_slots * kind]
    profile = np.where(np.isnan(profile), by_slot[slot], profile)
    profile = np.where(np.isnan(profile), overall, profile)
    return np.where(np.isnan(values), profile, values), profile


def _class_means(values: FloatArray, code: IntArray, use: NDArray[np.bool_], n: int) -> FloatArray:
    """Mean of the used values of each class, NaN for a class without any."""
    total = np.bincount(code[use], weights=values[use], minlength=n)
    count = np.bincount(code[use], minlength=n)
    means: FloatArray = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return means


@dataclass(frozen=True, slots=True, eq=False)
class DayHistory:
    """Totals of consecutive local days.

    Attributes
    ----------
    days : ndarray of int64, shape (n_days,)
        Since 1970-01-01. [d]
    total : ndarray of float64, shape (n_days,)
        NaN where less than half of the day is known. [kWh]
    free : ndarray of bool, shape (n_days,)
        Weekend or public holiday.
    """

    days: IntArray
    total: FloatArray
    free: NDArray[np.bool_]


def day_history(
    panel: Panel, point_id: str, until: int, *, country: str | None = None, subdivision: str | None = None
) -> DayHistory:
    """Totals of the local days that lie wholly before `until`; gaps in a day are filled by the profile.

    Parameters
    ----------
    panel : Panel
        Energy per interval. [kWh]
    point_id : str
        Row of the panel.
    until : int
        UTC second from which nothing is known. [s]
    country : str, optional
        ISO 3166-1 alpha-2, for its public holidays.
    subdivision : str, optional
        ISO 3166-2 part after the dash.

    Returns
    -------
    DayHistory
        A day of which too little was measured has a total of NaN. [kWh]

    Examples
    --------
    >>> panel = Panel.of(("m",), np.full((1, 60), 0.5), start=0, resolution_s=3600, tz="UTC")
    >>> day_history(panel, "m", 60 * 3600).total.tolist()  # the third day is not over
    [12.0, 12.0]
    """
    filled, _ = fill_by_profile(panel, point_id, until, country=country, subdivision=subdivision)
    starts = panel.starts
    known = (starts < until) & ~np.isnan(panel.row(point_id))
    day = wall_clock(starts, panel.tz) // DAY
    if not known.any():
        none = np.zeros(0, dtype=np.int64)
        return DayHistory(none, np.zeros(0), none.astype(np.bool_))
    first = int(day[int(known.argmax())])
    last = int(wall_clock(until, panel.tz)) // DAY  # the day that `until` lies in is not over
    place = np.clip(day - first, -1, max(last - first, 0))
    inside = (place >= 0) & (day < last)
    n = max(last - first, 0)
    total = np.bincount(place[inside], weights=filled[inside], minlength=n)[:n]
    share = np.bincount(place[inside & known], minlength=n)[:n] * panel.resolution_s / DAY
    days = first + np.arange(n, dtype=np.int64)
    return DayHistory(
        days, np.where(share >= _LEAST_KNOWN, total, np.nan), is_free(days, country, subdivision)
    )


@dataclass(frozen=True, slots=True, eq=False)
class DailyStates:
    """State before each day of a history, and one after its last; shape (n_days + 1,) each.

    Attributes
    ----------
    level : ndarray
        Expected total of a working day, NaN before any is known. [kWh]
    shift : ndarray
        What a free day has on top. [kWh]
    spread : ndarray
        Standard deviation of a day about level and shift. [kWh]
    known : ndarray
        Days known before it. [d]
    """

    level: FloatArray
    shift: FloatArray
    spread: FloatArray
    known: FloatArray


def daily_states(history: DayHistory) -> DailyStates:
    """The causal states of a history.

    Parameters
    ----------
    history : DayHistory
        Totals of past days. [kWh]

    Returns
    -------
    DailyStates
        As known before each day, and before the day after the last.

    Examples
    --------
    >>> days = np.arange(20455, 20469)  # a Friday and two weeks
    >>> states = daily_states(DayHistory(days, np.full(14, 8.0), is_free(days, None)))
    >>> states.level[-1], states.shift[-1]
    (np.float64(8.0), np.float64(0.0))
    """
    n = len(history.total)
    rows = np.asarray([_state(history, j) for j in range(n + 1)]).reshape(n + 1, 4)
    return DailyStates(*rows.T)


def _state(history: DayHistory, j: int) -> tuple[float, float, float, float]:
    """Level, shift, spread and number of known days before day `j`."""
    total, free = history.total[:j], history.free[:j]
    known = ~np.isnan(total)
    n_known = int(known.sum())
    if n_known == 0:
        return (float("nan"),) * 3 + (0.0,)
    y, f, age = total[known], free[known], j - np.flatnonzero(known)
    near = age <= _SPREAD_DAYS
    if near.sum() < 2:  # after a long gap: the last days there are
        near = np.arange(n_known) >= n_known - _SPREAD_DAYS
    shift = _shift(y[near], f[near])
    working = y - shift * f
    weight = 0.5 ** ((age - age.min()) / HALF_LIFE_DAYS)
    level = float((weight * working).sum() / weight.sum())
    recent = working[near]
    square = float(((recent - recent.mean()) ** 2).sum())
    prior = _SPREAD_PRIOR * (_SPREAD_SHARE * abs(level)) ** 2
    spread = float(np.sqrt((square + prior) / (len(recent) - 1 + _SPREAD_PRIOR)))
    return level, shift, spread, float(n_known)


def _shift(y: FloatArray, free: NDArray[np.bool_]) -> float:
    """Mean of free days minus that of working days, less believed the fewer there are."""
    n = min(int(free.sum()), int((~free).sum()))
    if n == 0:
        return 0.0
    return float((y[free].mean() - y[~free].mean()) * n / (n + _SHIFT_PRIOR / 2))
