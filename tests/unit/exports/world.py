"""Sites whose readings leave and come back: two changes of the clock, every quality, every direction, gaps."""

from __future__ import annotations

import numpy as np

from kanchay.domain.interval import DAY, HOUR, parse_instant
from kanchay.domain.point import Direction, Kind, Point, Role, Site
from kanchay.domain.reading import Observations, Quality, Readings
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, create_site

NOW = 1_800_000_000
QUARTER = 900
METER = "Medidor; 50 % de la casa"
# Three days around each change of the clock; the year between them is a gap.
SPRING, AUTUMN = "2026-03-28T00:00", "2026-10-24T00:00"


def home(tz: str = "Europe/Madrid", site_id: str = "casa") -> Site:
    return Site(site_id, "Casa Ñandú", tz=tz)


def points(site_id: str = "casa") -> list[Point]:
    def point(name: str, title: str, **more: object) -> Point:
        return Point(f"{site_id}.{name}", site_id, title, **({"resolution_s": QUARTER} | more))  # type: ignore[arg-type]

    main = f"{site_id}.medidor.import"
    return [
        point("medidor.import", METER, direction=Direction.IMPORT, tags=("our_name:grid", "eléctrico")),
        point("medidor.export", METER, direction=Direction.EXPORT),
        point("sol", "Paneles", direction=Direction.PRODUCTION, role=Role.PV),
        point("terma", "=Terma", direction=Direction.CONSUMPTION, role=Role.SUBMETER, parent_id=main),
        point("registro", "Contador", direction=Direction.IMPORT, kind=Kind.CUMULATIVE, register="t1"),
        point("potencia", "Potencia", quantity=Quantity.POWER, direction=Direction.NET, resolution_s=HOUR),
        point("reactiva", "Reactiva", quantity=Quantity.REACTIVE_ENERGY, direction=Direction.IMPORT),
        point("afuera", "Temperatura exterior", quantity=Quantity.TEMPERATURE, role=Role.SENSOR, kind=Kind.INSTANTANEOUS),
        point("gas", "Gas", quantity=Quantity.GAS, direction=Direction.IMPORT, resolution_s=HOUR),
    ]  # fmt: skip


def readings_of(point: Point, tz: str, seed: int) -> Readings:
    """Random values of every size on both stretches; a hole, every quality, one value below zero where that can be."""
    rng = np.random.default_rng(seed)
    step = point.resolution_s or QUARTER
    starts = np.concatenate(
        [np.arange(t, t + 3 * DAY, step) for t in (parse_instant(x, tz) for x in (SPRING, AUTUMN))]
    )
    starts = np.delete(starts, slice(50, 57))
    values = rng.gamma(1.0, 0.2, len(starts)) * 10.0 ** rng.integers(-4, 2, len(starts))
    if point.direction is Direction.NET or point.quantity is Quantity.TEMPERATURE:
        values[::3] *= -1
    quality = rng.choice([q.value for q in Quality if q is not Quality.MISSING], len(starts)).astype(np.int8)
    return Readings(point.id, starts, starts + step, values, quality)


def fill(ctx: Context, site: Site) -> dict[str, Readings]:
    """Create the site with all its points; what was stored, by point."""
    scope = operator_scope()
    create_site(ctx, scope, site)
    made = points(site.id)
    add_points(ctx, scope, site.id, made)
    stored = [readings_of(p, site.tz, n) for n, p in enumerate(made)]
    ctx.readings.append(scope, stored, recorded_at=NOW)
    return {r.point_id: r for r in stored}


def same(seen: Observations | Readings, stored: Readings) -> None:
    """The very same intervals, values and qualities."""
    for column in ("start", "end", "value", "quality"):
        np.testing.assert_array_equal(getattr(seen, column), getattr(stored, column), err_msg=column)
