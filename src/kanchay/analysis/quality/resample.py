"""Laying readings on other intervals without losing or inventing energy.

One function does the cutting (`bucket`): every reading is shared out by time over the intervals it touches.
Sums, means, roll-ups and panels are built on it, so that they all agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.errors import ShapeError, TimeError
from kanchay.domain.interval import HOUR, IntArray, local_day_bounds
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray, Quality, QualityArray, Readings

__all__ = [
    "Buckets",
    "bucket",
    "by_local_day",
    "resample",
    "resample_panel",
    "signed_sum",
    "without_overlaps",
]

_MEAN_COVERAGE = 0.5  # a mean over less than half of its interval says too little to be shown


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """What readings add up to between consecutive bounds.

    Attributes
    ----------
    start, end : ndarray of int64, shape (n,)
        The intervals. [s]
    total : ndarray of float64, shape (n,)
        Sum of what was read; of a mean quantity its integral over time, in unit hours.
    covered_s : ndarray of int64, shape (n,)
        Seconds with a reading. [s]
    quality : ndarray of int8, shape (n,)
        The worst of the parts; MISSING where nothing was read.
    """

    start: IntArray
    end: IntArray
    total: FloatArray
    covered_s: IntArray
    quality: QualityArray


def without_overlaps(readings: Readings, *, summed: bool) -> Readings:
    """Cut readings back to the time that no earlier one covers, so that no second counts twice.

    Where a file of another resolution was imported over the same time, the reading that starts first counts;
    an amount is cut in proportion, a mean stays what it is, and what is covered altogether is dropped. The
    rule looks back no further than twice the longest reading: any stretch of a history can be cut alone.

    Parameters
    ----------
    readings : Readings
        Sorted by start.
    summed : bool
        Values are amounts, not means.

    Returns
    -------
    Readings
        Itself where nothing overlaps.

    Examples
    --------
    >>> start, end = np.array([0, 900, 3600]), np.array([3600, 1800, 7200])
    >>> r = Readings("m", start, end, np.ones(3), np.zeros(3, np.int8))
    >>> without_overlaps(r, summed=True).start.tolist()
    [0, 3600]
    """
    r = readings
    if len(r) < 2 or not np.any(r.start[1:] < r.end[:-1]):
        return r
    covered_until = np.concatenate((r.start[:1], np.maximum.accumulate(r.end)[:-1]))
    start = np.maximum(r.start, covered_until)
    left = (r.end - start) / np.maximum(r.end - r.start, 1)
    value = r.value * left if summed else r.value
    return _only(Readings(r.point_id, start, r.end, value, r.quality), start < r.end)


def _only(readings: Readings, keep: NDArray[np.bool_]) -> Readings:
    r = readings
    return Readings(r.point_id, r.start[keep], r.end[keep], r.value[keep], r.quality[keep])


def bucket(readings: Readings, bounds: IntArray, *, summed: bool) -> Buckets:
    """Share readings out over the intervals between consecutive bounds.

    Parameters
    ----------
    readings : Readings
        Of one point, sorted by start; overlaps are cut (`without_overlaps`).
    bounds : ndarray of int64, shape (n + 1,)
        Rising instants; interval ``i`` is ``[bounds[i], bounds[i + 1])``. [s]
    summed : bool
        True for amounts (kWh, m³), false for means (kW, °C).

    Returns
    -------
    Buckets

    Raises
    ------
    ShapeError
        The bounds do not rise.

    Examples
    --------
    A reading of two hours gives each of its hours half:

    >>> r = Readings("m", np.array([0]), np.array([7200]), np.array([3.0]), np.zeros(1, np.int8))
    >>> bucket(r, np.array([0, 3600, 7200]), summed=True).total.tolist()
    [1.5, 1.5]
    """
    edges = np.asarray(bounds, dtype=np.int64)
    if len(edges) < 1 or np.any(np.diff(edges) <= 0):
        raise ShapeError("Bounds of intervals must rise.")
    clean = without_overlaps(readings, summed=summed)
    clean = _only(clean, (clean.end > edges[0]) & (clean.start < edges[-1]) & (clean.end > clean.start))
    return _add_up(clean, edges, summed=summed)


def _add_up(clean: Readings, edges: IntArray, *, summed: bool) -> Buckets:
    n = len(edges) - 1
    index, reading, overlap = _shares(clean, edges)
    length = (clean.end - clean.start)[reading]
    weight = overlap / length if summed else overlap / HOUR
    total = np.bincount(index, clean.value[reading] * weight, n)
    covered = np.bincount(index, overlap, n).astype(np.int64)
    quality = np.full(n, -1, dtype=np.int8)
    np.maximum.at(quality, index, clean.quality[reading])
    quality[quality < 0] = Quality.MISSING
    return Buckets(edges[:-1], edges[1:], total[:n].astype(np.float64), covered[:n], quality)


def _shares(clean: Readings, edges: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Interval, reading and seconds of each piece in which a reading meets an interval."""
    first = np.maximum(np.searchsorted(edges, clean.start, side="right") - 1, 0)
    last = np.minimum(np.searchsorted(edges, clean.end, side="left") - 1, len(edges) - 2)
    pieces = last - first + 1
    reading = np.repeat(np.arange(len(clean), dtype=np.int64), pieces)
    before = np.cumsum(pieces) - pieces
    index = np.arange(len(reading), dtype=np.int64) - before[reading] + first[reading]
    low = np.maximum(clean.start[reading], edges[index])
    high = np.minimum(clean.end[reading], edges[index + 1])
    return index.astype(np.int64), reading, (high - low).astype(np.int64)


def resample(
    readings: Readings, *, start: int, end: int, resolution_s: int, summed: bool
) -> tuple[FloatArray, QualityArray]:
    """Readings on a regular grid of ``ceil((end - start) / resolution_s)`` intervals from `start`.

    Parameters
    ----------
    readings : Readings
        Of one point, sorted by start.
    start, end : int
        First instant of the grid; its end is rounded up to whole intervals. [s]
    resolution_s : int
        Length of an interval. [s]
    summed : bool
        True for amounts: an interval is known only where every second of it was read. False for means:
        time-weighted over what was read, known from half of the interval on, *estimated* unless all of it.

    Returns
    -------
    values : ndarray of float64, shape (n_intervals,)
        NaN where not known. [unit of the readings]
    quality : ndarray of int8, shape (n_intervals,)
        The worst of the parts.

    Raises
    ------
    TimeError
        The resolution is not positive.

    Examples
    --------
    >>> r = Readings.regular("m", 0, 900, np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    >>> resample(r, start=0, end=7200, resolution_s=3600, summed=True)[0].tolist()
    [10.0, nan]
    """
    if resolution_s <= 0:
        raise TimeError(
            f"A resolution of {resolution_s} s cannot be.", hint="Give a positive number of seconds."
        )
    n = max(0, -(-(end - start) // resolution_s))
    if n == 0:
        return np.zeros(0), np.zeros(0, dtype=np.int8)
    parts = bucket(readings, start + resolution_s * np.arange(n + 1, dtype=np.int64), summed=summed)
    if summed:
        return _known(parts.total, parts.quality, parts.covered_s == resolution_s)
    hours = np.maximum(parts.covered_s, 1) / HOUR
    quality = parts.quality.copy()
    quality[(parts.covered_s < resolution_s) & (quality == Quality.MEASURED)] = Quality.ESTIMATED
    return _known(parts.total / hours, quality, parts.covered_s >= _MEAN_COVERAGE * resolution_s)


def _known(
    values: FloatArray, quality: QualityArray, known: NDArray[np.bool_]
) -> tuple[FloatArray, QualityArray]:
    missing = np.int8(Quality.MISSING)
    return np.where(known, values, np.nan), np.where(known, quality, missing).astype(np.int8)


def resample_panel(panel: Panel, resolution_s: int, *, summed: bool | tuple[bool, ...] = True) -> Panel:
    """A panel on another resolution, from the same start. kWh are conserved both ways.

    Parameters
    ----------
    panel : Panel
    resolution_s : int
        New length of an interval. [s]
    summed : bool or tuple of bool, length n_points
        Whether each point holds amounts (kWh) or means (kW, °C).

    Returns
    -------
    Panel

    Examples
    --------
    >>> p = Panel.of(("m",), np.array([[1.0, 3.0]]), start=0, resolution_s=3600, tz="UTC")
    >>> resample_panel(p, 1800).values.tolist()
    [[0.5, 0.5, 1.5, 1.5]]
    """
    kinds = (summed,) * len(panel.points) if isinstance(summed, bool) else summed
    rows = [
        resample(
            panel.readings(name), start=panel.start, end=panel.end, resolution_s=resolution_s, summed=kind
        )
        for name, kind in zip(panel.points, kinds, strict=True)
    ]
    n = max(0, -(-(panel.end - panel.start) // resolution_s))
    values = np.array([row[0] for row in rows]).reshape(len(rows), n)
    quality = np.array([row[1] for row in rows], dtype=np.int8).reshape(len(rows), n)
    return Panel(panel.points, values, quality, panel.start, resolution_s, panel.tz)


def by_local_day(readings: Readings, start: int, end: int, tz: str, *, summed: bool) -> Buckets:
    """Totals per local calendar day of `tz` over the whole days that cover ``[start, end)``.

    Days have 23, 24 or 25 hours; `covered_s` tells how much of each was read.

    Parameters
    ----------
    readings : Readings
    start, end : int
        UTC seconds. [s]
    tz : str
        IANA name of the zone.
    summed : bool
        Values are amounts, not means.

    Returns
    -------
    Buckets
        One a day.

    Examples
    --------
    >>> r = Readings.regular("m", 18000, 3600, np.ones(24))  # midnight to midnight in Lima
    >>> by_local_day(r, 18000, 18001, "America/Lima", summed=True).total.tolist()
    [24.0]
    """
    return bucket(readings, local_day_bounds(start, end, tz), summed=summed)


def signed_sum(
    parts: list[tuple[int, FloatArray, QualityArray]], n_intervals: int
) -> tuple[FloatArray, QualityArray]:
    """Sum of series with signs; known only where every term is known, as good as its worst term.

    Parameters
    ----------
    parts : list of (int, ndarray, ndarray)
        Sign, values and quality of each term, all of one grid; shapes (n_intervals,).
    n_intervals : int
        Length of that grid. [-]

    Returns
    -------
    value : ndarray of float64, shape (n_intervals,)
        [unit of the terms]
    quality : ndarray of int8, shape (n_intervals,)

    Examples
    --------
    >>> zero = np.zeros(2, np.int8)
    >>> signed_sum([(1, np.array([3.0, 1.0]), zero), (-1, np.array([1.0, np.nan]), zero)], 2)[0].tolist()
    [2.0, nan]
    """
    values, quality = np.zeros(n_intervals), np.zeros(n_intervals, dtype=np.int8)
    for sign, term, grade in parts:
        values = values + sign * term
        quality = np.maximum(quality, grade)
    return _known(values, quality, ~np.isnan(values) & bool(parts))
