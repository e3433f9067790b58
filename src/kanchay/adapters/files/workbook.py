"""Excel workbooks (.xlsx), sheet by sheet."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.grid import MOST_SHEETS, Cells, Row, trimmed
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.sheets import read_sheets
from kanchay.adapters.files.table import Table
from kanchay.services.progress import report

__all__ = ["read_workbook"]

_TOLD: Final = 2000  # rows between two words of progress


def _damaged() -> tuple[type[Exception], ...]:
    """What a damaged workbook raises depends on where it is cut; all of it means the same."""
    from openpyxl.utils.exceptions import InvalidFileException

    return (
        zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError, TypeError, AttributeError, IndexError,
        SyntaxError, InvalidFileException,
    )  # fmt: skip


def _sheet_rows(sheet: Any, cells: Cells) -> list[Row]:
    """Values of a sheet, trailing empty rows left out."""
    sheet.reset_dimensions()
    rows: list[Row] = []
    for row in islice(sheet.iter_rows(values_only=True), 1_048_576):
        if not len(rows) % _TOLD:
            report("rows")
        cells.take(len(row))
        rows.append(row)
    return trimmed(rows)


def read_workbook(data: bytes, name: str, limits: Limits) -> list[Table]:
    """All tables of a workbook; raises `FileRefused` where no sheet has one, or more cells than are taken."""
    return read_sheets(_sheets(data, name), name, limits)


def _sheets(data: bytes, name: str) -> Iterator[tuple[str, list[Row]]]:
    """Sheets one after the other: only one of them is in memory as Python objects."""
    import openpyxl

    cells = Cells(name)
    damaged = _damaged()
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = book.worksheets[:MOST_SHEETS]
    except damaged as error:
        raise refuse("truncated", name) from error
    for sheet in sheets:
        try:
            rows = _sheet_rows(sheet, cells)
        except damaged as error:
            raise refuse("truncated", name) from error
        yield sheet.title, rows
    book.close()
