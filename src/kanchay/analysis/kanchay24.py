"""The protocol Kanchay-24: a week of a meter, no fitting on it, issued at local midnight, 24 elapsed hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.backtest import Backtest, backtest, clock_times
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.metrics import Scores, score
from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["LOOKBACK_S", "Paired", "paired_median", "score_meter"]

LOOKBACK_S = 168 * HOUR


@dataclass(frozen=True, slots=True)
class Paired:
    """A model's error over a rival's, meter by meter, summed up.

    Attributes
    ----------
    median : float
        Median over meters of the ratio; below 1 the model is better. [-]
    low, high : float
        95 % interval from a bootstrap over data sets, then over meters within them. [-]
    wins : float
        Share of meters with a ratio below 1. [-]
    n : int
        Number of meters. [-]
    """

    median: float
    low: float
    high: float
    wins: float
    n: int


def score_meter(
    values: FloatArray,
    start: int,
    scored_from: int,
    forecasters: Mapping[str, Forecaster],
    *,
    tz: str,
    country: str | None = None,
    subdivision: str | None = None,
) -> dict[str, Scores]:
    """Scores of several forecasters on the same windows of one meter.

    Parameters
    ----------
    values : ndarray of float64, shape (n_hours,)
        Cleaned hourly energy, NaN where missing. [kWh]
    start, scored_from : int
        Start of the first hour, and of the period whose midnights are scored; UTC. [s]
    forecasters : mapping of str to Forecaster
    tz, country, subdivision : str
        Clock and holidays.

    Returns
    -------
    dict of str to Scores
        Over the windows that every forecaster answered: a window counts where at least a day of the week before is
        known. Missing hours are not scored.

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> week = np.tile(np.arange(24.0), 9)
    >>> score_meter(week, 0, 7 * 86400, {"day": DayNaive()}, tz="UTC")["day"].mae
    0.0
    """
    panel = Panel.of(("meter",), np.asarray(values)[None], start=start, resolution_s=HOUR, tz=tz)
    times = clock_times(scored_from, panel.end - DAY + 1, tz)
    runs: dict[str, Backtest] = {
        name: backtest(
            panel, "meter", model, times, lookback_s=LOOKBACK_S, country=country, subdivision=subdivision
        )
        for name, model in forecasters.items()
    }
    return {name: _score(run) for name, run in runs.items()}


def _score(run: Backtest) -> Scores:
    return score(run.actual, run.prediction.mean, run.prediction.quantiles)


def paired_median(
    ratios: Sequence[float], datasets: Sequence[str], *, seed: int = 0, n_boot: int = 10_000
) -> Paired:
    """Median of per-meter ratios with an interval that resamples data sets, then meters.

    Parameters
    ----------
    ratios : sequence of float, length n_meters
        Error of the model over that of the rival. [-]
    datasets : sequence of str, length n_meters
        Data set of each meter: meters of one set resemble each other, so sets are drawn first.
    seed, n_boot : int
        Of the bootstrap. [-]

    Returns
    -------
    Paired

    Raises
    ------
    ShapeError
        The two differ in length or are empty.

    Examples
    --------
    >>> paired_median([0.5, 0.7, 0.9], ["a", "a", "b"]).median
    0.7
    """
    values = np.asarray(ratios, dtype=np.float64)
    if len(values) != len(datasets) or not len(values):
        raise ShapeError(f"{len(values)} ratios do not fit {len(datasets)} data sets.")
    groups = [values[[d == name for d in datasets]] for name in sorted(set(datasets))]
    rng = np.random.default_rng(seed)
    medians = np.asarray([np.median(_resample(groups, rng)) for _ in range(n_boot)])
    low, high = np.quantile(medians, [0.025, 0.975])
    return Paired(
        float(np.median(values)), float(low), float(high), float(np.mean(values < 1.0)), len(values)
    )


def _resample(groups: Sequence[FloatArray], rng: np.random.Generator) -> NDArray[np.float64]:
    drawn = [groups[i] for i in rng.integers(0, len(groups), len(groups))]
    return np.concatenate([group[rng.integers(0, len(group), len(group))] for group in drawn])
