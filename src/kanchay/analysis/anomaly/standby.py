"""Standby: what never goes off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.anomaly.baseload import night_baseload
from kanchay.analysis.anomaly.days import LocalDays
from kanchay.analysis.anomaly.robust import mad_scale, median

__all__ = ["Standby", "standby_power"]

_NIGHTS: Final = 28
_FEWEST: Final = 7


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
