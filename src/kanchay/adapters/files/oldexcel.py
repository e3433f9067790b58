"""Old Excel workbooks (.xls, BIFF 5 to 8), read by xlrd without what readings do not need: names, links and formulas."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from kanchay.adapters.files.container import MB, Limits
from kanchay.adapters.files.grid import MOST_SHEETS, Cells, Row, trimmed
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.sheets import read_sheets
from kanchay.adapters.files.table import Table
from kanchay.adapters.files.unpacking import refuse_larger
from kanchay.domain.errors import FileRefused
from kanchay.services.progress import stepped

__all__ = ["read_old_excel"]

_MOST_BYTES: Final = 32 * MB  # 65,536 rows of forty columns; more comes from nobody's portal
_VERSIONS: Final = (50, 70, 80)
_BOOKS: Final = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")  # how a newer workbook with a password is kept


def read_old_excel(data: bytes, name: str, limits: Limits) -> list[Table]:
    """All tables of the workbook; raises `FileRefused` where it has none, is damaged, locked or too large."""
    if _LOCKED in data:
        raise refuse("other_kind", name, what="a workbook with a password")
    if not any(book in data for book in _BOOKS):
        raise refuse("other_kind", name, what="an old Office document without a workbook")
    refuse_larger(len(data), name, _MOST_BYTES)
    return read_sheets(_sheets(data, name), name, limits)


def _sheets(data: bytes, name: str) -> Iterator[tuple[str, list[Row]]]:
    cells = Cells(name)
    try:
        book = _opened(data, name)
        places = book._sh_abs_posn
        if len(set(places)) < len(places):  # the same sheet under several names, to keep the reader busy
            raise refuse("truncated", name)
        for number in stepped("rows", range(min(len(places), MOST_SHEETS))):
            sheet = book.get_sheet(number)
            if sheet is not None:
                yield sheet.name, _rows(sheet, book.datemode, cells)
            book.unload_sheet(number)
    except (FileRefused, MemoryError):
        raise
    except ImportError as error:
        raise refuse("later_format", name, what="an old Excel workbook (.xls)") from error
    except Exception as error:  # what a damaged workbook raises depends on where it is damaged
        locked = "encrypted" in str(error)
        raise (
            refuse("other_kind", name, what="a workbook with a password")
            if locked
            else refuse("truncated", name)
        ) from error


def _opened(data: bytes, name: str) -> Any:
    """The workbook with its globals read; its sheets are read one by one."""
    from xlrd.biffh import XL_WORKBOOK_GLOBALS  # type: ignore[import-untyped]
    from xlrd.book import Book  # type: ignore[import-untyped]

    class Readings(Book):  # type: ignore[misc]
        """A workbook whose names and links are passed over: their formulas could be built to keep a reader busy."""

        def _passed_over(self, *_: object) -> None:
            """Nothing of it is needed."""

        handle_name = handle_supbook = handle_externname = handle_externsheet = _passed_over
        names_epilogue = _passed_over

    book = Readings()
    book.biff2_8_load(file_contents=data, logfile=io.StringIO(), on_demand=True, ragged_rows=True)
    book.biff_version = book.getbof(XL_WORKBOOK_GLOBALS)
    if book.biff_version not in _VERSIONS:
        raise refuse("later_format", name, what="a workbook of Excel 4 or older")
    book.parse_globals()
    book._sheet_list = [None] * len(book._sheet_names)
    book.nsheets = len(book._sheet_list)
    return book


def _rows(sheet: Any, datemode: int, cells: Cells) -> list[Row]:
    """Values of a sheet, trailing empty rows left out."""
    rows: list[Row] = []
    for number in range(sheet.nrows):
        cells.take(max(1, sheet.row_len(number)))
        rows.append(
            tuple(
                _value(kind, value, datemode)
                for kind, value in zip(sheet.row_types(number), sheet.row_values(number), strict=True)
            )
        )
    return trimmed(rows)


def _value(kind: int, value: Any, datemode: int) -> Any:
    """What a cell holds; None where it is empty or an error of a formula."""
    from xlrd.biffh import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_NUMBER, XL_CELL_TEXT
    from xlrd.xldate import xldate_as_datetime  # type: ignore[import-untyped]

    if kind == XL_CELL_DATE:
        if 0 <= value <= 1:  # a time of day; all of a day is its end
            return timedelta(seconds=round(value * 86400))
        try:
            return xldate_as_datetime(value, datemode)
        except (ValueError, OverflowError):
            return value
    if kind == XL_CELL_NUMBER:
        return value
    if kind == XL_CELL_BOOLEAN:
        return bool(value)
    return (value.strip() or None) if kind == XL_CELL_TEXT else None
