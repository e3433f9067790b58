"""Energy of a period from readings: what was measured, what had to be estimated, what is missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kanchay.domain.interval import HOUR, IntArray, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["PeriodEnergy", "fill_missing", "period_energy"]


@dataclass(frozen=True, slots=True)
class PeriodEnergy:
    """Energy of a period.

    Attributes
    ----------
    kwh : float
        With what was estimated. [kWh]
    estimated_kwh : float
        The part of `kwh` that fills the missing hours. [kWh]
    missing_hours, hours : float
        Not measured, and all of the period. [h]
    """

    kwh: float
    estimated_kwh: float
    missing_hours: float
    hours: float

    @property
    def missing_share(self) -> float:
        """Missing part of the period, 0..1."""
        return self.missing_hours / self.hours if self.hours else 1.0


def period_energy(panel: Panel) -> PeriodEnergy:
    """Sum a period's readings and estimate what is missing by the mean of the same hours of the clock.

    Parameters
    ----------
    panel : Panel
        One point, energy per interval, exactly the period. [kWh]

    Returns
    -------
    PeriodEnergy
        NaN energy where nothing at all is known.

    Examples
    --------
    >>> panel = Panel.of(("m",), np.array([[1.0, np.nan]]), start=0, resolution_s=86400, tz="UTC")
    >>> period_energy(panel)
    PeriodEnergy(kwh=2.0, estimated_kwh=1.0, missing_hours=24.0, hours=48.0)
    """
    values = panel.values[0]
    missing = np.isnan(values)
    step_h = panel.resolution_s / HOUR
    hours, missing_hours = len(values) * step_h, float(missing.sum()) * step_h
    if missing.all():
        return PeriodEnergy(float("nan"), 0.0, missing_hours, hours)
    filled = fill_missing(values, panel.starts, panel.tz)
    estimated = float(filled[missing].sum())
    return PeriodEnergy(float(values[~missing].sum()) + estimated, estimated, missing_hours, hours)


def fill_missing(values: FloatArray, starts: IntArray, tz: str) -> FloatArray:
    """Energy with each missing interval estimated by the mean of the same hour of the clock.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        NaN where missing. [kWh]
    starts : ndarray of int64, shape (n,)
        UTC second of each interval. [s]
    tz : str
        Zone whose hours count.

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN everywhere where nothing at all is known. [kWh]

    Examples
    --------
    >>> fill_missing(np.array([1.0, np.nan]), np.array([0, 86400]), "UTC").tolist()
    [1.0, 1.0]
    """
    missing = np.isnan(values)
    if not missing.any() or missing.all():
        return values
    hour = wall_clock(starts, tz) // HOUR % 24
    known_sum = np.bincount(hour[~missing], weights=values[~missing], minlength=24)
    known_n = np.bincount(hour[~missing], minlength=24)
    overall = float(values[~missing].mean())
    profile = np.where(known_n > 0, known_sum / np.maximum(known_n, 1), overall)
    return np.where(missing, profile[hour], values)
