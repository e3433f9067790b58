"""Ridge regression fitted on each window's own history: what the last week teaches beyond its mean.

The regression explains how far an hour departs from the mean of the same hours of days of its kind (working
or free), so that the penalty shrinks the forecast towards that mean and never towards zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.features.calendar import is_holiday
from kanchay.analysis.forecast.hours import adds_up
from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.analysis.forecast.samehour import days_back, look_up
from kanchay.analysis.forecast.spread import nan_mean, nan_std, non_negative, sample_quantiles
from kanchay.domain.interval import DAY, HOUR, IntArray, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["RidgeForecaster"]

_N_DAYS: Final = 7  # earlier days read for each hour
_N_FEATURES: Final = 10
_KIND_PRIOR: Final = 0.5  # days; with the penalty the best on the validation meters of the splits
_LEAST_S: Final = 72 * HOUR  # three days of pairs: fewer would fit weather, not habits
_CHUNK: Final = 6_000_000  # numbers held in one design array: flat memory at any resolution
_MONDAY_SHIFT: Final = 3  # 1970-01-01 was a Thursday


def _chunks(n: int, size: int) -> Iterator[slice]:
    return (slice(low, min(low + size, n)) for low in range(0, n, size))


def _free(windows: Windows, instants: IntArray) -> NDArray[np.bool_]:
    """Whether an instant falls on a weekend or a public holiday."""
    days = wall_clock(instants, windows.tz) // DAY
    weekend = (days + _MONDAY_SHIFT) % 7 >= 5
    answer: NDArray[np.bool_] = weekend | is_holiday(days, windows.country, windows.subdivision)
    return answer


@dataclass(frozen=True, slots=True, eq=False)
class _Design:
    """Features of some instants, shape (n_windows, n, n_features), and the mean they depart from."""

    features: FloatArray
    base: FloatArray


def _design(windows: Windows, instants: IntArray, lead: IntArray, scale: FloatArray) -> _Design:
    """Describe instants by what was known `lead` days before them (array broadcastable to them)."""
    earlier = [days_back(instants, lead + k, windows.tz) for k in range(_N_DAYS)]
    samples = np.stack([look_up(windows, e) for e in earlier], axis=-1)
    free = _free(windows, instants)
    alike = np.stack([_free(windows, e) for e in earlier], axis=-1) == free[..., None]
    of_kind = np.where(alike, samples, np.nan)
    mean, kind_mean = nan_mean(samples), nan_mean(of_kind)
    n_alike = (~np.isnan(of_kind)).sum(axis=-1)
    # The mean of the days of this kind, drawn to that of all days the fewer there are.
    kind = np.where(n_alike > 0, kind_mean - mean, 0.0)
    base = mean + kind * n_alike / (n_alike + _KIND_PRIOR)
    clock = 2.0 * np.pi * (wall_clock(instants, windows.tz) % DAY) / DAY
    level = nan_mean(windows.load)[:, None]
    unit = scale[:, None]
    columns = [
        (samples[..., 0] - mean) / unit,  # the last day against all
        (samples[..., -1] - base) / unit,  # the same weekday, where history is long enough
        kind / unit,
        (_latest(of_kind) - mean - kind) / unit,  # the last day of this kind against its kind
        free * (base - level) / unit,
        (base - level) / unit,
        free * 1.0,
        np.ones_like(base),
        np.sin(clock),
        np.cos(clock),
    ]
    return _Design(np.nan_to_num(np.stack(columns, axis=-1)), base)


def _latest(samples: FloatArray) -> FloatArray:
    """The first known value along the last axis, NaN where none is."""
    known = ~np.isnan(samples)
    first = known.argmax(axis=-1)
    latest: FloatArray = np.take_along_axis(samples, first[..., None], axis=-1)[..., 0]
    return latest


def _fit(features: FloatArray, target: FloatArray, penalty: float) -> FloatArray:
    """Ridge coefficients of each window, shape (n_windows, n_features); NaN targets are left out."""
    known = ~np.isnan(target)
    x = np.where(known[..., None], features, 0.0)
    y = np.where(known, target, 0.0)
    turned = np.swapaxes(x, 1, 2)
    # The penalty grows with the rows per hour: twelve readings an hour are not twelve times the evidence.
    rows = known.sum(axis=1)[:, None, None]
    gram = turned @ x + penalty * np.maximum(rows, 1) * np.eye(x.shape[-1])
    solution: FloatArray = np.linalg.solve(gram, turned @ y[..., None])[..., 0]
    return solution


@dataclass(frozen=True, slots=True)
class RidgeForecaster:
    """Ridge regression on same hours and calendar; the ensemble where history is too short to fit.

    Attributes
    ----------
    name : str
        Name in scores.
    lookback_s : int
        [s]
    penalty : float
        Per row of history, on features scaled by the window's own standard deviation; the default is the best of
        0.03, 0.1, 0.3 and 1 on the validation meters of the development splits. [-]

    Examples
    --------
    >>> load = np.tile(np.arange(24.0), 7)[None]
    >>> ahead = RidgeForecaster().predict(Windows(load, np.array([7 * DAY]), 3600, 24, "UTC"))
    >>> ahead.mean[0, :3].round(2).tolist()
    [0.0, 1.0, 2.0]
    """

    name: str = "ridge"
    lookback_s: int = 7 * DAY
    penalty: float = 1.0

    @adds_up
    def predict(self, windows: Windows) -> Prediction:
        """Forecast every window."""
        mean = np.empty((len(windows), windows.horizon))
        quantiles = np.empty((len(windows), windows.horizon, 9))
        width = max(1, (windows.load.shape[1] + windows.horizon) * 2 * _N_DAYS)
        for rows in _chunks(len(windows), max(1, _CHUNK // width)):
            part = self._predict_all_days(windows.rows(rows))
            mean[rows], quantiles[rows] = part.mean, part.quantiles
        return Prediction(mean, quantiles)

    def _predict_all_days(self, windows: Windows) -> Prediction:
        """One regression per day ahead, each with the lags known that far ahead."""
        fallback = EnsembleNaive().predict(windows)
        per_day = DAY // windows.resolution_s
        for day, steps in enumerate(_chunks(windows.horizon, per_day), start=1):
            self._fill_day(windows, day, steps, fallback)
        return fallback

    def _fill_day(self, windows: Windows, day: int, steps: slice, into: Prediction) -> None:
        """Write the forecast of one day ahead over the fallback, where there is enough history."""
        length = windows.load.shape[1]
        back = windows.resolution_s * np.arange(-length, 0, dtype=np.int64)
        history = windows.issued_at[:, None] + back
        scale = np.nan_to_num(nan_std(windows.load))
        scale = np.where(scale > 0.0, scale, 1.0)
        past = _design(windows, history, np.int64(day), scale)  # type: ignore[arg-type]
        departure = (windows.load - past.base) / scale[:, None]
        enough = (~np.isnan(departure)).sum(axis=1) * windows.resolution_s >= _LEAST_S
        if not enough.any():
            return
        weights = _fit(past.features, departure, self.penalty)
        targets = windows.target_starts[:, steps]
        late = days_back(targets, day, windows.tz) >= windows.issued_at[:, None]
        ahead = _design(windows, targets, day + late.astype(np.int64), scale)
        move = (ahead.features @ weights[..., None])[..., 0] * scale[:, None]
        mean = np.where(np.isnan(ahead.base), into.mean[:, steps], ahead.base + move)
        errors = windows.load - past.base - (past.features @ weights[..., None])[..., 0] * scale[:, None]
        quantiles = _bands(windows, targets, day, mean, errors)
        into.mean[enough, steps] = non_negative(windows.load, mean)[enough]
        into.quantiles[enough, steps] = non_negative(windows.load, quantiles)[enough]


def _bands(windows: Windows, targets: IntArray, day: int, mean: FloatArray, errors: FloatArray) -> FloatArray:
    """Bands from the errors at the same hour and its neighbours on the days before."""
    of_errors = replace(windows, load=errors)
    hops = [-windows.resolution_s, 0, windows.resolution_s]
    instants = [days_back(targets, day + k, windows.tz) + hop for k in range(_N_DAYS) for hop in hops]
    samples = np.stack([look_up(of_errors, at) for at in instants], axis=-1)
    scale = np.nan_to_num(nan_std(errors))
    freedom = np.maximum((~np.isnan(errors)).sum(axis=1), 1)
    # Errors on the rows a model was fitted to are too small: the usual correction for its parameters.
    widen = np.sqrt((freedom + _N_FEATURES) / np.maximum(freedom - _N_FEATURES, 1))
    return sample_quantiles(mean, samples, scale, widen=np.minimum(widen, 1.5))
