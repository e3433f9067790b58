"""`kanchay model tune`: short trainings with other values, judged on validation meters, later in time than all training.

A trial is a training like any other (`train`), with fewer steps. At every rung the averaged weights of its checkpoint are
scored on midnights of validation meters from their `split_at` on: hours that lie after everything the
network was trained on, of meters that it never saw. Test meters are never opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from kanchay.adapters.datasets import Meter
from kanchay.domain.errors import InputError, MissingExtra
from kanchay.learning.corpus import LOOKBACK, Batch, Corpus, midnight_windows
from kanchay.learning.network import build_network
from kanchay.learning.recipes import TrainingRecipe, write_recipe
from kanchay.learning.search import Choices, Method, Pruned, Range, Report, Space, Tried, Value, run_search
from kanchay.learning.train import train, validate

__all__ = ["DEFAULT_SPACE", "TuneOptions", "best_recipe", "recipe_with", "tune"]

#: What is searched unless other values are named. Context is searched only where it is named: what ships reads a week.
DEFAULT_SPACE: Final[Space] = {
    "learning_rate": Range(5e-4, 8e-3),
    "units": Choices((64, 96, 128)),
    "batch": Choices((128, 256, 512)),
    "patch": Choices((4, 6, 12)),
}
_SHAPE: Final = ("units", "patch", "attention", "head", "dropout")
_RECIPE: Final = ("learning_rate", "batch", "weight_decay", "mean_weight")
_CONTEXT: Final = "context_h"


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """How to search. `steps` is the length of a trial; `rungs` how often it is judged on the way."""

    space: Space = field(default_factory=lambda: DEFAULT_SPACE)
    method: Method = "tpe"
    trials: int = 30
    steps: int = 800
    rungs: int = 4
    seed: int = 7
    prune: bool = True
    windows_per_meter: int = 60
    start: TrainingRecipe = field(default_factory=TrainingRecipe)


def tune(
    meters: Sequence[Meter],
    watch: Sequence[Meter],
    folder: Path,
    options: TuneOptions,
    *,
    tensorboard: Path | None = None,
    progress: Callable[[int], None] = lambda n: None,
    advance: Callable[[int], None] = lambda n: None,
) -> list[Tried]:
    """Search, or go on with the search in `folder`; writes ``best.yaml`` and returns every trial.

    `progress` counts trials, `advance` training steps.
    """
    _check(options, watch)
    windows = [(m.kind, _windows(m, options.windows_per_meter)) for m in watch]

    def objective(values: dict[str, Value], report: Report) -> float:
        chosen = recipe_with(options, values)
        with _logs(tensorboard, values) as log:
            return _trial(meters, windows, folder, chosen, options, report=report, log=log, advance=advance)

    found = run_search(
        folder, options.space, objective, method=options.method, trials=options.trials, seed=options.seed,
        prune=options.prune, about=_about(options, meters, watch), progress=progress,
    )  # fmt: skip
    if best := best_recipe(found, options):
        write_recipe(folder / "best.yaml", best)
    return found


def best_recipe(found: Sequence[Tried], options: TuneOptions) -> TrainingRecipe | None:
    """The values of the best finished trial on the full length of training; None where no trial finished."""
    done = [t for t in found if t.state == "complete" and t.score is not None]
    if not done:
        return None
    best = min(done, key=lambda t: (t.score, t.number))
    chosen = recipe_with(options, best.values)
    about = {
        "command": "kanchay model tune", "method": options.method, "trials": len(found), "trial": best.number,
        "steps_of_a_trial": options.steps, "score": round(float(best.score or 0.0), 5),
        "score_is": "mean over kinds of (RMSE ratio + pinball ratio) / 2 over the 7-day ensemble, validation meters",
    }  # fmt: skip
    full = replace(chosen.recipe, steps=options.start.recipe.steps, warm_up=options.start.recipe.warm_up)
    return replace(
        chosen, recipe=replace(full, validate_every=options.start.recipe.validate_every), about=about
    )


def recipe_with(options: TuneOptions, values: Mapping[str, Value]) -> TrainingRecipe:
    """The starting recipe with the values of a trial and its length."""
    start = options.start
    shape = {name: values[name] for name in _SHAPE if name in values}
    rates = {name: values[name] for name in _RECIPE if name in values}
    every = max(1, options.steps // options.rungs)
    warm_up = min(start.recipe.warm_up, max(1, options.steps // 10))
    recipe = replace(start.recipe, steps=options.steps, validate_every=every, warm_up=warm_up, **rates)  # type: ignore[arg-type]
    context = int(values.get(_CONTEXT, start.context_h))
    return replace(start, recipe=recipe, shape=replace(start.shape, **shape), context_h=context)  # type: ignore[arg-type]


def _check(options: TuneOptions, watch: Sequence[Meter]) -> None:
    known = (*_SHAPE, *_RECIPE, _CONTEXT)
    if unknown := [name for name in options.space if name not in known]:
        raise InputError(f"'{unknown[0]}' cannot be searched.", hint=f"Known: {', '.join(known)}.")
    if any(m.role != "validation" for m in watch) or not watch:
        raise InputError("Trials are judged on validation meters, and there must be one.")
    patches = options.space.get("patch")
    if isinstance(patches, Choices) and any(24 % int(p) for p in patches.values):
        raise InputError("A patch must divide a day of 24 hours.")


def _about(options: TuneOptions, meters: Sequence[Meter], watch: Sequence[Meter]) -> dict[str, Any]:
    """What must be the same for scores to be compared; the number of trials may grow."""
    names = sorted(f"{m.dataset}/{m.id}" for m in (*meters, *watch))
    start = json.dumps(options.start.as_dict(), sort_keys=True, default=str)
    return {
        "steps": options.steps, "rungs": options.rungs, "seed": options.seed,
        "windows_per_meter": options.windows_per_meter,
        "meters": hashlib.sha256("\n".join(names).encode()).hexdigest(),
        "start": hashlib.sha256(start.encode()).hexdigest(),
    }  # fmt: skip


def _trial(
    meters: Sequence[Meter],
    windows: Sequence[tuple[str, Batch]],
    folder: Path,
    chosen: TrainingRecipe,
    options: TuneOptions,
    *,
    report: Report,
    log: Callable[[str, float, int], None],
    advance: Callable[[int], None],
) -> float:
    """Train, score every rung, and stop early where the search says so; the score of the last rung."""
    checkpoint = folder / "trials" / f"{_digest(chosen)}.npz"
    every, judged = (
        chosen.recipe.validate_every,
        [(kind, _hidden(b, chosen.context_h)) for kind, b in windows],
    )
    judge = build_network(chosen.shape)
    done = _steps_of(checkpoint)  # more than 0 where an interrupted trial goes on

    def look(n: int) -> None:
        """A step has passed; the checkpoint of a rung is there from the step after it on."""
        nonlocal done
        advance(n)
        if done and done % every == 0:
            report(done, _score(checkpoint, judge, judged, log))
        done += n

    corpus = _ShortCorpus(meters, chosen.corpus, chosen.recipe.seed)
    corpus.context_h = chosen.context_h
    try:
        train(corpus, chosen.shape, chosen.recipe, checkpoint=checkpoint, progress=look)
        score = _score(checkpoint, judge, judged, log)
    except Pruned:
        checkpoint.unlink(missing_ok=True)
        raise
    checkpoint.unlink(missing_ok=True)  # weights of a short trial are of no use once they are scored
    return score


class _ShortCorpus(Corpus):
    """A corpus that shows the network only the last hours of each week."""

    context_h: int = LOOKBACK

    def batch(self, n: int) -> Batch:
        return _hidden(super().batch(n), self.context_h)


def _hidden(batch: Batch, context_h: int) -> Batch:
    """The batch with everything older than `context_h` hours unknown."""
    if context_h >= LOOKBACK:
        return batch
    inputs, target = batch
    older = np.arange(LOOKBACK) < LOOKBACK - context_h
    hidden = {name: np.where(older, 0, inputs[name]).astype(np.float32) for name in ("load", "mask")}
    return {**inputs, **hidden}, target


def _windows(meter: Meter, most: int) -> Batch:
    """Midnights of a meter from `split_at` on, at most so many, evenly over the time."""
    inputs, target = midnight_windows(meter)[0]
    rows = np.unique(np.linspace(0, len(target) - 1, min(most, len(target))).astype(int))
    return {name: values[rows] for name, values in inputs.items()}, target[rows]


def _digest(chosen: TrainingRecipe) -> str:
    """The checkpoint of the same values is found again after an interruption."""
    document = {k: v for k, v in chosen.as_dict().items() if k != "about"}
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]


def _steps_of(checkpoint: Path) -> int:
    """Steps that a checkpoint stands at, 0 where there is none."""
    if not checkpoint.exists():
        return 0
    with np.load(checkpoint, allow_pickle=False) as held:
        return int(held["step"])


def _score(
    checkpoint: Path,
    model: Any,
    windows: Sequence[tuple[str, Batch]],
    log: Callable[[str, float, int], None],
) -> float:
    """Mean over kinds of the mean of RMSE and pinball ratio of the averaged weights."""
    with np.load(checkpoint, allow_pickle=False) as held:
        model.set_weights([held[f"a{i}"] for i in range(len(model.get_weights()))])
        step, history = int(held["step"]), json.loads(str(held["history"]))
    kinds: dict[str, list[float]] = {}
    for kind, batch in windows:
        got = validate(model, batch)
        kinds.setdefault(kind, []).append((got["ratio"] + got["pinball"]) / 2)
    means = {kind: float(np.mean(values)) for kind, values in kinds.items()}
    score = float(np.mean(list(means.values())))
    log("loss", float(history[-1]["loss"]), step)
    log("score", score, step)
    for kind, value in means.items():
        log(f"score/{kind}", value, step)
    return score


def _logs(folder: Path | None, values: Mapping[str, Value]) -> AbstractContextManager[Any]:
    """Where TensorBoard finds a trial: a folder named by its values; nothing without ``--tensorboard``."""
    if folder is None:
        return nullcontext(lambda tag, value, step: None)
    return _TensorBoard(folder / ",".join(f"{name}={value:.4g}" for name, value in values.items()))


class _TensorBoard:
    def __init__(self, folder: Path) -> None:
        try:
            from tensorboard.summary import Writer  # type: ignore[import-untyped,import-not-found,unused-ignore]
        except ImportError as error:
            raise MissingExtra("tune", "tensorboard") from error
        self._writer = Writer(str(folder))

    def __enter__(self) -> Callable[[str, float, int], None]:
        return self._add

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def _add(self, tag: str, value: float, step: int) -> None:
        self._writer.add_scalar(tag, value, step=step)
        self._writer.flush()
