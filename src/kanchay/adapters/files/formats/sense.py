"""Sense: a row an hour and device, the whole home and its solar plant among them; mean watts repeat the kWh."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["PROFILE"]

_E: Final = Quantity.ELECTRIC_ENERGY
_KWH: Final = r"k ?wh"
PROFILE: Final = Profile(
    "sense",
    "Sense (usage by device)",
    (r"date ?time", "device id", "name", "device type", "avg wattage", _KWH),
    (
        Says("avg wattage", left_out=True),
        Says(_KWH, "kWh", _E, Direction.CONSUMPTION, Kind.INTERVAL, key="total usage"),
        Says(_KWH, "kWh", _E, Direction.PRODUCTION, Kind.INTERVAL, key="solar production"),
        Says(_KWH, "kWh", _E, Direction.CONSUMPTION, Kind.INTERVAL, part=True),
    ),
    label="start",
    roles=(("key", "Name"),),
    source="Sense, export of the usage of a home: Total Usage is the whole home, other names are parts of it",
)
