"""Spans: when the rows of a table begin, and when they end where the file says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from kanchay.adapters.files.arrays import strings
from kanchay.adapters.files.cells import split_range
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.roles import Roles
from kanchay.adapters.files.table import Column
from kanchay.adapters.files.times import ParsedTimes, epoch_seconds, parse_times
from kanchay.adapters.files.words import named_offset
from kanchay.domain.interval import DAY

__all__ = ["spans_of"]

_Span = tuple[ParsedTimes | None, ParsedTimes | None]
_QUOTES_SEEN: Final = 2000  # rows in which a formula that only quotes (="2026-05-01") would show


def _joined(columns: tuple[Column, ...]) -> Any:
    """A date and a time column as one text."""
    import pyarrow.compute as pc

    if len(columns) == 1:
        head = columns[0].texts.slice(0, _QUOTES_SEEN)
        quoted = pc.any(pc.match_substring_regex(head, "^(=\"|')")).as_py()
        return columns[0].cleaned() if quoted else columns[0].texts
    return pc.binary_join_element_wise(*(c.cleaned() for c in columns[:2]), " ")


def _read_times(
    columns: tuple[Column, ...], day_first: bool | None, *, daily: bool = False
) -> ParsedTimes | None:
    first = columns[0]
    if first.instants is not None:
        known = np.ones(len(first.instants), bool) if first.known is None else first.known
        offset = np.zeros(len(first.instants), np.int64) if first.aware else None
        return ParsedTimes(first.instants, known, offset, date_only=first.type == "date")
    if first.texts is None:
        return None if first.numbers is None else epoch_seconds(first.numbers)
    return parse_times(_joined(columns), day_first=day_first, daily=daily)


def _ranges(columns: tuple[Column, ...]) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """A column of ``from - to`` cells as two columns."""
    last = columns[-1]
    if last.type != "range" or last.texts is None:
        return columns, ()
    encoded = last.texts.dictionary_encode()
    pairs = [split_range(w.strip()) or (None, None) for w in encoded.dictionary.to_pylist()]
    both = [strings(p[i] for p in pairs).take(encoded.indices) for i in (0, 1)]
    start, end = (Column(last.name, "time", texts=texts) for texts in both)
    return (*columns[:-1], start), (*columns[:-1], end)


def _read_start(columns: tuple[Column, ...], day_first: bool | None, roles: Roles) -> ParsedTimes | None:
    start = _read_times(columns, day_first, daily=bool(roles.slots or roles.hours))
    return None if start is None else _without_day_totals(_on_named_clock(start, columns))


def spans_of(roles: Roles, name: str, day_first: bool | None) -> tuple[ParsedTimes, ParsedTimes | None]:
    """When each row begins, and when it ends; raises `FileRefused` where no begin can be read.

    Ends settle the order of days and months that beginnings leave open: by themselves, or because rows end after they
    begin.
    """
    start_columns, range_end = _ranges(roles.start)
    start = _read_start(start_columns, day_first, roles)
    if start is None or not start.ok.any():
        raise refuse("no_meter_data", name, what=f"the times in '{roles.start[0].name}' cannot be read")
    end_columns = roles.end or range_end
    if not end_columns:
        return start, None
    likelier, *others = _orders(start, day_first)
    first = start if likelier is None else replace(start, open_order="")
    tried: list[_Span] = [(first, _ends_of(first, start_columns, end_columns, likelier))]
    if start.open_order or not _fit(*tried[0]):
        tried += [_tried(start_columns, end_columns, order, roles) for order in others]
    fitting = [(s, e) for s, e in tried if s is not None and e is not None and _fit(s, e)]
    if fitting:
        return _more_forward(fitting, start)
    if all(e is None for _, e in tried):
        return start, None
    told = " and ".join(f"'{columns[0].name}'" for columns in (start_columns, end_columns))
    raise refuse("no_meter_data", name, what=f"most rows do not end after they begin, by {told}")


def _more_forward(
    fitting: Sequence[tuple[ParsedTimes, ParsedTimes]], start: ParsedTimes
) -> tuple[ParsedTimes, ParsedTimes]:
    """Of two orders the one by which more rows end after they begin; where as many do, the likelier, left open."""
    if len(fitting) == 1:
        return fitting[0]
    forward = [_forward(s, e) for s, e in fitting]
    if forward[0] != forward[1]:
        return fitting[forward.index(max(forward))]
    return replace(fitting[0][0], open_order=start.open_order), fitting[0][1]


def _orders(start: ParsedTimes, day_first: bool | None) -> tuple[bool | None, ...]:
    """Orders of day and month to read both columns with: the likelier first, alone where the user told it."""
    if start.order == "ymd":
        return (None,)
    likelier = start.order == "dmy"
    return (likelier,) if day_first is not None else (likelier, not likelier)


def _tried(
    start_columns: tuple[Column, ...], end_columns: tuple[Column, ...], day_first: bool | None, roles: Roles
) -> _Span:
    """Beginnings and ends read with one order of days and months."""
    start = _read_start(start_columns, day_first, roles)
    return start, None if start is None else _ends_of(start, start_columns, end_columns, day_first)


def _ends_of(
    start: ParsedTimes,
    start_columns: tuple[Column, ...],
    end_columns: tuple[Column, ...],
    day_first: bool | None,
) -> ParsedTimes | None:
    """The ends of rows whose beginnings are read."""
    end = _read_times(end_columns, day_first)
    if end is None:
        return None
    end = _on_named_clock(end, end_columns)
    if end_columns[0] is start_columns[0]:  # one date, two clock times: midnight ends the day before
        end = replace(end, wall=np.where(end.wall <= start.wall, end.wall + DAY, end.wall))
    return end


def _forward(start: ParsedTimes, end: ParsedTimes) -> int:
    """How many rows are read whole and end after they begin."""
    return int(((end.instants > start.instants) & start.ok & end.ok).sum())


def _without_day_totals(times: ParsedTimes) -> ParsedTimes:
    """Times without the dates alone among them, where most of those days have their own row at midnight.

    They stand over totals of a day. Where no other row tells the midnight, a program has left out its 00:00.
    """
    if times.dates is None:
        return times
    alone = times.ok & times.dates
    twice = np.isin(times.wall[alone], times.wall[times.ok & ~times.dates])
    return replace(times, ok=times.ok & ~alone) if twice.any() and 2 * twice.sum() >= len(twice) else times


def _fit(start: ParsedTimes | None, end: ParsedTimes | None) -> bool:
    """Whether two columns of times can be starts and ends: most rows end after they begin."""
    if start is None or end is None:
        return False
    if (start.offset is None) is not (end.offset is None):
        return True
    return 2 * _forward(start, end) >= int((start.ok & end.ok).sum())


def _on_named_clock(times: ParsedTimes, columns: tuple[Column, ...]) -> ParsedTimes:
    """Times whose column names its clock ("Time (UTC)", "Hora UTC-5") are instants, whatever zone the site is in."""
    offset = next((o for o in (named_offset(c.name) for c in columns) if o is not None), None)
    if offset is None or times.offset is not None:
        return times
    return replace(times, offset=np.full(len(times.wall), offset, dtype=np.int64))
