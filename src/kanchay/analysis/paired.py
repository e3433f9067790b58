"""One model against another over many meters: medians of the ratios of their errors, with honest intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kanchay.domain.errors import ShapeError
from kanchay.domain.reading import FloatArray

__all__ = ["Paired", "mean_over_sets", "paired_median"]


@dataclass(frozen=True, slots=True)
class Paired:
    """A model's error over a rival's, meter by meter, summed up.

    Attributes
    ----------
    median : float
        Median over meters of the ratio; below 1 the model is better. [-]
    low, high : float
        95 % interval from a bootstrap over data sets, then over meters within them. [-]
    wins : float
        Share of meters with a ratio below 1. [-]
    n : int
        Number of meters. [-]
    """

    median: float
    low: float
    high: float
    wins: float
    n: int


def paired_median(
    ratios: ArrayLike, datasets: Sequence[str], *, seed: int = 24, n_boot: int = 4_000
) -> Paired:
    """Median of per-meter ratios with an interval that resamples data sets, then meters.

    Parameters
    ----------
    ratios : array_like of float, shape (n_meters,)
        Error of the model over that of the rival. NaN, where the rival made no error at all, is left out. [-]
    datasets : sequence of str, length n_meters
        Data set of each meter: meters of one set resemble each other, so sets are drawn first.
    seed, n_boot : int
        Of the bootstrap. [-]

    Returns
    -------
    Paired

    Raises
    ------
    ShapeError
        The two differ in length or nothing is known.

    Examples
    --------
    >>> paired_median([0.5, 0.7, 0.9], ["a", "a", "b"]).median
    0.7
    """
    values, groups = _by_set(ratios, datasets)
    counts = _drawn(tuple(len(group) for group in groups), seed, n_boot)
    low, high = np.quantile(_medians(np.concatenate(groups), counts), [0.025, 0.975])
    wins = float(np.mean(values < 1.0))
    return Paired(float(np.median(values)), float(low), float(high), wins, len(values))


def mean_over_sets(ratios: ArrayLike, datasets: Sequence[str]) -> float:
    """Mean over data sets of the mean over each set's meters: a large estate does not drown the rest.

    Parameters
    ----------
    ratios : array_like of float, shape (n_meters,)
        NaN is left out. [-]
    datasets : sequence of str, length n_meters

    Returns
    -------
    float
        [-]

    Raises
    ------
    ShapeError
        The two differ in length or nothing is known.

    Examples
    --------
    >>> round(mean_over_sets([0.5, 0.7, 0.9], ["a", "a", "b"]), 3)
    0.75
    """
    return float(np.mean([group.mean() for group in _by_set(ratios, datasets)[1]]))


def _by_set(ratios: ArrayLike, datasets: Sequence[str]) -> tuple[FloatArray, list[FloatArray]]:
    """Known values, and those of each data set in the order of their names."""
    values = np.asarray(ratios, dtype=np.float64)
    if values.shape != (len(datasets),):
        raise ShapeError(f"ratios {values.shape} do not fit {len(datasets)} data sets.")
    known = ~np.isnan(values)
    if not known.any():
        raise ShapeError("No ratio is known.")
    names = np.asarray(datasets)
    groups = [values[known & (names == name)] for name in sorted(set(datasets))]
    return values[known], [group for group in groups if group.size]


@lru_cache(maxsize=64)
def _drawn(sizes: tuple[int, ...], seed: int, n_boot: int) -> NDArray[np.int64]:
    """How often each meter is drawn: as many sets as there are, then as many meters of each as it has.

    Shape (n_boot, n_meters), sets one after the other. Models that are compared on the same meters share it.
    """
    rng = np.random.default_rng(seed)
    sets = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=n_boot)
    parts = [rng.multinomial(sets[:, i] * n, np.full(n, 1 / n)) for i, n in enumerate(sizes)]
    return np.concatenate(parts, axis=1)


def _medians(values: FloatArray, counts: NDArray[np.int64]) -> FloatArray:
    """Median of the values, each repeated by its count, in every row of counts."""
    order = np.argsort(values)
    reached = counts[:, order].cumsum(axis=1)
    total = reached[:, -1:]
    # The two middle places; they are one where the number is odd.
    below, above = ((reached > place).argmax(axis=1) for place in ((total - 1) // 2, total // 2))
    medians: FloatArray = (values[order][below] + values[order][above]) / 2
    return medians
