"""Our table as CSV, in two dialects: plain (comma, point, UTC) and Peru's (semicolon, comma, the site's clock)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from kanchay.adapters.exports.clocks import local_texts, utc_texts
from kanchay.adapters.exports.numbers import exact
from kanchay.adapters.exports.ourtable import COLUMNS, LOCAL, PER_READING, about, guarded, table_words
from kanchay.domain.reading import Readings
from kanchay.services.ports.exports import Export, ExportFormat

__all__ = ["PERUVIAN", "PLAIN"]

_MOST: Final = 30_000_000  # rows that our importer takes
_VARYING: Final = frozenset({*PER_READING, *LOCAL})


@dataclass(frozen=True, slots=True)
class Dialect:
    language: str
    delimiter: str
    decimal: str
    local: bool  # times on the clock of the site, UTC behind them
    head: bytes  # a mark that tells Excel the encoding


def write_csv(dialect: Dialect, export: Export, language: str) -> Iterator[bytes]:
    """The table in a dialect, whatever the reader's language: a dialect has its own."""
    words = table_words(dialect.language)
    columns = (*COLUMNS, *(LOCAL if dialect.local else ()))
    yield dialect.head + _line([words.titles[c] for c in columns], dialect).encode()
    for series in export.series:
        told = {c: _cell(guarded(text), dialect) for c, text in about(export, series, words).items()}
        for readings in export.read(series):
            cells = _cells(readings, dialect, export.site.tz, words.qualities)
            yield _rows(columns, told, cells, dialect.delimiter)


def _cells(r: Readings, dialect: Dialect, tz: str, qualities: tuple[str, ...]) -> dict[str, list[str]]:
    """The cells of each reading by column."""
    utc = {"start_utc": utc_texts(r.start), "end_utc": utc_texts(r.end)}
    times = (
        {"start": local_texts(r.start, tz), "end": local_texts(r.end, tz)}
        if dialect.local
        else {"start": utc["start_utc"], "end": utc["end_utc"]}
    )
    values = [exact(v, dialect.decimal) for v in r.value.tolist()]
    return utc | times | {"value": values, "quality": [qualities[q] for q in r.quality.tolist()]}


def _rows(
    columns: tuple[str, ...], told: dict[str, str], cells: dict[str, list[str]], delimiter: str
) -> bytes:
    """All lines of one piece: what stays the same is written once into a form."""
    varying = [c for c in columns if c in _VARYING]
    form = delimiter.join("%s" if c in _VARYING else told[c].replace("%", "%%") for c in columns)
    return "".join(f"{form % row}\r\n" for row in zip(*(cells[c] for c in varying), strict=True)).encode()


def _line(cells: list[str], dialect: Dialect) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=dialect.delimiter).writerow(cells)
    return out.getvalue()


def _cell(text: str, dialect: Dialect) -> str:
    """One quoted cell."""
    return _line([text, ""], dialect).rsplit(dialect.delimiter, 1)[0]


_PLAIN = Dialect("en", ",", ".", False, b"")
_PERU = Dialect("es", ";", ",", True, b"\xef\xbb\xbf")
PLAIN = ExportFormat(
    "csv", ".csv", "text/csv; charset=utf-8", partial(write_csv, _PLAIN), lambda point: True, _MOST
)
PERUVIAN = ExportFormat(
    "csv-es", ".csv", "text/csv; charset=utf-8", partial(write_csv, _PERU), lambda point: True, _MOST
)
