"""What the heats of a tank water heater tell: the power of its element, what it loses, and what is drawn from it."""

from __future__ import annotations

import numpy as np

from kanchay.analysis.anomaly.bursts import Bursts
from kanchay.analysis.anomaly.days import LocalDays
from kanchay.analysis.anomaly.robust import mad_scale
from kanchay.domain.interval import HOUR, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["draws_before", "element_power", "standing_power"]


def element_power(days: LocalDays, every: Bursts, quiet: Bursts) -> float:
    """Power of the element: the bursts' own where slots are short, else what long heats settle at.

    Parameters
    ----------
    days : LocalDays
        The load in which the bursts were seen.
    every, quiet : Bursts
        All of them, and those by which the tank re-heats while nobody draws.

    Returns
    -------
    float
        1500 where slots are long and long heats too few. [W]
    """
    if days.resolution_s <= 300:
        return float(np.median(quiet.peak_w))
    long = every.peak_w[(every.last - every.first) * days.resolution_s >= 2700]
    pool = long[long >= 900.0]
    return float(np.clip(np.median(pool), 900.0, 3000.0)) if len(pool) >= 5 else 1500.0


def standing_power(days: LocalDays, heats: Bursts, quiet: Bursts, burst_kwh: float) -> tuple[float, float]:
    """What the tank loses, from the pause before each quiet burst: it lost one hysteresis in that time.

    Parameters
    ----------
    days : LocalDays
        The load in which the bursts were seen.
    heats, quiet : Bursts
        All heats of the tank, and those while nobody draws.
    burst_kwh : float
        Energy of one re-heat. [kWh]

    Returns
    -------
    power : float
        [W]
    error : float
        Relative standard error, at most 0.3. [-]
    """
    pauses = []
    for first in quiet.first:
        before = heats.last[heats.last <= first]
        if len(before):
            hours = (first - before[-1]) * days.resolution_s / HOUR
            if 1.0 <= hours <= 16.0:
                pauses.append(hours)
    if not pauses:
        return burst_kwh / 8.0 * 1e3, 0.3
    # A small draw within a pause shortens it, so the truth lies in the upper half.
    pause = float(np.quantile(pauses, 0.6))
    error = max(0.08, float(mad_scale(pauses)) / pause / np.sqrt(len(pauses)))
    return burst_kwh / pause * 1e3, float(min(error, 0.3))


def draws_before(
    days: LocalDays, heats: Bursts, standing_w: float, burst_kwh: float
) -> tuple[FloatArray, IntArray, float]:
    """Heat drawn before each heat: its energy less what the tank lost by itself since the one before.

    Parameters
    ----------
    days : LocalDays
        The load in which the heats were seen.
    heats : Bursts
        All heats of the tank, oldest first.
    standing_w : float
        What the tank loses. [W]
    burst_kwh : float
        Energy of one re-heat. [kWh]

    Returns
    -------
    drawn : ndarray of float64, shape (n_draws,)
        Of draws large enough to start the element. [kWh]
    at : ndarray of int64, shape (n_draws,)
        UTC seconds at which the element started. [s]
    small : float
        All the others together. [kWh]

    Examples
    --------
    >>> power = np.full((1, 96), 60.0)
    >>> days = LocalDays(power, np.array([0, 86400]), np.array([False]), 900, "UTC")
    >>> heats = Bursts(np.array([28, 60]), np.array([30, 64]), np.array([0.3, 1.5]), np.array([1200.0, 1500.0]))
    >>> drawn, at, small = draws_before(days, heats, 35.0, 0.3)
    >>> drawn.round(2).tolist(), at.tolist()
    ([1.2], [54000])
    """
    if not len(heats):
        return np.zeros(0), np.zeros(0, dtype=np.int64), 0.0
    pause_h = np.diff(heats.last, prepend=heats.first[0]) * days.resolution_s / HOUR
    drawn = heats.kwh - standing_w * 1e-3 * np.clip(pause_h, 0.0, 24.0)
    keep = (drawn > 0.25 * burst_kwh) & (heats.kwh > 1.3 * burst_kwh)
    at = np.array([days.instant(int(i)) for i in heats.first[keep]], dtype=np.int64)
    usual_pause = pause_h <= 16.0  # a longer one is a journey, or a heat that was not seen
    return drawn[keep], at, max(0.0, float(drawn[~keep & usual_pause].sum()))
