"""NEM12 and NEM13: what Australian market participants exchange, intervals of a day a row and register periods.

Times are market time, ten hours ahead of UTC all year, whatever clock hangs at the site. Suffixes of a register tell
the way energy flows: E and Q to the customer, B and K to the grid.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import numpy as np

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.statement import Stated, Statement, TextFormat
from kanchay.adapters.files.refusal import refuse
from kanchay.domain.errors import UnitError
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import unit
from kanchay.services.progress import report

__all__ = ["FORMAT"]

_TITLE: Final = "NEM12 or NEM13 (Australian meter data)"
_MARKET: Final = 10 * 3600  # market time is UTC+10, without summer time
_WAYS: Final = {"E": Direction.IMPORT, "Q": Direction.IMPORT, "B": Direction.EXPORT, "K": Direction.EXPORT}
_SIDES: Final = {"E": Direction.IMPORT, "I": Direction.EXPORT}  # seen from the market: E leaves the grid
_TOLD: Final = 1000  # lines between two words of progress
_LENGTHS: Final = ("1", "5", "10", "15", "30", "60")

Row = list[str]


@dataclass(slots=True)
class _Rows:
    """What one row tells: intervals of one length from a start on, and which of them are no measurement."""

    updated: str
    start: int
    step: int
    values: np.ndarray
    flags: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        return self.start + self.step * np.arange(len(self.values), dtype=np.int64)


@dataclass(slots=True)
class _Register:
    """Rows of one register of one connection point, as they come."""

    unit: str
    way: Direction | None
    rows: list[_Rows] = field(default_factory=list)


def _begins(head: bytes) -> bool:
    return re.match(rb'\s*"?100"?,"?NEM1[23]\b', head) is not None


def _moment(text: str, name: str) -> int:
    """UTC seconds of a date or moment written as digits."""
    form = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(text), "")
    try:
        moment = datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError as error:
        raise refuse("contradicts", name, title=_TITLE, what=f"'{text}' is no date of it") from error
    return int(moment.timestamp()) - _MARKET


def _cell(row: Row, at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _floats(cells: Row, name: str) -> np.ndarray:
    try:
        values = np.array([float(c) if c.strip() else np.nan for c in cells])
    except ValueError as error:
        raise refuse("contradicts", name, title=_TITLE, what="one of its values is no number") from error
    return np.where(np.isfinite(values), values, np.nan)


def _guessed(quality: str) -> bool:
    """Estimates, substitutes and final substitutes are no measurement."""
    return quality[:1] in ("E", "F", "S")


def _day(row: Row, minutes: int, name: str) -> tuple[int, np.ndarray, str]:
    """Start, values and quality of a row of intervals."""
    n = 1440 // minutes
    quality = _cell(row, 2 + n)
    if quality[:1] not in tuple("AEFNSV"):
        what = f"the row of {_cell(row, 1)} does not hold the {n} values of a day and a quality"
        raise refuse("contradicts", name, title=_TITLE, what=what)
    values = _floats(row[2 : 2 + n], name)
    return _moment(_cell(row, 1), name), np.where(quality[:1] == "N", np.nan, values), quality


class _Reader:
    """Walks the rows of a file; what a row says counts until the next of its kind."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.registers: dict[str, _Register] = {}
        self.current: tuple[_Register, int] | None = None  # NEM12: register and minutes
        self.unread: dict[str, int] = defaultdict(int)
        self.n_rows = 0

    def row(self, row: Row) -> None:
        kind = _cell(row, 0)
        self.n_rows += kind in ("250", "300")
        if kind == "200":
            self._begin(row)
        elif kind == "250":
            self._period(row)
        elif kind == "300":
            self._intervals(row)
        elif kind == "400":
            self._ranges(row)
        elif kind not in ("100", "500", "550", "900", ""):
            self.unread[kind[:20]] += 1

    def _register(self, row: Row, symbol: str, way: Direction | None) -> _Register:
        key = f"{_cell(row, 1)} {_cell(row, 4)}".strip()
        found = self.registers.setdefault(key, _Register(symbol, way))
        if found.unit.upper() != symbol.upper():
            what = f"register {key} is counted in {found.unit} and in {symbol}"
            raise refuse("contradicts", self.name, title=_TITLE, what=what)
        return found

    def _begin(self, row: Row) -> None:
        if _cell(row, 8) not in _LENGTHS:
            what = f"an interval of '{_cell(row, 8)}' minutes is not one of it"
            raise refuse("contradicts", self.name, title=_TITLE, what=what)
        way = _WAYS.get(_cell(row, 4)[:1].upper())
        self.current = self._register(row, _cell(row, 7), way), int(_cell(row, 8))

    def _intervals(self, row: Row) -> None:
        if self.current is None:
            raise refuse("contradicts", self.name, title=_TITLE, what="values come before their register")
        register, minutes = self.current
        midnight, values, quality = _day(row, minutes, self.name)
        flags = np.full(len(values), _guessed(quality))
        register.rows.append(_Rows(_cell(row, 5 + len(values)), midnight, minutes * 60, values, flags))

    def _ranges(self, row: Row) -> None:
        """A row of qualities for part of the day before it."""
        if self.current is None or not self.current[0].rows:
            return
        day = self.current[0].rows[-1]
        first, last, quality = _cell(row, 1), _cell(row, 2), _cell(row, 3)
        if first.isdecimal() and last.isdecimal():
            part = slice(max(int(first) - 1, 0), int(last))
            day.flags[part] = _guessed(quality)
            if quality.startswith("N"):
                day.values[part] = np.nan

    def _period(self, row: Row) -> None:
        """A row of NEM13: what a register counted from one reading to the next."""
        way = _SIDES.get(_cell(row, 7).upper())
        suffix = _WAYS.get(_cell(row, 4)[:1].upper())
        if way is not None and suffix is not None and way is not suffix:
            what = f"register {_cell(row, 4)} and its direction '{_cell(row, 7)}' tell different ways"
            raise refuse("contradicts", self.name, title=_TITLE, what=what)
        register = self._register(row, _cell(row, 19), way or suffix)
        start, end = (_moment(_cell(row, at), self.name) for at in (9, 14))
        if end <= start:
            raise refuse("contradicts", self.name, title=_TITLE, what="a period ends before it begins")
        guessed = _guessed(_cell(row, 15)) or _guessed(_cell(row, 10))
        values = _floats([_cell(row, 18)], self.name)
        register.rows.append(_Rows(_cell(row, 21), start, end - start, values, np.array([guessed])))


def _stated(key: str, register: _Register) -> Stated | None:
    """A register as a series; later updates of a day come last and so win. None for units of no quantity of ours."""
    try:
        found = unit(register.unit)
    except UnitError:
        return None
    if not register.rows:
        return None
    rows = sorted(register.rows, key=lambda r: r.updated)
    start = np.concatenate([r.starts for r in rows])
    end = start + np.repeat([r.step for r in rows], [len(r.values) for r in rows])
    values, flags = (np.concatenate(parts) for parts in ([r.values for r in rows], [r.flags for r in rows]))
    register.rows.clear()  # a file of many registers is held once, not twice
    reason = f"direction: suffix {key.rpartition(' ')[2]}" if register.way else ""
    return Stated(
        key, found.quantity, found.symbol, register.way, Kind.INTERVAL, start, values,
        end, flags, column=key, evidence=tuple(e for e in (f"unit: {register.unit}", reason) if e),
    )  # fmt: skip


def _lines(text: bytes) -> Iterator[str]:
    """The lines one by one: the text of millions of values is not held once more as lines."""
    mended = text if b"\n" in text else text.replace(b"\r", b"\n")
    stream = io.BytesIO(mended)
    for number, line in enumerate(stream):
        if not number % _TOLD:
            report("rows", stream.tell() / len(mended))
        yield line.decode("utf-8", errors="replace")


def _read(text: bytes, name: str, limits: Limits) -> Statement:
    """The registers of a file; raises `FileRefused` where a row contradicts the format."""
    reader = _Reader(name)
    try:
        for row in csv.reader(_lines(text)):
            reader.row(row)
    except csv.Error as error:
        raise refuse("truncated", name) from error
    read = {key: _stated(key, register) for key, register in reader.registers.items()}
    left_out = tuple(("left_out", f"{k} ({reader.registers[k].unit})") for k, s in read.items() if s is None)
    unread = tuple(("rows_unread", f"{kind}: {n}") for kind, n in reader.unread.items())
    series = tuple(s for s in read.values() if s is not None)
    return Statement(
        series, reader.n_rows, "Australia/Brisbane", (("clock", "market_time"), *left_out, *unread)
    )


FORMAT: Final = TextFormat(
    "nem",
    _TITLE,
    _begins,
    _read,
    "AEMO, Meter Data File Format specification NEM12 and NEM13",
)
