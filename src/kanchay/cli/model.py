"""`kanchay model`: train, evaluate, verify, show and list saved models, and test them for leaks."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kanchay.cli.common import emit_json, json_option, progress, table
from kanchay.domain.errors import InputError, NotFound

if TYPE_CHECKING:
    from kanchay.adapters.models import ModelShelf
    from kanchay.services.forecasting.evaluate import Evaluation

__all__ = ["command"]

F = TypeVar("F", bound=Callable[..., Any])


@click.group("model")
def command() -> None:
    """Train, evaluate, verify and show models."""


def data_options(function: F) -> F:
    """``--data`` and ``--splits``: the measured data and how they are split."""
    for option in (
        click.option(
            "--splits", type=click.Path(path_type=Path), help="Splits file (default: beside the data)."
        ),
        click.option(
            "--data", type=click.Path(path_type=Path), help="Folder of measured data (default: KANCHAY_DATA)."
        ),
    ):
        function = option(function)
    return function


def _places(data: Path | None, splits: Path | None) -> tuple[Path, Path]:
    """Splits file and data folder."""
    given = data or (Path(os.environ["KANCHAY_DATA"]) if os.environ.get("KANCHAY_DATA") else None)
    if given is None or not given.is_dir():
        raise NotFound("There is no folder of measured data.", hint="Give --data FOLDER or set KANCHAY_DATA.")
    rules = splits or given.parent / "benchmarks" / "splits.yaml"
    if not rules.is_file():
        raise NotFound(f"There is no splits file {rules}.", hint="Give --splits FILE.")
    return rules, given


def _shelf(click_ctx: click.Context, runtime: str = "auto") -> ModelShelf:
    from kanchay.adapters.models import ModelShelf
    from kanchay.cli.opening import settings_of

    return ModelShelf(settings_of(click_ctx), runtime=runtime)


@command.command("list")
@json_option
@click.pass_context
def list_models(click_ctx: click.Context, *, as_json: bool) -> None:
    """Names of the models that can be used here."""
    names = _shelf(click_ctx).names()
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

    manifest, files = read_verified(_shelf(click_ctx).path_of(model), trusted=None)
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

    path = _shelf(click_ctx).path_of(model)
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

    report = leak_test(_shelf(click_ctx).load(model))
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


@command.command("evaluate")
@click.argument("model", default="pretrained")
@click.option("--rival", "rivals", multiple=True, help="Models beside it (default: ensemble, week, day).")
@click.option("--role", type=click.Choice(["test", "validation"]), default="test", show_default=True)
@click.option("--dataset", "datasets", multiple=True, help="Only these data sets.")
@click.option("--runtime", type=click.Choice(["auto", "onnx", "numpy"]), default="auto", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write the scores of each meter to this CSV.")
@click.option(
    "--into-bundle", is_flag=True, help="Write the result into the bundle and sign it again (--key)."
)
@click.option("--key", type=click.Path(path_type=Path), help="Private key for --into-bundle.")
@data_options
@json_option
@click.pass_context
def evaluate(
    click_ctx: click.Context,
    model: str,
    *,
    rivals: tuple[str, ...],
    role: str,
    datasets: tuple[str, ...],
    runtime: str,
    out: Path | None,
    into_bundle: bool,
    key: Path | None,
    data: Path | None,
    splits: Path | None,
    as_json: bool,
) -> None:
    """Score a model by the protocol Kanchay-24: a week of history, local midnight, 24 hours, no fitting."""
    from kanchay.adapters.datasets import load_meters
    from kanchay.services.forecasting.evaluate import evaluate_model

    shelf = _shelf(click_ctx, runtime)
    names = [model, *(rivals or ("ensemble", "week", "day"))]
    if "ensemble" not in names:
        names.append("ensemble")
    meters = [m for m in load_meters(*_places(data, splits), datasets or None) if m.role == role]
    if not meters:
        raise InputError(f"These data sets have no {role} meters.")
    with progress("meters", len(meters)) as advance:
        result = evaluate_model(model, {n: shelf.load(n) for n in names}, meters, progress=advance)
    if out:
        _write_scores(out, result)
    if into_bundle:
        _into_bundle(shelf.path_of(model), result, key)
    if as_json:
        emit_json(result)
    else:
        _print(result)


def _print(result: Evaluation) -> None:
    click.echo(f"{result.model} over the {result.rival}; 95 % intervals resample data sets, then meters")
    rows = [
        (
            g.group,
            g.cvrmse.n,
            f"{g.cvrmse.median:.3f}",
            f"{g.cvrmse.low:.3f} to {g.cvrmse.high:.3f}",
            f"{100 * g.cvrmse.wins:.0f} %",
            f"{g.pinball.median:.3f}",
            f"{100 * g.coverage50:.0f} / {100 * g.coverage80:.0f} / {100 * g.coverage95:.0f} %",
        )
        for g in result.groups
    ]
    table(("group", "meters", "CV(RMSE)", "95 % interval", "wins", "pinball", "50/80/95 bands cover"), rows)


def _write_scores(path: Path, result: Evaluation) -> None:
    import csv
    import dataclasses

    from kanchay.analysis.metrics import Scores

    fields = [f.name for f in dataclasses.fields(Scores)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["dataset", "meter", "kind", "thin", "model", *fields])
        for row in result.meters:
            for name, scores in row.scores.items():
                values = [getattr(scores, f) for f in fields]
                writer.writerow([row.dataset, row.meter, row.kind, row.thin, name, *values])


def _into_bundle(path: Path, result: Evaluation, key: Path | None) -> None:
    from kanchay.bundle.sign import load_or_make_key
    from kanchay.learning.make import rescore

    kinds = {
        g.group: {
            "meters": g.cvrmse.n,
            "ratio": round(g.cvrmse.median, 4),
            "interval": [round(g.cvrmse.low, 4), round(g.cvrmse.high, 4)],
            "pinball": round(g.pinball.median, 4),
            "coverage50": round(g.coverage50, 4),
            "coverage80": round(g.coverage80, 4),
            "coverage95": round(g.coverage95, 4),
        }
        for g in result.groups
    }
    scores = {"command": "kanchay model evaluate", "rival": result.rival, "kinds": kinds}
    rescore(path, scores, key=load_or_make_key(key) if key else None)


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

    rules, folder = _places(data, splits)
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
