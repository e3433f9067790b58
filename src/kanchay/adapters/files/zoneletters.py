"""Zone letters: a column that says which clock each row goes by (EDT, EST, +02:00), joined to the times beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from kanchay.adapters.files.grammar import OFFSETS
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.words import matches, normal

__all__ = ["with_zones"]

_OFFSET: Final = re.compile(r"(?:UTC|GMT)?[+\-]\d\d:?\d\d", re.I)
_NAMED: Final = (
    r"tz|time ?zone|zone|zona(?: horaria)?|zeitzone|(?:utc |gmt )?offset|dst|tijdzone|fuseau(?: horaire)?"
)


def with_zones(table: Table) -> Table:
    """A table whose times bear the letters of the zone that stand in a column of their own."""
    zones = next((c for c in table.columns if _is_zones(c)), None)
    clocks = [c for c in table.columns if c.type in ("time", "datetime") and c.texts is not None]
    clocks.sort(key=lambda c: c.type != "time")
    if zones is None or not clocks:
        return table
    joined = _joined(clocks[0], zones)
    columns = [joined if c is clocks[0] else c for c in table.columns if c is not zones]
    return replace(table, columns=columns)


def _is_zones(column: Column) -> bool:
    """Whether all cells are letters of zones or offsets, under a name that says so or of more than one zone."""
    if column.type != "text" or column.texts is None or column.filled() < len(column.texts):
        return False
    words = [w.strip() for w in column.keys()[1]]
    known = all(w.lower() in OFFSETS or _OFFSET.fullmatch(w) for w in words)
    named = matches(_NAMED, normal(column.name))
    return bool(words) and known and (bool(named) or len(words) > 1)


def _joined(clock: Column, zones: Column) -> Column:
    import pyarrow.compute as pc

    letters = pc.replace_substring_regex(zones.cleaned(), pattern="(?i)^(?:utc|gmt)([+-])", replacement=r"\1")
    return Column(clock.name, clock.type, texts=pc.binary_join_element_wise(clock.cleaned(), letters, " "))
