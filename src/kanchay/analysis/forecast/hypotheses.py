"""Quantiles of "either this or that": the mixture of two forecasts, each given by its quantiles."""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.domain.forecast import LEVELS
from kanchay.domain.reading import FloatArray

__all__ = ["mixed"]

_POINTS: Final = 200  # equally likely values that stand for each forecast


def mixed(first: FloatArray, second: FloatArray, weight: FloatArray) -> FloatArray:
    """Quantiles of the mixture.

    Parameters
    ----------
    first, second : ndarray of float64, shape (n, m, 9)
        At `LEVELS`, never crossing. [any unit]
    weight : ndarray of float64, shape (n,)
        Probability of `second`. [-]

    Returns
    -------
    ndarray of float64, shape (n, m, 9)
        Never crossing. [as given]

    Examples
    --------
    >>> shut, open_ = np.full((1, 1, 9), 2.0), np.full((1, 1, 9), 10.0)
    >>> mixed(open_, shut, np.array([0.8])).round(1).tolist()
    [[[2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 10.0, 10.0, 10.0]]]
    """
    values = np.concatenate([_spread(first), _spread(second)], axis=-1)
    shares = np.repeat(np.stack([1.0 - weight, weight], axis=-1) / _POINTS, _POINTS, axis=-1)
    order = np.argsort(values, axis=-1)
    values = np.take_along_axis(values, order, axis=-1)
    shares = np.take_along_axis(np.broadcast_to(shares[:, None], values.shape), order, axis=-1)
    reached = np.cumsum(shares, axis=-1) - 0.5 * shares
    place = (reached[..., None, :] < np.asarray(LEVELS)[:, None]).sum(axis=-1)
    answer: FloatArray = np.take_along_axis(values, np.minimum(place, values.shape[-1] - 1), axis=-1)
    return answer


def _spread(quantiles: FloatArray) -> FloatArray:
    """Equally likely values, linear between the levels, shape (n, m, 200)."""
    at = (np.arange(_POINTS) + 0.5) / _POINTS
    levels = np.asarray(LEVELS)
    low = np.clip(np.searchsorted(levels, at, side="right") - 1, 0, len(levels) - 2)
    part = np.clip((at - levels[low]) / (levels[low + 1] - levels[low]), 0.0, 1.0)
    answer: FloatArray = quantiles[..., low] + part * (quantiles[..., low + 1] - quantiles[..., low])
    return answer
