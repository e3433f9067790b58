"""Abreast: tables that stand side by side in the same rows, each with times of its own, told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kanchay.adapters.files.cells import TIMES
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.words import ROLE_WORDS, matches, normal

__all__ = ["apart"]


def apart(table: Table) -> list[Table]:
    """The tables of some rows: several where times and values come again under the same names or behind an empty column.

    What a time stands left of belongs to it; times side by side, and one that names an end, are one table's.
    """
    groups = _groups(table.columns)
    if len(groups) < 2 or not _are_alike(groups) or not _differ(groups):
        return [table]
    first, *others = (replace(table, columns=[c for c in g if c.type != "empty" or c.name]) for g in groups)
    return [
        first,
        *(replace(t, sheet=f"{t.sheet} {i}".strip(), n_bad_rows=0) for i, t in enumerate(others, 2)),
    ]


def _groups(columns: Sequence[Column]) -> list[list[Column]]:
    """Runs of columns that begin with a time and go on with numbers; what stands before the first is the first's."""
    groups: list[list[Column]] = [[]]
    for column in columns:
        mine = groups[-1]
        valued = any(c.type == "number" for c in mine) and any(c.type in TIMES for c in mine)
        if column.type in TIMES and valued and not matches(ROLE_WORDS["end"], normal(column.name)):
            groups.append([])
        groups[-1].append(column)
    return groups


def _are_alike(groups: Sequence[Sequence[Column]]) -> bool:
    """Whether groups are copies of one layout: all with values, and the same names or an empty column between them."""
    if not all(any(c.type == "number" for c in group) for group in groups):
        return False
    parted = all(group[-1].type == "empty" and not group[-1].name for group in groups[:-1])
    first = [_plain(c.name) for c in groups[0] if c.type in TIMES]
    return parted or all(
        [_plain(c.name) for c in group if c.type in TIMES] == first != [""] for group in groups
    )


def _plain(name: str) -> str:
    """A name without the number that tells copies apart ("Datum", "Datum.1", "Datum (2)")."""
    return re.sub(r"[ _.(]*\d+\)?$", "", normal(name) and name.strip().lower())


def _differ(groups: Sequence[Sequence[Column]]) -> bool:
    """Whether some rows tell other times in one group than in another."""
    first, *others = ([_cells(c) for c in group if c.type in TIMES] for group in groups)
    return any(times != first for times in others)


def _cells(column: Column) -> list[Any]:
    typed = column.instants if column.instants is not None else column.numbers
    return list(
        column.texts.to_pylist() if column.texts is not None else () if typed is None else typed.tolist()
    )
