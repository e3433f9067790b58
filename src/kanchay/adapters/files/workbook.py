"""Workbook to tables: every sheet is looked at, and every table of it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice, pairwise
from typing import Any, Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.header import Found, find_table
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.table import Table
from kanchay.adapters.files.typed import typed_column, written
from kanchay.services.progress import report

__all__ = ["read_workbook"]

_HEAD: Final = 400
_MAX_CELLS: Final = 6_000_000
_MAX_SHEETS: Final = 40
_DIGIT: Final = re.compile("[0-9]")
_Row = tuple[Any, ...]
_TOLD: Final = 2000  # rows between two words of progress


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows with a table in them, without columns that nothing stands in; its columns are not made yet."""

    rows: Sequence[_Row]
    found: Found

    @property
    def has_header(self) -> bool:
        return self.found.header_row is not None


def _damaged() -> tuple[type[Exception], ...]:
    """What a damaged workbook raises depends on where it is cut; all of it means the same."""
    from openpyxl.utils.exceptions import InvalidFileException

    return (
        zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError, TypeError, AttributeError, IndexError,
        SyntaxError, InvalidFileException,
    )  # fmt: skip


def _sheet_rows(sheet: Any, name: str, most: int) -> tuple[list[_Row], int]:
    """Values of a sheet, trailing empty rows left out, and how many cells of the most are left."""
    sheet.reset_dimensions()
    rows: list[_Row] = []
    last = 0
    for row in islice(sheet.iter_rows(values_only=True), 1_048_576):
        if not len(rows) % _TOLD:
            report("rows")
        most -= len(row)
        if most < 0:
            raise refuse("cells", name, limit=f"{_MAX_CELLS:,}")
        rows.append(row)
        if any(v is not None for v in row):
            last = len(rows)
    del rows[last:]
    return rows, most


def read_workbook(data: bytes, name: str, limits: Limits) -> list[Table]:
    """All tables of a workbook; raises `FileRefused` where no sheet has one, or more cells than are taken."""
    tables: list[Table] = []
    filled = False
    for title, rows in _sheets(data, name):
        filled = filled or bool(rows)
        tables += _tables(title, rows, limits)
    if not filled:
        raise refuse("empty", name)
    if not tables:
        raise refuse("no_meter_data", name, what="no sheet has rows with both a time and a number")
    return tables


def _sheets(data: bytes, name: str) -> Iterator[tuple[str, list[_Row]]]:
    """Sheets one after the other: only one of them is in memory as Python objects."""
    import openpyxl

    left = _MAX_CELLS
    damaged = _damaged()
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = book.worksheets[:_MAX_SHEETS]
    except damaged as error:
        raise refuse("truncated", name) from error
    for sheet in sheets:
        try:
            rows, left = _sheet_rows(sheet, name, left)
        except damaged as error:
            raise refuse("truncated", name) from error
        yield sheet.title, rows
    book.close()


def _is_break(row: _Row) -> bool:
    """A row that holds no digit: empty, a title or names."""
    return not any(
        isinstance(v, (int, float, datetime, date, time)) or _DIGIT.search(str(v or "")) for v in row
    )


def _tables(title: str, rows: list[_Row], limits: Limits) -> list[Table]:
    """The tables of a sheet, cut in front of every run of rows without digits."""
    whole = _part(rows, limits)
    parts = _parts(rows, limits)
    if len(parts) < 2 and whole is not None:
        parts = [whole]
    return [_built(title, part) for part in parts]


def _parts(rows: list[_Row], limits: Limits) -> list[_Part]:
    """What of a sheet has a table; rows without one go to the next that has, a part without names to the one before."""
    starts = [i for i, row in enumerate(rows) if _is_break(row) and (i == 0 or not _is_break(rows[i - 1]))]
    inner = [i for i in starts if i]
    if not inner or len(starts) > _MAX_SHEETS:
        return []
    found: list[_Part] = []
    begin = 0
    for low, high in pairwise([0, *inner, len(rows)]):
        part = _part(rows[low:high], limits)
        if part is None:
            continue
        if found and not part.has_header:
            named = _part(rows[begin:high], limits) if begin < low else None
            if named is None or not named.has_header:
                continue
            part = named
        elif begin < low:
            part = _part(rows[begin:high], limits) or part
        found.append(part)
        begin = high
    return found


def _part(rows: Sequence[_Row], limits: Limits) -> _Part | None:
    width = max((len(r) for r in rows), default=0)
    if not rows or width > limits.max_columns:
        return None
    used = [i for i in range(width) if any(len(r) > i and r[i] is not None for r in rows)]
    if len(used) < width or any(len(r) < width for r in rows):
        rows = [tuple(r[i] if i < len(r) else None for i in used) for r in rows]
    spread = range(_HEAD, len(rows), max(1, len(rows) // 200))
    head = [[written(v) for v in row] for row in (*rows[:_HEAD], *(rows[i] for i in spread))]
    found = find_table(head)
    return None if found is None else _Part(rows, found)


def _built(title: str, part: _Part) -> Table:
    """The table of a part, column by column."""
    found, body = part.found, part.rows[part.found.first_row :]
    columns = [
        typed_column(found.names[i], found.types[i], [row[i] for row in body])
        for i in range(min(found.width, len(part.rows[0])))
    ]
    facts = [("sheet", title), ("header", "yes" if found.header_row is not None else "no")]
    if found.header_row:
        facts.append(("lines_above", str(found.header_row)))
    return Table(
        columns, len(body), found.preamble, title, 0, tuple(facts), found.score, found.header_row is not None
    )
