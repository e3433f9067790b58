"""Plain NumPy: no wheel needed on the smallest hub, and an independent check of every other runtime."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kanchay.bundle.runtimes import INPUTS, Float32, in_chunks
from kanchay.domain.errors import BundleError

__all__ = ["NumpyRuntime"]

DAYS: Final = 7
HOURS: Final = 24
LEVELS: Final = 9
HOLIDAY: Final = 10  # place of the holiday among kanchay.analysis.features.calendar.CALENDAR_FEATURES
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
        Sizes: ``patch``, ``attention``, ``floor`` (see `kanchay.learning.network.NetworkShape`).
    calibration : sequence of float, length 8
        Factors of the widths from the median outwards: four below, four above. [-]

    Raises
    ------
    BundleError
        A weight is missing or the file cannot be read.

    Examples
    --------
    >>> runtime = NumpyRuntime(files["weights.npz"], manifest.network, manifest.calibration)  # doctest: +SKIP
    """

    name = "numpy"

    def __init__(self, weights: bytes, network: Mapping[str, Any], calibration: Any) -> None:
        try:
            with np.load(io.BytesIO(weights), allow_pickle=False) as held:
                self._w = {name: held[name].astype(np.float32) for name in WEIGHTS}
        except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise BundleError(f"weights.npz cannot be read: {error}", code="bundle.weights") from error
        self._patch = int(network["patch"])
        self._attention = int(network["attention"])
        self._floor = float(network["floor"])
        self._calibration = np.asarray(calibration, dtype=np.float32)

    def run(self, inputs: Mapping[str, Float32]) -> Float32:
        """Mean and quantiles, shape (n_windows, 24, 10)."""
        return in_chunks(self._run, inputs, INPUTS[1])

    def _run(self, inputs: dict[str, Float32]) -> Float32:
        w = self._w
        load, mask, context, target = (inputs[name].astype(np.float32) for name in INPUTS[1])
        known = np.maximum(mask.sum(1, keepdims=True), 1)
        center = (load * mask).sum(1, keepdims=True) / known
        spread = (np.abs(load - center) * mask).sum(1, keepdims=True) / known
        level = (np.abs(load) * mask).sum(1, keepdims=True) / known
        scale = np.maximum(spread + np.float32(self._floor) * level, np.float32(1e-6))
        z = (load - center) * mask / scale
        lags, lag_mask = (x.reshape(-1, DAYS, HOURS).transpose(0, 2, 1) for x in (z, mask))
        count = np.maximum(lag_mask.sum(2), 1)
        profile = (lags * lag_mask).sum(2) / count

        seen, hidden, cell = _lstm(self._steps(z, mask, profile, context), w, "encoder")
        static = _static(z, mask, level=level, center=center, scale=scale, known=known)
        ahead = _ahead(lags, lag_mask, profile, target=target, context=context, static=static)
        decoded, _, _ = _lstm(ahead, w, "decoder", (hidden, cell))
        weight = (decoded @ w["query/kernel"]) @ (seen @ w["key/kernel"]).transpose(0, 2, 1)
        read = _softmax(weight / np.float32(self._attention) ** 0.5) @ (seen @ w["value/kernel"])
        features = np.concatenate([decoded, read, ahead], axis=2)
        hidden_layer = np.maximum(features @ w["head/kernel"] + w["head/bias"], 0)
        raw = hidden_layer @ w["out/kernel"] + w["out/bias"]
        answer: Float32 = self._heads(raw, lags, lag_mask) * scale[:, :, None] + center[:, :, None]
        return answer.astype(np.float32)

    def _steps(self, z: Array, mask: Array, profile: Array, context: Array) -> Array:
        n_steps = DAYS * HOURS // self._patch
        unusual = (z - np.tile(profile, (1, DAYS))) * mask
        parts = [x.reshape(-1, n_steps, self._patch) for x in (z, unusual, mask)]
        hours = context.reshape(-1, n_steps, self._patch, context.shape[2])
        return np.concatenate([*parts, hours[:, :, 0], hours[:, :, -1]], axis=2)

    def _heads(self, raw: Array, lags: Array, lag_mask: Array) -> Array:
        weight = _softmax(raw[:, :, :DAYS] - np.float32(1e4) * (1 - lag_mask))
        median = (weight * lags).sum(2) + raw[:, :, DAYS]
        widths = np.logaddexp(0, raw[:, :, DAYS + 1 : DAYS + LEVELS]) * self._calibration
        half = LEVELS // 2
        below = median[:, :, None] - np.cumsum(widths[:, :, :half], axis=2)
        above = median[:, :, None] + np.cumsum(widths[:, :, half:], axis=2)
        mean = median + raw[:, :, DAYS + LEVELS]
        return np.concatenate([mean[:, :, None], below[:, :, ::-1], median[:, :, None], above], axis=2)


def _static(z: Array, mask: Array, *, level: Array, center: Array, scale: Array, known: Array) -> Array:
    """What holds for the whole window: relative spread, known share, level of the last day and hour, sign."""
    last_day = z[:, -HOURS:].sum(1, keepdims=True) / np.maximum(mask[:, -HOURS:].sum(1, keepdims=True), 1)
    tiny = np.float32(1e-6)
    relative = np.log(scale / (level + tiny) + np.float32(1e-3))
    share = known / np.float32(DAYS * HOURS)
    return np.concatenate([relative, share, last_day, z[:, -1:], center / (level + tiny)], axis=1)


def _ahead(
    lags: Array, lag_mask: Array, profile: Array, *, target: Array, context: Array, static: Array
) -> Array:
    """Decoder steps, in the order of `kanchay.learning.network`."""
    count = np.maximum(lag_mask.sum(2), 1)
    mean = profile[:, :, None]
    spread = (np.abs(lags - mean) * lag_mask).sum(2) / count
    following = np.concatenate([profile[:, 1:], profile[:, -1:]], axis=1)
    holidays = context[:, :, HOLIDAY].reshape(-1, DAYS, HOURS).transpose(0, 2, 1)
    window = np.repeat(static[:, None, :], HOURS, axis=1)
    columns = [target, lags, lag_mask, holidays, mean, spread[:, :, None], following[:, :, None], window]
    return np.concatenate(columns, axis=2)


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
