"""Masking rules that make scores of different data sets comparable.

Three steps, in this order: mask runs of zeros that stand for missing data (only where the publisher filled
gaps so), sum to hours that are complete, mask long runs of one value. Nothing is ever filled.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import HOUR, IntArray
from kanchay.domain.reading import FloatArray

__all__ = [
    "FLAT_RUN_HOURS",
    "ZERO_RUN_INTERVALS",
    "clean_hourly",
    "hourly_when_complete",
    "mask_flat_runs",
    "mask_zero_runs",
    "run_lengths",
]

ZERO_RUN_INTERVALS: Final = 6
FLAT_RUN_HOURS: Final = 24


def run_lengths(values: FloatArray) -> IntArray:
    """Length of the run of equal values that each value belongs to, along the last axis.

    Parameters
    ----------
    values : ndarray of float64, shape (..., n)
        NaN belongs to no run: its length is 0 and it ends the run before it.

    Returns
    -------
    ndarray of int64, shape (..., n)
        Number of intervals. [-]

    Examples
    --------
    >>> run_lengths(np.array([0.0, 0.0, 1.0, np.nan, 1.0])).tolist()
    [2, 2, 1, 0, 1]
    """
    begins = np.ones(values.shape, dtype=bool)
    begins[..., 1:] = values[..., 1:] != values[..., :-1]  # NaN differs from itself
    first = np.flatnonzero(begins)
    lengths = np.diff(np.append(first, values.size)).astype(np.int64)
    result: IntArray = np.repeat(lengths, lengths).reshape(values.shape)
    return np.where(np.isnan(values), 0, result)


def mask_zero_runs(values: FloatArray, *, at_least: int = ZERO_RUN_INTERVALS) -> FloatArray:
    """Make runs of `at_least` or more zeros missing; shorter runs and single zeros stay.

    Parameters
    ----------
    values : ndarray of float64, shape (..., n)
        At the published resolution; NaN where missing.
    at_least : int, default 6
        Shortest run that counts as a gap, in intervals. [-]

    Returns
    -------
    ndarray of float64, shape (..., n)
        [unit of the values]

    Examples
    --------
    >>> mask_zero_runs(np.array([0.0, 1.0, 0.0, 0.0]), at_least=2).tolist()
    [0.0, 1.0, nan, nan]
    """
    return np.where((values == 0.0) & (run_lengths(values) >= at_least), np.nan, values)


def mask_flat_runs(values: FloatArray, *, at_least: int = FLAT_RUN_HOURS) -> FloatArray:
    """Make runs of `at_least` or more equal values missing, zeros included.

    Parameters
    ----------
    values : ndarray of float64, shape (..., n_hours)
        Hourly values; NaN where missing.
    at_least : int, default 24
        Shortest run that is masked, in hours. [-]

    Returns
    -------
    ndarray of float64, shape (..., n_hours)
        [unit of the values]

    Examples
    --------
    >>> mask_flat_runs(np.array([3.0, 3.0, 3.0, 1.0]), at_least=3).tolist()
    [nan, nan, nan, 1.0]
    """
    return np.where(run_lengths(values) >= at_least, np.nan, values)


def hourly_when_complete(
    values: FloatArray, start: int, resolution_s: int, *, mean_power: bool = False
) -> tuple[FloatArray, int]:
    """Energy per clock hour, only where every interval of the hour is there.

    Parameters
    ----------
    values : ndarray of float64, shape (..., n)
        Energy per interval [kWh], or mean power [kW] with `mean_power`; NaN where missing or masked.
    start : int
        UTC second at which the first interval starts; must lie on the grid of `resolution_s`. [s]
    resolution_s : int
        Length of an interval; must divide an hour. [s]
    mean_power : bool, default False
        Values are mean power: energy is power times time.

    Returns
    -------
    values : ndarray of float64, shape (..., n_hours)
        Energy per hour; NaN where any part is missing, and for the cut first and last hour. [kWh]
    start : int
        Start of the first hour. [s]

    Raises
    ------
    ShapeError
        `resolution_s` does not divide an hour, or `start` is off its grid.

    Examples
    --------
    >>> hourly_when_complete(np.array([1.0, 2.0, 3.0, np.nan]), 0, 1800)
    (array([ 3., nan]), 0)
    """
    if HOUR % resolution_s or start % resolution_s:
        raise ShapeError(f"Intervals of {resolution_s} s from {start} do not fill clock hours.")
    per_hour = HOUR // resolution_s
    before = start % HOUR // resolution_s
    after = -(before + values.shape[-1]) % per_hour
    pad = [(0, 0)] * (values.ndim - 1) + [(before, after)]
    parts = np.pad(values, pad, constant_values=np.nan)
    parts = parts.reshape(*values.shape[:-1], -1, per_hour)
    hours: FloatArray = parts.sum(axis=-1)  # NaN spreads: an incomplete hour is missing
    return (hours / per_hour if mean_power else hours), start - start % HOUR


def clean_hourly(
    values: FloatArray, start: int, resolution_s: int, *, zero_runs_are_gaps: bool, mean_power: bool = False
) -> tuple[FloatArray, int]:
    """All three steps: zero runs, complete hours, flat runs.

    Parameters
    ----------
    values : ndarray of float64, shape (..., n)
        On a regular grid at the published resolution, NaN where missing. [kWh, or kW with `mean_power`]
    start : int
        UTC second of the first interval. [s]
    resolution_s : int
        Length of an interval. [s]
    zero_runs_are_gaps : bool
        The publisher filled gaps with zeros: mask runs of six or more.
    mean_power : bool, default False
        Values are mean power.

    Returns
    -------
    values : ndarray of float64, shape (..., n_hours)
        Energy per hour, NaN where missing or masked. [kWh]
    start : int
        Start of the first hour. [s]

    Examples
    --------
    >>> hours, first = clean_hourly(np.r_[np.zeros(6), 1.0, 2.0], 0, 3600, zero_runs_are_gaps=True)
    >>> hours[-2:].tolist(), int(np.isnan(hours).sum()), first
    ([1.0, 2.0], 6, 0)
    """
    raw = mask_zero_runs(values) if zero_runs_are_gaps else np.asarray(values, dtype=np.float64)
    hours, first = hourly_when_complete(raw, start, resolution_s, mean_power=mean_power)
    return mask_flat_runs(hours), first
