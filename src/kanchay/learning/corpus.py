"""What the network learns from: windows of meters whose licence lets weights ship, before their test period."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.datasets import Meter
from kanchay.analysis.features.calendar import CALENDAR_FEATURES, calendar_features
from kanchay.domain.interval import HOUR, wall_clock
from kanchay.learning.procedural import procedural_load
from kanchay.learning.weather import simulated_air, simulated_response

__all__ = ["Batch", "Corpus", "CorpusOptions", "fold_meters", "midnight_windows", "training_meters"]

LOOKBACK: Final = 168
HORIZON: Final = 24
DAY_H: Final = 24
DAYS: Final = 7
REACH: Final = DAYS * DAY_H  # hours after the context that a window may ask for
WEEK: Final = 168
MONDAY, WEEKEND, HOLIDAY, YEAR = (
    CALENDAR_FEATURES.index(n) for n in ("monday", "weekend", "holiday", "year_sin")
)

Float32 = NDArray[np.float32]
Batch = tuple[dict[str, Float32], Float32]
"""The network's inputs by name, and the target (n, 24), NaN where missing."""


@dataclass(frozen=True, slots=True)
class CorpusOptions:
    """How windows are drawn and varied.

    `temperature` flattens the shares of data sets: a set of n hours is drawn in proportion to n ** temperature.
    The other numbers are the share of windows that gets each variation.
    """

    temperature: float = 0.35
    commercial_share: float = 0.78
    simulated_factor: float = 0.7
    midnight: float = 0.5
    gaps: float = 0.25
    short_history: float = 0.08
    mixed_commercial: float = 0.3
    mixed_residential: float = 0.8
    drift: float = 0.3
    spikes: float = 0.0
    other_hours_commercial: float = 0.0
    other_hours_residential: float = 0.5
    contrast_commercial: float = 0.0
    contrast_residential: float = 0.4
    procedural_commercial: float = 0.45
    procedural_residential: float = 0.4
    weather: float = 0.1
    next_day: float = 0.8
    other_hemisphere: float = 0.05
    other_week: float = 0.03
    season_jitter_days: float = 4.0
    no_holidays: float = 0.05


def training_meters(meters: Sequence[Meter]) -> list[Meter]:
    """Meters that may train weights that ship: role train and a licence that allows it."""
    return [m for m in meters if m.role == "train" and m.may_ship and m.n_history > 0]


def fold_meters(meters: Sequence[Meter], left_out: Collection[str]) -> list[Meter]:
    """Meters that train a fold: of whatever role and licence, none of the sets left out; such weights never ship."""
    return [m for m in meters if m.dataset not in left_out and m.n_history > 0]


class Corpus:
    """All training hours in one array, with a calendar beside it; gives random batches.

    Only hours before `Meter.split_at` are kept, so nothing of a test period can be drawn.
    """

    def __init__(self, meters: Sequence[Meter], options: CorpusOptions, seed: int) -> None:
        parts = [m.values[: m.n_history].astype(np.float32) for m in meters]
        starts = [m.starts[: m.n_history] for m in meters]
        self.options = options
        self.values = np.concatenate(parts)
        self.calendar = np.concatenate(
            [
                calendar_features(s, m.tz, m.country, m.subdivision).astype(np.float32)
                for m, s in zip(meters, starts, strict=True)
            ]
        )
        clocks = [wall_clock(s, m.tz) // HOUR for m, s in zip(meters, starts, strict=True)]
        self.hour_of_week = np.concatenate(clocks).astype(np.int64) % WEEK
        self.first = np.cumsum([0, *[len(p) for p in parts[:-1]]])
        self.length = np.asarray([len(p) for p in parts])
        known = np.concatenate([[0], np.cumsum(~np.isnan(self.values))])
        self.known = known.astype(np.int64)
        self.weight = _shares(meters, options)
        self.residential = np.asarray([m.kind == "residential" for m in meters])
        self.rng = np.random.default_rng(seed)

    def batch(self, n: int) -> Batch:
        """`n` random windows, varied."""
        at = self._positions(n)
        load, target = self._by_rule(at, *self._cut(self._other_hours(at)))
        load, target = self._drift(*self._mix(at, load, target))
        load, target = self._contrast(at, load, target)
        load, target, air, air_mask = self._weather(at, load, target)
        if self.options.spikes:
            load = self._spike(load)
        calendar = self._calendar(at)
        mask = self._mask(~np.isnan(load))
        lead = self._leads(n)
        day = LOOKBACK + DAY_H * (lead - 1)
        hours = np.concatenate(
            [np.broadcast_to(np.arange(LOOKBACK), (n, LOOKBACK)), day[:, None] + np.arange(HORIZON)], axis=1
        )
        rows = np.arange(n)[:, None]
        inputs = {
            "load": np.where(mask, load, 0).astype(np.float32),
            "mask": mask.astype(np.float32),
            "calendar_context": calendar[:, :LOOKBACK],
            "calendar_target": calendar[rows, day[:, None] + np.arange(HORIZON)],
            "temperature": air[rows, hours],
            "temperature_mask": air_mask[rows, hours],
            "lead": (lead[:, None] / DAYS).astype(np.float32),
        }
        return inputs, target[rows, day[:, None] - LOOKBACK + np.arange(HORIZON)]

    def _meter(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which meter each hour belongs to."""
        meter: NDArray[np.int64] = np.searchsorted(self.first, at, side="right") - 1
        return meter

    def _leads(self, n: int) -> NDArray[np.int64]:
        """Which day ahead is asked for: most often the next."""
        later = self.rng.integers(2, DAYS + 1, n)
        return np.where(self.rng.random(n) < self.options.next_day, 1, later)

    def _positions(self, n: int, *, residential: bool | None = None) -> NDArray[np.int64]:
        """First target hours with at least 12 known targets and a known day in the week before, of one kind or both."""
        weight = self.weight if residential is None else self.weight * (self.residential == residential)
        weight = weight / weight.sum()
        found: list[NDArray[np.int64]] = []
        have = 0
        while have < n:
            meter = self.rng.choice(len(self.weight), size=2 * n, p=weight)
            room = np.maximum(self.length[meter] - LOOKBACK - REACH, 1)
            at = self.first[meter] + LOOKBACK + (self.rng.random(2 * n) * room).astype(np.int64)
            midnight = at - self.hour_of_week[at] % 24
            wanted = (self.rng.random(2 * n) < self.options.midnight) & (
                midnight >= self.first[meter] + LOOKBACK
            )
            at = np.where(wanted, midnight, at)
            end = np.minimum(at + REACH, self.first[meter] + self.length[meter])
            targets = self.known[np.minimum(at + HORIZON, end)] - self.known[at]
            context = self.known[at] - self.known[at - LOOKBACK]
            good = at[
                (targets >= 12) & (context >= 24) & (at + REACH <= self.first[meter] + self.length[meter])
            ]
            found.append(good)
            have += len(good)
        return np.concatenate(found)[:n]

    def _calendar(self, at: NDArray[np.int64]) -> Float32:
        """Calendar of the windows, so varied that no date or place can be learned by heart."""
        n = len(at)
        calendar: Float32 = self.calendar[at[:, None] + np.arange(-LOOKBACK, REACH)]
        hide = self.rng.random(n) < self.options.no_holidays
        calendar[hide, :, HOLIDAY] = 0
        days = self.rng.normal(0, self.options.season_jitter_days, n)
        days += 182.6 * (self.rng.random(n) < self.options.other_hemisphere)
        turn = (2 * np.pi * days / 365.2425).astype(np.float32)[:, None]
        sine, cosine = calendar[:, :, YEAR].copy(), calendar[:, :, YEAR + 1].copy()
        calendar[:, :, YEAR] = sine * np.cos(turn) + cosine * np.sin(turn)
        calendar[:, :, YEAR + 1] = cosine * np.cos(turn) - sine * np.sin(turn)
        other = np.flatnonzero(self.rng.random(n) < self.options.other_week)
        turned = int(self.rng.integers(1, 7))  # a week that rests on other days: the load must tell
        days_of_week = np.roll(calendar[other][:, :, MONDAY : MONDAY + 7], turned, axis=2)
        calendar[other, :, MONDAY : MONDAY + 7] = days_of_week
        calendar[other, :, WEEKEND] = days_of_week[:, :, 5:].sum(axis=2)
        return calendar

    def _drift(self, load: Float32, target: Float32) -> tuple[Float32, Float32]:
        """Let the level wander from day to day in some windows."""
        n = len(load)
        size = self.rng.uniform(0.01, 0.08, (n, 1)) * (self.rng.random((n, 1)) < self.options.drift)
        walk = np.cumsum(self.rng.normal(0, 1, (n, 2 * DAYS + 1)) * size, axis=1)
        days = np.arange(2 * DAYS + 1) * DAY_H
        hours = np.arange(LOOKBACK + REACH)
        left = hours // 24
        part = ((hours - days[left]) / 24).astype(np.float32)
        factor = np.exp(walk[:, left] * (1 - part) + walk[:, left + 1] * part).astype(np.float32)
        return load * factor[:, :LOOKBACK], target * factor[:, LOOKBACK:]

    def _other_hours(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Windows of some meters a few hours off their clock: a household that rises later, an early shift."""
        n, o = len(at), self.options
        inside = self._meter(at)
        often = np.where(self.residential[inside], o.other_hours_residential, o.other_hours_commercial)
        moved = at + self.rng.integers(-3, 4, n) * (self.rng.random(n) < often)
        first, last = self.first[inside], self.first[inside] + self.length[inside]
        return np.where((moved - LOOKBACK >= first) & (moved + REACH <= last), moved, at)

    def _contrast(self, at: NDArray[np.int64], load: Float32, target: Float32) -> tuple[Float32, Float32]:
        """Make peaks sharper or flatter in some windows, the mean load staying about where it was."""
        n, o = len(load), self.options
        home = self.residential[self._meter(at)]
        wanted = self.rng.random(n) < np.where(home, o.contrast_residential, o.contrast_commercial)
        power = np.where(wanted, np.exp(self.rng.normal(0, 0.25, n)), 1.0)[:, None].astype(np.float32)
        level = np.maximum(_level(load), 1e-9)[:, None].astype(np.float32)
        bent = [level * np.sign(x) * np.minimum(np.abs(x) / level, 30.0) ** power for x in (load, target)]
        return np.where(wanted[:, None], bent[0], load), np.where(wanted[:, None], bent[1], target)

    def _weather(
        self, at: NDArray[np.int64], load: Float32, target: Float32
    ) -> tuple[Float32, Float32, Float32, Float32]:
        """Give some windows a simulated temperature and a load that follows it; the others have none.

        What is told of the days to come is off by more the further they are, as a weather forecast is.
        """
        n = len(load)
        hour = (self.hour_of_week[at][:, None] + np.arange(-LOOKBACK, REACH)) % DAY_H
        air = simulated_air(hour, self.rng)
        level: Float32 = _level(load)[:, None].astype(np.float32)
        whole = np.concatenate([load, target], axis=1)
        usual: Float32 = (whole / np.maximum(level, 1e-9)).astype(np.float32)
        extra = level * simulated_response(air, usual, self.rng)
        given = (self.rng.random((n, 1)) < self.options.weather) & (level > 0)
        whole = np.where(given, whole + extra, whole)
        day = np.maximum(np.arange(-LOOKBACK, REACH) // DAY_H + 1, 0)
        off = self.rng.normal(0, 1, (n, DAYS + 1)).astype(np.float32) * self.rng.uniform(0, 1, (n, 1))
        told = air + (off * np.sqrt(np.arange(DAYS + 1)))[:, day].astype(np.float32)
        mask = np.broadcast_to(given, told.shape).astype(np.float32)
        return whole[:, :LOOKBACK], whole[:, LOOKBACK:], told * mask, mask

    def _by_rule(self, at: NDArray[np.int64], load: Float32, target: Float32) -> tuple[Float32, Float32]:
        """Give some windows a load drawn by rule, at the dates they stand at."""
        o, home = self.options, self.residential[self._meter(at)]
        often = np.where(home, o.procedural_residential, o.procedural_commercial)
        rows = np.flatnonzero(self.rng.random(len(at)) < often)
        if not len(rows):
            return load, target
        hours = np.arange(-LOOKBACK, REACH)
        clock = self.hour_of_week[at[rows]][:, None] + hours + WEEK
        holiday = self.calendar[at[rows][:, None] + hours, HOLIDAY] > 0
        drawn = procedural_load(clock, holiday, home[rows], self.rng)
        load[rows], target[rows] = drawn[:, :LOOKBACK], drawn[:, LOOKBACK:]
        return load, target

    def _spike(self, load: Float32) -> Float32:
        """A wrong or odd hour in the history must not carry the forecast away."""
        n = len(load)
        factor = np.ones_like(load)
        for _ in range(2):
            hour = self.rng.integers(0, LOOKBACK, n)
            size = np.where(self.rng.random(n) < self.options.spikes, self.rng.uniform(0.0, 6.0, n), 1.0)
            factor[np.arange(n), hour] = size
        return load * factor

    def _cut(self, at: NDArray[np.int64]) -> tuple[Float32, Float32]:
        window = self.values[at[:, None] + np.arange(-LOOKBACK, REACH)]
        return window[:, :LOOKBACK], window[:, LOOKBACK:]

    def _mix(self, at: NDArray[np.int64], load: Float32, target: Float32) -> tuple[Float32, Float32]:
        """Add another meter at the same hour of the week, in a random proportion: a meter that was never there."""
        n = len(at)
        home = self.residential[self._meter(at)]
        other = np.empty(n, dtype=np.int64)
        for kind in (False, True):
            if (home == kind).any():
                other[home == kind] = self._positions(int((home == kind).sum()), residential=kind)
        other = other + (self.hour_of_week[at] - self.hour_of_week[other] + WEEK // 2) % WEEK - WEEK // 2
        inside = self._meter(other)
        fits = (other >= self.first[inside] + LOOKBACK) & (
            other + REACH <= self.first[inside] + self.length[inside]
        )
        other = np.where(fits, other, at)
        load_b, target_b = self._cut(other)
        size_a, size_b = _level(load), _level(load_b)
        often = np.where(home, self.options.mixed_residential, self.options.mixed_commercial)
        use = fits & (self.rng.random(n) < often) & (size_a > 0) & (size_b > 0)
        share = self.rng.uniform(0.15, 1.0, n) * size_a / np.maximum(size_b, 1e-9)
        share = np.where(use, share, 0.0)[:, None].astype(np.float32)
        both = use[:, None]
        return np.where(both, load + share * load_b, load), np.where(both, target + share * target_b, target)

    def _mask(self, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Hide random runs of hours in some windows, and all but the last days in a few."""
        n = len(known)
        hour = np.arange(LOOKBACK)
        for _ in range(2):
            begin = self.rng.integers(0, LOOKBACK, n)[:, None]
            length = self.rng.integers(1, 49, n)[:, None]
            use = (self.rng.random(n) < self.options.gaps)[:, None]
            known = known & ~(use & (hour >= begin) & (hour < begin + length))
        keep = self.rng.integers(24, LOOKBACK, n)[:, None]
        short = (self.rng.random(n) < self.options.short_history)[:, None]
        return known & ~(short & (hour < LOOKBACK - keep))


def _level(load: Float32) -> NDArray[np.float64]:
    known = np.maximum((~np.isnan(load)).sum(axis=1), 1)
    level: NDArray[np.float64] = np.nansum(np.abs(load), axis=1) / known
    return level


def _shares(meters: Sequence[Meter], options: CorpusOptions) -> NDArray[np.float64]:
    """Probability of each meter: by kind, then by data set with temperature, then by known hours ** 0.5."""
    hours = np.asarray(
        [np.count_nonzero(~np.isnan(m.values[: m.n_history])) for m in meters], dtype=np.float64
    )
    hours[[m.n_history < LOOKBACK + HORIZON + 1 for m in meters]] = 0
    weight = np.zeros(len(meters))
    kinds = {m.kind for m in meters}
    for kind in kinds:
        share = options.commercial_share if kind == "commercial" else 1 - options.commercial_share
        sets = sorted({m.dataset for m in meters if m.kind == kind})
        sizes = [sum(h for h, m in zip(hours, meters, strict=True) if m.dataset == s) for s in sets]
        made = np.asarray([options.simulated_factor if s.startswith("simulated") else 1.0 for s in sets])
        powers = made * np.asarray(sizes) ** options.temperature
        for name, power in zip(sets, powers / powers.sum(), strict=True):
            own = np.asarray([m.dataset == name for m in meters])
            part = np.where(own, np.sqrt(hours), 0)
            weight += share * power * part / part.sum()
    total: NDArray[np.float64] = weight / weight.sum()
    return total


def midnight_windows(
    meter: Meter, *, start: int | None = None, lead: int = 1
) -> tuple[Batch, NDArray[np.int64]]:
    """Every local midnight from `start` (default `split_at`) with a known target and a known day before, for validation.

    Returns the batch and the instants at which its windows are issued. [s]
    """
    begin = meter.split_at if start is None else start
    clock = wall_clock(meter.starts, meter.tz)
    at = np.flatnonzero((clock % (24 * HOUR) == 0) & (meter.starts >= begin))
    reach = DAY_H * lead
    at = at[(at >= LOOKBACK) & (at + reach <= len(meter.values))]
    hours = np.concatenate([np.arange(-LOOKBACK, 0), np.arange(reach - HORIZON, reach)])
    steps = at[:, None] + hours
    window = meter.values[steps].astype(np.float32)
    known = ~np.isnan(window)
    usable = known[:, LOOKBACK:].any(axis=1) & (known[:, :LOOKBACK].sum(axis=1) >= 24)
    window, steps, at = window[usable], steps[usable], at[usable]
    calendar = calendar_features(meter.starts[steps], meter.tz, meter.country, meter.subdivision).astype(
        np.float32
    )
    return (_plain_inputs(window[:, :LOOKBACK], calendar, lead), window[:, LOOKBACK:]), meter.starts[at]


def _plain_inputs(load: Float32, calendar: Float32, lead: int) -> dict[str, Float32]:
    """Inputs of windows without a temperature."""
    mask = ~np.isnan(load)
    nothing = np.zeros((len(load), LOOKBACK + HORIZON), np.float32)
    return {
        "load": np.where(mask, load, 0).astype(np.float32),
        "mask": mask.astype(np.float32),
        "calendar_context": calendar[:, :LOOKBACK],
        "calendar_target": calendar[:, LOOKBACK:],
        "temperature": nothing,
        "temperature_mask": nothing,
        "lead": np.full((len(load), 1), lead / DAYS, np.float32),
    }
