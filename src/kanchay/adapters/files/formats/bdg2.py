"""Building Data Genome 2: a column a building, named site, use and name; the file is named by what it counts."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["PROFILES"]

_USES: Final = (
    "assembly|education|food|health|healthcare|industrial|lodging|manufacturing|office|other|parking|public|religion"
    "|religious|residential|retail|science|services|technology|unknown|utility|warehouse"
)
_BUILDING: Final = rf"\w+ (?:{_USES}) [\w ]+"
_Q, _D = Quantity, Direction
# By the name of the file: what it counts, in which unit, and which way.
_FILES: Final = (
    ("electricity", _Q.ELECTRIC_ENERGY, "kWh", _D.IMPORT),
    ("solar", _Q.ELECTRIC_ENERGY, "kWh", _D.PRODUCTION),
    ("gas", _Q.GAS, "kWh", _D.IMPORT),
    ("chilledwater|hotwater|steam", _Q.HEAT, "kWh", _D.IMPORT),
    ("water|irrigation", _Q.WATER, "L", None),
)
PROFILES: Final = tuple(
    Profile(
        "bdg2",
        f"Building Data Genome 2 ({file.replace('|', ', ')})",
        ("timestamp",),
        (Says(_BUILDING, unit, quantity, direction, Kind.INTERVAL),),
        every=_BUILDING,
        file=file,
        source="Miller et al., The Building Data Genome Project 2, Scientific Data 7, 368 (2020): kWh, water in L",
    )
    for file, quantity, unit, direction in _FILES
)
