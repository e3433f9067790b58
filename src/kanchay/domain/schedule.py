"""Hours that cost differently: seasons, day classes and the blocks of a day, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.bill import Source
from kanchay.domain.interval import IntArray

__all__ = ["EVERY_DAY", "HOLIDAY", "Block", "Calendar", "MonthDay", "Schedule", "Season", "Window"]

MonthDay = tuple[int, int]  # month 1..12 and day of month, in every year
HOLIDAY: Final = 7  # the day class of a public holiday; 0 is Monday, 6 is Sunday
EVERY_DAY: Final = frozenset(range(8))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whose public holidays are days of their own class; without a country no day is one."""

    country: str | None = None
    subdivision: str | None = None
    extra: tuple[date, ...] = ()  # decreed for one year


@dataclass(frozen=True, slots=True)
class Season:
    """A part of the year, first and last day included; it may run over New Year."""

    id: str
    spans: tuple[tuple[MonthDay, MonthDay], ...]

    def holds_on(self, day: date) -> bool:
        """Whether a day lies in this season."""
        key = (day.month, day.day)
        return any((a <= key <= b) if a <= b else (key >= a or key <= b) for a, b in self.spans)


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of some days: from `start_s` to `end_s` seconds after midnight by the clock.

    An end at or before the start runs over midnight: the hours after it still count by their own day's class.
    `days` holds 0 (Monday) to 6 and `HOLIDAY`; a holiday is only a holiday, whatever its weekday.
    """

    start_s: int = 0
    end_s: int = 86400
    days: frozenset[int] = EVERY_DAY
    season: str = ""  # empty: all year

    @overload
    def holds_at(self, second: int) -> bool: ...
    @overload
    def holds_at(self, second: IntArray) -> NDArray[np.bool_]: ...
    def holds_at(self, second: int | IntArray) -> bool | NDArray[np.bool_]:
        """Whether seconds after midnight lie in these hours, whatever the day and the season.

        Examples
        --------
        >>> night = Window(22 * 3600, 6 * 3600)
        >>> night.holds_at(23 * 3600), night.holds_at(12 * 3600)
        (True, False)
        """
        begun, not_over = second >= self.start_s, second < self.end_s
        return begun & not_over if self.start_s < self.end_s else begun | not_over


@dataclass(frozen=True, slots=True)
class Block:
    """Hours with one price. Without windows: all hours that no earlier block of the schedule takes."""

    id: str
    windows: tuple[Window, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Blocks that share out every moment: the first whose window holds takes it, the last takes the rest."""

    id: str
    blocks: tuple[Block, ...]
    source: Source | None = None

    def index(self, block: str) -> int:
        """Place of a block in this schedule; ValueError where it is none of it."""
        return [b.id for b in self.blocks].index(block)
