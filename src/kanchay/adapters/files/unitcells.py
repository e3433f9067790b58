"""Units in a column of their own: they may change from row to row, and rows of another quantity are another series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kanchay.adapters.files.roles import Roles
from kanchay.adapters.files.table import Column
from kanchay.adapters.files.words import find_unit
from kanchay.domain.interval import IntArray
from kanchay.domain.units import Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["apart_by_quantity", "unit_of_rows"]

Rows = IntArray | slice


def _units(column: Column) -> list[Unit | None]:
    """The unit of each label of the column; None for a word that is none."""
    return [find_unit(f"({word})") for word in column.keys()[1]]


def _sort(unit: Unit | None) -> object:
    """What has to be the same for two units to measure the same series."""
    return unit and (unit.quantity, unit.offset)


def apart_by_quantity(roles: Roles, groups: Iterable[tuple[str, Rows]]) -> Roles:
    """Roles with one more key where rows under one key have units of several quantities, such as kWh and °C."""
    if roles.unit is None:
        return roles
    codes, words = roles.unit.keys()
    units = _units(roles.unit)
    if len({_sort(u) for u in units if u}) < 2:
        return roles
    for _, rows in groups:
        counts = Counter(_sort(units[c]) for c in np.unique(codes[rows]).tolist() if c >= 0)
        counts.pop(None, None)
        if len(counts) > 1:
            return replace(roles, keys=(*roles.keys, _key(roles.unit, codes, words, units)))
    return roles


def _key(column: Column, codes: IntArray, words: tuple[str, ...], units: list[Unit | None]) -> Column:
    """A key of one label a quantity: its first unit in the file."""
    firsts: dict[object, int] = {}
    place = [
        firsts.setdefault(_sort(u) or word, i) for i, (u, word) in enumerate(zip(units, words, strict=True))
    ]
    return Column(column.name, "text", codes=np.array([*place, -1], dtype=np.int64)[codes], words=words)


def unit_of_rows(column: Column | None, rows: Rows) -> tuple[str, NDArray[np.float64] | None]:
    """The unit that most of some rows have, and what brings each row's values to it; None where all have the same."""
    if column is None:
        return "", None
    codes, words = column.keys()
    counts = np.bincount(codes[rows][codes[rows] >= 0], minlength=len(words))
    if not counts.any():
        return "", None
    units, main = _units(column), int(counts.argmax())
    chief = units[main]
    same = [u is not None and chief is not None and _sort(u) == _sort(chief) for u in units]
    factors = [
        u.factor / chief.factor if s and u and chief else 1.0 for u, s in zip(units, same, strict=True)
    ]
    if all(factors[c] == 1 for c in np.flatnonzero(counts).tolist()):
        return words[main], None
    return words[main], np.array([*factors, 1.0])[codes[rows]]
