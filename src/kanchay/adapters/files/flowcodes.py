"""Codes of flows: letters in a column that says which way energy goes, spelt out so that they are words as any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from kanchay.adapters.files.table import Column
from kanchay.adapters.files.words import matches, normal

__all__ = ["spelt_out", "tells_flow"]

_DIRECTION: Final = (
    r"(?:flow |energy |meter )?direction|flow|richtung|energierichtung|sentido|sens|direzione|richting|c p"
)
_SETS: Final[tuple[Mapping[str, str], ...]] = (
    {"c": "consumption", "p": "production"},
    {"c": "consumption", "g": "generation"},
    {"i": "import", "e": "export"},
    {"imp": "import", "exp": "export"},
    {"in": "import", "out": "export"},
    {"x": "import", "i": "export"},  # New Zealand: extraction from the grid and injection into it
    {"d": "delivered from grid", "r": "export"},  # delivered to the customer, received from it
    {"b": "Bezug", "l": "Lieferung"},
    {"b": "Bezug", "e": "Einspeisung"},
)
_BUSINESS: Final = r"business ?type"  # ENTSO-E code list: A01 production, A04 consumption
_TYPES: Final = {"a01": "production", "a04": "consumption"}


def spelt_out(keys: Sequence[Column]) -> list[Column]:
    """Key columns with their codes spelt out, where a column is called a direction and holds both codes of a pair."""
    return [_spelt(c) for c in keys]


def tells_flow(column: Column) -> bool:
    """Whether a column holds such codes."""
    return _set_of(column) is not None


def _set_of(column: Column) -> Mapping[str, str] | None:
    said = {w.strip().lower() for w in column.keys()[1]}
    name = normal(column.name)
    if matches(_BUSINESS, name):
        return _TYPES if said and said <= set(_TYPES) else None
    if matches(_DIRECTION, name) == name != "":
        return next((s for s in _SETS if said == set(s)), None)
    return None


def _spelt(column: Column) -> Column:
    found = _set_of(column)
    if found is None:
        return column
    codes, words = column.keys()
    return replace(column, codes=codes, words=tuple(found[w.strip().lower()] for w in words))
