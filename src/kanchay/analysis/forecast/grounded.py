"""A forecaster held to what the week before its time of issue shows outright.

A network that was trained on all kinds of meters hedges where one week leaves no doubt. Three things are looked at, from
the window's own week alone: a place whose last days have all become alike and lower than before (left, shut)
mostly stays so; a load that hardly moves is its own mean; and how far the hour that just ended lay from the
forecast lingers for an hour or two. Everywhere else the forecast stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.forecast.hours import hourly_windows, moved_hours
from kanchay.analysis.forecast.hypotheses import mixed
from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.analysis.forecast.spread import NORMAL_LEVELS, carried, non_negative
from kanchay.analysis.forecast.weekshape import WeekShape, settled, week_of
from kanchay.domain.interval import DAY, HOUR, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["GroundedForecaster", "still"]

# Fitted on training and validation meters: `python benchmarks/accuracy/grounded.py --fit --folds var/folds`.
_LINGERS: Final = 0.28  # of the last hour's departure, on a meter whose days share no shape
_FADE_H: Final = 1.2  # hours in which it falls to 37 %
_STILL: Final = 0.015  # coefficient of variation at which a week's own mean weighs as much as the forecast
_LEAST_WEIGHT: Final = 0.05  # below that the forecast stays as it is

Told = tuple[FloatArray, FloatArray, FloatArray]
"""What a week says: its weight (n_windows,), the level by step of the day (n_windows, s), the spread (n_windows,)."""
Join = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
"""Quantiles of two forecasts and the weight of the second, to the quantiles of both."""


@dataclass(frozen=True, slots=True, eq=False)
class GroundedForecaster:
    """A forecaster around another that mends what a week shows outright.

    Attributes
    ----------
    base : Forecaster
        What is held to the week.

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> load = 5.0 + 0.01 * np.cos(np.arange(168.0))[None]
    >>> windows = Windows(load, np.array([7 * 86400]), 3600, 24, "UTC")
    >>> bool(np.ptp(GroundedForecaster(DayNaive()).predict(windows).mean) < np.ptp(load[:, -24:]))
    True
    """

    base: Forecaster

    @property
    def name(self) -> str:
        """That of the base."""
        return self.base.name

    @property
    def lookback_s(self) -> int:
        """History that is read at most. [s]"""
        return max(self.base.lookback_s, 7 * DAY)

    @property
    def sha256(self) -> str:
        """Hash of the base model."""
        return str(getattr(self.base, "sha256", ""))

    @property
    def reads_temperature(self) -> bool:
        """Whether the base model has a temperature among its inputs."""
        return bool(getattr(self.base, "reads_temperature", False))

    def predict(self, windows: Windows) -> Prediction:
        """Forecast every window; finer than an hour, so that the intervals add up to what the hours say."""
        if windows.resolution_s < HOUR and HOUR % windows.resolution_s == 0:
            return self._within_hours(windows)
        return _held(windows, self.base.predict(windows))

    def _within_hours(self, windows: Windows) -> Prediction:
        """The base's intervals, moved as the hours that they make up are."""
        hours, fine = hourly_windows(windows), self.base.predict(windows)
        before = self.base.predict(hours)
        after = _held(hours, before)
        load, n = windows.load, HOUR // windows.resolution_s
        mean = moved_hours(fine.mean, before.mean, after.mean, load, n)
        quantiles = np.sort(moved_hours(fine.quantiles, before.quantiles, after.quantiles, load, n), axis=2)
        return Prediction(non_negative(load, mean), non_negative(load, quantiles))


def _held(windows: Windows, answer: Prediction) -> Prediction:
    """A forecast held to the week of its windows."""
    shape = week_of(windows)
    answer = _lingering(windows, shape, answer)
    answer = _towards(windows, answer, still(shape), _between)
    answer = _towards(windows, answer, settled(windows, shape), mixed)
    return Prediction(non_negative(windows.load, answer.mean), non_negative(windows.load, answer.quantiles))


def _lingering(windows: Windows, shape: WeekShape, answer: Prediction) -> Prediction:
    """The forecast moved towards the last hour, the more the less the days of this meter share a shape."""
    n_hour = max(1, HOUR // windows.resolution_s)
    last = shape.last[:, -n_hour:].mean(axis=1)  # unknown: no move
    departure = np.nan_to_num(last - answer.mean[:, :n_hour].mean(axis=1)) * shape.noise
    steps = np.arange(min(windows.horizon, 12 * n_hour)) // n_hour
    move = _LINGERS * departure[:, None] * np.exp(-steps / _FADE_H)
    mean, quantiles = answer.mean.copy(), answer.quantiles.copy()
    mean[:, : len(steps)] += move
    quantiles[:, : len(steps)] = carried(quantiles[:, : len(steps)], move)
    return Prediction(mean, quantiles)


def still(shape: WeekShape) -> Told:
    """What a week that hardly moves says: its daily profile as far as that is no chance.

    Parameters
    ----------
    shape : WeekShape

    Returns
    -------
    tuple of ndarray of float64
        Weight, level and spread, see `Told`.
    """
    weight = 1.0 / (1.0 + (shape.variation / _STILL) ** 2)
    level = shape.mean[:, None] + shape.believed[:, None] * (shape.profile - shape.mean[:, None])
    return np.where(shape.complete, weight, 0.0), level, shape.spread


def _towards(windows: Windows, answer: Prediction, told: Told, join: Join) -> Prediction:
    """The forecast where the week says little; joined with what it says where it says enough."""
    weight, level, spread = told
    rows = np.flatnonzero(weight >= _LEAST_WEIGHT)
    if not len(rows):
        return answer
    part = windows.rows(rows)
    clock = wall_clock(part.target_starts, part.tz) - wall_clock(part.issued_at, part.tz)[:, None]
    step = (clock // part.resolution_s) % level.shape[1]
    expected = np.take_along_axis(level[rows], step, axis=1)
    bands = expected[..., None] + spread[rows, None, None] * NORMAL_LEVELS
    mean, quantiles = answer.mean.copy(), answer.quantiles.copy()
    mean[rows] += weight[rows, None] * (expected - mean[rows])
    quantiles[rows] = join(quantiles[rows], bands, weight[rows])
    return Prediction(mean, quantiles)


def _between(first: FloatArray, second: FloatArray, weight: FloatArray) -> FloatArray:
    """Quantiles so far on the way from the first to the second: both tell of the same, none of them may be wrong."""
    return first + weight[:, None, None] * (second - first)
