"""From intervals to whole hours and back: what is said of the hours holds for the intervals of a finer meter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.domain.interval import HOUR, utc_offset
from kanchay.domain.reading import FloatArray

__all__ = ["adds_up", "hourly_means", "hourly_windows", "moved_hours"]

F = TypeVar("F")
Predict = Callable[[F, Windows], Prediction]


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
    per = HOUR // resolution_s
    parts = values.reshape(len(values), values.shape[1] // per, per)
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
    whole = _to_whole_hours(windows)
    first = windows.load.shape[1] % (HOUR // windows.resolution_s)  # of an hour that began before the load
    load = hourly_means(whole.load[:, first:], windows.resolution_s)
    air = whole.temperature
    air = None if air is None else hourly_means(air[:, first:], windows.resolution_s)
    horizon = whole.horizon * windows.resolution_s // HOUR
    return replace(windows, load=load, resolution_s=HOUR, horizon=horizon, temperature=air)


def _to_whole_hours(windows: Windows) -> Windows:
    """The same windows, their horizon rounded up to whole hours."""
    n = HOUR // windows.resolution_s
    more = -windows.horizon % n
    air = windows.temperature
    air = None if air is None else np.pad(air, ((0, 0), (0, more)), constant_values=np.nan)
    return replace(windows, horizon=windows.horizon + more, temperature=air)


def moved_hours(
    fine: FloatArray, before: FloatArray, after: FloatArray, load: FloatArray, n: int
) -> FloatArray:
    """Intervals whose hours have the mean `after` where they had `before`.

    Parameters
    ----------
    fine : ndarray of float64, shape (n_windows, n_hours * n, ...)
        By interval; the last hour may be there in part.
    before, after : ndarray of float64, shape (n_windows, n_hours, ...)
        By the hour.
    load : ndarray of float64, shape (n_windows, n_lookback)
        Of the windows: one that may be below zero is shifted.
    n : int
        Intervals of an hour. [-]

    Returns
    -------
    ndarray of float64, shape of `fine`
        Moved in proportion, or all by as much where that is no way (nothing to share out, or a load that may be below
        zero). [unit of the load]

    Examples
    --------
    >>> moved_hours(np.array([[1.0, 3.0]]), np.array([[2.0]]), np.array([[4.0]]), np.ones((1, 2)), 2).tolist()
    [[2.0, 6.0]]
    """
    horizon = fine.shape[1]
    before, after = (np.repeat(x, n, axis=1)[:, :horizon] for x in (before, after))
    positive = np.nanmin(load, axis=1, initial=np.inf) >= 0
    shares = positive.reshape(-1, *([1] * (fine.ndim - 1))) & (before > 0)
    ratio = np.divide(after, before, out=np.ones_like(after), where=shares)
    return np.where(shares, fine * ratio, fine + after - before)


def adds_up(predict: Predict[F]) -> Predict[F]:
    """A forecaster's `predict`, with intervals that add up to what it says of the same meter by the hour.

    By itself a forecaster that lays its windows on the wall clock does so unless the clock moves by part of an hour
    (Lord Howe: 30 minutes): half an hour by the clock is what only the finer meter can see. The shape within an hour
    stays; its mean is that of the hourly answer.

    Parameters
    ----------
    predict : callable
        The method.

    Returns
    -------
    callable
    """

    @wraps(predict)
    def by_the_hour(self: F, windows: Windows) -> Prediction:
        answer = predict(self, windows)
        rows = np.flatnonzero(_moved_by_part(windows))
        if not len(rows):
            return answer
        part = _to_whole_hours(windows.rows(rows))
        fine, hours = predict(self, part), predict(self, hourly_windows(part))
        before = hourly_means(fine.mean, part.resolution_s)
        after = np.where(np.isnan(hours.mean), before, hours.mean)
        mean, quantiles = answer.mean.copy(), answer.quantiles.copy()
        to = (part.load, HOUR // part.resolution_s)
        mean[rows] = moved_hours(fine.mean, before, after, *to)[:, : windows.horizon]
        bands = moved_hours(fine.quantiles, before[..., None], after[..., None], *to)
        quantiles[rows] = bands[:, : windows.horizon]
        return Prediction(mean, quantiles)

    return by_the_hour


def _moved_by_part(windows: Windows) -> NDArray[np.bool_]:
    """In which windows the clock moves by part of an hour, shape (n_windows,); in none of whole hours."""
    if windows.resolution_s >= HOUR or HOUR % windows.resolution_s:
        return np.zeros(len(windows), dtype=np.bool_)
    issued, place = np.unique(windows.issued_at, return_inverse=True)
    back, ahead = (steps * windows.resolution_s for steps in (windows.load.shape[1], windows.horizon))
    moments = issued[:, None] + np.append(np.arange(-back, ahead, HOUR), ahead - windows.resolution_s)
    offset = utc_offset(moments, windows.tz)
    moved: NDArray[np.bool_] = ((offset - offset[:, :1]) % HOUR != 0).any(axis=1)[place]
    return moved
