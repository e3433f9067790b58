"""From a trained network to a bundle: ONNX graph, NumPy weights, calibration, manifest, model card."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kanchay.analysis.features.calendar import CALENDAR_FEATURES
from kanchay.bundle.manifest import KIND, Manifest
from kanchay.bundle.runtimes import member_suffixes
from kanchay.bundle.save import pack_weights, save_bundle
from kanchay.domain.forecast import LEVELS, QUANTILE_NAMES
from kanchay.domain.interval import HOUR
from kanchay.learning.card import model_card
from kanchay.learning.network import NetworkShape, build_network

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["export_bundle", "graph_bytes", "named_weights", "new_manifest"]

LIBRARIES = ("keras", "tensorflow-cpu", "tf2onnx", "onnx", "numpy")


def named_weights(model: Any, members: int = 1) -> dict[str, np.ndarray[Any, Any]]:
    """Weights of the Keras model under the names of `kanchay.bundle.runtimes.numpy`."""
    lstm = ("kernel", "recurrent", "bias")
    parts: dict[str, tuple[str, ...]] = {"encoder": lstm, "decoder": lstm}
    parts |= dict.fromkeys(("query", "key", "value"), ("kernel",))
    parts |= dict.fromkeys(("head", "out"), ("kernel", "bias"))
    return {
        f"{layer}{suffix}/{part}": np.asarray(value)
        for suffix in member_suffixes(members)
        for layer, names in parts.items()
        for part, value in zip(names, model.get_layer(f"{layer}{suffix}").get_weights(), strict=True)
    }


def graph_bytes(model: Any) -> bytes:
    """The ONNX graph of the model: dynamic batch, one LSTM node per layer, no trace of this machine."""
    import onnx

    model(
        [np.zeros((1, *i.shape[1:]), np.float32) for i in model.inputs]
    )  # Keras exports only what was called
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        model.export(path, format="onnx", verbose=False)
        graph = onnx.load(path)
    old = graph.graph.output[0].name
    for node in graph.graph.node:
        node.output[:] = ["forecast" if name == old else name for name in node.output]
        node.input[:] = ["forecast" if name == old else name for name in node.input]
    graph.graph.output[0].name = "forecast"
    graph.doc_string = ""
    onnx.checker.check_model(graph)
    return bytes(graph.SerializeToString())


def new_manifest(
    shape: NetworkShape,
    *,
    name: str,
    version_text: str,
    created: str,
    training: Mapping[str, Any],
    calibration: Sequence[float],
    widening: Sequence[float] = (1.0,),
    scores: Mapping[str, Any] | None = None,
) -> Manifest:
    """The manifest of a network of that shape; hashes and signer are filled in on saving."""
    k = shape.n_calendar
    unit = "unit of the load"
    inputs = [
        _tensor("load", ["n", 168], unit, "hourly load, oldest first; 0 where missing"),
        _tensor("mask", ["n", 168], "1", "1 where the load is known, else 0"),
        _tensor("calendar_context", ["n", 168, k], "1", "calendar of the past hours"),
        _tensor("calendar_target", ["n", 24, k], "1", "calendar of the hours of the day asked for"),
        _tensor(
            "temperature", ["n", 192], "degC", "of the past hours, then of the day asked for; 0 where unknown"
        ),
        _tensor("temperature_mask", ["n", 192], "1", "1 where the temperature is known, else 0"),
        _tensor("lead", ["n", 1], "1", "which day ahead is asked for, 1 to 7, over 7"),
    ]
    outputs = [
        {"name": "forecast", "shape": ["n", 24, 10], "unit": unit, "columns": ["mean", *QUANTILE_NAMES],
         "meaning": "mean and quantiles of the 24 hours of the day asked for"}
    ]  # fmt: skip
    return Manifest(
        kind=KIND, name=name, version=version_text, created=created, licence="Apache-2.0",
        inputs=inputs, outputs=outputs, lookback_h=168, horizon_h=24, resolution_s=HOUR,
        levels=list(LEVELS), network=shape.as_dict(),
        preprocessing={
            "scaling": "inside the graph: minus the mean, by mean absolute deviation + floor * mean absolute load,"
                       " all of the window's known hours",
            "floor": shape.floor,
            "calendar": list(CALENDAR_FEATURES),
            "calendar_by": "kanchay.analysis.features.calendar.calendar_features",
            "resolutions": "means of hours in, split back with the window's own profile within the hour",
            "clip": "not below 0 where no known value is below 0",
        },
        calibration=list(calibration), widening=list(widening), tolerance=1e-5,
        training=dict(training), scores=dict(scores or {}), signer="", files={},
        format=2 if shape.members == 1 else 3,
    )  # fmt: skip


def _tensor(name: str, shape: list[Any], unit: str, meaning: str) -> dict[str, Any]:
    return {"name": name, "shape": shape, "unit": unit, "meaning": meaning}


def export_bundle(
    model: Any, shape: NetworkShape, manifest: Manifest, folder: Path, *, key: Ed25519PrivateKey | None
) -> Manifest:
    """Write the bundle of a trained model; `manifest.calibration` is built into the graph."""
    calibrated = build_network(shape, manifest.calibration)
    calibrated.set_weights(model.get_weights())
    files = {
        "model.onnx": graph_bytes(calibrated),
        "weights.npz": pack_weights(named_weights(model, shape.members)),
        "README.md": model_card(manifest).encode(),
    }
    return save_bundle(folder, replace(manifest), files, key=key)


def library_versions() -> dict[str, str]:
    """Versions of what decides the weights."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
