"""The protocol Kanchay-24: a week of a meter, no fitting on it, issued at local midnight, 24 elapsed hours.

Every model of a run answers the same windows of a meter: the local midnights of its scored period with a whole day
to come, a known target and at least a day known in the week before. What a model leaves out is counted as twice
the error of the naive forecast there. `kanchay.analysis.paired` sums meters up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.backtest import clock_times, in_batches
from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.analysis.forecast.windows import MIN_KNOWN_S, actuals, known_seconds, make_windows
from kanchay.analysis.metrics import Scores, score
from kanchay.domain.errors import InputError
from kanchay.domain.interval import DAY, HOUR, IntArray, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["BLOCKS", "COLUMNS", "NAIVE", "Entrant", "ModelScores", "entrant", "fill_missing", "score_meter"]

NAIVE: Final = "ensemble"  # the mean of the seven same hours: what every model is held against
MISSING_PENALTY: Final = 2.0  # times the naive error, where a model does not answer
ZERO_SHOT, LONGER, ADAPTED = "zero-shot", "28 days", "adapted"
COLUMNS: Final[Mapping[str, int]] = MappingProxyType({ZERO_SHOT: 7 * DAY, LONGER: 28 * DAY, ADAPTED: 0})
"""Columns that are never mixed, and the history [s] a model of each may read at most; 0: as much as it asks for."""
BLOCKS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {"night": (0, 6), "morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24)}
)
"""Hours of the local clock, ``[first, last)``. [h]"""


@dataclass(frozen=True, slots=True)
class Entrant:
    """A forecaster that takes part, and the column it is scored in.

    Attributes
    ----------
    name : str
        Its name in the tables.
    forecaster : Forecaster
    column : str
        One of `COLUMNS`.
    """

    name: str
    forecaster: Forecaster
    column: str = ZERO_SHOT

    @property
    def lookback_s(self) -> int:
        """History it is given. [s]"""
        limit = COLUMNS[self.column]
        return min(limit, self.forecaster.lookback_s) if limit else self.forecaster.lookback_s


def entrant(forecaster: Forecaster, *, name: str | None = None, column: str | None = None) -> Entrant:
    """A forecaster in its column; by default the one whose history suffices it.

    Parameters
    ----------
    forecaster : Forecaster
    name : str, optional
        In the tables; by default its own.
    column : str, optional
        One of `COLUMNS`. A forecaster that could read more is given no more than its column allows.

    Returns
    -------
    Entrant

    Raises
    ------
    InputError
        There is no such column.

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import WeekdayNaive
    >>> entrant(WeekdayNaive()).column
    '28 days'
    """
    reads = forecaster.lookback_s
    fitting = ZERO_SHOT if reads <= COLUMNS[ZERO_SHOT] else LONGER if reads <= COLUMNS[LONGER] else ADAPTED
    chosen = fitting if column is None else column
    if chosen not in COLUMNS:
        raise InputError(f"There is no column '{chosen}'.", hint=f"Known: {', '.join(COLUMNS)}.")
    return Entrant(name or forecaster.name, forecaster, chosen)


@dataclass(frozen=True, slots=True)
class ModelScores:
    """Scores of one model on one meter.

    Attributes
    ----------
    column : str
        One of `COLUMNS`.
    lookback_h : int
        History it was given. [h]
    windows : int
        Windows scored, the same for all models of the meter. [-]
    missed : int
        Of them, windows in which it left a scored hour unanswered. [-]
    whole : Scores
        Over all scored hours.
    blocks : dict of str to Scores
        Over the hours of each of `BLOCKS`.
    """

    column: str
    lookback_h: int
    windows: int
    missed: int
    whole: Scores
    blocks: dict[str, Scores]


def score_meter(
    values: FloatArray,
    start: int,
    scored_from: int,
    entrants: Sequence[Entrant],
    *,
    tz: str,
    country: str | None = None,
    subdivision: str | None = None,
) -> dict[str, ModelScores]:
    """Scores of several forecasters, and always of the naive ensemble, on the same windows of one meter.

    Parameters
    ----------
    values : ndarray of float64, shape (n_hours,)
        Cleaned hourly energy, NaN where missing. [kWh]
    start, scored_from : int
        Start of the first hour, and of the period whose midnights are scored; UTC. [s]
    entrants : sequence of Entrant
    tz, country, subdivision : str
        Clock and holidays.

    Returns
    -------
    dict of str to ModelScores
        By name, `NAIVE` first. Missing hours are not scored.

    Raises
    ------
    InputError
        Two entrants have one name.

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> week = np.tile(np.arange(24.0), 9)
    >>> score_meter(week, 0, 7 * 86400, [entrant(DayNaive())], tz="UTC")["day"].whole.mae
    0.0
    """
    rivals = _without_naive(entrants)
    panel = Panel.of(("meter",), np.asarray(values)[None], start=start, resolution_s=HOUR, tz=tz)
    place = (country, subdivision)
    issued = _scored(panel, clock_times(scored_from, panel.end - DAY + 1, tz), place)
    windows = _windows(panel, issued, COLUMNS[ZERO_SHOT], place)
    actual = actuals(panel, "meter", windows)
    hour = wall_clock(windows.target_starts, tz) % DAY // HOUR
    naive = in_batches(EnsembleNaive(), windows)
    found = {NAIVE: _scores(actual, naive, naive, hour, Entrant(NAIVE, EnsembleNaive()))}
    for one in rivals:
        own = (
            windows
            if one.lookback_s == COLUMNS[ZERO_SHOT]
            else _windows(panel, issued, one.lookback_s, place)
        )
        found[one.name] = _scores(actual, in_batches(one.forecaster, own), naive, hour, one)
    return found


def _without_naive(entrants: Sequence[Entrant]) -> list[Entrant]:
    names = [one.name for one in entrants]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"Two models are called {', '.join(twice)}.", hint="Give each a name of its own.")
    return [one for one in entrants if one.name != NAIVE]


def _windows(
    panel: Panel, issued: IntArray, lookback_s: int, place: tuple[str | None, str | None]
) -> Windows:
    return make_windows(
        panel,
        "meter",
        issued,
        lookback_s=lookback_s,
        horizon_s=DAY,
        country=place[0],
        subdivision=place[1],
    )


def _scored(panel: Panel, issued: IntArray, place: tuple[str | None, str | None]) -> IntArray:
    """Times of issue with a known target and at least a day known in the week before."""
    windows = _windows(panel, issued, COLUMNS[ZERO_SHOT], place)
    target = ~np.isnan(actuals(panel, "meter", windows)).all(axis=1)
    chosen: IntArray = issued[target & (known_seconds(windows) >= MIN_KNOWN_S)]
    return chosen


def _scores(
    actual: FloatArray, answer: Prediction, naive: Prediction, hour: NDArray[np.int64], one: Entrant
) -> ModelScores:
    answer, missed = fill_missing(actual, answer, naive)
    inside = {name: (hour >= first) & (hour < last) for name, (first, last) in BLOCKS.items()}
    return ModelScores(
        column=one.column,
        lookback_h=one.lookback_s // HOUR,
        windows=len(actual),
        missed=missed,
        whole=score(actual, answer.mean, answer.quantiles),
        blocks={
            name: score(np.where(own, actual, np.nan), answer.mean, answer.quantiles)
            for name, own in inside.items()
        },
    )


def fill_missing(actual: FloatArray, answer: Prediction, naive: Prediction) -> tuple[Prediction, int]:
    """Replace what a model did not answer by a forecast twice as far off as the naive one.

    Parameters
    ----------
    actual : ndarray of float64, shape (n_windows, horizon)
        NaN where unknown: an answer is not missed there. [kWh]
    answer, naive : Prediction
        Of the same windows.

    Returns
    -------
    Prediction
        Whose error and pinball loss are twice those of `naive` where `answer` has a gap.
    int
        Number of windows with such a gap. [-]

    Examples
    --------
    >>> gap, naive = np.full((1, 1), np.nan), np.full((1, 1), 3.0)
    >>> of = lambda mean: Prediction(mean, np.repeat(mean[..., None], 9, axis=-1))
    >>> filled, missed = fill_missing(np.full((1, 1), 2.0), of(gap), of(naive))
    >>> filled.mean.tolist(), missed
    ([[4.0]], 1)
    """
    gap = np.isnan(answer.mean) | np.isnan(answer.quantiles).any(axis=-1)
    gap &= ~np.isnan(actual)
    far = actual + MISSING_PENALTY * (naive.mean - actual)
    spread = actual[..., None] + MISSING_PENALTY * (naive.quantiles - actual[..., None])
    filled = replace(
        answer,
        mean=np.where(gap, far, answer.mean),
        quantiles=np.where(gap[..., None], spread, answer.quantiles),
    )
    return filled, int(gap.any(axis=1).sum())
