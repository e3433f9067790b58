"""Forecast again where new readings came in, at most once per interval of the site's main meter."""

from __future__ import annotations

from kanchay.domain.point import Point
from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import resolution_of
from kanchay.services.forecasting.forecast import forecast_point
from kanchay.services.operations.following import Follower
from kanchay.services.readings.series import find_point, main_point, span

__all__ = ["FOLLOWER", "renew_forecasts"]


def renew_forecasts(ctx: Context, scope: Scope) -> int:
    """Forecast the main point of every site whose readings changed; returns how many were stored."""
    return FOLLOWER.run(ctx, scope)


def _renew(ctx: Context, scope: Scope, site_id: str, point_ids: frozenset[str]) -> int:
    """One site; an empty `point_ids` means that it is tried again."""
    point = main_point(ctx, scope, site_id)
    terms = find_point(ctx, scope, point.id)[1]
    mine = {point.id, *(term.id for _, term in terms)}
    if point_ids and not mine & point_ids:
        return 0
    if _is_fresh(ctx, scope, point):
        return 0
    forecast_point(ctx, scope, point.id)
    return 1


def _is_fresh(ctx: Context, scope: Scope, point: Point) -> bool:
    """Whether the newest forecast was issued within the interval in which the data now end."""
    reach = span(ctx, scope, point.id)
    if reach is None:
        return True
    with ctx.records.unit(scope) as uow:
        newest = uow.forecasts.find(point_id=point.id, order="-issued_at", limit=1)
    return bool(newest) and newest[0].issued_at > reach.end - resolution_of(point)


FOLLOWER = Follower("forecasts", _renew)
