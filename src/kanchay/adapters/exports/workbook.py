"""Our table as an Excel workbook: the site's clock in front, UTC behind, a filter and a frozen head."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from kanchay.adapters.exports.ourtable import COLUMNS, LOCAL, PER_READING, about, guarded, table_words
from kanchay.adapters.exports.pieces import read_out
from kanchay.domain.interval import IntArray, wall_clock
from kanchay.domain.reading import Readings
from kanchay.services.ports.exports import Export, ExportFormat, ExportSeries

__all__ = ["WORKBOOK"]

# A workbook is for people, and our importer opens what unpacks to 128 MB.
_MOST: Final = 100_000
_MIME: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TITLE: Final = {"es": "Lecturas", "en": "Readings"}
_WIDTHS: Final = {
    "name": 24,
    "start": 18,
    "end": 18,
    "value": 12,
    "source": 24,
    "start_utc": 18,
    "end_utc": 18,
    "point": 24,
}
_TIME: Final = "yyyy-mm-dd hh:mm"


def write_workbook(export: Export, language: str) -> Iterator[bytes]:
    """The table in the reader's language, row by row into a file that is not kept."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    columns = (*COLUMNS, *LOCAL)
    words = table_words(language)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_TITLE[language])
    sheet.freeze_panes = "A2"
    for i, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(i)].width = _WIDTHS.get(column, 13)
    sheet.append([words.titles[c] for c in columns])
    n_rows = 1
    for series in export.series:
        for row in _rows(sheet, export, series, language):
            sheet.append(row)
            n_rows += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{n_rows}"
    with tempfile.TemporaryFile() as file:
        book.save(file)
        yield from read_out(file)


def _rows(sheet: Any, export: Export, series: ExportSeries, language: str) -> Iterator[list[Any]]:
    words = table_words(language)
    told = {c: guarded(text) or None for c, text in about(export, series, words).items()}
    for readings in export.read(series):
        cells = _cells(sheet, readings, export.site.tz, words.qualities)
        varying = [cells[c] for c in (*PER_READING, *LOCAL)]
        for start, end, value, quality, start_utc, end_utc in zip(*varying, strict=True):
            mine = {"start": start, "end": end, "value": value, "quality": quality}
            yield [*(mine.get(c, told.get(c)) for c in COLUMNS), start_utc, end_utc]


def _cells(sheet: Any, r: Readings, tz: str, qualities: tuple[str, ...]) -> dict[str, list[Any]]:
    return {
        "start": _times(sheet, wall_clock(r.start, tz)),
        "end": _times(sheet, wall_clock(r.end, tz)),
        "value": [_number(sheet, v) for v in r.value.tolist()],
        "quality": [qualities[q] for q in r.quality.tolist()],
        "start_utc": _times(sheet, r.start),
        "end_utc": _times(sheet, r.end),
    }


def _number(sheet: Any, value: float) -> Any:
    """A number with all its digits: left to openpyxl it would lose the seventeenth."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, repr(value))
    cell.data_type = "n"
    return cell


def _times(sheet: Any, clock: IntArray) -> list[Any]:
    """Cells with a date and a time; seconds on a clock, as if they were UTC."""
    from openpyxl.cell import WriteOnlyCell

    cells = []
    for seconds in clock.tolist():
        cell = WriteOnlyCell(sheet, datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None))
        cell.number_format = _TIME
        cells.append(cell)
    return cells


WORKBOOK = ExportFormat("xlsx", ".xlsx", _MIME, write_workbook, lambda point: True, _MOST)
