"""The one interface of every forecaster: many windows in, means and quantiles out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.errors import ShapeError
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray, measurable

__all__ = ["Forecaster", "Prediction", "Windows"]


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Histories to forecast from, one row a window, all on one resolution and in one zone.

    Attributes
    ----------
    load : ndarray of float64, shape (n_windows, n_lookback)
        The values just before `issued_at`, oldest first; NaN where missing. Never anything later. What no meter can
        have measured is taken as missing. [unit of the point]
    issued_at : ndarray of int64, shape (n_windows,)
        First instant not yet known, UTC. [s]
    resolution_s : int
        Length of an interval. [s]
    horizon : int
        Intervals to forecast. [-]
    tz : str
        Clock for hour of day and day of week.
    country, subdivision : str or None
        For public holidays; None: no holidays.
    temperature : ndarray of float64, shape (n_windows, n_lookback + horizon), or None
        Of the outdoor air, NaN where unknown. Beyond `issued_at` only what was forecast then, or a climatology;
        anything that was observed later is *oracle weather* and its results are labelled so. [°C]
    impossible : ndarray of bool, shape (n_windows,), or None
        Windows that were given values which no meter can have measured; None: none was.

    Raises
    ------
    ShapeError
        The rows of `load` do not fit `issued_at`, or `temperature` fits neither.

    Examples
    --------
    >>> Windows(np.ones((1, 24)), np.array([86400]), 3600, 3, "UTC").target_starts.tolist()
    [[86400, 90000, 93600]]
    """

    load: FloatArray
    issued_at: IntArray
    resolution_s: int
    horizon: int
    tz: str
    country: str | None = None
    subdivision: str | None = None
    temperature: FloatArray | None = None
    impossible: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        known = measurable(self.load)
        if known is not self.load:
            changed = (np.isnan(known) & ~np.isnan(self.load)).any(axis=1)
            object.__setattr__(self, "load", known)
            object.__setattr__(self, "impossible", changed)
        elif self.impossible is not None and len(self.impossible) != len(self.issued_at):
            object.__setattr__(self, "impossible", None)  # other windows, made of what was left of these
        if self.load.ndim != 2 or self.load.shape[0] != len(self.issued_at):
            raise ShapeError(f"load {self.load.shape} does not fit {len(self.issued_at)} windows.")
        wanted = (len(self.issued_at), self.load.shape[1] + self.horizon)
        if self.temperature is not None and self.temperature.shape != wanted:
            raise ShapeError(f"temperature {self.temperature.shape} does not fit; it must be {wanted}.")

    def __len__(self) -> int:
        return len(self.issued_at)

    def rows(self, which: slice | NDArray[Any]) -> Windows:
        """Some of the windows.

        Parameters
        ----------
        which : slice or ndarray
            Rows by slice, index or mask.

        Returns
        -------
        Windows
        """
        return replace(
            self,
            load=self.load[which],
            issued_at=self.issued_at[which],
            temperature=None if self.temperature is None else self.temperature[which],
            impossible=None if self.impossible is None else self.impossible[which],
        )

    @property
    def target_starts(self) -> IntArray:
        """Starts of the target intervals, shape (n_windows, horizon). [s]"""
        steps = self.resolution_s * np.arange(self.horizon, dtype=np.int64)
        starts: IntArray = self.issued_at[:, None] + steps
        return starts


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a forecaster answers.

    Attributes
    ----------
    mean : ndarray of float64, shape (n_windows, horizon)
        [unit of the point]
    quantiles : ndarray of float64, shape (n_windows, horizon, 9)
        At `kanchay.domain.forecast.LEVELS`, never crossing. A window without any usable history is NaN throughout.
        [unit of the point]
    """

    mean: FloatArray
    quantiles: FloatArray

    def __post_init__(self) -> None:
        if self.quantiles.shape != (*self.mean.shape, len(LEVELS)):
            raise ShapeError(f"quantiles {self.quantiles.shape} do not fit mean {self.mean.shape}.")


class Forecaster(Protocol):
    """A forecaster of load.

    `lookback_s` is the history it reads at most [s]; windows may bring less (left-padded with NaN) or more.
    """

    @property
    def name(self) -> str: ...

    @property
    def lookback_s(self) -> int: ...

    def predict(self, windows: Windows) -> Prediction:
        """Forecast every window; gaps are allowed, nothing is raised for them."""
