"""Prices that are published for each interval, such as a day-ahead market's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["PriceSeries"]


@dataclass(frozen=True, slots=True, eq=False)
class PriceSeries:
    """Prices of energy on a regular grid in UTC.

    Attributes
    ----------
    name : str
        As a tariff's series charge names it, for example ``"day_ahead.ES"``.
    currency : str
        ISO code.
    values : ndarray of float64, shape (n,)
        Without tax; NaN where nobody published one. [currency/kWh]
    start : int
        UTC second at which the first interval starts. [s]
    resolution_s : int
        Length of an interval. [s]

    Examples
    --------
    >>> prices = PriceSeries("day_ahead.XX", "EUR", np.array([0.10, 0.20]), 0, 3600)
    >>> prices.over(np.array([0, 1800, 3600]), 1800).tolist()
    [0.1, 0.1, 0.2]
    """

    name: str
    currency: str
    values: FloatArray
    start: int
    resolution_s: int

    def __post_init__(self) -> None:
        if self.values.ndim != 1:
            raise ShapeError(f"prices of '{self.name}' must be one row, not {self.values.shape}.")

    def over(self, starts: IntArray, resolution_s: int) -> FloatArray:
        """Mean price over intervals that start at `starts`; NaN where one is not known. [currency/kWh]"""
        if resolution_s <= self.resolution_s:
            return self._at(starts)
        inside = np.arange(0, resolution_s, self.resolution_s)
        prices: FloatArray = self._at(starts[:, None] + inside[None, :]).mean(axis=1)
        return prices

    def _at(self, instants: IntArray) -> FloatArray:
        index = (instants - self.start) // self.resolution_s
        known = (index >= 0) & (index < len(self.values))
        return np.where(known, self.values[np.clip(index, 0, len(self.values) - 1)], np.nan)
