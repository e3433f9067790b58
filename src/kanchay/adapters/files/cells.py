"""Cells: what one cell of the head of a file could be."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from kanchay.adapters.files.grammar import pattern_of, read_pattern
from kanchay.adapters.files.numbers import MISSING_WORDS

__all__ = ["TIMES", "CellType", "cell_type", "split_range"]

CellType = Literal["empty", "number", "datetime", "date", "time", "epoch", "range", "text"]
TIMES: Final = ("datetime", "date", "time", "epoch", "range")

_NUMBER: Final = re.compile(
    r"(?:(?:[A-Z]{1,2})?[$€£]|S/\.?)?\s?[+\-−]?(\d[\d.,'’\s]*|[.,]\d+)([eE][+\-]?\d+)?\s*"
    r"([kMG]?[Ww][Hh]?|[kM]?[Vv][Aa][Rr][Hh]?|°?[CF]|%|V|A|€|\$|m3|m³|\*+)?"
)
_DOTTED_DATE: Final = re.compile(
    r"\d{1,2}\.\d{1,2}\.(\d{2}|\d{4})\.?|\d{4}\.\d{1,2}\.\d{1,2}\.?"
    r"|\d{1,2}\. \d{1,2}\. \d{4}|\d{4}\. \d{1,2}\. \d{1,2}\.?"
)
_EPOCH: Final = re.compile(r"(\d{10}|\d{13}|\d{16}|\d{19})(\.\d+)?")
_TO: Final = r"-|–|—|to|a|al|à|au|até|bis(?: zum)?|do|ao|t/m|tot(?: en met)?|til|till|until|thru|through"
_SEPARATOR: Final = re.compile(rf"\s+(?:{_TO})\s+|\s*[–—]\s*|(?<=\d:\d\d)\s?-\s?(?=\d)|/(?=\d{{4}}-)")
_HOURS: Final = re.compile(r"(\d\d)\s?[-–—]\s?(\d\d)\s?(?:h|hs|hrs|uur|Uhr)?")
_RULE: Final = re.compile(r":?[-=_]{3,}:?")  # the line between the head of a table and its rows
_OBIS: Final = re.compile(
    r"(?:\d-\d{1,2}:)?\d{1,2}\.\d{1,2}\.\d(?:\*\d{1,3})?(?: ?[\[(]?[A-Za-z]{1,5}[)\]]?| \d{4,})?"
)  # such as 1.8.0, alone or before a unit or the number of a meter
_COMPACT: Final = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])(([01]\d|2[0-4])[0-5]\d([0-5]\d)?)?")


def split_range(text: str) -> tuple[str, str] | None:
    """Both ends of a cell such as ``"00:00-00:15"`` or ``"08-09"``; None where it is no range of times."""
    hours = _HOURS.fullmatch(text)
    if hours is not None and (int(hours[2]) - int(hours[1])) % 24 == 1 and int(hours[1]) < 24:
        return f"{hours[1]}:00", f"{hours[2]}:00"
    parts = _SEPARATOR.split(text)
    if len(parts) == 2 and all(read_pattern(pattern_of(p.strip())) for p in parts):
        return parts[0].strip(), parts[1].strip()
    return None


@lru_cache(maxsize=65536)
def cell_type(cell: str) -> CellType:
    """The narrowest type that a cell could have."""
    text = cell.strip().strip("'")
    if text.startswith('="'):
        inner = text[2:].rstrip('"')
        return "text" if re.fullmatch("0[0-9]+", inner) else cell_type(inner)
    if text.lower() in MISSING_WORDS or _RULE.fullmatch(text):
        return "empty"
    if text.isdigit():
        if _EPOCH.fullmatch(text) and text[0] in "1234":
            return "epoch"
        form = read_pattern(pattern_of(text)) if _COMPACT.fullmatch(text) else None
        return form.kind if form else "number"  # type: ignore[return-value]
    if _OBIS.fullmatch(text) and read_pattern(pattern_of(text)) is None:
        return "text"
    if _NUMBER.fullmatch(text) and not _DOTTED_DATE.fullmatch(text):
        return "epoch" if _EPOCH.fullmatch(text) and text[0] in "1234" else "number"
    form = read_pattern(pattern_of(text))
    if form:
        return form.kind  # type: ignore[return-value]
    return "range" if split_range(text) else "text"
