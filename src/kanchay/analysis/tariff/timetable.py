"""A schedule as a person reads it: from when to when each block holds, on which days, in which season."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kanchay.domain.schedule import EVERY_DAY, Schedule, Window

__all__ = ["DayPlan", "Hours", "day_plans", "hours_of_day"]

_DAY_S: Final = 86400


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of a day with one block.

    Attributes
    ----------
    start_s, end_s : int
        Seconds after midnight by the clock. [s]
    block : str
        Its id.
    """

    start_s: int
    end_s: int
    block: str


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Day classes that share their hours.

    Attributes
    ----------
    days : tuple of int
        0 (Monday) to 6 and `kanchay.domain.schedule.HOLIDAY`.
    hours : tuple of Hours
        From midnight to midnight.
    """

    days: tuple[int, ...]
    hours: tuple[Hours, ...]


def hours_of_day(schedule: Schedule, day_class: int, season: str = "") -> tuple[Hours, ...]:
    """The blocks of a day of one class by the clock.

    Parameters
    ----------
    schedule : Schedule
    day_class : int
        0 (Monday) to 6, or `kanchay.domain.schedule.HOLIDAY`.
    season : str
        Id of the season that the day lies in; empty: in none.

    Returns
    -------
    tuple of Hours
        They share out the day without a gap.

    Examples
    --------
    >>> from kanchay.domain.schedule import Block
    >>> peak = Schedule("pe", (Block("hp", (Window(18 * 3600, 23 * 3600),)), Block("hfp")))
    >>> [(h.start_s // 3600, h.end_s // 3600, h.block) for h in hours_of_day(peak, 0)]
    [(0, 18, 'hfp'), (18, 23, 'hp'), (23, 24, 'hfp')]
    """
    windows = [w for b in schedule.blocks for w in b.windows]
    edges = sorted({0, _DAY_S, *(w.start_s for w in windows), *(w.end_s for w in windows)})
    hours: list[Hours] = []
    for start, end in pairwise(edges):
        block = _block_at(schedule, day_class, season, start)
        if hours and hours[-1].block == block:
            hours[-1] = Hours(hours[-1].start_s, end, block)
        else:
            hours.append(Hours(start, end, block))
    return tuple(hours)


def day_plans(schedule: Schedule, season: str = "") -> tuple[DayPlan, ...]:
    """All day classes of a season, those with the same hours together.

    Parameters
    ----------
    schedule : Schedule
    season : str
        Id of the season; empty: days in none.

    Returns
    -------
    tuple of DayPlan
        By their first day.
    """
    found: dict[tuple[Hours, ...], list[int]] = {}
    for day_class in sorted(EVERY_DAY):
        found.setdefault(hours_of_day(schedule, day_class, season), []).append(day_class)
    return tuple(DayPlan(tuple(days), hours) for hours, days in found.items())


def _block_at(schedule: Schedule, day_class: int, season: str, second: int) -> str:
    for block in schedule.blocks[:-1]:
        if any(_holds(w, day_class, season, second) for w in block.windows):
            return block.id
    return schedule.blocks[-1].id


def _holds(window: Window, day_class: int, season: str, second: int) -> bool:
    return day_class in window.days and window.season in ("", season) and window.holds_at(second)
