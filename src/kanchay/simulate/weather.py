"""Synthetic outdoor temperature and clouds, by seed and calendar: good enough to drive loads, no record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.physics.sun import declination_rad, equation_of_time_min
from kanchay.domain.errors import NotFound
from kanchay.domain.reading import FloatArray
from kanchay.simulate.calendar import Calendar
from kanchay.simulate.draws import persistent_by_day

__all__ = [
    "CLIMATES",
    "Climate",
    "clearness",
    "climate",
    "cold_water_c",
    "indoor_c",
    "outdoor_c",
    "sun_elevation_deg",
]


@dataclass(frozen=True, slots=True)
class Climate:
    """A place, smoothed to a sine a year and a sine a day.

    Temperatures are rounded climate normals (general knowledge of published 1991-2020 normals, ±1 K).
    `clear_summer` and `clear_winter` are mean ratios of measured to clear-sky global radiation in the warmest
    and the coldest season. [-]
    """

    name: str
    latitude: float
    longitude: float
    altitude_m: float
    mean_c: float
    season_k: float  # half the difference of warmest and coldest month
    warmest_day: int  # day of the year
    daily_k: float  # half the daily range
    noise_k: float = 1.0
    clear_summer: float = 0.8
    clear_winter: float = 0.6


CLIMATES: Final[dict[str, Climate]] = {
    c.name: c
    for c in (
        # Lima: winter under stratus (garúa); with these two ratios a 1 kWp roof yields 1,430 kWh a year
        Climate("lima", -12.05, -77.04, 154, 19.6, 3.3, 45, 2.6, 0.7, 0.86, 0.52),
        Climate("arequipa", -16.41, -71.54, 2335, 15.3, 1.2, 330, 7.5, 1.0, 0.80, 0.93),
        Climate("cusco", -13.53, -71.97, 3399, 12.0, 1.7, 320, 8.0, 1.0, 0.65, 0.88),
        Climate("piura", -5.19, -80.63, 36, 24.4, 3.0, 50, 5.5, 0.9, 0.85, 0.80),
        Climate("iquitos", -3.75, -73.25, 106, 26.6, 0.6, 290, 4.8, 0.9, 0.66, 0.66),
        Climate("huancayo", -12.07, -75.20, 3259, 11.8, 1.5, 330, 8.5, 1.0, 0.68, 0.88),
        Climate("madrid", 40.42, -3.70, 657, 15.0, 9.7, 205, 5.5, 2.6, 0.85, 0.60),
        Climate("london", 51.51, -0.13, 11, 11.4, 6.5, 203, 4.0, 2.6, 0.62, 0.45),
        Climate("phoenix", 33.45, -112.07, 331, 24.0, 11.0, 202, 7.0, 2.2, 0.90, 0.82),
        Climate("sydney", -33.87, 151.21, 20, 18.0, 5.0, 25, 4.0, 2.2, 0.75, 0.72),
    )
}


def climate(name: str) -> Climate:
    """The climate of that name."""
    if name not in CLIMATES:
        raise NotFound(f"No climate is called '{name}'.", hint=f"Known: {', '.join(CLIMATES)}.")
    return CLIMATES[name]


def _season(place: Climate, cal: Calendar) -> FloatArray:
    """+1 on the warmest day, −1 half a year later, by day."""
    return np.asarray(np.cos(2.0 * np.pi * (cal.day_of_year - place.warmest_day) / 365.25))


def outdoor_c(place: Climate, cal: Calendar, seed: int) -> FloatArray:
    """Outdoor temperature of each minute, shape (n,). [°C]"""
    season = _season(place, cal)
    noise = place.noise_k * persistent_by_day(seed, "weather", cal.days, memory=0.75)
    width = (
        place.daily_k * (1.0 + 0.25 * season) * (1.0 + 0.15 * persistent_by_day(seed, "width", cal.days, 0.5))
    )
    # Noise and width run from noon to noon on straight lines: no jump at midnight.
    at = cal.day_index + cal.hour / 24.0
    noon = np.arange(len(cal.days)) + 0.5
    mean = place.mean_c + np.interp(at, noon, place.season_k * season + noise)
    swing = np.interp(at, noon, width)
    return np.asarray(mean + swing * np.cos(2.0 * np.pi * (cal.hour - 14.5) / 24.0))


def indoor_c(outdoor: FloatArray, *, gain_k: float = 1.5) -> FloatArray:
    """Inside of a home without air conditioning: outdoor air smoothed by heavy walls, plus gains. [°C]"""
    from itertools import accumulate

    hourly = outdoor[: len(outdoor) // 60 * 60].reshape(-1, 60).mean(axis=1)
    keep = 1.0 - 1.0 / 18.0  # time constant of 18 h for brick and concrete
    smooth = np.fromiter(
        accumulate(hourly.tolist(), lambda s, x: keep * s + (1.0 - keep) * x), dtype=np.float64
    )
    return np.asarray(gain_k + np.interp(np.arange(len(outdoor)), np.arange(len(smooth)) * 60 + 30, smooth))


def cold_water_c(place: Climate, cal: Calendar) -> FloatArray:
    """Mains water, by day: follows the season, damped and three weeks late. [°C]"""
    late = np.cos(2.0 * np.pi * (cal.day_of_year - place.warmest_day - 21) / 365.25)
    return np.asarray(place.mean_c + 0.75 * place.season_k * late)


def clearness(place: Climate, cal: Calendar, seed: int) -> FloatArray:
    """Ratio to clear-sky radiation by day, 0.08 to 1.05: a seasonal mean, days alike their neighbours. [-]"""
    weight = 0.5 * (1.0 + _season(place, cal))
    mean = place.clear_winter + (place.clear_summer - place.clear_winter) * weight
    spread = 0.35 * (1.0 - mean) + 0.06  # nearly always clear or nearly always grey places vary little
    return np.asarray(np.clip(mean + spread * persistent_by_day(seed, "clouds", cal.days, 0.6), 0.08, 1.05))


def sun_elevation_deg(place: Climate, cal: Calendar) -> FloatArray:
    """Height of the sun at each minute, shape (n,). [°]

    Cooper's declination and the equation of time; within 0.5°, enough for "is it dark".
    """
    doy = cal.day_of_year[cal.day_index] + 1.0
    declination, equation = declination_rad(doy), equation_of_time_min(doy)
    solar_hour = cal.minutes % 86400 / 3600.0 + place.longitude / 15.0 + equation / 60.0
    angle = np.radians(15.0 * (solar_hour - 12.0))
    latitude = np.radians(place.latitude)
    sine = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(angle)
    return np.asarray(np.degrees(np.arcsin(sine)))
