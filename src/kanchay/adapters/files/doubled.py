"""Doubled hours: the second pass of the hour that clocks show twice, told by a letter: 3 and 3a, 2A and 2B, 02:00A."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from kanchay.adapters.files.arrays import codes_of, strings
from kanchay.adapters.files.table import Column, Table

__all__ = ["without_passes"]

_MARKED: Final = r"(?:^|[^\d.,])\d{1,2}(?::\d\d){0,2} ?[abAB*](?:$| ?[-–])"
_AFTERNOON: Final = r"\d ?[pP]$"  # then an "a" is the morning
_PASS: Final = re.compile(r"(?P<hour>(?:^|.*[^\d.,])\d{1,2}(?::\d\d){0,2}) ?[ab*]", re.I)
_TO: Final = re.compile(r"( ?[-–] ?)(?=\d{1,2}(?::\d\d){0,2} ?[ab*]?$)", re.I)
_HOUR: Final = re.compile(r"\d{1,2}(?::\d\d){0,2}(?: ?[-–] ?\d{1,2}(?::\d\d){0,2})?")
_FEWEST: Final = 20  # different cells: fewer are no whole days
_SOME: Final = 4  # different cells with a letter, in a range one at either end
_MOST: Final = 0.1  # of all different cells


def without_passes(table: Table) -> Table:
    """A table whose doubled hours bear the same label twice, in the order of the file, by which clocks tell them."""
    columns = [_same_label(c) for c in table.columns]
    return table if columns == table.columns else replace(table, columns=columns)


def _same_label(column: Column) -> Column:
    """A column of hours, clock times or moments without the letters of passes; any other column as it is."""
    if column.texts is None or column.type not in ("number", "time", "text", "range", "datetime"):
        return column
    if not _any(column, _MARKED) or _any(column, _AFTERNOON):
        return column
    encoded = column.cleaned().dictionary_encode()
    words = [str(w) for w in encoded.dictionary.to_pylist()]
    bare = [_bare(w) for w in words]
    passes = sum(b != w for b, w in zip(bare, words, strict=True))
    if len(words) < _FEWEST or not 0 < passes <= max(_SOME, _MOST * len(words)):
        return column
    if column.type == "datetime":
        return Column(column.name, "datetime", texts=_cells(bare, encoded))
    if not all(map(_HOUR.fullmatch, bare)):
        return column
    if all(b.isdigit() for b in bare):
        return _as_clock(column, bare, encoded)
    return Column(column.name, "range" if "-" in bare[0] else "time", texts=_cells(bare, encoded))


def _any(column: Column, pattern: str) -> bool:
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(column.cleaned(), pattern)).as_py())


def _bare(cell: str) -> str:
    """A cell without the letters of its pass; of a range, without those of both ends."""
    parts = _TO.split(cell)
    return "".join(m["hour"] if (m := _PASS.fullmatch(p)) else p for p in parts)


def _as_clock(column: Column, hours: list[str], encoded: Any) -> Column:
    """Numbered hours as ranges of the clock: where one is told twice, they no longer count what has passed."""
    numbers = [int(h) for h in hours]
    first = min(numbers)
    if first > 1 or max(numbers) > 23 + first:
        return column
    ranges = [f"{n - first:02d}:00-{n - first + 1:02d}:00" for n in numbers]
    return Column(column.name, "range", texts=_cells(ranges, encoded))


def _cells(words: list[str], encoded: Any) -> Any:
    """Each cell by its word; empty where it has none."""
    return strings(words[c] if c >= 0 else None for c in codes_of(encoded).tolist())
