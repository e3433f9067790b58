"""One command from measured data to a signed bundle: corpus, training, calibration, export, scores."""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kanchay.adapters.datasets import Meter, load_meters, training_fingerprints
from kanchay.bundle.load import load_bundle
from kanchay.bundle.manifest import Manifest
from kanchay.learning.calibrate import fit_calibration, fit_widening
from kanchay.learning.corpus import Corpus, CorpusOptions, fold_meters, training_meters
from kanchay.learning.export import export_bundle, library_versions, new_manifest
from kanchay.learning.members import member_checkpoint, train_member, train_members
from kanchay.learning.network import NetworkShape
from kanchay.learning.simulated import simulated_meters
from kanchay.learning.sources import described
from kanchay.learning.train import Recipe, Trained, answers

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["MakeOptions", "make_bundle", "make_member", "rescore"]

log = logging.getLogger("kanchay.learning")

NOT_TO_SHIP = "none: a fold, for measuring only"


@dataclass(frozen=True, slots=True)
class MakeOptions:
    """The whole recipe: corpus, network, training and what is simulated.

    `left_out` names data sets that a fold must not have seen. A fold trains on every other set, whatever its
    licence: it is there to be measured and never ships.
    """

    recipe: Recipe = field(default_factory=Recipe)
    shape: NetworkShape = field(default_factory=lambda: NetworkShape(units=116, members=2))
    corpus: CorpusOptions = field(default_factory=CorpusOptions)
    simulated_homes: int = 180
    simulated_offices: int = 9
    left_out: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def make_bundle(
    splits: Path,
    data: Path,
    out: Path,
    *,
    options: MakeOptions,
    created: str,
    name: str,
    version: str,
    key: Ed25519PrivateKey | None,
    checkpoint: Path,
    progress: Callable[[int], None] = lambda n: None,
) -> Manifest:
    """Train (or go on from the checkpoint) and write the bundle to `out`; it is not scored yet, see `rescore`."""
    own, watch, corpus = _learned_from(splits, data, options)
    trained = train_members(
        corpus, options.shape, options.recipe, checkpoint=checkpoint, watch=watch, progress=progress
    )
    files = described(training_fingerprints(splits, data, sorted({m.dataset for m in own})))
    training = _training(trained, options, own, files)
    named = {"name": name, "version_text": version, "created": created}
    return _finish(trained.model, options, watch, {**named, "training": training}, out=out, key=key)


def make_member(
    splits: Path,
    data: Path,
    member: int,
    *,
    options: MakeOptions,
    checkpoint: Path,
    progress: Callable[[int], None] = lambda n: None,
) -> Path:
    """Train one member (or go on with it) and leave it beside the checkpoint, for `make_bundle` to join."""
    _, watch, corpus = _learned_from(splits, data, options)
    shape, recipe = options.shape, options.recipe
    train_member(corpus, shape, recipe, member, checkpoint=checkpoint, watch=watch, progress=progress)
    return member_checkpoint(checkpoint, member)


def _learned_from(splits: Path, data: Path, options: MakeOptions) -> tuple[list[Meter], list[Meter], Corpus]:
    """Measured meters to learn from, those to watch the learning on, and the corpus with what is simulated."""
    known = [m for m in load_meters(splits, data) if m.dataset not in options.left_out]
    meters = known if options.left_out else [m for m in known if m.may_ship]
    own = fold_meters(meters, options.left_out) if options.left_out else training_meters(meters)
    made = simulated_meters(options.simulated_homes, options.simulated_offices, seed=options.recipe.seed)
    corpus = Corpus([*own, *made], options.corpus, options.recipe.seed)
    return own, [m for m in meters if m.role == "validation"], corpus


def _training(
    trained: Trained, options: MakeOptions, meters: Sequence[Meter], files: list[dict[str, str]]
) -> dict[str, Any]:
    return {
        "left_out": list(options.left_out),
        "files": files,
        "meters": sorted(f"{m.dataset}/{m.id}" for m in meters),
        "simulated": _simulated(options),
        "recipe": options.recipe.as_dict(),
        "corpus": asdict(options.corpus),
        "windows": trained.steps * options.recipe.batch * options.shape.members,
        "weights": int(trained.model.count_params()),
        "libraries": library_versions(),
        "hardware": f"{os.cpu_count()} CPU cores, {platform.machine()}, shared with other work",
        "hours": round(trained.seconds / 3600, 2),
        "history": trained.history,
    }


def _simulated(options: MakeOptions) -> list[str]:
    """What was learned from beside measured meters, in words."""
    made = {"homes": options.simulated_homes, "offices": options.simulated_offices}
    seed, drawn = options.recipe.seed, options.corpus
    by_rule = {"buildings": drawn.procedural_commercial, "homes": drawn.procedural_residential}
    return [f"{n} {what} by kanchay.simulate, seed {seed}" for what, n in made.items() if n] + [
        f"loads drawn by rule (kanchay.learning.procedural) in {100 * share:.0f} % of the windows of {what}"
        for what, share in by_rule.items()
        if share
    ]


def _finish(
    model: Any,
    options: MakeOptions,
    watch: Sequence[Meter],
    about: dict[str, Any],
    *,
    out: Path,
    key: Ed25519PrivateKey | None,
) -> Manifest:
    """Calibrate on validation meters, export, learn the widening from the exported bundle, export again."""
    calibration = fit_calibration(watch, lambda inputs: answers(model, inputs))
    manifest = new_manifest(options.shape, calibration=calibration, **about)
    if options.left_out:
        manifest = replace(manifest, licence=NOT_TO_SHIP)
    export_bundle(model, options.shape, manifest, out, key=key)
    widening = fit_widening(watch, load_bundle(out))
    log.info("calibration %s widening %s", calibration, widening)
    return export_bundle(model, options.shape, replace(manifest, widening=widening), out, key=key)


def rescore(folder: Path, scores: dict[str, Any], *, key: Ed25519PrivateKey | None) -> Manifest:
    """Put scores into the manifest and the model card of a bundle, and sign it again."""
    from kanchay.bundle.files import read_verified
    from kanchay.bundle.save import save_bundle
    from kanchay.learning.card import model_card

    manifest, files = read_verified(folder, trusted=None)
    scored = replace(manifest, scores=scores)
    kept = {n: data for n, data in files.items() if n not in ("example.json", "README.md")}
    return save_bundle(folder, scored, {**kept, "README.md": model_card(scored).encode()}, key=key)
