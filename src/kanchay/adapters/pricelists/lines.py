"""A line of text as words and the prices at its right end."""

from __future__ import annotations

import re
from typing import Final

from kanchay.domain.pricelist import PrintedLine

__all__ = ["is_price", "printed_line"]

_PRICE: Final = re.compile(r"\d{1,4}[.,]\d{2,5}")  # a price has decimals; years, limits and notes have none
_STUCK: Final = re.compile(r"(?:\d{1,3}[.,]\d{2}){2,}")  # two columns that a page prints without a gap
_NONE: Final = frozenset({"-", "--", "—", "–"})


def is_price(token: str) -> bool:
    """Whether a word is a price."""
    return bool(_PRICE.fullmatch(token))


def printed_line(where: str, text: str) -> PrintedLine:
    """The line as the grammar takes it; a dash keeps the place of a system that has no such price."""
    tokens = text.split()
    numbers: list[str] = []
    while tokens and (found := _numbers(tokens[-1])):
        numbers[:0] = found
        tokens.pop()
    if not any(is_price(n) for n in numbers):
        tokens, numbers = text.split(), []
    gaps = tuple(part.strip() for part in re.split(r"\s{2,}", text.strip()) if part.strip())
    return PrintedLine(where, " ".join(tokens), tuple(n if is_price(n) else "" for n in numbers), gaps)


def _numbers(token: str) -> list[str]:
    if is_price(token) or token in _NONE:
        return [token]
    return re.findall(r"\d{1,3}[.,]\d{2}", token) if _STUCK.fullmatch(token) else []
