"""Looking for good values: a space, a way to walk it, and a study on disk that goes on where it stopped."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal

from kanchay.domain.errors import Conflict, InputError, MissingExtra

__all__ = ["Choices", "Pruned", "Range", "Space", "Tried", "run_search", "tried"]

Method = Literal["grid", "random", "tpe"]
Value = float | int
_STARTUP: Final = 8  # random trials before the Bayesian search, and before anything is cut short


class Pruned(Exception):
    """A trial that does worse than its predecessors did at the same step."""


@dataclass(frozen=True, slots=True)
class Choices:
    """A list to choose from."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Anything from low to high, on a logarithmic scale."""

    low: float
    high: float


Space = Mapping[str, Choices | Range]
Report = Callable[[int, float], None]
"""Tell a score at a step; raises `Pruned` where going on is not worth it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One trial: its values, how it ended (``complete``, ``pruned``, ``fail``) and its last score (less is better)."""

    number: int
    values: dict[str, Value]
    state: str
    score: float | None
    seconds: float
    steps: int


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise MissingExtra("tune", "optuna") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def run_search(
    folder: Path,
    space: Space,
    objective: Callable[[dict[str, Value], Report], float],
    *,
    method: Method,
    trials: int,
    seed: int = 0,
    prune: bool = True,
    about: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] = lambda n: None,
) -> list[Tried]:
    """Try values until so many trials have ended, those of earlier runs in the same folder included.

    A trial that was interrupted is tried again first, with the same values. The values of a trial depend on the
    seed, its number and the trials before it, so an interrupted search finds what an uninterrupted one would have.
    A grid ends when every combination has been tried. `about` is what makes scores comparable: a folder whose
    search was about something else is refused with `Conflict`.
    """
    optuna = _optuna()
    study = _study(optuna, folder, {"space": _plain(space), "method": method, **(about or {})}, prune=prune)
    _take_up_again(optuna, study)
    target = min(trials, len(_grid(space))) if method == "grid" else trials
    progress(len(_ended(study)))
    while (done := len(_ended(study))) < target:
        study.sampler = _sampler(optuna, method, _seed(seed, done))
        if method == "grid":
            _next_of_grid(optuna, study, space)
        _one(optuna, study, study.ask(_distributions(optuna, space)), objective)
        progress(1)
    return tried(folder)


def tried(folder: Path) -> list[Tried]:
    """Every trial of a search that ended, in order."""
    optuna = _optuna()
    study = optuna.load_study(study_name=_NAME, storage=_storage(optuna, folder))
    return [
        Tried(
            t.number,
            dict(t.params),
            t.state.name.lower(),
            t.value if t.value is not None else (list(t.intermediate_values.values()) or [None])[-1],
            t.duration.total_seconds() if t.duration else 0.0,
            max(t.intermediate_values, default=0),
        )
        for t in _ended(study)
    ]


_NAME: Final = "kanchay-tune"
_INTERRUPTED: Final = "interrupted"  # numbers of trials that were cut off, and tried again under another


def _storage(optuna: Any, folder: Path) -> Any:
    from optuna.storages.journal import JournalFileBackend

    folder.mkdir(parents=True, exist_ok=True)
    return optuna.storages.JournalStorage(JournalFileBackend(str(folder / "study.journal")))


def _study(optuna: Any, folder: Path, about: dict[str, Any], *, prune: bool) -> Any:
    pruner = optuna.pruners.MedianPruner(n_startup_trials=_STARTUP) if prune else optuna.pruners.NopPruner()
    study = optuna.create_study(
        study_name=_NAME, storage=_storage(optuna, folder), pruner=pruner, load_if_exists=True
    )
    before = study.user_attrs.get("about")
    if before is None:
        study.set_user_attr("about", about)
    elif before != about:
        changed = sorted(k for k in {*before, *about} if before.get(k) != about.get(k))
        raise Conflict(
            f"The search in {folder.name}/ was another one: {', '.join(changed)} differ.",
            hint="Give the same options to go on, or another folder.",
        )
    return study


def _plain(space: Space) -> dict[str, Any]:
    return {
        name: list(part.values) if isinstance(part, Choices) else {"low": part.low, "high": part.high}
        for name, part in space.items()
    }


def _distributions(optuna: Any, space: Space) -> dict[str, Any]:
    kinds = optuna.distributions
    return {
        name: kinds.CategoricalDistribution(part.values)
        if isinstance(part, Choices)
        else kinds.FloatDistribution(part.low, part.high, log=True)
        for name, part in space.items()
    }


def _seed(seed: int, number: int) -> int:
    """A seed for one trial, so that neither interruptions nor neighbouring seeds repeat draws."""
    import numpy as np

    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def _sampler(optuna: Any, method: Method, seed: int) -> Any:
    if method == "tpe":
        return optuna.samplers.TPESampler(seed=seed, n_startup_trials=_STARTUP, multivariate=True)
    return optuna.samplers.RandomSampler(seed=seed)


def _grid(space: Space) -> list[dict[str, Value]]:
    ranges = [name for name, part in space.items() if isinstance(part, Range)]
    if ranges:
        raise InputError(f"A grid needs a list for {ranges[0]}.", hint="Write the values with commas.")
    lists = [part.values for part in space.values() if isinstance(part, Choices)]
    return [dict(zip(space, values, strict=True)) for values in product(*lists)]


def _next_of_grid(optuna: Any, study: Any, space: Space) -> None:
    """Line up the first combination that no trial has ended with, unless one is waiting to be taken up again."""
    if study.get_trials(states=(optuna.trial.TrialState.WAITING,)):
        return
    known = [t.params for t in _ended(study)]
    study.enqueue_trial(next(values for values in _grid(space) if values not in known))


def _take_up_again(optuna: Any, study: Any) -> None:
    """A trial that was running when the search stopped is closed, and its values are the next to be tried."""
    for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
        study.set_user_attr(_INTERRUPTED, [*study.user_attrs.get(_INTERRUPTED, []), trial.number])
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
        study.enqueue_trial(trial.params)


def _ended(study: Any) -> list[Any]:
    interrupted = study.user_attrs.get(_INTERRUPTED, [])
    return [t for t in study.trials if t.state.is_finished() and t.number not in interrupted]


def _one(optuna: Any, study: Any, trial: Any, objective: Callable[[dict[str, Value], Report], float]) -> None:
    def report(step: int, score: float) -> None:
        trial.report(score, step)
        if trial.should_prune():
            raise Pruned

    state = optuna.trial.TrialState
    try:
        score = objective(dict(trial.params), report)
    except Pruned:
        study.tell(trial, state=state.PRUNED)
    except (
        ArithmeticError,
        ValueError,
        MemoryError,
    ) as error:  # values that cannot be trained are a result too
        trial.set_user_attr("error", str(error)[:200])
        study.tell(trial, state=state.FAIL)
    else:
        known = not math.isnan(score)
        study.tell(trial, score if known else None, state=None if known else state.FAIL)
