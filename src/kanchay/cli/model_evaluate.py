"""`kanchay model evaluate`: the protocol Kanchay-24 on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kanchay.cli.common import emit_json, json_option, progress, table
from kanchay.cli.model_common import data_options, places, shelf_of
from kanchay.domain.errors import InputError

if TYPE_CHECKING:
    from kanchay.services.forecasting.evaluate import Evaluation

__all__ = ["evaluate"]


@click.command("evaluate")
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

    shelf = shelf_of(click_ctx, runtime)
    names = [model, *(rivals or ("ensemble", "week", "day"))]
    if "ensemble" not in names:
        names.append("ensemble")
    meters = [m for m in load_meters(*places(data, splits), datasets or None) if m.role == role]
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
