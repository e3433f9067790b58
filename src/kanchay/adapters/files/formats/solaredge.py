"""SolarEdge: charts that the monitoring portal downloads. Self-consumption repeats what other columns hold."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Direction, Kind

__all__ = ["PROFILE"]

PROFILE: Final = Profile(
    "solaredge",
    "SolarEdge (monitoring portal)",
    ("time|date", "system production( k? ?wh?)?"),
    (
        Says("self consumption.*|solar production.*|storage power.*", left_out=True),
        Says("system production.*", direction=Direction.PRODUCTION, kind=Kind.INTERVAL),
        Says("consumption.*", direction=Direction.CONSUMPTION, kind=Kind.INTERVAL),
        Says("export.*", direction=Direction.EXPORT, kind=Kind.INTERVAL),
        Says("import.*", direction=Direction.IMPORT, kind=Kind.INTERVAL),
    ),
    label="start",
    source="SolarEdge monitoring, site charts; its API documents that a time is the beginning of its period",
)
