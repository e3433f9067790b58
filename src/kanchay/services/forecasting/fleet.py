"""Forecast every meter of many sites, or of a file, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kanchay.analysis.forecast.many import BATCH, FleetForecast, PassedOver, forecast_panels
from kanchay.domain.interval import DAY
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site
from kanchay.domain.scope import Permission, Scope
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import load_default, resolution_of
from kanchay.services.people.sites import list_points, list_sites, list_virtual_points
from kanchay.services.ports.readings import Span
from kanchay.services.readings.series import load_panel, span

__all__ = ["FleetForecast", "PassedOver", "forecast_fleet", "forecast_many", "points_to_forecast"]

_NO_READING: Final = "there is no reading before the time of issue"


def forecast_many(
    ctx: Context,
    panels: Iterable[Panel],
    *,
    model: str | None = None,
    issued_at: int | None = None,
    horizon_s: int = DAY,
    country: str | None = None,
    subdivision: str | None = None,
    batch: int = BATCH,
    passed_over: PassedOver | None = None,
) -> Iterator[FleetForecast]:
    """Forecast panels as they come, from a file or the store; memory holds one batch. Nothing is stored."""
    forecaster = ctx.models.load(model) if model else load_default(ctx)[0]
    return forecast_panels(
        panels,
        forecaster,
        issued_at=issued_at,
        horizon_s=horizon_s,
        country=country,
        subdivision=subdivision,
        batch=batch,
        passed_over=passed_over,
    )


def forecast_fleet(
    ctx: Context,
    scope: Scope,
    *,
    site_ids: Iterable[str] | None = None,
    model: str | None = None,
    issued_at: int | None = None,
    horizon_s: int = DAY,
    batch: int = BATCH,
    passed_over: PassedOver | None = None,
) -> Iterator[FleetForecast]:
    """Forecast every electricity meter of these sites (default: all within the scope), each from the end of its data.

    With `issued_at` all are forecast from that instant, and nothing later is read. Sites of one country go together:
    a batch shares its public holidays. Nothing is stored.
    """
    forecaster = ctx.models.load(model) if model else load_default(ctx)[0]
    wanted = None if site_ids is None else set(site_ids)
    places: dict[tuple[str | None, str | None], list[Site]] = {}
    for site in list_sites(ctx, scope):
        if wanted is None or site.id in wanted:
            scope.require(Permission.READ, site.id)
            places.setdefault((site.country, site.subdivision), []).append(site)
    for (country, subdivision), sites in places.items():
        yield from forecast_panels(
            _panels(ctx, scope, sites, (forecaster.lookback_s, issued_at), passed_over),
            forecaster,
            issued_at=issued_at,
            horizon_s=horizon_s,
            country=country,
            subdivision=subdivision,
            batch=batch,
            passed_over=passed_over,
        )


def points_to_forecast(ctx: Context, scope: Scope, site_id: str) -> list[Point]:
    """The electricity meters of a site; a sum of registers stands for its parts."""
    virtual = list_virtual_points(ctx, scope, site_id)
    summed = {term.point_id for each in virtual for term in each.terms}
    points = [p for p in list_points(ctx, scope, site_id) if p.id not in summed]
    electric = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)
    return [p for p in (*points, *(each.point for each in virtual)) if p.quantity in electric]


def _panels(
    ctx: Context,
    scope: Scope,
    sites: list[Site],
    read: tuple[int, int | None],
    passed_over: PassedOver | None,
) -> Iterator[Panel]:
    """The last readings of every meter; `read` is how far back [s] and before which instant (None: all)."""
    lookback_s, issued_at = read
    for site in sites:
        for point in points_to_forecast(ctx, scope, site.id):
            reach = span(ctx, scope, point.id)
            resolution_s = resolution_of(point)
            cut = None if reach is None else _cut(reach, resolution_s, lookback_s, issued_at)
            if cut is not None:
                yield load_panel(ctx, scope, [point.id], resolution_s=resolution_s, start=cut[0], end=cut[1])
            elif passed_over:
                passed_over(point.id, _NO_READING)


def _cut(reach: Span, resolution_s: int, lookback_s: int, issued_at: int | None) -> tuple[int, int] | None:
    """The whole intervals that are read; None where there is none before the time of issue."""
    last = reach.end if issued_at is None else min(reach.end, issued_at)
    end = reach.start + (last - reach.start) // resolution_s * resolution_s
    start = max(reach.start, end - -(-lookback_s // resolution_s) * resolution_s)
    return (start, end) if start < end else None
