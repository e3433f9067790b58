"""Outdoor air beside a meter: a forecaster is told it as it was known at each time of issue, never as it came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from kanchay.analysis.forecast.adapt import AdaptedForecaster
from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.analysis.forecast.weather import with_temperature
from kanchay.domain.errors import ShapeError
from kanchay.domain.forecast import TemperatureUse
from kanchay.domain.interval import DAY, HOUR, IntArray
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["Air", "Archive", "InAir", "each_in_its_air", "in_air", "reads_temperature", "temperature_use"]

Archive = Callable[[int, int], FloatArray]
"""What had been forecast by an instant [s] for so many intervals from it on, NaN where nothing had. [°C]"""
_WEEK: Final = 7 * DAY
_ENOUGH: Final = 0.5  # of the week before: with less, the network is rather told nothing


@dataclass(frozen=True, slots=True, eq=False)
class Air:
    """Outdoor temperature on the grid of a meter.

    Attributes
    ----------
    point_id, name : str
        The sensor, or the column of a file.
    values : ndarray of float64, shape (n_intervals,)
        What was measured, NaN where missing. [°C]
    start, resolution_s : int
        Of the grid. [s]
    known_at : ndarray of int64, shape (n_intervals,), or None
        When each value was complete; None: at the end of its interval. [s]
    archive : callable or None
        Forecasts of the temperature that are held, as they stood at a time of issue.

    Examples
    --------
    >>> air = Air("t", "outdoor", np.tile(np.arange(24.0), 9), start=0, resolution_s=3600)
    >>> windows = Windows(np.ones((2, 48)), np.array([8 * DAY, 2 * DAY]), 3600, 3, "UTC")
    >>> air.over(windows).temperature[:, -5:].tolist()  # of the second week, less than half is known
    [[22.0, 23.0, 0.0, 1.0, 2.0], [nan, nan, nan, nan, nan]]
    """

    point_id: str
    name: str
    values: FloatArray
    start: int
    resolution_s: int
    known_at: IntArray | None = None
    archive: Archive | None = None

    @classmethod
    def of(cls, panel: Panel, name: str) -> Air:
        """The first row of a panel, under the name of its column."""
        return cls(panel.points[0], name, panel.values[0], panel.start, panel.resolution_s)

    def over(self, windows: Windows) -> Windows:
        """The windows with their temperature: NaN throughout where too little of the week before is known.

        Raises
        ------
        ShapeError
            The windows are on another resolution.
        """
        if windows.resolution_s != self.resolution_s:
            raise ShapeError(
                f"Air at {self.resolution_s} s does not fit windows at {windows.resolution_s} s."
            )
        told = with_temperature(
            windows, self.values, start=self.start, known_at=self.known_at, ahead=self._archived(windows)
        )
        enough = np.array([_is_enough(self.known_hours(int(at))) for at in windows.issued_at], dtype=np.bool_)
        air = np.asarray(told.temperature, dtype=np.float64)
        return replace(windows, temperature=np.where(enough[:, None], air, np.nan))

    def known_hours(self, issued_at: int) -> float:
        """Hours of the week before an instant whose temperature was known then, 0 to 168. [h]"""
        end = (issued_at - self.start) // self.resolution_s
        week = slice(max(end - _WEEK // self.resolution_s, 0), max(end, 0))
        known = np.isfinite(self.values[week])
        if self.known_at is not None:
            known &= self.known_at[week] <= issued_at
        return float(np.count_nonzero(known) * self.resolution_s / HOUR)

    def use(self, issued_at: int, horizon_s: int) -> TemperatureUse:
        """What a forecast issued at an instant takes from here.

        Parameters
        ----------
        issued_at, horizon_s : int
            [s]

        Returns
        -------
        TemperatureUse
        """
        hours = self.known_hours(issued_at)
        if not _is_enough(hours):
            return TemperatureUse(False, "too_little_known", self.point_id, self.name, known_hours=hours)
        archived = np.full(1, np.nan)
        if self.archive is not None:
            archived = self.archive(issued_at, horizon_s // self.resolution_s)
        told = np.isfinite(archived)
        ahead = "archived" if told.all() else "both" if told.any() else "climatology"
        return TemperatureUse(True, "known", self.point_id, self.name, ahead, hours)

    def _archived(self, windows: Windows) -> FloatArray | None:
        if self.archive is None or not len(windows):
            return None
        return np.stack([self.archive(int(at), windows.horizon) for at in windows.issued_at])


def _is_enough(known_hours: float) -> bool:
    return known_hours * HOUR >= _ENOUGH * _WEEK


@dataclass(frozen=True, slots=True, eq=False)
class InAir:
    """A forecaster that is told the temperature outside one meter's site; else the same, its name too.

    Attributes
    ----------
    base : Forecaster
        Reads temperature.
    air : Air

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> air = Air("t", "outdoor", np.full(48, 20.0), start=0, resolution_s=3600)
    >>> InAir(DayNaive(), air).name
    'day'
    """

    base: Forecaster
    air: Air

    @property
    def name(self) -> str:
        return self.base.name

    @property
    def lookback_s(self) -> int:
        """History that is read at most. [s]"""
        return self.base.lookback_s

    @property
    def sha256(self) -> str:
        """That of the base: the run's fingerprint holds the temperature."""
        return str(getattr(self.base, "sha256", ""))

    @property
    def reads_temperature(self) -> bool:
        return True

    def predict(self, windows: Windows) -> Prediction:
        """Forecast every window in its air."""
        return self.base.predict(self.air.over(windows))


def reads_temperature(forecaster: Forecaster) -> bool:
    """Whether a forecaster has a temperature among its inputs.

    Parameters
    ----------
    forecaster : Forecaster

    Returns
    -------
    bool

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> reads_temperature(DayNaive())
    False
    """
    return bool(getattr(forecaster, "reads_temperature", False))


def in_air(forecaster: Forecaster, air: Air | None) -> Forecaster:
    """The forecaster in the air of one meter; itself where there is none, or where it would not read it.

    Parameters
    ----------
    forecaster : Forecaster
    air : Air or None

    Returns
    -------
    Forecaster

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> in_air(DayNaive(), None).name
    'day'
    """
    if air is None or not reads_temperature(forecaster):
        return forecaster
    if isinstance(
        forecaster, AdaptedForecaster
    ):  # each of its past forecasts in the air as it was known then
        return replace(forecaster, base=in_air(forecaster.base, air))
    return InAir(forecaster, air)


def each_in_its_air(windows: Windows, airs: Sequence[Air | None]) -> Windows:
    """Windows of many meters, each with the temperature of its own site; the same windows where none has any.

    Parameters
    ----------
    windows : Windows
    airs : sequence of Air or None, length n_windows

    Returns
    -------
    Windows

    Examples
    --------
    >>> windows = Windows(np.ones((1, 24)), np.array([DAY]), 3600, 3, "UTC")
    >>> each_in_its_air(windows, [None]).temperature is None
    True
    """
    if not any(air is not None for air in airs):
        return windows
    told = np.full((len(windows), windows.load.shape[1] + windows.horizon), np.nan)
    for row, air in enumerate(airs):
        if air is not None:
            told[row] = air.over(windows.rows(slice(row, row + 1))).temperature
    return replace(windows, temperature=told)


def temperature_use(
    forecaster: Forecaster, air: Air | None, issued_at: int, horizon_s: int, *, wanted: bool = True
) -> TemperatureUse:
    """Whether a forecast read the temperature, and why not.

    Parameters
    ----------
    forecaster : Forecaster
        Who answered.
    air : Air or None
        What there was to read.
    issued_at, horizon_s : int
        Of the forecast. [s]
    wanted : bool, default True
        False where it was asked to be left out.

    Returns
    -------
    TemperatureUse

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> temperature_use(DayNaive(), None, 0, DAY).because
    'no_sensor'
    """
    if not wanted:
        return TemperatureUse(False, "left_out")
    if air is None:
        return TemperatureUse(False, "no_sensor")
    if not reads_temperature(forecaster):
        hours = air.known_hours(issued_at)
        return TemperatureUse(False, "not_read", air.point_id, air.name, known_hours=hours)
    return air.use(issued_at, horizon_s)
