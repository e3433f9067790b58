"""`kanchay model`: train, evaluate, verify, show and list saved models, and test them for leaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kanchay.cli.common import emit_json, json_option, progress
from kanchay.cli.model_common import data_options, places, shelf_of
from kanchay.cli.model_evaluate import evaluate
from kanchay.domain.errors import InputError

__all__ = ["command"]


@click.group("model")
def command() -> None:
    """Train, evaluate, verify and show models."""


command.add_command(evaluate)


@command.command("list")
@json_option
@click.pass_context
def list_models(click_ctx: click.Context, *, as_json: bool) -> None:
    """Names of the models that can be used here."""
    names = shelf_of(click_ctx).names()
    if as_json:
        emit_json({"models": names})
    else:
        click.echo("\n".join(names))


@command.command("show")
@click.argument("model", default="pretrained")
@json_option
@click.pass_context
def show(click_ctx: click.Context, model: str, *, as_json: bool) -> None:
    """The manifest of a saved model, or its model card."""
    from kanchay.bundle.files import read_verified

    manifest, files = read_verified(shelf_of(click_ctx).path_of(model), trusted=None)
    if as_json:
        emit_json(manifest)
    else:
        click.echo(files.get("README.md", b"This bundle has no model card.").decode())


@command.command("verify")
@click.argument("model", default="pretrained")
@json_option
@click.pass_context
def verify(click_ctx: click.Context, model: str, *, as_json: bool) -> None:
    """Prove that a saved model is what its publisher signed and computes here what it computed there."""
    from kanchay.adapters.models import trusted_keys
    from kanchay.bundle.load import verify_bundle
    from kanchay.cli.opening import settings_of

    path = shelf_of(click_ctx).path_of(model)
    proof = verify_bundle(path, trusted=trusted_keys(settings_of(click_ctx).home))
    manifest = proof.manifest
    if as_json:
        emit_json(
            {
                "name": manifest.name,
                "version": manifest.version,
                "signed": proof.signed,
                "trusted": proof.trusted,
                "signer": manifest.signer,
                "files": manifest.files,
                "tolerance": manifest.tolerance,
                "differences": proof.differences,
            }
        )
        return
    click.echo(f"{manifest.name} {manifest.version}, format {manifest.format}")
    click.echo(f"signature: {_signature(proof.signed, proof.trusted)}")
    if proof.signed:
        click.echo(f"signer: {manifest.signer}")
    click.echo(f"files: {proof.n_files}, sizes and sha256 fit")
    for runtime, off in proof.differences.items():
        click.echo(
            f"example in {runtime}: off by {off:.1e} of the context's scale, {manifest.tolerance:g} allowed"
        )


def _signature(signed: bool, trusted: bool) -> str:
    if not signed:
        return "none"
    return "fits, by a key that is trusted here" if trusted else "fits, by a key that is NOT trusted here"


@command.command("leak-test")
@click.argument("model", default="pretrained")
@json_option
@click.pass_context
def leak(click_ctx: click.Context, model: str, *, as_json: bool) -> None:
    """Scramble everything at and after the time of issue: mean and quantiles must stay the same to the bit."""
    from kanchay.analysis.leak import leak_test

    report = leak_test(shelf_of(click_ctx).load(model))
    if as_json:
        emit_json({"model": model, "passed": report.passed, **_fields(report)})
    else:
        click.echo(f"{model}: {report.n_forecasts} pairs of forecasts, {len(report.differing)} differ")
        for line in report.differing:
            click.echo(f"  {line}")
    if not report.passed:
        click_ctx.exit(1)


def _fields(report: Any) -> dict[str, Any]:
    return {"n_forecasts": report.n_forecasts, "differing": list(report.differing)}


@command.command("train")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the bundle to write.")
@click.option("--name", default="kanchay-lstm", show_default=True)
@click.option("--version", "version_text", default="0.1", show_default=True)
@click.option("--steps", type=click.IntRange(1), help="Batches to train on (default: the recipe's).")
@click.option("--seed", type=int, help="Of everything random (default: the recipe's).")
@click.option("--simulated", type=(int, int), help="Simulated homes and offices (default: the recipe's).")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path), help="Resume file (default: beside the bundle)."
)
@click.option("--key", type=click.Path(path_type=Path), help="Private key to sign with; made where missing.")
@data_options
@click.pass_context
def train(
    click_ctx: click.Context,
    *,
    out: Path,
    name: str,
    version_text: str,
    steps: int | None,
    seed: int | None,
    simulated: tuple[int, int] | None,
    checkpoint: Path | None,
    key: Path | None,
    data: Path | None,
    splits: Path | None,
) -> None:
    """Train the LSTM on measured data whose licence allows it, and write a signed bundle.

    An interrupted run goes on from its checkpoint when the same command is given again.
    """
    import logging
    from datetime import UTC, datetime

    from kanchay.bundle.sign import load_or_make_key
    from kanchay.cli.opening import settings_of

    rules, folder = places(data, splits)
    signing = key or settings_of(click_ctx).home / "signing" / "ed25519.pem"
    _refuse_inside_repository(signing)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    options = _options(steps, seed, simulated)
    from kanchay.learning.make import make_bundle

    with progress("steps", options.recipe.steps) as advance:
        manifest = make_bundle(
            rules,
            folder,
            out,
            options=options,
            created=datetime.now(UTC).date().isoformat(),
            name=name,
            version=version_text,
            key=load_or_make_key(signing),
            checkpoint=checkpoint or out.with_name(f"{out.name}.checkpoint.npz"),
            progress=advance,
        )
    click.echo(f"{manifest.name} {manifest.version}: {out}, signed by {manifest.signer}")
    click.echo("Score it with: kanchay model evaluate FOLDER --into-bundle --key KEY")


def _options(steps: int | None, seed: int | None, simulated: tuple[int, int] | None) -> Any:
    from dataclasses import replace

    from kanchay.learning.make import MakeOptions

    options = MakeOptions()
    recipe = options.recipe
    recipe = replace(recipe, steps=steps or recipe.steps, seed=recipe.seed if seed is None else seed)
    homes, offices = simulated or (options.simulated_homes, options.simulated_offices)
    return replace(options, recipe=recipe, simulated_homes=homes, simulated_offices=offices)


def _refuse_inside_repository(key: Path) -> None:
    """A private key must never be committed."""
    for folder in key.resolve().parents:
        if (folder / ".git").exists() and folder != Path.home():
            raise InputError(
                f"The private key {key.name} would lie inside a git repository.", hint="Give --key elsewhere."
            )
