"""DSMR-reader: what each register of a Dutch or Belgian meter rose by, by the hour or the day, and gas beside it."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["PROFILES"]

_E, _K = Quantity.ELECTRIC_ENERGY, Kind.INTERVAL
_USERS: Final = "( dutch users (low|normal) tariff)?"
_SOURCE: Final = (
    "DSMR-reader, export: differences of the registers in kWh and m³ over the hour or day that begins"
)
PROFILES: Final = (
    Profile(
        "dsmr-reader",
        "DSMR-reader (hours)",
        ("hour start", f"electricity 1{_USERS}", f"electricity 1 returned{_USERS}"),
        (
            Says(
                rf"electricity ([12]) returned{_USERS}", "kWh", _E, Direction.EXPORT, _K, name=r"Export T\1"
            ),
            Says(rf"electricity ([12]){_USERS}", "kWh", _E, Direction.IMPORT, _K, name=r"Import T\1"),
            Says("gas", "m3", Quantity.GAS, Direction.IMPORT, _K, name="Gas"),
        ),
        label="start",
        source=_SOURCE,
    ),
    Profile(
        "dsmr-reader",
        "DSMR-reader (days)",
        ("date", "electricity tariff 1 diff", "electricity tariff 1 returned diff"),
        (
            Says(
                r"electricity tariff ([12]) returned diff",
                "kWh",
                _E,
                Direction.EXPORT,
                _K,
                name=r"Export T\1",
            ),
            Says(r"electricity tariff ([12]) diff", "kWh", _E, Direction.IMPORT, _K, name=r"Import T\1"),
            Says("gas diff", "m3", Quantity.GAS, Direction.IMPORT, _K, name="Gas"),
            Says(r".* cost|.* reading( timestamp)?|.* temperature", left_out=True),
        ),
        label="start",
        source=_SOURCE,
    ),
)
