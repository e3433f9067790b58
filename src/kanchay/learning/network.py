"""The network: an LSTM over the past week in patches, an LSTM over the next day, attention, non-crossing quantiles.

Scaling by the context stands inside the graph, so that every runtime gets raw load and gives raw forecasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

__all__ = ["LEVEL_COUNT", "NetworkShape", "build_network"]

LEVEL_COUNT = 9  # kanchay.domain.forecast.LEVELS
DAYS, HOURS = 7, 24


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """Sizes of the network.

    `patch` hours make one step of the encoder; `units` is the width of both LSTMs, `attention` of the keys and
    `head` of the last hidden layer; `n_calendar` is the number of calendar features; `floor` is added to the
    scale, as a share of the mean absolute load, so that a nearly constant meter does not blow up noise.
    """

    patch: int = 6
    units: int = 128
    attention: int = 64
    head: int = 96
    n_calendar: int = 13
    floor: float = 0.05
    dropout: float = 0.1

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def build_network(shape: NetworkShape, calibration: Sequence[float] = (1.0,) * (LEVEL_COUNT - 1)) -> Any:
    """The Keras model: ``load, mask (n, 168)``, ``calendar_context (n, 168, k)``, ``calendar_target (n, 24, k)`` in;
    ``forecast (n, 24, 10)`` out: the mean, then the quantiles, in the unit of the load.

    `load` holds 0 where `mask` is 0. `calibration` widens or narrows the steps between neighbouring quantiles:
    four factors below the median from it outwards, then four above; learned after the weights.
    """
    import keras
    from keras import layers

    load = keras.Input((DAYS * HOURS,), name="load")
    mask = keras.Input((DAYS * HOURS,), name="mask")
    context = keras.Input((DAYS * HOURS, shape.n_calendar), name="calendar_context")
    target = keras.Input((HOURS, shape.n_calendar), name="calendar_target")

    center, scale, known = _center_and_scale(load, mask, shape.floor)
    z = (load - center) * mask / scale
    lags, lag_mask, profile = _same_hours(z, mask)
    static = _static(load, mask, z, center=center, scale=scale, known=known)

    steps = _patches(z, mask, profile, context, shape)
    seen, hidden, cell = layers.LSTM(shape.units, return_sequences=True, return_state=True, name="encoder")(
        steps
    )
    ahead = _decoder_inputs(lags, lag_mask, profile, target=target, context=context, static=static)
    decoded = layers.LSTM(shape.units, return_sequences=True, name="decoder")(
        ahead, initial_state=[hidden, cell]
    )
    read = _attention(decoded, seen, shape.attention)
    features = layers.Dropout(shape.dropout)(layers.Concatenate()([decoded, read, ahead]))
    hidden_layer = layers.Dropout(shape.dropout)(
        layers.Dense(shape.head, activation="relu", name="head")(features)
    )
    raw = layers.Dense(
        DAYS + LEVEL_COUNT + 1, name="out", kernel_initializer="zeros", bias_initializer=_out_bias
    )(hidden_layer)
    scaled = _heads(raw, lags, lag_mask, calibration)
    forecast = layers.Identity(name="forecast")(scaled * scale[:, :, None] + center[:, :, None])
    return keras.Model([load, mask, context, target], forecast, name="kanchay_lstm")


def _out_bias(shape: Any, dtype: Any = None) -> Any:
    """Start at the 7-day mean with a band about as wide as the spread of a usual meter."""
    bias = np.zeros(shape, dtype="float32")
    bias[DAYS + 1 : DAYS + LEVEL_COUNT] = -1.5
    return bias


def _center_and_scale(load: Any, mask: Any, floor: float) -> tuple[Any, Any, Any]:
    """Mean, mean absolute deviation plus a share of the mean absolute load, and number of known hours; (n, 1) each."""
    from keras import ops

    known = ops.maximum(ops.sum(mask, axis=1, keepdims=True), 1.0)
    center = ops.sum(load * mask, axis=1, keepdims=True) / known
    spread = ops.sum(ops.abs(load - center) * mask, axis=1, keepdims=True) / known
    level = ops.sum(ops.abs(load) * mask, axis=1, keepdims=True) / known
    return center, ops.maximum(spread + floor * level, 1e-6), known


def _same_hours(z: Any, mask: Any) -> tuple[Any, Any, Any]:
    """The same hour of the last seven days (n, 24, 7), what is known of it, and its mean (n, 24)."""
    from keras import ops

    lags = ops.transpose(ops.reshape(z, (-1, DAYS, HOURS)), (0, 2, 1))
    lag_mask = ops.transpose(ops.reshape(mask, (-1, DAYS, HOURS)), (0, 2, 1))
    profile = ops.sum(lags * lag_mask, axis=2) / ops.maximum(ops.sum(lag_mask, axis=2), 1.0)
    return lags, lag_mask, profile


def _static(load: Any, mask: Any, z: Any, *, center: Any, scale: Any, known: Any) -> Any:
    """What holds for the whole window (n, 5): relative spread, known share, level of the last day and hour, sign."""
    from keras import ops

    level = ops.sum(ops.abs(load) * mask, axis=1, keepdims=True) / known
    last_known = ops.maximum(ops.sum(mask[:, -HOURS:], axis=1, keepdims=True), 1.0)
    last_day = ops.sum(z[:, -HOURS:], axis=1, keepdims=True) / last_known
    relative = ops.log(scale / (level + 1e-6) + 1e-3)
    sign = center / (level + 1e-6)
    share = known / float(DAYS * HOURS)
    return ops.concatenate([relative, share, last_day, z[:, -1:], sign], axis=1)


def _patches(z: Any, mask: Any, profile: Any, context: Any, shape: NetworkShape) -> Any:
    """Encoder steps: load, its distance from the usual hour and mask of `patch` hours, calendar of first and last."""
    from keras import ops

    n_steps = DAYS * HOURS // shape.patch
    usual = ops.tile(profile, (1, DAYS))
    parts = [ops.reshape(x, (-1, n_steps, shape.patch)) for x in (z, (z - usual) * mask, mask)]
    hours = ops.reshape(context, (-1, n_steps, shape.patch, shape.n_calendar))
    return ops.concatenate([*parts, hours[:, :, 0, :], hours[:, :, -1, :]], axis=2)


def _decoder_inputs(lags: Any, lag_mask: Any, profile: Any, *, target: Any, context: Any, static: Any) -> Any:
    """Per target hour: its calendar, the seven same hours with mask and holidays, mean and spread, the window."""
    from keras import ops

    mean = profile[:, :, None]
    known = ops.maximum(ops.sum(lag_mask, axis=2, keepdims=True), 1.0)
    spread = ops.sum(ops.abs(lags - mean) * lag_mask, axis=2, keepdims=True) / known
    following = ops.concatenate([profile[:, 1:], profile[:, -1:]], axis=1)[:, :, None]
    holidays = ops.transpose(ops.reshape(context[:, :, 10], (-1, DAYS, HOURS)), (0, 2, 1))
    window = ops.tile(static[:, None, :], (1, HOURS, 1))
    return ops.concatenate([target, lags, lag_mask, holidays, mean, spread, following, window], axis=2)


def _attention(decoded: Any, seen: Any, width: int) -> Any:
    """Dot-product attention of the target hours over the patches of the past week."""
    from keras import layers, ops

    query = layers.Dense(width, use_bias=False, name="query")(decoded)
    key = layers.Dense(width, use_bias=False, name="key")(seen)
    value = layers.Dense(width, use_bias=False, name="value")(seen)
    weight = ops.softmax(ops.matmul(query, ops.transpose(key, (0, 2, 1))) / float(width) ** 0.5, axis=-1)
    return ops.matmul(weight, value)


def _heads(raw: Any, lags: Any, lag_mask: Any, calibration: Sequence[float]) -> Any:
    """Mean and quantiles in the scale of the window, from weights over the seven days, a shift and widths."""
    from keras import ops

    weight = ops.softmax(raw[:, :, :DAYS] - 1e4 * (1.0 - lag_mask), axis=-1)
    base = ops.sum(weight * lags, axis=2, keepdims=True)
    median = base + raw[:, :, DAYS : DAYS + 1]
    half = LEVEL_COUNT // 2
    widths = ops.softplus(raw[:, :, DAYS + 1 : DAYS + LEVEL_COUNT])
    widths = widths * np.asarray(calibration, dtype="float32")
    below = [widths[:, :, i : i + 1] for i in range(half)]  # from the median outwards
    above = [widths[:, :, half + i : half + i + 1] for i in range(half)]
    low, high = [median], [median]
    for down, up in zip(below, above, strict=True):
        low.append(low[-1] - down)
        high.append(high[-1] + up)
    mean = median + raw[:, :, DAYS + LEVEL_COUNT :]
    return ops.concatenate([mean, *low[:0:-1], median, *high[1:]], axis=2)
