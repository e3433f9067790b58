"""The Keras network of a bundle, built again from its manifest and its NumPy weights."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import groupby
from typing import Any

import numpy as np

from kanchay.bundle.manifest import Manifest
from kanchay.bundle.runtimes import INPUTS, member_suffixes
from kanchay.bundle.weights import read_weights
from kanchay.domain.errors import BundleError, InputError, MissingExtra
from kanchay.learning.export import named_weights
from kanchay.learning.network import NetworkShape, build_network

__all__ = ["quiet_keras", "rebuild"]


def quiet_keras() -> Any:
    """Keras on TensorFlow, without its greeting; `MissingExtra` names what to install."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        import keras
        import tensorflow  # noqa: F401
    except ImportError as error:
        raise MissingExtra("train", "tensorflow-cpu") from error
    if keras.backend.backend() != "tensorflow":
        raise InputError(
            f"Keras runs on {keras.backend.backend()} here; these forms are TensorFlow's own.",
            hint="Set KERAS_BACKEND=tensorflow.",
        )
    return keras


def rebuild(manifest: Manifest, files: Mapping[str, bytes]) -> Any:
    """The trained network with the bundle's weights and calibration, free of our own classes and functions.

    Raises `BundleError` (``bundle.rebuild``) where this version builds another network than the bundle's.
    """
    keras = quiet_keras()
    weights = read_weights(files["weights.npz"])
    try:
        shape = NetworkShape(**manifest.network)
        model = build_network(shape, manifest.calibration)
        _fill(model, weights, shape.members)
    except (TypeError, ValueError, KeyError) as error:
        raise _another(manifest, " ".join(str(error).split())[:200]) from error
    names = {tensor.name for tensor in model.inputs}
    if names != set(INPUTS[manifest.format]):
        raise _another(manifest, f"it reads {', '.join(sorted(names))}")
    # How weights began is of no use any more, and a function of ours could not be read without us.
    for suffix in member_suffixes(shape.members):
        model.get_layer(f"out{suffix}").bias_initializer = keras.initializers.Zeros()
    return model


def _fill(model: Any, weights: Mapping[str, np.ndarray[Any, Any]], members: int) -> None:
    wanted = list(named_weights(model, members))
    if set(wanted) != set(weights):
        raise ValueError(f"other weights: {', '.join(sorted(set(wanted) ^ set(weights)))}")
    for layer, names in groupby(wanted, key=lambda name: name.split("/")[0]):
        model.get_layer(layer).set_weights([weights[name] for name in names])


def _another(manifest: Manifest, why: str) -> BundleError:
    return BundleError(
        f"The network of '{manifest.name}' {manifest.version} (format {manifest.format}) is not the one that this"
        f" Kanchay builds: {why}.",
        hint="Export it to onnx or numpy, which need no network, or with the Kanchay that made it.",
        code="bundle.rebuild",
    )
