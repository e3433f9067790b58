"""A simulated Lima home: refrigerator, water heater, lights, habits of people who come and go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np

from kanchay.domain.interval import DAY
from kanchay.domain.point import Direction, Point, Role, Site, SiteKind
from kanchay.domain.reading import FloatArray, Readings
from kanchay.simulate.appliances import Surroundings, load_kw, loads_of, surroundings
from kanchay.simulate.calendar import Calendar, instant
from kanchay.simulate.faults import (
    ADDED,
    DATA_FAULTS,
    HOME_FAULTS,
    Fault,
    Placed,
    added_kw,
    distort,
    placed,
    without,
)
from kanchay.simulate.household import Household, Timer, draw_household
from kanchay.simulate.result import Event, Label, Simulation

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
    faults : iterable of Fault or str
        For example ``"baseload_creep"`` or ``"left_on@2026-05-03T22:00+3d:250"``; see `kanchay.simulate.faults`.
    timer : Timer, str, True or None
        Timer of the water heater: None heats whenever the thermostat asks, True takes the household's usual one.
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
    given = tuple(faults)
    return home_window(
        home, seed, Calendar(begin, begin + days * DAY, tz), resolution_s, given, timer, site_id
    )


def clean_home(**options: Any) -> Simulation:
    """A home that wastes nothing: timer on the water heater, 8 W of standby, 112 kWh a month, no fault."""
    return simulate_home(
        **{"timer": True, "standby_w": 8.0, "monthly_kwh": 112.0, "tank_ua": 0.75, **options}
    )


def home_window(
    home: Household, seed: int, cal: Calendar, resolution_s: int, faults: tuple[Fault | str, ...],
    timer: Timer | str | bool | None, site_id: str,
) -> Simulation:  # fmt: skip
    """Simulate a given household over a given calendar."""
    around = surroundings(home, cal, seed)
    put = placed(faults, HOME_FAULTS, cal, seed)
    clock = _timer(timer, home, put)
    site_faults = tuple(f for f in put if f.kind not in DATA_FAULTS)
    powers = {name: load_kw(name, around, clock, site_faults) for name in loads_of(home)}
    if any(f.kind in ADDED for f in site_faults):
        powers["untracked"] = _added(site_faults, around)
    energies = {name: cal.energy(power, resolution_s) for name, power in powers.items()}
    total = np.sum(list(energies.values()), axis=0)
    labels = [_label(f, site_faults, around, clock, energies, resolution_s, site_id) for f in site_faults]
    metered = total
    for fault in put:
        if fault.kind in DATA_FAULTS:
            before, metered = metered, distort(metered, fault, cal.start, resolution_s)
            kwh = float(np.nansum(metered) - np.nansum(before))
            labels.append(Label(fault.kind, fault.start, fault.end, kwh, f"{site_id}:grid", data=True))
    site = _site(home, site_id, cal)
    points = (_grid(site, resolution_s), *(_submeter(site, name, resolution_s) for name in energies))
    series = [metered, *energies.values()]
    readings = {
        p.id: Readings.regular(p.id, cal.start, resolution_s, v) for p, v in zip(points, series, strict=True)
    }
    parameters = {"seed": seed, "timer": clock.windows if clock else None, "household": asdict(home),
                  "scale": around.scale, "faults": [str(f) for f in faults], "tz": cal.tz}  # fmt: skip
    end = cal.start + len(total) * resolution_s
    return Simulation(
        site, points, readings, tuple(labels), _events(around), parameters, cal.start, end, resolution_s
    )


def _timer(timer: Timer | str | bool | None, home: Household, faults: tuple[Placed, ...]) -> Timer | None:
    """The timer in use; a fault that takes it away presumes that there was one."""
    if isinstance(timer, str):
        return Timer.parse(timer)
    if isinstance(timer, Timer):
        return timer
    wanted = bool(timer) or any(f.kind == "water_heater_no_timer" for f in faults)
    return home.usual_timer() if wanted else None


def _added(faults: tuple[Placed, ...], around: Surroundings) -> FloatArray:
    extra = np.zeros(len(around.cal.minutes))
    for fault in faults:
        if fault.kind in ADDED:
            extra += added_kw(fault, around.cal, around.seed)
    return extra


def _label(
    fault: Placed, faults: tuple[Placed, ...], around: Surroundings, clock: Timer | None,
    energies: dict[str, FloatArray], resolution_s: int, site_id: str,
) -> Label:  # fmt: skip
    """The truth of one fault: run what it touches again without it."""
    others = without(faults, fault)
    if fault.kind in ADDED:
        name, clean = "untracked", _added(others, around)
    else:
        name = _TOUCHES[fault.kind]
        clean = load_kw(name, around, clock, others)
    kwh = float(np.sum(energies[name]) - np.sum(around.cal.energy(clean, resolution_s)))
    point = f"{site_id}:grid" if name == "untracked" else f"{site_id}:{name}"
    return Label(fault.kind, fault.start, fault.end, kwh, point, fault.ongoing, numbers={"size": fault.size})


def _events(around: Surroundings) -> tuple[Event, ...]:
    """Trips, as stretches of days away."""
    cal = around.cal
    inside = np.flatnonzero(np.diff(np.concatenate([[0], around.people.away.astype(int), [0]])))
    found = []
    for a, b in inside.reshape(-1, 2):
        rows = cal.place(np.array([a, b]), np.zeros(2))
        first, last = (int(cal.first + 60 * r) for r in rows)
        if last > cal.start and first < cal.end:
            found.append(Event("trip", max(first, cal.start), min(last, cal.end)))
    return tuple(found)


def _site(home: Household, site_id: str, cal: Calendar) -> Site:
    place = home.place
    return Site(
        site_id, site_id, tz=cal.tz, kind=SiteKind.HOME, country=cal.country, currency="PEN",
        latitude=place.latitude, longitude=place.longitude, simulated=True,
    )  # fmt: skip


def _grid(site: Site, resolution_s: int) -> Point:
    return Point(
        f"{site.id}:grid",
        site.id,
        "grid",
        resolution_s=resolution_s,
        direction=Direction.IMPORT,
        role=Role.GRID,
    )


def _submeter(site: Site, name: str, resolution_s: int) -> Point:
    return Point(
        f"{site.id}:{name}", site.id, name, resolution_s=resolution_s, direction=Direction.CONSUMPTION,
        role=Role.SUBMETER, parent_id=f"{site.id}:grid",
    )  # fmt: skip
