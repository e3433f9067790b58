"""Temperature for windows: what was measured before the time of issue, and what could be expected after it."""

from __future__ import annotations

from dataclasses import replace

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
    ahead : ndarray of float64, shape (n_windows, horizon), optional
        What had been forecast at each time of issue (an archived forecast). Without it the mean of the same time of
        day over the seven days before the issue is expected: a climatology of the last week. [°C]
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
    past = _at(observed, first[:, None] + np.arange(-length, 0))
    if oracle:
        coming = _at(observed, first[:, None] + np.arange(windows.horizon))
    else:
        coming = _climatology(observed, first, windows) if ahead is None else np.asarray(ahead)
    if coming.shape != (len(windows), windows.horizon):
        raise ShapeError(f"The forecast weather {coming.shape} does not fit {len(windows)} windows.")
    return replace(windows, temperature=np.concatenate([past, coming], axis=1))


def _at(series: FloatArray, index: IntArray) -> FloatArray:
    """Values at the given places, NaN outside."""
    inside = (index >= 0) & (index < len(series))
    found: FloatArray = np.where(inside, series[np.clip(index, 0, len(series) - 1)], np.nan)
    return found


def _climatology(observed: FloatArray, first: IntArray, windows: Windows) -> FloatArray:
    """Mean of the same time of day over the last days, all before the time of issue."""
    day = DAY // windows.resolution_s
    steps = np.arange(windows.horizon)
    back = day * (1 + steps // day + np.arange(_CLIMATOLOGY_DAYS)[:, None])  # whole days, to before the issue
    places = first[:, None, None] + steps - back
    return nan_mean(_at(observed, places.transpose(0, 2, 1)))
