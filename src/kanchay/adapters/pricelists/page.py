"""OSINERGMIN's page of prices, saved as HTML: the table `TbPliego`, and what its two selects show."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from kanchay.adapters.pricelists.lines import is_price
from kanchay.analysis.pricelists.heading import days_in
from kanchay.analysis.pricelists.words import bare
from kanchay.domain.errors import FileRefused
from kanchay.domain.pricelist import PrintedLine, PrintedList

__all__ = ["read_page"]

_TABLE, _SYSTEM, _DAY = "tbpliego", "ddlse", "ddlfecha"
_MOST_ROWS: Final = 3000
_MOST_TEXT: Final = 400  # characters of a cell


@dataclass
class _Select:
    """The options of a select; the chosen one is the marked one, else the first."""

    options: list[str] = field(default_factory=list)
    chosen: int = 0

    @property
    def shown(self) -> str:
        return self.options[self.chosen].strip() if self.chosen < len(self.options) else ""


class _Page(HTMLParser):
    """Collects the cells of the table row by row, and the options of the selects."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.selects: dict[str, _Select] = {}
        self.rows: list[list[str]] = []
        self.found = False
        self._depth = 0
        self._select: _Select | None = None
        self._cell = self._option = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("id", "").lower()
        if tag == "select":
            self._select = self.selects.setdefault(_last(name), _Select())
        elif tag == "option" and self._select is not None:
            self._option = True
            self._select.options.append("")
            if "selected" in given:
                self._select.chosen = len(self._select.options) - 1
        elif tag == "table" and (self._depth or _last(name) == _TABLE):
            self._depth, self.found = self._depth + 1, True
        elif self._depth == 1 and len(self.rows) < _MOST_ROWS:
            self._in_table(tag)

    def _in_table(self, tag: str) -> None:
        if tag == "tr":
            self.rows.append([])
            self._cell = False
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._cell = True
        elif tag == "br" and self._cell:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select, self._option = None, False
        elif tag == "option":
            self._option = False
        elif tag in ("td", "th", "tr"):
            self._cell = False
        elif tag == "table" and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._option and self._select is not None and self._select.options:
            self._select.options[-1] += data[:_MOST_TEXT]
        elif self._cell and len(self.rows[-1][-1]) < _MOST_TEXT:
            self.rows[-1][-1] += data[:_MOST_TEXT]


def _last(name: str) -> str:
    """The id without the names of the controls around it, which ASP.NET puts before."""
    return name.rsplit("_", 1)[-1]


def read_page(data: bytes, name: str, fingerprint: str) -> PrintedList:
    """The lines of the saved page; raises `FileRefused` where it is another one."""
    page = _Page()
    page.feed(_text(data))
    if not page.found:
        raise FileRefused(
            f"{name} has no table of prices (TbPliego).",
            hint="Open OSINERGMIN's page PliegoTarifario, choose system and date, and save it as HTML.",
            code="pricelist.page",
        )
    system = page.selects.get(_SYSTEM, _Select()).shown
    days = days_in(bare(page.selects.get(_DAY, _Select()).shown))
    lines = tuple(
        _line(n, cells) for n, cells in enumerate(page.rows, start=1) if any(c.strip() for c in cells)
    )
    return PrintedList(name, lines, fingerprint, "osinergmin", system, days[0] if len(days) == 1 else None)


def _line(number: int, cells: list[str]) -> PrintedLine:
    texts = [" ".join(c.split()) for c in cells]
    words = " ".join(t for t in texts if t and not is_price(t))
    return PrintedLine(
        f"row {number}", words, tuple(t for t in texts if is_price(t)), tuple(t for t in texts if t)
    )


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
