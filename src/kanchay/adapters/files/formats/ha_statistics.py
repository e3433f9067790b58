"""Long-term statistics of Home Assistant, as its integration *Import Statistics* and our export write them.

A row stands for an hour by its start. `sum` is the counter at the end of that hour, `mean` the mean over it; `state` is
what the sensor showed, which starts again where `sum` goes on, so it stays out.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import numpy as np

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.gather import Gathered, Means, number_of
from kanchay.adapters.files.formats.statement import Stated, Statement, TextFormat
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.words import direction_words, find_unit, normal
from kanchay.domain.interval import HOUR
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["FORMAT"]

_TITLE: Final = "Home Assistant (long-term statistics)"
_TIMES: Final = ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
_OURS: Final = "kanchay:"
_COUNTED: Final = (Quantity.ELECTRIC_ENERGY, Quantity.GAS, Quantity.WATER)


def _begins(head: bytes) -> bool:
    line = head.splitlines()[0] if head else b""
    cells = re.split(rb"[,;\t]", line.replace(b'"', b""))
    return cells[0] == b"statistic_id" and b"start" in cells and (b"sum" in cells or b"mean" in cells)


def _moment(text: str, name: str) -> tuple[int, bool]:
    """Seconds of a time, and whether it says its offset."""
    for form in ("", *_TIMES):
        try:
            moment = (
                datetime.strptime(text, form).replace(tzinfo=UTC) if form else datetime.fromisoformat(text)
            )
        except ValueError:
            continue
        aware = moment.tzinfo is not None and not form
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()), aware
    raise refuse("contradicts", name, title=_TITLE, what=f"'{text[:30]}' is no time")


def _means(key: str, symbol: str, column: str) -> tuple[Means, float] | None:
    """What a statistic is and the factor to our unit; None for what is no reading of ours."""
    found = find_unit(f"({symbol})")
    if found is None:
        return None
    quantity = Quantity.WATER if found.quantity is Quantity.GAS and "water" in key else found.quantity
    if column == "mean":
        kind = Kind.INTERVAL if quantity is Quantity.POWER else Kind.INSTANTANEOUS
        return Means(quantity, found.symbol, _way(key), kind), 1.0
    factor = found.factor if quantity is Quantity.WATER else 1.0
    unit = "m3" if quantity is Quantity.WATER else found.symbol
    return (Means(quantity, unit, _way(key), Kind.CUMULATIVE), factor) if quantity in _COUNTED else None


def _way(key: str) -> Direction | None:
    told = direction_words(normal(key.partition(":")[2] or key.partition(".")[2]))
    return max(told, key=lambda d: d[1])[0] if told else None


def _by_the_hour(stated: Stated) -> Stated:
    """A counter that we wrote as the hours it counts: it stands still over what was never read."""
    if not stated.name.startswith(_OURS) or stated.kind is not Kind.CUMULATIVE or len(stated.start) < 2:
        return stated
    order = np.argsort(stated.start, kind="stable")
    ends, counter = stated.start[order][1:], stated.values[order]
    hours = np.round(np.diff(counter), 6)  # as finely as we write it
    return replace(stated, kind=Kind.INTERVAL, start=ends - HOUR, end=ends, values=hours)


def _read(text: bytes, name: str, limits: Limits) -> Statement:
    """The counters and means of all statistics; raises `FileRefused` where a row contradicts the format."""
    written = text.decode("utf-8", errors="replace")
    delimiter = next(d for d in ("\t", ";", ",") if d in written.splitlines()[0])
    gathered, n, clocks = Gathered(clock=True), 0, set()
    left_out: dict[str, None] = {}
    for row in csv.DictReader(written.splitlines(), delimiter=delimiter):
        n += 1
        key, column = row["statistic_id"] or "", "sum" if row.get("sum") else "mean"
        cell, found = row.get(column), _means(key, row.get("unit") or "", column)
        if not cell or found is None:
            left_out[f"{key} ({row.get('unit') or 'no unit'})"] = None
            continue
        means, factor = found
        at, aware = _moment((row["start"] or "").strip(), name)
        clocks.add(aware)
        end = at + HOUR
        value = number_of(cell, name, _TITLE, comma=True) * factor
        if column == "sum":
            gathered.add(key, means, end, value, column=column)
        else:
            gathered.add(key, means, at, value, column=column, end=end)
    if len(clocks) > 1:
        raise refuse(
            "contradicts", name, title=_TITLE, what="some of its times say their zone and some do not"
        )
    gathered.clock = clocks == {False}
    return Statement(
        tuple(map(_by_the_hour, gathered.series())), n, "", tuple(("left_out", what) for what in left_out)
    )


FORMAT: Final = TextFormat(
    "home-assistant-statistics",
    _TITLE,
    _begins,
    _read,
    "Home Assistant integration Import Statistics, file layout",
)
