"""Reading calendars, seasons and schedules of a tariff document."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Final

from kanchay.analysis.tariff.document import Node
from kanchay.analysis.tariff.parse_source import read_source
from kanchay.domain.schedule import EVERY_DAY, HOLIDAY, Block, Calendar, MonthDay, Schedule, Season, Window

__all__ = ["read_calendar", "read_schedule", "read_season"]

_NAMES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
_SETS: Final = {
    "all": EVERY_DAY,
    "weekdays": frozenset(range(5)),
    "weekends": frozenset({5, 6}),
    "holidays": frozenset({HOLIDAY}),
}
_MONTH_DAY: Final = re.compile(r"([0-9]{2})-([0-9]{2})")
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
_LEAP_YEAR: Final = 2000  # has every day that a year may have


def read_calendar(node: Node) -> Calendar:
    """Whose public holidays count, and extra ones.

    Parameters
    ----------
    node : Node
        ``calendar`` of a tariff file; nothing there: no holidays.

    Returns
    -------
    Calendar
    """
    if not node:
        return Calendar()
    node.known("holidays", "subdivision", "extra")
    extra = tuple(day for n in node["extra"].items() if (day := n.day()) is not None)
    return Calendar(
        node["holidays"].text(needed=False) or None, node["subdivision"].text(needed=False) or None, extra
    )


def read_season(node: Node) -> Season:
    """A season such as ``{id: summer, spans: [["06-01", "09-30"]]}``.

    Parameters
    ----------
    node : Node
        A member of ``seasons``; mistakes are noted there.

    Returns
    -------
    Season

    Examples
    --------
    >>> from datetime import date
    >>> read_season(Node({"id": "winter", "spans": [["10-01", "05-31"]]})).holds_on(date(2026, 1, 15))
    True
    """
    node.known("id", "spans")
    spans = []
    for span in node["spans"].items():
        ends = [_month_day(n) for n in span.items()]
        if len(ends) != 2:
            span.wrong('must be a first and a last day such as ["06-01", "09-30"]')
            continue
        spans.append((ends[0], ends[1]))
    if not spans:
        node["spans"].wrong("is empty")
    return Season(node["id"].text(), tuple(spans))


def _month_day(node: Node) -> MonthDay:
    found = _MONTH_DAY.fullmatch(str(node.value))
    month, day = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (1 <= month <= 12 and 1 <= day <= monthrange(_LEAP_YEAR, month)[1]):
        node.wrong("'{value}' is not a day of the year such as \"06-01\"", value=node.value)
        return 1, 1
    return month, day


def read_schedule(node: Node, seasons: frozenset[str]) -> Schedule:
    """Blocks by order: the first whose window holds takes an hour, the last takes the rest.

    Parameters
    ----------
    node : Node
        A member of ``schedules``; mistakes are noted there.
    seasons : frozenset of str
        Ids of the tariff's seasons.

    Returns
    -------
    Schedule
    """
    node.known("id", "blocks", "source")
    blocks = tuple(_block(n, seasons) for n in node["blocks"].items())
    if not blocks:
        node["blocks"].wrong("is empty")
    if any(not b.windows for b in blocks[:-1]) or (blocks and blocks[-1].windows):
        node["blocks"].wrong("must end, and only end, with a block without windows: it takes the rest")
    source = read_source(node["source"]) if node["source"] else None
    return Schedule(node["id"].text(), blocks, source)


def _block(node: Node, seasons: frozenset[str]) -> Block:
    node.known("id", "windows", "name")
    windows = tuple(_window(n, seasons) for n in node["windows"].items())
    return Block(node["id"].text(), windows, node["name"].words())


def _window(node: Node, seasons: frozenset[str]) -> Window:
    node.known("days", "from", "to", "season")
    season = node["season"].text(needed=False)
    if season and season not in seasons:
        node["season"].wrong("'{value}' is not in 'seasons'", value=season)
    return Window(_clock(node["from"], "00:00"), _clock(node["to"], "24:00"), _days(node["days"]), season)


def _clock(node: Node, default: str) -> int:
    text = node.text(needed=False, default=default)
    found = _CLOCK.fullmatch(text)
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 if found else 0
    if not found or seconds > 86400:
        node.wrong("'{value}' is not a time such as \"18:00\" (24 hours, in quotes)", value=text)
    return seconds


def _days(node: Node) -> frozenset[int]:
    """Day classes: a word such as ``weekdays``, or a list of words and names of days."""
    if not node:
        return EVERY_DAY
    words = list(node.items()) if isinstance(node.value, list) else [node]
    named = [n.value for n in words if n.one_of((*_SETS, *_NAMES))]
    return frozenset().union(*(_SETS.get(w) or {_NAMES.index(w)} for w in named))
