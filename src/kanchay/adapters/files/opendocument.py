"""OpenDocument spreadsheets (.ods): one XML text in a zip."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.grid import MOST_SHEETS, Cells, Grid, Row
from kanchay.adapters.files.markup import DEEPEST, local, walk
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.sheets import read_sheets
from kanchay.adapters.files.spreadsheetml import moment
from kanchay.adapters.files.table import Table

__all__ = ["read_opendocument"]

_SPAN: Final = re.compile(r"PT(\d{1,7})H(\d{1,2})M(\d{1,2})(?:[.,]\d*)?S")
_TEXT: Final = 4000  # characters of a cell
_NUMBERS: Final = ("float", "percentage", "currency")


def read_opendocument(data: bytes, name: str, limits: Limits) -> list[Table]:
    """All tables of the spreadsheet; raises `FileRefused` where it has none or is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = archive.read("content.xml")
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise refuse("truncated", name) from error
    return read_sheets(_sheets(text, name), name, limits)


def _sheets(text: bytes, name: str) -> Iterator[tuple[str, list[Row]]]:
    book = _Book(name)
    for _ in walk(text, name, book):
        yield from book.done
        book.done.clear()


class _Book:
    """Callbacks of the parser: the open sheet and those that are done."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells = Cells(name)
        self.done: list[tuple[str, list[Row]]] = []
        self.title, self.grid = "", Grid(self.cells)
        self.depth = self.n_sheets = 0
        self.given: dict[str, str] = {}  # of the open cell
        self.said: list[str] = []
        self.times = 1  # how often the open row stands
        self.empty = 0  # empty cells that wait for a full one behind them
        self.in_cell = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise refuse("unsafe", self.name)
        given = {local(key): value for key, value in attributes.items()}
        match local(tag):
            case "table":
                self.title, self.grid = given.get("name", "")[:100], Grid(self.cells)
            case "table-row":
                self.times, self.empty = _whole(given, "number-rows-repeated"), 0
            case "table-cell" | "covered-table-cell":
                self.given, self.said, self.in_cell = given, [], True
            case "annotation":  # a remark that hangs on the cell
                self.in_cell = False
            case "p" if self.said and self.in_cell:
                self.said.append(" ")

    def text(self, data: str) -> None:
        if self.in_cell and len(self.said) < _TEXT:
            self.said.append(data[:_TEXT])

    def end(self, tag: str) -> None:
        self.depth -= 1
        match local(tag):
            case "annotation":
                self.in_cell = True
            case "table-cell" | "covered-table-cell":
                self._cell()
            case "table-row":
                self._row()
            case "table" if self.n_sheets < MOST_SHEETS:
                self.n_sheets += 1
                self.done.append((self.title, self.grid.done()))

    def _cell(self) -> None:
        """A cell as often as it stands; empty ones count once a full one follows."""
        self.in_cell = False
        value, times = (
            _value(self.given, "".join(self.said).strip()),
            _whole(self.given, "number-columns-repeated"),
        )
        if value is None:
            self.empty += times
            return
        self.grid.fill(None, self.empty)
        self.grid.fill(value, times)
        self.empty = 0

    def _row(self) -> None:
        """A row as often as it stands; an empty one is kept once."""
        self.grid.end_row()
        self.grid.again(self.times - 1 if self.grid.rows[-1] else 0)


def _whole(given: dict[str, str], key: str) -> int:
    """A whole number among attributes; 1 where there is none."""
    text = given.get(key, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def _value(given: dict[str, str], said: str) -> Any:
    """What a cell holds; None where it is empty."""
    kind = given.get("value-type", "")
    if kind in _NUMBERS:
        try:
            return float(given.get("value", ""))
        except ValueError:
            return said or None
    if kind == "date":
        return moment(given.get("date-value", "")) or said or None
    span = _SPAN.fullmatch(given.get("time-value", "")) if kind == "time" else None
    if span is not None:
        hours, minutes, seconds = map(int, span.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return said or None
