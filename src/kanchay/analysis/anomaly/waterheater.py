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

from kanchay.analysis.anomaly.days import LocalDays
from kanchay.analysis.anomaly.robust import mad_scale, runs
from kanchay.domain.interval import HOUR, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["Bursts", "HeaterAnswer", "WaterHeater", "bursts", "recognise_water_heater"]

_COARSEST_S: Final = 900  # above 15 min a burst of 12 min drowns
_QUIET: Final = (23.0, 5.0)  # local hours in which a home sleeps
_KWH: Final = (0.12, 0.90)  # one burst: 30 L by 4 K to 120 L by 6 K
_LONGEST_S: Final = 2700
_MIN_W: Final = 300.0  # mean of a 15 min slot; a burst of 1.2 kW for 6 min gives 480 W
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
class Bursts:
    """Stretches of high power, oldest first.

    Attributes
    ----------
    first, last : ndarray of int64, shape (n,)
        Half-open ranges of flat slots.
    kwh : ndarray of float64, shape (n,)
        Energy above what surrounds them. [kWh]
    peak_w : ndarray of float64, shape (n,)
        Highest slot above what surrounds them. [W]
    """

    first: IntArray
    last: IntArray
    kwh: FloatArray
    peak_w: FloatArray

    def where(self, keep: np.ndarray) -> Bursts:
        """Only some of them."""
        return Bursts(self.first[keep], self.last[keep], self.kwh[keep], self.peak_w[keep])

    def __len__(self) -> int:
        return len(self.first)


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


def bursts(days: LocalDays) -> Bursts:
    """Stretches of power well above the three hours around them.

    Parameters
    ----------
    days : LocalDays
        Slots of at most 15 min.

    Returns
    -------
    Bursts

    Examples
    --------
    >>> from kanchay.analysis.anomaly.days import local_days
    >>> from kanchay.domain.panel import Panel
    >>> load = np.full((1, 96), 0.015)
    >>> load[0, 12] += 0.3  # the element for 12 min at 3 a.m.
    >>> found = bursts(local_days(Panel.of(("m",), load, start=0, resolution_s=900, tz="UTC")))
    >>> found.first.tolist(), found.kwh.round(2).tolist()
    ([12], [0.3])
    """
    power = days.flat()
    around = _surrounding(power, max(3, round(3 * HOUR / days.resolution_s)))
    above = np.nan_to_num(power - around, nan=0.0)
    found = runs(above >= _threshold(above, days.resolution_s))
    first = np.array([a for a, _ in found], dtype=np.int64)
    last = np.array([b for _, b in found], dtype=np.int64)
    # Where slots are long, a burst spills a little into those beside it.
    spill = [np.maximum(first - 1, 0), np.minimum(last, len(above) - 1)] if days.resolution_s > 300 else []
    total = np.concatenate([[0.0], np.cumsum(above)])
    energy = total[last] - total[first]
    for beside in spill:
        energy = energy + np.where((above[beside] > 60.0) & (above[beside] < _MIN_W), above[beside], 0.0)
    peak = np.array([above[a:b].max() for a, b in found])
    return Bursts(first, last, energy * days.resolution_s / HOUR / 1000.0, peak)


def _threshold(above: FloatArray, resolution_s: int) -> float:
    """Fine meters see the element itself; coarse ones see a part of it."""
    return 700.0 if resolution_s <= 120 else _MIN_W


def _surrounding(power: FloatArray, length: int) -> FloatArray:
    """Rolling median, shape (n,): what runs besides short bursts, the refrigerator's mean included. [W]"""
    step = max(1, length // 24)
    filled = np.where(np.isfinite(power), power, np.nanmedian(power) if np.isfinite(power).any() else 0.0)
    padded = np.pad(filled, (length // 2, length - 1 - length // 2), mode="edge")
    view = np.lib.stride_tricks.sliding_window_view(padded, length)[:, ::step]
    middle: FloatArray = np.median(view, axis=1)
    return middle


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
    element = _element_w(days, every, quiet)
    alike = (
        (every.kwh >= 0.7 * burst)
        & (every.kwh <= 1.3 * burst)
        & (every.peak_w >= 0.5 * float(np.median(quiet.peak_w)))
    )
    large = (every.kwh > 1.3 * burst) & (every.peak_w >= 0.7 * element)
    heats = every.where(alike | large)
    heats = heats.where(heats.first >= max(0, first_night - 1) * days.n_slots)
    watts, error = _standing_w(days, heats, quiet, burst)
    n_days = max(1.0, days.n_days - max(0, first_night - 1))
    draws, at, small = _draws(days, heats, watts, burst)
    rate = n_with / n_nights
    return WaterHeater(
        HeaterAnswer.FOUND, "regular_bursts", since=since, burst_kwh=burst, element_w=element,
        standing_w=watts, standing_low_w=watts * (1 - _Z80 * error), standing_high_w=watts * (1 + _Z80 * error),
        draw_start=at, draw_kwh=draws, small_kwh_per_day=small / n_days, n_nights=n_nights, n_nights_with=n_with,
        n_days=n_days,
        confidence=float(np.clip(1 - 0.5 * np.exp(-n_with / 6) - 0.1 * (1 - rate), 0.5, 0.97)),
    )  # fmt: skip


def _element_w(days: LocalDays, every: Bursts, quiet: Bursts) -> float:
    """Power of the element: the bursts' own where slots are short, else what long heats settle at. [W]"""
    if days.resolution_s <= 300:
        return float(np.median(quiet.peak_w))
    long = every.peak_w[(every.last - every.first) * days.resolution_s >= 2700]
    pool = long[long >= 900.0]
    return float(np.clip(np.median(pool), 900.0, 3000.0)) if len(pool) >= 5 else 1500.0


def _standing_w(days: LocalDays, heats: Bursts, quiet: Bursts, burst_kwh: float) -> tuple[float, float]:
    """Loss from the pause before each quiet burst: the tank lost one hysteresis in that time. Also relative error."""
    pauses = []
    for first in quiet.first:
        before = heats.last[heats.last <= first]
        if len(before):
            hours = (first - before[-1]) * days.resolution_s / HOUR
            if 1.0 <= hours <= 16.0:
                pauses.append(hours)
    if not pauses:
        return burst_kwh / 8.0 * 1e3, 0.3
    # A small draw within a pause shortens it, so the truth lies in the upper half.
    pause = float(np.quantile(pauses, 0.6))
    error = max(0.08, float(mad_scale(pauses)) / pause / np.sqrt(len(pauses)))
    return burst_kwh / pause * 1e3, float(min(error, 0.3))


def _draws(
    days: LocalDays, heats: Bursts, standing_w: float, burst_kwh: float
) -> tuple[FloatArray, IntArray, float]:
    """Heat drawn before each heat: its energy less what the tank lost by itself since the one before; and the rest."""
    if not len(heats):
        return np.zeros(0), np.zeros(0, dtype=np.int64), 0.0
    pause_h = np.diff(heats.last, prepend=heats.first[0]) * days.resolution_s / HOUR
    drawn = heats.kwh - standing_w * 1e-3 * np.clip(pause_h, 0.0, 24.0)
    keep = (drawn > 0.25 * burst_kwh) & (heats.kwh > 1.3 * burst_kwh)
    at = np.array([days.instant(int(i)) for i in heats.first[keep]], dtype=np.int64)
    usual_pause = pause_h <= 16.0  # a longer one is a journey, or a heat that was not seen
    return drawn[keep], at, max(0.0, float(drawn[~keep & usual_pause].sum()))
