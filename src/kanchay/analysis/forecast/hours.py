"""From intervals to whole hours: what a model that thinks in hours reads of a finer meter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kanchay.analysis.forecast.protocol import Windows
from kanchay.domain.interval import HOUR
from kanchay.domain.reading import FloatArray

__all__ = ["hourly_means", "hourly_windows"]


def hourly_means(values: FloatArray, resolution_s: int) -> FloatArray:
    """Mean of each whole hour of a series.

    Parameters
    ----------
    values : ndarray of float64, shape (n_rows, n_intervals)
        NaN where missing; whole hours.
    resolution_s : int
        Length of an interval. [s]

    Returns
    -------
    ndarray of float64, shape (n_rows, n_hours)
        Mean of the known intervals where at least half of an hour is known, else NaN. [unit of the values]

    Examples
    --------
    >>> hourly_means(np.array([[1.0, 3.0, np.nan, 5.0]]), 1800).tolist()
    [[2.0, 5.0]]
    """
    parts = values.reshape(len(values), -1, HOUR // resolution_s)
    known = np.isfinite(parts)
    count = known.sum(axis=2)
    total = np.where(known, parts, 0.0).sum(axis=2)
    return np.where(2 * count >= parts.shape[2], total / np.maximum(count, 1), np.nan)


def hourly_windows(windows: Windows) -> Windows:
    """The same windows by the hour, counted from their time of issue.

    Parameters
    ----------
    windows : Windows
        At a resolution that divides an hour.

    Returns
    -------
    Windows
        Mean of each hour's intervals; an hour that is known by half counts with the mean of what is known. The
        horizon is rounded up to whole hours. [unit per interval, as it was]

    Examples
    --------
    >>> quarters = Windows(np.ones((1, 8)), np.array([0]), 900, 6, "UTC")
    >>> hourly_windows(quarters).load.tolist(), hourly_windows(quarters).horizon
    ([[1.0, 1.0]], 2)
    """
    n = HOUR // windows.resolution_s
    first = windows.load.shape[1] % n  # of an hour that began before the load
    load = hourly_means(windows.load[:, first:], windows.resolution_s)
    horizon = -(-windows.horizon // n)
    air = None
    if windows.temperature is not None:
        missing = horizon * n - windows.horizon
        known = np.pad(windows.temperature[:, first:], ((0, 0), (0, missing)), constant_values=np.nan)
        air = hourly_means(known, windows.resolution_s)
    return replace(windows, load=load, resolution_s=HOUR, horizon=horizon, temperature=air)
