"""Random homes and offices over climates and schedules, as hourly arrays: to train on, and to test against.

Wider than Lima on purpose: other climates, heating and cooling, working weeks, sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from kanchay.domain.interval import DAY
from kanchay.domain.reading import FloatArray
from kanchay.simulate.calendar import Calendar, instant
from kanchay.simulate.draws import once
from kanchay.simulate.home import home_window
from kanchay.simulate.household import draw_household
from kanchay.simulate.office import office_window
from kanchay.simulate.premises import draw_office
from kanchay.simulate.weather import CLIMATES, climate, outdoor_c

__all__ = ["Sample", "sample_home", "sample_office", "samples"]

_ZONES = {
    "madrid": ("Europe/Madrid", "ES"),
    "london": ("Europe/London", "GB"),
    "phoenix": ("America/Phoenix", "US"),
    "sydney": ("Australia/Sydney", "AU"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One simulated meter.

    Attributes
    ----------
    load : ndarray of float64, shape (n_intervals,)
        Energy of each interval: load of a home, load without PV of an office. [kWh]
    temperature : ndarray of float64, shape (n_intervals,)
        Outdoor air, mean. [°C]
    start : int
        UTC second of the first interval: a local midnight. [s]
    """

    name: str
    kind: str  # "home" or "office"
    tz: str
    country: str
    start: int
    resolution_s: int
    load: FloatArray
    temperature: FloatArray
    parameters: dict[str, Any]


def _where(rng: np.random.Generator) -> tuple[str, str, str]:
    name = str(rng.choice(sorted(CLIMATES)))
    return (name, *_ZONES.get(name, ("America/Lima", "PE")))


def _calendar(rng: np.random.Generator, days: int, tz: str, country: str) -> Calendar:
    year, month = int(rng.integers(2015, 2026)), int(rng.integers(1, 13))
    begin = instant(f"{year}-{month:02d}-01", tz)
    return Calendar(begin, begin + days * DAY, tz, country)


def sample_home(seed: int, *, days: int = 365, resolution_s: int = 3600) -> Sample:
    """A random home somewhere: 60 to 420 kWh a month, any water heater, any climate."""
    rng = once(seed, "corpus-home")
    where, tz, country = _where(rng)
    heater = str(rng.choice(["terma", "shower", "none"], p=[0.35, 0.2, 0.45]))
    size = float(np.exp(rng.uniform(np.log(60.0), np.log(420.0))))
    occupants = int(rng.integers(1, 6))
    workers = int(rng.integers(0, min(occupants, 2) + 1))
    home = draw_household(
        seed,
        climate=where,
        water_heater=heater,
        monthly_kwh=size + (60.0 if heater == "terma" else 0.0),
        occupants=occupants,
        workers=workers,
        students=int(rng.integers(0, occupants - workers + 1)),
        standby_w=float(rng.uniform(4.0, 20.0) * (size / 120.0) ** 0.7),
        fridge_kwh=float(rng.uniform(22.0, 55.0)),
        wake_hour=float(rng.uniform(5.2, 8.0)),
        sleep_hour=float(rng.uniform(21.8, 24.3)),
        weekend_trips=float(rng.uniform(0.0, 0.15)),
        shower_l=float(rng.uniform(12.0, 40.0)),
        evening_showers=float(rng.uniform(0.0, 0.7)),
    )
    cal = _calendar(rng, days, tz, country)
    timer = True if rng.random() < 0.25 else None
    run = home_window(home, seed, cal, resolution_s=resolution_s, timer=timer)
    outdoor = cal.energy(outdoor_c(climate(where), cal, seed), resolution_s) * 3600.0 / resolution_s
    return Sample(
        f"home-{seed}", "home", tz, country, cal.start, resolution_s, run.grid.value, outdoor, run.parameters
    )


def sample_office(seed: int, *, days: int = 365, resolution_s: int = 3600) -> Sample:
    """A random office somewhere: 100 to 8,000 m², cooled, heated or neither, open on Saturdays or not."""
    rng = once(seed, "corpus-office")
    where, tz, country = _where(rng)
    opens = float(rng.uniform(6.5, 9.8))
    office = draw_office(
        seed,
        climate=where,
        area_m2=float(np.exp(rng.uniform(np.log(100.0), np.log(8000.0)))),
        opens=opens,
        closes=float(min(opens + rng.uniform(8.0, 12.5), 22.0)),
        saturday_hours=float(rng.choice([0.0, 0.0, 5.0, 9.0])),
        plugs_w_m2=float(rng.uniform(3.0, 14.0)),
        plugs_night=float(rng.uniform(0.1, 0.5)),
        lights_w_m2=float(rng.uniform(4.0, 14.0)),
        base_w_m2=float(rng.uniform(0.5, 8.0)),
        cooling_w_m2=float(rng.choice([0.0, 70.0, 110.0])),
        heating_w_m2=float(rng.choice([0.0, 0.0, 60.0])),
        cool_above_c=float(rng.uniform(22.5, 25.5)),
        starts_before_h=float(rng.uniform(0.0, 2.5)),
        stops_after_h=float(rng.uniform(0.0, 2.0)),
        ua_w_m2_k=float(rng.uniform(0.8, 3.0)),
        pv_kw=0.0,
    )
    cal = _calendar(rng, days, tz, country)
    run = office_window(office, seed, cal, resolution_s=resolution_s)
    return Sample(
        f"office-{seed}",
        "office",
        tz,
        country,
        cal.start,
        resolution_s,
        run.grid.value,
        run.readings["office:outdoor"].value,
        run.parameters,
    )


def samples(
    n_homes: int, n_offices: int, *, first_seed: int = 1, days: int = 365, resolution_s: int = 3600
) -> Iterator[Sample]:
    """Homes, then offices, one at a time: about 0.5 s each for a year."""
    for seed in range(first_seed, first_seed + n_homes):
        yield sample_home(seed, days=days, resolution_s=resolution_s)
    for seed in range(first_seed, first_seed + n_offices):
        yield sample_office(seed, days=days, resolution_s=resolution_s)
