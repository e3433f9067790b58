"""Plain NumPy: no wheel needed on the smallest hub, and an independent check of every other runtime."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kanchay.bundle.runtimes import INPUTS, Float32, in_chunks, member_suffixes
from kanchay.bundle.runtimes.prepare import DAYS, Prepared, prepare_1, prepare_2
from kanchay.bundle.weights import read_weights
from kanchay.domain.errors import BundleError

__all__ = ["NumpyRuntime"]

LEVELS: Final = 9
PREPARE: Final[Mapping[int, Callable[..., Prepared]]] = {1: prepare_1, 2: prepare_2, 3: prepare_2}
WEIGHTS: Final = (
    "encoder/kernel", "encoder/recurrent", "encoder/bias", "decoder/kernel", "decoder/recurrent", "decoder/bias",
    "query/kernel", "key/kernel", "value/kernel", "head/kernel", "head/bias", "out/kernel", "out/bias",
)  # fmt: skip

Array = NDArray[Any]


class NumpyRuntime:
    """The network of `kanchay.learning.network`, written out in NumPy.

    Parameters
    ----------
    weights : bytes
        ``weights.npz``, already verified against its manifest; read without pickle.
    network : mapping
        Sizes: ``patch``, ``attention``, ``floor``, from format 3 on ``members`` (see
        `kanchay.learning.network.NetworkShape`).
    calibration : sequence of float, length 8
        Factors of the widths from the median outwards: four below, four above. [-]
    layout : int, optional
        Format of the bundle, which decides what the network reads; by default the newest.

    Raises
    ------
    BundleError
        A weight is missing or the file cannot be read.

    Examples
    --------
    >>> runtime = NumpyRuntime(files["weights.npz"], manifest.network, manifest.calibration)  # doctest: +SKIP
    """

    name = "numpy"

    def __init__(
        self, weights: bytes, network: Mapping[str, Any], calibration: Any, *, layout: int = max(INPUTS)
    ) -> None:
        held = read_weights(weights)
        try:
            self._members = [
                _member_weights(held, suffix) for suffix in member_suffixes(int(network.get("members", 1)))
            ]
        except KeyError as error:
            raise BundleError(f"weights.npz lacks {error}.", code="bundle.weights") from error
        self._format = layout
        self._patch = int(network["patch"])
        self._attention = int(network["attention"])
        self._floor = float(network["floor"])
        self._calibration = np.asarray(calibration, dtype=np.float32)

    def run(self, inputs: Mapping[str, Float32]) -> Float32:
        """Mean and quantiles, shape (n_windows, 24, 10)."""
        return in_chunks(self._run, inputs, INPUTS[self._format])

    def _run(self, inputs: dict[str, Float32]) -> Float32:
        given = {name: x.astype(np.float32) for name, x in inputs.items()}
        p = PREPARE[self._format](given, self._patch, self._floor)
        said = np.mean([self._heads(self._member(p, w), p) for w in self._members], axis=0)
        answer: Float32 = said * p.scale[:, :, None] + p.center[:, :, None]
        return answer.astype(np.float32)

    def _member(self, p: Prepared, w: Mapping[str, Array]) -> Array:
        seen, hidden, cell = _lstm(p.steps, w, "encoder")
        decoded, _, _ = _lstm(p.ahead, w, "decoder", (hidden, cell))
        weight = (decoded @ w["query/kernel"]) @ (seen @ w["key/kernel"]).transpose(0, 2, 1)
        read = _softmax(weight / np.float32(self._attention) ** 0.5) @ (seen @ w["value/kernel"])
        features = np.concatenate([decoded, read, p.ahead], axis=2)
        hidden_layer = np.maximum(features @ w["head/kernel"] + w["head/bias"], 0)
        raw: Array = hidden_layer @ w["out/kernel"] + w["out/bias"]
        return raw

    def _heads(self, raw: Array, p: Prepared) -> Array:
        logits = raw[:, :, :DAYS] - np.float32(1e4) * (1 - p.lag_mask)
        if p.likeness is not None:
            same, alike = p.likeness
            logits = logits + raw[:, :, -2:-1] * same + raw[:, :, -1:] * alike
        median = (_softmax(logits) * p.lags).sum(2) + raw[:, :, DAYS]
        widths = np.logaddexp(0, raw[:, :, DAYS + 1 : DAYS + LEVELS]) * self._calibration
        half = LEVELS // 2
        below = median[:, :, None] - np.cumsum(widths[:, :, :half], axis=2)
        above = median[:, :, None] + np.cumsum(widths[:, :, half:], axis=2)
        mean = median + raw[:, :, DAYS + LEVELS]
        return np.concatenate([mean[:, :, None], below[:, :, ::-1], median[:, :, None], above], axis=2)


def _member_weights(held: Mapping[str, Array], suffix: str) -> dict[str, Array]:
    """Weights of one member, without the ending of its layers' names."""
    return {name: held[name.replace("/", f"{suffix}/")].astype(np.float32) for name in WEIGHTS}


def _lstm(
    x: Array, w: Mapping[str, Array], name: str, state: tuple[Array, Array] | None = None
) -> tuple[Array, Array, Array]:
    """One LSTM layer, gates in the order input, forget, cell, output."""
    kernel, recurrent, bias = (w[f"{name}/{part}"] for part in ("kernel", "recurrent", "bias"))
    units = recurrent.shape[0]
    inputs = x @ kernel + bias  # all steps at once: one large product instead of many small ones
    zeros = np.zeros((len(x), units), np.float32)
    h, c = state or (zeros, zeros)
    out = np.empty((len(x), x.shape[1], units), np.float32)
    for t in range(x.shape[1]):
        i, f, g, o = np.split(inputs[:, t] + h @ recurrent, 4, axis=1)
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        h = _sigmoid(o) * np.tanh(c)
        out[:, t] = h
    return out, h, c


def _sigmoid(x: Array) -> Array:
    """Through tanh, which does not overflow."""
    half = np.float32(0.5)
    answer: Array = half * np.tanh(half * x) + half
    return answer


def _softmax(x: Array) -> Array:
    power = np.exp(x - x.max(axis=-1, keepdims=True))
    answer: Array = power / power.sum(axis=-1, keepdims=True)
    return answer
