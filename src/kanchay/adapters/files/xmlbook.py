"""Workbooks in XML: what their dialects share. Sheets are handed over as they end, cells stand in their places."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kanchay.adapters.files.grid import MOST_SHEETS, Cells, Grid, Row
from kanchay.adapters.files.markup import DEEPEST, local, walk
from kanchay.adapters.files.refusal import refuse

__all__ = ["XmlBook", "moment", "sheets_of"]

_TEXT: Final = 4000  # characters of a cell
_ORIGIN: Final = datetime(1899, 12, 31, tzinfo=UTC)


class XmlBook(ABC):
    """Callbacks of the parser: the open sheet and those that are done; a dialect tells what its tags mean."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done: list[tuple[str, list[Row]]] = []
        self.said = ""  # in the open cell
        self.listens = False  # whether what comes is said in a cell
        self._cells = Cells(name)
        self._title, self.grid = "", Grid(self._cells)
        self._depth = self._n_sheets = 0

    @abstractmethod
    def begins(self, tag: str, given: dict[str, str]) -> None:
        """An element begins, with its attributes; names are without their namespace."""

    @abstractmethod
    def ends(self, tag: str) -> None:
        """An element ends."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise refuse("unsafe", self.name)
        self.begins(local(tag), {local(key): value for key, value in attributes.items()})

    def text(self, data: str) -> None:
        if self.listens and len(self.said) < _TEXT:
            self.said += data[:_TEXT]

    def end(self, tag: str) -> None:
        self._depth -= 1
        self.ends(local(tag))

    def open_sheet(self, title: str) -> None:
        self._title, self.grid = title[:100], Grid(self._cells)

    def close_sheet(self) -> None:
        if self._n_sheets < MOST_SHEETS:
            self._n_sheets += 1
            self.done.append((self._title, self.grid.done()))


def sheets_of(text: bytes, book: XmlBook) -> Iterator[tuple[str, list[Row]]]:
    """Every sheet of a workbook with its title, one after the other."""
    for _ in walk(text, book.name, book):
        yield from book.done
        book.done.clear()


def moment(said: str) -> Any:
    """A moment as ISO writes it; a time of day or a span where it lies on the day before all days of a workbook."""
    try:
        found = datetime.fromisoformat(said).replace(tzinfo=UTC)
    except ValueError:
        return None
    if found < _ORIGIN + timedelta(days=2):
        return found - _ORIGIN
    return found.replace(tzinfo=None)
