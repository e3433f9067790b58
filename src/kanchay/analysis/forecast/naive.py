"""The naive forecasters: hard to beat, instantly understood, always beside ours.

All read the same hour of earlier days by the clock on the wall, take gaps as they are, and answer
NaN only where a window knows nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kanchay.analysis.forecast.hours import adds_up
from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.analysis.forecast.samehour import same_hours
from kanchay.analysis.forecast.spread import nan_mean, nan_std, non_negative, sample_quantiles
from kanchay.domain.interval import DAY
from kanchay.domain.reading import FloatArray

__all__ = ["DayNaive", "EnsembleNaive", "WeekNaive", "WeekdayNaive"]

# A day differs from another by sqrt(2) of the spread of days; seven values show sqrt(6/7) of that spread.
_ONE_DAY_WIDER = float(np.sqrt(2.0 / (6.0 / 7.0)))


def _first_known(*choices: FloatArray) -> FloatArray:
    """The first of several arrays that knows a value, element by element."""
    answer = choices[0]
    for choice in choices[1:]:
        answer = np.where(np.isnan(answer), choice, answer)
    return answer


def _window_mean(windows: Windows) -> FloatArray:
    """Mean of each window's known history, shape (n_windows, 1)."""
    return nan_mean(windows.load)[:, None]


def _window_std(windows: Windows) -> FloatArray:
    """Standard deviation of each window's known history, 0 where there is none, shape (n_windows,)."""
    return np.nan_to_num(nan_std(windows.load))


def _answer(windows: Windows, mean: FloatArray, quantiles: FloatArray) -> Prediction:
    return Prediction(non_negative(windows.load, mean), non_negative(windows.load, quantiles))


@dataclass(frozen=True, slots=True)
class EnsembleNaive:
    """Mean of the same hour of the last seven days, with their spread as the band.

    Attributes
    ----------
    name : str
        Name in scores.
    lookback_s : int
        [s]
    """

    name: str = "ensemble"
    lookback_s: int = 7 * DAY

    @adds_up
    def predict(self, windows: Windows) -> Prediction:
        """Forecast every window."""
        samples = same_hours(windows, windows.target_starts, 7)
        mean = _first_known(nan_mean(samples), _window_mean(windows))
        return _answer(windows, mean, sample_quantiles(mean, samples, _window_std(windows)))


@dataclass(frozen=True, slots=True)
class DayNaive:
    """The same hour of the last day that is known.

    Attributes
    ----------
    name : str
        Name in scores.
    lookback_s : int
        One day for the value, seven for its band. [s]

    Examples
    --------
    >>> load = np.tile(np.arange(24.0), 7)[None]
    >>> DayNaive().predict(Windows(load, np.array([7 * DAY]), 3600, 24, "UTC")).mean[0, :3].tolist()
    [0.0, 1.0, 2.0]
    """

    name: str = "day"
    lookback_s: int = 7 * DAY  # one day for the value, seven for its band

    @adds_up
    def predict(self, windows: Windows) -> Prediction:
        """Forecast every window."""
        samples = same_hours(windows, windows.target_starts, 7)
        mean = _first_known(samples[..., 0], nan_mean(samples), _window_mean(windows))
        quantiles = sample_quantiles(mean, samples, _window_std(windows), widen=_ONE_DAY_WIDER)
        return _answer(windows, mean, quantiles)


@dataclass(frozen=True, slots=True)
class WeekNaive:
    """The same hour of the same weekday a week ago.

    Attributes
    ----------
    name : str
        Name in scores.
    lookback_s : int
        [s]
    """

    name: str = "week"
    lookback_s: int = 7 * DAY

    @adds_up
    def predict(self, windows: Windows) -> Prediction:
        """Forecast every window."""
        last_week = same_hours(windows, windows.target_starts, 1, step_days=7)[..., 0]
        samples = same_hours(windows, windows.target_starts, 7)
        mean = _first_known(last_week, nan_mean(samples), _window_mean(windows))
        quantiles = sample_quantiles(mean, samples, _window_std(windows), widen=_ONE_DAY_WIDER)
        return _answer(windows, mean, quantiles)


@dataclass(frozen=True, slots=True)
class WeekdayNaive:
    """Mean of the same hour of the last four same weekdays; reads 28 days.

    Attributes
    ----------
    name : str
        Name in scores.
    lookback_s : int
        [s]
    """

    name: str = "weekday"
    lookback_s: int = 28 * DAY

    @adds_up
    def predict(self, windows: Windows) -> Prediction:
        """Forecast every window."""
        samples = same_hours(windows, windows.target_starts, 4, step_days=7)
        week = same_hours(windows, windows.target_starts, 7)
        mean = _first_known(nan_mean(samples), nan_mean(week), _window_mean(windows))
        # The spread of all days of the week stands behind that of four same weekdays.
        scale = _first_known(np.sqrt(nan_mean(nan_std(week) ** 2)), _window_std(windows))
        return _answer(windows, mean, sample_quantiles(mean, samples, scale))
