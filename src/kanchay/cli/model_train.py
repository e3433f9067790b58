"""`kanchay model train`: from measured data to a signed bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kanchay.cli.common import progress
from kanchay.cli.model_boosted import boosted_options, train_boosted_bundle
from kanchay.cli.model_common import data_options, places, signing_key
from kanchay.domain.errors import InputError

if TYPE_CHECKING:
    from kanchay.learning.make import MakeOptions

__all__ = ["train"]

LOOKBACK_H: Final = 168  # kanchay.learning.corpus.LOOKBACK, which is too heavy to ask for help with


@click.command("train")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the bundle to write.")
@click.option("--kind", type=click.Choice(["lstm", "boosted"]), default="lstm", show_default=True)
@click.option("--name", help="Name of the model (default: kanchay- and its kind).")
@click.option("--version", "version_text", default="0.1", show_default=True)
@click.option(
    "--recipe",
    "recipe_file",
    type=click.Path(path_type=Path),
    help="Recipe to train by, as `kanchay model tune` writes it.",
)
@click.option("--steps", type=click.IntRange(1), help="Batches to train on (default: the recipe's).")
@click.option("--seed", type=int, help="Of everything random (default: the recipe's).")
@click.option("--simulated", type=(int, int), help="Simulated homes and offices (default: the recipe's).")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path), help="Resume file (default: beside the bundle)."
)
@click.option(
    "--leave-out",
    "left_out",
    multiple=True,
    metavar="DATASET",
    help="Train a fold that has seen nothing of this data set; repeatable. Such weights are for measuring only.",
)
@click.option(
    "--member",
    type=click.IntRange(1),
    help="Train this one of the network's members only, into its checkpoint: members can be trained side by side."
    " The same command without it joins them.",
)
@click.option("--key", type=click.Path(path_type=Path), help="Private key to sign with; made where missing.")
@boosted_options
@data_options
@click.pass_context
def train(
    click_ctx: click.Context,
    *,
    out: Path,
    kind: str,
    name: str | None,
    version_text: str,
    recipe_file: Path | None,
    steps: int | None,
    seed: int | None,
    simulated: tuple[int, int] | None,
    checkpoint: Path | None,
    left_out: tuple[str, ...],
    member: int | None,
    key: Path | None,
    features: tuple[str, ...],
    pca: int | None,
    windows: int | None,
    data: Path | None,
    splits: Path | None,
) -> None:
    """Train on measured data whose licence allows it, and write a signed bundle.

    The kind is the LSTM or boosted trees on named features. An interrupted run of the LSTM goes on from its checkpoint
    when the same command is given again.
    """
    import logging

    rules, folder = places(data, splits)
    signing = signing_key(click_ctx, key)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    named = name or f"kanchay-{kind}"
    if kind == "boosted":
        if any(given is not None for given in (steps, checkpoint, recipe_file, member)):
            raise InputError(
                "Boosted trees have no steps, no checkpoint, no members and no recipe file.",
                hint="Leave these options out.",
            )
        homes, offices = simulated or (None, None)
        train_boosted_bundle(
            (rules, folder), out, name=named, version=version_text, key=signing, features=features, pca=pca,
            windows=windows, seed=seed, simulated_homes=homes, simulated_offices=offices, left_out=left_out,
        )  # fmt: skip
        return
    options = _options(recipe_file, steps, seed, simulated=simulated, left_out=left_out)
    kept = checkpoint or out.with_name(f"{out.name}.checkpoint.npz")
    if member is not None:
        _train_member((rules, folder), member, options=options, checkpoint=kept)
        return
    about = {"name": named, "version": version_text, "key": signing, "checkpoint": kept}
    _train_lstm((rules, folder), out, options=options, **about)


def _train_lstm(places: tuple[Path, Path], out: Path, *, options: MakeOptions, **about: Any) -> None:
    """Train with a progress bar, and say where the bundle lies."""
    from datetime import UTC, datetime

    from kanchay.learning.make import make_bundle

    today = datetime.now(UTC).date().isoformat()
    with progress("steps", options.recipe.steps * options.shape.members) as advance:
        manifest = make_bundle(*places, out, options=options, created=today, progress=advance, **about)
    click.echo(f"{manifest.name} {manifest.version}: {out}, signed by {manifest.signer}")
    click.echo("Score it with: kanchay model evaluate FOLDER --into-bundle --key KEY")


def _train_member(places: tuple[Path, Path], member: int, *, options: MakeOptions, checkpoint: Path) -> None:
    """Train one member with a progress bar, and say where it is kept."""
    from kanchay.learning.make import make_member

    if member > options.shape.members:
        raise InputError(
            f"The network has {options.shape.members} members; there is no member {member}.",
            hint="Count from 1, or raise 'members' in the recipe's shape.",
        )
    with progress("steps", options.recipe.steps) as advance:
        kept = make_member(*places, member, options=options, checkpoint=checkpoint, progress=advance)
    click.echo(f"Member {member} of {options.shape.members}: {kept}")
    click.echo("When all are trained, give the same command without --member: it joins them.")


def _options(
    recipe_file: Path | None,
    steps: int | None,
    seed: int | None,
    *,
    simulated: tuple[int, int] | None,
    left_out: tuple[str, ...],
) -> MakeOptions:
    """The recipe of the file or the usual one, with what was asked for on the command line."""
    from dataclasses import replace

    from kanchay.learning.make import MakeOptions
    from kanchay.learning.recipes import TrainingRecipe, read_recipe

    found = read_recipe(recipe_file) if recipe_file else TrainingRecipe()
    if found.context_h != LOOKBACK_H:
        raise InputError(
            f"The recipe shows the network {found.context_h} h of history; a bundle is always asked with {LOOKBACK_H}.",
            hint="Tune with the whole week, or change context_h in the recipe.",
        )
    recipe = replace(
        found.recipe, steps=steps or found.recipe.steps, seed=found.recipe.seed if seed is None else seed
    )
    options = MakeOptions(recipe=recipe, corpus=found.corpus, left_out=left_out)
    if recipe_file:
        options = replace(options, shape=found.shape)
    homes, offices = simulated or (options.simulated_homes, options.simulated_offices)
    return replace(options, simulated_homes=homes, simulated_offices=offices)
