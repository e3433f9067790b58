"""Slots: the columns of a wide table as places in the day, and whether their names mark starts or ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.adapters.files.cells import split_range
from kanchay.adapters.files.identifiers import is_long_number
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.times import parse_clock
from kanchay.domain.interval import DAY, HOUR, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["Slot", "find_slots", "slot_label", "slot_times", "stands_before"]

_WIDE_COUNTS: Final = {23, 24, 25, 46, 48, 50, 92, 96, 100, 276, 288, 300, 1440}
_HALF: Final = r"\s?[ap]\.?\s?m\b\.?"  # of a day of twice twelve hours
_CLOCKS: Final = re.compile(rf"\d{{1,2}}[:h]\d{{2}}(?::\d{{2}})?(?:{_HALF})?", re.I)
_HOUR_ALONE: Final = re.compile(
    rf"^(\d{{1,2}})(?: ?(?:h|hs|hrs|uhr|uur|hod|godz\.?|ч|시|時|时|點|点)|({_HALF}))$", re.I
)
_AGAIN: Final = re.compile(r"[ _]?(?:[bB*']|\(2\))$")
_NEARLY_ALL: Final = 0.9


@dataclass(frozen=True, slots=True)
class Slot:
    """One column of a wide table: where in the day its interval begins and ends; None for a numbered column."""

    column: Column
    start: int | None
    end: int | None = None


def find_slots(table: Table, used: set[int]) -> tuple[Slot, ...]:
    """The columns of a wide table, or nothing where the table is long."""
    numeric = [c for c in table.columns if id(c) not in used and c.type in ("number", "empty") and c.name]
    named = [(c, *_slot_times(c.name)) for c in numeric]
    clocked = [Slot(c, start, end) for c, start, end in named if start is not None]
    if len(clocked) >= 12:
        return tuple(clocked)
    runs = [c for c in numeric if re.fullmatch(r"(?:[a-zA-Z]{0,8}[ _.]?)(\d{1,4})", c.name.strip())]
    again = _with_second_passes(numeric, runs) if len(runs) == 24 else ()
    if again:
        return again
    if len(runs) in _WIDE_COUNTS:
        return tuple(Slot(c, None) for c in runs)
    bare = [] if table.has_header else _of_a_day(table, used)
    return tuple(Slot(c, None) for c in bare) if len(bare) in _WIDE_COUNTS else ()


def _with_second_passes(columns: Sequence[Column], hours: Sequence[Column]) -> tuple[Slot, ...]:
    """Numbered hours beside the second pass of one that clocks show twice (2 and 2B, HE02 and HE02*); else nothing."""
    place = {c.name.strip(): i for i, c in enumerate(hours)}
    found = [(c, place.get(_AGAIN.sub("", c.name.strip()))) for c in columns]
    slots = tuple(Slot(c, i * HOUR, (i + 1) * HOUR) for c, i in found if i is not None)
    return slots if len(slots) > len(hours) else ()


def _of_a_day(table: Table, used: set[int]) -> list[Column]:
    """The columns without a name that could be the values of a day: no identifier, none before the date, no sum."""
    numbers = [c for c in table.columns if c.type == "number" and id(c) not in used and not is_long_number(c)]
    behind = [c for c in numbers if not stands_before(table, c, used)]
    numbers = behind if len(behind) in _WIDE_COUNTS else numbers
    for n in (1, 2, 3):
        for said, others in ((numbers[-n:], numbers[:-n]), (numbers[:n], numbers[n:])):
            if len(others) in _WIDE_COUNTS and _sum_up(said, others):
                return others
    return numbers


def stands_before(table: Table, column: Column, used: set[int]) -> bool:
    """Whether a column stands left of every column of times."""
    places = [i for i, c in enumerate(table.columns) if id(c) in used]
    return bool(places) and next(i for i, c in enumerate(table.columns) if c is column) < min(places)


def _sum_up(columns: list[Column], others: list[Column]) -> bool:
    """Whether one of some columns is the sum of the others in nearly every row, and the rest their extremes or mean."""
    cells = np.array([c.values(".") for c in others])
    full = np.isfinite(cells).any(axis=0) & (np.nansum(np.abs(cells), axis=0) > 0)
    if not full.any():
        return False
    sums, *sides = (f(cells[:, full], axis=0) for f in (np.nansum, np.nanmax, np.nanmin, np.nanmean))
    told = [c.values(".")[full] for c in columns]
    summed = [_is(t, sums) for t in told]
    return any(summed) and all(
        s or any(_is(t, side) for side in sides) for s, t in zip(summed, told, strict=True)
    )


def _is(told: FloatArray, side: FloatArray) -> bool:
    known = np.isfinite(told)
    return bool(known.any()) and bool(np.isclose(told, side, rtol=0.005)[known].mean() > _NEARLY_ALL)


def _slot_times(name: str) -> tuple[int | None, int | None]:
    """Clock times in a column name such as ``00:00-00:15`` or ``kWh 13:30``."""
    ends = split_range(name.strip())
    if ends:
        return parse_clock(ends[0]), parse_clock(ends[1])
    found = _CLOCKS.findall(name) or [f"{hour}:00{half}" for hour, half in _HOUR_ALONE.findall(name.strip())]
    if len(found) == 2:
        return parse_clock(found[0]), parse_clock(found[1])
    return (parse_clock(found[0]), None) if len(found) == 1 else (None, None)


def slot_label(slots: tuple[Slot, ...]) -> str:
    """Whether clock times in column names mark starts or ends; nothing where they leave it open."""
    starts = [s.start for s in slots if s.start is not None]
    if len(starts) > 1 and starts[-1] == 0 < starts[0]:
        starts[-1] = DAY  # the midnight that closes the day
    if not starts:
        return "start" if slots else ""
    if slots[0].end is not None or 0 in starts:
        return "start" if DAY not in starts else ""
    return "end" if DAY in starts or len(starts) in (23, 24, 47, 48, 95, 96, 287, 288) else ""


def slot_times(slots: tuple[Slot, ...]) -> tuple[IntArray, int, bool]:
    """Seconds after midnight of each column, the length of a slot, and whether they are elapsed time."""
    n = len(slots)
    if slots[0].start is not None:
        begins = np.array([s.start if s.start is not None else 0 for s in slots], dtype=np.int64)
        step = int(np.median(np.diff(np.unique(begins))))
        # "00:00" as the last column of ends means the midnight that closes the day.
        if n > 1 and begins[-1] == 0 and slots[-1].end is None and begins[0] > 0:
            begins[-1] = DAY
        # A column named by the end of its interval still is a place in the day: the hour that spring skips is empty.
        return begins - (step if slot_label(slots) == "end" else 0), step, False
    whole = next(k for k in (24, 48, 96, 288, 1440) if n <= k + k // 20)
    step = DAY // whole
    # Fields beyond a day of 24 hours exist for the long day only: the columns count elapsed intervals.
    return np.arange(n, dtype=np.int64) * step, step, n != whole
