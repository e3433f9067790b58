"""Check a site: everything that is wrong with its meters, worded alike everywhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kanchay.analysis.quality.derive import derive_readings
from kanchay.analysis.quality.issues import check_panel, check_sum
from kanchay.analysis.quality.repair import Repair, repair, strip_imputed
from kanchay.domain.interval import HOUR
from kanchay.domain.issue import Issue
from kanchay.domain.panel import Panel
from kanchay.domain.point import Direction, Kind, Point, Role
from kanchay.domain.scope import Permission, Scope
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.people.sites import list_points
from kanchay.services.ports.readings import Span
from kanchay.services.readings.series import load_panel

__all__ = ["check_site", "checked_panel", "propose_repair"]

_METERED = (Quantity.ELECTRIC_ENERGY, Quantity.POWER, Quantity.GAS, Quantity.HEAT, Quantity.WATER)


def check_site(ctx: Context, scope: Scope, site_id: str) -> list[Issue]:
    """All issues of the meters of a site, by point and time."""
    scope.require(Permission.READ, site_id)
    points = [p for p in list_points(ctx, scope, site_id) if p.quantity in _METERED]
    spans = ctx.readings.spans(scope, [p.id for p in points])
    found: list[Issue] = []
    for point in points:
        if point.id in spans:
            panel = checked_panel(ctx, scope, point, spans[point.id])
            found += check_panel(panel, signed=_signed(point), unclocked=_unclocked(point))
            found += _register_issues(ctx, scope, point, spans[point.id])
    found += _sum_issues(ctx, scope, points, spans)
    return sorted(found, key=lambda i: (i.point_id, i.start, i.kind))


def checked_panel(ctx: Context, scope: Scope, point: Point, span: Span) -> Panel:
    """The readings of a point on its own resolution, without what was imputed."""
    step = point.resolution_s or HOUR
    start = span.start // step * step if point.resolution_s is None else span.start
    panel = load_panel(ctx, scope, [point.id], resolution_s=step, start=start, end=span.end)
    return strip_imputed(panel)


def propose_repair(ctx: Context, scope: Scope, site_id: str) -> list[Repair]:
    """What a repair of each meter would change; nothing is stored."""
    issues = check_site(ctx, scope, site_id)
    points = [p for p in list_points(ctx, scope, site_id) if p.quantity in _METERED]
    spans = ctx.readings.spans(scope, [p.id for p in points])
    panels = [checked_panel(ctx, scope, p, spans[p.id]) for p in points if p.id in spans]
    return [repair(panel, issues) for panel in panels]


def _signed(point: Point) -> frozenset[str]:
    either = point.direction is Direction.NET or point.role is Role.BATTERY
    return frozenset({point.id} if either else ())


def _unclocked(point: Point) -> frozenset[str]:
    sunny = point.role in (Role.PV, Role.SUBMETER) or point.direction in (
        Direction.PRODUCTION,
        Direction.EXPORT,
    )
    return frozenset({point.id} if sunny else ())


def _register_issues(ctx: Context, scope: Scope, point: Point, span: Span) -> list[Issue]:
    """Resets, swaps and corrections of a register, from what was received."""
    if point.kind is not Kind.CUMULATIVE:
        return []
    seen = ctx.readings.observations(scope, point.id, span.start, span.end + 1)
    return derive_readings(seen, point.kind)[1]


def _sum_issues(ctx: Context, scope: Scope, points: list[Point], spans: dict[str, Span]) -> list[Issue]:
    """Sub-meters that read more than their parent, on hours that all of them know."""
    found: list[Issue] = []
    for parent in points:
        children = [
            p for p in points if p.parent_id == parent.id and p.id in spans and p.quantity is parent.quantity
        ]
        if not children or parent.id not in spans:
            continue
        span = spans[parent.id]
        start, ids = span.start // HOUR * HOUR, [parent.id, *(c.id for c in children)]
        panel = load_panel(ctx, scope, ids, resolution_s=HOUR, start=start, end=span.end)
        values = np.where(np.isnan(panel.values).any(axis=0), np.nan, panel.values)
        known = replace(panel, values=values)
        found += check_sum(known.select(parent.id), known.select(*(c.id for c in children)))
    return found
