"""Month words: names of months that we do not know, told by the known ones around them.

Between January and March stands February, whatever it is called there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any, Final

from kanchay.adapters.files.grammar import MONTHS, plain_word
from kanchay.adapters.files.table import Column, Table

__all__ = ["with_month_names"]

_WORD: Final = r"(?P<word>\p{L}{3,})"
_YEAR: Final = re.compile(r"(?<!\d)\d{4}(?!\d)")
_NAMES: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MOST: Final = 200_000  # rows that are looked through


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows below each other of one month: its word, and months since the year 0 where the word is known."""

    word: str
    month: int | None


def with_month_names(table: Table) -> Table:
    """A table whose dates name their months by words that are known."""
    if not 2 < table.n_rows <= _MOST:
        return table
    return replace(
        table,
        columns=[
            _named(c) if c.type in ("date", "datetime") and c.texts is not None else c for c in table.columns
        ],
    )


def _named(column: Column) -> Column:
    import pyarrow.compute as pc

    words = pc.struct_field(pc.extract_regex(column.texts, _WORD), "word").dictionary_encode()
    different = [str(w) for w in words.dictionary.to_pylist() if w]
    unknown = {w for w in different if _month(w) is None}
    if not unknown or len(unknown) * 2 > len(different):
        return column
    runs = _runs(column.texts.to_pylist(), words.to_pylist())
    texts: Any = column.texts
    for word, month in _told(runs, unknown).items():
        texts = pc.replace_substring(texts, word, _NAMES[month - 1])
    return replace(column, texts=texts)


def _month(word: str) -> int | None:
    """The month of a word that is one, or the beginning of one."""
    plain = plain_word(word)
    begun = {month for name, month in MONTHS.items() if name.startswith(plain)}
    return MONTHS.get(plain) or (begun.pop() if len(begun) == 1 else None)


def _runs(texts: Sequence[str | None], words: Sequence[str | None]) -> list[_Run]:
    """The months of a column from top to bottom, each once where it stands in rows below each other."""
    rows = ((w, _YEAR.search(t)) for t, w in zip(texts, words, strict=True) if t and w)
    dated = [(w, int(year[0])) for w, year in rows if year]
    return [_Run(w, m and year * 12 + m) for (w, year), _ in groupby(dated) for m in (_month(w),)]


def _told(runs: Sequence[_Run], unknown: set[str]) -> dict[str, int]:
    """The month of each unknown word on which all its places agree, and which no other word has."""
    found: dict[str, set[int]] = {}
    for i, month in _by_place(runs):
        found.setdefault(runs[i].word, set()).add((month - 1) % 12 + 1)
    named = {(r.month - 1) % 12 + 1 for r in runs if r.month is not None}
    return {
        w: months.pop()
        for w, months in found.items()
        if w in unknown and len(months) == 1 and not months & named
    }


def _by_place(runs: Sequence[_Run]) -> Iterator[tuple[int, int]]:
    """Places of unknown months, each with the month that its neighbours leave it."""
    known = [i for i, r in enumerate(runs) if r.month is not None]
    steps = [(runs[b].month or 0) - (runs[a].month or 0) for a, b in pairwise(known) if b == a + 1]
    way = 1 if sum(s == 1 for s in steps) >= sum(s == -1 for s in steps) else -1
    for i in (i for i, r in enumerate(runs) if r.month is None):
        above = max((k for k in known if k < i), default=None)
        below = min((k for k in known if k > i), default=None)
        told = {(runs[k].month or 0) + way * (i - k) for k in (above, below) if k is not None}
        if len(told) == 1:
            yield i, told.pop()
