"""TensorFlow's own forms of a network behind the same `Runtime`: to prove an export, not to serve one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kanchay.bundle.runtimes import Float32, in_chunks
from kanchay.learning.rebuild import quiet_keras

__all__ = ["KerasRuntime", "SavedModelRuntime"]


class KerasRuntime:
    """A ``.keras`` file, read without any code of ours."""

    name = "keras"

    def __init__(self, path: Path) -> None:
        keras = quiet_keras()
        self._model: Any = keras.models.load_model(path, compile=False, safe_mode=True)
        self._names = [tensor.name for tensor in self._model.inputs]

    def run(self, inputs: Mapping[str, Float32]) -> Float32:
        """Mean and quantiles, shape (n_windows, 24, 10)."""
        return in_chunks(self._run, inputs, self._names)

    def _run(self, inputs: dict[str, Float32]) -> Float32:
        return np.asarray(self._model([inputs[n] for n in self._names], training=False), np.float32)


class SavedModelRuntime:
    """A SavedModel's ``serving_default``, as TensorFlow Serving calls it."""

    name = "saved-model"

    def __init__(self, folder: Path) -> None:
        quiet_keras()
        import tensorflow as tf

        self._held = tf.saved_model.load(str(folder))  # kept: the signature dies with it
        self._serve: Any = self._held.signatures["serving_default"]
        self._names = sorted(self._serve.structured_input_signature[1])

    def run(self, inputs: Mapping[str, Float32]) -> Float32:
        """Mean and quantiles, shape (n_windows, 24, 10)."""
        return in_chunks(self._run, inputs, self._names)

    def _run(self, inputs: dict[str, Float32]) -> Float32:
        import tensorflow as tf

        answer = self._serve(**{name: tf.constant(value, tf.float32) for name, value in inputs.items()})
        return np.asarray(answer["forecast"], np.float32)
