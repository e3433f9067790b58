"""A forecaster that learns a meter's own ways from its last weeks, and steps back where that does not help.

Nothing is stored and nothing is random: the same history gives the same forecast. From a window's history alone the base
forecaster is asked what it would have said on each of the days before. Against those days a ridge regression learns
how far means, habits and the forecaster's own errors should move it (`adapt_weights`), forecasts issued later never seen;
the best of base, blend and naives on those days answers, and its bands are stretched to its own record (`adapt_bands`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.forecast.adapt_bands import recalibrate
from kanchay.analysis.forecast.adapt_experts import DayGrid, day_grid, days_known, expert_moves, naive_means
from kanchay.analysis.forecast.adapt_past import PastForecasts, past_forecasts
from kanchay.analysis.forecast.adapt_weights import PRIOR, Prior, own_weights
from kanchay.analysis.forecast.hours import adds_up
from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.analysis.forecast.spread import NORMAL_LEVELS, carried, nan_mean, non_negative
from kanchay.domain.interval import DAY
from kanchay.domain.reading import FloatArray

__all__ = ["CANDIDATES", "AdaptedForecaster"]

#: Who may answer; `AdaptedForecaster.choices` gives indices into it.
CANDIDATES: Final = ("adapted", "base", "ensemble", "weekday")
# A day that was forecast from less history than this says little about a forecast from more.
_FAIR_DAYS: Final = 6.5
_LEAST_DAYS: Final = 14  # past days before a naive may take over
_BASE_MARGIN: Final = 0.98  # the base forecast must have been so much better (RMSE) to answer itself
_NAIVE_MARGIN: Final = 0.98
# Numbers held at once: pasts that windows share are forecast once for as many windows as fit into the first; each is
# then learned from in parts of the second, which is what a single forecast needs at its peak.
_MEMORY: Final = 6_000_000
_LEARNING: Final = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class AdaptedForecaster:
    """A forecaster around another that adapts it to each window's own history.

    Attributes
    ----------
    base : Forecaster
        What is adapted; where it says nothing the mean of the same hours stands for it.
    name : str
        Name in scores.
    days : int
        History that is read. [d]
    prior : Prior
        What other meters taught.

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import EnsembleNaive
    >>> load = np.tile(np.arange(24.0), 30)[None]
    >>> adapted = AdaptedForecaster(EnsembleNaive())
    >>> adapted.predict(Windows(load, np.array([30 * DAY]), 3600, 24, "UTC")).mean[0, :3].round(2).tolist()
    [0.0, 1.0, 2.0]
    """

    base: Forecaster
    name: str = "adapted"
    days: int = 60
    prior: Prior = PRIOR

    @property
    def lookback_s(self) -> int:
        """History that is read at most. [s]"""
        return self.days * DAY

    @property
    def sha256(self) -> str:
        """Hash of the base model: with the history and the code's version it decides the forecast."""
        return str(getattr(self.base, "sha256", ""))

    @property
    def reads_temperature(self) -> bool:
        """Whether the base model has a temperature among its inputs."""
        return bool(getattr(self.base, "reads_temperature", False))

    @adds_up
    def predict(self, windows: Windows) -> Prediction:
        """Forecast every window."""
        return self._answer(windows)[0]

    def choices(self, windows: Windows) -> NDArray[np.int64]:
        """Which of `CANDIDATES` answers for the first day of each window, shape (n_windows,)."""
        return self._answer(windows)[1]

    def _answer(self, windows: Windows) -> tuple[Prediction, NDArray[np.int64]]:
        n, horizon = len(windows), windows.horizon
        mean, quantiles = np.empty((n, horizon)), np.empty((n, horizon, len(NORMAL_LEVELS)))
        chosen = np.zeros(n, dtype=np.int64)
        whole = _whole_days(windows, self.lookback_s)
        for rows in _parts(n, self._numbers(whole), _MEMORY):
            part = whole.rows(rows)
            answer, chosen[rows] = self._part(part)
            mean[rows] = non_negative(part.load, answer.mean)[:, :horizon]
            quantiles[rows] = non_negative(part.load, answer.quantiles)[:, :horizon]
        return Prediction(mean, quantiles), chosen

    def _part(self, windows: Windows) -> tuple[Prediction, NDArray[np.int64]]:
        """Whole days, one after the other."""
        past = past_forecasts(self.base, windows, self._past_days(windows))
        parts = [
            self._learned(windows.rows(rows), past.rows(rows))
            for rows in _parts(len(windows), self._numbers(windows), _LEARNING)
        ]
        mean = np.concatenate([answer.mean for answer, _ in parts])
        quantiles = np.concatenate([answer.quantiles for answer, _ in parts])
        return Prediction(mean, quantiles), np.concatenate([chosen for _, chosen in parts])

    def _numbers(self, windows: Windows) -> int:
        """Numbers that learning from the past of one window takes, about."""
        return (self.days + 1) * windows.horizon * 40

    def _learned(self, windows: Windows, past: PastForecasts) -> tuple[Prediction, NDArray[np.int64]]:
        """The same from past forecasts that are at hand."""
        n_days = windows.horizon * windows.resolution_s // DAY
        days = [self._day(day_grid(windows, past, d), windows.resolution_s) for d in range(1, n_days + 1)]
        mean = np.concatenate([d[0].mean for d in days], axis=1)
        quantiles = np.concatenate([d[0].quantiles for d in days], axis=1)
        return Prediction(mean, quantiles), days[0][1]

    def _past_days(self, windows: Windows) -> int:
        """Days before now that have a day of history before them."""
        days: int = windows.load.shape[1] * windows.resolution_s // DAY - 1
        return max(0, days)

    def _day(self, grid: DayGrid, resolution_s: int) -> tuple[Prediction, NDArray[np.int64]]:
        """One day ahead."""
        moves = expert_moves(grid, resolution_s)
        lessons = np.where(days_known(grid)[..., None] >= _FAIR_DAYS, grid.actual, np.nan)
        weights = own_weights(moves, lessons, grid.mean, grid.known_from, self.prior)
        blend = grid.mean + (moves @ weights[..., None])[..., 0]
        means = np.stack([blend, grid.mean, *naive_means(grid)])
        chosen = _choose(lessons, means)
        mean = means[chosen, np.arange(len(chosen))]
        quantiles = _around(mean, lessons, grid, chosen)
        bands = recalibrate(lessons[:, 1:], quantiles[:, 1:], quantiles[:, 0])
        return Prediction(mean[:, 0], bands), chosen


def _choose(actual: FloatArray, means: FloatArray) -> NDArray[np.int64]:
    """The candidate of each window by its squared errors on the days before; the blend where in doubt."""
    error = (actual - means)[:, :, 1:]
    known = ~np.isnan(error).any(axis=0)
    count = known.sum(axis=(1, 2))
    square = np.where(known, error, 0.0) ** 2
    loss = square.sum(axis=(2, 3)) / np.maximum(count, 1)
    margin = np.array([1.0, _BASE_MARGIN, _NAIVE_MARGIN, _NAIVE_MARGIN]) ** 2
    best: NDArray[np.int64] = np.argmin(loss / margin[:, None], axis=0)
    best[count < _LEAST_DAYS * actual.shape[2]] = 0
    return best


def _around(mean: FloatArray, actual: FloatArray, grid: DayGrid, chosen: NDArray[np.int64]) -> FloatArray:
    """Bands about the chosen mean: the base forecast's, moved along, or a normal spread where a naive answers."""
    moved = carried(grid.quantiles, mean - grid.mean)
    error = actual - mean
    spread = np.sqrt(nan_mean(np.swapaxes(error[:, 1:], 1, 2) ** 2))[:, None, :, None]
    normal = mean[..., None] + np.nan_to_num(spread) * NORMAL_LEVELS
    return np.where((chosen >= 2)[:, None, None, None], normal, moved)


def _whole_days(windows: Windows, lookback_s: int) -> Windows:
    """The horizon filled up to whole days, the history cut to what is read."""
    per_day = DAY // windows.resolution_s
    horizon = -(-windows.horizon // per_day) * per_day
    keep = min(windows.load.shape[1], lookback_s // windows.resolution_s)
    first = windows.load.shape[1] - keep
    weather = windows.temperature
    if weather is not None:
        unknown = np.full((len(windows), horizon - windows.horizon), np.nan)
        weather = np.concatenate([weather[:, first:], unknown], axis=1)
    return replace(windows, load=windows.load[:, first:], horizon=horizon, temperature=weather)


def _parts(n: int, size: int, memory: int) -> Iterator[slice]:
    """Rows so many at once that memory stays flat."""
    step = max(1, memory // max(size, 1))
    return (slice(low, min(low + step, n)) for low in range(0, n, step))
