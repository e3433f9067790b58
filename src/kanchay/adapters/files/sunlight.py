"""The sun as a clock: which end of an interval times mark, by the middle of the day of a solar plant.

A plant wakes and sleeps equally long before and after the sun stands highest, which place and date tell. With hours
marked by their ends the middle of its day seems half an hour late, by their starts half an hour early. What is sent to
the grid tells nothing: a home uses more in the evening than in the morning, and the middle moves by an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import exp, log, pi, sqrt
from typing import Final

import numpy as np

from kanchay.adapters.files.meaning import Meaning
from kanchay.adapters.files.prepared import Prepared
from kanchay.analysis.physics.sun import equation_of_time_min
from kanchay.domain.interval import DAY, IntArray
from kanchay.domain.point import Direction, Kind
from kanchay.domain.reading import FloatArray

__all__ = ["longitude_of", "odds_of_end", "solar_noon"]

# How far the middle of a plant's days lies from solar noon in the city of its zone: 30 plants of ../shared/data, weeks in
# hours. Half and quarter hours lie as far, and so tell little.
_SPREAD: Final = 27.0  # [min]
_ELSEWHERE: Final = 0.07  # of sites anywhere in a wide zone, or with a hill to the east
_WITHIN: Final = 240.0  # minutes over which those lie
_AWAKE: Final = 0.01  # of the highest values
_FEWEST: Final = 4  # rows of a day with sun
_DAYS: Final = 2


def odds_of_end(
    series: Sequence[Prepared], meanings: Sequence[Meaning], kinds: Sequence[Kind], tz: str
) -> float:
    """The logarithm of how much likelier ends are than starts by the sun; 0 where no plant or no place tells."""
    longitude = longitude_of(tz)
    plants = [
        s
        for s, m, k in zip(series, meanings, kinds, strict=True)
        if m.direction is Direction.PRODUCTION and k is Kind.INTERVAL and s.end is None and s.step
    ]
    late = _late(plants[0], longitude) if plants and longitude is not None else None
    if late is None:
        return 0.0
    shift = (plants[0].step or 0) / 120
    return log(_likely(late - shift) / _likely(late + shift))


def _likely(minutes: float) -> float:
    """How likely a plant's day lies so far off. [per minute]"""
    bell = exp(-((minutes / _SPREAD) ** 2) / 2) / (_SPREAD * sqrt(2 * pi))
    return (1 - _ELSEWHERE) * bell + _ELSEWHERE / _WITHIN


def _late(plant: Prepared, longitude: float) -> float | None:
    """How much later than the sun the middle of the plant's days is, as its times stand. [min]"""
    step = plant.step or DAY
    awake = plant.values > _AWAKE * np.quantile(plant.values, 0.98)
    day = (plant.start + round(longitude * 240)) // DAY
    late = []
    for n in np.unique(day[awake]).tolist():
        at = np.flatnonzero((day == n) & awake)
        first, last = int(at[0]), int(at[-1])
        if len(at) < _FEWEST or first == 0 or last + 1 == len(awake):
            continue
        around = plant.start[[first - 1, first, last, last + 1]]
        if (
            around[1] - around[0] == step == around[3] - around[2]
        ):  # nothing is missing where it wakes and sleeps
            late.append((around[1] + around[2]) / 2 - solar_noon(np.array([n]), longitude)[0])
    return float(np.median(late)) / 60 if len(late) >= _DAYS else None


def solar_noon(day: IntArray, longitude: float) -> FloatArray:
    """When the sun stands highest on days since 1970, by the equation of time. [s, UTC]

    Examples
    --------
    >>> round(float(solar_noon(np.array([19000]), 0.0)[0]) % 86400 / 3600, 1)
    12.1
    """
    date = day.astype("M8[D]")
    of_year = (date - date.astype("M8[Y]")).astype(int) + 1
    return np.asarray(day * DAY + DAY / 2 - 240 * longitude - 60 * equation_of_time_min(of_year))


def longitude_of(tz: str) -> float | None:
    """The longitude of the city that names a zone, east of Greenwich; None for zones without a place. [°]

    Examples
    --------
    >>> round(longitude_of("America/Lima") or 0)
    -77
    """
    return _longitudes().get(tz)


@lru_cache(maxsize=1)
def _longitudes() -> dict[str, float]:
    """Of every zone, from the table that the zones of the world come with: "-1203-07703" is 12°03' S, 77°03' W."""
    from importlib.resources import files

    found = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            _, place, name, *_ = line.split("\t")
            east = place[max(place.rfind("+"), place.rfind("-")) :]
            size = int(east[1:4]) + int(east[4:6]) / 60 + int(east[6:8] or 0) / 3600
            found[name] = -size if east[0] == "-" else size
    return found
