"""Series as every analysis takes them: panels on one grid, virtual points resolved."""

from __future__ import annotations

import numpy as np

from kanchay.analysis.quality.resample import Buckets, by_local_day, resample, signed_sum
from kanchay.domain.errors import InputError, NotEnoughData, NotFound
from kanchay.domain.interval import DAY
from kanchay.domain.panel import Panel
from kanchay.domain.point import Direction, Point, Role, Site, VirtualPoint
from kanchay.domain.reading import FloatArray, QualityArray, Readings
from kanchay.domain.scope import Scope
from kanchay.domain.units import SUMMED, Quantity
from kanchay.services.context import Context
from kanchay.services.ports.readings import Span

__all__ = ["daily_totals", "find_point", "held", "load_panel", "main_point", "read_around", "span"]


def load_panel(
    ctx: Context,
    scope: Scope,
    point_ids: tuple[str, ...] | list[str],
    *,
    resolution_s: int,
    start: int,
    end: int,
    as_of: int | None = None,
) -> Panel:
    """Points on the grid ``start, start + resolution_s, …`` up to `end`.

    Amounts are summed where all parts are there, means are weighted by time, virtual points are summed with
    their signs, and quality is the worst of the parts.
    """
    if not point_ids:
        raise InputError("A panel needs at least one point.")
    rows, tz = [], ""
    for name in point_ids:
        point, terms, site = find_point(ctx, scope, name)
        tz = tz or site.tz
        rows.append(_row(ctx, scope, point, terms, (start, end, resolution_s, as_of)))
    values = np.array([row[0] for row in rows])
    quality = np.array([row[1] for row in rows], dtype=np.int8)
    return Panel(tuple(point_ids), values, quality, start, resolution_s, tz)


def _row(
    ctx: Context,
    scope: Scope,
    point: Point,
    terms: tuple[tuple[int, Point], ...],
    window: tuple[int, int, int, int | None],
) -> tuple[FloatArray, QualityArray]:
    start, end, resolution_s, as_of = window
    parts = []
    for sign, term in terms or ((1, point),):
        readings = read_around(ctx, scope, term, (start, end), as_of)
        grid = resample(
            readings, start=start, end=end, resolution_s=resolution_s, summed=term.quantity in SUMMED
        )
        parts.append((sign, *grid))
    return signed_sum(parts, len(parts[0][1]))


def read_around(
    ctx: Context, scope: Scope, point: Point, window: tuple[int, int], as_of: int | None = None
) -> Readings:
    """Readings that bear on ``[start, end)``, those that reach into it too."""
    start, end = window
    margin = 2 * max(point.resolution_s or 0, DAY)
    try:
        return ctx.readings.read(scope, point.id, start - margin, end, as_of=as_of)
    except NotFound:  # on record, but nothing was ever stored of it
        return Readings.empty(point.id)


def find_point(
    ctx: Context, scope: Scope, point_id: str
) -> tuple[Point, tuple[tuple[int, Point], ...], Site]:
    """A point (or virtual point with its signed terms) and its site."""
    with ctx.records.unit(scope) as uow:
        found = uow.points.find(id=point_id)
        if found:
            return found[0], (), uow.sites.get(found[0].site_id)
        virtual = uow.virtual_points.find(id=point_id)
        if not virtual:
            raise NotFound(
                f"There is no point '{point_id}' here.", hint="List them with: kanchay site points."
            )
        terms = tuple((term.sign, uow.points.get(term.point_id)) for term in virtual[0].terms)
        return virtual[0].point, terms, uow.sites.get(virtual[0].point.site_id)


def main_point(ctx: Context, scope: Scope, site_id: str) -> Point:
    """The site's grid meter of imported electric energy; a sum of registers counts before each of them."""
    with ctx.records.unit(scope) as uow:
        uow.sites.get(site_id)
        virtual: list[VirtualPoint] = uow.virtual_points.find(site_id=site_id)
        points = [each.point for each in virtual] + uow.points.find(site_id=site_id)
    ranked = sorted((p for p in points if _rank(p) is not None), key=lambda p: _rank(p) or 0)
    if not ranked:
        raise NotFound(f"Site '{site_id}' has no electricity meter.", hint="Import a meter file first.")
    return ranked[0]


def _rank(point: Point) -> int | None:
    """Lower is more likely the meter that is billed; None: not electricity."""
    if point.quantity not in (Quantity.ELECTRIC_ENERGY, Quantity.POWER):
        return None
    flows = {Direction.IMPORT: 0, None: 1, Direction.CONSUMPTION: 2, Direction.NET: 3}
    if point.direction not in flows:
        return None
    other_role = 0 if point.role is Role.GRID else 20
    return (
        other_role
        + 10 * (point.quantity is Quantity.POWER)
        + 4 * bool(point.parent_id)
        + flows[point.direction]
    )


def daily_totals(
    ctx: Context, scope: Scope, point_id: str, start: int, end: int, *, as_of: int | None = None
) -> Buckets:
    """Totals per local day over the whole days that cover ``[start, end)``; power gives kWh."""
    point, terms, site = find_point(ctx, scope, point_id)
    totals = []
    for sign, term in terms or ((1, point),):
        # A day more on each side: the days reach beyond the window that was asked for.
        readings = read_around(ctx, scope, term, (start - 2 * DAY, end + 2 * DAY), as_of)
        days = by_local_day(readings, start, end, site.tz, summed=term.quantity in SUMMED)
        totals.append((sign, days))
    return _signed(totals)


def _signed(totals: list[tuple[int, Buckets]]) -> Buckets:
    first = totals[0][1]
    return Buckets(
        first.start,
        first.end,
        np.sum([sign * days.total for sign, days in totals], axis=0),
        np.min([days.covered_s for _, days in totals], axis=0),
        np.max([days.quality for _, days in totals], axis=0),
    )


def held(ctx: Context, scope: Scope, point_id: str) -> Span:
    """As `span`, where nothing can be done without readings; raises `NotEnoughData`."""
    reach = span(ctx, scope, point_id)
    if reach is None:
        raise NotEnoughData(
            f"Point '{point_id}' has no readings yet.", hint="Import a file or connect a meter."
        )
    return reach


def span(ctx: Context, scope: Scope, point_id: str) -> Span | None:
    """What is held of a point; of a virtual point, where all its terms are."""
    point, terms, _ = find_point(ctx, scope, point_id)
    names = [term.id for _, term in terms] or [point.id]
    spans = ctx.readings.spans(scope, names)
    if len(spans) < len(set(names)):
        return None
    parts = list(spans.values())
    return Span(max(s.start for s in parts), min(s.end for s in parts), min(s.n for s in parts))
