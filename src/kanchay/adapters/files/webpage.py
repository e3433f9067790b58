"""Web pages with tables (HTML), which many portals hand out under the name of .xls: every table and the lines around it.

A page is scanned once from its beginning to its end. Nothing of it is run, fetched or unfolded; damage only ends a cell
too early or too late.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.grid import Cells, Grid, Row, whole
from kanchay.adapters.files.header import find_table
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.sheets import read_sheets
from kanchay.adapters.files.table import Table
from kanchay.adapters.files.unpacking import refuse_larger

__all__ = ["looks_like_a_page", "read_page"]

_PAGE: Final = re.compile(
    rb"\A\s*(?:<\?xml[^<>]*>\s*)?(?:<!--(?:[^-]|-(?!->))*-->\s*)*"
    rb"<(?:!doctype\s+html|(?:html|head|body|meta|style|div|center|table)\b[^<>]*>)",
    re.I,
)
_ROW: Final = re.compile(rb"<(?:tr|html|body)\b", re.I)
_TAG: Final = re.compile(rb"<(?:!--|(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>)")
_ATTRIBUTE: Final = re.compile(
    rb"([a-zA-Z:-]{1,30})(?:\s{0,8}=\s{0,8}(?:\"([^\"]{0,200})\"|'([^']{0,200})'|([^\s\"']{1,200})))?"
)
_HIDDEN: Final = {tag: re.compile(rb"</" + tag + rb"\s*>", re.I) for tag in (b"script", b"style")}
_HEADINGS: Final = frozenset(b"h1 h2 h3 h4 h5 h6 caption".split())
_BLOCKS: Final = _HEADINGS | frozenset(b"p div title li center head body".split())
_PLAIN: Final = re.compile(r"[-+]?[\d.,' ]*\d")  # a number without a unit or a percent sign
_TEXT: Final = 4000  # bytes of a cell
_MOST_LINES: Final = 2000  # lines around tables
_HEAD: Final = 400
_DEEPEST: Final = 32  # tables in each other's cells


def looks_like_a_page(text: bytes) -> bool:
    """Whether a text begins as a web page does."""
    head = text[:8192]
    return _PAGE.match(head) is not None and (b"<!" in head[:200] or _ROW.search(head) is not None)


def read_page(text: bytes, name: str, limits: Limits) -> list[Table]:
    """All tables of a page; raises `FileRefused` where none holds readings."""
    refuse_larger(len(text), name, limits.max_workbook)
    page = _Page(Cells(name))
    for closing, tag, attributes, said in _tokens(text):
        page.text(said)
        if tag:
            (page.close if closing else page.open)(tag, attributes)
    page.done()
    if not page.n_tables:
        raise refuse("no_meter_data", name, what="it is a web page without a table")
    sheets = _sheets(page.pieces)
    return read_sheets(sheets if len(sheets) > 1 else [("", rows) for _, rows in sheets], name, limits)


def _sheets(pieces: list[tuple[str, list[Row]]]) -> list[tuple[str, list[Row]]]:
    """A sheet for every table that holds readings, under what stands above it; without names it continues the last."""
    sheets: list[tuple[str, list[Row]]] = []
    above: list[Row] = []
    for title, rows in pieces:
        found = find_table([[str(v or "") for v in row] for row in rows[:_HEAD]])
        if found is None:
            above += [*rows, ()]
        elif sheets and found.header_row is None:
            sheets[-1][1].extend([(), *above, *rows])
            above = []
        else:
            sheets.append((title, [*above, *rows]))
            above = []
    if not sheets:
        return [("", above)]
    while above and not above[-1]:
        above.pop()
    sheets[-1][1].extend(above)  # what stands below the last table
    return sheets


def _tokens(text: bytes) -> Iterator[tuple[bool, bytes, bytes, bytes]]:
    """Every tag (whether it closes, its name, its attributes) with the text before it."""
    at = begin = 0
    while (found := _TAG.search(text, at)) is not None:
        said, at = text[begin : found.start()], found.end()
        tag = (found.group(2) or b"").lower()
        if not tag:
            at = text.find(b"-->", at) + 3
        elif tag in _HIDDEN and not found.group(1):
            end = _HIDDEN[tag].search(text, at)
            at = end.end() if end else 0
        yield bool(found.group(1)), tag, found.group(3) or b"", said
        if at <= found.start():  # a comment or a script that never ends hides the rest
            return
        begin = at
    yield False, b"", b"", text[begin:]


@dataclass(slots=True)
class _Open:
    """A table that is not closed yet, and its open cell: what it says and what its tag tells."""

    grid: Grid
    said: bytes = b""
    told: dict[str, str] | None = None
    in_row: bool = field(default=False)


class _Page:
    """The tables of a page in their order, and the lines between them as rows of one cell."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.pieces: list[tuple[str, list[Row]]] = []  # each table with its heading and the lines above it
        self.lines: list[Row] = []
        self.title = ""
        self.tables: list[_Open] = []
        self.line = b""
        self.n_lines = self.n_tables = 0

    def text(self, said: bytes) -> None:
        if self.tables:
            table = self.tables[-1]
            if table.told is not None and len(table.said) < _TEXT:
                table.said += said[:_TEXT]
        elif len(self.line) < _TEXT:
            self.line += said[:_TEXT]

    def open(self, tag: bytes, attributes: bytes) -> None:
        if tag == b"table":
            self._end_line()
            if len(self.tables) >= _DEEPEST:
                raise refuse("unsafe", self.cells.name)
            self.tables.append(_Open(Grid(self.cells)))
            self.n_tables += 1
        elif self.tables and tag == b"tr":
            self._end_row()
            self.tables[-1].in_row = True
        elif self.tables and tag in (b"td", b"th"):
            self._end_cell()
            self.tables[-1].in_row = True
            self.tables[-1].told = _attributes(attributes)
        else:
            self._apart(tag)

    def close(self, tag: bytes, _: bytes) -> None:
        if tag == b"table" and self.tables:
            self._end_row()
            rows = self.tables.pop().grid.done()
            self.pieces.append((self.title, [*self.lines, *rows]))
            self.lines, self.title = [], ""
        elif self.tables and tag == b"tr":
            self._end_row()
        elif self.tables and tag in (b"td", b"th"):
            self._end_cell()
        else:
            self._apart(tag)

    def done(self) -> None:
        """A table that is not closed ends with the page."""
        while self.tables:
            self.close(b"table", b"")
        self._end_line()
        self.pieces.append(("", self.lines))

    def _apart(self, tag: bytes) -> None:
        """Words on both sides of a break are words of their own; outside of tables a block is a line."""
        if self.tables:
            self.text(b" ")
        elif tag in _BLOCKS or tag == b"br":
            self._end_line(tag)

    def _end_line(self, tag: bytes = b"") -> None:
        line = _words(self.line)
        self.line = b""
        if line and self.n_lines < _MOST_LINES:
            self.n_lines += 1
            self.lines.append((line[:200],))
            self.title = line[:100] if tag in _HEADINGS else self.title

    def _end_row(self) -> None:
        self._end_cell()
        if self.tables[-1].in_row:
            self.tables[-1].grid.end_row()
            self.tables[-1].in_row = False

    def _end_cell(self) -> None:
        table = self.tables[-1]
        if table.told is None:
            return
        value = _value(_words(table.said), table.told)
        table.grid.put(value, wide=_span(table.told, "colspan"), high=_span(table.told, "rowspan"))
        table.said, table.told = b"", None


def _words(said: bytes) -> str:
    """A text as people read it."""
    try:
        return " ".join(html.unescape(said[:_TEXT].decode("utf-8", errors="replace")).split())
    except ValueError:  # the number of a letter beyond all measure
        return ""


def _attributes(text: bytes) -> dict[str, str]:
    found = _ATTRIBUTE.finditer(text[:2000])
    return {
        m.group(1).decode().lower(): (m.group(2) or m.group(3) or m.group(4) or b"").decode(
            "utf-8", "replace"
        )
        for m in found
    }


def _span(told: dict[str, str], name: str) -> int:
    return whole(told.get(name, ""), otherwise=1, digits=5)


def _value(said: str, told: dict[str, str]) -> Any:
    """The number that the page keeps beside what it shows, or the text; a shown time stays a text."""
    kept = told.get("x:num") or told.get("sdval")
    if kept and _PLAIN.fullmatch(said):
        try:
            return float(kept)
        except ValueError:
            return said
    return said or None
