"""The concepts of a receipt and their amounts: a label and the money behind it in the same line of the page.

Some files draw all labels first and all amounts after. Those are paired in order, and only where the pairing keeps the
sums of the paper; otherwise they count as not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kanchay.adapters.receipts.layout import Layout
from kanchay.adapters.receipts.text import MONEY, TextLine, number
from kanchay.domain.receipt import LINES, TAXED

__all__ = ["Row", "in_columns", "in_rows"]

SUMS: Final = ("subtotal", "total_month", "total_due")
_IGV: Final = Decimal("0.18")
_CENT: Final = Decimal("0.01")
_IN_A_SUM: Final = re.compile(r" ?(?:x|=|/|-(?! ?\d)|- \d|kw|%)")
_MOST_LABELS: Final = 24


@dataclass(frozen=True, slots=True)
class Row:
    """A concept as found: one of `LINES` or of `SUMS`, its words, its amount and where it stands."""

    id: str
    label: str
    amount: Decimal
    line: TextLine
    by: str  # "layout", "words", "columns"


@dataclass(frozen=True, slots=True)
class _Label:
    id: str
    start: int
    end: int
    by: str


def in_rows(lines: Sequence[TextLine], layout: Layout, words: Layout) -> list[Row]:
    """Concepts whose amount stands in their own line."""
    labels = _patterns(layout, words)
    return [row for line in lines for row in _rows_of(line, labels)]


def _patterns(layout: Layout, words: Layout) -> dict[str, tuple[re.Pattern[str], str]]:
    """Words of each concept: the layout's own, else the usual ones."""
    merged: Mapping[str, str] = {**words.labels, **layout.labels}
    by = dict.fromkeys(merged, "layout" if layout is not words else "words")
    return {key: (re.compile(pattern), by[key]) for key, pattern in merged.items()}


def _labels(text: str, patterns: Mapping[str, tuple[re.Pattern[str], str]]) -> list[_Label]:
    """Labels of a line from left to right; where two overlap the longer one holds."""
    found = [
        _Label(key, m.start(), m.end(), by) for key, (p, by) in patterns.items() for m in p.finditer(text)
    ]
    kept: list[_Label] = []
    for label in sorted(found, key=lambda x: (x.start - x.end, x.start)):
        if all(label.end <= k.start or label.start >= k.end for k in kept):
            kept.append(label)
    return sorted(kept, key=lambda x: x.start)


def _rows_of(line: TextLine, patterns: Mapping[str, tuple[re.Pattern[str], str]]) -> Iterator[Row]:
    labels = _labels(line.folded, patterns)
    for i, label in enumerate(labels):
        if label.id == "informative":
            continue
        stop = labels[i + 1].start if i + 1 < len(labels) else len(line.folded)
        behind = _plain(line.folded[label.end : stop])
        before = re.search(rf"({MONEY}) ?$", line.folded[: label.start]) if i == 0 else None
        text = behind[0] if behind else before[1] if before else None
        amount = number(text) if text else None
        if amount is not None:
            yield Row(label.id, line.raw[label.start : label.end].strip(), amount, line, label.by)


def _plain(text: str) -> list[str]:
    """Amounts that are no part of a sum: what is multiplied, taken away or a number of kWh is none.

    The first counts: further to the right may stand a column of its own.
    """
    return [m[0] for m in re.finditer(MONEY, text) if not _IN_A_SUM.match(text, m.end())]


def in_columns(lines: Sequence[TextLine], layout: Layout, words: Layout) -> list[Row]:
    """Concepts whose amounts follow in a block of their own, in the same order; nothing unless the sums hold."""
    patterns = _patterns(layout, words)
    labels = [
        (label, line) for line in lines for label in _labels(line.folded, patterns) if label.id != "informative"
    ]  # fmt: skip
    amounts = _loose(lines, patterns)
    if not 4 <= len(labels) <= _MOST_LABELS or len(amounts) > 4 * _MOST_LABELS:
        return []
    for first in range(len(amounts) - len(labels) + 1):
        block = amounts[first : first + len(labels)]
        if _adds_up([label.id for label, _ in labels], block):
            pairs = zip(labels, block, strict=True)
            return [
                Row(label.id, line.raw[label.start : label.end], amount, line, "columns")
                for (label, line), amount in pairs
            ]
    return []


def _loose(lines: Sequence[TextLine], patterns: Mapping[str, tuple[re.Pattern[str], str]]) -> list[Decimal]:
    """Amounts in the order of the file."""
    texts = [text for line in lines for text in re.findall(MONEY, line.folded)]
    return [value for value in map(number, texts) if value is not None]


def _adds_up(ids: Sequence[str], amounts: Sequence[Decimal]) -> bool:
    """Whether the taxed concepts make the subtotal and the tax is its 18 %; both have to be there."""
    told = dict(zip(ids, amounts, strict=True))
    if not {"subtotal", "igv"} <= told.keys():
        return False
    taxed = [a for key, a in zip(ids, amounts, strict=True) if key in TAXED]
    return (
        len(taxed) > 1
        and sum(taxed) == told["subtotal"]
        and abs(told["subtotal"] * _IGV - told["igv"]) <= 2 * _CENT
        and set(ids) <= {*LINES, *SUMS}
    )
