"""Workbook to table: every sheet is looked at, the best table wins."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

import numpy as np

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.evidence import Alternative, best
from kanchay.adapters.files.header import find_table
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.table import Column, Table

__all__ = ["read_workbook"]

_HEAD: Final = 400
_MAX_CELLS: Final = 6_000_000
_MAX_SHEETS: Final = 40
_SHEET_ROWS: Final = 24  # a table of fewer rows is a summary


def _text(value: Any) -> str:
    """A cell as it would stand in a text file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        moment = value + timedelta(microseconds=500_000)  # day fractions are not exact: 00:14:59.999997
        return moment.replace(microsecond=0).isoformat(" ")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, (date, time)):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


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


def read_workbook(data: bytes, name: str, limits: Limits) -> Table:
    """The best table of a workbook; raises `FileRefused` where no sheet has one."""
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
    tables = [t for t in (_table(title, rows, limits) for title, rows in sheets) if t is not None]
    # A longer table is better evidence than a short one that is as clean.
    chosen = best([Alternative(t, t.score * (1 + np.log10(1 + t.n_rows))) for t in tables])
    if chosen is None:
        raise refuse("no_meter_data", name, what="no sheet has rows with both a time and a number")
    return _together(chosen.value, tables)


def _together(chosen: Table, tables: list[Table]) -> Table:
    """The chosen sheet with those that continue it (a month a sheet: the same names, in the same order)."""
    import pyarrow as pa

    names = [c.name for c in chosen.columns]
    parts = [t for t in tables if t is chosen or (chosen.has_header and [c.name for c in t.columns] == names)]
    left_out = [t.sheet for t in tables if t not in parts and t.n_rows >= _SHEET_ROWS]
    facts = chosen.facts + tuple(("sheet_left_out", title) for title in left_out)
    if len(parts) == 1:
        return replace(chosen, facts=facts)
    columns = []
    empty = [np.full(t.n_rows, np.nan) for t in parts]
    for i, column in enumerate(chosen.columns):
        texts = pa.concat_arrays([t.columns[i].texts for t in parts])
        found = [t.columns[i].numbers for t in parts]
        filled = [e if n is None else n for n, e in zip(found, empty, strict=True)]
        numbers = np.concatenate(filled) if any(n is not None for n in found) else None
        columns.append(Column(column.name, column.type, texts=texts, numbers=numbers))
    facts += tuple(("sheet", t.sheet) for t in parts if t is not chosen)
    return replace(chosen, columns=columns, n_rows=sum(t.n_rows for t in parts), facts=facts)


def _table(title: str, rows: list[tuple[Any, ...]], limits: Limits) -> Table | None:
    width = max((len(r) for r in rows), default=0)
    if not rows or width > limits.max_columns:
        return None
    used = [i for i in range(width) if any(len(r) > i and r[i] is not None for r in rows)]
    padded = [tuple(r[i] if i < len(r) else None for i in used) for r in rows]
    spread = range(_HEAD, len(padded), max(1, len(padded) // 200))
    head = [[_text(v) for v in row] for row in (*padded[:_HEAD], *(padded[i] for i in spread))]
    found = find_table(head)
    if found is None:
        return None
    body = padded[found.first_row :]
    columns = [
        _column(found.names[i], found.types[i], [row[i] for row in body])
        for i in range(min(found.width, len(used)))
    ]
    facts = [("sheet", title), ("header", "yes" if found.header_row is not None else "no")]
    if found.header_row:
        facts.append(("lines_above", str(found.header_row)))
    return Table(
        columns, len(body), found.preamble, title, 0, tuple(facts), found.score, found.header_row is not None
    )


def _column(name: str, kind: Any, values: list[Any]) -> Column:
    """Numbers stay numbers: only what is text in the workbook has a decimal sign to be decided."""
    import pyarrow as pa

    numeric = [isinstance(v, (int, float)) and not isinstance(v, bool) for v in values]
    texts = pa.array(
        [None if n and kind == "number" else _text(v) or None for v, n in zip(values, numeric, strict=True)],
        pa.string(),
    )
    if kind != "number":
        return Column(name, kind, texts=texts)
    numbers = np.array([float(v) if n else np.nan for v, n in zip(values, numeric, strict=True)])
    return Column(name, kind, texts=texts, numbers=numbers)
