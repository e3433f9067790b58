"""The training loop: seeded, resumable, averaged weights, watched on validation meters that may ship."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kanchay.adapters.datasets import Meter
from kanchay.domain.errors import MissingExtra
from kanchay.domain.forecast import LEVELS
from kanchay.learning.corpus import Batch, Corpus, midnight_windows
from kanchay.learning.network import NetworkShape, build_network

__all__ = ["Recipe", "Trained", "train", "validate"]

log = logging.getLogger("kanchay.learning")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the weights, besides the data. `steps` batches of `batch` windows."""

    seed: int = 7
    steps: int = 5000
    batch: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    warm_up: int = 100
    average: float = 0.998  # exponential moving average of the weights, a step
    mean_weight: float = 0.25
    huber: float = 3.0
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
    try:
        import tensorflow as tf
    except ImportError as error:
        raise MissingExtra("train", "tensorflow-cpu") from error
    return tf


def _rate(recipe: Recipe, step: int) -> float:
    """Warm-up, then a cosine down to 1 % of the rate."""
    warm = min(1.0, (step + 1) / recipe.warm_up)
    down = 0.5 * (1 + math.cos(math.pi * step / recipe.steps))
    return recipe.learning_rate * warm * (0.01 + 0.99 * down)


def _make_step(tf: Any, model: Any, optimizer: Any, recipe: Recipe) -> Callable[..., Any]:
    levels = tf.constant(LEVELS, tf.float32)

    def loss(load: Any, mask: Any, forecast: Any, target: Any) -> Any:
        known = tf.cast(tf.math.is_finite(target), tf.float32)
        truth = tf.where(known > 0, target, 0.0)
        count = tf.maximum(tf.reduce_sum(mask, 1, keepdims=True), 1.0)
        center = tf.reduce_sum(load * mask, 1, keepdims=True) / count
        spread = tf.reduce_sum(tf.abs(load - center) * mask, 1, keepdims=True) / count
        level = tf.reduce_sum(tf.abs(load) * mask, 1, keepdims=True) / count
        scale = tf.maximum(spread + 0.05 * level, 1e-6)
        off = (truth[:, :, None] - forecast) / scale[:, :, None]
        off = tf.clip_by_value(off, -20.0, 20.0)  # a dead meter that wakes must not decide a step
        pinball = tf.reduce_mean(tf.maximum(levels * off[:, :, 1:], (levels - 1) * off[:, :, 1:]), 2)
        size = tf.abs(off[:, :, 0])
        huber = tf.where(size < recipe.huber, 0.5 * size**2, recipe.huber * (size - 0.5 * recipe.huber))
        each = 2 * pinball + recipe.mean_weight * huber
        return tf.reduce_sum(each * known) / tf.maximum(tf.reduce_sum(known), 1.0)

    def step(load: Any, mask: Any, context: Any, ahead: Any, target: Any) -> Any:
        with tf.GradientTape() as tape:
            value = loss(load, mask, model([load, mask, context, ahead], training=True), target)
        gradients = tape.gradient(value, model.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, 1.0)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return value

    compiled: Callable[..., Any] = tf.function(step, reduce_retracing=True)
    return compiled


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
    tf = _framework()
    import keras

    keras.utils.set_random_seed(recipe.seed)
    model = build_network(shape)
    optimizer = keras.optimizers.AdamW(recipe.learning_rate, weight_decay=recipe.weight_decay, beta_2=0.99)
    optimizer.build(model.trainable_variables)
    average = [np.array(w) for w in model.get_weights()]
    done, seconds, history = _restore(checkpoint, model, optimizer, average)
    step = _make_step(tf, model, optimizer, recipe)
    windows = [midnight_windows(m)[0] for m in watch]
    begun = time.monotonic()
    recent: list[float] = []
    for index in range(done, recipe.steps):
        corpus.rng = np.random.default_rng([recipe.seed, index])
        optimizer.learning_rate.assign(_rate(recipe, index))
        recent.append(float(step(*corpus.batch(recipe.batch))))
        _average(average, model, min(recipe.average, (1 + index) / (10 + index)))
        progress(1)
        if (index + 1) % recipe.validate_every == 0 or index + 1 == recipe.steps:
            took = seconds + time.monotonic() - begun
            entry = {"step": index + 1, "seconds": round(took, 1), "loss": round(float(np.mean(recent)), 5)}
            entry |= _watch(model, average, watch, windows)
            history.append(entry)
            log.info(json.dumps(entry))
            _save(checkpoint, model, optimizer, average, step=index + 1, seconds=took, history=history)
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


def validate(model: Any, batch: Batch) -> dict[str, float]:
    """RMSE and pinball loss over those of the 7-day ensemble, and coverage of the 80 % band, of one meter."""
    load, mask, context, ahead, target = batch
    forecast = np.concatenate(
        [
            np.asarray(model([x[i : i + 1024] for x in (load, mask, context, ahead)], training=False))
            for i in range(0, len(load), 1024)
        ]
    )
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
