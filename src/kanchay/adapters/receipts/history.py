"""The months before: a row of months over a row of kWh, or a month and its kWh in each line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from kanchay.adapters.receipts.text import NUMBER, TextLine, month_number, number
from kanchay.domain.receipt import MonthUse

__all__ = ["read_history"]

_MONTH: Final = r"\b(ene|feb|mar|abr|may|jun|jul|ago|set|sep|oct|nov|dic)[a-z]*\.?[-/ ']{0,2}(20\d\d|\d\d)\b"
_ROW: Final = re.compile(rf"^{_MONTH}[ :]+({NUMBER})(?: ?kwh)?$")
_FEWEST: Final = 6
_MOST: Final = 14


def read_history(lines: Sequence[TextLine]) -> tuple[tuple[MonthUse, ...], TextLine | None]:
    """The longest history found, oldest month first, and the line in which it begins."""
    rows = [(line, m) for line in lines if (m := _ROW.match(line.folded))]
    listed = [(_month(m[1], m[2]), number(m[3])) for _, m in rows]
    across = _across(lines)
    bars = _clean(listed)
    if len(bars) >= max(_FEWEST, len(across[0])):
        return bars, rows[0][0]
    return across


def _across(lines: Sequence[TextLine]) -> tuple[tuple[MonthUse, ...], TextLine | None]:
    """Months in one line, their kWh in the next or the one before."""
    for i, line in enumerate(lines):
        months = [_month(m[1], m[2]) for m in re.finditer(_MONTH, line.folded)]
        if not _FEWEST <= len(months) <= _MOST:
            continue
        for other in (*lines[i + 1 : i + 3], *lines[max(0, i - 1) : i]):
            told = re.sub(r"\bkwh\b|\bconsumo\b", " ", other.folded)
            numbers = re.findall(r"(?<![\d.,])\d{1,6}(?:\.\d+)?(?![\d.,])", told)
            if len(numbers) == len(months):
                bars = _clean(list(zip(months, map(number, numbers), strict=True)))
                if len(bars) == len(months):
                    return bars, line
    return (), None


def _month(word: str, year: str) -> date | None:
    month = month_number(word)
    return date(int(year) + (2000 if len(year) == 2 else 0), month, 1) if month else None


def _clean(told: Sequence[tuple[date | None, Decimal | None]]) -> tuple[MonthUse, ...]:
    """Each month once, in order."""
    bars = {month: kwh for month, kwh in told if month is not None and kwh is not None}
    return tuple(MonthUse(month, bars[month]) for month in sorted(bars))[-_MOST:]
