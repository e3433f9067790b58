"""OpenDocument spreadsheets (.ods): one XML text in a zip."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import timedelta
from typing import Any, Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.grid import whole
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.sheets import read_sheets
from kanchay.adapters.files.table import Table
from kanchay.adapters.files.xmlbook import XmlBook, moment, sheets_of

__all__ = ["read_opendocument"]

_SPAN: Final = re.compile(r"PT(\d{1,7})H(\d{1,2})M(\d{1,2})(?:[.,]\d*)?S")
_NUMBERS: Final = ("float", "percentage", "currency")


def read_opendocument(data: bytes, name: str, limits: Limits) -> list[Table]:
    """All tables of the spreadsheet; raises `FileRefused` where it has none or is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = archive.read("content.xml")
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise refuse("truncated", name) from error
    return read_sheets(sheets_of(text, _Book(name)), name, limits)


class _Book(XmlBook):
    """Rows and cells that say how often they stand."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.given: dict[str, str] = {}  # of the open cell
        self.times = 1  # how often the open row stands
        self.empty = 0  # empty cells that wait for a full one behind them

    def begins(self, tag: str, given: dict[str, str]) -> None:
        match tag:
            case "table":
                self.open_sheet(given.get("name", ""))
            case "table-row":
                self.times, self.empty = _times(given, "number-rows-repeated"), 0
            case "table-cell" | "covered-table-cell":
                self.given, self.said, self.listens = given, "", True
            case "annotation":  # a remark that hangs on the cell
                self.listens = False
            case "p" if self.said and self.listens:
                self.said += " "

    def ends(self, tag: str) -> None:
        match tag:
            case "annotation":
                self.listens = True
            case "table-cell" | "covered-table-cell":
                self._cell()
            case "table-row":
                self._row()
            case "table":
                self.close_sheet()

    def _cell(self) -> None:
        """A cell as often as it stands; empty ones count once a full one follows."""
        self.listens = False
        value, times = _value(self.given, self.said.strip()), _times(self.given, "number-columns-repeated")
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


def _times(given: dict[str, str], key: str) -> int:
    """How often something stands; once where nothing tells it."""
    return whole(given.get(key, ""), otherwise=1)


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
