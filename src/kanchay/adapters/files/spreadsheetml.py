"""Excel 2003 XML (SpreadsheetML): the workbook as one XML text that many portals hand out under the name of .xls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kanchay.adapters.files.container import Limits, size
from kanchay.adapters.files.grid import MOST_SHEETS, Cells, Grid, Row
from kanchay.adapters.files.markup import DEEPEST, local, walk
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.sheets import read_sheets
from kanchay.adapters.files.table import Table

__all__ = ["looks_like_spreadsheetml", "moment", "read_spreadsheetml"]

_ROOT: Final = re.compile(rb"<(?:\w+:)?Workbook\b")
_SPACE: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_TEXT: Final = 4000  # characters of a cell
_ORIGIN: Final = datetime(1899, 12, 31, tzinfo=UTC)


def looks_like_spreadsheetml(text: bytes) -> bool:
    """Whether a text begins as a workbook of Excel 2003 in XML."""
    head = text[:8192]
    return _SPACE in head and _ROOT.search(head) is not None


def read_spreadsheetml(text: bytes, name: str, limits: Limits) -> list[Table]:
    """All tables of the workbook; raises `FileRefused` where it has none, is damaged, too large or not safe."""
    if len(text) > limits.max_workbook:
        raise refuse("too_large", name, size=size(len(text)), limit=size(limits.max_workbook))
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
        self.depth = self.n_sheets = 0
        self.title, self.grid = "", Grid(self.cells)
        self.place: dict[str, int] = {}  # of the open cell: column and spans
        self.kind, self.said = "", ""
        self.in_data = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise refuse("unsafe", self.name)
        given = {local(key): value for key, value in attributes.items()}
        match local(tag):
            case "Worksheet":
                self.title, self.grid = given.get("Name", "")[:100], Grid(self.cells)
            case "Row" if _whole(given, "Index"):
                self.grid.skip_to(_whole(given, "Index") - 1)
            case "Cell":
                self.place = {key: _whole(given, key) for key in ("Index", "MergeAcross", "MergeDown")}
                self.kind, self.said = "", ""
            case "Data":
                self.kind, self.in_data = given.get("Type", "String"), True

    def text(self, data: str) -> None:
        if self.in_data and len(self.said) < _TEXT:
            self.said += data[:_TEXT]

    def end(self, tag: str) -> None:
        self.depth -= 1
        match local(tag):
            case "Data":
                self.in_data = False
            case "Cell":
                index = self.place.get("Index", 0)
                self.grid.put(
                    _value(self.kind, self.said.strip()),
                    at=index - 1 if index else None,
                    wide=1 + self.place.get("MergeAcross", 0),
                    high=1 + self.place.get("MergeDown", 0),
                )
            case "Row":
                self.grid.end_row()
            case "Worksheet" if self.n_sheets < MOST_SHEETS:
                self.n_sheets += 1
                self.done.append((self.title, self.grid.done()))


def _whole(given: dict[str, str], key: str) -> int:
    """A whole number among attributes; 0 where there is none."""
    text = given.get(key, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _value(kind: str, said: str) -> Any:
    """What a cell holds; None where it is empty or an error of a formula."""
    if not said or kind == "Error":
        return None
    if kind == "Number":
        try:
            return float(said)
        except ValueError:
            return said
    return (moment(said) or said) if kind == "DateTime" else said


def moment(said: str) -> Any:
    """A moment as ISO writes it; a time of day or a span where it lies on the day before all days of a workbook."""
    try:
        found = datetime.fromisoformat(said).replace(tzinfo=UTC)
    except ValueError:
        return None
    if found < _ORIGIN + timedelta(days=2):
        return found - _ORIGIN
    return found.replace(tzinfo=None)
