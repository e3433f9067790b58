"""The forecaster of a bundle: what stands around the network, the same for every runtime."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from kanchay.analysis.features.calendar import calendar_features
from kanchay.analysis.forecast.hours import adds_up
from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.analysis.forecast.spread import non_negative
from kanchay.bundle.clockgrid import ClockGrid
from kanchay.bundle.manifest import Manifest
from kanchay.bundle.runtimes import Float32, Runtime
from kanchay.bundle.withinhour import LOOKBACK_H, WithinHour, per_hour, to_hours
from kanchay.domain.errors import TimeError
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import HOUR, IntArray, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["BundleForecaster"]

_HOURS = 24
_MAX_DAYS = 7
_CHUNK = 2048  # windows at once
_MEDIAN = LEVELS.index(0.50)


class BundleForecaster:
    """A `Forecaster` over a verified bundle.

    Any resolution from 1 to 60 minutes that divides an hour, any horizon up to seven days. Hours are predicted a
    day at a time; then they are spread over their intervals as this meter usually does. A bundle of format 2 is asked
    for each day ahead directly; with one of format 1 each further day reads the mean of the day before as if it had
    come true. A window without any known hour answers NaN.

    Parameters
    ----------
    manifest : Manifest
    runtime : Runtime
    name : str, optional
        By default the manifest's.

    Examples
    --------
    >>> from kanchay.bundle.load import load_bundle  # doctest: +SKIP
    >>> load_bundle(path).predict(windows).mean.shape  # doctest: +SKIP
    (1, 24)
    """

    def __init__(self, manifest: Manifest, runtime: Runtime, name: str = "") -> None:
        self.manifest = manifest
        self.runtime = runtime
        self.name = name or manifest.name

    @property
    def sha256(self) -> str:
        """Hash of the manifest, which names the hash of every file: what a stored forecast remembers of its model."""
        return hashlib.sha256(self.manifest.to_json()).hexdigest()

    @property
    def lookback_s(self) -> int:
        """History that is read at most. [s]"""
        return self.manifest.lookback_h * HOUR

    @property
    def reads_temperature(self) -> bool:
        """Whether the outdoor temperature is among the inputs, of the graph or of its features."""
        return self.manifest.reads_temperature

    @adds_up
    def predict(self, windows: Windows) -> Prediction:
        """Forecast every window.

        Raises
        ------
        TimeError
            The resolution does not divide an hour, or the horizon passes seven days.
        """
        n = per_hour(windows.resolution_s)
        if windows.horizon > _MAX_DAYS * _HOURS * n:
            raise TimeError(
                f"A horizon of {windows.horizon * windows.resolution_s // 86400} days is too far for this model.",
                hint="Ask for at most 7 days.",
            )
        mean = np.empty((len(windows), windows.horizon))
        quantiles = np.empty((len(windows), windows.horizon, len(LEVELS)))
        for low in range(0, len(windows), _CHUNK):
            rows = slice(low, low + _CHUNK)
            part = windows.rows(rows)
            mean[rows], quantiles[rows] = self._predict(part, n)
        return Prediction(mean, quantiles)

    def _predict(self, windows: Windows, n: int) -> tuple[FloatArray, FloatArray]:
        load = np.where(np.isfinite(windows.load), windows.load, np.nan)
        clock = ClockGrid.of(windows)
        habits = clock.context(load)
        hours = to_hours(habits, windows.resolution_s)
        n_days = -(-clock.n_hours // _HOURS)
        answer = self._ahead(hours, windows, clock, n_days)
        answer[np.isnan(hours).all(axis=1)] = np.nan
        mean, quantiles = answer[:, :, 0], answer[:, :, 1:]
        if n > 1:
            within = WithinHour.of(habits, windows.resolution_s)
            if self.manifest.format == 1:  # its example holds it to how hours were spread then
                mean, quantiles = within.over(mean, quantiles, flatten=False)
            else:
                mean, quantiles = within.over(non_negative(load, mean), non_negative(load, quantiles))
        mean, quantiles = clock.targets(mean), clock.targets(quantiles)
        return non_negative(load, mean), non_negative(load, quantiles)

    def _ahead(self, hours: FloatArray, windows: Windows, clock: ClockGrid, n_days: int) -> FloatArray:
        """Mean and quantiles by the hour on the clock, shape (n_windows, 24 * n_days, 10)."""
        ask = self._rolled if self.manifest.format == 1 else self._direct
        past = _Hours.of(hours, _calendar(windows, n_days), clock.temperature(windows))
        return ask(past, hours, n_days)

    def _direct(self, past: _Hours, _: FloatArray, n_days: int) -> FloatArray:
        """Mean and quantiles of each day ahead from the same past, shape (n_windows, 24 * n_days, 10)."""
        blocks = []
        for day in range(n_days):
            answer = self.runtime.run(past.inputs(day)).astype(np.float64)
            blocks.append(_widen(answer, self._widening(day)))
        return np.concatenate(blocks, axis=1)

    def _rolled(self, past: _Hours, hours: FloatArray, n_days: int) -> FloatArray:
        """The same from a network that knows only the next day and is fed with its own mean."""
        blocks, held = [], hours
        for day in range(n_days):
            load, mask = _filled(held)
            moved = replace(past, load=load, mask=mask, calendar=past.calendar[:, day * _HOURS :])
            answer = self.runtime.run(moved.inputs(0)).astype(np.float64)
            blocks.append(_widen(answer, self._widening(day)))
            held = np.concatenate([held[:, _HOURS:], answer[:, :, 0]], axis=1)
        return np.concatenate(blocks, axis=1)

    def _widening(self, day: int) -> float:
        return self.manifest.widening[min(day, len(self.manifest.widening) - 1)]


@dataclass(frozen=True, slots=True, eq=False)
class _Hours:
    """What the network reads, by the hour on the clock: a week back, as many days ahead as are asked for.

    `load` and `mask` are (n, 168), `calendar` is (n, 168 + 24 * n_days, k), `air` and `air_mask` (n, 168 + 24 * n_days);
    each mask is 1 where a value is known and 0 where it is not and 0 stands for it.
    """

    load: Float32
    mask: Float32
    calendar: Float32
    air: Float32
    air_mask: Float32

    @classmethod
    def of(cls, load: FloatArray, calendar: Float32, temperature: FloatArray | None) -> _Hours:
        """Out of values that are NaN where unknown; made once for all days that are asked for."""
        nothing = np.zeros(calendar.shape[:2], np.float32)
        air = (nothing, nothing) if temperature is None else _filled(temperature)
        return cls(*_filled(load), calendar, *air)

    def inputs(self, day: int) -> dict[str, Float32]:
        """The tensors that ask for the day `day` (0: the next) ahead."""
        target = slice(LOOKBACK_H + day * _HOURS, LOOKBACK_H + (day + 1) * _HOURS)
        air, air_mask = (
            np.concatenate([x[:, :LOOKBACK_H], x[:, target]], axis=1) for x in (self.air, self.air_mask)
        )
        return {
            "load": self.load,
            "mask": self.mask,
            "calendar_context": self.calendar[:, :LOOKBACK_H],
            "calendar_target": self.calendar[:, target],
            "temperature": air,
            "temperature_mask": air_mask,
            "lead": np.full((len(self.load), 1), min(day + 1, _MAX_DAYS) / _MAX_DAYS, np.float32),
        }


def _filled(values: FloatArray) -> tuple[Float32, Float32]:
    """Values with 0 where they are not known, and the mask of those that are."""
    known = np.isfinite(values)
    return np.where(known, values, 0.0).astype(np.float32), known.astype(np.float32)


def _widen(answer: FloatArray, factor: float) -> FloatArray:
    """The band `factor` times as far from the median."""
    median = answer[:, :, 1 + _MEDIAN, None]
    return np.concatenate([answer[:, :, :1], median + factor * (answer[:, :, 1:] - median)], axis=2)


def _calendar(windows: Windows, n_days: int) -> Float32:
    """Calendar of context and target hours by the clock, shape (n_windows, 168 + 24 * n_days, k).

    Windows of one fleet or one back-test share most of their hours, so each hour is worked out once.
    """
    first: IntArray = wall_clock(windows.issued_at, windows.tz) - LOOKBACK_H * HOUR
    length = LOOKBACK_H + _HOURS * n_days
    place = ("UTC", windows.country, windows.subdivision)  # already on the clock
    begin = int(first.min(initial=np.iinfo(np.int64).max)) if len(first) else 0
    index, offset = np.divmod(first - begin, HOUR)
    n_table = int(index.max(initial=0)) + length
    steps = np.arange(length, dtype=np.int64)
    if n_table > max(len(first), 1) * length or offset.any():
        return calendar_features(first[:, None] + HOUR * steps, *place).astype(np.float32)
    hours = begin + HOUR * np.arange(n_table, dtype=np.int64)
    table: Float32 = calendar_features(hours, *place).astype(np.float32)
    return table[index[:, None] + steps]
