"""Bursts: short stretches of high power above whatever surrounds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.anomaly.days import LocalDays
from kanchay.analysis.runs import runs
from kanchay.domain.interval import HOUR, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["Bursts", "bursts"]

_MIN_W: Final = 300.0  # mean of a 15 min slot; a burst of 1.2 kW for 6 min gives 480 W


@dataclass(frozen=True, slots=True, eq=False)
class Bursts:
    """Stretches of high power, oldest first.

    Attributes
    ----------
    first, last : ndarray of int64, shape (n,)
        Half-open ranges of flat slots.
    kwh : ndarray of float64, shape (n,)
        Energy above what surrounds them. [kWh]
    peak_w : ndarray of float64, shape (n,)
        Highest slot above what surrounds them. [W]
    """

    first: IntArray
    last: IntArray
    kwh: FloatArray
    peak_w: FloatArray

    def where(self, keep: np.ndarray) -> Bursts:
        """Only some of them."""
        return Bursts(self.first[keep], self.last[keep], self.kwh[keep], self.peak_w[keep])

    def __len__(self) -> int:
        return len(self.first)


def bursts(days: LocalDays) -> Bursts:
    """Stretches of power well above the three hours around them.

    Parameters
    ----------
    days : LocalDays
        Slots of at most 15 min.

    Returns
    -------
    Bursts

    Examples
    --------
    >>> from kanchay.analysis.anomaly.days import local_days
    >>> from kanchay.domain.panel import Panel
    >>> load = np.full((1, 96), 0.015)
    >>> load[0, 12] += 0.3  # the element for 12 min at 3 a.m.
    >>> found = bursts(local_days(Panel.of(("m",), load, start=0, resolution_s=900, tz="UTC")))
    >>> found.first.tolist(), found.kwh.round(2).tolist()
    ([12], [0.3])
    """
    power = days.flat()
    around = _surrounding(power, max(3, round(3 * HOUR / days.resolution_s)))
    above = np.nan_to_num(power - around, nan=0.0)
    found = runs(above >= _threshold(above, days.resolution_s))
    first = np.array([a for a, _ in found], dtype=np.int64)
    last = np.array([b for _, b in found], dtype=np.int64)
    # Where slots are long, a burst spills a little into those beside it.
    spill = [np.maximum(first - 1, 0), np.minimum(last, len(above) - 1)] if days.resolution_s > 300 else []
    total = np.concatenate([[0.0], np.cumsum(above)])
    energy = total[last] - total[first]
    for beside in spill:
        energy = energy + np.where((above[beside] > 60.0) & (above[beside] < _MIN_W), above[beside], 0.0)
    peak = np.array([above[a:b].max() for a, b in found])
    return Bursts(first, last, energy * days.resolution_s / HOUR / 1000.0, peak)


def _threshold(above: FloatArray, resolution_s: int) -> float:
    """Fine meters see the element itself; coarse ones see a part of it."""
    return 700.0 if resolution_s <= 120 else _MIN_W


def _surrounding(power: FloatArray, length: int) -> FloatArray:
    """Rolling median, shape (n,): what runs besides short bursts, the refrigerator's mean included. [W]"""
    step = max(1, length // 24)
    filled = np.where(np.isfinite(power), power, np.nanmedian(power) if np.isfinite(power).any() else 0.0)
    padded = np.pad(filled, (length // 2, length - 1 - length // 2), mode="edge")
    view = np.lib.stride_tricks.sliding_window_view(padded, length)[:, ::step]
    middle: FloatArray = np.median(view, axis=1)
    return middle
