"""Portals of distributors in Victoria (Jemena, AusNet, United Energy): half hours across, no unit anywhere."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Kind
from kanchay.domain.units import Quantity

__all__ = ["PROFILE"]

PROFILE: Final = Profile(
    "victorian-portal",
    "Jemena, AusNet and other portals of Victoria (half hours)",
    ("nmi", "meter serial number", "con gen", "date", "estimated"),
    (Says("", "kWh", Quantity.ELECTRIC_ENERGY, None, Kind.INTERVAL),),
    label="start",
    source="Portals of Victorian distributors, download of interval data: kWh of each half hour",
)
