"""A public seasonal model fitted on each window alone: exponential smoothing with a daily season, by statsforecast.

ETS(A,N,A), additive errors and season without a trend, is what did best on the validation meters of the splits among the
models that take some ten milliseconds a window; the dynamic optimised theta with an additive season did worse there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.analysis.forecast.spread import nan_mean, non_negative
from kanchay.domain.errors import MissingExtra
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.reading import FloatArray

__all__ = ["EtsRival", "ets_rival"]

_BANDS: Final = (95, 90, 80, 50)  # percent: with the median they are the frame's nine levels
_SEASON: Final = 24


@dataclass(frozen=True, slots=True)
class EtsRival:
    """ETS(A,N,A) on the 168 hours before, with a season of 24 hours and its own intervals.

    Gaps are filled with the mean of the same hour. Where a window is constant, or the fit fails, the ensemble answers.
    """

    model: Any
    name: str = "ets"
    lookback_s: int = 7 * DAY

    def predict(self, windows: Windows) -> Prediction:
        """Fit and forecast every hourly window."""
        answer = EnsembleNaive().predict(windows)
        if windows.resolution_s != HOUR:
            return answer
        for i, load in enumerate(_filled(windows.load)):
            if np.ptp(load) > 0 and not np.isnan(load).any():
                self._answer(load, windows.horizon, i, answer)
        return Prediction(
            non_negative(windows.load, answer.mean), non_negative(windows.load, answer.quantiles)
        )

    def _answer(self, load: FloatArray, horizon: int, i: int, into: Prediction) -> None:
        try:
            found = self.model.forecast(y=load, h=horizon, level=list(_BANDS))
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):
            return
        bands = [found[f"lo-{p}"] for p in _BANDS], [found[f"hi-{p}"] for p in reversed(_BANDS)]
        quantiles = np.stack([*bands[0], found["mean"], *bands[1]], axis=-1)
        if np.isfinite(quantiles).all():
            into.mean[i], into.quantiles[i] = found["mean"], np.sort(quantiles, axis=-1)


def _filled(load: FloatArray) -> FloatArray:
    """Gaps filled with the mean of the same hour of the window, else of all its hours."""
    n, length = load.shape
    whole = np.concatenate([np.full((n, -length % _SEASON), np.nan), load], axis=1)
    by_hour = nan_mean(np.swapaxes(whole.reshape(n, -1, _SEASON), 1, 2))
    by_hour = np.where(np.isnan(by_hour), nan_mean(load)[:, None], by_hour)
    usual = np.tile(by_hour, (1, whole.shape[1] // _SEASON))[:, -length:]
    answer: FloatArray = np.where(np.isnan(load), usual, load)
    return answer


def ets_rival() -> EtsRival:
    """The rival; `MissingExtra` where statsforecast is not installed."""
    try:
        from statsforecast.models import AutoETS
    except ImportError as error:
        raise MissingExtra("rivals", "statsforecast") from error
    return EtsRival(AutoETS(season_length=_SEASON, model="ANA"))
