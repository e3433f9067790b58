"""OpenEI's end-use load profiles (ResStock, ComStock): simulated quarter hours of a building, by end use.

Times are Eastern Standard Time all year and mark the end of a quarter hour. End uses are parts of the total.
"""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["PROFILE"]

_E, _K = Quantity.ELECTRIC_ENERGY, Kind.INTERVAL
_KWH: Final = r"energy consumption( kwh)?"
PROFILE: Final = Profile(
    "oedi-load-profiles",
    "OpenEI, end-use load profiles",
    ("timestamp", rf"out electricity total {_KWH}"),
    (
        Says(rf"out electricity total {_KWH}", "kWh", _E, Direction.CONSUMPTION, _K, name="Electricity"),
        Says(rf"out electricity pv {_KWH}", "kWh", _E, Direction.PRODUCTION, _K, name="Solar"),
        Says(rf"out electricity (.+) {_KWH}", "kWh", _E, Direction.CONSUMPTION, _K, part=True, name=r"\1"),
        Says(rf"out natural gas total {_KWH}", "kWh", Quantity.GAS, Direction.IMPORT, _K, name="Gas"),
        Says(r"out .*|bldg id|in .*|models used|floor area represented", left_out=True),
    ),
    label="end",
    zone="Etc/GMT+5",
    source="NREL, End-Use Load Profiles for the U.S. Building Stock: kWh, Eastern Standard Time, period ending",
)
