"""The usual day of a meter: a robust profile by kind of day and time of day, and how far loads stray from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.anomaly.days import LocalDays
from kanchay.analysis.anomaly.robust import mad_scale, median
from kanchay.domain.reading import FloatArray

__all__ = ["Profile", "usual_profile"]

_FEW_DAYS: Final = 4  # below this a kind of day borrows the profile of all days
_FLOOR: Final = 0.05  # of the mean power: no home is steadier than this


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Expected power of each slot of each day.

    Attributes
    ----------
    expected_w, scale_w : ndarray of float64, shape (n_days, n_slots)
        Median of days of the same kind, and the robust standard deviation around it. [W]
    """

    expected_w: FloatArray
    scale_w: FloatArray

    def residual_w(self, days: LocalDays) -> FloatArray:
        """Measured minus expected, shape (n_days, n_slots). [W]"""
        return days.power_w - self.expected_w

    def z(self, days: LocalDays) -> FloatArray:
        """Residual in robust standard deviations, shape (n_days, n_slots). [-]"""
        score: FloatArray = self.residual_w(days) / self.scale_w
        return score


def usual_profile(days: LocalDays, *, by_weekday: bool = False) -> Profile:
    """Robust local-time profile with its residual scale.

    Parameters
    ----------
    days : LocalDays
        The load. [W]
    by_weekday : bool, default False
        Hour-of-week (seven kinds of day, holidays with Sundays) instead of working and rest days.

    Returns
    -------
    Profile

    Examples
    --------
    >>> from kanchay.domain.panel import Panel
    >>> from kanchay.analysis.anomaly.days import local_days
    >>> load = np.tile([0.1] * 18 + [0.5] * 6, 14)[None]
    >>> days = local_days(Panel.of(("m",), load, start=0, resolution_s=3600, tz="UTC"))
    >>> float(usual_profile(days).expected_w[3, 20])
    500.0
    """
    kind = (
        np.where(days.rest & (days.weekday < 5), 6, days.weekday)
        if by_weekday
        else days.rest.astype(np.int64)
    )
    expected = np.full(days.power_w.shape, np.nan)
    scale = np.full(days.power_w.shape, np.nan)
    floor = _FLOOR * float(np.nanmean(days.power_w)) if np.isfinite(days.power_w).any() else 1.0
    for one in np.unique(kind):
        same = kind == one
        pool = days.power_w[same] if (days.known[same] > 0).sum() >= _FEW_DAYS else days.power_w
        expected[same] = median(pool, axis=0)
        scale[same] = np.maximum(mad_scale(pool, axis=0), floor)
    return Profile(expected, scale)
