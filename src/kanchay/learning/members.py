"""Several networks that answer as one: each is trained by itself, their forecasts are averaged inside one graph.

The mean of forecasts whose errors differ errs less than each of them: about half a percent with two members here, at
twice the cost of running one (docs/adr/0008-members-and-loads-by-rule.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from kanchay.adapters.datasets import Meter
from kanchay.bundle.runtimes import member_suffixes
from kanchay.learning.corpus import Corpus
from kanchay.learning.network import NetworkShape, build_network
from kanchay.learning.train import Recipe, Trained, train

__all__ = ["join_members", "member_checkpoint", "train_member", "train_members"]

SEED_STEP: Final = 1000  # between the seeds of members: no member sees another's windows


def member_checkpoint(checkpoint: Path, member: int) -> Path:
    """Where a member's training is kept, so that members can be trained one by one or side by side."""
    return checkpoint.with_name(f"{checkpoint.stem}-{member}{checkpoint.suffix}")


def train_member(
    corpus: Corpus,
    shape: NetworkShape,
    recipe: Recipe,
    member: int,
    *,
    checkpoint: Path,
    watch: Sequence[Meter] = (),
    progress: Callable[[int], None] = lambda n: None,
) -> Trained:
    """Train the member of that number, counted from 1, or go on with it."""
    own = replace(recipe, seed=recipe.seed + SEED_STEP * (member - 1))
    return train(
        corpus,
        replace(shape, members=1),
        own,
        checkpoint=member_checkpoint(checkpoint, member),
        watch=watch,
        progress=progress,
    )


def train_members(
    corpus: Corpus,
    shape: NetworkShape,
    recipe: Recipe,
    *,
    checkpoint: Path,
    watch: Sequence[Meter] = (),
    progress: Callable[[int], None] = lambda n: None,
) -> Trained:
    """Train every member that is not trained yet, and join them; `steps` of the result are those of one member."""
    made = [
        train_member(corpus, shape, recipe, number, checkpoint=checkpoint, watch=watch, progress=progress)
        for number in range(1, shape.members + 1)
    ]
    history = [
        {"member": number, **entry} for number, each in enumerate(made, start=1) for entry in each.history
    ]
    joined = join_members(shape, [each.model for each in made])
    return Trained(joined, recipe.steps, sum(each.seconds for each in made), history)


def join_members(shape: NetworkShape, models: Sequence[Any]) -> Any:
    """One network with the weights of all."""
    joined = build_network(shape)
    for suffix, model in zip(member_suffixes(shape.members), models, strict=True):
        for layer in model.layers:
            if layer.weights:
                joined.get_layer(f"{layer.name}{suffix}").set_weights(layer.get_weights())
    return joined
