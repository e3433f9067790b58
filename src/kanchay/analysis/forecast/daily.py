"""Daily totals of a meter, with their gaps filled where most of a day is known: what weeks are forecast from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.features.calendar import is_holiday
from kanchay.domain.interval import DAY, HOUR, IntArray, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = [
    "N_KINDS",
    "SUNDAY",
    "YEAR_END",
    "DayHistory",
    "day_history",
    "day_kinds",
    "fill_by_profile",
    "in_parts",
    "is_free",
]

_PROFILE_DAYS: Final = 28  # days from which the profile that fills gaps is taken
_LEAST_KNOWN: Final = 0.5  # share of a day that must be known for it to count
_SATURDAY: Final = 5
SUNDAY: Final = 6  # kinds of days; below 5 working ones
YEAR_END: Final = 7
N_KINDS: Final = 8
_LAST_WEEK: Final = (23, 2)  # from this day of December to that of January
# Where a working day at the end of the year was seen to be like a Sunday (`python benchmarks/accuracy/horizon.py
# --year-end`); elsewhere half of that is believed until the meter itself has shown such days.
_SHUT: Final = frozenset({"GB", "NL", "US"})
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


def day_kinds(days: IntArray, free: NDArray[np.bool_]) -> IntArray:
    """Kind of each local day: its weekday, Monday 0; a public holiday counts as a Sunday.

    A working day between 23 December and 2 January is of a kind of its own: neither are most offices and campuses
    then as usual, nor does it tell what January will be.

    Parameters
    ----------
    days : ndarray of int64
        Local days since 1970-01-01. [days]
    free : ndarray of bool, shape of `days`
        As `is_free` gives it.

    Returns
    -------
    ndarray of int64, shape of `days`
        0 to 6, or `YEAR_END`. [-]

    Examples
    --------
    >>> days = np.arange(20454, 20460)  # from Thursday 1 January 2026 on
    >>> day_kinds(days, is_free(days, "PE")).tolist()
    [6, 7, 5, 6, 0, 1]
    """
    weekday = (days + _MONDAY_SHIFT) % 7
    working = ~free & (weekday < _SATURDAY)
    kinds: IntArray = np.where(free & (weekday < _SATURDAY), SUNDAY, weekday)
    return np.where(working & _last_week(days), YEAR_END, kinds)


def _last_week(days: IntArray) -> NDArray[np.bool_]:
    """Whether local days lie between Christmas and the first days of the year."""
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    day = (date - month).astype(np.int64) + 1
    of_year = month.astype(np.int64) % 12
    begin, end = _LAST_WEEK
    inside: NDArray[np.bool_] = ((of_year == 11) & (day >= begin)) | ((of_year == 0) & (day <= end))
    return inside


def in_parts(starts: IntArray, resolution_s: int) -> tuple[IntArray, int]:
    """Starts of the parts of intervals that no midnight cuts, which clocks that moved by half an hour make it do.

    Parameters
    ----------
    starts : ndarray of int64, shape (n,)
        [s]
    resolution_s : int
        Length of an interval. [s]

    Returns
    -------
    ndarray of int64, shape (n * m,), and int
        The starts [s], and m, how many parts each interval has: 1 for half an hour and less.

    Examples
    --------
    >>> in_parts(np.array([0, 3600]), 3600)[0].tolist()
    [0, 1800, 3600, 5400]
    """
    part = gcd(resolution_s, HOUR // 2)
    n = resolution_s // part
    return (starts[:, None] + part * np.arange(n, dtype=np.int64)).ravel(), n


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
    recent = (starts >= until - _PROFILE_DAYS * DAY) & ~np.isnan(values)
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
    rest : float
        How far a working day at the end of the year is taken to be a Sunday, before the meter has shown one. [-]
    """

    days: IntArray
    total: FloatArray
    free: NDArray[np.bool_]
    rest: float = 0.0

    @property
    def kind(self) -> IntArray:
        """Kind of each day, as `day_kinds` gives it."""
        return day_kinds(self.days, self.free)

    def cut(self, part: slice) -> DayHistory:
        """Some of its days.

        Parameters
        ----------
        part : slice
            Of the days.

        Returns
        -------
        DayHistory
        """
        return replace(self, days=self.days[part], total=self.total[part], free=self.free[part])


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
    known = (panel.starts < until) & ~np.isnan(panel.row(point_id))
    starts, n_parts = in_parts(panel.starts, panel.resolution_s)
    filled, known = np.repeat(filled / n_parts, n_parts), np.repeat(known, n_parts)
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
    share = np.bincount(place[inside & known], minlength=n)[:n] * panel.resolution_s / n_parts / DAY
    days = first + np.arange(n, dtype=np.int64)
    free = is_free(days, country, subdivision)
    return DayHistory(days, np.where(share >= _LEAST_KNOWN, total, np.nan), free, _rest(country))


def _rest(country: str | None) -> float:
    return 0.0 if country is None else 1.0 if country in _SHUT else 0.5
