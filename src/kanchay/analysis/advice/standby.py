"""Cut the standby: what a switched power strip saves and whether it pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kanchay.analysis.anomaly.standby import Standby

__all__ = ["StandbyCut", "standby_cut"]

_STAYS_W: Final = (
    9.0  # a router: EU 2023/826 allows 7 to 8 W to networked equipment of its kind, and 1 W for a clock
)
_REACHABLE: Final = (0.25, 0.5, 0.75)  # of what is above that: low, usual and high, for plugs one can reach
_STRIP_W: Final = (15.0, 30.0, 60.0)  # television, decoder and console behind one strip: never more than that
_MIN_CUT_W: Final = 3.0
_FRIDGE_W: Final = 45.0  # hidden in the baseload where slots are longer than 15 min


@dataclass(frozen=True, slots=True)
class StandbyCut:
    """What can go.

    Attributes
    ----------
    cut_w : float
        Power that a switched strip takes away. [W]
    kwh_per_month, kwh_low, kwh_high : float
        In 30.4 days. [kWh]
    """

    cut_w: float
    kwh_per_month: float
    kwh_low: float
    kwh_high: float


def standby_cut(standby: Standby | None, *, resolution_s: int = 900) -> StandbyCut | None:
    """What can be cut from a standby; None where there is little to gain.

    Parameters
    ----------
    standby : Standby or None
        As measured.
    resolution_s : int
        Length of the slots it was measured with: long ones hide a refrigerator in it. [s]

    Returns
    -------
    StandbyCut or None

    Examples
    --------
    >>> round(standby_cut(Standby(30.0, 28.0, 32.0, 0.2, 28)).cut_w, 1)
    10.5
    >>> standby_cut(Standby(10.0, 9.0, 11.0, 0.1, 28)) is None
    True
    """
    if standby is None:
        return None
    above = standby.power_w - _STAYS_W - (_FRIDGE_W if resolution_s > 900 else 0.0)
    low, usual, high = (min(share * above, most) for share, most in zip(_REACHABLE, _STRIP_W, strict=True))
    if usual < _MIN_CUT_W:
        return None
    return StandbyCut(usual, usual * 0.73, low * 0.73, high * 0.73)  # 0.73 kWh a month of one watt
