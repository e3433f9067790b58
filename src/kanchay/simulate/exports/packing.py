"""Pages to bytes: text of any dialect and encoding, workbooks, Parquet, and what is packed."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kanchay.simulate.exports.books import BOOKS
from kanchay.simulate.exports.case import Case
from kanchay.simulate.exports.cells import Cell, Num, number
from kanchay.simulate.exports.pages import Page

__all__ = ["packed"]


def _written(cell: Cell, case: Case) -> str:
    """A cell as text, quoted as this export does."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        text = cell.isoformat(" ")
    else:
        text = number(cell, case) if isinstance(cell, Num) else str(cell)
    if case.quoting == "formula" and isinstance(cell, Num):
        return f'"=""{text}"""' if case.delimiter in text else f'="{text}"'
    if text.startswith('="'):
        return text
    if case.quoting == "all" or case.delimiter in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _text(page: Page, case: Case) -> str:
    newline = "\n" if case.seed % 3 else "\r\n"
    return newline.join(case.delimiter.join(_written(c, case) for c in row) for row in page.rows) + newline


def _encoded(text: str, case: Case) -> bytes:
    if case.encoding == "latin-1":
        return text.replace("\u202f", "\u00a0").encode("cp1252", errors="replace")
    return text.encode(case.encoding)


def _workbook(pages: Sequence[Page], case: Case) -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    as_text = case.seed % 6 == 0
    for page in pages:
        sheet = book.create_sheet(page.title)
        for row in page.rows:
            sheet.append([_typed(c, case, as_text) for c in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(cell: Cell, case: Case, as_text: bool) -> Any:
    if isinstance(cell, Num):
        return number(cell, case) if as_text else round(cell.value, cell.digits)
    return cell or None


def _book(pages: Sequence[Page], case: Case) -> bytes:
    """A workbook of another kind; a page shows its numbers as this export writes them."""
    as_text = case.seed % 6 == 0 or case.container == "html"
    return BOOKS[case.container](
        [(p.title, [[_typed(c, case, as_text) for c in r] for r in p.rows]) for p in pages]
    )


def _parquet(page: Page, case: Case) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names, rows = page.rows[0], [r for r in page.rows[1:] if r]
    columns: dict[str, Any] = {}
    for i, name in enumerate(names):
        cells = [
            c.value if isinstance(c, Num) else (c if c != "" else None) for c in (row[i] for row in rows)
        ]
        zone = "UTC" if case.time == "native_utc" and any(isinstance(c, datetime) for c in cells) else None
        stamped = any(isinstance(c, datetime) for c in cells)
        columns[str(name)] = pa.array(cells, pa.timestamp("us", tz=zone)) if stamped else pa.array(cells)
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def packed(case: Case, pages: Sequence[Page] | str) -> tuple[str, bytes]:
    """File name and bytes of an export."""
    name = f"export-{case.seed}"
    if not isinstance(pages, str):
        if case.container == "xlsx":
            return f"{name}.xlsx", _workbook(pages, case)
        if case.container in BOOKS:
            ending = case.container if case.container in ("ods", "html") and case.seed % 2 else "xls"
            return f"{name}.{ending}", _book(pages, case)
        if case.container == "parquet":
            return f"{name}.parquet", _parquet(pages[0], case)
    inner = "json" if isinstance(pages, str) else "txt" if case.container == "txt" else "csv"
    texts = {name: pages} if isinstance(pages, str) else {p.title: _text(p, case) for p in pages}
    files = {f"{title}.{inner}": _encoded(text, case) for title, text in texts.items()}
    data = next(iter(files.values()))
    if case.container == "gzip":
        return f"{name}.{inner}.gz", gzip.compress(data, mtime=0)
    if case.container == "zip":
        return f"{name}.zip", _zip(files)
    return f"{name}.{case.container if case.container != 'json' else inner}", data
