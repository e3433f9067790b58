"""Grid: the cells of a sheet put in their places one by one; jumps and spans are counted, and bounded with them."""

from __future__ import annotations

from typing import Any, Final

from kanchay.adapters.files.refusal import refuse
from kanchay.services.progress import report

__all__ = ["MOST_CELLS", "MOST_SHEETS", "Cells", "Grid", "Row", "trimmed", "whole"]

Row = tuple[Any, ...]
MOST_CELLS: Final = 6_000_000
MOST_SHEETS: Final = 40
_MOST_COLUMNS: Final = 16_384
_MOST_ROWS: Final = 1_048_576
_TOLD: Final = 2000  # rows between two words of progress


class Cells:
    """How many cells of a workbook may still come; raises `FileRefused` when there are more."""

    def __init__(self, name: str, most: int | None = None) -> None:
        self.name = name
        self.most = MOST_CELLS if most is None else most
        self.left = self.most

    def take(self, n: int) -> None:
        self.left -= n
        if self.left < 0:
            raise refuse("cells", self.name, limit=f"{self.most:,}")


class Grid:
    """Rows of one sheet. A cell that spans rows stands in each of them, one that spans columns in the first."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.rows: list[Row] = []
        self._row: list[Any] = []
        self._held: dict[
            int, tuple[Any, int]
        ] = {}  # column to a value of a row above and the rows it still spans

    def put(self, value: Any, *, at: int | None = None, wide: int = 1, high: int = 1) -> None:
        """A cell in the next free place of the row, or in column `at`, counted from 0."""
        place = len(self._row) if at is None else min(max(at, len(self._row)), _MOST_COLUMNS)
        while at is None and place in self._held:
            place += 1
        wide = min(max(wide, 1), _MOST_COLUMNS)
        self._cells.take(place + wide - len(self._row))
        self._row += [None] * (place - len(self._row))
        self._row += [value] + [None] * (wide - 1)
        if high > 1:
            self._cells.take(wide)
            self._held |= {place + i: (value if i == 0 else None, min(high, _MOST_ROWS)) for i in range(wide)}

    def fill(self, value: Any, times: int) -> None:
        """The same cell several times beside each other."""
        self._cells.take(times)
        self._row += [value] * times

    def again(self, times: int) -> None:
        """The last row some more times."""
        self._cells.take(times * max(1, len(self.rows[-1])))
        self.rows += [self.rows[-1]] * times

    def end_row(self) -> None:
        """The row is full."""
        if not len(self.rows) % _TOLD:
            report("rows")
        self._cells.take(1 + len(self._held))
        for column, (value, left) in sorted(self._held.items()):
            if column >= len(self._row):
                self._cells.take(column + 1 - len(self._row))
                self._row += [None] * (column + 1 - len(self._row))
            if self._row[column] is None:
                self._row[column] = value
            if left > 1:
                self._held[column] = (value, left - 1)
            else:
                del self._held[column]
        self.rows.append(tuple(self._row))
        self._row = []

    def skip_to(self, row: int) -> None:
        """Empty rows up to that one, counted from 0."""
        row = min(row, _MOST_ROWS)
        self._cells.take(max(0, row - len(self.rows)))
        self.rows += [()] * (row - len(self.rows))

    def done(self) -> list[Row]:
        """All rows but the empty ones at the end."""
        return trimmed(self.rows)


def trimmed(rows: list[Row]) -> list[Row]:
    """Rows without the empty ones at the end."""
    last = next((i for i in range(len(rows), 0, -1) if any(v is not None for v in rows[i - 1])), 0)
    return rows[:last]


def whole(text: str, *, otherwise: int, digits: int = 7) -> int:
    """A count or a place that an attribute tells; another number where it is none, or longer than any is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else otherwise
