"""Days that look like the one to forecast: which of a meter's own days tell most about it.

Two days are alike when both are working or both free, when they are the same weekday, when the base forecaster expects
as much of them in each part of the day, and when the day before them and its last hour were as high.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.forecast.spread import nan_mean
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["Look", "alike_mean", "distances", "kernel"]

# What makes days differ, in squares of the spread of this meter's daily means: chosen on training and validation
# meters by the error of the whole blend.
_LAST_HOUR: Final = 0.315  # of the day before
_EXPECTED: Final = 0.24  # each quarter of the base forecast
_BEFORE: Final = 0.06  # each eighth of the day before, and the mean of the one before that
_KIND: Final = 1.24  # a working day is no free one
_WEEKDAY: Final = 0.53  # Monday is no Tuesday
_AGE: Final = 90.0  # days after which a day that looks alike counts half
_SHRINK: Final = 0.05  # weight of "no error" against the days that look alike


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How each day of a grid looks when it is forecast.

    Attributes
    ----------
    yesterday : ndarray of float64, shape (n_windows, 1 + J, s)
        The last day known then. [unit of the load]
    before : ndarray of float64, shape (n_windows, 1 + J, s)
        The day before that. [unit of the load]
    expected : ndarray of float64, shape (n_windows, 1 + J, s)
        The base forecast. [unit of the load]
    free : ndarray of bool, shape (n_windows, 1 + J)
        Weekend or public holiday.
    days_ago : ndarray of int64, shape (1 + J,)
        Days from each day of the grid to the one that is forecast. [d]
    known_from : ndarray of int64, shape (1 + J,)
        See `DayGrid`.
    """

    yesterday: FloatArray
    before: FloatArray
    expected: FloatArray
    free: NDArray[np.bool_]
    days_ago: IntArray
    known_from: IntArray


def distances(look: Look, n_hour: int) -> FloatArray:
    """How unlike the days of a grid are; infinite where one was not yet known when the other was forecast.

    Parameters
    ----------
    look : Look
    n_hour : int
        Intervals in an hour. [-]

    Returns
    -------
    ndarray of float64, shape (n_windows, 1 + J, 1 + J)
        At least 0; the second axis is the day forecast, the last one the day that might tell about it. [-]
    """
    states = _states(look, n_hour)
    square = (states**2).sum(-1)
    apart = square[:, :, None] + square[:, None, :] - 2.0 * states @ np.swapaxes(states, 1, 2)
    apart = np.maximum(apart, 0.0) + _KIND * (look.free[:, :, None] != look.free[:, None, :])
    apart += _WEEKDAY * ((look.days_ago[:, None] - look.days_ago) % 7 != 0)
    index = np.arange(states.shape[1])
    known: FloatArray = np.where(index >= look.known_from[:, None], apart, np.inf)
    return known


def kernel(apart: FloatArray, days_ago: IntArray, narrow: float) -> FloatArray:
    """How much each day tells about each other, falling with what sets them apart and with age.

    Parameters
    ----------
    apart : ndarray of float64, shape (n_windows, 1 + J, 1 + J)
        As `distances` gives them. [-]
    days_ago : ndarray of int64, shape (1 + J,)
        [d]
    narrow : float
        Factor on the distances: with a small one days of any look count. [-]

    Returns
    -------
    ndarray of float64, shape of `apart`
        0 where nothing was known. [-]

    Examples
    --------
    >>> kernel(np.array([[[np.inf, 0.0], [np.inf, np.inf]]]), np.array([0, 90]), 1.0).tolist()
    [[[0.0, 0.5], [0.0, 0.0]]]
    """
    age = np.maximum(days_ago - days_ago[:, None], 0)
    weights: FloatArray = np.exp(-narrow * apart) * 0.5 ** (age / _AGE)
    return weights


def alike_mean(weights: FloatArray, values: FloatArray, base: FloatArray | None = None) -> FloatArray:
    """Weighted mean of the days alike, less `base`, drawn to 0 where hardly any is alike.

    Parameters
    ----------
    weights : ndarray of float64, shape (n_windows, 1 + J, 1 + J)
        As `kernel` gives them. [-]
    values : ndarray of float64, shape (n_windows, 1 + J, s)
        NaN where unknown. [unit of the load]
    base : ndarray of float64, shape (n_windows, 1 + J, s), optional
        Taken off; nothing by default. [unit of the load]

    Returns
    -------
    ndarray of float64, shape (n_windows, 1 + J, s)
        [unit of the load]

    Examples
    --------
    >>> weights = np.array([[[0.0, 0.95], [0.0, 0.0]]])
    >>> alike_mean(weights, np.array([[[np.nan], [2.0]]])).round(2).tolist()
    [[[1.9], [0.0]]]
    """
    known = ~np.isnan(values)
    weight = weights @ known.astype(np.float64)
    total = weights @ np.where(known, values, 0.0)
    if base is not None:
        total = total - weight * base
    answer: FloatArray = total / (weight + _SHRINK)
    return answer


def _states(look: Look, n_hour: int) -> FloatArray:
    """What is compared, scaled so that squared differences add up to the distance, shape (n_windows, 1 + J, n)."""
    level = nan_mean(look.yesterday)
    spread = np.sqrt(nan_mean((level - nan_mean(level)[:, None]) ** 2))[:, None, None]
    parts = [
        (_BEFORE, _parts_of_day(look.yesterday, 8)),
        (_BEFORE, nan_mean(look.before)[..., None]),
        (_LAST_HOUR, nan_mean(look.yesterday[..., -n_hour:])[..., None]),
        (_EXPECTED, _parts_of_day(look.expected, 4)),
    ]
    states = np.concatenate([np.sqrt(weight) * values for weight, values in parts], axis=-1)
    answer: FloatArray = np.nan_to_num(states / np.where(spread > 0, spread, 1.0))
    return answer


def _parts_of_day(values: FloatArray, n_parts: int) -> FloatArray:
    """Means of equal parts of each day, shape (..., n_parts)."""
    return nan_mean(values.reshape(*values.shape[:-1], n_parts, -1))
