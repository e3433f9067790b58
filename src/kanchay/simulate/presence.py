"""People coming and going: work, school, weekends, holidays, vacations, by local day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.reading import FloatArray
from kanchay.simulate.calendar import Calendar, day_number
from kanchay.simulate.draws import by_day, normal_by_day, once
from kanchay.simulate.household import Household

__all__ = ["Presence", "away_days", "presence"]


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """Who is at home.

    Attributes
    ----------
    away : ndarray of bool, shape (n_days,)
        Nobody at home all day: a trip.
    wake, sleep : ndarray of float64, shape (n_people, n_days)
        Minutes after local midnight; sleep may lie beyond 1440. [min]
    active : ndarray of float64, shape (n_minutes,)
        People at home and awake.
    """

    away: NDArray[np.bool_]
    wake: FloatArray
    sleep: FloatArray
    active: FloatArray


def away_days(home: Household, cal: Calendar, seed: int) -> NDArray[np.bool_]:
    """Days of trips: the summer vacation, Fiestas Patrias, some weekends, by day."""
    away = np.zeros(len(cal.days), dtype=bool)
    years = np.unique(cal.days.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970)
    for year in range(int(years[0]), int(years[-1]) + 1):
        rng = once(seed, f"vacation-{year}")
        begin = day_number(date(year, 1, 5)) + int(rng.integers(0, 45))
        away |= (cal.days >= begin) & (cal.days < begin + home.vacation_days)
        if home.patrias_trip:
            begin = day_number(date(year, 7, 27))
            away |= (cal.days >= begin) & (cal.days < begin + int(rng.integers(3, 6)))
    # A weekend is away as a whole: Sunday looks up Saturday's number.
    saturday = cal.days - (cal.weekday - 5)
    trips = by_day(seed, "trip", saturday)[:, 0] < home.weekend_trips
    return away | (trips & (cal.weekday >= 5))


def presence(home: Household, cal: Calendar, seed: int) -> Presence:
    """Draw the comings and goings of a household, shapes as in `Presence`."""
    away = away_days(home, cal, seed)
    roles = ["worker"] * home.workers + ["student"] * home.students
    roles += ["home"] * max(0, home.occupants - len(roles))
    wakes, sleeps = [], []
    active = np.zeros(len(cal.minutes))
    days = np.arange(len(cal.days))
    for i, role in enumerate(roles[: home.occupants]):
        noise = normal_by_day(seed, f"person-{i}", cal.days, 6)
        luck = by_day(seed, f"luck-{i}", cal.days, 3)
        wake, leave, back, sleep = _day(role, home, cal, noise, luck)
        wakes.append(wake)
        sleeps.append(sleep)
        for begin, end in ((wake, leave), (back, sleep)):
            there = ~away & (end > begin)
            active += cal.pulses(days[there], begin[there], (end - begin)[there], 1.0)
    return Presence(away, np.array(wakes), np.array(sleeps), active)


def _day(
    role: str, home: Household, cal: Calendar, noise: FloatArray, luck: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Minutes of waking, leaving, coming back and going to sleep, by day; leave = back: at home all day."""
    busy = (
        cal.schoolday
        if role == "student"
        else cal.workday
        if role == "worker"
        else np.zeros(len(cal.days), bool)
    )
    half_saturday = (role == "worker") & (cal.weekday == 5) & ~cal.holiday & (luck[:, 0] < 0.35)
    early = busy | half_saturday
    wake = 60 * home.wake_hour + np.where(early, 0.0, 75.0) + 10 * noise[:, 0] * np.where(early, 1.0, 3.0)
    sleep = 60 * home.sleep_hour + np.where(np.isin(cal.weekday, (4, 5)), 50.0, 0.0) + 25 * noise[:, 1]
    leave = wake + 65 + 8 * np.abs(noise[:, 2])
    hours = np.where(half_saturday, 6.0, {"worker": 11.2, "student": 7.4}.get(role, 0.0))
    back = leave + 60 * hours + 30 * noise[:, 3]
    # At home that day: perhaps an outing of some hours.
    out = luck[:, 1] < (0.5 if role == "home" else 0.6)
    outing = np.where(luck[:, 2] < 0.6, 10.5, 16.5) * 60 + 40 * noise[:, 4]
    leave = np.where(early, leave, np.where(out, outing, sleep))
    back = np.where(early, back, np.where(out, outing + 150 + 40 * np.abs(noise[:, 5]), sleep))
    return wake, leave, np.minimum(back, sleep), sleep
