"""Layouts whose publisher documents what the file itself leaves out.

A profile is evidence like any other: it fills units and labels that nothing in the file contradicts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

__all__ = ["PROFILES", "Profile", "find_profile"]


@dataclass(frozen=True, slots=True)
class Profile:
    """Headers that must all be there, and what is known about columns that match.

    `units` maps a pattern of the header to a unit; `label` is "start" or "end"; `source` says who documents it.
    """

    name: str
    headers: tuple[str, ...]
    units: dict[str, str] = field(default_factory=dict)
    label: str = ""
    source: str = ""


PROFILES: Final = (
    Profile(
        "uci-household-power",
        ("global active power", "global intensity", "sub metering 1"),
        {r"global active power": "kW", r"global reactive power": "kvar", r"sub metering \d": "Wh"},
        "start",
        "UCI Machine Learning Repository, data set 235: minute-averaged kW, sub-metering in watt-hour",
    ),
    Profile(
        "coes-executed-demand",
        ("fecha", "ejecutado"),
        {r"ejecutado": "MW"},
        "end",
        "COES, executed demand of the Peruvian system: MW, half hours labelled by their end",
    ),
)


def find_profile(headers: list[str]) -> Profile | None:
    """The profile whose headers are all there."""
    for profile in PROFILES:
        if all(any(re.fullmatch(p, h) for h in headers) for p in profile.headers):
            return profile
    return None
