"""Excel 2003 XML (SpreadsheetML): the workbook as one XML text that many portals hand out under the name of .xls."""

from __future__ import annotations

import re
from typing import Any, Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.grid import whole
from kanchay.adapters.files.sheets import read_sheets
from kanchay.adapters.files.table import Table
from kanchay.adapters.files.unpacking import refuse_larger
from kanchay.adapters.files.xmlbook import XmlBook, moment, sheets_of

__all__ = ["looks_like_spreadsheetml", "read_spreadsheetml"]

_ROOT: Final = re.compile(rb"<(?:\w+:)?Workbook\b")
_SPACE: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_PLACE: Final = ("Index", "MergeAcross", "MergeDown")


def looks_like_spreadsheetml(text: bytes) -> bool:
    """Whether a text begins as a workbook of Excel 2003 in XML."""
    head = text[:8192]
    return _SPACE in head and _ROOT.search(head) is not None


def read_spreadsheetml(text: bytes, name: str, limits: Limits) -> list[Table]:
    """All tables of the workbook; raises `FileRefused` where it has none, is damaged, too large or not safe."""
    refuse_larger(len(text), name, limits.max_workbook)
    return read_sheets(sheets_of(text, _Book(name)), name, limits)


class _Book(XmlBook):
    """Rows and cells that say where they stand and what they span."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.place = dict.fromkeys(_PLACE, 0)  # of the open cell: column and spans
        self.kind = ""

    def begins(self, tag: str, given: dict[str, str]) -> None:
        match tag:
            case "Worksheet":
                self.open_sheet(given.get("Name", ""))
            case "Row" if row := whole(given.get("Index", ""), otherwise=0):
                self.grid.skip_to(row - 1)
            case "Cell":
                self.place = {key: whole(given.get(key, ""), otherwise=0) for key in _PLACE}
                self.kind, self.said = "", ""
            case "Data":
                self.kind, self.listens = given.get("Type", "String"), True

    def ends(self, tag: str) -> None:
        match tag:
            case "Data":
                self.listens = False
            case "Cell":
                index, across, down = (self.place[key] for key in _PLACE)
                value = _value(self.kind, self.said.strip())
                self.grid.put(value, at=index - 1 if index else None, wide=1 + across, high=1 + down)
            case "Row":
                self.grid.end_row()
            case "Worksheet":
                self.close_sheet()


def _value(kind: str, said: str) -> Any:
    """What a cell holds; None where it is empty or an error of a formula."""
    if not said or kind == "Error":
        return None
    if kind == "Number":
        try:
            return float(said)
        except ValueError:
            return said
    return (moment(said) or said) if kind == "DateTime" else said
