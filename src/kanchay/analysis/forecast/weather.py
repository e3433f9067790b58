"""Temperature for windows: what was measured before the time of issue, and what could be expected after it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.spread import nan_mean
from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import DAY, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["with_temperature"]

_CLIMATOLOGY_DAYS = 7


def with_temperature(
    windows: Windows,
    observed: FloatArray,
    *,
    start: int,
    known_at: IntArray | None = None,
    ahead: FloatArray | None = None,
    oracle: bool = False,
) -> Windows:
    """The same windows with the temperature of the outdoor air.

    Parameters
    ----------
    windows : Windows
    observed : ndarray of float64, shape (n_intervals,)
        Measured series at the windows' resolution, NaN where missing. [°C]
    start : int
        UTC start of its first interval. [s]
    known_at : ndarray of int64, shape (n_intervals,), optional
        When each value was complete: a sensor that tells hourly means knows a quarter of an hour only with its hour.
        By default at the end of its interval. [s]
    ahead : ndarray of float64, shape (n_windows, horizon), optional
        What had been forecast at each time of issue (an archived forecast). Without it, and where it is NaN, the mean
        of the same time of day over the seven days before the issue is expected: a climatology of the last week. [°C]
    oracle : bool, default False
        Read the future from `observed`. For measuring what a perfect weather forecast would be worth; results are
        to be labelled *oracle weather*.

    Returns
    -------
    Windows

    Raises
    ------
    ShapeError
        `ahead` does not fit the windows, or both `ahead` and `oracle` are given.

    Examples
    --------
    >>> windows = Windows(np.ones((1, 48)), np.array([2 * DAY]), 3600, 24, "UTC")
    >>> air = np.tile(np.arange(24.0), 3)
    >>> told = with_temperature(windows, air + 100.0 * (np.arange(72) >= 48), start=0).temperature
    >>> told[0, 48:51].tolist(), told.shape  # the future of the series is not read
    ([0.0, 1.0, 2.0], (1, 72))
    """
    if ahead is not None and oracle:
        raise ShapeError("Give an archived forecast or ask for oracle weather, not both.")
    length = windows.load.shape[1]
    first = (windows.issued_at - start) // windows.resolution_s
    then = _Series(observed, known_at, windows.issued_at)
    past = then.at(first[:, None] + np.arange(-length, 0))
    steps = first[:, None] + np.arange(windows.horizon)
    coming = _at(observed, steps) if oracle else then.at_same_times(steps, DAY // windows.resolution_s)
    if ahead is not None:
        if np.shape(ahead) != coming.shape:
            raise ShapeError(f"The forecast weather {np.shape(ahead)} does not fit {len(windows)} windows.")
        coming = np.where(np.isfinite(ahead), ahead, coming)
    return replace(windows, temperature=np.concatenate([past, coming], axis=1))


def _at(series: FloatArray, index: IntArray) -> FloatArray:
    """Values at the given places, NaN outside."""
    inside = (index >= 0) & (index < len(series))
    found: FloatArray = np.where(inside, series[np.clip(index, 0, len(series) - 1)], np.nan)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """A measured series as it was known at the time of issue of each window."""

    values: FloatArray
    known_at: IntArray | None
    issued_at: IntArray

    def at(self, index: IntArray) -> FloatArray:
        """Values at places (n_windows, ...), NaN where they were not known then."""
        found = _at(self.values, index)
        if self.known_at is None:
            return found
        known = self.known_at[np.clip(index, 0, len(self.values) - 1)]
        by = self.issued_at.reshape(-1, *[1] * (index.ndim - 1))
        return np.where(known <= by, found, np.nan)

    def at_same_times(self, index: IntArray, day: int) -> FloatArray:
        """Mean of the same time of day over the last days, all before the time of issue, shape of `index`."""
        steps = np.arange(index.shape[1])
        back = day * (
            1 + steps // day + np.arange(_CLIMATOLOGY_DAYS)[:, None]
        )  # whole days, to before the issue
        return nan_mean(self.at((index[:, None] - back).transpose(0, 2, 1)))
