"""Check a site: everything that is wrong with its meters, worded alike everywhere."""

from __future__ import annotations

from kanchay.analysis.quality.balance import check_balance
from kanchay.analysis.quality.derive import derive_readings
from kanchay.analysis.quality.issues import check_panel
from kanchay.analysis.quality.repair import Repair, repair, strip_imputed
from kanchay.domain.interval import HOUR
from kanchay.domain.issue import Issue
from kanchay.domain.panel import Panel
from kanchay.domain.point import Direction, Kind, Point, Role
from kanchay.domain.scope import Permission, Scope
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.people.sites import list_points, list_virtual_points
from kanchay.services.ports.readings import Span
from kanchay.services.readings.metertree import balances
from kanchay.services.readings.series import load_panel, span

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
    found += _sum_issues(ctx, scope, points)
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


def _sum_issues(ctx: Context, scope: Scope, points: list[Point]) -> list[Issue]:
    """Balances that leave less than nothing, on hours that all of their meters know."""
    virtual = list_virtual_points(ctx, scope, points[0].site_id) if points else []
    found: list[Issue] = []
    for at in balances(points, virtual):
        reach = [span(ctx, scope, p) for p in (*at.sources, *at.parts)]
        held = [r for r in reach if r is not None]
        if len(held) < len(reach):
            continue
        start = max(r.start for r in held) // HOUR * HOUR
        end = min(r.end for r in held)
        if end <= start:
            continue
        panel = load_panel(ctx, scope, [*at.sources, *at.parts], resolution_s=HOUR, start=start, end=end)
        parts = panel.select(*at.parts) if at.parts else None
        found += check_balance(panel.select(*at.sources), at.signs, parts)
    return found
