"""Which block of a schedule each interval lies in, by the clock and calendar of the tariff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.features.calendar import is_holiday
from kanchay.domain.interval import DAY, IntArray, wall_clock
from kanchay.domain.schedule import HOLIDAY, Calendar, Schedule, Season, Window

__all__ = ["Clock", "block_index"]

BoolArray = NDArray[np.bool_]
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """Local time of a row of intervals.

    Attributes
    ----------
    second : ndarray of int64, shape (n,)
        Since local midnight. [s]
    day : ndarray of int64, shape (n,)
        Place in `days`.
    days : ndarray of int64, shape (n_days,)
        Local days, counted from 1970-01-01. [days]

    Examples
    --------
    >>> clock = Clock.of(np.array([0, 18_000]), "America/Lima")
    >>> clock.second.tolist(), clock.days.tolist()
    ([68400, 0], [-1, 0])
    """

    second: IntArray
    day: IntArray
    days: IntArray

    @classmethod
    def of(cls, starts: IntArray, tz: str) -> Clock:
        """The clock of intervals in a zone.

        Parameters
        ----------
        starts : ndarray of int64, shape (n,)
            UTC second of each. [s]
        tz : str
            IANA name of the zone.

        Returns
        -------
        Clock
        """
        day, second = np.divmod(wall_clock(starts, tz), DAY)
        if len(day) == 0:
            return cls(second, day, day)
        days = np.arange(day.min(), day.max() + 1, dtype=np.int64)
        return cls(second, day - days[0], days)


def block_index(
    schedule: Schedule, seasons: tuple[Season, ...], calendar: Calendar, clock: Clock
) -> IntArray:
    """The block that each interval lies in, by its start.

    Parameters
    ----------
    schedule : Schedule
    seasons : tuple of Season
        That its windows name.
    calendar : Calendar
        Whose holidays count.
    clock : Clock
        Local time of n intervals.

    Returns
    -------
    ndarray of int64, shape (n,)
        Index in ``schedule.blocks``: the first whose window holds, else the last. [-]

    Examples
    --------
    >>> from kanchay.domain.schedule import Block
    >>> peak = Schedule("pe", (Block("hp", (Window(18 * 3600, 23 * 3600),)), Block("hfp")))
    >>> hours = Clock.of(np.arange(17, 24) * 3600, "UTC")
    >>> block_index(peak, (), Calendar(), hours).tolist()
    [1, 0, 0, 0, 0, 0, 1]
    """
    classes = _day_classes(calendar, clock)
    index = np.full(len(clock.second), len(schedule.blocks) - 1, dtype=np.int64)
    open_ = np.ones(len(index), dtype=bool)
    for place, block in enumerate(schedule.blocks[:-1]):
        for window in block.windows:
            inside = open_ & _holds(window, seasons, classes, clock)
            index[inside] = place
            open_ &= ~inside
    return index


def _day_classes(calendar: Calendar, clock: Clock) -> IntArray:
    """0 (Monday) to 6, or `HOLIDAY`, of each day."""
    weekday = (clock.days + 3) % 7  # 1970-01-01 was a Thursday
    off = is_holiday(clock.days, calendar.country, calendar.subdivision)
    off = off | np.isin(clock.days, [(d - _EPOCH).days for d in calendar.extra])
    return np.where(off, HOLIDAY, weekday)


def _holds(window: Window, seasons: tuple[Season, ...], classes: IntArray, clock: Clock) -> BoolArray:
    day_ok = np.isin(classes, list(window.days))
    if window.season:
        season = next(s for s in seasons if s.id == window.season)
        day_ok = day_ok & np.array(
            [season.holds_on(_EPOCH + timedelta(days=int(d))) for d in clock.days], dtype=bool
        )
    return day_ok[clock.day] & window.holds_at(clock.second)
