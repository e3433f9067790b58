"""How well a forecaster does on one meter lately, beside the naives, and which of them should answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.backtest import Backtest, backtest, clock_times
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.metrics import Scores
from kanchay.analysis.metrics import skill as skill_of
from kanchay.domain.interval import DAY, HOUR, local_day_bounds, wall_clock
from kanchay.domain.panel import Panel

__all__ = ["SkillCard", "WorstDay", "error_by_hour", "skill_of_panel"]

# A fortnight is what tells two forecasters apart on one meter; a loss within 2 % is no reason to change who answers,
# so that a meter on which two do alike does not flip from day to day.
_LEAST_WINDOWS: Final = 14
_MARGIN: Final = 1.02
_WORTH_IT: Final = 0.995  # what adaptation must gain, else the simpler forecast answers
_N_WORST: Final = 5


@dataclass(frozen=True, slots=True)
class WorstDay:
    """A local day that was forecast badly.

    Attributes
    ----------
    start, end : int
        UTC seconds of its midnights. [s]
    actual, forecast : float
        Energy of the day. [kWh]
    mae : float
        Mean absolute error per interval. [kWh]
    """

    start: int
    end: int
    actual: float
    forecast: float
    mae: float  # per interval


@dataclass(frozen=True, slots=True)
class SkillCard:
    """A forecaster against the naives on the last weeks of one meter.

    Attributes
    ----------
    point_id : str
        The meter.
    start, end : int
        UTC seconds between which forecasts were tried. [s]
    model : str
        Name of the forecaster.
    n_windows, omitted : int
        Forecasts that count, and days that could not be judged. [-]
    scores : dict
        Scores by forecaster name, the model's first.
    best_naive : str
        The naive with the smallest RMSE.
    skill : float
        Share of the best naive's RMSE that the model saves; negative where it loses. [-]
    coverage80 : float
        Share of the values inside the model's 80 % band. [-]
    error_by_hour, naive_error_by_hour : tuple of float, length 24
        Mean absolute error per hour of the local day, of the model and of the best naive. [unit per interval]
    worst_days : tuple of WorstDay
        Worst first.
    answers : str
        The forecaster that answers for this meter.
    because : str
        ``"model_better"``, ``"adapted_better"``, ``"naive_better"``, ``"nothing_clearly_better"`` (whoever answered
        before goes on) or ``"too_short_to_tell"`` (the model then answers).
    unit : str
        Of the energies.
    gain : float
        Share of the error (RMSE) that whoever answers saves against the model as it comes; 0 where that is the model
        itself. [-]
    """

    point_id: str
    start: int
    end: int
    model: str
    n_windows: int
    omitted: int
    scores: dict[str, Scores]
    best_naive: str
    skill: float
    coverage80: float
    error_by_hour: tuple[float, ...]
    naive_error_by_hour: tuple[float, ...]
    worst_days: tuple[WorstDay, ...]
    answers: str
    because: str
    unit: str = "kWh"
    gain: float = 0.0


def skill_of_panel(
    panel: Panel,
    point_id: str,
    model: Forecaster,
    naives: tuple[Forecaster, ...],
    *,
    start: int,
    end: int,
    country: str | None = None,
    subdivision: str | None = None,
    unit: str = "kWh",
    adapted: Forecaster | None = None,
    incumbent: str = "",
) -> SkillCard:
    """Backtest a model and the naives at every local midnight of ``[start, end)`` and compare them.

    Parameters
    ----------
    panel : Panel
        Holds the history before `start` too.
    point_id : str
    model : Forecaster
    naives : tuple of Forecaster
        At least one.
    start, end : int
        Span to score. [s]
    country, subdivision : str or None
        For public holidays.
    unit : str, default "kWh"
    adapted : Forecaster, optional
        The model adapted to this meter; tried beside it.
    incumbent : str
        Who answered last; it goes on until another does clearly better.

    Returns
    -------
    SkillCard

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive, WeekNaive
    >>> panel = Panel.of(("m",), np.tile(np.arange(24.0), 30)[None], start=0, resolution_s=3600, tz="UTC")
    >>> card = skill_of_panel(panel, "m", DayNaive(), (WeekNaive(),), start=2 * 86400, end=panel.end)
    >>> card.answers, card.because
    ('day', 'model_better')
    """
    issued = clock_times(start, end, panel.tz)
    results = {
        f.name: backtest(panel, point_id, f, issued, country=country, subdivision=subdivision)
        for f in (model, *((adapted,) if adapted else ()), *(n for n in naives if n.name != model.name))
    }
    scores = {name: result.scores() for name, result in results.items()}
    best = min((n.name for n in naives), key=lambda name: _or_worst(scores[name].rmse))
    learned = adapted.name if adapted else model.name
    names = _Names(model.name, learned, best, incumbent)
    answers, because = _who_answers(names, scores, len(results[model.name].issued_at))
    return SkillCard(
        point_id=point_id,
        start=start,
        end=end,
        model=model.name,
        n_windows=len(results[model.name].issued_at),
        omitted=len(results[model.name].omitted),
        scores=scores,
        best_naive=best,
        skill=skill_of(scores[model.name].rmse, scores[best].rmse),
        coverage80=scores[model.name].coverage80,
        error_by_hour=error_by_hour(results[model.name], panel.tz),
        naive_error_by_hour=error_by_hour(results[best], panel.tz),
        worst_days=_worst_days(results[model.name], panel.tz),
        answers=answers,
        because=because,
        unit=unit,
        gain=skill_of(scores[answers].rmse, scores[model.name].rmse) if answers != model.name else 0.0,
    )


def _or_worst(error: float) -> float:
    return float("inf") if np.isnan(error) else error


@dataclass(frozen=True, slots=True)
class _Names:
    """Who may answer; `adapted` is the model again where there is no adapted one."""

    model: str
    adapted: str
    naive: str
    incumbent: str


def _who_answers(names: _Names, scores: dict[str, Scores], n_windows: int) -> tuple[str, str]:
    """Whoever answered before, unless another has shown for a fortnight that it does clearly better."""
    if n_windows < _LEAST_WINDOWS:
        return names.model, "too_short_to_tell"
    error = {name: _or_worst(own.rmse) for name, own in scores.items()}
    simpler = min(error[names.model], error[names.naive])
    ours = names.adapted if error[names.adapted] < _WORTH_IT * simpler else names.model
    best = min((ours, names.naive), key=lambda name: error[name])
    current = names.incumbent if names.incumbent in error else ours
    if error[current] > _MARGIN * error[best]:
        current = best
    if current == names.incumbent and current != best:
        return current, "nothing_clearly_better"
    if current == names.model:
        return current, "model_better"
    return current, "adapted_better" if current == names.adapted else "naive_better"


def error_by_hour(result: Backtest, tz: str) -> tuple[float, ...]:
    """Mean absolute error per local hour of day.

    Parameters
    ----------
    result : Backtest
    tz : str
        IANA name of the clock.

    Returns
    -------
    tuple of float, length 24
        NaN where an hour was never seen. [unit per interval]
    """
    error = np.abs(result.prediction.mean - result.actual).ravel()
    hour = (wall_clock(result.target_starts.ravel(), tz) // HOUR) % 24
    known = ~np.isnan(error)
    total = np.bincount(hour[known], weights=error[known], minlength=24)
    count = np.bincount(hour[known], minlength=24)
    return tuple(float(t / n) if n else float("nan") for t, n in zip(total, count, strict=True))


def _worst_days(result: Backtest, tz: str) -> tuple[WorstDay, ...]:
    """The days with the largest mean absolute error, worst first."""
    error = np.abs(result.prediction.mean - result.actual)
    known = ~np.isnan(error)
    full = np.flatnonzero(known.mean(axis=1) > 0.9) if known.size else np.zeros(0, dtype=np.int64)
    worst = sorted(full, key=lambda row: -float(np.nanmean(error[row])))[:_N_WORST]
    return tuple(_day(result, int(row), tz) for row in worst)


def _day(result: Backtest, row: int, tz: str) -> WorstDay:
    actual, mean = result.actual[row], result.prediction.mean[row]
    known = ~np.isnan(actual)
    start = int(result.issued_at[row])
    end = (
        int(local_day_bounds(start, start + 1, tz)[-1]) if len(actual) * result.resolution_s >= DAY else start
    )
    return WorstDay(
        start=start,
        end=max(end, start + result.resolution_s),
        actual=float(actual[known].sum()),
        forecast=float(mean[known].sum()),
        mae=float(np.abs(mean[known] - actual[known]).mean()),
    )
