"""Hours of the year that cost alike, as seasons and a schedule of our language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["ALL_MONTHS", "DAYS", "Band", "Calendar", "bands_of_grids", "covered"]

ALL_MONTHS: Final = frozenset(range(1, 13))
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS: Final = frozenset(range(5))
_WEEKEND: Final = frozenset({5, 6})
_EVERY: Final = frozenset(range(7))
_LAST_DAY: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Band:
    """Minutes of some days of some months that belong to a block."""

    block: str
    months: frozenset[int] = ALL_MONTHS
    days: frozenset[int] = _EVERY
    start: int = 0
    end: int = _MINUTES


@dataclass(slots=True)
class Calendar:
    """Seasons and schedules of one tariff, each season written once."""

    seasons: dict[frozenset[int], str] = field(default_factory=dict)
    schedules: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, bands: Sequence[Band]) -> list[str]:
        """A schedule of these bands; its blocks by rising size, so that the largest takes the rest, and of two
        that hold at once the smaller one counts."""
        size = {b.block: 0 for b in bands}
        for band in bands:
            size[band.block] += _size(band)
        ordered = sorted(size, key=lambda block: size[block])
        rest = ordered[-1]
        written: list[dict[str, Any]] = []
        for block in ordered:
            own = [self._window(b) for b in _joined(bands) if b.block == block]
            written.append({"id": block} if block == rest else {"id": block, "windows": own})
        self.schedules.append({"id": name, "blocks": written})
        return ordered

    def _window(self, band: Band) -> dict[str, Any]:
        window: dict[str, Any] = {}
        if band.months != ALL_MONTHS:
            window["season"] = self.seasons.setdefault(band.months, _season_name(band.months))
        if band.days != _EVERY:
            window["days"] = _day_words(band.days)
        if (band.start, band.end) != (0, _MINUTES):
            window |= {"from": _clock(band.start), "to": _clock(band.end)}
        return window

    def document(self) -> dict[str, Any]:
        """The keys `seasons` and `schedules` of a tariff document."""
        seasons = [{"id": name, "spans": _spans(months)} for months, name in self.seasons.items()]
        return {k: v for k, v in (("seasons", seasons), ("schedules", self.schedules)) if v}


def _size(band: Band) -> int:
    return len(band.months) * len(band.days) * (band.end - band.start)


def bands_of_grids(weekday: list[list[int]], weekend: list[list[int]], names: Sequence[str]) -> list[Band]:
    """The bands of two tables of 12 months by 24 hours that hold places in `names`."""
    months: dict[tuple[tuple[int, ...], tuple[int, ...]], set[int]] = {}
    for month, rows in enumerate(zip(weekday, weekend, strict=True), start=1):
        months.setdefault((tuple(rows[0]), tuple(rows[1])), set()).add(month)
    bands = []
    for (week, end), own in months.items():
        kinds = [(_EVERY, week)] if week == end else [(_WEEKDAYS, week), (_WEEKEND, end)]
        for days, row in kinds:
            bands += [
                Band(names[value], frozenset(own), days, first * 60, last * 60)
                for value, first, last in _runs(row)
            ]
    return bands


def _runs(row: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Value, first and last hour of each run of equal values."""
    first = 0
    for hour in range(1, len(row) + 1):
        if hour == len(row) or row[hour] != row[first]:
            yield row[first], first, hour
            first = hour


def _joined(bands: Iterable[Band]) -> list[Band]:
    """The same hours of the same days in several groups of months are one band, and of several days too."""
    by_days: dict[tuple[str, frozenset[int], int, int], set[int]] = {}
    for b in bands:
        by_days.setdefault((b.block, b.days, b.start, b.end), set()).update(b.months)
    by_months: dict[tuple[str, frozenset[int], int, int], set[int]] = {}
    for (block, days, start, end), months in by_days.items():
        by_months.setdefault((block, frozenset(months), start, end), set()).update(days)
    return [Band(block, m, frozenset(days), start, end) for (block, m, start, end), days in by_months.items()]


def covered(bands: Iterable[Band]) -> tuple[bool, bool]:
    """Whether every minute of a year has a band, and whether none has two."""
    seen = [0] * (12 * 7 * _MINUTES // 15)
    for b in bands:
        for month in b.months:
            for day in b.days:
                row = ((month - 1) * 7 + day) * 96
                for quarter in range(b.start // 15, b.end // 15):
                    seen[row + quarter] += 1
    return min(seen) > 0, max(seen) <= 1


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _day_words(days: frozenset[int]) -> Any:
    if days == _WEEKDAYS:
        return "weekdays"
    return "weekends" if days == _WEEKEND else [DAYS[d] for d in sorted(days)]


def _month_runs(months: frozenset[int]) -> list[tuple[int, int]]:
    """First and last month of each run, over New Year where it goes on."""
    starts = [m for m in sorted(months) if (m - 2) % 12 + 1 not in months] or [1]
    runs = []
    for first in starts:
        last = first
        while last % 12 + 1 in months and last % 12 + 1 != first:
            last = last % 12 + 1
        runs.append((first, last))
    return runs


def _spans(months: frozenset[int]) -> list[list[str]]:
    return [[f"{a:02d}-01", f"{b:02d}-{_LAST_DAY[b - 1]:02d}"] for a, b in _month_runs(months)]


def _season_name(months: frozenset[int]) -> str:
    return "_".join(
        _NAMES[a - 1] if a == b else f"{_NAMES[a - 1]}_{_NAMES[b - 1]}" for a, b in _month_runs(months)
    )
