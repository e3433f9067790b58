"""How many days, months or years a period is, for prices that are for a time."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal

from kanchay.domain.charges import Per

__all__ = ["times"]


def times(per: Per, start: date, end: date) -> Decimal:
    """How often a price for a day, month or year is due in ``[start, end)``.

    Parameters
    ----------
    per : Per
        What the price is for.
    start, end : date
        Half-open days.

    Returns
    -------
    Decimal
        1 for a price a period. Months and years are those of the calendar: 15 days of April are half a
        month. [-]

    Examples
    --------
    >>> april = date(2026, 4, 1), date(2026, 4, 16)
    >>> [str(times(per, *april)) for per in (Per.PERIOD, Per.DAY, Per.MONTH)]
    ['1', '15', '0.5']
    """
    if per is Per.PERIOD:
        return Decimal(1)
    if per is Per.DAY:
        return Decimal((end - start).days)
    total, day = Decimal(0), start
    while day < end:
        length, after = _span(per, day)
        total += Decimal((min(after, end) - day).days) / length
        day = after
    return total


def _span(per: Per, day: date) -> tuple[int, date]:
    """Days of the month or year of a day, and the first day after it."""
    if per is Per.YEAR:
        return 366 if calendar.isleap(day.year) else 365, date(day.year + 1, 1, 1)
    length = calendar.monthrange(day.year, day.month)[1]
    return length, date(day.year + day.month // 12, day.month % 12 + 1, 1)
