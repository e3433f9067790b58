"""The expected total of a site's billing period, as of now."""

from __future__ import annotations

from kanchay.analysis.forecast.air import in_air
from kanchay.analysis.forecast.firstweek import first_week
from kanchay.analysis.forecast.period import forecast_total
from kanchay.analysis.tariff.period import reading_period
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.forecast import PeriodForecast
from kanchay.domain.interval import HOUR, local_midnight, to_datetime
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.forecasting.days import HISTORY_S
from kanchay.services.forecasting.defaults import load_default
from kanchay.services.readings.outdoors import air_beside
from kanchay.services.readings.series import find_point, load_panel, main_point, span

__all__ = ["forecast_period"]


def forecast_period(
    ctx: Context, scope: Scope, site_id: str, *, now: int | None = None, point_id: str | None = None
) -> PeriodForecast:
    """Forecast the total of the reading period that the last reading before `now` lies in.

    The point is the main electricity meter unless another is named. Without `now` the clock counts; readings
    that end earlier set the time of issue. The first week to come is drawn towards the hourly forecast.
    """
    scope.require(Permission.READ, site_id)
    point = main_point(ctx, scope, site_id) if point_id is None else find_point(ctx, scope, point_id)[0]
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
    reach = span(ctx, scope, point.id)
    if reach is None:
        raise NotEnoughData(f"Site '{site.name}' has no readings yet.", hint="Import a meter file first.")
    at = min(reach.end, ctx.clock() if now is None else now)
    first, after = reading_period(site.billing_day, to_datetime(at - 1, site.tz).date())
    start, end = local_midnight(first, site.tz), local_midnight(after, site.tz)
    at = _on_the_hour(at, start)
    begin = _begin(at, reach.start, start)
    panel = load_panel(ctx, scope, [point.id], resolution_s=HOUR, start=begin, end=at)
    model = load_default(ctx)[0]
    model = in_air(model, air_beside(ctx, scope, site.id, panel.slice(at - model.lookback_s, at)))
    week = first_week(panel, point.id, model, at, country=site.country, subdivision=site.subdivision)
    return forecast_total(
        panel,
        point.id,
        start=start,
        end=end,
        issued_at=at,
        country=site.country,
        subdivision=site.subdivision,
        first_days=week,
    )


def _begin(at: int, first: int, start: int) -> int:
    """Start of the history, on the hour: at most `HISTORY_S` back, never after the period's start."""
    return _on_the_hour(min(max(first, at - HISTORY_S), start), start)


def _on_the_hour(instant: int, start: int) -> int:
    """Back to a whole hour from the period's start: in zones of half hours that is no whole hour of UTC."""
    return start + (instant - start) // HOUR * HOUR
