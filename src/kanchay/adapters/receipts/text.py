"""The words, numbers and dates of a receipt: lines folded for matching, money in the three ways it is printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

__all__ = [
    "DATE",
    "MONEY",
    "NUMBER",
    "TextLine",
    "fold",
    "lines_of",
    "month_number",
    "number",
    "shown",
    "to_date",
]

# 3016.96, 3,016.96 and 3 016.96; the sign before it, or stars of a cheque between S/ and it.
NUMBER: Final = r"(?:\d{1,3}(?:[ ,]\d{3}){1,3}(?:\.\d{1,6})?|\d{1,9}(?:\.\d{1,6})?)"
MONEY: Final = r"(?<![\d.,])-? ?(?:\d{1,3}(?:[ ,]\d{3}){1,3}|\d{1,9})\.\d{2}(?!\d|\.\d)"
DATE: Final = r"(?:\d{1,2}[/.-](?:\d{1,2}|[a-z]{3,10})[/.-](?:\d{4}|\d{2})(?!\d)|\d{4}-\d{2}-\d{2})"
_MONTHS: Final = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "se", "oct", "nov", "dic")
_GLUED: Final = re.compile(
    r"(\.\d{4})(?=-?\d{1,6}\.\d{2}(?!\d))"
)  # a price and the amount drawn right after it
_LONGEST: Final = 300  # characters of a line
_WIDEST: Final = 1000  # with the spaces between its columns
_MOST_LINES: Final = 800  # two pages have some 150
_GAP: Final = re.compile(r" {4,}")  # between columns; how wide it is says nothing
_PRIVATE: Final = re.compile(r"\d[\d-]{5,}\d(?![.,]?\d)")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of the paper: where it stands, as printed and folded; both have the same length."""

    page: int
    line: int
    raw: str
    folded: str


def fold(text: str) -> str:
    """Lower case without accents, character by character, so that places stay the same."""
    return "".join(unicodedata.normalize("NFD", c)[0].lower()[:1] or c for c in text)


def lines_of(pages: Iterable[tuple[int, Iterable[str]]]) -> list[TextLine]:
    """Lines of numbered pages, spaces made plain, empty ones left out."""
    found: list[TextLine] = []
    for page, lines in pages:
        for i, line in enumerate(lines, start=1):
            clean = "".join(c if c.isprintable() else " " for c in line[:_WIDEST].replace("\u00a0", " "))
            raw = _GLUED.sub(r"\1 ", _GAP.sub("   ", clean.strip()).replace("\u2212", "-"))
            if raw:
                found.append(TextLine(page, i, raw[:_LONGEST], fold(raw[:_LONGEST])))
            if len(found) >= _MOST_LINES:
                return found
    return found


def number(text: str) -> Decimal | None:
    """The exact number of a text such as ``3 016.96``; None where it is none."""
    bare = re.sub(r"[ ,]", "", text)
    try:
        value = Decimal(bare)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 9 else None


def month_number(word: str) -> int | None:
    """1 to 12 for the beginning of a Spanish month; ``set`` and ``sep`` are both September."""
    return next((i for i, m in enumerate(_MONTHS, start=1) if fold(word).startswith(m)), None)


def to_date(text: str) -> date | None:
    """A day as printed: ``23/06/2026``, ``15-Jul-2026``, ``2026-06-23``; None where it is none of the calendar."""
    parts = re.split(r"[/.-]", text.strip())
    if len(parts) != 3:
        return None
    if len(parts[0]) == 4:
        parts.reverse()
    month = int(parts[1]) if parts[1].isdecimal() else month_number(parts[1])
    year = int(parts[2]) + (2000 if len(parts[2]) == 2 else 0)
    try:
        return date(year, month or 0, int(parts[0]))
    except ValueError:
        return None


def shown(text: str) -> str:
    """The words that are kept as evidence: short, and without a number that could name a person."""
    short = " ".join(text.split())[:80]
    return _PRIVATE.sub(lambda m: "•" * (len(m[0]) - 3) + m[0][-3:], short)
