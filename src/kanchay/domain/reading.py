"""Observations as received and the readings derived from them, in columns.

An *observation* is what the other side sent: a value at an instant or over an interval, the raw register kept.
A *reading* is energy or mean value over a half-open interval; it is derived and can be derived again
(after a meter swap, say).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import IntArray

__all__ = ["LARGEST", "FloatArray", "Observations", "Quality", "QualityArray", "Readings", "measurable"]

FloatArray = NDArray[np.float64]
QualityArray = NDArray[np.int8]

LARGEST: Final = 1e15  # of one interval, in any unit: the world uses 3e13 kWh a year


def measurable(values: FloatArray) -> FloatArray:
    """Values, without those that no meter can have measured.

    Parameters
    ----------
    values : ndarray of float64, any shape
        NaN where missing.

    Returns
    -------
    ndarray of float64, the same shape
        The very same array where nothing is beyond `LARGEST`, else NaN there. [unit of the values]

    Examples
    --------
    >>> measurable(np.array([1.0, -1e300, np.inf])).tolist()
    [1.0, nan, nan]
    """
    beyond = np.abs(values) > LARGEST
    return np.where(beyond, np.nan, values) if beyond.any() else values


class Quality(IntEnum):
    """How far a value can be trusted; the worst of its parts when summed."""

    MEASURED = 0
    ESTIMATED = 1  # by the utility
    IMPUTED = 2  # by us: never trained on as truth, never counted as a saving
    SUSPECT = 3
    MISSING = 4  # only in panels, where the value is NaN


def _check(columns: dict[str, NDArray[np.generic]]) -> None:
    shapes = {name: column.shape for name, column in columns.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        raise ShapeError(f"Columns differ in shape: {shapes}.")


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Values of one point as received.

    Attributes
    ----------
    start, end : ndarray of int64, shape (n,)
        Interval in UTC seconds; equal for a value at an instant. [s]
    value : ndarray of float64, shape (n,)
        In the point's canonical unit; for a register, the register itself.
    quality : ndarray of int8, shape (n,)
        `Quality`.
    """

    point_id: str
    start: IntArray
    end: IntArray
    value: FloatArray
    quality: QualityArray

    def __post_init__(self) -> None:
        _check({"start": self.start, "end": self.end, "value": self.value, "quality": self.quality})

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Readings of one point, sorted by start, no start twice.

    Attributes
    ----------
    start, end : ndarray of int64, shape (n,)
        Half-open interval ``[start, end)`` in UTC seconds. [s]
    value : ndarray of float64, shape (n,)
        Energy of the interval [kWh] or mean over it, in the point's unit. Never NaN: what is missing is absent.
    quality : ndarray of int8, shape (n,)
        `Quality`.
    """

    point_id: str
    start: IntArray
    end: IntArray
    value: FloatArray
    quality: QualityArray

    def __post_init__(self) -> None:
        _check({"start": self.start, "end": self.end, "value": self.value, "quality": self.quality})

    def __len__(self) -> int:
        return len(self.start)

    @classmethod
    def empty(cls, point_id: str) -> Readings:
        """No readings at all."""
        none = np.zeros(0, dtype=np.int64)
        return cls(point_id, none, none, np.zeros(0), np.zeros(0, dtype=np.int8))

    @classmethod
    def regular(cls, point_id: str, start: int, resolution_s: int, values: FloatArray) -> Readings:
        """Readings on a regular grid from `start`; NaN values are left out.

        Examples
        --------
        >>> Readings.regular("m", 0, 3600, np.array([1.0, np.nan, 2.0])).start.tolist()
        [0, 7200]
        """
        starts = start + resolution_s * np.arange(len(values), dtype=np.int64)
        known = ~np.isnan(values)
        quality = np.zeros(int(known.sum()), dtype=np.int8)
        return cls(
            point_id, starts[known], starts[known] + resolution_s, np.asarray(values[known], float), quality
        )
