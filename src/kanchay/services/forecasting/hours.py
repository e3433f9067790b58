"""The band of an hour's energy: those of its quarters do not add, for what one takes more another often takes less."""

from __future__ import annotations

from kanchay.analysis.backtest import Backtest, backtest
from kanchay.analysis.forecast.air import in_air
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.single import forecast_panel
from kanchay.domain.forecast import Forecast
from kanchay.domain.interval import DAY, HOUR, IntArray
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import load_default
from kanchay.services.forecasting.skill import answering
from kanchay.services.readings.outdoors import air_beside
from kanchay.services.readings.series import find_point, load_panel

__all__ = ["backtest_hours", "forecast_hours"]


def forecast_hours(ctx: Context, scope: Scope, forecast: Forecast) -> Forecast:
    """The same forecast by the same model in whole hours from its issue on; itself where it is no finer than hours.

    The means are the sums of the finer ones. Raises `NotFound` where the model is not there any more.
    """
    point, _, site = find_point(ctx, scope, forecast.point_id)
    scope.require(Permission.READ, site.id)
    horizon_s = (forecast.end - forecast.start) // HOUR * HOUR
    if forecast.resolution_s >= HOUR or not horizon_s:
        return forecast
    model, at = answering(ctx, load_default(ctx)[0], forecast.model), forecast.issued_at
    panel = load_panel(ctx, scope, [point.id], resolution_s=HOUR, start=at - model.lookback_s, end=at)
    warm = forecast.temperature is not None and forecast.temperature.used
    return forecast_panel(
        panel,
        point.id,
        in_air(model, air_beside(ctx, scope, site.id, panel, wanted=warm)),
        at,
        horizon_s=horizon_s,
        unit=forecast.unit,
        country=site.country,
        subdivision=site.subdivision,
    )


def backtest_hours(
    ctx: Context, scope: Scope, point_id: str, model: Forecaster, issued_at: IntArray
) -> Backtest:
    """A day ahead by the hour from these times of issue, which lie whole hours apart."""
    point, _, site = find_point(ctx, scope, point_id)
    scope.require(Permission.READ, site.id)
    start = int(issued_at.min()) - model.lookback_s
    end = int(issued_at.max()) + DAY
    panel = load_panel(ctx, scope, [point.id], resolution_s=HOUR, start=start, end=end)
    told = in_air(model, air_beside(ctx, scope, site.id, panel))
    return backtest(panel, point.id, told, issued_at, country=site.country, subdivision=site.subdivision)
