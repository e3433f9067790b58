"""Faults that can be put into a simulation, each with its truth.

Of the site: ``baseload_creep, left_on, unusual_days, fridge_seal, water_heater_no_timer,
water_heater_hot``, and in an office ``after_hours, weekend_running, pv_fault``. Of the data: ``gap, spike,
flat, unit_slip, clock_slip``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.domain.errors import InputError
from kanchay.domain.interval import DAY, HOUR, parse_duration
from kanchay.domain.reading import FloatArray
from kanchay.simulate.calendar import Calendar, instant
from kanchay.simulate.draws import by_day, once

__all__ = [
    "ADDED",
    "DATA_FAULTS",
    "HOME_FAULTS",
    "KINDS",
    "OFFICE_FAULTS",
    "Fault",
    "Placed",
    "added_kw",
    "distort",
    "placed",
    "without",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault to put in. What is None is drawn by seed.

    `start` and `end` are UTC seconds, ISO texts on the site's clock, or None; without `end` and `days`, kinds
    that last are still there at the end. `size` is in the unit of `KINDS`.

    Examples
    --------
    >>> Fault.parse("left_on@2026-05-03T22:00+3d:250")
    Fault(kind='left_on', start='2026-05-03T22:00', end=None, days=3.0, size=250.0)
    """

    kind: str
    start: str | int | None = None
    end: str | int | None = None
    days: float | None = None
    size: float | None = None

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read ``KIND[@START][+DURATION][:SIZE]``."""
        form = re.fullmatch(r"(\w+)(?:@([\dT:-]*?\d))?(?:\+(\d+\w+))?(?::([\d.]+))?", text.strip())
        if form is None or form[1] not in KINDS:
            raise InputError(
                f"'{text}' is not a fault.",
                hint=f"Write KIND[@START][+3d][:SIZE]; kinds: {', '.join(KINDS)}.",
            )
        days = parse_duration(form[3]) / DAY if form[3] else None
        return cls(form[1], form[2], None, days, float(form[4]) if form[4] else None)


# kind: (days it lasts; None = to the end, smallest and largest size drawn, unit of size)
KINDS: Final[dict[str, tuple[float | None, float, float, str]]] = {
    "baseload_creep": (None, 45.0, 80.0, "W more, reached within a week"),
    "left_on": (2.5, 180.0, 400.0, "W"),
    "unusual_days": (3.0, 900.0, 1400.0, "W of a heater and more cooking from 17:00 to 23:00"),
    "fridge_seal": (None, 1.5, 1.9, "times the usual running time"),
    "water_heater_no_timer": (None, 0.0, 0.0, "-"),
    "water_heater_hot": (None, 12.0, 16.0, "K above the set point"),
    "after_hours": (None, 3.0, 5.0, "h that the air conditioning runs on in the evening"),
    "weekend_running": (None, 0.6, 0.9, "share of weekend days that run as workdays"),
    "pv_fault": (None, 0.35, 0.6, "share of the production lost"),
    "gap": (0.5, 0.0, 0.0, "-"),
    "spike": (0.02, 15.0, 30.0, "times the largest reading"),
    "flat": (1.0, 0.0, 0.0, "-"),
    "unit_slip": (2.0, 1000.0, 1000.0, "times"),
    "clock_slip": (10.0, 1.0, 2.0, "h late"),
}  # fmt: skip
DATA_FAULTS: Final = ("gap", "spike", "flat", "unit_slip", "clock_slip")
ADDED: Final = ("baseload_creep", "left_on", "unusual_days")
HOME_FAULTS: Final = (*ADDED, "fridge_seal", "water_heater_no_timer", "water_heater_hot", *DATA_FAULTS)
OFFICE_FAULTS: Final = (*ADDED, "after_hours", "weekend_running", "pv_fault", *DATA_FAULTS)


@dataclass(frozen=True, slots=True)
class Placed:
    """A fault with its times in UTC seconds and its size."""

    kind: str
    start: int
    end: int
    size: float
    ongoing: bool


def placed(
    faults: tuple[Fault | str, ...], allowed: tuple[str, ...], cal: Calendar, seed: int, *, watts: float = 1.0
) -> tuple[Placed, ...]:
    """Give each fault its times and size: as told, else drawn by seed within the last 40 % of the window.

    `watts` scales drawn sizes of faults in W: an office is larger than a home.
    """
    given = [Fault.parse(f) if isinstance(f, str) else f for f in faults]
    seen = [sum(g.kind == f.kind for g in given[:i]) for i, f in enumerate(given)]
    return tuple(
        _place(f, allowed, cal, once(seed, f"fault-{f.kind}-{n}"), watts)
        for f, n in zip(given, seen, strict=True)
    )


def _place(
    fault: Fault, allowed: tuple[str, ...], cal: Calendar, rng: np.random.Generator, watts: float
) -> Placed:
    if fault.kind not in allowed:
        raise InputError(f"'{fault.kind}' cannot happen here.", hint=f"Known: {', '.join(allowed)}.")
    lasts, low, high, unit = KINDS[fault.kind]
    share, size, hour = rng.uniform(0.60, 0.80), rng.uniform(low, high), rng.uniform(8.0, 21.0)
    start = _some_day(cal, share, hour, lasts) if fault.start is None else instant(fault.start, cal.tz)
    days = lasts if fault.days is None else fault.days
    end = cal.end if days is None else start + int(days * DAY)
    if fault.end is not None:
        end = instant(fault.end, cal.tz)
    if fault.size is not None:
        size = fault.size
    elif unit.startswith("W"):
        size *= watts
    return Placed(fault.kind, start, min(end, cal.end), size, ongoing=end >= cal.end)


def _some_day(cal: Calendar, share: float, hour: float, lasts: float | None) -> int:
    """An instant at that share of the window: on a full hour for what is short, else at midnight."""
    day = (cal.start + int(share * (cal.end - cal.start)) - cal.first) // DAY
    short = lasts is not None and lasts != 3.0
    return cal.first + day * DAY + (int(hour) * HOUR if short else 0)


def added_kw(fault: Placed, cal: Calendar, seed: int) -> FloatArray:
    """Power that a fault of `ADDED` puts on top, shape (n_minutes,). [kW]"""
    inside = cal.between(fault.start, fault.end)
    if fault.kind == "baseload_creep":
        ramp = np.clip((cal.minutes - fault.start) / (7.0 * DAY), 0.05, 1.0)
        return np.asarray(np.where(inside, fault.size * 1e-3 * ramp, 0.0))
    if fault.kind == "left_on":
        return np.where(inside, fault.size * 1e-3, 0.0)
    evening = inside & (cal.hour >= 17.0) & (cal.hour < 23.0)
    luck = by_day(seed, "guests", cal.days, 2)[cal.day_index]
    cooking = inside & (np.abs(cal.hour - 13.0 - luck[:, 0]) < 0.6)
    return np.asarray(fault.size * 1e-3 * (0.75 + 0.25 * luck[:, 1]) * (evening + 0.8 * cooking))


def distort(values: FloatArray, fault: Placed, start: int, resolution_s: int) -> FloatArray:
    """Readings with a data fault in them, shape (n_intervals,): NaN where a gap is."""
    out = values.copy()
    at = slice(max(0, (fault.start - start) // resolution_s), max(0, -(-(fault.end - start) // resolution_s)))
    part = out[at]
    if not len(part):
        return out
    if fault.kind == "gap":
        out[at] = np.nan
    elif fault.kind == "spike":
        out[at.start] = fault.size * np.nanmax(values)
    elif fault.kind == "flat":
        out[at] = part[0]
    elif fault.kind == "unit_slip":
        out[at] = part * fault.size
    else:  # the meter's clock runs late: what it writes at t happened `size` hours earlier
        shift = round(fault.size * HOUR / resolution_s)
        out[at] = np.concatenate([values[max(0, at.start - shift) : at.start], part])[: len(part)]
    return out


def without(faults: tuple[Placed, ...], one: Placed) -> tuple[Placed, ...]:
    """All faults but that one."""
    return tuple(f for f in faults if f is not one)
