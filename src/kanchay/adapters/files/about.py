"""About: the column a question is about and a few of its cells, so that whoever answers sees what we saw."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from math import isnan
from typing import Final

from kanchay.adapters.files.roles import Roles
from kanchay.adapters.files.series import Decided
from kanchay.adapters.files.table import Column

__all__ = ["of_column", "of_series", "of_times", "of_values"]

_SHOWN: Final = 3
_HEAD: Final = 2000


def of_series(d: Decided) -> tuple[str, ...]:
    """The name of a series and its first different numbers that are not zero, as read."""
    raw = d.prepared.raw
    known = dict.fromkeys(f"{v:.12g}" for v in raw.values[:_HEAD].tolist() if v)
    return (" ".join(p for p in (raw.key, raw.column.strip()) if p), *_few(known))


def of_times(roles: Roles) -> tuple[str, ...]:
    """The name of the time column and its first cells as written."""
    return of_column(roles.start[0])


def of_values(roles: Roles) -> tuple[str, ...]:
    """The name of the first column of values with cells that hold a decimal sign or a mark of thousands."""
    columns = [s.column for s in roles.slots] or list(roles.values)
    for column in columns:
        marked = [c for c in _cells(column) if "." in c or "," in c]
        if marked:
            return (column.name, *_few(dict.fromkeys(marked)))
    return of_column(columns[0]) if columns else ()


def of_column(column: Column) -> tuple[str, ...]:
    """The name of a column and its first different cells."""
    return (column.name.strip(), *_few(dict.fromkeys(_cells(column))))


def _few(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(cells, _SHOWN))


def _cells(column: Column) -> list[str]:
    """The first filled cells of a column, as the file writes them."""
    if column.texts is not None:
        return [c.strip() for c in column.cleaned().slice(0, _HEAD).to_pylist() if c]
    if column.instants is not None:
        return [str(t) for t in column.instants[:_HEAD].astype("M8[s]").astype(str).tolist()]
    numbers = [] if column.numbers is None else column.numbers[:_HEAD].tolist()
    return [f"{v:.12g}" for v in numbers if not isnan(v)]
