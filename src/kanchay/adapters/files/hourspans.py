"""Hours written as spans of bare numbers, 0-1, 1-2, ..., 23-24: read as clock times where a column holds whole days."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from kanchay.adapters.files.arrays import codes_of, strings
from kanchay.adapters.files.table import Column, Table

__all__ = ["on_the_clock"]

_SPAN: Final = re.compile(r"(\d{1,2}) ?[-–—] ?(\d{1,2})")
_FEWEST: Final = 20  # different spans: fewer are no whole days


def on_the_clock(table: Table) -> Table:
    """A table whose spans of hours are written with two digits and minutes."""
    columns = [_written_out(c) for c in table.columns]
    return table if columns == table.columns else replace(table, columns=columns)


def _written_out(column: Column) -> Column:
    if column.texts is None or column.type not in ("range", "text"):
        return column
    encoded = column.cleaned().dictionary_encode()
    words = [str(w) for w in encoded.dictionary.to_pylist()]
    found = [_SPAN.fullmatch(w) for w in words] if _FEWEST <= len(words) <= 24 else []
    spans = [(int(m[1]), int(m[2])) for m in found if m is not None]
    whole = len(spans) == len(words) and all(b == a + 1 <= 24 or (a, b) == (23, 0) for a, b in spans)
    if not whole or all(len(w) >= 5 for w in words):
        return column
    clocks = [f"{a:02d}:00-{b % 24:02d}:00" for a, b in spans]
    cells = strings(clocks[c] if c >= 0 else None for c in codes_of(encoded).tolist())
    return Column(column.name, "range", texts=cells)
