"""Swapped: days and months that a spreadsheet took for each other when it opened a text of another country.

Of "02/01/2024" it makes the first of February, "13/01/2024" it leaves as text. So what is a date there has a day that
could be a month, what is text has none, and read as they stood both follow each other day by day.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

__all__ = ["as_written"]

_PARTED: Final = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T].*)?")
_MONTHS: Final = 12
_LEAST: Final = 3  # cells of each sort


def as_written(cells: Sequence[Any]) -> Sequence[Any]:
    """Cells with the swapped dates as the texts they were; the cells as they are where nothing shows a swap."""
    dates = [c for c in cells if isinstance(c, date)]
    texts = [m for c in cells if isinstance(c, str) and (m := _PARTED.fullmatch(c.strip()))]
    if min(len(dates), len(texts)) < _LEAST or any(d.day > _MONTHS for d in dates):
        return cells
    day_first = all(int(m[1]) > _MONTHS >= int(m[3]) for m in texts)
    if not day_first and not all(int(m[3]) > _MONTHS >= int(m[1]) for m in texts):
        return cells
    told = [
        _day(int(m[4]), int(m[3]), int(m[1])) if day_first else _day(int(m[4]), int(m[1]), int(m[3]))
        for m in texts
    ]
    stands = [_day(d.year, d.month, d.day) for d in dates]
    swapped = [_day(d.year, d.day, d.month) for d in dates]
    if _breaks([*told, *swapped]) >= _breaks([*told, *stands]):
        return cells
    sign = texts[0][2]
    return [_text(c, day_first, sign) if isinstance(c, date) else c for c in cells]


def _day(year: int, month: int, day: int) -> int:
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return 0


def _breaks(days: Sequence[int]) -> int:
    """How many steps between days are not the usual one."""
    steps = Counter(b - a for a, b in pairwise(sorted(set(days))))
    return steps.total() - max(steps.values(), default=0)


def _text(cell: date, day_first: bool, sign: str) -> str:
    """A date as the text that was taken for it; `day_first` in that text."""
    first, second = (cell.month, cell.day) if day_first else (cell.day, cell.month)
    clock = (
        f" {cell:%H:%M:%S}"
        if isinstance(cell, datetime) and (cell.hour or cell.minute or cell.second)
        else ""
    )
    return f"{first:02d}{sign}{second:02d}{sign}{cell.year}{clock}"
