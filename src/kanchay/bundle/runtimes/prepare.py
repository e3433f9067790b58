"""What the LSTMs of `kanchay.learning.network` read, made from the inputs of a bundle in plain NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kanchay.bundle.runtimes import Float32

__all__ = ["DAYS", "HOURS", "Prepared", "prepare_1", "prepare_2"]

DAYS: Final = 7
HOURS: Final = 24
WEEK: Final = DAYS * HOURS
# Places among kanchay.analysis.features.calendar.CALENDAR_FEATURES.
WEEKDAYS: Final = slice(2, 9)
FREE: Final = slice(9, 11)
HOLIDAY: Final = 10

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What the LSTMs and the heads read.

    Attributes
    ----------
    steps : ndarray, shape (n, steps, k)
        Of the encoder. [-]
    ahead : ndarray, shape (n, 24, k)
        Of the decoder. [-]
    lags, lag_mask : ndarray, shape (n, 24, 7)
        The same hours of the last seven days in the scale of the window, and which of them are known. [-]
    center, scale : ndarray, shape (n, 1)
        Of the window. [unit of the load]
    likeness : tuple of two ndarray, shape (n, 24, 7), or None
        From format 2 on: whether each of the days is the same weekday, and as free, as the one asked for. [-]
    """

    steps: Array
    ahead: Array
    lags: Array
    lag_mask: Array
    center: Array
    scale: Array
    likeness: tuple[Array, Array] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Scaled:
    """The load of a window about its mean in units of its spread, and what it was scaled by."""

    z: Array
    mask: Array
    known: Array
    center: Array
    scale: Array
    level: Array

    @classmethod
    def of(cls, load: Float32, mask: Float32, floor: float) -> _Scaled:
        known = np.maximum(mask.sum(1, keepdims=True), 1)
        center = (load * mask).sum(1, keepdims=True) / known
        spread = (np.abs(load - center) * mask).sum(1, keepdims=True) / known
        level = (np.abs(load) * mask).sum(1, keepdims=True) / known
        scale = np.maximum(spread + np.float32(floor) * level, np.float32(1e-6))
        return cls((load - center) * mask / scale, mask, known, center, scale, level)

    def static(self) -> list[Array]:
        """What holds for the whole window: relative spread, known share, level of the last day and hour, sign."""
        last = np.maximum(self.mask[:, -HOURS:].sum(1, keepdims=True), 1)
        last_day = self.z[:, -HOURS:].sum(1, keepdims=True) / last
        tiny = np.float32(1e-6)
        relative = np.log(self.scale / (self.level + tiny) + np.float32(1e-3))
        share = self.known / np.float32(WEEK)
        return [relative, share, last_day, self.z[:, -1:], self.center / (self.level + tiny)]

    def days(self) -> Array:
        """Mean of each of the seven days, (n, 7)."""
        count = np.maximum(self.mask.reshape(-1, DAYS, HOURS).sum(2), 1)
        mean: Array = self.z.reshape(-1, DAYS, HOURS).sum(2) / count
        return mean


def prepare_1(inputs: Mapping[str, Array], patch: int, floor: float) -> Prepared:
    """For bundles of format 1.

    Parameters
    ----------
    inputs : mapping of str to ndarray
        By the names of `kanchay.bundle.runtimes.INPUTS`, float32.
    patch : int
        Hours to one step of the encoder. [h]
    floor : float
        Share of the mean absolute load that is added to the scale. [-]

    Returns
    -------
    Prepared

    Examples
    --------
    >>> week, day = np.zeros((1, 168, 13)), np.zeros((1, 24, 13))
    >>> load = np.tile(np.arange(24.0), 7)[None]
    >>> given = {"load": load, "mask": np.ones_like(load), "calendar_context": week, "calendar_target": day}
    >>> p = prepare_1(given, patch=6, floor=0.05)
    >>> p.steps.shape, p.lags.shape, float(p.center[0, 0])
    ((1, 28, 44), (1, 24, 7), 11.5)
    """
    s = _Scaled.of(inputs["load"], inputs["mask"], floor)
    context = inputs["calendar_context"]
    lags, lag_mask, profile, spread, following = _same_hours(s)
    holidays = _by_day(context[:, :, HOLIDAY])
    window = _for_each_hour(np.concatenate(s.static(), axis=1))
    columns = [inputs["calendar_target"], lags, lag_mask, holidays, profile, spread, following, window]
    steps = _patches(s, profile, context, patch)
    return Prepared(steps, np.concatenate(columns, axis=2), lags, lag_mask, s.center, s.scale)


def prepare_2(inputs: Mapping[str, Array], patch: int, floor: float) -> Prepared:
    """For bundles of format 2: with temperature, day ahead and the likeness of days.

    Parameters
    ----------
    inputs : mapping of str to ndarray
        By the names of `kanchay.bundle.runtimes.INPUTS`, float32.
    patch : int
        Hours to one step of the encoder. [h]
    floor : float
        Share of the mean absolute load that is added to the scale. [-]

    Returns
    -------
    Prepared

    Examples
    --------
    >>> week, day, air = np.zeros((1, 168, 13)), np.zeros((1, 24, 13)), np.zeros((1, 192))
    >>> load = np.tile(np.arange(24.0), 7)[None]
    >>> given = {"load": load, "mask": np.ones_like(load), "calendar_context": week, "calendar_target": day}
    >>> given |= {"temperature": air, "temperature_mask": air, "lead": np.full((1, 1), 1 / 7)}
    >>> p = prepare_2(given, patch=6, floor=0.05)
    >>> p.steps.shape, p.ahead.shape
    ((1, 28, 45), (1, 24, 75))
    """
    s = _Scaled.of(inputs["load"], inputs["mask"], floor)
    context, target = inputs["calendar_context"], inputs["calendar_target"]
    lags, lag_mask, profile, spread, following = _same_hours(s)
    weekday, alike = _likeness(target, context)
    near = alike * lag_mask
    like = ((lags * near).sum(2, keepdims=True) + np.float32(0.1) * profile) / (
        near.sum(2, keepdims=True) + np.float32(0.1)
    )
    warmth, warm_mask, climate = _warmth(inputs["temperature"], inputs["temperature_mask"])
    static = np.concatenate([*s.static(), s.days(), climate, _which_day(inputs["lead"])], axis=1)
    columns = [target, lags, lag_mask, weekday, alike, profile, like, spread, following]
    ahead = np.concatenate([*columns, _for_each_hour(static), _warm_hours(warmth, warm_mask)], axis=2)
    warm = warmth[:, :WEEK].reshape(len(warmth), -1, patch).mean(2, keepdims=True)
    steps = np.concatenate([_patches(s, profile, context, patch), warm], axis=2)
    return Prepared(steps, ahead, lags, lag_mask, s.center, s.scale, (weekday, alike))


def _same_hours(s: _Scaled) -> tuple[Array, Array, Array, Array, Array]:
    """The same hours of the last days, their mask, mean, spread and the mean of the hour after; (n, 24, …)."""
    lags, mask = _by_day(s.z), _by_day(s.mask)
    count = np.maximum(mask.sum(2, keepdims=True), 1)
    profile = (lags * mask).sum(2, keepdims=True) / count
    spread = (np.abs(lags - profile) * mask).sum(2, keepdims=True) / count
    return lags, mask, profile, spread, np.concatenate([profile[:, 1:], profile[:, -1:]], axis=1)


def _by_day(x: Array) -> Array:
    """From (n, 168) to (n, 24, 7)."""
    return x.reshape(-1, DAYS, HOURS).transpose(0, 2, 1)


def _for_each_hour(window: Array) -> Array:
    return np.repeat(window[:, None, :], HOURS, axis=1)


def _patches(s: _Scaled, profile: Array, context: Array, patch: int) -> Array:
    n_steps = WEEK // patch
    unusual = (s.z - np.tile(profile[:, :, 0], (1, DAYS))) * s.mask
    parts = [x.reshape(-1, n_steps, patch) for x in (s.z, unusual, s.mask)]
    hours = context.reshape(-1, n_steps, patch, context.shape[2])
    return np.concatenate([*parts, hours[:, :, 0], hours[:, :, -1]], axis=2)


def _likeness(target: Array, context: Array) -> tuple[Array, Array]:
    """Per target hour and day before, (n, 24, 7) each: the same weekday; as free or as working a day."""
    days = context.reshape(len(context), DAYS, HOURS, -1).transpose(0, 2, 1, 3)
    ahead = target[:, :, None, :]
    weekday = (days[..., WEEKDAYS] * ahead[..., WEEKDAYS]).sum(3)
    return weekday, 1 - np.abs(days[..., FREE].max(3) - ahead[..., FREE].max(3))


def _which_day(lead: Array) -> Array:
    """The day ahead as seven switches, (n, 7)."""
    days = np.arange(1, DAYS + 1, dtype=np.float32)[None, :]
    switches: Array = np.maximum(1 - np.abs(DAYS * lead - days), 0)
    return switches


def _warmth(air: Array, air_mask: Array) -> tuple[Array, Array, Array]:
    """Temperature about that of the known past in tens of kelvin, its mask, and the climate (n, 2)."""
    past = air_mask[:, :WEEK]
    count = past.sum(1, keepdims=True)
    usual = (air[:, :WEEK] * past).sum(1, keepdims=True) / np.maximum(count, 1)
    some = np.minimum(count, 1)
    mask = air_mask * some
    climate = np.concatenate([(usual - 15) / 10 * some, count / np.float32(WEEK)], axis=1)
    return (air - usual) / 10 * mask, mask, climate


def _warm_hours(warmth: Array, mask: Array) -> Array:
    """Per target hour (n, 24, 9): its warmth, whether it is known, and how much warmer than the same hours before."""
    now, known = warmth[:, WEEK:, None], mask[:, WEEK:, None]
    past, past_known = _by_day(warmth[:, :WEEK]), _by_day(mask[:, :WEEK])
    return np.concatenate([now, known, (now - past) * known * past_known], axis=2)
