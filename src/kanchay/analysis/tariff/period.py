"""Reading periods: from the day on which the meter is read to the same day of the next month."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

__all__ = ["reading_period"]


def _on(year: int, month: int, day: int) -> date:
    """That day of a month, or its last day where the month is shorter."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def reading_period(billing_day: int, day: date, *, back: int = 0) -> tuple[date, date]:
    """The reading period ``[start, end)`` that a day lies in.

    Parameters
    ----------
    billing_day : int
        Day of the month on which the meter is read and a period starts, 1 to 31. [-]
    day : date
    back : int
        Periods to go back: 1 is the one before. [-]

    Returns
    -------
    (date, date)

    Examples
    --------
    >>> reading_period(5, date(2026, 8, 22))
    (datetime.date(2026, 8, 5), datetime.date(2026, 9, 5))
    >>> reading_period(31, date(2026, 3, 1))
    (datetime.date(2026, 2, 28), datetime.date(2026, 3, 31))
    """
    start = _on(day.year, day.month, billing_day)
    if start > day:
        start = _on(day.year, day.month - 1, billing_day)
    for _ in range(back):
        earlier = start - timedelta(days=1)
        start = _on(earlier.year, earlier.month, billing_day)
        if start > earlier:
            start = _on(earlier.year, earlier.month - 1, billing_day)
    return start, _on(start.year, start.month + 1, billing_day)
