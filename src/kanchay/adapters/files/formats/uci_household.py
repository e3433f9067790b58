"""The household of Sceaux that the UCI repository publishes: minutes of power, sub-meters in Wh."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Direction, Kind

__all__ = ["PROFILE"]

PROFILE: Final = Profile(
    "uci-household-power",
    "UCI, individual household electric power consumption",
    ("global active power", "global intensity", "sub metering 1"),
    (
        Says("global active power", "kW"),
        Says("global reactive power", "kvar"),
        Says(r"sub metering \d", "Wh", direction=Direction.CONSUMPTION, kind=Kind.INTERVAL, part=True),
    ),
    label="start",
    source="UCI Machine Learning Repository, data set 235: minute-averaged kW, sub-metering in watt-hour",
)
