"""Something left on: a pedestal of extra power that stands for hours where the meter never has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.anomaly.days import BoolArray, LocalDays
from kanchay.analysis.anomaly.detection import Detection
from kanchay.analysis.anomaly.robust import mad_scale, median, opening
from kanchay.analysis.runs import runs
from kanchay.domain.finding import Evidence, FindingKind
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.reading import FloatArray

__all__ = ["Pedestal", "left_on", "pedestals"]

_HELD_H: Final = 8.0  # a pedestal shorter than an evening or a working day is ordinary use
_MIN_W: Final = 60.0
_MIN_KWH: Final = 2.5  # per event, some S/ 2: less is not worth a message
_OVER_OTHERS: Final = 1.35  # times the largest pedestal that other days show
_OTHERS: Final = 0.97  # quantile of the other days' largest pedestals
_MAX_DAYS: Final = 9.0  # longer than this it is a new baseload
_WINDOW: Final = 60  # days looked back for events
_REFERENCE: Final = 120  # days that say what is usual
_FEWEST: Final = 14  # days below which nothing is usual yet


@dataclass(frozen=True, slots=True)
class Pedestal:
    """Extra power that stood from one flat index to another (half-open).

    Attributes
    ----------
    first, last : int
        Half-open range of flat slots. [-]
    extra_w : float
        Median height above the usual pedestal of that time of day. [W]
    kwh : float
        Extra energy. [kWh]
    score : float
        Height over the largest pedestal that other days show. [-]
    """

    first: int
    last: int
    extra_w: float
    kwh: float
    score: float


def pedestals(days: LocalDays, *, held_h: float = _HELD_H) -> list[Pedestal]:
    """All pedestals that are larger than anything other days show, oldest first.

    The load is opened (`kanchay.analysis.anomaly.robust.opening`): only what is held for `held_h` hours stays. Its
    median by kind of day and slot is what usually stands there; the rest is extra.

    Parameters
    ----------
    days : LocalDays
        At least 14 days. Slots of 15 min are best; hours do.
    held_h : float, default 8
        Shortest pedestal. [h]

    Returns
    -------
    list of Pedestal
    """
    if days.n_days < _FEWEST:
        return []
    length = max(2, round(held_h * HOUR / days.resolution_s))
    held = opening(days.flat(), length).reshape(days.power_w.shape)
    extra = held - _usual_pedestal(held, days.rest)
    largest = _largest_by_day(extra)
    candidates = runs(np.nan_to_num(extra.ravel(), nan=-1.0) >= _MIN_W)
    found = [_measure(days, extra.ravel(), largest, span, length=length) for span in candidates]
    return [p for p in found if p is not None]


def _usual_pedestal(held: FloatArray, rest: BoolArray) -> FloatArray:
    """Median held level of the same kind of day and slot, shape (n_days, n_slots). [W]"""
    usual = np.empty_like(held)
    for kind in (False, True):
        same = rest == kind
        if same.any():
            pool = held[same] if same.sum() >= 4 else held
            usual[same] = median(pool, axis=0)
    return usual


def _largest_by_day(extra: FloatArray) -> FloatArray:
    """Largest extra pedestal of each day, NaN where nothing is known, shape (n_days,). [W]"""
    known = np.isfinite(extra).any(axis=1)
    return np.where(known, np.where(np.isfinite(extra), extra, -np.inf).max(axis=1), np.nan)


def _measure(
    days: LocalDays, extra: FloatArray, largest: FloatArray, span: tuple[int, int], *, length: int
) -> Pedestal | None:
    """The pedestal between two indices, or None where it is too short, too long, too small or too usual."""
    first, last = span
    hours = (last - first) * days.resolution_s / HOUR
    if last - first < length or hours > _MAX_DAYS * 24:
        return None
    part = extra[first:last]
    height = float(np.median(part))
    kwh = float(part.sum()) * days.resolution_s / HOUR / 1000.0
    own = np.zeros(days.n_days, dtype=bool)
    own[max(0, first // days.n_slots) : (last - 1) // days.n_slots + 1] = True
    others = largest[~own & np.isfinite(largest)]
    if len(others) < _FEWEST - 4 or kwh < _MIN_KWH or height < _MIN_W:
        return None
    usual_largest = max(float(np.quantile(others, _OTHERS)), 0.5 * _MIN_W)
    score = height / usual_largest
    steady = float(mad_scale(part)) <= 0.35 * height
    return Pedestal(first, last, height, kwh, score) if score >= _OVER_OTHERS and steady else None


def left_on(days: LocalDays, *, window: int = _WINDOW) -> list[Detection]:
    """Devices left on during the newest `window` days, largest energy first.

    Parameters
    ----------
    days : LocalDays
        The load; up to 120 days back say what is usual.
    window : int, default 60
        Days in which an event must have ended to be told. [days]

    Returns
    -------
    list of Detection
        `numbers`: ``extra_w``, ``lasted_h``, ``extra_kwh``, ``score``, ``n_days_looked``.

    Examples
    --------
    >>> from kanchay.analysis.anomaly.days import local_days
    >>> from kanchay.domain.panel import Panel
    >>> load = np.full((1, 60 * 24), 0.1)
    >>> load[0, 50 * 24 : 50 * 24 + 12] += 0.5  # half a day, once
    >>> (found,) = left_on(local_days(Panel.of(("m",), load, start=0, resolution_s=3600, tz="UTC")))
    >>> found.numbers["lasted_h"], round(found.numbers["extra_kwh"], 1)
    (12.0, 6.0)
    """
    recent = days.coarse().last(_REFERENCE)
    earliest = (recent.n_days - window) * recent.n_slots
    found = [p for p in pedestals(recent) if p.last > earliest]
    return [_detection(recent, p) for p in sorted(found, key=lambda p: -p.kwh)]


def _detection(days: LocalDays, pedestal: Pedestal) -> Detection:
    start, end = days.instant(pedestal.first), days.instant(pedestal.last)
    hours = (end - start) / HOUR
    ongoing = pedestal.last >= days.n_days * days.n_slots - 1
    # Once in the days looked at: an exact 80 % Poisson interval for one event is 0.11 to 3.9 events.
    per_year = 365.25 / max(days.n_days, 1)
    numbers = {
        "extra_w": pedestal.extra_w, "lasted_h": hours, "extra_kwh": pedestal.kwh, "score": pedestal.score,
        "n_days_looked": float(days.n_days),
    }  # fmt: skip
    return Detection(
        FindingKind.LEFT_ON, start, end, ongoing, float(np.clip(1 - 0.6 * np.exp(-(pedestal.score - 1)), 0.5, 0.97)),
        pedestal.kwh * max(per_year, 1.0), pedestal.kwh, pedestal.kwh * max(3.9 * per_year, 1.0),
        cause="left_on", actions=("check_what_ran",), numbers=numbers, evidence=_evidence(days, start, end),
    )  # fmt: skip


def _evidence(days: LocalDays, start: int, end: int) -> Evidence:
    """Hours from the day before to the day after, against the usual day. [kWh]"""
    first = max(0, int(np.searchsorted(days.bounds, start, side="right")) - 2)
    last = min(days.n_days, int(np.searchsorted(days.bounds, end, side="left")) + 1)
    hourly = days.hourly_kwh()
    usual = np.empty_like(hourly)
    for kind in (False, True):
        if (days.rest == kind).any():
            usual[days.rest == kind] = median(hourly[days.rest == kind], axis=0)
    measured, expected = (
        tuple(None if np.isnan(v) else round(float(v), 4) for v in rows[first:last].ravel())
        for rows in (hourly, usual)
    )
    window_start = int(days.bounds[first])
    return Evidence(
        window_start, window_start + (last - first) * DAY, HOUR, "kWh", measured, expected, start, end
    )
