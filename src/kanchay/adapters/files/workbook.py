"""Workbook to tables: every sheet is looked at, and every table of it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time
from itertools import islice, pairwise
from typing import Any, Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.header import find_table
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.table import Table
from kanchay.adapters.files.typed import typed_column, written

__all__ = ["read_workbook"]

_HEAD: Final = 400
_MAX_CELLS: Final = 6_000_000
_MAX_SHEETS: Final = 40
_DIGIT: Final = re.compile("[0-9]")


def _sheet_rows(sheet: Any) -> list[tuple[Any, ...]]:
    """Values of a sheet, within bounds, trailing empty rows left out."""
    sheet.reset_dimensions()
    rows: list[tuple[Any, ...]] = []
    cells = last = 0
    for row in islice(sheet.iter_rows(values_only=True), 1_048_576):
        cells += len(row)
        if cells > _MAX_CELLS:
            break
        rows.append(row)
        if any(v is not None for v in row):
            last = len(rows)
    return rows[:last]


def read_workbook(data: bytes, name: str, limits: Limits) -> list[Table]:
    """All tables of a workbook; raises `FileRefused` where no sheet has one."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    # What a damaged workbook raises depends on where it is cut; all of it means the same.
    damaged = (
        zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError, TypeError, AttributeError, IndexError,
        SyntaxError, InvalidFileException,
    )  # fmt: skip
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [(s.title, _sheet_rows(s)) for s in book.worksheets[:_MAX_SHEETS]]
        book.close()
    except damaged as error:
        raise refuse("truncated", name) from error
    if not any(rows for _, rows in sheets):
        raise refuse("empty", name)
    tables = [t for title, rows in sheets for t in _tables(title, rows, limits)]
    if not tables:
        raise refuse("no_meter_data", name, what="no sheet has rows with both a time and a number")
    return tables


def _is_break(row: tuple[Any, ...]) -> bool:
    """A row that holds no digit: empty, a title or names."""
    return not any(
        isinstance(v, (int, float, datetime, date, time)) or _DIGIT.search(str(v or "")) for v in row
    )


def _tables(title: str, rows: list[tuple[Any, ...]], limits: Limits) -> list[Table]:
    """The tables of a sheet, cut in front of every run of rows without digits."""
    starts = [i for i, row in enumerate(rows) if _is_break(row) and (i == 0 or not _is_break(rows[i - 1]))]
    edges = [0, *(i for i in starts if i), len(rows)] if len(starts) <= _MAX_SHEETS else [0, len(rows)]
    found: list[Table] = []
    begin = 0
    for low, high in pairwise(edges):
        table = _table(title, rows[low:high], limits)
        if table is None:
            continue
        if found and not table.has_header:
            named = _table(title, rows[begin:high], limits) if begin < low else None
            if named is None or not named.has_header:
                continue
            table = named
        elif begin < low:
            table = _table(title, rows[begin:high], limits) or table
        found.append(table)
        begin = high
    whole = _table(title, rows, limits)
    return found if len(found) > 1 or whole is None else [whole]


def _table(title: str, rows: list[tuple[Any, ...]], limits: Limits) -> Table | None:
    width = max((len(r) for r in rows), default=0)
    if not rows or width > limits.max_columns:
        return None
    used = [i for i in range(width) if any(len(r) > i and r[i] is not None for r in rows)]
    padded = [tuple(r[i] if i < len(r) else None for i in used) for r in rows]
    spread = range(_HEAD, len(padded), max(1, len(padded) // 200))
    head = [[written(v) for v in row] for row in (*padded[:_HEAD], *(padded[i] for i in spread))]
    found = find_table(head)
    if found is None:
        return None
    body = padded[found.first_row :]
    columns = [
        typed_column(found.names[i], found.types[i], [row[i] for row in body])
        for i in range(min(found.width, len(used)))
    ]
    facts = [("sheet", title), ("header", "yes" if found.header_row is not None else "no")]
    if found.header_row:
        facts.append(("lines_above", str(found.header_row)))
    return Table(
        columns, len(body), found.preamble, title, 0, tuple(facts), found.score, found.header_row is not None
    )
