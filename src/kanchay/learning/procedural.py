"""Loads drawn by rule: endless buildings and homes, each a new one, for windows that no measured meter shows.

A simulated home (kanchay.simulate) is a household lived hour by hour; what is drawn here is only the outline of a
load: a week of opening hours, days that differ, a base that wanders, noise. That is crude, and it is many: every
window is another building, so nothing can be learned by heart but how loads go on.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["procedural_load"]

DAY_H: Final = 24
SATURDAY, SUNDAY = 5, 6

Floats = NDArray[np.floating[Any]]
Rng = np.random.Generator


def procedural_load(
    clock: NDArray[np.int64], holiday: NDArray[np.bool_], home: NDArray[np.bool_], rng: Rng
) -> NDArray[np.float32]:
    """Hourly loads (n, hours), mean about 1, of as many buildings (or homes, where `home` (n,) says so).

    `clock` (n, hours) counts local hours on from a Monday 00:00, `holiday` (n, hours) tells public holidays.
    """
    day = clock // DAY_H - clock[:, :1] // DAY_H
    building = _building(clock, day, holiday, rng)
    dwelling = _dwelling(clock, day, rng)
    load = np.where(home[:, None], dwelling, building)
    load = load * _slow(day, rng) * _noise(load.shape, home, rng)
    load = load / np.maximum(load.mean(axis=1, keepdims=True), 1e-9)
    load = _sun(load, clock, day, home, rng)
    load = _events(load, rng)
    return _pulses(load, rng).astype(np.float32)


def _some(rng: Rng, n: int, share: float) -> Floats:
    """1 for a share of the windows, 0 for the others; (n, 1)."""
    return (rng.random((n, 1)) < share).astype(np.float64)


def _between(rng: Rng, n: int, low: float, high: float) -> Floats:
    return rng.uniform(low, high, (n, 1))


def _times(rng: Rng, n: int, low: float, high: float) -> Floats:
    """Between `low` and `high`, each factor of ten as likely."""
    return np.exp(rng.uniform(np.log(low), np.log(high), (n, 1)))


def _soft(x: Floats) -> Floats:
    out: Floats = 1.0 / (1.0 + np.exp(-np.clip(x, -40, 40)))
    return out


def _of_day(values: Floats, day: NDArray[np.int64]) -> Floats:
    """The value of each hour's day: values (n, days) to (n, hours)."""
    return np.take_along_axis(values, day, axis=1)


def _wander(rng: Rng, n: int, steps: int, keep: Floats) -> Floats:
    """Autoregressive noise of unit variance (n, steps) that keeps a share `keep` (n, 1) from step to step."""
    white = rng.normal(0, 1, (n, steps))
    out = np.empty_like(white)
    out[:, 0] = white[:, 0]
    fresh = np.sqrt(1 - keep[:, 0] ** 2)
    for t in range(1, steps):
        out[:, t] = keep[:, 0] * out[:, t - 1] + fresh * white[:, t]
    return out


def _building(
    clock: NDArray[np.int64], day: NDArray[np.int64], holiday: NDArray[np.bool_], rng: Rng
) -> Floats:
    """Base of 1 and what comes on in opening hours, by lighting, by process and by weather."""
    n, hour = len(clock), (clock % DAY_H) + 0.5
    n_days = int(day.max()) + 1
    open_now = _activity(clock, day, holiday, rng) * _opening(clock, day, rng)
    shape = 1 + _smooth_day(hour, rng, size=0.3) * _some(rng, n, 0.7)
    size = _times(rng, n, 0.08, 12.0)
    each_day = np.exp(_times(rng, n, 0.01, 0.2) * _wander(rng, n, n_days, _between(rng, n, 0, 0.8)))
    occupied = size * open_now * np.maximum(shape, 0.05) * _of_day(each_day, day)
    dark = ((hour < _between(rng, n, 5, 8)) | (hour > _between(rng, n, 17, 21))).astype(np.float64)
    lighting = _some(rng, n, 0.15) * _between(rng, n, 0.1, 1.5) * dark
    base = 1 + _some(rng, n, 0.4) * 0.5 * _smooth_day(hour, rng, size=0.4)
    air = _wander(rng, n, n_days, _between(rng, n, 0.5, 0.95))
    felt = np.maximum(_of_day(air, day) * _some(rng, n, 0.5) * _between(rng, n, 0.05, 0.4), -0.8)
    runs = (
        np.where(rng.random((n, 1)) < 0.5, base, occupied)
        * felt
        * np.maximum(_smooth_day(hour, rng, 0.6) + 0.7, 0)
    )
    by_clock = _timers(clock, day, rng) + _process(clock, rng) + _now_and_then(clock, day, rng, share=0.06)
    out: Floats = np.maximum(base, 0.1) + occupied + lighting + np.maximum(runs, -0.5) + by_clock
    return out


def _activity(
    clock: NDArray[np.int64], day: NDArray[np.int64], holiday: NDArray[np.bool_], rng: Rng
) -> Floats:
    """How much of a full day goes on, hour by hour: five, six or seven days a week, holidays, shut weeks."""
    n = len(clock)
    week = 1 + rng.normal(0, 1, (n, 7)) * _times(rng, n, 0.01, 0.15)
    style = rng.random(n)
    five, six, odd = style < 0.45, (style >= 0.45) & (style < 0.6), style > 0.9
    rest = rng.uniform(0, 0.6, n) * (rng.random(n) < 0.7)
    week[five, SATURDAY] *= rest[five]
    week[six, SATURDAY] *= rng.uniform(0.4, 1.0, int(six.sum()))
    sunday = five | six
    week[sunday, SUNDAY] *= (rest * rng.uniform(0, 1.1, n))[sunday]
    week[odd] *= rng.uniform(0, 1, (int(odd.sum()), 7))
    weekday = (clock // DAY_H) % 7
    now = np.take_along_axis(week, weekday, axis=1)
    heeds = rng.random((n, 1)) < 0.75
    first = rng.integers(-4, int(day.max()) + 1, (n, 1))
    shut = (day >= first) & (day < first + rng.integers(1, 11, (n, 1))) & (rng.random((n, 1)) < 0.08)
    low = np.minimum(week[:, [SUNDAY]], week.mean(axis=1, keepdims=True)) * _between(rng, n, 0.3, 1.1)
    out: Floats = np.where((holiday & heeds) | shut, np.minimum(low, now), now)
    term = day >= rng.integers(1, int(day.max()) + 1, (n, 1))  # from here on more or fewer people, for good
    return out * np.where(term & (rng.random((n, 1)) < 0.08), np.exp(rng.normal(0, 0.4, (n, 1))), 1.0)


def _opening(clock: NDArray[np.int64], day: NDArray[np.int64], rng: Rng) -> Floats:
    """Between 0 (closed) and 1 (open), with soft edges; one span a day, in some a second one in the evening."""
    n, hour = len(clock), (clock % DAY_H) + 0.5
    n_days = int(day.max()) + 1
    late = rng.normal(0, 1, (n, n_days)) * _times(rng, n, 0.02, 0.8)
    weekend = ((clock // DAY_H) % 7 >= SATURDAY) & (rng.random((n, 1)) < 0.4)
    begin = _between(rng, n, 3.5, 11) + np.where(weekend, _between(rng, n, -1, 4), 0) + _of_day(late, day)
    span = _between(rng, n, 3, 16) * np.where(weekend, _between(rng, n, 0.3, 1.0), 1.0)
    since = (hour - begin + 6) % DAY_H - 6
    first = _soft(since / _times(rng, n, 0.1, 1.2)) * _soft((span - since) / _times(rng, n, 0.1, 1.8))
    evening = np.exp(-(((hour - _between(rng, n, 17, 22)) / _between(rng, n, 1, 2.5)) ** 2))
    return np.maximum(first, _some(rng, n, 0.12) * evening * _between(rng, n, 0.3, 1.3))


def _timers(clock: NDArray[np.int64], day: NDArray[np.int64], rng: Rng) -> Floats:
    """Plant that a clock starts and stops to the minute, on working or on all days, and one hour of the week apart."""
    n, hour = len(clock), (clock % DAY_H).astype(np.float64)
    weekday = (clock // DAY_H) % 7
    out: Floats = np.zeros_like(hour)
    for share in (0.5, 0.25):
        begin, span = _between(rng, n, 0, 21), _times(rng, n, 1, 18)
        end = np.minimum(begin + span, DAY_H)
        on = np.clip(np.minimum(hour + 1, end) - np.maximum(hour, begin), 0, 1)
        days = (weekday < rng.choice([5, 6, 7], (n, 1), p=[0.5, 0.1, 0.4])).astype(np.float64)
        eager = np.exp(_between(rng, n, 0.0, 0.3) * rng.normal(0, 1, (n, int(day.max()) + 1)))
        out += _some(rng, n, share) * _times(rng, n, 0.05, 4.0) * on * days * _of_day(eager, day)
    special = (weekday == rng.integers(0, 7, (n, 1))) & (
        np.abs(hour - _between(rng, n, 6, 22)) < _between(rng, n, 1, 4)
    )
    out = out + _some(rng, n, 0.15) * _times(rng, n, 0.1, 3.0) * special
    return out


def _smooth_day(hour: Floats, rng: Rng, size: float) -> Floats:
    """A smooth daily shape around 0: three harmonics, each half as strong as the one before."""
    n = len(hour)
    out = np.zeros_like(hour)
    for harmonic in (1, 2, 3):
        phase = _between(rng, n, 0, 2 * np.pi)
        out += rng.normal(0, size / harmonic, (n, 1)) * np.cos(2 * np.pi * harmonic * hour / DAY_H + phase)
    return out


def _process(clock: NDArray[np.int64], rng: Rng) -> Floats:
    """Something that goes on and off in its own rhythm, off the clock: pumps, cold stores, batches."""
    n = len(clock)
    period = _times(rng, n, 2, 40)
    turn = ((clock - clock[:, :1]) / period + _between(rng, n, 0, 1)) % 1
    return _some(rng, n, 0.2) * _times(rng, n, 0.05, 1.5) * (turn < _between(rng, n, 0.2, 0.8))


def _dwelling(clock: NDArray[np.int64], day: NDArray[np.int64], rng: Rng) -> Floats:
    """A fridge, people who come and go, events at hours they like, a water heater by clock, a car on some nights."""
    n, hour = len(clock), (clock % DAY_H) + 0.5
    n_days = int(day.max()) + 1
    weekend = (clock // DAY_H) % 7 >= SATURDAY
    morning = np.exp(-(((hour - _between(rng, n, 5.5, 10)) / _between(rng, n, 0.8, 2)) ** 2))
    noon = np.exp(-(((hour - _between(rng, n, 11.5, 15)) / _between(rng, n, 1, 3)) ** 2))
    evening = np.exp(-(((hour - _between(rng, n, 17.5, 22.5)) / _between(rng, n, 1.2, 3)) ** 2))
    likes = _between(rng, n, 0, 1) * morning + evening * _between(rng, n, 0.4, 1.6)
    likes += noon * (_between(rng, n, 0, 0.7) + weekend * _between(rng, n, 0, 0.8))
    likes = (likes + _between(rng, n, 0.02, 0.25)) * np.where(weekend, _between(rng, n, 0.7, 1.5), 1)
    home_days = np.where(rng.random((n, n_days)) < _between(rng, n, 0.0, 0.12), 0.1, 1.0)
    mood = np.exp(_between(rng, n, 0.02, 0.35) * _wander(rng, n, n_days, _between(rng, n, 0, 0.8)))
    likes = likes * _of_day(home_days * mood, day)
    events = rng.poisson(likes * _times(rng, n, 0.5, 6.0)) * rng.gamma(2.0, 0.5, hour.shape)
    held = events + _between(rng, n, 0, 0.6) * np.roll(events, 1, axis=1)
    climate = _of_day(_wander(rng, n, n_days, _between(rng, n, 0.5, 0.95)), day)
    cooled = _some(rng, n, 0.3) * _times(rng, n, 0.2, 3.0) * np.maximum(climate + 0.3, 0) * (likes + 0.3)
    heavy = _now_and_then(clock, day, rng, share=0.35) + _now_and_then(clock, day, rng, share=0.15)
    out: Floats = _times(rng, n, 0.08, 2.0) + held + cooled + heavy
    return out


def _now_and_then(clock: NDArray[np.int64], day: NDArray[np.int64], rng: Rng, *, share: float) -> Floats:
    """A large load for some hours: a timer, a car, a workshop; daily, on one day of the week, or on days nobody knows."""
    n, hour = len(clock), (clock % DAY_H).astype(np.float64)
    since = (hour - _between(rng, n, 0, 24)) % DAY_H
    often = np.where(rng.random((n, 1)) < 0.4, 1.0, _between(rng, n, 0.05, 0.7))
    by_chance = _of_day((rng.random((n, int(day.max()) + 1)) < often).astype(np.float64), day)
    by_week = ((clock // DAY_H) % 7 == rng.integers(0, 7, (n, 1))).astype(np.float64)
    on = np.where(rng.random((n, 1)) < 0.2, by_week, by_chance)
    return _some(rng, n, share) * _times(rng, n, 0.5, 15.0) * on * (since < _times(rng, n, 0.6, 10.0))


def _slow(day: NDArray[np.int64], rng: Rng) -> Floats:
    """A level that wanders from day to day."""
    n, n_days = len(day), int(day.max()) + 1
    walk = np.cumsum(rng.normal(0, 1, (n, n_days)) * _times(rng, n, 0.001, 0.05), axis=1)
    return _of_day(np.exp(walk), day)


def _noise(size: tuple[int, int], home: NDArray[np.bool_], rng: Rng) -> Floats:
    """What nobody knows of an hour, with a memory of some hours; weak in homes, whose events are noise enough."""
    n = size[0]
    wide = np.where(home[:, None], _times(rng, n, 0.01, 0.1), _times(rng, n, 0.004, 0.2))
    return np.exp(wide * _wander(rng, n, size[1], _between(rng, n, 0, 0.95)))


def _sun(
    load: Floats, clock: NDArray[np.int64], day: NDArray[np.int64], home: NDArray[np.bool_], rng: Rng
) -> Floats:
    """Panels behind the meter of some: the load less a bell by day, dimmed by the clouds of each day and hour."""
    n, hour = len(clock), (clock % DAY_H) + 0.5
    n_days = int(day.max()) + 1
    bell = np.maximum(np.cos((hour - 12.3) / _between(rng, n, 9, 15) * np.pi), 0) ** 1.3
    clear = _soft(1 + 2 * _wander(rng, n, n_days, _between(rng, n, 0, 0.6)))
    cloud = np.clip(1 + 0.25 * rng.normal(0, 1, load.shape) * (1 - _of_day(clear, day)), 0, 1.2)
    share = np.where(home[:, None], 0.12, 0.06)
    has = rng.random((n, 1)) < share
    return load - has * _times(rng, n, 0.3, 6.0) * bell * _of_day(clear, day) * cloud


def _events(load: Floats, rng: Rng) -> Floats:
    """A lasting change of level in some windows; a meter that falls silent or wakes, or hardly moves, in a few."""
    n, hours = load.shape
    now = np.arange(hours)[None, :]
    at = rng.integers(0, hours, (n, 1))
    jump = np.exp(rng.normal(0, 0.5, (n, 1)))
    load = np.where((now >= at) & (rng.random((n, 1)) < 0.06), load * jump, load)
    silent = (now >= at) if rng.random() < 0.5 else (now < at)
    left = rng.choice([0.0, 0.02, 0.1, 0.3], (n, 1))
    load = np.where(silent & (rng.random((n, 1)) < 0.03), load * left, load)
    return np.where(rng.random((n, 1)) < 0.04, 1 + (load - 1) * _times(rng, n, 0.001, 0.05), load)


def _pulses(load: Floats, rng: Rng) -> Floats:
    """Some meters count in coarse pulses: the register's steps, not the load, are what is read."""
    n = len(load)
    step = _times(rng, n, 0.01, 0.4)
    register = np.cumsum(load, axis=1)
    counted = np.diff(np.floor(register / step) * step, axis=1, prepend=0.0)
    return np.where(rng.random((n, 1)) < 0.2, counted, load)
