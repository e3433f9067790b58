"""`kanchay model evaluate`: the protocol Kanchay-24 on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kanchay.cli.common import emit_json, json_option, progress
from kanchay.cli.model_common import data_options, places, shelf_of
from kanchay.domain.errors import InputError, MissingExtra, NotFound

if TYPE_CHECKING:
    from kanchay.adapters.datasets import Meter
    from kanchay.adapters.models import ModelShelf
    from kanchay.analysis.forecast.protocol import Forecaster
    from kanchay.analysis.kanchay24 import Entrant
    from kanchay.services.forecasting.evaluate import Evaluation

__all__ = ["RIVALS", "Field", "evaluate", "field_of", "learned_from"]

ADAPTED = "adapted"
RIVALS = ("ensemble", "day", "week", "weekday", "ridge", "lightgbm", "ets", ADAPTED)


class Field:
    """Who takes part: entrants, what each learned from, and who cannot take part for which reason."""

    def __init__(self) -> None:
        self.entrants: list[Entrant] = []
        self.trained_on: dict[str, tuple[str, ...]] = {}
        self.skipped: list[tuple[str, str]] = []


def field_of(
    shelf: ModelShelf, names: Sequence[str], meters: Sequence[Meter], cache: Path, *, fit: bool = False
) -> Field:
    """Models and rivals of those names; rivals that must be fitted learn from the training part of `meters`.

    What is named must be there, except for rivals that need an extra or have not been fitted: these are skipped.
    """
    from kanchay.analysis.kanchay24 import entrant
    from kanchay.learning.corpus import training_meters
    from kanchay.learning.rivals.shelf import FITTED, rival

    found = Field()
    held_out = [m for m in meters if m.role == "validation" and m.may_ship]
    for name in dict.fromkeys(names):
        if name not in FITTED:
            forecaster, learned = _of_product(shelf, name, names[0])
            found.entrants.append(entrant(forecaster, name=label(name)))
            found.trained_on[label(name)] = learned
            continue
        try:
            model, learned = rival(name, training_meters(meters), held_out, cache, fit=fit, progress=_tell)
        except (NotFound, MissingExtra) as reason:
            found.skipped.append((name, str(reason)))
        else:
            found.entrants.append(entrant(model, name=name))
            found.trained_on[name] = learned
    return found


def label(name: str) -> str:
    """Name in tables: of a bundle given by its path the last part, so that no path enters a result."""
    return Path(name).name.removesuffix(".kanchay") if "/" in name or name.endswith(".kanchay") else name


def _of_product(shelf: ModelShelf, name: str, model: str) -> tuple[Forecaster, tuple[str, ...]]:
    """A model of the shelf, or the evaluated one adapted to each meter's own 60 days."""
    if name != ADAPTED:
        return shelf.load(name), learned_from(shelf, name)
    from kanchay.analysis.forecast.adapt import AdaptedForecaster

    return AdaptedForecaster(shelf.load(model)), learned_from(shelf, model)


def _tell(text: str) -> None:
    click.echo(f"lightgbm: {text}", err=True)


def learned_from(shelf: ModelShelf, name: str) -> tuple[str, ...]:
    """Meters named in a bundle's manifest; a classic forecaster learned from none."""
    from kanchay.analysis.forecast.registry import FORECASTERS
    from kanchay.bundle.files import read_verified

    if name in FORECASTERS:
        return ()
    manifest, _ = read_verified(shelf.path_of(name), trusted=None)
    return tuple(manifest.training.get("meters", ()))


@click.command("evaluate")
@click.argument("model", default="pretrained")
@click.option(
    "--rival",
    "rivals",
    multiple=True,
    help=f"Models beside it, by name or path (default: {', '.join(RIVALS)}).",
)
@click.option("--role", type=click.Choice(["test", "validation"]), default="test", show_default=True)
@click.option("--dataset", "datasets", multiple=True, help="Only these data sets.")
@click.option("--runtime", type=click.Choice(["auto", "onnx", "numpy"]), default="auto", show_default=True)
@click.option(
    "--csv",
    "csv_path",
    type=click.Path(path_type=Path),
    help="Write a line per meter and model to this file.",
)
@click.option(
    "--fit-rivals", is_flag=True, help="Fit the pooled LightGBM where it is not fitted yet (minutes)."
)
@click.option(
    "--rivals-folder",
    type=click.Path(path_type=Path),
    help="Where fitted rivals are kept (default: in the home).",
)
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
    csv_path: Path | None,
    fit_rivals: bool,
    rivals_folder: Path | None,
    into_bundle: bool,
    key: Path | None,
    data: Path | None,
    splits: Path | None,
    as_json: bool,
) -> None:
    """Score a model by the protocol Kanchay-24: a week of history, local midnight, 24 hours, no fitting."""
    from kanchay.adapters.datasets import load_meters
    from kanchay.cli.evaluation import print_evaluation, write_scores
    from kanchay.cli.opening import settings_of
    from kanchay.services.forecasting.evaluate import evaluate_models

    shelf = shelf_of(click_ctx, runtime)
    names = [model, *(rivals or RIVALS)]
    everything = load_meters(*places(data, splits), None if "lightgbm" in names else datasets or None)
    meters = [m for m in everything if m.role == role and (not datasets or m.dataset in datasets)]
    if not meters:
        raise InputError(f"These data sets have no {role} meters.")
    cache = rivals_folder or settings_of(click_ctx).home / "rivals"
    field = field_of(shelf, names, everything, cache, fit=fit_rivals)
    with progress("meters", len(meters)) as advance:
        result = evaluate_models(field.entrants, meters, trained_on=field.trained_on, progress=advance)
    if csv_path:
        write_scores(csv_path, result)
    if into_bundle:
        _into_bundle(shelf.path_of(model), result, key)
    if as_json:
        emit_json({"evaluation": result, "skipped": dict(field.skipped)})
    else:
        print_evaluation(
            result, title=f"Kanchay-24: {result.model} on {len(meters)} {role} meters", skipped=field.skipped
        )


def _into_bundle(path: Path, result: Evaluation, key: Path | None) -> None:
    from kanchay.bundle.sign import load_or_make_key
    from kanchay.cli.evaluation import scores_of_groups
    from kanchay.learning.make import rescore

    kinds = scores_of_groups(result)
    scores = {"command": "kanchay model evaluate", "rival": result.rival, "kinds": kinds}
    rescore(path, scores, key=load_or_make_key(key) if key else None)
