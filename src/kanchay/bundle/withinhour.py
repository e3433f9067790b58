"""From intervals to hours and back: the network reads and answers hours, meters report from 5 to 60 minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.forecast.hours import hourly_means
from kanchay.domain.errors import TimeError
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import HOUR
from kanchay.domain.reading import FloatArray

__all__ = ["LOOKBACK_H", "WithinHour", "per_hour", "to_hours"]

LOOKBACK_H: Final = 168
_DAYS: Final = 7
_HOURS: Final = 24
_MEDIAN: Final = LEVELS.index(0.50)


def per_hour(resolution_s: int) -> int:
    """Intervals in an hour.

    Parameters
    ----------
    resolution_s : int
        Length of an interval. [s]

    Returns
    -------
    int
        [-]

    Raises
    ------
    TimeError
        The resolution does not divide an hour or is finer than a minute.

    Examples
    --------
    >>> per_hour(900)
    4
    """
    if resolution_s < 60 or HOUR % resolution_s:
        raise TimeError(
            f"This model reads intervals that divide an hour, not {resolution_s} s.",
            hint="Resample to 5, 10, 15, 30 or 60 minutes.",
        )
    return HOUR // resolution_s


def to_hours(load: FloatArray, resolution_s: int) -> FloatArray:
    """Mean per hour over the 168 h before the end of `load`.

    Parameters
    ----------
    load : ndarray of float64, shape (n_windows, n_lookback)
        Oldest first, NaN where missing; any length. [unit per interval]
    resolution_s : int
        Length of an interval. [s]

    Returns
    -------
    ndarray of float64, shape (n_windows, 168)
        Mean of the known intervals where at least half of an hour is known, else NaN. [unit per interval]

    Examples
    --------
    >>> to_hours(np.array([[1.0, 3.0, np.nan, 5.0]]), 1800)[0, -2:].tolist()
    [2.0, 5.0]
    """
    parts = _parts(load, per_hour(resolution_s))
    return hourly_means(parts.reshape(len(load), -1), resolution_s)


def _parts(load: FloatArray, n: int) -> FloatArray:
    """Shape (n_windows, 168, n), cut or padded with NaN at the old end."""
    length = LOOKBACK_H * n
    kept = load[:, -length:] if load.shape[1] >= length else load
    padded = np.full((len(load), length), np.nan)
    if kept.shape[1]:
        padded[:, -kept.shape[1] :] = kept
    return padded.reshape(len(load), LOOKBACK_H, n)


@dataclass(frozen=True, slots=True, eq=False)
class WithinHour:
    """How the load of a meter is spread within its hours, learned from the window alone.

    Attributes
    ----------
    shape : ndarray of float64, shape (n_windows, 24, n)
        Usual distance of an interval from the mean of its hour, by hours before the time of issue modulo a day;
        adds up to 0 in each hour. [unit per interval]
    spread : ndarray of float64, shape (n_windows, 24, 9)
        Quantiles of what is left, at `LEVELS`. [unit per interval]
    signed : ndarray of bool, shape (n_windows,)
        Whether the load went below 0.

    Examples
    --------
    >>> flat = WithinHour.of(np.ones((1, 336)), 1800)
    >>> flat.shape.shape, float(abs(flat.shape).max())
    ((1, 24, 2), 0.0)
    """

    shape: FloatArray
    spread: FloatArray
    signed: NDArray[np.bool_]

    @classmethod
    def of(cls, load: FloatArray, resolution_s: int) -> WithinHour:
        """Learn it from a window, shape (n_windows, n_lookback)."""
        parts = _parts(load, per_hour(resolution_s))
        n = parts.shape[2]
        days = (parts - parts.mean(axis=2, keepdims=True)).reshape(
            len(load), _DAYS, _HOURS, n
        )  # whole hours only
        known = np.isfinite(days)
        count = known.sum(axis=1)
        usual = np.where(known, days, 0.0).sum(axis=1) / np.maximum(count, 1)
        rest = np.where(known, days - usual[:, None], 0.0)
        noise = (rest**2).sum(axis=1) / np.maximum(count - 1, 1) / np.maximum(count, 1)
        signal = (usual**2).mean(axis=2, keepdims=True)
        trust = np.clip(1.0 - noise.mean(axis=2, keepdims=True) / np.maximum(signal, 1e-12), 0.0, 1.0)
        trust = np.where(count.min(axis=2, keepdims=True) >= 3, trust, 0.0)
        left = np.where(known, days - (trust * usual)[:, None], np.nan)
        signed: NDArray[np.bool_] = np.any(np.where(np.isfinite(load), load, 0.0) < 0.0, axis=1)
        return cls(trust * usual, _spread(left), signed)

    def over(
        self, mean: FloatArray, quantiles: FloatArray, *, flatten: bool = True
    ) -> tuple[FloatArray, FloatArray]:
        """Hours to intervals: the mean of an hour stays, its band grows by what happens within hours.

        Of a meter that never went below 0 the shape of an hour is flattened rather than cut there, so that the
        intervals still add up to the hour.

        Parameters
        ----------
        mean : ndarray of float64, shape (n_windows, n_hours)
            Mean per interval of each hour. [unit per interval]
        quantiles : ndarray of float64, shape (n_windows, n_hours, 9)
            [unit per interval]
        flatten : bool, default True
            False for bundles of format 1, which cut instead.

        Returns
        -------
        mean, quantiles : ndarray of float64, shapes (n_windows, n_hours * n) and (n_windows, n_hours * n, 9)
            [unit per interval]
        """
        n_windows, n_hours = mean.shape
        hour = np.arange(n_hours) % _HOURS
        shape = self.shape[:, hour]
        shape = self._flattened(mean, shape) if flatten else shape
        n = shape.shape[2]
        fine = (mean[:, :, None] + shape).reshape(n_windows, n_hours * n)
        median = quantiles[:, :, _MEDIAN, None]
        away = np.sign(np.arange(len(LEVELS)) - _MEDIAN)
        inner = self.spread[:, hour]
        inner = np.maximum(away * (inner - inner[:, :, _MEDIAN, None]), 0.0)
        width = away * np.hypot(quantiles - median, inner)
        bands = (median + width)[:, :, None, :] + shape[:, :, :, None]
        return fine, bands.reshape(n_windows, n_hours * n, len(LEVELS))

    def _flattened(self, mean: FloatArray, shape: FloatArray) -> FloatArray:
        """The shapes of hours, flatter where an interval of a meter without export would fall below 0."""
        lowest = -shape.min(axis=2)
        share = np.clip(np.maximum(mean, 0.0) / np.maximum(lowest, 1e-12), 0.0, 1.0)
        share = np.where(self.signed[:, None], 1.0, share)
        answer: FloatArray = shape * share[:, :, None]
        return answer


def _spread(left: FloatArray) -> FloatArray:
    """Quantiles of the residuals by hour of the day, each hour read together with its two neighbours."""
    near = np.concatenate([np.roll(left, 1, axis=2), left, np.roll(left, -1, axis=2)], axis=3)
    samples = near.transpose(0, 2, 1, 3).reshape(left.shape[0], _HOURS, -1)
    known = np.isfinite(samples)
    size = np.where(known, np.abs(samples), 0.0).sum(axis=2) / np.maximum(known.sum(axis=2), 1)
    unit = samples / np.maximum(size, 1e-12)[:, :, None]
    pooled = np.sort(unit.reshape(len(left), -1), axis=1)  # NaN goes to the end
    count = np.isfinite(pooled).sum(axis=1)
    at = np.asarray(LEVELS)[None] * np.maximum(count - 1, 0)[:, None]
    shape = np.take_along_axis(pooled, np.rint(at).astype(np.int64), axis=1)
    shape = np.where(count[:, None] > 0, shape, 0.0)
    answer: FloatArray = shape[:, None, :] * size[:, :, None]
    return answer
