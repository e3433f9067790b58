"""A simulated small office: people, plugs, lights, air conditioning on a thermal zone, photovoltaics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.physics.pv import PVArray, pv_power_kw
from kanchay.analysis.physics.zone import HeatPump, Zone, run_zone
from kanchay.domain.interval import DAY
from kanchay.domain.point import Direction, Point, Role, Site, SiteKind
from kanchay.domain.reading import FloatArray
from kanchay.domain.units import Quantity
from kanchay.simulate.calendar import Calendar, instant
from kanchay.simulate.draws import by_day, normal_by_day
from kanchay.simulate.faults import DATA_FAULTS, OFFICE_FAULTS, Fault, Placed, placed, without
from kanchay.simulate.metering import added_total, grid_point, regular, spoil, stretches, submeter_point
from kanchay.simulate.premises import Office, draw_office
from kanchay.simulate.result import Label, Simulation
from kanchay.simulate.weather import clearness, outdoor_c, sun_elevation_deg

__all__ = ["office_window", "simulate_office"]


@dataclass(frozen=True, slots=True, eq=False)
class _Around:
    """What the loads of an office depend on."""

    office: Office
    cal: Calendar
    seed: int
    outdoor: FloatArray
    sun: FloatArray  # sine of the sun's height, never negative
    clear: FloatArray  # by day
    people: FloatArray  # share present, 0 to 1


def simulate_office(
    *,
    seed: int = 1,
    start: str | int = "2026-01-01",
    days: int = 365,
    resolution_s: int = 900,
    tz: str = "America/Lima",
    country: str = "PE",
    faults: Iterable[Fault | str] = (),
    site_id: str = "office",
    **office: Any,
) -> Simulation:
    """Simulate an office by the minute (the zone by five) and meter it at `resolution_s`.

    Parameters are those of `simulate_home`; `**office` are fields of `Office`, for example ``area_m2=900`` or
    ``climate="piura"``.

    Returns
    -------
    Simulation
        Points ``grid`` (import) first, then ``export``, ``pv``, ``hvac``, ``lighting``, ``plugs``, ``base``,
        ``untracked`` (with a fault of that kind), and the sensors ``outdoor`` and ``zone``. In each interval
        ``import − export + pv`` equals the sum of the loads.

    Examples
    --------
    >>> office = simulate_office(seed=2, days=14, faults=["weekend_running"])
    >>> office.labels[0].kwh > 0, office.point("pv").role.value
    (True, 'pv')
    """
    begin = instant(start, tz)
    cal = Calendar(begin, begin + days * DAY, tz, country)
    return office_window(
        draw_office(seed, **office),
        seed,
        cal,
        resolution_s=resolution_s,
        faults=tuple(faults),
        site_id=site_id,
    )


def office_window(
    office: Office,
    seed: int,
    cal: Calendar,
    *,
    resolution_s: int,
    faults: tuple[Fault | str, ...] = (),
    site_id: str = "office",
) -> Simulation:
    """Simulate a given office over a given calendar."""
    around = _around(office, cal, seed)
    put = placed(faults, OFFICE_FAULTS, cal, seed, watts=office.area_m2 / 40.0)
    real = tuple(f for f in put if f.kind not in DATA_FAULTS)
    sun_kw = _pv(around)
    loads, zone_c = _loads(around, real)
    grid_kw, export_kw, pv_kw = _balance(loads, sun_kw, real, cal)
    true = cal.energy(grid_kw, resolution_s)
    metered, data_labels = spoil(true, put, start=cal.start, resolution_s=resolution_s)
    labels = [_label(f, real, around, sun_kw, true, resolution_s=resolution_s) for f in real]
    energies = {"export": export_kw, "pv": pv_kw, **loads}
    series = [metered, *(cal.energy(p, resolution_s) for p in energies.values())]
    means = {"outdoor": around.outdoor, "zone": zone_c}
    series += [cal.energy(v, resolution_s) * 3600.0 / resolution_s for v in means.values()]
    site = _site(office, site_id, cal)
    points = _points(site, tuple(loads), resolution_s)
    return Simulation(
        site=site,
        points=points,
        readings=regular(points, series, cal.start, resolution_s),
        labels=(*labels, *data_labels),
        events=tuple(stretches("holiday", cal.holiday & (cal.weekday < 5), cal)),
        parameters={
            "simulated": True,
            "kind": "office",
            "seed": seed,
            "tz": cal.tz,
            "country": cal.country,
            "faults": [str(f) for f in faults],
            "office": asdict(office),
        },
        start=cal.start,
        end=cal.start + len(metered) * resolution_s,
        resolution_s=resolution_s,
    )


def _around(office: Office, cal: Calendar, seed: int) -> _Around:
    sun = np.maximum(np.sin(np.radians(sun_elevation_deg(office.place, cal))), 0.0)
    return _Around(
        office,
        cal,
        seed,
        outdoor_c(office.place, cal, seed),
        sun,
        clearness(office.place, cal, seed),
        _people(office, cal, seed),
    )


def _hours(office: Office, cal: Calendar) -> tuple[FloatArray, FloatArray]:
    """Opening and closing hour of each day; equal on days that are closed."""
    saturday = (cal.weekday == 5) & ~cal.holiday & (office.saturday_hours > 0)
    closes = np.where(
        cal.workday, office.closes, np.where(saturday, office.opens + office.saturday_hours, 0.0)
    )
    return np.full(len(cal.days), office.opens), np.maximum(closes, office.opens)


def _people(office: Office, cal: Calendar, seed: int) -> FloatArray:
    """Share of the desks that are taken, by minute: an hour to fill, a lunch, an hour to empty."""
    opens, closes = _hours(office, cal)
    noise = normal_by_day(seed, "office-people", cal.days, 4)
    day = cal.day_index
    come = (opens + 0.15 * noise[:, 0])[day]
    go = (closes + 0.25 * noise[:, 1])[day]
    level = np.clip(
        0.84 + 0.06 * noise[:, 2] - 0.06 * (cal.weekday == 4) - 0.08 * np.isin(cal.month, (1, 2)), 0.4, 1.0
    )
    level = np.where(closes > opens, level * np.where(cal.weekday == 5, 0.4, 1.0), 0.0)
    fill = np.clip((cal.hour - come + 0.7) / 1.1, 0.0, 1.0) * np.clip((go + 0.6 - cal.hour) / 1.3, 0.0, 1.0)
    lunch = 1.0 - 0.4 * np.clip(1.0 - np.abs(cal.hour - 13.4) / 0.6, 0.0, 1.0) * (go - come > 6.0)[...]
    late = np.clip((cal.hour - go) / 1.0, 0.0, 1.0) * np.clip((go + 2.5 - cal.hour), 0.0, 1.0)
    stays = 0.05 * np.abs(noise[:, 3])[day] * late  # a few stay on
    return np.asarray(level[day] * np.clip(fill * lunch + stays, 0.0, 1.0))


def _runs(around: _Around, faults: tuple[Placed, ...]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Minutes in which the air conditioning may run, and those that a fault added on weekends."""
    office, cal = around.office, around.cal
    opens, closes = _hours(office, cal)
    weekend = np.zeros(len(cal.minutes), dtype=bool)
    longer = np.zeros(len(cal.minutes))
    for fault in faults:
        inside = cal.between(fault.start, fault.end)
        if fault.kind == "weekend_running":
            luck = by_day(around.seed, "weekend", cal.days)[:, 0] < fault.size
            weekend |= inside & (luck & (closes <= opens))[cal.day_index]
        if fault.kind == "after_hours":
            longer = np.where(inside, fault.size, longer)
    weekend &= (cal.hour >= office.opens - office.starts_before_h) & (cal.hour < office.closes)
    open_day = (closes > opens)[cal.day_index]
    begin, end = (
        opens[cal.day_index] - office.starts_before_h,
        closes[cal.day_index] + office.stops_after_h + longer,
    )
    return (open_day & (cal.hour >= begin) & (cal.hour < end)) | weekend, weekend


def _loads(around: _Around, faults: tuple[Placed, ...]) -> tuple[dict[str, FloatArray], FloatArray]:
    """Power of each load by minute [kW] and the zone's air [°C]."""
    office, cal, people = around.office, around.cal, around.people
    area = office.area_m2 * 1e-3  # W/m² to kW
    runs, weekend = _runs(around, faults)
    wobble = 1.0 + 0.02 * normal_by_day(around.seed, "plugs", cal.days, 96)
    quarter = np.minimum((cal.hour * 4).astype(np.int64), 95)
    wobble = wobble[cal.day_index, quarter]
    plugs = area * office.plugs_w_m2 * (office.plugs_night + (1.0 - office.plugs_night) * people) * wobble
    lit = np.clip(people * 1.6, 0.0, 1.0) * np.where(people > 0.02, 1.0, 0.0)
    lit = np.maximum(lit, 0.6 * weekend)  # what runs on a weekend is lit too
    lights = area * office.lights_w_m2 * lit * (1.0 - 0.25 * around.sun)
    base = area * office.base_w_m2 * (2.0 - wobble)
    hvac, zone_c = _hvac(around, plugs + lights + 0.3 * base, runs)
    loads = {"hvac": hvac, "lighting": lights, "plugs": plugs, "base": base}
    if any(f.kind in ("baseload_creep", "left_on", "unusual_days") for f in faults):
        loads["untracked"] = added_total(faults, cal, around.seed)
    return loads, zone_c


_ZONE_STEP = 5  # minutes


def _hvac(around: _Around, inner: FloatArray, runs: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Electric power of cooling, heating and fans, and the zone's air, by minute."""
    office, n = around.office, len(inner)
    area = office.area_m2 * 1e-3
    solar = area * 22.0 * around.sun * around.clear[around.cal.day_index]  # windows, W/m² of floor at noon
    gains = inner + solar + 0.1 * office.people_per_m2 * office.area_m2 * around.people
    rows = slice(0, n, _ZONE_STEP)
    run = run_zone(
        Zone.of_floor(office.area_m2, ua_w_per_m2_k=office.ua_w_m2_k),
        HeatPump(area * office.cooling_w_m2, area * office.heating_w_m2, office.cooling_cop),
        step_s=60.0 * _ZONE_STEP,
        outdoor_c=around.outdoor[rows],
        gains_kw=gains[rows],
        cool_above_c=office.cool_above_c,
        heat_below_c=office.heat_below_c,
        on=runs[rows],
        start_c=office.cool_above_c,
    )
    fans = area * office.fans_w_m2 * (runs & (office.cooling_w_m2 + office.heating_w_m2 > 0))
    electric = np.repeat(run.electric_kw, _ZONE_STEP)[:n]
    return electric + fans, np.repeat(run.air_c, _ZONE_STEP)[:n]


_SUN_STEP = 15  # minutes


def _pv(around: _Around) -> FloatArray:
    """Production without faults, by minute. [kW]"""
    office, cal = around.office, around.cal
    if office.pv_kw <= 0:
        return np.zeros(len(cal.minutes))
    place = office.place
    rows = slice(_SUN_STEP // 2, None, _SUN_STEP)
    day = cal.day_index[rows]
    quarter = np.minimum((cal.hour[rows] * 4).astype(np.int64), 95)
    puffs = normal_by_day(around.seed, "puffs", cal.days, 96)[day, quarter]
    clear = around.clear[day]
    power = pv_power_kw(
        PVArray(office.pv_kw, azimuth_deg=0.0 if place.latitude < 0 else 180.0),
        cal.minutes[rows],
        latitude=place.latitude,
        longitude=place.longitude,
        altitude_m=place.altitude_m,
        # Broken cloud lies between clear and overcast: there the sun comes and goes.
        clearness=np.clip(clear * (1.0 + 1.2 * clear * (1.0 - np.minimum(clear, 1.0)) * puffs), 0.05, 1.1),
        air_c=around.outdoor[rows],
    )
    return np.interp(cal.minutes, cal.minutes[rows], power)


def _balance(
    loads: dict[str, FloatArray], sun_kw: FloatArray, faults: tuple[Placed, ...], cal: Calendar
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Import, export and production by minute: ``import − export + pv = load``. [kW]"""
    pv = sun_kw
    for fault in faults:
        if fault.kind == "pv_fault":
            pv = np.where(cal.between(fault.start, fault.end), pv * (1.0 - fault.size), pv)
    net = np.sum(list(loads.values()), axis=0) - pv
    return np.maximum(net, 0.0), np.maximum(-net, 0.0), pv


_TOUCHES = {"after_hours": "hvac", "weekend_running": "hvac", "pv_fault": "pv"}


def _label(
    fault: Placed,
    faults: tuple[Placed, ...],
    around: _Around,
    sun_kw: FloatArray,
    metered: FloatArray,
    *,
    resolution_s: int,
) -> Label:
    """The truth of one fault: the whole office again without it."""
    others = without(faults, fault)
    loads, _ = _loads(around, others)
    clean = around.cal.energy(_balance(loads, sun_kw, others, around.cal)[0], resolution_s)
    kwh = float(np.sum(metered) - np.sum(clean))
    touches = _TOUCHES.get(fault.kind, "untracked")
    return Label(
        fault.kind, fault.start, fault.end, kwh, touches, fault.ongoing, numbers={"size": fault.size}
    )


def _points(site: Site, loads: tuple[str, ...], resolution_s: int) -> tuple[Point, ...]:
    def point(name: str, **more: Any) -> Point:
        return Point(f"{site.id}:{name}", site.id, name, resolution_s=resolution_s, **more)

    return (
        grid_point(site, resolution_s),
        point("export", direction=Direction.EXPORT, role=Role.GRID),
        point("pv", direction=Direction.PRODUCTION, role=Role.PV),
        *(submeter_point(site, name, resolution_s) for name in loads),
        point("outdoor", quantity=Quantity.TEMPERATURE, role=Role.SENSOR),
        point("zone", quantity=Quantity.TEMPERATURE, role=Role.SENSOR),
    )


def _site(office: Office, site_id: str, cal: Calendar) -> Site:
    return Site(
        site_id,
        site_id,
        tz=cal.tz,
        kind=SiteKind.BUILDING,
        country=cal.country,
        latitude=office.place.latitude,
        longitude=office.place.longitude,
        floor_area_m2=office.area_m2,
        simulated=True,
    )
