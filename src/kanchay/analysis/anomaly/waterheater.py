"""Recognise a tank water heater without a timer in a home's whole load, and what it loses and delivers.

A tank that nobody draws from still cools, and its thermostat mends that with short bursts of the element, all of the
same energy, at times that drift from night to night. Nothing else in a sleeping home does so: a refrigerator is ten
times weaker, a timer keeps to the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from kanchay.analysis.anomaly.bursts import Bursts, bursts
from kanchay.analysis.anomaly.days import LocalDays
from kanchay.analysis.anomaly.robust import mad_scale
from kanchay.analysis.anomaly.tankheats import draws_before, element_power, standing_power
from kanchay.domain.interval import HOUR, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["HeaterAnswer", "WaterHeater", "recognise_water_heater"]

_COARSEST_S: Final = 900  # above 15 min a burst of 12 min drowns
_QUIET: Final = (23.0, 5.0)  # local hours in which a home sleeps
_KWH: Final = (0.12, 0.90)  # one burst: 30 L by 4 K to 120 L by 6 K
_LONGEST_S: Final = 2700
_FEWEST_NIGHTS: Final = 10
_FEWEST_BURSTS: Final = 4
_RATE: Final = 0.16  # share of nights with a burst: an 80-litre tank needs one every 10 h only
_SAME_ENERGY: Final = 0.55  # share of the quiet bursts within 20 % of their median
_SPREAD: Final = 0.25  # of the bursts' energies: a thermostat's hysteresis does not change
_CLOCK_NIGHTS: Final = 6  # to either side
_CLOCK_SHARE: Final = 0.8  # of the bursts of these nights at the very same time: a timer, not a thermostat
_SPREAD_H: Final = 0.8  # between the first and last tenth of the bursts' hours: less is a timer's window
_WINDOW: Final = 60
_Z80: Final = 1.2816


class HeaterAnswer(StrEnum):
    """What can be said about a water heater."""

    FOUND = "found"
    NONE = "none"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True, eq=False)
class WaterHeater:
    """A water heater as seen from the meter.

    Attributes
    ----------
    answer : HeaterAnswer
        What can be said.
    reason : str
        Code of why: ``too_coarse``, ``too_short``, ``no_bursts``, ``clock_locked``, ``uneven`` or ``regular_bursts``.
    since : int
        UTC second of the first night from which bursts come regularly. [s]
    burst_kwh : float
        Energy of one re-heat, the tank's heat over its hysteresis. [kWh]
    element_w : float
        Power of the element. [W]
    standing_w, standing_low_w, standing_high_w : float
        What the tank loses while nobody draws; 8 times in 10 within the range. [W]
    draw_start : ndarray of int64, shape (n_draws,)
        UTC seconds at which draws made the element start. [s]
    draw_kwh : ndarray of float64, shape (n_draws,)
        Heat carried off by each. [kWh]
    small_kwh_per_day : float
        Heat of draws too small to start the element: hands and dishes. [kWh]
    n_nights, n_nights_with : int
        Nights looked at since `since`, and those with a burst.
    n_days : float
        Days in which the draws were counted. [days]
    confidence : float
        How sure the answer is, 0..1. [-]
    """

    answer: HeaterAnswer
    reason: str
    since: int = 0
    burst_kwh: float = float("nan")
    element_w: float = float("nan")
    standing_w: float = float("nan")
    standing_low_w: float = float("nan")
    standing_high_w: float = float("nan")
    draw_start: IntArray | None = None
    draw_kwh: FloatArray | None = None
    small_kwh_per_day: float = 0.0
    n_nights: int = 0
    n_nights_with: int = 0
    n_days: float = 0.0
    confidence: float = 0.0

    @property
    def standing_kwh_per_day(self) -> float:
        """Heat lost in a day of 24 hours if kept hot. [kWh]"""
        return self.standing_w * 24e-3

    @property
    def draws_kwh_per_day(self) -> float:
        """Heat drawn a day. [kWh]"""
        return (
            float(np.sum(self.draw_kwh)) / self.n_days
            if self.draw_kwh is not None and self.n_days
            else float("nan")
        )


def recognise_water_heater(days: LocalDays, *, window: int = _WINDOW) -> WaterHeater:
    """Find a tank water heater that heats by its thermostat alone.

    Parameters
    ----------
    days : LocalDays
        Slots of at most 15 min, of the whole home or of the heater alone.
    window : int, default 60
        Days looked back. [days]

    Returns
    -------
    WaterHeater
        `HeaterAnswer.CANNOT_TELL` where slots are too long or nights too few: then nothing is claimed.

    Examples
    --------
    >>> from kanchay.analysis.anomaly.days import local_days
    >>> from kanchay.domain.panel import Panel
    >>> load = np.full((1, 30 * 96), 0.015)
    >>> load[0, ::29] += 0.3  # a tank that nobody draws from: 12 min of the element every 7 h and a quarter
    >>> days = local_days(Panel.of(("m",), load, start=0, resolution_s=900, tz="UTC"))
    >>> found = recognise_water_heater(days)
    >>> str(found.answer), round(found.burst_kwh, 2), round(found.standing_w)
    ('found', 0.3, 43)
    """
    if days.resolution_s > _COARSEST_S:
        return WaterHeater(HeaterAnswer.CANNOT_TELL, "too_coarse")
    recent = days.last(window)
    nights = _night_of(recent)
    whole = _known_nights(recent)
    if whole.sum() < _FEWEST_NIGHTS:
        return WaterHeater(HeaterAnswer.CANNOT_TELL, "too_short")
    every = bursts(recent)
    asleep = every.where(_is_quiet(recent, every))
    free = asleep.where(~_locked_to_clock(recent, asleep))
    quiet = free.where(_looks_like_reheat(recent, free))
    if len(quiet) < _FEWEST_BURSTS:  # nothing, or only what a clock switches
        clock = len(asleep) >= _FEWEST_BURSTS and len(free) < _FEWEST_BURSTS
        return WaterHeater(HeaterAnswer.NONE, "clock_locked" if clock else "no_bursts")
    return _judge(recent, every, quiet, nights[quiet.first], whole)


def _night_of(days: LocalDays) -> IntArray:
    """Number of the night each flat slot belongs to: slots after 6 p.m. count to the next day's night."""
    slot = np.arange(days.n_days * days.n_slots)
    return np.asarray((slot + days.n_slots // 4) // days.n_slots)


def _clock(days: LocalDays, flat: IntArray) -> FloatArray:
    """Local hour at which a flat slot begins."""
    return np.asarray(flat % days.n_slots * days.resolution_s / HOUR)


def _known_nights(days: LocalDays) -> np.ndarray:
    """Whether the quiet hours of each night are known, shape (n_days + 1,)."""
    hour = _clock(days, np.arange(days.n_days * days.n_slots))
    quiet = (hour >= _QUIET[0]) | (hour < _QUIET[1])
    known = np.bincount(
        _night_of(days)[quiet], weights=np.isfinite(days.flat())[quiet], minlength=days.n_days + 1
    )
    expected = (24 - _QUIET[0] + _QUIET[1]) * HOUR / days.resolution_s
    return np.asarray(known >= 0.9 * expected)


def _is_quiet(days: LocalDays, some: Bursts) -> np.ndarray:
    hour = _clock(days, some.first)
    return np.asarray((hour >= _QUIET[0]) | (hour < _QUIET[1]))


def _looks_like_reheat(days: LocalDays, some: Bursts) -> np.ndarray:
    short = (some.last - some.first) * days.resolution_s <= _LONGEST_S
    return np.asarray(short & (some.kwh >= _KWH[0]) & (some.kwh <= _KWH[1]))


def _judge(days: LocalDays, every: Bursts, quiet: Bursts, night: IntArray, whole: np.ndarray) -> WaterHeater:
    """Are the quiet bursts of one energy, and frequent?"""
    typical = float(np.median(quiet.kwh))
    alike = np.abs(quiet.kwh - typical) <= 0.35 * typical
    close = np.abs(quiet.kwh - typical) <= 0.20 * typical
    quiet, night = quiet.where(alike), night[alike]
    with_burst = np.zeros(len(whole), dtype=bool)
    with_burst[night] = True
    begin = _onset(with_burst[whole])
    first_night = int(np.flatnonzero(whole)[begin])
    quiet, night = quiet.where(night >= first_night), night[night >= first_night]
    n_nights = int(whole[first_night:].sum())
    n_with = int((with_burst & whole)[first_night:].sum())
    if len(quiet) < _FEWEST_BURSTS or n_nights < _FEWEST_NIGHTS or n_with < _RATE * n_nights:
        return WaterHeater(HeaterAnswer.NONE, "no_bursts")
    if close.mean() < _SAME_ENERGY or float(mad_scale(quiet.kwh)) > _SPREAD * float(np.median(quiet.kwh)):
        return WaterHeater(HeaterAnswer.CANNOT_TELL, "uneven")
    hours = (_clock(days, quiet.first) + 12.0) % 24.0
    if float(np.quantile(hours, 0.9) - np.quantile(hours, 0.1)) < _SPREAD_H:
        return WaterHeater(HeaterAnswer.NONE, "clock_locked")
    since = (
        int(days.bounds[max(first_night, 1) - 1])
        if begin == 0
        else int(days.bounds[min(first_night, days.n_days - 1)])
    )
    return _estimate(
        days, every, quiet, since=since, first_night=first_night, n_nights=n_nights, n_with=n_with
    )


def _onset(with_burst: np.ndarray) -> int:
    """First of the nights from which bursts come regularly: a Bernoulli change-point, 0 where there is none."""
    n = len(with_burst)
    hits = np.concatenate([[0], np.cumsum(with_burst)]).astype(np.float64)

    def log_likelihood(k: FloatArray, m: FloatArray) -> FloatArray:
        rate = np.clip(k / np.maximum(m, 1), 1e-3, 1 - 1e-3)
        return np.asarray(k * np.log(rate) + (m - k) * np.log(1 - rate))

    split = np.arange(5.0, n - 5.0)
    place = split.astype(np.int64)
    if not len(split):
        return 0
    early, late = hits[place], hits[-1] - hits[place]
    gain = log_likelihood(early, split) + log_likelihood(late, n - split)
    gain -= log_likelihood(hits[-1:], np.array([float(n)]))
    rises = 0.3 * late / (n - split) > early / split  # hardly any before
    best = int(np.argmax(np.where(rises, gain, -np.inf)))
    if not rises[best] or gain[best] < 4.0:  # 4 nats: e^4 = 55 to 1 beyond the one free place of the split
        return 0
    later = np.flatnonzero(with_burst[place[best] :])
    return int(place[best] + (later[0] if len(later) else 0))


def _locked_to_clock(days: LocalDays, some: Bursts) -> np.ndarray:
    """Which bursts start, night after night, in the very same slot: a clock switches those, shape (n,)."""
    day, start = np.divmod(some.first, days.n_slots)
    wide = max(1, 300 // days.resolution_s)  # timers keep time to minutes
    near = np.abs(day[:, None] - day[None, :]) <= _CLOCK_NIGHTS
    same = near & (np.abs(start[:, None] - start[None, :]) < wide)
    n_near, n_same = near.sum(axis=1), same.sum(axis=1)
    return np.asarray((n_same >= 5) & (n_same >= _CLOCK_SHARE * n_near))


def _estimate(
    days: LocalDays, every: Bursts, quiet: Bursts, *, since: int, first_night: int, n_nights: int, n_with: int
) -> WaterHeater:
    burst = float(np.median(quiet.kwh))
    element = element_power(days, every, quiet)
    alike = (
        (every.kwh >= 0.7 * burst)
        & (every.kwh <= 1.3 * burst)
        & (every.peak_w >= 0.5 * float(np.median(quiet.peak_w)))
    )
    large = (every.kwh > 1.3 * burst) & (every.peak_w >= 0.7 * element)
    heats = every.where(alike | large)
    heats = heats.where(heats.first >= max(0, first_night - 1) * days.n_slots)
    watts, error = standing_power(days, heats, quiet, burst)
    n_days = max(1.0, days.n_days - max(0, first_night - 1))
    draws, at, small = draws_before(days, heats, watts, burst)
    rate = n_with / n_nights
    return WaterHeater(
        HeaterAnswer.FOUND, "regular_bursts", since=since, burst_kwh=burst, element_w=element,
        standing_w=watts, standing_low_w=watts * (1 - _Z80 * error), standing_high_w=watts * (1 + _Z80 * error),
        draw_start=at, draw_kwh=draws, small_kwh_per_day=small / n_days, n_nights=n_nights, n_nights_with=n_with,
        n_days=n_days,
        confidence=float(np.clip(1 - 0.5 * np.exp(-n_with / 6) - 0.1 * (1 - rate), 0.5, 0.97)),
    )  # fmt: skip
