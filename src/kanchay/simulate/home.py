"""A simulated Lima home: refrigerator, water heater, lights, habits of people who come and go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np

from kanchay.domain.interval import DAY
from kanchay.domain.point import Site, SiteKind
from kanchay.domain.reading import FloatArray
from kanchay.simulate.appliances import Surroundings, load_kw, loads_of, surroundings
from kanchay.simulate.calendar import Calendar, instant
from kanchay.simulate.faults import ADDED, DATA_FAULTS, HOME_FAULTS, Fault, Placed, placed, without
from kanchay.simulate.household import Household, Timer, draw_household
from kanchay.simulate.metering import added_total, grid_point, regular, spoil, stretches, submeter_point
from kanchay.simulate.result import Label, Simulation

__all__ = ["clean_home", "home_window", "simulate_home"]

_TOUCHES = {
    "fridge_seal": "fridge",
    "water_heater_no_timer": "water_heater",
    "water_heater_hot": "water_heater",
}


def simulate_home(
    *,
    seed: int = 1,
    start: str | int = "2026-01-01",
    days: int = 365,
    resolution_s: int = 900,
    tz: str = "America/Lima",
    country: str = "PE",
    faults: Iterable[Fault | str] = (),
    timer: Timer | str | bool | None = None,
    site_id: str = "home",
    **household: Any,
) -> Simulation:
    """Simulate a home by the minute and meter it at `resolution_s`.

    The same seed gives the same people, weather and habits whatever the window, the faults, the timer or the
    resolution: two runs differ by what was changed and by nothing else.

    Parameters
    ----------
    seed : int
        Chooses the household and all that happens to it.
    start : str or int
        Local day or time (ISO), or UTC seconds.
    days : int
        Length of the window; a day here is 24 elapsed hours. [d]
    resolution_s : int
        60 to 3600, whole minutes. [s]
    tz : str
        Zone of the clock by which people live.
    country : str
        Whose public holidays they keep.
    faults : iterable of Fault or str
        For example ``"baseload_creep"`` or ``"left_on@2026-05-03T22:00+3d:250"``; see `Fault`.
    timer : Timer, str, True or None
        Timer of the water heater: None heats whenever the thermostat asks, True takes the usual one.
    site_id : str
        Point ids are ``"{site_id}:grid"``, ``"{site_id}:fridge"`` …
    **household
        Fields of `Household`, for example ``monthly_kwh=115``, ``water_heater="shower"`` or ``occupants=4``.

    Returns
    -------
    Simulation
        `points[0]` is the grid meter; every load is a submeter and they add up to it.

    Examples
    --------
    >>> home = simulate_home(seed=3, days=28, faults=["baseload_creep"])
    >>> home.labels[0].kind, home.labels[0].kwh > 0
    ('baseload_creep', True)
    """
    begin = instant(start, tz)
    home = draw_household(seed, **household)
    cal = Calendar(begin, begin + days * DAY, tz, country)
    return home_window(
        home, seed, cal, resolution_s=resolution_s, faults=tuple(faults), timer=timer, site_id=site_id
    )


def clean_home(**options: Any) -> Simulation:
    """A home that wastes nothing: timer on the water heater, 8 W of standby, 112 kWh a month, no fault."""
    thrifty = {"timer": True, "standby_w": 8.0, "monthly_kwh": 112.0, "tank_ua": 0.75}
    return simulate_home(**{**thrifty, **options})


def home_window(
    home: Household,
    seed: int,
    cal: Calendar,
    *,
    resolution_s: int,
    faults: tuple[Fault | str, ...] = (),
    timer: Timer | str | bool | None = None,
    site_id: str = "home",
) -> Simulation:
    """Simulate a given household over a given calendar."""
    around = surroundings(home, cal, seed)
    put = placed(faults, HOME_FAULTS, cal, seed)
    clock = _timer(timer, home, put)
    real = tuple(f for f in put if f.kind not in DATA_FAULTS)
    powers = {name: load_kw(name, around, clock, real) for name in loads_of(home)}
    if any(f.kind in ADDED for f in real):
        powers["untracked"] = added_total(real, cal, seed)
    energies = {name: cal.energy(power, resolution_s) for name, power in powers.items()}
    site = _site(home, site_id, cal)
    grid = grid_point(site, resolution_s)
    labels = [_label(f, real, around, clock, energies, resolution_s=resolution_s) for f in real]
    metered, data_labels = spoil(
        np.sum(list(energies.values()), axis=0), put, start=cal.start, resolution_s=resolution_s
    )
    points = (grid, *(submeter_point(site, name, resolution_s) for name in energies))
    return Simulation(
        site=site,
        points=points,
        readings=regular(points, [metered, *energies.values()], cal.start, resolution_s),
        labels=(*labels, *data_labels),
        events=tuple(stretches("trip", around.people.away, cal)),
        parameters=_parameters(around, clock, faults),
        start=cal.start,
        end=cal.start + len(metered) * resolution_s,
        resolution_s=resolution_s,
    )


def _timer(timer: Timer | str | bool | None, home: Household, faults: tuple[Placed, ...]) -> Timer | None:
    """The timer in use; a fault that takes it away presumes that there was one."""
    if isinstance(timer, str):
        return Timer.parse(timer)
    if isinstance(timer, Timer):
        return timer
    wanted = bool(timer) or any(f.kind == "water_heater_no_timer" for f in faults)
    return home.usual_timer() if wanted else None


def _label(
    fault: Placed,
    faults: tuple[Placed, ...],
    around: Surroundings,
    clock: Timer | None,
    energies: dict[str, FloatArray],
    *,
    resolution_s: int,
) -> Label:
    """The truth of one fault: run what it touches again without it."""
    others = without(faults, fault)
    name = _TOUCHES.get(fault.kind, "untracked")
    added = name == "untracked"
    clean = added_total(others, around.cal, around.seed) if added else load_kw(name, around, clock, others)
    kwh = float(np.sum(energies[name]) - np.sum(around.cal.energy(clean, resolution_s)))
    return Label(fault.kind, fault.start, fault.end, kwh, name, fault.ongoing, numbers={"size": fault.size})


def _parameters(around: Surroundings, clock: Timer | None, faults: tuple[Fault | str, ...]) -> dict[str, Any]:
    return {
        "simulated": True,
        "kind": "home",
        "seed": around.seed,
        "tz": around.cal.tz,
        "country": around.cal.country,
        "timer": clock.windows if clock else None,
        "scale_of_habits": around.scale,
        "faults": [str(f) for f in faults],
        "household": asdict(around.home),
    }


def _site(home: Household, site_id: str, cal: Calendar) -> Site:
    return Site(
        site_id,
        site_id,
        tz=cal.tz,
        kind=SiteKind.HOME,
        country=cal.country,
        latitude=home.place.latitude,
        longitude=home.place.longitude,
        simulated=True,
    )
