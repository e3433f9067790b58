"""The panel: what every analysis function takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray, Quality, QualityArray, Readings, measurable

__all__ = ["Panel"]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Points by intervals on one regular grid in UTC.

    Attributes
    ----------
    points : tuple of str, length n_points
        Point ids.
    values : ndarray of float64, shape (n_points, n_intervals)
        NaN where missing. Energy panels hold kWh per interval.
    quality : ndarray of int8, shape (n_points, n_intervals)
        `Quality`; MISSING where the value is NaN.
    start : int
        UTC second at which the first interval starts. [s]
    resolution_s : int
        Length of an interval. [s]
    tz : str
        Zone whose days and hours count (IANA name).

    Examples
    --------
    >>> panel = Panel.of(("m",), np.array([[1.0, np.nan]]), start=0, resolution_s=3600, tz="UTC")
    >>> panel.n_intervals, panel.end, panel.quality.tolist()
    (2, 7200, [[0, 4]])
    """

    points: tuple[str, ...]
    values: FloatArray
    quality: QualityArray
    start: int
    resolution_s: int
    tz: str

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[0] != len(self.points):
            raise ShapeError(f"values {self.values.shape} do not fit {len(self.points)} points.")
        if self.quality.shape != self.values.shape:
            raise ShapeError(f"quality {self.quality.shape} does not fit values {self.values.shape}.")

    @classmethod
    def of(
        cls, points: tuple[str, ...], values: FloatArray, *, start: int, resolution_s: int, tz: str
    ) -> Panel:
        """A panel whose known values are all measured."""
        quality = np.where(np.isnan(values), Quality.MISSING, Quality.MEASURED).astype(np.int8)
        return cls(points, np.asarray(values, dtype=np.float64), quality, int(start), resolution_s, tz)

    @classmethod
    def from_readings(
        cls,
        readings: list[Readings],
        *,
        resolution_s: int,
        tz: str,
        start: int | None = None,
        end: int | None = None,
    ) -> Panel:
        """Lay readings of that very resolution on one grid.

        Readings that do not start on the grid or are not `resolution_s` long are left out: resample first
        (`kanchay.analysis.quality.resample`).
        """
        starts = [int(r.start[0]) for r in readings if len(r)] if start is None else [start]
        ends = [int(r.end[-1]) for r in readings if len(r)] if end is None else [end]
        first = min(starts, default=0) // resolution_s * resolution_s if start is None else start
        n_intervals = max(0, -(-(max(ends, default=first) - first) // resolution_s))
        values = np.full((len(readings), n_intervals), np.nan)
        quality = np.full(values.shape, Quality.MISSING, dtype=np.int8)
        for row, r in enumerate(readings):
            index, offset = np.divmod(r.start - first, resolution_s)
            fits = (offset == 0) & (r.end - r.start == resolution_s) & (index >= 0) & (index < n_intervals)
            values[row, index[fits]] = r.value[fits]
            quality[row, index[fits]] = r.quality[fits]
        return cls(tuple(r.point_id for r in readings), values, quality, int(first), resolution_s, tz)

    @property
    def n_intervals(self) -> int:
        return int(self.values.shape[1])

    @property
    def end(self) -> int:
        """UTC second at which the last interval ends. [s]"""
        return self.start + self.n_intervals * self.resolution_s

    @property
    def starts(self) -> IntArray:
        """Start of each interval, shape (n_intervals,). [s]"""
        return self.start + self.resolution_s * np.arange(self.n_intervals, dtype=np.int64)

    def row(self, point_id: str) -> FloatArray:
        """Values of one point, shape (n_intervals,)."""
        values: FloatArray = self.values[self.points.index(point_id)]
        return values

    def select(self, *point_ids: str) -> Panel:
        """The same panel with only these points."""
        rows = [self.points.index(p) for p in point_ids]
        return replace(self, points=tuple(point_ids), values=self.values[rows], quality=self.quality[rows])

    def measurable(self) -> Panel:
        """Itself, or the same without the values that no meter can have measured."""
        values = measurable(self.values)
        if values is self.values:
            return self
        quality = np.where(np.isnan(values), np.int8(Quality.MISSING), self.quality)
        return replace(self, values=values, quality=quality)

    def slice(self, start: int, end: int) -> Panel:
        """Intervals within ``[start, end)``, both in UTC seconds; padded with missing where it reaches beyond."""
        first = -(-(start - self.start) // self.resolution_s)
        last = (end - self.start) // self.resolution_s
        n = max(0, last - first)
        values = np.full((len(self.points), n), np.nan)
        quality = np.full(values.shape, Quality.MISSING, dtype=np.int8)
        low, high = max(first, 0), min(last, self.n_intervals)
        if high > low:
            values[:, low - first : high - first] = self.values[:, low:high]
            quality[:, low - first : high - first] = self.quality[:, low:high]
        return replace(self, values=values, quality=quality, start=self.start + first * self.resolution_s)

    def readings(self, point_id: str) -> Readings:
        """The known readings of one point."""
        row = self.points.index(point_id)
        known = ~np.isnan(self.values[row])
        starts = self.starts[known]
        return Readings(
            point_id, starts, starts + self.resolution_s, self.values[row, known], self.quality[row, known]
        )
