"""ASHRAE's Great Energy Predictor III: readings by building and kind of meter, which is a number.

Kinds are 0 electricity, 1 chilled water, 2 steam, 3 hot water. Readings are kWh, but the electricity of site 0 (buildings
0 to 104) was published in kBTU, which is why the unit is asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.typed import typed_column
from kanchay.adapters.files.words import normal
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["PROFILE"]

_METERS: Final = {"0": "electricity", "1": "chilled water", "2": "steam", "3": "hot water"}


def _named(table: Table) -> Table:
    """Building and kind of meter as one column of names."""
    by_name = {normal(c.name): c for c in table.columns}
    building, meter = by_name["building id"], by_name["meter"]
    names = [f"{b} {_METERS.get(m, m)}" for b, m in zip(_labels(building), _labels(meter), strict=True)]
    rest = [c for c in table.columns if c not in (building, meter, by_name.get("row id"))]
    return replace(table, columns=[*rest, typed_column("meter", "text", names)])


def _labels(column: Column) -> list[str]:
    codes, words = column.keys()
    return [words[code] if code >= 0 else "" for code in codes.tolist()]


_KWH: Final = ("kWh", Quantity.ELECTRIC_ENERGY, Direction.IMPORT, Kind.INTERVAL)
PROFILE: Final = Profile(
    "ashrae-gepiii",
    "ASHRAE Great Energy Predictor III",
    ("building id", "meter", "timestamp", "meter reading"),
    (
        Says("meter reading", *_KWH, key=".* electricity"),
        Says(
            "meter reading",
            "kWh",
            Quantity.HEAT,
            Direction.IMPORT,
            Kind.INTERVAL,
            key=".* (chilled water|steam|hot water)",
        ),
    ),
    roles=(("key", "meter"),),
    shape=_named,
    source="ASHRAE Great Energy Predictor III, data description: hourly kWh by building and kind of meter",
)
