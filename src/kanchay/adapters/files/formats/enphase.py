"""Enphase: the report that Enlighten mails, and its telemetry. What goes through a battery is no flow of the grid."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["PROFILE", "TELEMETRY"]

PROFILE: Final = Profile(
    "enphase",
    "Enphase Enlighten (energy report)",
    ("date time", "energy (produced|consumed) wh"),
    (
        Says("energy produced wh", direction=Direction.PRODUCTION, kind=Kind.INTERVAL),
        Says("energy consumed wh", direction=Direction.CONSUMPTION, kind=Kind.INTERVAL),
        Says("exported to grid wh", direction=Direction.EXPORT, kind=Kind.INTERVAL),
        Says("imported from grid wh", direction=Direction.IMPORT, kind=Kind.INTERVAL),
        Says("stored in batteries wh", direction=Direction.CONSUMPTION, kind=Kind.INTERVAL, part=True),
        Says("discharged from batteries wh", direction=Direction.PRODUCTION, kind=Kind.INTERVAL, part=True),
    ),
    source="Enphase Enlighten, reports, energy production and consumption",
)
TELEMETRY: Final = Profile(
    "enphase-telemetry",
    "Enphase (telemetry of microinverters)",
    ("end at", "powr", "enwh"),
    (
        Says("powr", "W", Quantity.POWER, Direction.PRODUCTION, Kind.INTERVAL),
        Says("enwh", "Wh", Quantity.ELECTRIC_ENERGY, Direction.PRODUCTION, Kind.INTERVAL),
        Says("devices reporting", left_out=True),
    ),
    label="end",
    source="Enphase API, telemetry of microinverters: mean W and Wh of the interval that ends at end_at",
)
