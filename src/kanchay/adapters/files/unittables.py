"""Tables of units beside a list: {"units": {"electricity": "kWh", "gas": "m3"}} tells each column its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kanchay.adapters.files.cells import cell_type
from kanchay.adapters.files.typed import written
from kanchay.adapters.files.words import ROLE_WORDS, find_unit, matches, normal

__all__ = ["unit_named", "units_by_name"]

_OF_THE_UNIT: Final = ("name", "code", "symbol", "text", "value", "id", "type", "label")  # not of a column


def units_by_name(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    """The keys of a table of units around a row, each with its unit; nothing where they name no columns of the row."""
    found = {k: str(v) for k, v in row.items() if k in names and _is_entry(k, v)}
    if not any(find_unit(f"({v})") is not None for v in found.values()):
        return {}
    others = [_last(n) for n in names if n not in found and cell_type(written(row.get(n))) == "number"]
    return found if any(_fits(_last(k), other) for k in found for other in others) else {}


def _is_entry(key: str, value: Any) -> bool:
    """Whether a key ends in a part below one that speaks of units."""
    *above, last = key.split(".")
    if not above or not isinstance(value, str) or normal(last) in _OF_THE_UNIT:
        return False
    return bool(matches(ROLE_WORDS["unit"], normal(above[-1])))


def _last(key: str) -> str:
    return key.rsplit(".", 1)[-1]


def _fits(entry: str, column: str) -> bool:
    """Whether the name of a column is that of an entry, or has it in it."""
    return bool(normal(entry)) and f" {normal(entry)} " in f" {normal(column)} "


def unit_named(column: str, units: Mapping[str, str]) -> str:
    """The unit that a table of units tells a column: that of the entry which says most of its name."""
    fitting = sorted((k for k in units if _fits(_last(k), column)), key=lambda k: len(_last(k)))
    return units[fitting[-1]] if fitting else ""
