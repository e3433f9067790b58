"""How well a forecaster does on one meter lately, beside the naives, and which of them should answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.backtest import Backtest, backtest, clock_times
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.metrics import Scores
from kanchay.analysis.metrics import skill as skill_of
from kanchay.domain.interval import HOUR, wall_clock
from kanchay.domain.panel import Panel

__all__ = ["SkillCard", "error_by_hour", "skill_of_panel"]

# A fortnight is what tells two forecasters apart on one meter; a loss within 2 % is no reason to change who answers,
# so that a meter on which two do alike does not flip from day to day.
_LEAST_WINDOWS: Final = 14
_MARGIN: Final = 1.02
_WORTH_IT: Final = 0.995  # what adaptation must gain, else the simpler forecast answers


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
    answers : str
        The forecaster that answers for this meter.
    because : str
        ``"model_better"``, ``"adapted_better"``, ``"naive_better"``, ``"nothing_clearly_better"`` (whoever answered
        before goes on), ``"too_short_to_tell"`` (the model then answers) or what `skill_of_panel` was given.
    beside : str
        Whom the one that answers is compared with: the best naive; where a naive answers, the model, adapted or as it
        comes, whichever errs less.
    skill : float
        Share of that one's RMSE which whoever answers saves; negative where it loses. [-]
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
    answers: str
    because: str
    beside: str
    skill: float
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
    because: str = "",
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
    because : str
        Why the model answers whatever the comparison says; empty: whoever does best here answers.

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
    best = _least(scores, [n.name for n in naives])
    learned = adapted.name if adapted else model.name
    names = _Names(model.name, learned, best, incumbent)
    n_windows = len(results[model.name].issued_at)
    answers, because = (model.name, because) if because else _who_answers(names, scores, n_windows)
    beside = _beside(answers, (model.name, learned), [n.name for n in naives], scores)
    return SkillCard(
        point_id=point_id,
        start=start,
        end=end,
        model=model.name,
        n_windows=n_windows,
        omitted=len(results[model.name].omitted),
        scores=scores,
        best_naive=best,
        answers=answers,
        because=because,
        beside=beside,
        skill=skill_of(scores[answers].rmse, scores[beside].rmse),
        unit=unit,
        gain=skill_of(scores[answers].rmse, scores[model.name].rmse) if answers != model.name else 0.0,
    )


def _least(scores: dict[str, Scores], names: Sequence[str]) -> str:
    """Who errs least."""
    return min(names, key=lambda name: _or_worst(scores[name].rmse))


def _beside(answers: str, ours: tuple[str, str], naives: list[str], scores: dict[str, Scores]) -> str:
    """The best of the other kind: a naive beside the model, the model beside a naive."""
    others = [name for name in naives if name != answers] if answers in ours else list(ours)
    return _least(scores, others or [answers])


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
