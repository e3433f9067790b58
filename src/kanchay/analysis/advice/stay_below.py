"""Stay below a line of the tariff, such as 140 kWh a month in Peru: what to cut, and what that gains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.domain.forecast import LEVELS, PeriodForecast
from kanchay.domain.interval import DAY
from kanchay.domain.reading import FloatArray

__all__ = ["StayBelow", "stay_below"]

_LIKELY: Final = (
    0.15,
    0.995,
)  # probability of passing the line: below it needs nobody, above it helps nobody
_SURE: Final = 0.80  # the cut keeps the period below in 8 of 10 cases
_FEASIBLE: Final = 0.25  # of what the rest of the period would use
_FEWEST_DAYS: Final = 2.0


@dataclass(frozen=True, slots=True)
class StayBelow:
    """A cut that keeps a period below a line.

    Attributes
    ----------
    at_kwh : float
        The line: the last kWh at the lower price. [kWh]
    cut_kwh, cut_kwh_per_day : float
        What to use less until the end of the period. [kWh]
    days_left : float
    probability_before, probability_after : float
        Of passing the line, without and with the cut. [-]
    gain, gain_low, gain_high : float
        Expected gain over the forecast's distribution, 8 times in 10 within the range. [currency]
    """

    at_kwh: float
    cut_kwh: float
    cut_kwh_per_day: float
    days_left: float
    probability_before: float
    probability_after: float
    gain: float
    gain_low: float
    gain_high: float


def stay_below(forecast: PeriodForecast, at_kwh: float, price: Callable[[float], object]) -> StayBelow | None:
    """The smallest cut that keeps the period below `at_kwh` in 8 of 10 cases.

    Parameters
    ----------
    forecast : PeriodForecast
        What is known and what is to come.
    at_kwh : float
        The line. [kWh]
    price : callable
        The whole bill of a period of so many kWh; what it returns must go into ``float``.

    Returns
    -------
    StayBelow or None
        None where the line is passed already, hardly reached or far beyond, or where less than two days are left:
        then there is nothing worth doing.

    Examples
    --------
    >>> quantiles = (130.0, 133.0, 136.0, 140.0, 145.0, 150.0, 154.0, 157.0, 160.0)
    >>> month = PeriodForecast("m", 0, 30 * DAY, 15 * DAY, 72.0, 0.0, 145.0, quantiles, "daily")
    >>> found = stay_below(month, 140.0, lambda kwh: 0.7 * kwh + (10.0 if kwh > 140 else 0.0))
    >>> round(found.cut_kwh, 1), round(found.probability_before, 2), round(found.gain, 1)
    (11.4, 0.75, 13.5)
    """
    total = np.asarray(forecast.quantiles, dtype=np.float64)
    days_left = (forecast.end - forecast.issued_at) / DAY
    before = forecast.probability_above(at_kwh)
    if forecast.so_far >= at_kwh or days_left < _FEWEST_DAYS or not _LIKELY[0] <= before <= _LIKELY[1]:
        return None
    cut = float(np.ceil(10 * (np.interp(_SURE, LEVELS, total) - at_kwh)) / 10)
    rest = forecast.mean - forecast.so_far
    cut = min(cut, _FEASIBLE * rest)
    after = 1.0 - float(np.interp(at_kwh, total - cut, LEVELS, left=0.0, right=1.0))
    if cut <= 0 or after > 0.5 * before:
        return None
    gains = _gains(total, cut, forecast.so_far, price)
    low, high = np.quantile(gains, (0.1, 0.9))
    return StayBelow(
        at_kwh, cut, cut / days_left, days_left, before, after, float(gains.mean()), float(low), float(high)
    )


def _gains(total: FloatArray, cut: float, so_far: float, price: Callable[[float], object]) -> FloatArray:
    """Gain at 20 equally likely totals. [currency]"""
    totals = np.interp(np.linspace(0.025, 0.975, 20), LEVELS, total)
    return np.array([float(price(t)) - float(price(max(t - cut, so_far))) for t in totals])  # type: ignore[arg-type]
