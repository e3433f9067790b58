"""Kanchay-24: 24 hours ahead on meters a model has never seen.

    python benchmarks/accuracy/kanchay24.py                     # the shipped model and every rival
    python benchmarks/accuracy/kanchay24.py --fit-rivals        # the same; fits the pooled LightGBM where needed
    python benchmarks/accuracy/kanchay24.py --folds FOLDER      # models trained without the set they are scored on

At every local midnight of a test meter's scored span (its last 400 days, or all after its first 60 days where it
is short) a model reads at most the 168 hours before, is not fitted on the meter, and forecasts 24 elapsed hours.
Meters, cleaning, clock and holidays come from the development splits. The protocol is
`kanchay.analysis.kanchay24`, what meters come to `kanchay.services.forecasting.evaluate`; `kanchay model evaluate`
prints the same. This file adds the environment and the folds.

With --folds every data set is scored by the bundle of its name in FOLDER (`kanchay model train --leave-out NAME
--out FOLDER/NAME`), all its meters, and by trees fitted on the sets that the fold allows. Where FOLDER holds no such
bundle but the model has learned from none of the set's meters (its licence allows no weights, or all its meters are for
testing), the model itself is the one that has not seen the set. "by set" is then the figure of the splits: mean over
meters within a set, then over sets. Other sets are named and left out, or left to the rivals where there is no bundle
at all.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from meters import ROOT, data_folder, splits_file

from kanchay.adapters.datasets import Meter, load_meters
from kanchay.adapters.folds import Fold, load_folds, scored_meters, training_part
from kanchay.adapters.models import ModelShelf
from kanchay.analysis.forecast.adapt import AdaptedForecaster
from kanchay.analysis.kanchay24 import Entrant, entrant
from kanchay.cli.evaluation import print_evaluation, write_scores
from kanchay.cli.model_evaluate import ADAPTED, RIVALS, field_of, learned_from
from kanchay.domain.errors import NotFound
from kanchay.learning.boosted import BoostedOptions
from kanchay.learning.rivals.shelf import boosted_rival
from kanchay.plain import plain
from kanchay.services.forecasting.evaluate import (
    Evaluation,
    MeterResult,
    evaluate_models,
    score_meters,
    summarise,
)
from kanchay.settings import read_settings

RESULTS = ROOT / "benchmarks" / "results"
FOLD_RECIPE = BoostedOptions(windows=150, trees=150, quantile_rows=120_000)
FOLD_RECIPE_HOMES = replace(FOLD_RECIPE, windows=600)
FOLD_MODEL = "left out"
Skipped = list[tuple[str, str]]


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def dot(_: int) -> None:
    print(".", end="", file=sys.stderr, flush=True)


def default_split(chosen: argparse.Namespace, splits: Path, data: Path) -> tuple[Evaluation, Skipped]:
    """The model and its rivals on the test (or validation) meters."""
    meters = load_meters(splits, data)
    shelf = ModelShelf(read_settings())
    field = field_of(
        shelf, [chosen.model, *chosen.rivals.split(",")], meters, chosen.rivals_folder, fit=chosen.fit_rivals
    )
    wanted = chosen.datasets.split(",") if chosen.datasets else None
    scored = [m for m in meters if m.role == chosen.role and (wanted is None or m.dataset in wanted)]
    return evaluate_models(field.entrants, scored, trained_on=field.trained_on, progress=dot), field.skipped


def folds(chosen: argparse.Namespace, splits: Path, data: Path) -> tuple[Evaluation, Skipped]:
    """Each data set by models that have not seen it; the meters of all folds are summed up together."""
    meters = load_meters(splits, data)
    known = load_folds(splits)
    bundles = {fold.left_out: bundle_of(chosen, fold) for fold in known}
    with_bundle = [fold for fold in known if bundles[fold.left_out]]
    skipped = [
        (fold.left_out, "no bundle of that name") for fold in known if with_bundle and fold not in with_bundle
    ]
    rows: list[MeterResult] = []
    for fold in with_bundle or known:
        tell(f"\n{fold.left_out}, {fold.kind}")
        rows += one_fold(fold, bundles[fold.left_out], chosen, meters, splits, data)
    names = list(rows[0].models)
    return summarise(FOLD_MODEL if FOLD_MODEL in names else "lightgbm", rows), skipped


def one_fold(
    fold: Fold, bundle: str | None, chosen: argparse.Namespace, meters: list[Meter], splits: Path, data: Path
) -> list[MeterResult]:
    shelf = ModelShelf(read_settings())
    entrants: list[Entrant] = []
    trained: dict[str, tuple[str, ...]] = {}
    if bundle:
        entrants.append(entrant(shelf.load(bundle), name=FOLD_MODEL))
        trained[FOLD_MODEL] = learned_from(shelf, bundle)
    for name in chosen.rivals.split(","):
        if name == "lightgbm":
            trees, trained[name] = fold_trees(fold, meters, chosen)
            entrants.append(entrant(trees, name=name))
        elif name == ADAPTED and bundle:
            entrants.append(entrant(AdaptedForecaster(shelf.load(bundle)), name=name))
            trained[name] = trained[FOLD_MODEL]
        elif name not in ("ets", ADAPTED):
            entrants.append(entrant(shelf.load(name), name=name))
    return score_meters(entrants, scored_meters(fold, splits, data), trained_on=trained, progress=dot)


def fold_trees(fold: Fold, meters: list[Meter], chosen: argparse.Namespace):
    """Trees of the fold: every fifth meter that it may learn from sets the widths, the others are learned."""
    allowed = training_part(fold, meters)
    held_out = allowed[4::5]
    training = [m for m in allowed if m not in held_out]
    recipe = FOLD_RECIPE_HOMES if fold.kind == "residential" else FOLD_RECIPE
    return boosted_rival(
        training, held_out, chosen.rivals_folder, fit=chosen.fit_rivals, options=recipe, progress=tell
    )


def bundle_of(chosen: argparse.Namespace, fold: Fold) -> str | None:
    """The bundle trained without the set; else the model itself where it has learned from none of the set's meters."""
    for place in (chosen.folds / fold.left_out, chosen.folds / f"{fold.left_out}.kanchay"):
        if place.exists():
            return str(place)
    seen = learned_from(ModelShelf(read_settings()), chosen.model)
    return None if any(meter.startswith(f"{fold.left_out}/") for meter in seen) else chosen.model


def no_path(argument: str) -> str:
    """Results are committed: of an absolute path only the last part is told."""
    return ",".join(Path(part).name if part.startswith("/") else part for part in argument.split(","))


def environment(seconds: float) -> dict[str, object]:
    def installed(name: str) -> str | None:
        try:
            return version(name)
        except PackageNotFoundError:
            return None

    packages = ("numpy", "onnxruntime", "lightgbm", "statsforecast", "holidays")
    return {
        "command": " ".join(["python benchmarks/accuracy/kanchay24.py", *map(no_path, sys.argv[1:])]),
        "python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count(),
        "packages": {name: installed(name) for name in packages}, "seconds": round(seconds, 1),
    }  # fmt: skip


def write(result: Evaluation, skipped: Skipped, out: Path, seconds: float) -> None:
    """A line per meter and model, and beside it the medians with the environment."""
    out.parent.mkdir(parents=True, exist_ok=True)
    write_scores(out, result)
    told = {
        "environment": environment(seconds), "skipped": dict(skipped), "summaries": rounded(plain(result.summaries)),
        "against": rounded(plain(result.against)), "blocks": rounded(plain(result.blocks)),
    }  # fmt: skip
    out.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def rounded(value):
    """Five digits after the point: more would only differ from machine to machine."""
    if isinstance(value, dict):
        return {name: rounded(v) for name, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return round(value, 5) if isinstance(value, float) else value


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="pretrained", help="name or path of a bundle")
    parser.add_argument("--rivals", default=",".join(RIVALS), help="names or paths, with commas")
    parser.add_argument("--role", default="test", choices=["test", "validation"])
    parser.add_argument("--datasets", help="with commas; all by default")
    parser.add_argument("--folds", type=Path, help="folder of bundles named by the data set left out")
    parser.add_argument("--fit-rivals", action="store_true", help="fit LightGBM where it is not fitted yet")
    parser.add_argument("--rivals-folder", type=Path, default=ROOT / "var" / "rivals")
    parser.add_argument("--out", type=Path, help="CSV (default: benchmarks/results/kanchay24[_folds].csv)")
    chosen = parser.parse_args()
    begun = time.monotonic()
    try:
        result, skipped = (folds if chosen.folds else default_split)(chosen, splits_file(), data_folder())
    except NotFound as error:
        sys.exit(str(error))
    tell("")
    title = (
        "Kanchay-24, each data set left out"
        if chosen.folds
        else f"Kanchay-24: {result.model}, {chosen.role} meters"
    )
    print_evaluation(result, title=title, skipped=skipped)
    name = "kanchay24_folds.csv" if chosen.folds else "kanchay24.csv"
    write(result, skipped, chosen.out or RESULTS / name, time.monotonic() - begun)


if __name__ == "__main__":
    main()
