"""Enphase: the report of energy that Enlighten mails. What goes through a battery is no flow of the grid."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Direction, Kind

__all__ = ["PROFILE"]

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
