"""`kanchay model tune`: search learning rate, units, batch size, context and patch; goes on where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, json_option, progress, table
from kanchay.cli.model_common import data_options, places
from kanchay.domain.errors import InputError

if TYPE_CHECKING:
    from kanchay.learning.search import Choices, Range, Tried
    from kanchay.learning.tune import TuneOptions

__all__ = ["tune"]

_RUNNING = ("A search is running in that folder.", "Wait until it ends, or give another folder.")
_WHOLE = ("units", "batch", "context", "patch")  # options whose values are whole numbers


@click.command("tune")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of the search; an earlier one goes on.",
)
@click.option("--method", type=click.Choice(["tpe", "random", "grid"]), default="tpe", show_default=True,
              help="tpe is Bayesian; a grid tries every combination of lists.")  # fmt: skip
@click.option(
    "--trials", type=click.IntRange(1), default=30, show_default=True, help="At most, earlier ones included."
)
@click.option("--steps", type=click.IntRange(4), default=800, show_default=True, help="Batches of one trial.")
@click.option("--learning-rate", metavar="LOW:HIGH|A,B", help="Default: 0.0005:0.008.")
@click.option("--units", metavar="A,B", help="Width of both LSTMs (default: 64,96,128).")
@click.option("--batch", metavar="A,B", help="Windows of a batch (default: 128,256,512).")
@click.option("--patch", metavar="A,B", help="Hours of an encoder step (default: 4,6,12).")
@click.option("--context", metavar="A,B", help="Hours of history shown (default: 168, the week that ships).")
@click.option("--recipe", "start", type=click.Path(path_type=Path), help="Recipe to start from.")
@click.option("--seed", type=int, default=7, show_default=True)
@click.option(
    "--prune/--no-prune", default=True, show_default=True, help="Cut trials short that fall behind."
)
@click.option(
    "--simulated", type=(int, int), default=(20, 3), show_default=True, help="Simulated homes and offices."
)
@click.option(
    "--tensorboard", type=click.Path(path_type=Path), help="Also write logs for TensorBoard to this folder."
)
@data_options
@json_option
def tune(
    *,
    out: Path,
    method: str,
    trials: int,
    steps: int,
    learning_rate: str | None,
    units: str | None,
    batch: str | None,
    patch: str | None,
    context: str | None,
    start: Path | None,
    seed: int,
    prune: bool,
    simulated: tuple[int, int],
    tensorboard: Path | None,
    data: Path | None,
    splits: Path | None,
    as_json: bool,
) -> None:
    """Try other values on short trainings, judged on validation meters later in time than all training.

    Stop it at any time: the same command goes on, and takes the interrupted trial up from its checkpoint. The best
    recipe is written to best.yaml of the folder.
    """
    given = {
        "learning_rate": learning_rate,
        "units": units,
        "batch": batch,
        "patch": patch,
        "context": context,
    }
    options = _options(given, start, method=method, trials=trials, steps=steps, seed=seed, prune=prune)
    from kanchay.adapters.locking import exclusive
    from kanchay.learning.tune import tune as search

    where = places(data, splits)
    out.mkdir(parents=True, exist_ok=True)
    with exclusive(out / "search.lock", _RUNNING):  # two at once would take up each other's trials
        meters, watch = _meters(where, simulated, seed)
        with progress("trials", trials) as advance:
            found = search(meters, watch, out, options, tensorboard=tensorboard, progress=advance)
    _report(found, out, options, as_json)


def _options(given: dict[str, str | None], start: Path | None, **rest: Any) -> TuneOptions:
    from kanchay.learning.recipes import TrainingRecipe, read_recipe
    from kanchay.learning.tune import DEFAULT_SPACE, TuneOptions

    space = dict(DEFAULT_SPACE)
    for name, text in given.items():
        if text is not None:
            space["context_h" if name == "context" else name] = _part(name, text)
    return TuneOptions(space=space, start=read_recipe(start) if start else TrainingRecipe(), **rest)


def _part(name: str, text: str) -> Choices | Range:
    """``LOW:HIGH`` or ``A,B,C``."""
    from kanchay.learning.search import Choices, Range

    read = int if name in _WHOLE else float
    try:
        values = tuple(read(piece) for piece in text.replace(":", ",").split(","))
    except ValueError:
        raise InputError(f"--{name}: '{text}' is no list of numbers.", hint="Write 64,96,128.") from None
    if any(value <= 0 for value in values):
        raise InputError(f"--{name}: '{text}' must be above 0.")
    if name == "context" and any(not 24 <= value <= 168 for value in values):
        raise InputError(f"--context: '{text}' must lie between 24 and 168 hours.")
    if ":" not in text:
        return Choices(values)
    if read is int or len(values) != 2 or values[0] >= values[1]:
        raise InputError(
            f"--{name}: '{text}' is no range.", hint="Write a list with commas, or 0.0005:0.008."
        )
    return Range(float(values[0]), float(values[1]))


def _meters(where: tuple[Path, Path], simulated: tuple[int, int], seed: int) -> tuple[list[Any], list[Any]]:
    """What trials learn from, and the validation meters that judge them; weights that could ship, nothing else."""
    from kanchay.adapters.datasets import load_meters
    from kanchay.learning.corpus import training_meters
    from kanchay.learning.simulated import simulated_meters

    known = [m for m in load_meters(*where) if m.may_ship]
    made = simulated_meters(*simulated, seed=seed) if any(simulated) else []
    return [*training_meters(known), *made], [m for m in known if m.role == "validation"]


def _report(found: list[Tried], out: Path, options: TuneOptions, as_json: bool) -> None:
    best = out / "best.yaml"
    if as_json:
        emit_json({"trials": found, "best": str(best) if best.exists() else None})
        return
    names = list(options.space)
    order = sorted(found, key=lambda t: (t.state != "complete", t.score is None, t.score or 0.0))
    rows = [
        (t.number, t.state, "" if t.score is None else f"{t.score:.4f}", f"{t.seconds / 60:.1f}",
         *(f"{t.values.get(name, float('nan')):.4g}" for name in names))
        for t in order
    ]  # fmt: skip
    table(("trial", "state", "score", "minutes", *names), rows)
    if best.exists():
        click.echo(f"Best recipe: {best}. Train it with: kanchay model train --recipe {best} --out FOLDER")
