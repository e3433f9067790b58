"""Small shapes that several pages show."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from kanchay.domain.interval import HOUR, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["Tile", "floats", "same_weekday_profile"]


@dataclass(frozen=True)
class Tile:
    """A label with its period, a value with its unit, a comparison. `tone` is "good", "bad" or ""."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    before: str = ""  # a currency sign stands before its number
    tone: str = ""


def floats(values: FloatArray) -> list[float | None]:
    """Values for a chart: what is not known is None."""
    return [None if isnan(v) else float(v) for v in values.tolist()]


def same_weekday_profile(panel: Panel, day_start: int, n_hours: int, weeks: int = 4) -> FloatArray:
    """Mean of the same hours on the same weekday of the weeks before, shape (n_hours,); NaN where never measured."""
    week = 7 * 24 * HOUR
    rows = [
        panel.slice(day_start - w * week, day_start - w * week + n_hours * HOUR).values[0]
        for w in range(1, weeks + 1)
    ]
    stack = np.vstack(rows)
    n = np.sum(~np.isnan(stack), axis=0)
    sums = np.nansum(stack, axis=0)
    return np.where(n > 0, sums / np.maximum(n, 1), np.nan)


def night_kw(panel: Panel, start: int, end: int) -> float | None:
    """Median power from 1 to 5 a.m. within ``[start, end)``, of an hourly panel of energy; None without readings."""
    part = panel.slice(start, end)
    hour = wall_clock(part.starts, panel.tz) // HOUR % 24
    night = part.values[0][(hour >= 1) & (hour < 5)]
    known = night[~np.isnan(night)]
    return float(np.median(known)) if len(known) else None
