"""One command from measured data to a signed bundle of boosted trees: draw, fit, calibrate, weigh features, save."""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kanchay.adapters.datasets import Meter, load_meters, training_fingerprints
from kanchay.analysis.features.importance import permutation_importance
from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.boosted import BoostedForecaster, bands, hourly_inputs
from kanchay.bundle.clockgrid import ClockGrid
from kanchay.bundle.load import forecaster_of, make_runtime
from kanchay.bundle.manifest import BOOSTED, Manifest
from kanchay.bundle.save import pack_weights, save_bundle
from kanchay.bundle.trees import FEATURES_INPUT
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.forecast import LEVELS, QUANTILE_NAMES
from kanchay.domain.interval import HOUR, wall_clock
from kanchay.domain.reading import FloatArray
from kanchay.learning.boosted import LOOKBACK, BoostedOptions, Fitted, draw_windows, fit_boosted
from kanchay.learning.boosted_card import boosted_card
from kanchay.learning.calibrate import factors_of, fit_widening
from kanchay.learning.corpus import fold_meters, training_meters
from kanchay.learning.export import library_versions
from kanchay.learning.simulated import simulated_meters
from kanchay.learning.sources import described
from kanchay.learning.trees import onnx_trees, tree_arrays

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["Boosted", "boosted_of", "midnights", "train_boosted", "weighed"]

log = logging.getLogger("kanchay.learning")

BLOCK: Final = 7  # daily windows that change places together when importance is measured
EVERY: Final = 10  # days between the windows of it


@dataclass(frozen=True, slots=True, eq=False)
class Boosted:
    """A boosted model in memory: what a bundle would hold, and the forecaster over it."""

    manifest: Manifest
    files: dict[str, bytes]

    def forecaster(self, runtime: str = "auto", name: str = "") -> BoostedForecaster:
        """Answers like the bundle would."""
        made = forecaster_of(self.manifest, make_runtime(runtime, self.manifest, self.files), name)
        assert isinstance(made, BoostedForecaster)  # noqa: S101 - the manifest's kind says so
        return made


def train_boosted(
    splits: Path,
    data: Path,
    out: Path,
    *,
    options: BoostedOptions,
    created: str,
    name: str = "kanchay-boosted",
    version: str = "0.1",
    key: Ed25519PrivateKey | None = None,
) -> Manifest:
    """Train on the meters that may ship and write the bundle to `out`; it is not scored yet, see `make.rescore`."""
    known = [m for m in load_meters(splits, data) if m.dataset not in options.left_out]
    meters = known if options.left_out else [m for m in known if m.may_ship]
    own = fold_meters(meters, options.left_out) if options.left_out else training_meters(meters)
    made = simulated_meters(options.simulated_homes, options.simulated_offices, seed=options.seed)
    watch = [m for m in meters if m.role == "validation"]
    boosted = boosted_of([*own, *made], watch, options, name=name, version=version, created=created)
    boosted = weighed(boosted, watch) if watch else boosted
    files = described(training_fingerprints(splits, data, sorted({m.dataset for m in own})))
    counted = {"homes": options.simulated_homes, "offices": options.simulated_offices}
    training = {
        **boosted.manifest.training,
        "left_out": list(options.left_out),
        "files": files,
        "meters": sorted(f"{m.dataset}/{m.id}" for m in own),
        "simulated": [f"{n} {s} by kanchay.simulate, seed {options.seed}" for s, n in counted.items() if n],
    }
    manifest = replace(boosted.manifest, training=training)
    return save_bundle(
        out, manifest, {**boosted.files, "README.md": boosted_card(manifest).encode()}, key=key
    )


def boosted_of(
    train: Sequence[Meter],
    watch: Sequence[Meter],
    options: BoostedOptions,
    *,
    name: str = "boosted",
    version: str = "0.1",
    created: str = "",
) -> Boosted:
    """A boosted model of these training meters; its bands come from the validation meters `watch`."""
    fitted = fit_boosted(draw_windows(train, options), options)
    trees = tree_arrays(fitted.boosters)
    weights = pack_weights(trees.named())
    files = {"weights.npz": weights, "model.onnx": onnx_trees(trees, len(fitted.plan.columns))}
    shape = {
        "columns": len(fitted.plan.columns),
        "trees": trees.n_trees,
        "nodes": len(trees.feature),
        "leaves": int((trees.left == np.arange(len(trees.left))).sum()),
        "depth": trees.depth(),
    }
    manifest = _manifest(fitted, options, shape, name=name, version=version, created=created)
    learned = sorted(f"{m.dataset}/{m.id}" for m in train)
    manifest = replace(manifest, training={**manifest.training, "meters": learned})
    if not watch:
        return Boosted(manifest, files)
    manifest = replace(manifest, calibration=_calibration(watch, Boosted(manifest, files).forecaster()))
    manifest = replace(manifest, widening=fit_widening(watch, Boosted(manifest, files).forecaster()))
    log.info("boosted: calibration %s widening %s", manifest.calibration, manifest.widening)
    return Boosted(manifest, files)


def _manifest(
    fitted: Fitted, options: BoostedOptions, shape: dict[str, int], *, name: str, version: str, created: str
) -> Manifest:
    columns = list(fitted.plan.columns)
    training = {
        "recipe": options.as_dict(),
        "rows": fitted.rows,
        "seconds": round(fitted.seconds),
        "libraries": {**library_versions(), **_own_versions()},
        "hardware": f"{os.cpu_count()} CPU cores, {platform.machine()}, shared with other work",
    }
    return Manifest(
        kind=BOOSTED, name=name, version=version, created=created, licence="Apache-2.0", format=2,
        inputs=[{"name": FEATURES_INPUT, "shape": ["n", len(columns)], "unit": "as each feature", "columns": columns,
                 "meaning": "one row for each hour to come; NaN where unknown"}],
        outputs=[{"name": "forecast", "shape": ["n", 1 + len(LEVELS)], "unit": "1", "columns": ["mean", *QUANTILE_NAMES],
                  "meaning": "mean and quantiles as distances from same_kind_energy in window_scale"}],
        lookback_h=LOOKBACK, horizon_h=24, resolution_s=HOUR, levels=list(LEVELS), network=dict(shape),
        preprocessing={
            "target": "(y - same_kind_energy) / window_scale",
            "features_by": "kanchay.analysis.features.table.build_features",
            "resolutions": "means of hours in, split back with the window's own profile within the hour",
            "clip": "not below 0 where no known value is below 0",
            "importance": {},
            **fitted.plan.numbers(),
        },
        calibration=[1.0] * (len(LEVELS) - 1), widening=[1.0], tolerance=1e-5,
        training=training, scores={}, signer="", files={}, features=fitted.plan.told(),
    )  # fmt: skip


def _own_versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("lightgbm", "onnx")}


def midnights(meter: Meter, *, every: int = 1) -> tuple[Windows, FloatArray]:
    """Windows of a meter at every local midnight of its scored span, and what came true, NaN where unknown.

    A window needs a known day before it and a known hour after it.
    """
    clock = wall_clock(meter.starts, meter.tz)
    at = np.flatnonzero((clock % (24 * HOUR) == 0) & (meter.starts >= meter.split_at))[::every]
    at = at[(at >= LOOKBACK) & (at + 24 <= len(meter.values))]
    load = meter.values[at[:, None] + np.arange(-LOOKBACK, 0)]
    actual = meter.values[at[:, None] + np.arange(24)]
    good = (np.isfinite(load).sum(axis=1) >= 24) & np.isfinite(actual).any(axis=1)
    windows = Windows(
        load[good], meter.starts[at][good], HOUR, 24, meter.tz, meter.country, meter.subdivision
    )
    return windows, actual[good]


def _calibration(watch: Sequence[Meter], forecaster: BoostedForecaster) -> list[float]:
    """Factors of the widths, as for the network: meters weigh alike within their kind, the kinds weigh alike."""
    truth, quantiles, weight = [], [], []
    for meter in watch:
        windows, actual = midnights(meter)
        known = np.isfinite(actual)
        if known.any():
            truth.append(actual[known])
            quantiles.append(forecaster.predict(windows).quantiles[known])
            alike = sum(m.kind == meter.kind for m in watch)
            weight.append(np.full(known.sum(), 1.0 / known.sum() / alike))
    if not truth:
        raise NotEnoughData("The validation meters hold no known day.")
    return factors_of(np.concatenate(truth), np.concatenate(quantiles), np.concatenate(weight))


def weighed(boosted: Boosted, watch: Sequence[Meter]) -> Boosted:
    """The model with the importance of each column in its manifest, as the validation meters `watch` show it."""
    manifest, forecaster = boosted.manifest, boosted.forecaster()
    rows, truths = [], []
    for meter in watch:
        windows, actual = midnights(meter, every=EVERY)
        made = forecaster.plan.rows(hourly_inputs(ClockGrid.of(windows).context(windows.load), windows, 1))
        rows.append(made.rows.reshape(*actual.shape, -1).astype(np.float64))
        truths.append((actual - made.base) / made.scale)
    values, truth = np.concatenate(rows), np.concatenate(truths)
    calibration, levels = np.asarray(manifest.calibration), np.asarray(LEVELS)

    def loss(columns: FloatArray) -> FloatArray:
        flat = columns.reshape(-1, columns.shape[-1]).astype(np.float32)
        answer = forecaster.runtime.run({FEATURES_INPUT: flat}).astype(np.float64)
        quantiles = bands(answer.reshape(*columns.shape[:2], -1)[..., 1:], calibration)
        off = truth[: len(columns), :, None] - quantiles
        each = np.maximum(levels * off, (levels - 1.0) * off).mean(axis=2)
        known = np.isfinite(each)
        total: FloatArray = np.where(known, each, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        return total

    block = max(1, min(BLOCK, len(values) // 4))
    found = permutation_importance(loss, values, forecaster.plan.columns, repeats=2, block=block)
    rise = {one.name: round(one.rise, 6) for one in found}
    n = len(values) // block * block
    told = {
        "meaning": "rise of the mean pinball loss, in scales of the window, when blocks of"
        f" {block} windows of the validation meters exchange this feature; the mean of like days that the trees"
        " correct stays",
        "loss": round(float(np.mean(loss(values[:n]))), 6),
        "windows": n,
        "rise": rise,
    }
    preprocessing = {**manifest.preprocessing, "importance": told}
    told_features = forecaster.plan.told(rise)
    return replace(boosted, manifest=replace(manifest, features=told_features, preprocessing=preprocessing))
