"""All detectors over one meter: folded to root causes, and silent where they should be."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from kanchay.analysis.advice.water_heater_timer import TimerPromise, timer_promise
from kanchay.analysis.anomaly.after_hours import after_hours
from kanchay.analysis.anomaly.baseload import baseload_creep
from kanchay.analysis.anomaly.days import LocalDays
from kanchay.analysis.anomaly.detection import Detection
from kanchay.analysis.anomaly.fridge import fridge_runs_more
from kanchay.analysis.anomaly.left_on import left_on
from kanchay.analysis.anomaly.robust import median
from kanchay.analysis.anomaly.standby import high_standby
from kanchay.analysis.anomaly.unusual_days import unusual_days
from kanchay.analysis.anomaly.waterheater import HeaterAnswer, WaterHeater, recognise_water_heater
from kanchay.domain.finding import Evidence, FindingKind
from kanchay.domain.interval import DAY, HOUR

__all__ = ["detect_load", "water_heater_standing"]

_MIN_TIMER_KWH: Final = 2.0  # a month: less does not pay any timer
_HEATER_WINDOW: Final = 30  # days that a look back needs
_MOST: Final = 4  # of one meter at a time: the silence budget


def detect_load(days: LocalDays, *, home: bool = True) -> list[Detection]:
    """What is odd or wasted in one meter, largest (energy times confidence) first.

    One cause is told once: a step that a creep explains is no second finding, days that a device left on explains are
    no odd days. At most four findings stand at a time.

    Parameters
    ----------
    days : LocalDays
        The load of a site, best with half a year. [W]
    home : bool, default True
        A home: a water heater and a refrigerator are looked for. A building: what runs after hours.

    Returns
    -------
    list of Detection

    Examples
    --------
    >>> from kanchay.analysis.anomaly.days import local_days
    >>> from kanchay.domain.panel import Panel
    >>> load = np.full((1, 60 * 24), 0.03)
    >>> load[0, 50 * 24 : 50 * 24 + 12] += 0.5  # half a day, once
    >>> days = local_days(Panel.of(("m",), load, start=0, resolution_s=3600, tz="UTC"))
    >>> [str(d.kind) for d in detect_load(days)]
    ['left_on']
    """
    if not np.isfinite(days.power_w).any():
        return []
    lasting = _one_rise([d for d in (baseload_creep(days), *_of_homes(days, home)) if d is not None])
    if not any(d.kind is FindingKind.BASELOAD_CREEP for d in lasting):
        lasting += [d for d in (high_standby(days),) if d is not None and home]
    lasting += [d for d in (None if home else after_hours(days),) if d is not None]
    events = [d for d in left_on(days) if not _explained(d, lasting)]
    odd = unusual_days(days, explained=[(d.start, d.end) for d in events])
    found = [*lasting, *events, *([odd] if odd is not None else [])]
    return sorted(found, key=lambda d: -d.kwh_per_year * d.confidence)[:_MOST]


def _of_homes(days: LocalDays, home: bool) -> list[Detection | None]:
    if not home:
        return []
    heater = recognise_water_heater(days)
    promise = timer_promise(heater, days.tz)
    if promise is not None:
        heater = replace(heater, since=_seen_since(days, heater))
    return [water_heater_standing(days, heater, promise), fridge_runs_more(days)]


def _seen_since(days: LocalDays, heater: WaterHeater) -> int:
    """How far back the heater re-heats at night: earlier windows are asked, newest first."""
    since, before = heater.since, days.until(heater.since)
    while before.n_days >= _HEATER_WINDOW and since <= int(before.bounds[-1]) + DAY:
        earlier = recognise_water_heater(before)
        if earlier.answer is not HeaterAnswer.FOUND or earlier.since >= since:
            break
        since, before = earlier.since, before.until(earlier.since)
    return since


def _one_rise(found: list[Detection]) -> list[Detection]:
    """A refrigerator that hardly stops lifts the night's floor too: of two rises of one week, the larger is told."""
    creep = next((d for d in found if d.kind is FindingKind.BASELOAD_CREEP), None)
    fridge = next((d for d in found if d.kind is FindingKind.FRIDGE), None)
    if creep is None or fridge is None or abs(creep.start - fridge.start) > 10 * DAY:
        return found
    weaker = fridge if creep.numbers["rise_w"] > fridge.numbers["rise_w"] else creep
    return [d for d in found if d is not weaker]


def _explained(event: Detection, lasting: list[Detection]) -> bool:
    """Whether a lasting rise began within the event: the event is then its beginning."""
    rises = (FindingKind.BASELOAD_CREEP,)
    return any(d.kind in rises and event.end > d.start - 2 * DAY for d in lasting)


def water_heater_standing(
    days: LocalDays, heater: WaterHeater, promise: TimerPromise | None
) -> Detection | None:
    """A water heater that re-heats while nobody draws, with what a timer would save.

    Parameters
    ----------
    days : LocalDays
        The load in which the heater was seen.
    heater : WaterHeater
        As recognised.
    promise : TimerPromise or None
        What a timer would save; None where that is not known.

    Returns
    -------
    Detection or None
        `numbers`: ``standing_month_kwh``, ``saved_month_kwh``, ``n_nights``, ``n_nights_with``, ``burst_kwh``,
        ``standing_w``, ``element_w`` and the hours of the windows ``window_1_from_clock``, ``window_1_to_clock`` …
    """
    if heater.answer is not HeaterAnswer.FOUND or promise is None or promise.kwh_per_month < _MIN_TIMER_KWH:
        return None
    numbers = {
        "standing_month_kwh": promise.standing_kwh_per_month,
        "saved_month_kwh": promise.kwh_per_month,
        "n_nights": float(heater.n_nights),
        "n_nights_with": float(heater.n_nights_with),
        "burst_kwh": heater.burst_kwh,
        "standing_w": heater.standing_w,
        "element_w": heater.element_w,
        "draws_day_kwh": heater.draws_kwh_per_day,
    }
    for i, (begin, end) in enumerate(promise.windows, 1):
        numbers |= {f"window_{i}_from_clock": begin % 24, f"window_{i}_to_clock": end % 24}
    return Detection(
        FindingKind.WATER_HEATER_STANDING,
        heater.since,
        int(days.bounds[-1]),
        True,
        heater.confidence,
        12 * promise.kwh_per_month,
        12 * promise.kwh_low,
        12 * promise.kwh_high,
        cause="tank_reheats",
        actions=("set_timer" if len(promise.windows) == 1 else "set_timer_twice",),
        numbers=numbers,
        evidence=_three_nights(days),
    )


def _three_nights(days: LocalDays) -> Evidence:
    """The newest three days by the hour; expected is the usual hour without bursts. [kWh]"""
    recent = days.last(3)
    hourly = recent.hourly_kwh()
    slots = days.last(28).coarse().power_w
    quiet = median(slots.reshape(len(slots), 24, -1).swapaxes(0, 1).reshape(24, -1), axis=1) / 1000.0
    measured = tuple(None if np.isnan(v) else round(float(v), 4) for v in hourly.ravel())
    expected = tuple(round(float(v), 4) for v in np.tile(quiet, recent.n_days))
    start = int(recent.bounds[0])
    night = int(recent.bounds[-2])
    return Evidence(
        start, start + recent.n_days * DAY, HOUR, "kWh", measured, expected, night, night + 5 * HOUR
    )
