"""Workbooks other than .xlsx, byte by byte: old Excel (BIFF 8), Excel 2003 XML, OpenDocument, tables of a page."""

from __future__ import annotations

import html
import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

__all__ = ["BOOKS", "old_excel", "opendocument", "spreadsheetml", "web_page"]

Sheet = tuple[str, Sequence[Sequence[Any]]]

_SECTOR: Final = 512
_END, _TABLE, _FREE = (
    -2,
    -3,
    -1,
)  # of a chain of sectors, a sector of the table of sectors, a sector without use
_DAYS: Final = datetime(1899, 12, 30, tzinfo=UTC)
_OPEN: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_MIME: Final = "application/vnd.oasis.opendocument.spreadsheet"


def _days(moment: datetime) -> float:
    """A moment as old Excel counts it."""
    return (moment.replace(tzinfo=UTC) - _DAYS).total_seconds() / 86400


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _words(text: str) -> bytes:
    return b"\x01" + text.encode("utf-16-le")


def _cell(row: int, column: int, value: Any) -> bytes:
    """The record of a cell; nothing for an empty one."""
    if value is None or value == "":
        return b""
    if isinstance(value, (int, float, datetime)):
        number = _days(value) if isinstance(value, datetime) else float(value)
        return _record(0x0203, struct.pack("<HHHd", row, column, isinstance(value, datetime), number))
    text = str(value)[:4000]
    return _record(0x0204, struct.pack("<HHHH", row, column, 0, len(text)) + _words(text))


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 0))


def _sheet(rows: Sequence[Sequence[Any]]) -> bytes:
    cells = b"".join(_cell(r, c, v) for r, row in enumerate(rows) for c, v in enumerate(row))
    width = max((len(row) for row in rows), default=0)
    return (
        _begin(0x0010)
        + _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
        + cells
        + _record(10, b"")
    )


def old_excel(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of Excel 97 to 2003 (.xls)."""
    shown = "yyyy\\-mm\\-dd\\ hh:mm"
    styles = b"".join(struct.pack("<HHHBBBBIiH", 0, form, 0, 0, 0, 0, 0, 0, 0, 0) for form in (0, 164))
    head = _begin(0x0005) + _record(0x0042, struct.pack("<H", 1200))
    head += _record(0x041E, struct.pack("<HH", 164, len(shown)) + _words(shown))
    head += _record(0x00E0, styles[:20]) + _record(0x00E0, styles[20:])
    bodies = [_sheet(rows) for _, rows in sheets]
    titles = [title[:31] for title, _ in sheets]
    at = len(head) + sum(12 + 2 * len(title) for title in titles) + 4
    for title, body in zip(titles, bodies, strict=True):
        head += _record(0x0085, struct.pack("<IBBB", at, 0, 0, len(title)) + _words(title))
        at += len(body)
    return _compound(head + _record(10, b"") + b"".join(bodies))


def _compound(stream: bytes) -> bytes:
    """A stream named Workbook in a compound file."""
    stream += bytes(max(4096 - len(stream), -len(stream) % _SECTOR))
    n_stream = len(stream) // _SECTOR
    n_table = 1
    while n_table * 128 < n_stream + 1 + n_table:
        n_table += 1
    chain = [*range(1, n_stream), _END, _END, *([_TABLE] * n_table)]
    chain += [_FREE] * (128 * n_table - len(chain))
    places = [n_stream + 1 + i for i in range(n_table)]
    head = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(10)
    )
    head += struct.pack("<iiiiiiii", n_table, n_stream, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109i", *places, *([_FREE] * (109 - n_table)))
    entries = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, -1, 0, len(stream))
    return head + stream + entries.ljust(_SECTOR, b"\0") + struct.pack(f"<{len(chain)}i", *chain)


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    words = name.encode("utf-16-le")
    return (
        words.ljust(64, b"\0") + struct.pack("<HBBiii", len(words) + 2, kind, 1, -1, -1, child) + bytes(36)
        + struct.pack("<iII", first, size, 0)
    )  # fmt: skip


def spreadsheetml(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of Excel 2003 in XML."""
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    out = ['<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n']
    out.append(f'<Workbook xmlns="{space}" xmlns:ss="{space}">\n')
    for title, rows in sheets:
        out.append(f"<Worksheet ss:Name={quoteattr(title)}><Table>\n")
        out += [f"<Row>{''.join(_data(i, row) for i in range(len(row)))}</Row>\n" for row in rows]
        out.append("</Table></Worksheet>\n")
    return "".join([*out, "</Workbook>\n"]).encode()


def _data(at: int, row: Sequence[Any]) -> str:
    """A cell; empty ones are left out and the next one says where it stands."""
    value = row[at]
    if value is None or value == "":
        return ""
    place = f' ss:Index="{at + 1}"' if at and row[at - 1] in (None, "") else ""
    if isinstance(value, datetime):
        kind, text = "DateTime", f"{value:%Y-%m-%dT%H:%M:%S}.000"
    elif isinstance(value, (int, float)):
        kind, text = "Number", repr(value)
    else:
        kind, text = "String", escape(str(value))
    return f'<Cell{place}><Data ss:Type="{kind}">{text}</Data></Cell>'


def opendocument(sheets: Sequence[Sheet]) -> bytes:
    """A spreadsheet of LibreOffice and others (.ods)."""
    spaces = " ".join(f'xmlns:{s}="{_OPEN}{s}:1.0"' for s in ("office", "table", "text"))
    out = [f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {spaces}>']
    out.append("<office:body><office:spreadsheet>")
    for title, rows in sheets:
        out.append(f"<table:table table:name={quoteattr(title)}>")
        out += [f"<table:table-row>{''.join(map(_open_cell, row))}</table:table-row>" for row in rows]
        out.append('<table:table-row table:number-rows-repeated="1048000"><table:table-cell')
        out.append(' table:number-columns-repeated="16384"/></table:table-row></table:table>')
    out.append("</office:spreadsheet></office:body></office:document-content>")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), _MIME)
        entry = zipfile.ZipInfo("content.xml")
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, "".join(out))
    return made.getvalue()


def _open_cell(value: Any) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, datetime):
        said = f'office:value-type="date" office:date-value="{value:%Y-%m-%dT%H:%M:%S}"'
    elif isinstance(value, (int, float)):
        said = f'office:value-type="float" office:value="{value!r}"'
    else:
        said = 'office:value-type="string"'
    return f"<table:table-cell {said}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def web_page(sheets: Sequence[Sheet]) -> bytes:
    """A page with a table for every sheet, as portals save it under the name of .xls."""
    out = ['<html xmlns:x="urn:schemas-microsoft-com:office:excel">\n<head><meta charset="utf-8">']
    out.append("<style>td {mso-number-format:General}</style></head>\n<body>")
    for title, rows in sheets:
        out.append(f"<h3>{html.escape(title)}</h3>\n<table border=1>\n")
        out += [f"<tr>{''.join(_page_cell(v) for v in row)}</tr>\n" for row in rows]
        out.append("</table>\n")
    return "".join([*out, "</body></html>\n"]).encode()


def _page_cell(value: Any) -> str:
    if value is None or value == "":
        return "<td>&nbsp;</td>"
    if isinstance(value, datetime):
        return f"<td>{value:%Y-%m-%d %H:%M}</td>"
    if isinstance(value, (int, float)):
        return f"<td x:num={quoteattr(repr(value))}>{value!r}</td>"
    return f"<td>{html.escape(str(value))}</td>"


#: Each kind of workbook by the ending of its name; Excel 2003 XML and pages mostly come as .xls too.
BOOKS: Final[dict[str, Callable[[Sequence[Sheet]], bytes]]] = {
    "xls": old_excel, "ods": opendocument, "xml2003": spreadsheetml, "html": web_page,
}  # fmt: skip
