"""A probabilistic forecast and its levels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["LEVELS", "QUANTILE_NAMES", "DailyForecast", "Forecast", "PeriodForecast", "TemperatureUse"]

LEVELS: Final = (0.025, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.975)
QUANTILE_NAMES: Final = ("q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975")


@dataclass(frozen=True, slots=True)
class TemperatureUse:
    """Whether a forecast read the outdoor temperature, from which point, and what it took the days ahead from.

    Attributes
    ----------
    used : bool
    because : str
        ``"known"`` where it was used; else ``"no_sensor"``, ``"too_little_known"`` (less than half of the hours of the
        week before), ``"not_read"`` (what answers has no such input) or ``"left_out"`` (asked for).
    point_id, name : str
        The sensor, or the column of a file; "" where there is none.
    ahead : str
        ``"archived"``: a forecast recorded before the issue; ``"climatology"``: the mean of the same time of day over
        the week before; ``"both"``; "" where it was not used.
    known_hours : float
        Of the 168 hours before the issue. [h]
    """

    used: bool
    because: str
    point_id: str = ""
    name: str = ""
    ahead: str = ""
    known_hours: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Forecast of one point.

    Attributes
    ----------
    issued_at : int
        First instant not yet known. [s]
    start : int
        Start of the first target interval; equals `issued_at` unless stated. [s]
    mean : ndarray of float64, shape (n_steps,)
        Expected value. [unit]
    quantiles : ndarray of float64, shape (n_steps, 9)
        At `LEVELS`, never crossing. [unit]
    temperature : TemperatureUse or None
        None where nobody told, as in forecasts that were stored before it was.
    """

    point_id: str
    issued_at: int
    start: int
    resolution_s: int
    unit: str
    mean: FloatArray
    quantiles: FloatArray
    model: str
    run_id: str = ""
    notes: tuple[str, ...] = field(
        default_factory=tuple
    )  # codes such as "short_history", "fell_back_to_naive"
    temperature: TemperatureUse | None = None

    def __post_init__(self) -> None:
        if self.quantiles.shape != (len(self.mean), len(LEVELS)):
            raise ShapeError(f"quantiles {self.quantiles.shape} do not fit {len(self.mean)} steps.")

    @property
    def starts(self) -> IntArray:
        return self.start + self.resolution_s * np.arange(len(self.mean), dtype=np.int64)

    @property
    def end(self) -> int:
        return self.start + self.resolution_s * len(self.mean)

    def quantile(self, level: float) -> FloatArray:
        """Values at one of `LEVELS`, shape (n_steps,)."""
        return self.quantiles[:, LEVELS.index(level)]


@dataclass(frozen=True, slots=True, eq=False)
class DailyForecast:
    """Totals of the local days ahead, and the total of them all.

    Attributes
    ----------
    point_id : str
        The meter.
    issued_at : int
        First instant not yet known. [s]
    starts : ndarray of int64, shape (n_days,)
        Local midnights; the first one is `issued_at`, which may lie inside its day. [s]
    end : int
        Local midnight after the last day. [s]
    unit : str
    mean : ndarray of float64, shape (n_days,)
        Expected total of each day. [unit]
    quantiles : ndarray of float64, shape (n_days, 9)
        Of each day at `LEVELS`, never crossing. [unit]
    total_mean : float
        Sum of `mean`. [unit]
    total_quantiles : ndarray of float64, shape (9,)
        Of the *total* at `LEVELS`: days are correlated, so bands of days do not add. [unit]
    method : str
        Name of what forecast it.
    known_hours : float
        History that was known. [h]
    notes : tuple of str
        Codes such as ``"short_history"``.
    temperature : TemperatureUse or None
        Of the hourly forecast that the first week leans on; None where nobody told.
    """

    point_id: str
    issued_at: int
    starts: IntArray
    end: int
    unit: str
    mean: FloatArray
    quantiles: FloatArray
    total_mean: float
    total_quantiles: FloatArray
    method: str
    known_hours: float
    notes: tuple[str, ...] = ()
    temperature: TemperatureUse | None = None

    def __post_init__(self) -> None:
        if self.quantiles.shape != (len(self.mean), len(LEVELS)) or len(self.starts) != len(self.mean):
            raise ShapeError(f"quantiles {self.quantiles.shape} do not fit {len(self.mean)} days.")


@dataclass(frozen=True, slots=True)
class PeriodForecast:
    """The total of a billing period: what is known so far plus what is to come.

    Attributes
    ----------
    point_id : str
        The meter.
    start, end, issued_at : int
        UTC seconds of the period, and the first instant not yet known. [s]
    so_far : float
        Used up to `issued_at`. [kWh]
    missing_hours : float
        Of the time so far, not measured. [h]
    mean : float
        Expected total of the period. [kWh]
    quantiles : tuple of float, length 9
        Of the period's *total* at `LEVELS`: days are correlated, so bands of days do not add. [kWh]
    method : str
        Name of what forecast it.
    daily_mean, cumulative_q10, cumulative_q90 : tuple of float
        By day still to come: expected energy, and the band of the running total. [kWh]
    """

    point_id: str
    start: int
    end: int
    issued_at: int
    so_far: float
    missing_hours: float
    mean: float
    quantiles: tuple[float, ...]
    method: str
    daily_mean: tuple[float, ...] = ()
    cumulative_q10: tuple[float, ...] = ()
    cumulative_q90: tuple[float, ...] = ()

    def probability_above(self, total: float) -> float:
        """Probability that the period's total passes `total` kWh, by interpolation between quantiles."""
        below = float(np.interp(total, self.quantiles, LEVELS, left=0.0, right=1.0))
        return 1.0 - below
