"""The zone that the local time parameters of a Green Button feed describe: an offset and two rules of summer time."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.markup import Element
from kanchay.domain.interval import HOUR

__all__ = ["zone_of"]

# Summer time by month and week of both changes, then by offset: one zone of those that keep the same clock.
_NORTH_AMERICA: Final = ((3, 3), (11, 2))  # second Sunday of March, first of November
_EUROPE: Final = ((3, 7), (10, 7))  # last Sundays
_NONE: Final = ()
_ZONES: Final = {
    _NORTH_AMERICA: {
        -12600: "America/St_Johns", -14400: "America/Halifax", -18000: "America/New_York", -21600: "America/Chicago",
        -25200: "America/Denver", -28800: "America/Los_Angeles", -32400: "America/Anchorage",
    },
    _EUROPE: {0: "Europe/London", 3600: "Europe/Berlin", 7200: "Europe/Helsinki"},
    _NONE: {
        -14400: "America/Puerto_Rico", -18000: "America/Lima", -21600: "America/Regina", -25200: "America/Phoenix",
        -36000: "Pacific/Honolulu", 0: "UTC",
    },
}  # fmt: skip


def _rule(text: str) -> tuple[int, int] | None:
    """Month and week of a change, from the eight hexadecimal digits of a rule."""
    try:
        bits = int(text, 16)
    except ValueError:
        return None
    month, week = bits >> 28 & 0xF, bits >> 25 & 0x7
    return (month, week) if month else None


def zone_of(said: Element) -> str:
    """A zone that keeps this clock; "" where none of ours does.

    Examples
    --------
    >>> rules = [Element("dstStartRule", text="360E2000"), Element("dstEndRule", text="B40E2000")]
    >>> zone_of(Element("LocalTimeParameters", children=[*rules, Element("tzOffset", text="-25200")]))
    'America/Denver'
    """
    offset, summer = said.number("tzOffset"), said.number("dstOffset")
    if offset is None:
        return ""
    start, end = _rule(said.said("dstStartRule")), _rule(said.said("dstEndRule"))
    changes = (start, end) if summer == HOUR and start and end else _NONE
    return _ZONES.get(changes, {}).get(offset, "")
