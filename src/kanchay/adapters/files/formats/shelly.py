"""Shelly: minutes of a three-phase meter, as the device itself hands them out (`em_data.csv`, `emdata_….csv`).

Energies are Wh of the minute that begins at the time. The fundamental is part of the total; extremes are no means.
"""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["PROFILE"]

_WH: Final = Quantity.ELECTRIC_ENERGY
PROFILE: Final = Profile(
    "shelly-em",
    "Shelly (minutes of an energy meter)",
    ("timestamp", "([abc] )?total act energy", "([abc] )?total act ret energy"),
    (
        Says(
            r"([abc]) total act energy", "Wh", _WH, Direction.IMPORT, Kind.INTERVAL, name=r"Import phase \1"
        ),
        Says(
            r"([abc]) total act ret energy",
            "Wh",
            _WH,
            Direction.EXPORT,
            Kind.INTERVAL,
            name=r"Export phase \1",
        ),
        Says("total act energy", "Wh", _WH, Direction.IMPORT, Kind.INTERVAL, name="Import"),
        Says("total act ret energy", "Wh", _WH, Direction.EXPORT, Kind.INTERVAL, name="Export"),
        Says("([abc] )?avg voltage", "V", Quantity.VOLTAGE),
        Says("([abcn] )?avg current", "A", Quantity.CURRENT),
        Says(r"([abcn] )?(fund act|lag react|lead react|max|min)\b.*", left_out=True),
    ),
    label="start",
    source="Shelly API, EMData and EM1Data: energies in Wh per interval of 60 s from its timestamp",
)
