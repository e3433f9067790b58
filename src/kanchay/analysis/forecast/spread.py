"""From a handful of past values to quantiles that never cross."""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.domain.forecast import LEVELS
from kanchay.domain.reading import FloatArray

__all__ = [
    "NORMAL_LEVELS",
    "carried",
    "nan_mean",
    "nan_quantiles",
    "nan_std",
    "non_negative",
    "sample_quantiles",
]

# Standard normal quantiles at LEVELS (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.1).
NORMAL_LEVELS: Final = np.array(
    [-1.959964, -1.644854, -1.281552, -0.674490, 0.0, 0.674490, 1.281552, 1.644854, 1.959964]
)
# How far each quantile goes with the mean when something moves it: the floor of a home (its standby) hardly moves, its
# peaks more than the mean. Set on training and validation meters by pinball loss (docs/concepts/adaptation.md).
_CARRIED: Final = np.array([0.3, 0.3, 0.35, 0.45, 0.65, 0.9, 1.1, 1.1, 1.1])
_ENOUGH: Final = 6  # from so many values on, their own order is taken; fewer say too little about the tails
_PRIOR_WEIGHT: Final = 2.0  # degrees of freedom given to the window's own overall spread


def nan_mean(values: FloatArray) -> FloatArray:
    """Mean over the last axis of what is known, NaN where nothing is; without numpy's warning.

    Parameters
    ----------
    values : ndarray of float64, shape (..., n)

    Returns
    -------
    ndarray of float64, shape (...)
        [unit of `values`]

    Examples
    --------
    >>> nan_mean(np.array([[1.0, np.nan], [np.nan, np.nan]])).tolist()
    [1.0, nan]
    """
    known = ~np.isnan(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0.0).sum(axis=-1)
    mean: FloatArray = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean


def nan_std(values: FloatArray) -> FloatArray:
    """Sample standard deviation over the last axis of what is known, NaN below two values.

    Parameters
    ----------
    values : ndarray of float64, shape (..., n)

    Returns
    -------
    ndarray of float64, shape (...)
        [unit of `values`]

    Examples
    --------
    >>> nan_std(np.array([[1.0, 3.0, np.nan], [1.0, np.nan, np.nan]])).tolist()
    [1.4142135623730951, nan]
    """
    count = (~np.isnan(values)).sum(axis=-1)
    square = nan_mean((values - nan_mean(values)[..., None]) ** 2)
    std: FloatArray = np.where(count > 1, np.sqrt(square * count / np.maximum(count - 1, 1)), np.nan)
    return std


def nan_quantiles(samples: FloatArray, levels: tuple[float, ...] = LEVELS) -> FloatArray:
    """Empirical quantiles of the known samples, linear between them (definition 7 of Hyndman and Fan).

    Parameters
    ----------
    samples : ndarray of float64, shape (..., n_samples)
        NaN where missing.
    levels : tuple of float

    Returns
    -------
    ndarray of float64, shape (..., n_levels)
        NaN where no sample is known. [unit of the samples]

    References
    ----------
    .. [1] R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50
       (1996), doi 10.2307/2684934.

    Examples
    --------
    >>> nan_quantiles(np.array([3.0, np.nan, 1.0]), (0.0, 0.5, 1.0)).tolist()
    [1.0, 2.0, 3.0]
    """
    ordered = np.sort(samples, axis=-1)  # NaN goes last
    count = (~np.isnan(samples)).sum(axis=-1)[..., None]
    position = np.asarray(levels) * np.maximum(count - 1, 0)
    below = np.floor(position).astype(np.int64)
    low = np.take_along_axis(ordered, below, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(below + 1, np.maximum(count - 1, 0)), axis=-1)
    answer: FloatArray = low + (position - below) * (high - low)
    # Rounding must not let neighbours cross.
    return np.maximum.accumulate(answer, axis=-1)


def sample_quantiles(
    centre: FloatArray, samples: FloatArray, scale: FloatArray, *, widen: float | FloatArray = 1.0
) -> FloatArray:
    """Quantiles around a centre from the spread of few samples.

    With six samples or more their own quantiles are taken, moved from their mean to `centre` and stretched by
    `widen`. With fewer, a normal distribution whose variance mixes theirs with `scale` squared (two degrees
    of freedom) and allows for the uncertain mean: a day of history answers with a wide band, not with none.

    Parameters
    ----------
    centre : ndarray of float64, shape (n_windows, n)
    samples : ndarray of float64, shape (n_windows, n, n_samples)
        NaN where missing.
    scale : ndarray of float64, shape (n_windows,)
        Standard deviation of the window as a whole.
    widen : float or ndarray of float64, shape (n_windows,), default 1
        Factor on the samples' own spread, one for all windows or each window's own. [-]

    Returns
    -------
    ndarray of float64, shape (n_windows, n, 9)
        At `LEVELS`, never crossing. [unit of `mean`]
    """
    mean = nan_mean(samples)
    factor = np.reshape(widen, (-1, 1))
    own = centre[..., None] + factor[..., None] * (nan_quantiles(samples) - mean[..., None])
    count = (~np.isnan(samples)).sum(axis=-1)
    freedom = np.maximum(count - 1, 0)
    square = np.where(freedom > 0, nan_std(samples) ** 2, 0.0)
    mixed = (freedom * square + _PRIOR_WEIGHT * scale[:, None] ** 2) / (freedom + _PRIOR_WEIGHT)
    sigma = factor * np.sqrt(mixed * (1.0 + 1.0 / np.maximum(count, 1)))
    normal = centre[..., None] + sigma[..., None] * NORMAL_LEVELS
    return np.where((count >= _ENOUGH)[..., None], own, normal)


def carried(quantiles: FloatArray, move: FloatArray) -> FloatArray:
    """Quantiles that go along with a mean that is moved, low ones less and high ones more.

    Parameters
    ----------
    quantiles : ndarray of float64, shape (..., 9)
        At `LEVELS`. [any unit]
    move : ndarray of float64, shape (...)
        What is added to the mean. [as given]

    Returns
    -------
    ndarray of float64, shape (..., 9)
        Never crossing. [as given]

    Examples
    --------
    >>> carried(np.zeros((1, 9)), np.ones(1)).tolist()
    [[0.3, 0.3, 0.35, 0.45, 0.65, 0.9, 1.1, 1.1, 1.1]]
    """
    # Carried unequally, levels may cross; sorting mends that.
    answer: FloatArray = np.sort(quantiles + move[..., None] * _CARRIED, axis=-1)
    return answer


def non_negative(load: FloatArray, values: FloatArray) -> FloatArray:
    """Cut at 0 what is forecast for a meter whose history never went below 0; net meters keep their sign.

    Parameters
    ----------
    load : ndarray of float64, shape (n_windows, lookback)
        What each window knows; NaN where missing. [kWh]
    values : ndarray of float64, shape (n_windows, ...)
        What is forecast for it. [kWh]

    Returns
    -------
    ndarray of float64, shape of `values`
        [kWh]

    Examples
    --------
    >>> non_negative(np.array([[1.0, 2.0], [-1.0, 2.0]]), np.array([[-0.5], [-0.5]])).tolist()
    [[0.0], [-0.5]]
    """
    lowest = np.where(np.isnan(load), np.inf, load).min(axis=1, initial=np.inf)
    floor = np.where(lowest >= 0.0, 0.0, -np.inf).reshape(-1, *([1] * (values.ndim - 1)))
    return np.maximum(values, floor)
