"""Who lives in a simulated home and what stands in it: drawn by seed from ranges; any can be given."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from kanchay.analysis.physics.fridge import Fridge
from kanchay.analysis.physics.tank import WATER_KWH_PER_L_K, Tank, standing_loss_kw
from kanchay.domain.errors import InputError
from kanchay.simulate.draws import once
from kanchay.simulate.weather import Climate, climate

__all__ = ["HABITS", "Habit", "Household", "Timer", "draw_household"]


@dataclass(frozen=True, slots=True)
class Timer:
    """When a water heater may heat: local hours, half-open windows, every day.

    Examples
    --------
    >>> Timer.parse("04:30-06:30,18:00-20:00").windows
    ((4.5, 6.5), (18.0, 20.0))
    """

    windows: tuple[tuple[float, float], ...]

    @classmethod
    def parse(cls, text: str) -> Timer:
        """Read ``"04:30-06:30,18:00-20:00"``."""
        try:
            pairs = [tuple(_hours(t) for t in part.split("-")) for part in text.split(",")]
            return cls(tuple((a, b) for a, b in pairs))
        except ValueError as error:
            raise InputError(f"'{text}' is not a timer.", hint="Write 04:30-06:30,18:00-20:00.") from error

    @property
    def hours(self) -> float:
        """Hours a day in which heating is allowed. [h]"""
        return sum((b - a) % 24.0 or 24.0 for a, b in self.windows)

    def allows(self, hour: np.ndarray) -> np.ndarray:
        """Whether the clock lies in a window; windows may cross midnight."""
        allowed = np.zeros(hour.shape, dtype=bool)
        for a, b in self.windows:
            allowed |= (hour >= a) & (hour < b) if a < b else (hour >= a) | (hour < b)
        return allowed


def _hours(clock: str) -> float:
    hour, _, minute = clock.strip().partition(":")
    return int(hour) + int(minute or 0) / 60.0


@dataclass(frozen=True, slots=True)
class Habit:
    """A use of an appliance: how often, when, how long. `weekend` holds on days without work."""

    appliance: str
    watts: str  # field of `Household`
    workday: float  # probability a day
    weekend: float
    at: float  # local hour
    spread: float  # standard deviation [h]
    minutes: float
    size: float = 1.0  # share of `watts` drawn
    summer: bool = False  # only on warm days

    @property
    def hours_a_day(self) -> float:
        """Mean over a week, if somebody is always there. [h]"""
        return (5 * self.workday + 2 * self.weekend) / 7 * self.minutes / 60


HABITS = (
    Habit("tv", "tv_w", 0.35, 0.30, 6.9, 0.3, 35),
    Habit("tv", "tv_w", 0.45, 0.60, 13.4, 0.5, 70),
    Habit("tv", "tv_w", 0.95, 0.95, 19.7, 0.6, 165),
    Habit("computer", "computer_w", 0.55, 0.40, 16.4, 1.3, 110),
    Habit("computer", "computer_w", 0.45, 0.40, 20.6, 0.8, 85),
    Habit("kitchen", "kettle_w", 0.90, 0.80, 6.5, 0.4, 4),
    Habit("kitchen", "kettle_w", 0.55, 0.60, 18.9, 0.7, 4),
    Habit("kitchen", "rice_cooker_w", 0.65, 0.75, 12.1, 0.4, 26),
    Habit("kitchen", "microwave_w", 0.50, 0.50, 13.3, 0.7, 4),
    Habit("kitchen", "microwave_w", 0.60, 0.50, 19.4, 0.6, 5),
    Habit("kitchen", "blender_w", 0.50, 0.60, 6.8, 0.5, 2),
    Habit("hair_dryer", "hair_dryer_w", 0.25, 0.30, 7.0, 0.4, 5),
    Habit("kitchen", "oven_w", 0.03, 0.14, 12.2, 0.8, 50, 0.6),
    Habit("washing", "washer_w", 0.12, 0.30, 9.6, 1.0, 52, 0.7),
    Habit("washing", "washer_w", 0.06, 0.30, 11.2, 1.4, 52, 0.7),
    Habit("ironing", "iron_w", 0.07, 0.30, 19.8, 1.2, 65, 0.55),
    Habit("phones", "phones_w", 0.95, 0.95, 22.2, 0.6, 170),
    Habit("fan", "fan_w", 0.60, 0.80, 15.0, 1.5, 120, 1.0, True),
    Habit("fan", "fan_w", 0.80, 0.80, 22.0, 0.7, 300, 1.0, True),
)


@dataclass(frozen=True, slots=True)
class Household:
    """A home in numbers. Watts are those of MINEM's and OSINERGMIN's lists (2025) or plain name plates. [W]

    `monthly_kwh` is what the home uses on average without a timer and without faults; habits are scaled to
    meet it (by what refrigerator, water heater and standby leave). None leaves habits as they are.
    """

    occupants: int = 3
    workers: int = 2
    students: int = 1
    monthly_kwh: float | None = 138.0
    climate: str = "lima"
    water_heater: str = "terma"  # "terma", "shower" or "none" (gas, sun or cold)
    tank_l: float = 50.0
    tank_w: float = 1500.0
    tank_ua: float = 1.1
    setpoint_c: float = 60.0
    shower_w: float = 3700.0
    shower_l: float = 15.0  # at 38 °C, each
    showers_per_day: float = 0.9  # each person
    evening_showers: float = 0.0  # share
    heater_off_when_away: bool = True
    fridge_kwh: float = 31.0
    fridge_w: float = 110.0
    fridge_cycle_min: float = 48.0
    standby_w: float = 16.0
    tv_w: float = 80.0
    computer_w: float = 60.0
    phones_w: float = 12.0
    kettle_w: float = 1700.0
    rice_cooker_w: float = 700.0
    microwave_w: float = 1000.0
    blender_w: float = 400.0
    oven_w: float = 1200.0
    hair_dryer_w: float = 1000.0
    washer_w: float = 400.0
    iron_w: float = 1100.0
    fan_w: float = 50.0
    lamp_w: float = 9.0
    lamps: int = 9
    wake_hour: float = 6.0
    sleep_hour: float = 22.7
    vacation_days: int = 9  # in the summer holidays
    patrias_trip: bool = True  # some days off around 28 July
    weekend_trips: float = 0.05  # share of weekends away
    restlessness: float = 0.4  # standard deviation of the logarithm of how busy a day is

    @property
    def place(self) -> Climate:
        return climate(self.climate)

    @property
    def tank(self) -> Tank:
        return Tank(self.tank_l, self.tank_w * 1e-3, self.tank_ua, self.setpoint_c)

    @property
    def fridge(self) -> Fridge:
        return Fridge(
            self.fridge_kwh, self.fridge_w, self.fridge_cycle_min, ambient_c=self.place.mean_c + 1.5
        )

    def usual_timer(self) -> Timer:
        """Ends as the first gets up and, for those who shower in the evening, at 18:45.

        So the tank stands cool after use instead of being heated again for nobody.
        """
        morning = (self.wake_hour - 1.5, self.wake_hour + 0.1)
        return Timer((morning, (17.75, 18.75))) if self.evening_showers > 0 else Timer((morning,))

    def heater_kwh_month(self) -> float:
        """Expected use of hot water, always on. [kWh in 30.4 days]"""
        rise = 38.0 - self.place.mean_c
        litres = self.occupants * self.showers_per_day * self.shower_l
        if self.water_heater == "none":
            return 0.0
        if self.water_heater == "shower":
            return 30.4 * litres * rise * WATER_KWH_PER_L_K
        standing = 24.0 * standing_loss_kw(self.tank, self.place.mean_c + 1.5)
        return 30.4 * ((litres + 4.5) * rise * WATER_KWH_PER_L_K + standing)

    def habits_kwh_month(self) -> float:
        """Expected use of all that follows habits and light. [kWh in 30.4 days]"""
        warm = np.clip((self.place.mean_c + 0.5 * self.place.season_k - 20.0) / 6.0, 0.0, 1.0)
        daily = sum(
            h.hours_a_day * h.size * getattr(self, h.watts) * (warm if h.summer else 1.0) for h in HABITS
        )
        lights = self.lamp_w * min(self.lamps, 1.6 + 1.1 * self.occupants) * 5.0
        # 0.775: what absences and trips leave, mean of 24 drawn homes; the test of the month holds it
        return float(30.4e-3 * 0.775 * (daily + lights))

    def scale(self) -> float:
        """Factor on habits that brings the month to `monthly_kwh`, 0.25 to 4."""
        if self.monthly_kwh is None:
            return 1.0
        rest = self.monthly_kwh - self.fridge_kwh - self.heater_kwh_month() - 0.73 * self.standby_w
        return float(np.clip(rest / max(self.habits_kwh_month(), 1e-9), 0.25, 4.0))


def draw_household(seed: int, **given: Any) -> Household:
    """A household drawn by seed around a Lima home of 138 kWh a month; what is given stays as given.

    Raises
    ------
    InputError
        A name that is no property of a household.
    """
    known = {f.name for f in fields(Household)}
    if unknown := sorted(set(given) - known):
        raise InputError(f"A household has no '{unknown[0]}'.", hint=f"It has {', '.join(sorted(known))}.")
    rng = once(seed, "household")
    occupants = int(rng.choice([2, 3, 3, 4]))
    drawn: dict[str, Any] = {
        "occupants": occupants,
        "workers": 1 if occupants == 2 and rng.random() < 0.5 else min(2, occupants),
        "students": max(0, occupants - 2),
        "tank_l": float(rng.choice([50.0, 50.0, 80.0])),
        "tank_ua": float(rng.uniform(0.95, 1.35)),
        "shower_l": float(rng.uniform(13.0, 17.0)) * 3 / occupants,
        "evening_showers": float(rng.choice([0.0, 0.0, 0.0, 0.3])),
        "heater_off_when_away": bool(rng.random() < 0.7),
        "fridge_kwh": float(rng.uniform(26.0, 36.0)),
        "fridge_w": float(rng.uniform(90.0, 150.0)),
        "fridge_cycle_min": float(rng.uniform(38.0, 60.0)),
        "standby_w": float(rng.uniform(11.0, 21.0)),
        "tv_w": float(rng.uniform(60.0, 120.0)),
        "wake_hour": float(rng.uniform(5.5, 6.7)),
        "sleep_hour": float(rng.uniform(22.2, 23.4)),
        "vacation_days": int(rng.integers(5, 13)),
        "patrias_trip": bool(rng.random() < 0.5),
        "restlessness": float(rng.uniform(0.25, 0.55)),
    }
    return replace(Household(), **{**drawn, **given})
