"""The training loop: seeded, resumable, averaged weights, watched on validation meters that may ship."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.datasets import Meter
from kanchay.bundle.runtimes import INPUTS
from kanchay.domain.errors import MissingExtra
from kanchay.domain.forecast import LEVELS
from kanchay.learning.corpus import Batch, Corpus, midnight_windows
from kanchay.learning.network import NetworkShape, build_network, center_and_scale

__all__ = ["Recipe", "Trained", "answers", "scaled_loss", "train", "validate"]

log = logging.getLogger("kanchay.learning")

LOSS_FLOOR = 0.05  # share of the mean load in the scale of an error, whatever the network's own is


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the weights, besides the data. `steps` batches of `batch` windows.

    From the share `late_from` of the steps on, most windows ask for the next day, few have weather, and loads drawn by
    rule are fewer by the factor `late_drawn`: what is asked for most, on meters as they are, gets the last word.
    """

    seed: int = 7
    steps: int = 6000
    batch: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    warm_up: int = 100
    average: float = 0.998  # exponential moving average of the weights, a step
    mean_weight: float = 0.25
    huber: float = 3.0
    late_from: float = 0.6
    late_next_day: float = 0.95
    late_weather: float = 0.04
    late_drawn: float = 0.5
    validate_every: int = 250

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Trained:
    """The network with its averaged weights, and how it came about."""

    model: Any
    steps: int
    seconds: float
    history: list[dict[str, float]]


def _framework() -> Any:
    """Keras on the back-end that `KERAS_BACKEND` names: TensorFlow by default, JAX for a GPU."""
    try:
        import keras
    except ImportError as error:
        raise MissingExtra("train", "keras") from error
    return keras


def _rate(recipe: Recipe, step: int) -> float:
    """Warm-up, then a cosine down to 1 % of the rate."""
    warm = min(1.0, (step + 1) / recipe.warm_up)
    down = 0.5 * (1 + math.cos(math.pi * step / recipe.steps))
    return recipe.learning_rate * warm * (0.01 + 0.99 * down)


def _learner(keras: Any, model: Any, recipe: Recipe) -> Any:
    """The model with our loss and optimizer, on whatever back-end Keras runs."""

    class Learner(keras.Model):  # type: ignore[misc]
        def compute_loss(
            self,
            x: Any = None,
            y: Any = None,
            y_pred: Any = None,
            sample_weight: Any = None,
            training: bool = True,
        ) -> Any:
            return scaled_loss(x, y, y_pred, recipe)

    learner = Learner(inputs=model.inputs, outputs=model.outputs[0])
    optimizer = keras.optimizers.AdamW(
        recipe.learning_rate, weight_decay=recipe.weight_decay, beta_2=0.99, global_clipnorm=1.0
    )
    learner.compile(optimizer=optimizer, loss=None)
    optimizer.build(learner.trainable_variables)
    return learner


def scaled_loss(inputs: Any, target: Any, forecast: Any, recipe: Recipe) -> Any:
    """Pinball loss of the quantiles and a Huber loss of the mean, in units of the window's own scale."""
    from keras import ops

    load, mask = inputs[0], inputs[1]
    known = ops.cast(ops.isfinite(target), "float32")
    truth = ops.where(known > 0, target, 0.0)
    _, scale, _ = center_and_scale(load, mask, LOSS_FLOOR)
    # A dead meter that wakes must not decide a step.
    off = ops.clip((truth[:, :, None] - forecast) / scale[:, :, None], -20.0, 20.0)
    levels = np.asarray(LEVELS, dtype="float32")
    pinball = ops.mean(ops.maximum(levels * off[:, :, 1:], (levels - 1) * off[:, :, 1:]), axis=2)
    size = ops.abs(off[:, :, 0])
    huber = ops.where(size < recipe.huber, 0.5 * size**2, recipe.huber * (size - 0.5 * recipe.huber))
    each = 2 * pinball + recipe.mean_weight * huber
    return ops.sum(each * known) / ops.maximum(ops.sum(known), 1.0)


def _batches(corpus: Corpus, recipe: Recipe, done: int) -> Iterator[Batch]:
    """The batches of the steps to come, the next one made while the last one is learned from."""
    from concurrent.futures import ThreadPoolExecutor

    early = corpus.options
    late = replace(
        early,
        next_day=recipe.late_next_day,
        weather=recipe.late_weather,
        procedural_commercial=recipe.late_drawn * early.procedural_commercial,
        procedural_residential=recipe.late_drawn * early.procedural_residential,
    )

    def make(index: int) -> Batch:
        corpus.rng = np.random.default_rng([recipe.seed, index])
        corpus.options = late if index >= recipe.late_from * recipe.steps else early
        return corpus.batch(recipe.batch)

    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(make, done)
        for index in range(done, recipe.steps):
            batch = coming.result()
            if index + 1 < recipe.steps:
                coming = maker.submit(make, index + 1)
            yield batch
    corpus.options = early  # for whoever trains from it next


def train(
    corpus: Corpus,
    shape: NetworkShape,
    recipe: Recipe,
    *,
    checkpoint: Path,
    watch: Sequence[Meter] = (),
    progress: Callable[[int], None] = lambda n: None,
) -> Trained:
    """Train, or go on from `checkpoint`; the model that comes back carries the averaged weights.

    The batch of a step depends on the seed and the step alone, so an interrupted run sees what it would have seen;
    only dropout is drawn anew.
    """
    keras = _framework()
    keras.utils.set_random_seed(recipe.seed)
    model = build_network(shape)
    learner = _learner(keras, model, recipe)
    average = [np.array(w) for w in model.get_weights()]
    done, seconds, history = _restore(checkpoint, model, learner.optimizer, average)
    windows = [midnight_windows(m)[0] for m in watch]
    begun = time.monotonic()
    recent: list[float] = []
    for index, (inputs, target) in enumerate(_batches(corpus, recipe, done), start=done):
        learner.optimizer.learning_rate.assign(_rate(recipe, index))
        value = learner.train_on_batch([inputs[name] for name in INPUTS[2]], target)
        recent.append(float(np.ravel(value)[0]))
        _average(average, learner, min(recipe.average, (1 + index) / (10 + index)))
        progress(1)
        if (index + 1) % recipe.validate_every == 0 or index + 1 == recipe.steps:
            took = seconds + time.monotonic() - begun
            entry = {"step": index + 1, "seconds": round(took, 1), "loss": round(float(np.mean(recent)), 5)}
            entry |= _watch(model, average, watch, windows)
            history.append(entry)
            log.info(json.dumps(entry))
            _save(
                checkpoint, model, learner.optimizer, average, step=index + 1, seconds=took, history=history
            )
            recent.clear()
    model.set_weights(average)
    return Trained(model, recipe.steps, seconds + time.monotonic() - begun, history)


def _average(average: list[Any], model: Any, keep: float) -> None:
    for index, new in enumerate(model.get_weights()):
        average[index] = keep * average[index] + (1 - keep) * new


def _watch(
    model: Any, average: list[Any], meters: Sequence[Meter], windows: Sequence[Batch]
) -> dict[str, float]:
    """Scores of the averaged weights on validation meters, by kind."""
    if not meters:
        return {}
    own = model.get_weights()
    model.set_weights(average)
    scores = [validate(model, batch) for batch in windows]
    model.set_weights(own)
    out: dict[str, float] = {}
    for kind in sorted({m.kind for m in meters}):
        rows = [s for s, m in zip(scores, meters, strict=True) if m.kind == kind]
        for name in ("ratio", "pinball", "cover80"):
            # The mean, not the median: with a dozen meters a median hangs on one of them.
            out[f"{kind}_{name}"] = round(float(np.mean([r[name] for r in rows])), 4)
    return out


def answers(model: Any, inputs: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """What a Keras model says to named inputs, shape (n, 24, 10), without dropout."""
    given = [inputs[name] for name in INPUTS[2]]
    return np.asarray(model.predict(given, batch_size=1024, verbose=0))


def validate(model: Any, batch: Batch) -> dict[str, float]:
    """RMSE and pinball loss over those of the 7-day ensemble, and coverage of the 80 % band, of one meter."""
    inputs, target = batch
    load, mask = inputs["load"], inputs["mask"]
    forecast = answers(model, inputs)
    lags = np.where(mask > 0, load, np.nan).reshape(-1, 7, 24)
    count = np.maximum((~np.isnan(lags)).sum(axis=1), 1)
    naive = np.where(
        np.isnan(lags).all(axis=1),
        load.sum(1, keepdims=True) / mask.sum(1, keepdims=True),
        np.nansum(lags, 1) / count,
    )
    known = ~np.isnan(target)
    levels = np.asarray(LEVELS)
    off = target[:, :, None] - forecast[:, :, 1:]
    pinball = np.maximum(levels * off, (levels - 1) * off).mean(axis=2)
    naive_pinball = 0.5 * np.abs(target - naive)
    inside = (target >= forecast[:, :, 3]) & (target <= forecast[:, :, 7])
    return {
        "ratio": float(
            np.sqrt(np.mean((target - forecast[:, :, 0])[known] ** 2) / np.mean((target - naive)[known] ** 2))
        ),
        "pinball": float(pinball[known].mean() / naive_pinball[known].mean()),
        "cover80": float(inside[known].mean()),
    }


def _save(
    path: Path,
    model: Any,
    optimizer: Any,
    average: list[Any],
    *,
    step: int,
    seconds: float,
    history: list[Any],
) -> None:
    arrays = {f"w{i}": w for i, w in enumerate(model.get_weights())}
    arrays |= {f"a{i}": w for i, w in enumerate(average)}
    arrays |= {f"o{i}": np.asarray(v) for i, v in enumerate(optimizer.variables)}
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    np.savez(part, step=step, seconds=seconds, history=json.dumps(history), **arrays)
    part.replace(path)


def _restore(
    path: Path, model: Any, optimizer: Any, average: list[Any]
) -> tuple[int, float, list[dict[str, float]]]:
    if not path.exists():
        return 0, 0.0, []
    with np.load(path, allow_pickle=False) as held:
        model.set_weights([held[f"w{i}"] for i in range(len(average))])
        for i in range(len(average)):
            average[i] = held[f"a{i}"]
        for i, variable in enumerate(optimizer.variables):
            variable.assign(held[f"o{i}"])
        return int(held["step"]), float(held["seconds"]), json.loads(str(held["history"]))
