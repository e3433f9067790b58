"""Medians, median absolute deviations and the like: statistics that a few odd values cannot move."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from kanchay.domain.reading import FloatArray

__all__ = ["mad_scale", "median", "opening"]

_TO_SIGMA: Final = 1.4826  # MAD to standard deviation of a normal law


def median(values: ArrayLike, axis: int | None = None) -> FloatArray:
    """Median of the known values, NaN (without a warning) where none is known.

    Parameters
    ----------
    values : array_like
        NaN is left out.
    axis : int, optional
        Axis that is reduced; all values by default.

    Returns
    -------
    ndarray of float64
        Without `axis`. [unit of `values`]

    Examples
    --------
    >>> median([[1.0, 2.0, np.nan], [np.nan, np.nan, np.nan]], axis=1).tolist()
    [1.5, nan]
    """
    array = np.asarray(values, dtype=np.float64)
    ordered = np.sort(array, axis=axis if axis is not None else None)  # NaN last
    if axis is None:
        ordered, axis = ordered.ravel(), 0
    n = np.expand_dims(np.isfinite(ordered).sum(axis=axis), axis)
    low = np.take_along_axis(ordered, np.maximum((n - 1) // 2, 0), axis=axis)
    high = np.take_along_axis(ordered, np.minimum(n // 2, ordered.shape[axis] - 1), axis=axis)
    return np.where(n > 0, (low + high) / 2, np.nan).squeeze(axis)


def mad_scale(values: ArrayLike, axis: int | None = None) -> FloatArray:
    """Robust standard deviation: 1.4826 times the median absolute deviation.

    Parameters
    ----------
    values : array_like
        NaN is left out.
    axis : int, optional
        Axis that is reduced; all values by default.

    Returns
    -------
    ndarray of float64
        Without `axis`; of a normal law the standard deviation. [unit of `values`]

    Examples
    --------
    >>> round(float(mad_scale([1.0, 2.0, 3.0, 4.0, 100.0])), 4)
    1.4826
    """
    array = np.asarray(values, dtype=np.float64)
    centre = median(array, axis)
    spread = array - (np.expand_dims(centre, axis) if axis is not None else centre)
    scaled: FloatArray = _TO_SIGMA * median(np.abs(spread), axis)
    return scaled


def opening(values: FloatArray, length: int) -> FloatArray:
    """Morphological opening: at each place, the highest level held for `length` values in a row around it.

    What is shorter than `length` is shaved off; a pedestal that lasts stays exactly as it is.
    A missing value breaks a pedestal.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        NaN where not measured.
    length : int
        How many values a level must be held for. [-]

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN where no such stretch is known. [unit of `values`]

    Examples
    --------
    >>> opening(np.array([1.0, 9.0, 1.0, 4.0, 4.0, 4.0, 1.0]), 3).tolist()
    [1.0, 1.0, 1.0, 4.0, 4.0, 4.0, 1.0]
    """
    if len(values) < length or length <= 1:
        return values.copy()
    filled = np.where(np.isfinite(values), values, -np.inf)
    eroded = np.lib.stride_tricks.sliding_window_view(filled, length).min(axis=1)
    padded = np.concatenate([np.full(length - 1, -np.inf), eroded, np.full(length - 1, -np.inf)])
    opened = np.lib.stride_tricks.sliding_window_view(padded, length).max(axis=1)
    result: FloatArray = np.where(np.isfinite(opened), opened, np.nan)
    return result
