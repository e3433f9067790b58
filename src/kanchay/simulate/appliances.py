"""The loads of a home, each a function from its surroundings to power by the minute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from kanchay.analysis.physics.fridge import duty, fridge_power_kw
from kanchay.analysis.physics.tank import TankRun, run_tank
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray
from kanchay.simulate.calendar import Calendar
from kanchay.simulate.draws import by_day, normal_by_day, persistent_by_day
from kanchay.simulate.faults import Placed
from kanchay.simulate.household import HABITS, Habit, Household, Timer
from kanchay.simulate.presence import Presence, presence
from kanchay.simulate.weather import cold_water_c, indoor_c, outdoor_c, sun_elevation_deg

__all__ = ["Surroundings", "heater_run", "load_kw", "loads_of", "surroundings"]


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """All that loads depend on: clock, people, weather, seed."""

    home: Household
    cal: Calendar
    seed: int
    people: Presence
    outdoor: FloatArray
    indoor: FloatArray
    scale: float
    activity: FloatArray  # by day, 1 in the mean: busy days use more of everything


def surroundings(home: Household, cal: Calendar, seed: int) -> Surroundings:
    """Draw people and weather for a home."""
    outdoor = outdoor_c(home.place, cal, seed)
    people = presence(home, cal, seed)
    return Surroundings(
        home, cal, seed, people, outdoor, indoor_c(outdoor), home.scale(), _activity(home, cal, seed)
    )


def _activity(home: Household, cal: Calendar, seed: int) -> FloatArray:
    """How busy each day is: days alike their neighbours, and now and then a visit."""
    width = home.restlessness
    days = np.exp(width * persistent_by_day(seed, "activity", cal.days, 0.6) - 0.5 * width**2)
    visit = by_day(seed, "visit", cal.days)[:, 0] < np.where(cal.weekday >= 5, 0.10, 0.03)
    return np.asarray(days * np.where(visit, 1.8, 1.0) / 1.04)


def loads_of(home: Household) -> tuple[str, ...]:
    """Names of the loads of a home, largest first in a usual month."""
    hot = {"terma": ("water_heater",), "shower": ("shower",)}.get(home.water_heater, ())
    return (*hot, "fridge", "lights", *dict.fromkeys(h.appliance for h in HABITS), "standby")


def load_kw(name: str, s: Surroundings, timer: Timer | None, faults: tuple[Placed, ...]) -> FloatArray:
    """Power of one load, shape (n_minutes,). [kW]"""
    if name == "water_heater":
        return heater_run(s, timer, faults).power_kw
    if name == "shower":
        return _electric_shower(s)
    if name == "fridge":
        return _fridge(s, faults)
    if name == "lights":
        return _lights(s)
    if name == "standby":
        return _standby(s)
    return sum(
        (_habit(s, i, h) for i, h in enumerate(HABITS) if h.appliance == name), np.zeros(len(s.cal.minutes))
    )


def _fridge(s: Surroundings, faults: tuple[Placed, ...]) -> FloatArray:
    fridge, cal = s.home.fridge, s.cal
    running = duty(fridge, s.indoor)
    day = s.activity**0.15 + 0.06 * persistent_by_day(s.seed, "fridge", cal.days, 0.5)
    # A door is opened by people: up to 12 % more while the kitchen is busy, 6 % less through the night.
    running = running * day[cal.day_index] * (0.95 + 0.06 * np.minimum(s.people.active, 3.0))
    for fault in faults:
        if fault.kind == "fridge_seal":
            running = np.where(cal.between(fault.start, fault.end), running * fault.size, running)
    phase = by_day(s.seed, "fridge-phase", cal.days)[:, 0]
    midnight = np.diff(cal.day_index, prepend=-1) > 0
    return fridge_power_kw(
        fridge, np.clip(running, 0.02, 0.97), step_s=60.0, phase=phase[cal.day_index], reset=midnight
    )


def _showers(s: Surroundings) -> tuple[IntArray, FloatArray, FloatArray]:
    """Day, minute and litres at 38 °C of every shower."""
    people, n = len(s.people.wake), len(s.cal.days)
    minutes, litres = np.full((people, n), np.inf), np.zeros((people, n))
    season = 1.0 + 0.12 * np.cos(2 * np.pi * (s.cal.day_of_year - s.home.place.warmest_day - 182) / 365.25)
    for person in range(people):
        luck = by_day(s.seed, f"shower-{person}", s.cal.days, 3)
        noise = normal_by_day(s.seed, f"shower-n-{person}", s.cal.days, 2)
        evening = luck[:, 1] < s.home.evening_showers
        minute = np.where(evening, 60 * 19.3 + 30 * noise[:, 0], s.people.wake[person] + 8 + 14 * luck[:, 2])
        takes = ~s.people.away & (luck[:, 0] < s.home.showers_per_day)
        minutes[person] = np.where(takes, minute, np.inf)
        litres[person] = s.home.shower_l * season * s.activity**0.5 * np.exp(0.25 * noise[:, 1] - 0.03)
    order = np.argsort(minutes, axis=0)
    minutes, litres = np.take_along_axis(minutes, order, 0), np.take_along_axis(litres, order, 0)
    for person in range(1, people):  # one bathroom: the next waits
        minutes[person] = np.maximum(minutes[person], minutes[person - 1] + _BATHROOM_MIN)
    _, day = takes_row = np.nonzero(np.isfinite(minutes))
    return day, minutes[takes_row], litres[takes_row]


_BATHROOM_MIN = 12.0
_FLOW_L_MIN = 4.0  # a saving shower head; an electric shower gives about this at 3.7 kW


def heater_run(s: Surroundings, timer: Timer | None, faults: tuple[Placed, ...]) -> TankRun:
    """The tank with its draws, its timer and its faults; one run a stretch of equal set point."""
    cal, home = s.cal, s.home
    day, minute, litres = _showers(s)
    draws = cal.pulses(day, minute, np.maximum(1.0, litres / _FLOW_L_MIN), _FLOW_L_MIN)
    luck = by_day(s.seed, "hands", cal.days, 6)
    for k, hour in enumerate((7.2, 13.8, 20.3)):  # hands and dishes: 1.5 L each
        at_home = np.flatnonzero(~s.people.away & (luck[:, k] < 0.8))
        draws += cal.pulses(at_home, 60 * (hour + luck[at_home, 3 + k] - 0.5), np.ones(len(at_home)), 1.9)
    allowed = np.ones(len(cal.minutes), dtype=bool) if timer is None else timer.allows(cal.hour)
    for fault in faults:
        if fault.kind == "water_heater_no_timer":
            allowed |= cal.between(fault.start, fault.end)
    if home.heater_off_when_away:
        allowed &= ~s.people.away[cal.day_index]
    cold = cold_water_c(home.place, cal)[cal.day_index]
    return _stretches(s, draws, cold, allowed, [f for f in faults if f.kind == "water_heater_hot"])


def _stretches(
    s: Surroundings, draws: FloatArray, cold: FloatArray, allowed: np.ndarray, hot: list[Placed]
) -> TankRun:
    """Run the tank piecewise: the set point is raised where a fault says so."""
    tank = s.home.tank
    raised = np.zeros(len(draws))
    for fault in hot:
        raised[s.cal.between(fault.start, fault.end)] = fault.size
    cuts = [0, *(np.flatnonzero(np.diff(raised)) + 1).tolist(), len(draws)]
    runs: list[TankRun] = []
    for part in (slice(a, b) for a, b in pairwise(cuts)):
        run = run_tank(
            replace(tank, setpoint_c=min(tank.setpoint_c + float(raised[part.start]), 85.0)),
            draws[part],
            step_s=60.0,
            inlet_c=cold[part],
            ambient_c=s.indoor[part],
            allowed=allowed[part],
            start_c=float(runs[-1].temperature_c[-1]) if runs else tank.setpoint_c,
        )
        runs.append(run)
    return TankRun(
        np.concatenate([r.power_kw for r in runs]),
        np.concatenate([r.temperature_c for r in runs]),
        np.concatenate([r.loss_kwh for r in runs]),
        np.concatenate([r.draw_kwh for r in runs]),
        np.concatenate([r.unmet_l for r in runs]),
        sum(r.imbalance for r in runs),
    )


def _electric_shower(s: Surroundings) -> FloatArray:
    day, minute, litres = _showers(s)
    rise = 38.0 - cold_water_c(s.home.place, s.cal)[day]
    minutes = litres * rise * 4.184 / 60.0 / (s.home.shower_w * 1e-3)  # kJ over kJ a minute
    return s.cal.pulses(day, minute, minutes, s.home.shower_w * 1e-3)


def _lights(s: Surroundings) -> FloatArray:
    """Lamps of whoever is awake at home in the dark."""
    dark = np.clip((6.0 - sun_elevation_deg(s.home.place, s.cal)) / 8.0, 0.0, 1.0)
    mood = (s.activity**0.4 * np.exp(0.2 * normal_by_day(s.seed, "lights", s.cal.days)[:, 0]))[
        s.cal.day_index
    ]
    people = s.people.active
    on = np.where(people > 0, np.minimum(1.6 + 1.1 * people, s.home.lamps), 0.0)
    return np.asarray(s.scale * s.home.lamp_w * 1e-3 * np.round(on * dark * mood * 2.0) / 2.0)


def _standby(s: Surroundings) -> FloatArray:
    """Router, decoder, chargers: always there, wobbling a little."""
    wobble = normal_by_day(s.seed, "standby", s.cal.days, 24)
    hour = np.minimum(s.cal.hour.astype(np.int64), 23)
    return np.asarray(s.home.standby_w * 1e-3 * (1.0 + 0.03 * wobble[s.cal.day_index, hour]))


def _habit(s: Surroundings, index: int, habit: Habit) -> FloatArray:
    """One habit over all days: it happens, at its hour, if somebody is there and awake."""
    cal = s.cal
    luck = by_day(s.seed, f"habit-{index}", cal.days, 1)[:, 0]
    noise = normal_by_day(s.seed, f"habit-n-{index}", cal.days, 3)
    chance = np.where(cal.workday, habit.workday, habit.weekend) * np.minimum(s.activity, 1.5) ** 0.5
    minute = 60.0 * (habit.at + habit.spread * noise[:, 0])
    day = np.flatnonzero((luck < chance) & ~s.people.away)
    row = cal.place(day, minute[day])
    there = (row >= 0) & (row < len(cal.minutes))
    if habit.appliance not in ("phones",):
        there &= s.people.active[np.clip(row, 0, len(cal.minutes) - 1)] > 0
    if habit.summer:
        there &= s.indoor[np.clip(row, 0, len(cal.minutes) - 1)] > 24.5
    day = day[there]
    long = habit.minutes * s.activity[day] ** 0.8 * np.exp(0.3 * noise[day, 1] - 0.045)
    watts = getattr(s.home, habit.watts) * habit.size * (1.0 + 0.05 * noise[day, 2])
    return s.scale * 1e-3 * cal.pulses(day, minute[day], long, watts)
