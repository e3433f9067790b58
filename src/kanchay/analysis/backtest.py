"""Rolling-origin evaluation: forecast a history again and again as if each time were the present."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.analysis.forecast.windows import MIN_KNOWN_S, actuals, known_seconds, make_windows
from kanchay.analysis.metrics import Scores, score
from kanchay.domain.errors import TimeError
from kanchay.domain.interval import DAY, IntArray, local_midnight, to_datetime, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["Backtest", "backtest", "clock_times", "in_batches"]

_BATCH: Final = 2048  # windows predicted at once: large enough to be fast, small enough for flat memory


def clock_times(start: int, end: int, tz: str, *, at_s: int = 0, every_s: int = DAY) -> IntArray:
    """Times of issue within ``[start, end)``, on the wall clock of `tz`.

    Parameters
    ----------
    start, end : int
        UTC seconds. [s]
    tz : str
        Zone whose days count.
    at_s : int, default 0
        Time of day of the first issue: 0 is local midnight. [s]
    every_s : int, default 86400
        A whole number of days keeps the wall clock over clock changes; anything shorter counts elapsed
        time from each day's first issue. [s]

    Returns
    -------
    ndarray of int64, shape (n,)
        UTC. [s]

    Raises
    ------
    TimeError
        `every_s` neither divides a day nor is a whole number of days.

    Examples
    --------
    >>> first = 1774652400  # 2026-03-28 00:00 in Madrid; the 29th has 23 hours
    >>> np.diff(clock_times(first, first + 2 * 86400, "Europe/Madrid")).tolist()
    [86400, 82800]
    """
    if every_s <= 0 or (every_s % DAY and DAY % every_s):
        raise TimeError(f"Issuing every {every_s} s is not regular.", hint="Give 1d, 7d, 6h or 1h.")
    day, last = to_datetime(start, tz).date(), to_datetime(end, tz).date()
    times: list[int] = []
    while day <= last:
        first = _at_clock(local_midnight(day, tz), at_s, tz)
        stop = local_midnight(day + timedelta(days=1), tz)
        times += [first] if every_s >= DAY else range(first, max(stop, first + 1), every_s)
        day += timedelta(days=max(1, every_s // DAY))
    answer = np.asarray(times, dtype=np.int64)
    return answer[(answer >= start) & (answer < end)]


def _at_clock(midnight: int, at_s: int, tz: str) -> int:
    """The instant of a local day whose clock shows `at_s`."""
    shift = int(wall_clock(midnight + at_s, tz) - wall_clock(midnight, tz)) - at_s
    return midnight + at_s - shift


def in_batches(forecaster: Forecaster, windows: Windows, size: int = _BATCH) -> Prediction:
    """Predict many windows in batches, so that memory stays flat.

    Parameters
    ----------
    forecaster : Forecaster
    windows : Windows
        As many as there are.
    size : int
        Windows a batch. [-]

    Returns
    -------
    Prediction
        As of all windows at once.
    """
    if len(windows) <= size:
        return forecaster.predict(windows)
    parts = [forecaster.predict(part) for part in _batches(windows, size)]
    return Prediction(np.concatenate([p.mean for p in parts]), np.concatenate([p.quantiles for p in parts]))


def _batches(windows: Windows, size: int) -> Iterator[Windows]:
    for low in range(0, len(windows), size):
        yield windows.rows(slice(low, low + size))


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """Forecasts of one point issued one after the other, beside what came true.

    Attributes
    ----------
    point_id : str
        The meter.
    resolution_s : int
        Length of an interval. [s]
    issued_at : ndarray of int64, shape (n_windows,)
        UTC. [s]
    actual : ndarray of float64, shape (n_windows, horizon)
        NaN where unknown. [unit]
    prediction : Prediction
        What was forecast for the same intervals.
    omitted : ndarray of int64, shape (n_omitted,)
        Times of issue with less than a day of known history: not answered. [s]
    """

    point_id: str
    resolution_s: int
    issued_at: IntArray
    actual: FloatArray
    prediction: Prediction
    omitted: IntArray

    @property
    def target_starts(self) -> IntArray:
        """Starts of the target intervals, shape (n_windows, horizon). [s]"""
        steps = self.resolution_s * np.arange(self.actual.shape[1], dtype=np.int64)
        starts: IntArray = self.issued_at[:, None] + steps
        return starts

    def scores(self) -> Scores:
        """All scores over all windows."""
        return score(self.actual, self.prediction.mean, self.prediction.quantiles)


def backtest(
    panel: Panel,
    point_id: str,
    forecaster: Forecaster,
    issued_at: IntArray,
    *,
    horizon_s: int = DAY,
    lookback_s: int | None = None,
    country: str | None = None,
    subdivision: str | None = None,
) -> Backtest:
    """Forecast one point of a panel at every time of issue.

    Parameters
    ----------
    panel : Panel
    point_id : str
    forecaster : Forecaster
    issued_at : ndarray of int64, shape (n,)
        Times of issue, UTC. [s]
    horizon_s : int, default 86400
        Elapsed time to forecast: 24 hours also on a day of 23. [s]
    lookback_s : int, optional
        History given; by default what the forecaster reads. [s]
    country, subdivision : str or None
        For public holidays.

    Returns
    -------
    Backtest
        Windows with less than one day of known values are left out and listed in `omitted`.

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> panel = Panel.of(("m",), np.tile(np.arange(24.0), 4)[None], start=0, resolution_s=3600, tz="UTC")
    >>> result = backtest(panel, "m", DayNaive(), clock_times(86400, panel.end, "UTC"))
    >>> len(result.issued_at), result.scores().mae
    (3, 0.0)
    """
    windows = make_windows(
        panel,
        point_id,
        issued_at,
        lookback_s=forecaster.lookback_s if lookback_s is None else lookback_s,
        horizon_s=horizon_s,
        country=country,
        subdivision=subdivision,
    )
    enough = known_seconds(windows) >= MIN_KNOWN_S
    kept = windows.rows(enough)
    return Backtest(
        point_id=point_id,
        resolution_s=panel.resolution_s,
        issued_at=kept.issued_at,
        actual=actuals(panel, point_id, kept),
        prediction=in_batches(forecaster, kept),
        omitted=windows.issued_at[~enough],
    )
