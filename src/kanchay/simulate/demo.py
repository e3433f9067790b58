"""The demo: a home in Surquillo and an office in Miraflores, simulated and marked so, live up to the present.

Nothing is stored that cannot be made again: any stretch of time follows from the seed, the calendar and the
instant at which the demo was loaded (it places the faults), which is kept in the records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from kanchay.domain.interval import DAY, to_datetime
from kanchay.domain.point import OUR_NAME, Point, Site, SiteKind
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.people.sites import add_points, create_site
from kanchay.simulate.calendar import Calendar, instant
from kanchay.simulate.faults import Fault
from kanchay.simulate.home import home_window
from kanchay.simulate.household import draw_household
from kanchay.simulate.office import office_window
from kanchay.simulate.premises import draw_office
from kanchay.simulate.result import Simulation

__all__ = ["DEMO_SITES", "HISTORY_DAYS", "advance_demo", "demo_simulation", "load_demo"]

HISTORY_DAYS: Final = 400
_RESOLUTION: Final = 900
_TZ: Final = "America/Lima"
_OWN_TARIFF: Final = "pe.luz_del_sur.lima_sur."

HOME: Final = Site(
    "casa-surquillo",
    "Casa Surquillo",
    tz=_TZ,
    kind=SiteKind.HOME,
    country="PE",
    subdivision="LIM",
    tariff_id=f"{_OWN_TARIFF}bt5b",
    # As typed from the receipt of a home of this size: neither follows from the price list.
    tariff_parameters=(("reposicion", "1.40"), ("alumbrado", "8.82")),
    billing_day=4,
    latitude=-12.112,
    longitude=-77.020,
    floor_area_m2=85.0,
    simulated=True,
)
OFFICE: Final = Site(
    "oficina-miraflores",
    "Oficina Miraflores",
    tz=_TZ,
    kind=SiteKind.BUILDING,
    country="PE",
    subdivision="LIM",
    tariff_id=f"{_OWN_TARIFF}bt5b_nores",
    tariff_parameters=(("reposicion", "1.40"), ("alumbrado", "44.10")),
    billing_day=4,
    latitude=-12.121,
    longitude=-77.030,
    floor_area_m2=300.0,
    simulated=True,
)
DEMO_SITES: Final = (HOME.id, OFFICE.id)


def _home(since: int, cal: Calendar) -> Simulation:
    """A water heater that is always on, 36 W more since five weeks ago, a pump left on ten days ago."""
    home = draw_household(
        7, occupants=3, workers=2, students=1, monthly_kwh=116.0, tank_l=50.0, tank_ua=1.15, shower_l=12.0,
        fridge_kwh=28.0, standby_w=11.0, evening_showers=0.0,
    )  # fmt: skip
    faults = (
        Fault("baseload_creep", start=_midnight(since, 36), size=36.0),
        Fault("left_on", start=_midnight(since, 11) + 21 * 3600, days=2.0, size=180.0),
    )
    return home_window(home, 7, cal, resolution_s=_RESOLUTION, faults=_begun(faults, cal), site_id=HOME.id)


def _office(since: int, cal: Calendar) -> Simulation:
    """Air conditioning that runs three hours into the evening, 320 W that came to stay six weeks ago."""
    office = draw_office(3, area_m2=300.0, pv_kw=6.0, saturday_hours=0.0)
    faults = (
        Fault("baseload_creep", start=_midnight(since, 43), size=320.0),
        Fault("after_hours", start=_midnight(since, 30), size=3.0),
    )
    return office_window(
        office, 3, cal, resolution_s=_RESOLUTION, faults=_begun(faults, cal), site_id=OFFICE.id
    )


@dataclass(frozen=True, slots=True)
class _Demo:
    site: Site
    simulate: Callable[[int, Calendar], Simulation]
    names: dict[str, str]  # simulated meter -> the name shown; those not named are not stored


_DEMOS: Final = (
    _Demo(HOME, _home, {"grid": "Medidor", "water_heater": "Terma", "fridge": "Refrigeradora"}),
    _Demo(
        OFFICE,
        _office,
        {
            "grid": "Medidor",
            "export": "Enviado a la red",
            "pv": "Paneles solares",
            "hvac": "Aire acondicionado",
            "outdoor": "Temperatura exterior",
        },
    ),
)


def demo_simulation(site_id: str, *, since: int, start: int, end: int) -> Simulation:
    """The demo site over ``[start, end)``, loaded at `since`, with the labels of its faults."""
    demo = next(d for d in _DEMOS if d.site.id == site_id)
    return demo.simulate(since, Calendar(start, end, _TZ))


def load_demo(
    ctx: Context, scope: Scope, *, now: int, progress: Callable[[str], None] | None = None
) -> list[Site]:
    """Fill the store with both sites and 400 days up to `now`; what is there stays and is brought up to date.

    Parameters
    ----------
    now : int
        UTC seconds; readings end at the last full quarter of an hour. [s]
    progress : callable, optional
        Told the name of each site as it is done.
    """
    sites = []
    for demo in _DEMOS:
        with ctx.records.unit(scope) as uow:
            there = uow.sites.find(id=demo.site.id)
        if not there:
            create_site(ctx, scope, replace(demo.site, organisation_id=scope.organisation_id or "default"))
        _since(ctx, scope, demo, now)
        _fill(ctx, scope, demo, now)
        with ctx.records.unit(scope) as uow:
            sites.append(uow.sites.get(demo.site.id))
        if progress is not None:
            progress(demo.site.name)
    return sites


def advance_demo(ctx: Context, scope: Scope, *, now: int) -> int:
    """Append what the demo sites have used since their last reading; the number of new readings."""
    with ctx.records.unit(scope) as uow:
        loaded = [d for d in _DEMOS if uow.sites.find(id=d.site.id) and uow.setting(_key(d))]
    return sum(_fill(ctx, scope, demo, now) for demo in loaded)


def _fill(ctx: Context, scope: Scope, demo: _Demo, now: int) -> int:
    since = _since(ctx, scope, demo, now)
    end = now // _RESOLUTION * _RESOLUTION
    grid = f"{demo.site.id}:grid"
    with ctx.records.unit(scope) as uow:
        known = bool(uow.points.find(id=grid))
    span = ctx.readings.spans(scope, [grid]).get(grid) if known else None
    start = span.end if span else _midnight(since, HISTORY_DAYS)
    if end <= start:
        return 0
    run = demo.simulate(since, Calendar(start, end, _TZ))
    kept = [p for p in run.points if p.name in demo.names]
    if not known:
        add_points(ctx, scope, demo.site.id, [_named(p, demo) for p in kept])
    batch: list[Readings] = [run.readings[p.id] for p in kept]
    return ctx.readings.append(scope, batch, recorded_at=now).new


def _named(point: Point, demo: _Demo) -> Point:
    return replace(point, name=demo.names[point.name], tags=(*point.tags, "simulated", OUR_NAME + point.name))


def _key(demo: _Demo) -> str:
    return f"demo.{demo.site.id}.since"


def _since(ctx: Context, scope: Scope, demo: _Demo, now: int) -> int:
    """The instant at which the demo was loaded first; faults are placed before it."""
    with ctx.records.unit(scope) as uow:
        text = uow.setting(_key(demo))
        if not text:
            text = str(now // _RESOLUTION * _RESOLUTION)
            uow.set_setting(_key(demo), text)
    return int(text)


def _midnight(since: int, days_before: int) -> int:
    """Local midnight that many days before the day of `since`."""
    return instant(to_datetime(since - days_before * DAY, _TZ).date(), _TZ)


def _begun(faults: tuple[Fault, ...], cal: Calendar) -> tuple[Fault, ...]:
    """Faults that have begun by the end of the window; a later one has no label to give."""
    return tuple(f for f in faults if isinstance(f.start, int) and f.start < cal.end)
