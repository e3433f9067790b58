"""Standby: what never goes off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.anomaly.baseload import night_baseload
from kanchay.analysis.anomaly.days import LocalDays
from kanchay.analysis.anomaly.detection import Detection
from kanchay.analysis.anomaly.robust import mad_scale, median
from kanchay.domain.finding import Evidence, FindingKind
from kanchay.domain.interval import DAY

__all__ = ["Standby", "high_standby", "standby_power"]

_NIGHTS: Final = 28
_FEWEST: Final = 7
_HIGH_W: Final = 55.0  # router, decoder, television and clocks together stay below
_FRIDGE_W: Final = 45.0  # mean of a refrigerator of 33 kWh a month, inseparable where slots are long


@dataclass(frozen=True, slots=True)
class Standby:
    """Power that never goes off.

    Attributes
    ----------
    power_w, low_w, high_w : float
        Median of the nights' baseloads, and 8 times in 10 the baseload of a night. [W]
    share : float
        Of all energy in these days. [-]
    n_nights : int
    """

    power_w: float
    low_w: float
    high_w: float
    share: float
    n_nights: int

    @property
    def kwh_per_year(self) -> float:
        """Energy of the standby in a year. [kWh]"""
        return self.power_w * 8.76


def standby_power(days: LocalDays, *, nights: int = _NIGHTS) -> Standby | None:
    """Standby power over the newest nights; None with fewer than seven known nights.

    Parameters
    ----------
    days : LocalDays
        The load of a site. [W]
    nights : int
        Newest nights that are looked at. [-]

    Returns
    -------
    Standby or None

    Examples
    --------
    >>> from kanchay.domain.panel import Panel
    >>> from kanchay.analysis.anomaly.days import local_days
    >>> load = np.tile([0.06] * 6 + [0.4] * 18, 10)[None]
    >>> found = standby_power(local_days(Panel.of(("m",), load, start=0, resolution_s=3600, tz="UTC")))
    >>> found.power_w, found.n_nights, round(found.share, 3)
    (60.0, 10, 0.19)
    """
    recent = days.last(nights)
    level = night_baseload(recent)
    n = int(np.isfinite(level).sum())
    if n < _FEWEST:
        return None
    power = float(median(level))
    half = 1.2816 * float(mad_scale(level))
    mean = float(np.nanmean(recent.power_w))
    return Standby(power, max(0.0, power - half), power + half, min(1.0, power / max(mean, 1e-9)), n)


def high_standby(days: LocalDays) -> Detection | None:
    """A standby beyond what routers, decoders and clocks explain.

    Where slots are longer than 15 min, a refrigerator hides in the baseload and is taken off first.

    Parameters
    ----------
    days : LocalDays
        The load of a home. [W]

    Returns
    -------
    Detection or None
        `numbers`: ``standby_w``, ``share_pct``, ``n_nights``. The energy is of the part above the usual.
    """
    found = standby_power(days)
    if found is None:
        return None
    fridge = _FRIDGE_W if days.resolution_s > 900 else 0.0
    usual = _HIGH_W + fridge
    if found.low_w <= usual or found.power_w < 1.15 * usual:
        return None
    extra, low, high = (max(0.0, w - usual) * 8.76 for w in (found.power_w, found.low_w, found.high_w))
    recent = days.last(_NIGHTS)
    level = night_baseload(recent)
    start, end = int(recent.bounds[0]), int(recent.bounds[-1])
    measured = tuple(None if np.isnan(v) else round(float(v), 1) for v in level)
    evidence = Evidence(start, end, DAY, "W", measured, (usual,) * len(level), start, end)
    numbers = {
        "standby_w": found.power_w,
        "share_pct": 100 * found.share,
        "n_nights": float(found.n_nights),
        "usual_w": usual,
    }
    return Detection(
        FindingKind.STANDBY, start, end, True, 0.85 if not fridge else 0.65, extra, low, high,
        cause="always_on", actions=("unplug_standby",), numbers=numbers, evidence=evidence,
    )  # fmt: skip
