"""The network: an LSTM over the past week in patches, an LSTM over one day to come, attention, non-crossing quantiles.

The day is the first to the seventh ahead, as `lead` says; each is answered directly, none is fed with another's
forecast. Scaling by the context stands inside the graph, so that every runtime gets raw load and gives raw forecasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kanchay.bundle.runtimes import INPUTS, member_suffixes

__all__ = ["LEVEL_COUNT", "NetworkShape", "build_network", "center_and_scale"]

LEVEL_COUNT = 9  # kanchay.domain.forecast.LEVELS
DAYS, HOURS = 7, 24
WEEKDAYS, FREE = (
    slice(2, 9),
    slice(9, 11),
)  # places among kanchay.analysis.features.calendar.CALENDAR_FEATURES


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """Sizes of the network.

    `members` networks of these sizes answer together, each trained by itself; the forecast is their mean. `patch`
    hours make one step of the encoder; `units` is the width of both LSTMs, `attention` of the keys and `head` of the
    last hidden layer; `n_calendar` is the number of calendar features; `floor` is added to the scale, as a share of
    the mean absolute load, so that a nearly constant meter does not blow up noise.
    """

    patch: int = 6
    units: int = 128
    attention: int = 64
    head: int = 96
    n_calendar: int = 13
    floor: float = 0.05
    dropout: float = 0.1
    members: int = 1

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def build_network(
    shape: NetworkShape,
    calibration: Sequence[float] = (1.0,) * (LEVEL_COUNT - 1),
    *,
    batch_size: int | None = None,
) -> Any:
    """The Keras model: ``load, mask (n, 168)``, ``calendar_context (n, 168, k)``, ``calendar_target (n, 24, k)``,
    ``temperature, temperature_mask (n, 192)`` and ``lead (n, 1)`` in; ``forecast (n, 24, 10)`` out: the mean, then the
    quantiles, in the unit of the load.

    `load` and `temperature` hold 0 where their mask is 0; the last 24 temperatures are those of the target day, and
    `lead` is the day ahead as a share of seven. `batch_size` fixes n, as LiteRT wants. `calibration` widens or narrows
    the steps between neighbouring quantiles: four factors below the median from it outwards, then four above;
    learned after the weights.
    """
    import keras
    from keras import layers, ops

    given = [
        keras.Input(size, name=name, batch_size=batch_size) for name, size in _input_sizes(shape).items()
    ]
    load, mask, context, target, air, air_mask, lead = given

    center, scale, known = center_and_scale(load, mask, shape.floor)
    z = (load - center) * mask / scale
    lags, lag_mask, profile = _same_hours(z, mask)
    warmth, warmth_mask, climate = _warmth(air, air_mask)
    static = _static(load, mask, z, center=center, scale=scale, known=known)
    static = ops.concatenate([static, climate, _which_day(lead)], axis=1)

    steps = _patches(z, mask, profile, context, shape)
    steps = ops.concatenate([steps, _warm_patches(warmth, shape.patch)], axis=2)
    likeness = _likeness(target, context)
    ahead = _decoder_inputs(lags, lag_mask, profile, target=target, likeness=likeness, static=static)
    ahead = ops.concatenate([ahead, _warm_hours(warmth, warmth_mask)], axis=2)
    said = [
        _heads(
            _member(steps, ahead, shape, suffix), lags, lag_mask, likeness=likeness, calibration=calibration
        )
        for suffix in member_suffixes(shape.members)
    ]
    scaled = said[0] if len(said) == 1 else layers.Average()(said)
    forecast = layers.Identity(name="forecast")(scaled * scale[:, :, None] + center[:, :, None])
    return keras.Model(given, forecast, name="kanchay_lstm")


def _member(steps: Any, ahead: Any, shape: NetworkShape, suffix: str) -> Any:
    """What one member says of each target hour, raw: weights of the days, a shift, widths (n, 24, 19)."""
    from keras import layers

    encoder = layers.LSTM(shape.units, return_sequences=True, return_state=True, name=f"encoder{suffix}")
    seen, hidden, cell = encoder(steps)
    decoder = layers.LSTM(shape.units, return_sequences=True, name=f"decoder{suffix}")
    decoded = decoder(ahead, initial_state=[hidden, cell])
    read = _attention(decoded, seen, shape.attention, suffix)
    features = layers.Dropout(shape.dropout)(layers.Concatenate()([decoded, read, ahead]))
    hidden_layer = layers.Dense(shape.head, activation="relu", name=f"head{suffix}")(features)
    out = layers.Dense(
        DAYS + LEVEL_COUNT + 1 + 2,
        name=f"out{suffix}",
        kernel_initializer="zeros",
        bias_initializer=_out_bias,
    )
    return out(layers.Dropout(shape.dropout)(hidden_layer))


def _input_sizes(shape: NetworkShape) -> dict[str, tuple[int, ...]]:
    """Size of each input, in the order of `kanchay.bundle.runtimes.INPUTS`."""
    week, k = DAYS * HOURS, shape.n_calendar
    sizes: tuple[tuple[int, ...], ...] = ((week,), (week,), (week, k), (HOURS, k), (week + HOURS,))
    return dict(zip(INPUTS[2], (*sizes, (week + HOURS,), (1,)), strict=True))


def _out_bias(shape: Any, dtype: Any = None) -> Any:
    """Start at the 7-day mean with a band about as wide as the spread of a usual meter."""
    bias = np.zeros(shape, dtype="float32")
    bias[DAYS + 1 : DAYS + LEVEL_COUNT] = -1.5
    return bias


def center_and_scale(load: Any, mask: Any, floor: float) -> tuple[Any, Any, Any]:
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
    """What holds for the whole window (n, 12): relative spread, known share, level of the last day and hour, sign, and
    the level of each of the seven days.
    """
    from keras import ops

    level = ops.sum(ops.abs(load) * mask, axis=1, keepdims=True) / known
    last_known = ops.maximum(ops.sum(mask[:, -HOURS:], axis=1, keepdims=True), 1.0)
    last_day = ops.sum(z[:, -HOURS:], axis=1, keepdims=True) / last_known
    relative = ops.log(scale / (level + 1e-6) + 1e-3)
    sign = center / (level + 1e-6)
    share = known / float(DAYS * HOURS)
    days = ops.sum(ops.reshape(z, (-1, DAYS, HOURS)), axis=2)
    days = days / ops.maximum(ops.sum(ops.reshape(mask, (-1, DAYS, HOURS)), axis=2), 1.0)
    return ops.concatenate([relative, share, last_day, z[:, -1:], sign, days], axis=1)


def _which_day(lead: Any) -> Any:
    """The day ahead as seven switches (n, 7): a day must not blur into its neighbour, as it would as one number."""
    from keras import ops

    days = np.arange(1, DAYS + 1, dtype="float32")[None, :]
    return ops.relu(1.0 - ops.abs(DAYS * lead - days))


def _warmth(air: Any, air_mask: Any) -> tuple[Any, Any, Any]:
    """Temperature about that of the known past hours in tens of kelvin, 0 where unknown; its mask; the climate (n, 2):
    the mean about 15 °C and the share of hours known.
    """
    from keras import ops

    past = air_mask[:, : DAYS * HOURS]
    count = ops.sum(past, axis=1, keepdims=True)
    usual = ops.sum(air[:, : DAYS * HOURS] * past, axis=1, keepdims=True) / ops.maximum(count, 1.0)
    # Without a past there is nothing to compare with: what is known of the future then says nothing.
    mask = air_mask * ops.minimum(count, 1.0)
    climate = ops.concatenate(
        [(usual - 15.0) / 10.0 * ops.minimum(count, 1.0), count / float(DAYS * HOURS)], axis=1
    )
    return (air - usual) / 10.0 * mask, mask, climate


def _warm_patches(warmth: Any, patch: int) -> Any:
    """Warmth of each patch of the past week (n, steps, 1)."""
    from keras import ops

    steps = ops.reshape(warmth[:, : DAYS * HOURS], (-1, DAYS * HOURS // patch, patch))
    return ops.mean(steps, axis=2, keepdims=True)


def _warm_hours(warmth: Any, mask: Any) -> Any:
    """Per target hour (n, 24, 9): its warmth, whether it is known, and how much warmer than the same hours before."""
    from keras import ops

    now, known = warmth[:, DAYS * HOURS :, None], mask[:, DAYS * HOURS :, None]
    past, past_known = (
        ops.transpose(ops.reshape(x[:, : DAYS * HOURS], (-1, DAYS, HOURS)), (0, 2, 1)) for x in (warmth, mask)
    )
    return ops.concatenate([now, known, (now - past) * known * past_known], axis=2)


def _patches(z: Any, mask: Any, profile: Any, context: Any, shape: NetworkShape) -> Any:
    """Encoder steps: load, its distance from the usual hour and mask of `patch` hours, calendar of first and last."""
    from keras import ops

    n_steps = DAYS * HOURS // shape.patch
    usual = ops.tile(profile, (1, DAYS))
    parts = [ops.reshape(x, (-1, n_steps, shape.patch)) for x in (z, (z - usual) * mask, mask)]
    hours = ops.reshape(context, (-1, n_steps, shape.patch, shape.n_calendar))
    return ops.concatenate([*parts, hours[:, :, 0, :], hours[:, :, -1, :]], axis=2)


def _decoder_inputs(
    lags: Any, lag_mask: Any, profile: Any, *, target: Any, likeness: Any, static: Any
) -> Any:
    """Per target hour: its calendar, the seven same hours with mask and likeness of their day, means, spread, window."""
    from keras import ops

    mean = profile[:, :, None]
    known = ops.maximum(ops.sum(lag_mask, axis=2, keepdims=True), 1.0)
    spread = ops.sum(ops.abs(lags - mean) * lag_mask, axis=2, keepdims=True) / known
    following = ops.concatenate([profile[:, 1:], profile[:, -1:]], axis=1)[:, :, None]
    alike = likeness[:, :, DAYS:] * lag_mask
    like = (ops.sum(lags * alike, axis=2, keepdims=True) + 0.1 * mean) / (
        ops.sum(alike, axis=2, keepdims=True) + 0.1
    )
    window = ops.tile(static[:, None, :], (1, HOURS, 1))
    return ops.concatenate([target, lags, lag_mask, likeness, mean, like, spread, following, window], axis=2)


def _likeness(target: Any, context: Any) -> Any:
    """Per target hour and each of the seven days before (n, 24, 14): the same weekday; as free or as working a day."""
    from keras import ops

    days = ops.transpose(ops.reshape(context, (-1, DAYS, HOURS, context.shape[-1])), (0, 2, 1, 3))
    ahead = target[:, :, None, :]
    weekday = ops.sum(days[:, :, :, WEEKDAYS] * ahead[:, :, :, WEEKDAYS], axis=3)
    free, free_ahead = (ops.max(x[:, :, :, FREE], axis=3) for x in (days, ahead))
    return ops.concatenate([weekday, 1.0 - ops.abs(free - free_ahead)], axis=2)


def _attention(decoded: Any, seen: Any, width: int, suffix: str) -> Any:
    """Dot-product attention of the target hours over the patches of the past week."""
    from keras import layers, ops

    query = layers.Dense(width, use_bias=False, name=f"query{suffix}")(decoded)
    key = layers.Dense(width, use_bias=False, name=f"key{suffix}")(seen)
    value = layers.Dense(width, use_bias=False, name=f"value{suffix}")(seen)
    weight = ops.softmax(ops.matmul(query, ops.transpose(key, (0, 2, 1))) / float(width) ** 0.5, axis=-1)
    return ops.matmul(weight, value)


def _heads(raw: Any, lags: Any, lag_mask: Any, *, likeness: Any, calibration: Sequence[float]) -> Any:
    """Mean and quantiles in the scale of the window, from weights over the seven days, a shift and widths.

    Two of the outputs say how much more the same weekday, and a day alike in being free, count than the others.
    """
    from keras import ops

    favour = raw[:, :, -2:-1] * likeness[:, :, :DAYS] + raw[:, :, -1:] * likeness[:, :, DAYS:]
    weight = ops.softmax(raw[:, :, :DAYS] + favour - 1e4 * (1.0 - lag_mask), axis=-1)
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
    mean = median + raw[:, :, DAYS + LEVEL_COUNT : DAYS + LEVEL_COUNT + 1]
    return ops.concatenate([mean, *low[:0:-1], median, *high[1:]], axis=2)
