"""Where simulated sites stand, and the sun above them: it rises and sets by the place and the date, not by the clock."""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.analysis.physics.sun import declination_rad, equation_of_time_min
from kanchay.domain.interval import DAY, HOUR, IntArray
from kanchay.domain.reading import FloatArray
from kanchay.simulate.exports.dice import dice

__all__ = ["sunshine"]

# Latitude and longitude of large cities under each clock. [°]
_CITIES: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "Africa/Johannesburg": ((-26.20, 28.05), (-33.92, 18.42), (-29.86, 31.02)),
    "America/Chicago": ((41.88, -87.63), (29.76, -95.37), (44.98, -93.27), (35.15, -90.05)),
    "America/Lima": ((-12.05, -77.04), (-16.41, -71.54), (-5.19, -80.63), (-13.53, -71.97)),
    "America/Los_Angeles": ((34.05, -118.24), (37.77, -122.42), (47.61, -122.33), (36.17, -115.14)),
    "America/Montreal": ((45.50, -73.57), (46.81, -71.21)),
    "America/New_York": ((40.71, -74.01), (33.75, -84.39), (25.76, -80.19), (42.36, -71.06), (39.96, -83.00)),
    "America/Santiago": ((-33.45, -70.67), (-36.83, -73.05), (-23.65, -70.40)),
    "America/Sao_Paulo": ((-23.55, -46.63), (-22.91, -43.17), (-30.03, -51.22), (-15.79, -47.88)),
    "America/Toronto": ((43.65, -79.38), (45.42, -75.70)),
    "America/Vancouver": ((49.28, -123.12), (49.89, -119.50)),
    "Asia/Kolkata": ((28.61, 77.21), (19.08, 72.88), (22.57, 88.36), (13.08, 80.27)),
    "Asia/Seoul": ((37.57, 126.98), (35.18, 129.08)),
    "Asia/Tokyo": ((35.68, 139.69), (34.69, 135.50), (43.06, 141.35), (33.59, 130.40)),
    "Australia/Melbourne": ((-37.81, 144.96), (-36.76, 144.28)),
    "Australia/Sydney": ((-33.87, 151.21), (-32.93, 151.78), (-35.12, 147.37)),
    "Europe/Amsterdam": ((52.37, 4.90), (53.22, 6.57), (50.85, 5.69)),
    "Europe/Berlin": ((52.52, 13.40), (48.14, 11.58), (50.94, 6.96), (53.55, 9.99), (48.78, 9.18)),
    "Europe/Brussels": ((50.85, 4.35), (51.05, 3.72), (50.63, 5.57)),
    "Europe/Budapest": ((47.50, 19.04), (47.53, 21.62)),
    "Europe/Copenhagen": ((55.68, 12.57), (56.16, 10.20)),
    "Europe/Dublin": ((53.35, -6.26), (51.90, -8.47)),
    "Europe/Helsinki": ((60.17, 24.94), (61.50, 23.77)),
    "Europe/Lisbon": ((38.72, -9.14), (41.15, -8.61), (37.02, -7.93)),
    "Europe/London": ((51.51, -0.13), (53.48, -2.24), (55.95, -3.19), (52.63, 1.30)),
    "Europe/Madrid": ((40.42, -3.70), (41.39, 2.17), (37.39, -5.98), (43.37, -8.40), (39.47, -0.38)),
    "Europe/Moscow": ((55.76, 37.62), (59.93, 30.34)),
    "Europe/Oslo": ((59.91, 10.75), (60.39, 5.32)),
    "Europe/Paris": ((48.86, 2.35), (45.76, 4.84), (44.84, -0.58), (48.39, -4.49), (48.57, 7.75)),
    "Europe/Prague": ((50.08, 14.44), (49.20, 16.61)),
    "Europe/Rome": ((41.90, 12.50), (45.46, 9.19), (38.12, 13.36)),
    "Europe/Stockholm": ((59.33, 18.07), (57.71, 11.97)),
    "Europe/Vienna": ((48.21, 16.37), (47.07, 15.44), (47.27, 11.39)),
    "Europe/Warsaw": ((52.23, 21.01), (51.11, 17.04), (54.35, 18.65)),
    "Europe/Zagreb": ((45.81, 15.98), (43.51, 16.44)),
}
_TILTED: Final = 0.4  # most of what a roof to the east or west gains in the morning or evening


def sunshine(seed: int, starts: IntArray, tz: str, step: int) -> FloatArray:
    """What falls on a roof in the middle of each interval, about 1 at noon of the year's sunniest days. [-]"""
    rng = dice(seed, "place")
    latitude, longitude = rng.choice(_CITIES[tz])
    tilted = rng.uniform(-_TILTED, _TILTED)
    middle = starts + step / 2
    day = (starts // DAY).astype("M8[D]")
    of_year = (day - day.astype("M8[Y]")).astype(int) + 1.0
    declination, equation = declination_rad(of_year), equation_of_time_min(of_year)
    angle = np.radians(15 * (middle % DAY / HOUR + longitude / 15 + equation / 60 - 12))
    place = np.radians(latitude)
    height = np.sin(place) * np.sin(declination) + np.cos(place) * np.cos(declination) * np.cos(angle)
    return np.asarray(np.maximum(height, 0) * (1 + tilted * np.sin(angle)), dtype=np.float64)
