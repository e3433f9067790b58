"""EMHASS: what its optimisation writes (`opt_res_latest.csv`): a plan in W, means over steps that begin at the time."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["PROFILE"]

_P, _K = Quantity.POWER, Kind.INTERVAL
PROFILE: Final = Profile(
    "emhass",
    "EMHASS (optimisation results)",
    ("p pv", "p load", "p grid( pos)?"),
    (
        Says("p pv", "W", _P, Direction.PRODUCTION, _K),
        Says("p load", "W", _P, Direction.CONSUMPTION, _K),
        Says(r"p deferrable ?\d+", "W", _P, Direction.CONSUMPTION, _K, part=True),
        Says("p grid pos", "W", _P, Direction.IMPORT, _K),
        Says("p grid neg", "W", _P, Direction.EXPORT, _K),
        Says("soc opt", "1", Quantity.STATE_OF_CHARGE),
        Says("unit (load cost|prod price)", quantity=Quantity.PRICE),
        Says("p grid|p batt|p pv curtailment|p hybrid inverter|cost.*|optim status", left_out=True),
    ),
    label="start",
    source="EMHASS, data of the optimisation: powers in W, grid power split into its positive and negative part",
)
