"""The local clock as Green Button tells it: the offset of standard time and two rules of summer time."""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.domain.interval import DAY, HOUR, to_datetime, utc_offset

__all__ = ["local_time"]

_NEVER: Final = "FFFFFFFF"  # no rule
_SUNDAY: Final = 7


def local_time(tz: str, at: int) -> str:
    """``LocalTimeParameters`` of a zone, by the rules of the year before `at`."""
    hours = np.arange(at - 365 * DAY, at, HOUR) // HOUR * HOUR
    offsets = utc_offset(hours, tz)
    standard = int(offsets.min())
    ahead = int(offsets.max()) - standard
    into, out = _first(np.diff(offsets) > 0), _first(np.diff(offsets) < 0)
    both = ahead > 0 and into is not None and out is not None
    start = _rule(int(hours[into]) + HOUR, int(offsets[into])) if both and into is not None else _NEVER
    end = _rule(int(hours[out]) + HOUR, int(offsets[out])) if both and out is not None else _NEVER
    told = {
        "dstEndRule": end,
        "dstOffset": ahead if both else 0,
        "dstStartRule": start,
        "tzOffset": standard if both else int(offsets[-1]),
    }
    inside = "".join(f"<{tag}>{value}</{tag}>" for tag, value in told.items())
    return f'<LocalTimeParameters xmlns="http://naesb.org/espi">{inside}</LocalTimeParameters>'


def _first(changes: np.ndarray) -> int | None:
    return int(changes.argmax()) if changes.any() else None


def _rule(change: int, offset: int) -> str:
    """Month, week, weekday and hour of a change on the clock that ends there, in the bits of ``DstRuleType``.

    From the right: 12 bits of seconds, 5 of the hour, 3 of the weekday (Sunday is 7), 5 of the day (none), 3 of the week
    (2 is the first of the month, 7 the last), 4 of the month.
    """
    clock = to_datetime(change + offset)
    week = 2 + (clock.day - 1) // 7
    week = (
        _SUNDAY if week > 4 else week
    )  # a fourth is the last one in some years: rules that say "last" are the common ones
    bits = clock.month << 28 | week << 25 | clock.isoweekday() << 17 | clock.hour << 12
    return f"{bits + clock.minute * 60:08X}"
