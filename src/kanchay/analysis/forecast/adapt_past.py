"""What a forecaster would have said on the days before: its own record, from the window's history alone.

Every past forecast is made from the values before its own time of issue, so a record never sees what it is
compared with. Windows of one back-test share most of their past; each distinct one is forecast once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

import numpy as np

from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.analysis.forecast.samehour import days_back
from kanchay.analysis.forecast.windows import MIN_KNOWN_S
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import DAY, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["PastForecasts", "past_forecasts"]


_WHOLE_S: Final = 7 * DAY


@dataclass(frozen=True, slots=True, eq=False)
class PastForecasts:
    """Forecasts issued now (index 0) and at the same hour of the days before (index k: k days earlier).

    Attributes
    ----------
    issued_at : ndarray of int64, shape (n_windows, 1 + n_days)
        UTC. [s]
    mean : ndarray of float64, shape (n_windows, 1 + n_days, horizon)
        NaN where the window holds less history than the forecaster reads (or than a week, if it reads more), or
        less than a day of it is known. [unit of the load]
    quantiles : ndarray of float64, shape (n_windows, 1 + n_days, horizon, 9)
        [unit of the load]
    """

    issued_at: IntArray
    mean: FloatArray
    quantiles: FloatArray

    def rows(self, rows: slice) -> PastForecasts:
        """Those of some windows."""
        return PastForecasts(self.issued_at[rows], self.mean[rows], self.quantiles[rows])

    def at(self, instants: IntArray, origin: IntArray, resolution_s: int) -> tuple[FloatArray, FloatArray]:
        """Mean and quantiles for instants, each from the forecast issued at one origin.

        Parameters
        ----------
        instants : ndarray of int64, shape (n_windows, m, s)
            UTC. [s]
        origin : ndarray of int64, shape (m,)
            How many days before now the forecast was issued. [d]
        resolution_s : int
            [s]

        Returns
        -------
        mean, quantiles : ndarray of float64, shapes (n_windows, m, s) and (n_windows, m, s, 9)
            NaN where that forecast does not reach. [unit of the load]
        """
        horizon = self.mean.shape[2]
        step = (instants - self.issued_at[:, origin, None]) // resolution_s
        inside = (step >= 0) & (step < horizon)
        step = np.clip(step, 0, horizon - 1)
        mean = np.take_along_axis(self.mean[:, origin], step, axis=2)
        bands = np.take_along_axis(self.quantiles[:, origin], step[..., None], axis=2)
        return np.where(inside, mean, np.nan), np.where(inside[..., None], bands, np.nan)


def past_forecasts(forecaster: Forecaster, windows: Windows, n_days: int) -> PastForecasts:
    """Forecast every window now and as of the same hour of each of the `n_days` days before.

    Parameters
    ----------
    forecaster : Forecaster
    windows : Windows
        Their history must reach back further than the days asked for to tell anything about them.
    n_days : int
        [d]

    Returns
    -------
    PastForecasts

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> load = np.repeat(np.arange(9.0), 24)[None]
    >>> past = past_forecasts(DayNaive(), Windows(load, np.array([9 * 86400]), 3600, 24, "UTC"), 3)
    >>> past.mean[0, :, 0].tolist()
    [8.0, 7.0, 6.0, nan]
    """
    back = np.arange(n_days + 1, dtype=np.int64)
    wanted = days_back(windows.issued_at[:, None] + 0 * back, back, windows.tz)
    length = windows.load.shape[1]
    end = length + (wanted - windows.issued_at[:, None]) // windows.resolution_s
    issued = windows.issued_at[:, None] + (end - length) * windows.resolution_s
    reach = min(-(-forecaster.lookback_s // windows.resolution_s), length)
    histories, row, of = _distinct(windows, end, issued, reach)
    shape = (len(windows), n_days + 1, windows.horizon)
    mean, quantiles = np.full(shape, np.nan), np.full((*shape, len(LEVELS)), np.nan)
    if len(histories):
        answer = _told(forecaster, histories)
        mean.reshape(-1, windows.horizon)[row] = answer.mean[of]
        quantiles.reshape(-1, windows.horizon, len(LEVELS))[row] = answer.quantiles[of]
    return PastForecasts(issued, mean, quantiles)


def _told(forecaster: Forecaster, histories: Windows) -> Prediction:
    """What the forecaster says, and the mean of the same hours where it says nothing."""
    answer = forecaster.predict(histories)
    told = np.isfinite(answer.mean).all(axis=1) & np.isfinite(answer.quantiles).all(axis=(1, 2))
    silent = np.flatnonzero(~told)
    if not len(silent):
        return answer
    instead = EnsembleNaive().predict(histories.rows(silent))
    mean, quantiles = answer.mean.copy(), answer.quantiles.copy()
    mean[silent], quantiles[silent] = instead.mean, instead.quantiles
    return Prediction(mean, quantiles)


def _distinct(
    windows: Windows, end: IntArray, issued: IntArray, reach: int
) -> tuple[Windows, IntArray, IntArray]:
    """The different histories among all rows and days; flat places that have one, and which one it is."""
    n, m = end.shape
    padded = np.concatenate([np.full((n, reach), np.nan), windows.load], axis=1)
    view = np.lib.stride_tricks.sliding_window_view(padded, reach, axis=1)
    least = MIN_KNOWN_S // windows.resolution_s
    known = np.concatenate([np.zeros((n, 1), np.int64), np.cumsum(~np.isnan(padded), axis=1)], axis=1)
    rows = np.repeat(np.arange(n), m)
    stop = np.maximum(end.ravel(), 0)
    # A history cut short by the window's start is no fair record, and no two windows share it.
    whole = min(reach, _WHOLE_S // windows.resolution_s)
    enough = (known[rows, stop + reach] - known[rows, stop] >= least) & (end.ravel() >= whole)
    enough |= np.tile(np.arange(m) == 0, n)  # now is always answered, as the forecaster itself would
    places = np.flatnonzero(enough)
    keys = _keys(view, rows[places], stop[places], issued.ravel()[places])
    _, first, of = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)  # in the order they came, whatever their digests are
    of = np.argsort(order)[of]
    chosen = places[first[order]]
    part = replace(
        windows,
        load=np.ascontiguousarray(view[rows[chosen], stop[chosen]]),
        issued_at=issued.ravel()[chosen],
        temperature=_weather(windows, rows[chosen], stop[chosen], reach),
    )
    return part, places, of


def _keys(view: FloatArray, rows: IntArray, stop: IntArray, issued: IntArray) -> FloatArray:
    """One number a history: equal where time of issue and every value are equal."""
    digests = [
        blake2b(view[row, at].tobytes() + int(when).to_bytes(8, "little", signed=True), digest_size=8)
        for row, at, when in zip(rows, stop, issued, strict=True)
    ]
    return np.frombuffer(b"".join(d.digest() for d in digests), dtype=np.uint64)


def _weather(windows: Windows, rows: IntArray, stop: IntArray, reach: int) -> FloatArray | None:
    """Temperature of the same cut. Days before now see what was measured, which lies before now as well."""
    if windows.temperature is None:
        return None
    padded = np.concatenate([np.full((len(windows), reach), np.nan), windows.temperature], axis=1)
    view = np.lib.stride_tricks.sliding_window_view(padded, reach + windows.horizon, axis=1)
    return np.ascontiguousarray(view[rows, stop])
