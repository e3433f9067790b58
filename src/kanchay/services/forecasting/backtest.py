"""Back-test a stored point: the same evaluation as `kanchay backtest` on a file."""

from __future__ import annotations

from kanchay.analysis.backtest import Backtest, backtest, clock_times
from kanchay.analysis.forecast.air import in_air
from kanchay.domain.interval import DAY
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import load_default, resolution_of
from kanchay.services.readings.outdoors import air_beside
from kanchay.services.readings.series import find_point, held, load_panel

__all__ = ["backtest_point"]


def backtest_point(
    ctx: Context,
    scope: Scope,
    point_id: str,
    *,
    model: str | None = None,
    days: int | None = None,
    horizon_s: int = DAY,
    temperature: bool = True,
) -> Backtest:
    """Forecast every local midnight of the last `days` days (default: of all that is held).

    A model that reads the outdoor temperature is told that of the site's sensor, unless `temperature` is False.
    """
    point, _, site = find_point(ctx, scope, point_id)
    scope.require(Permission.READ, site.id)
    reach = held(ctx, scope, point_id)
    forecaster = ctx.models.load(model) if model else load_default(ctx)[0]
    start = reach.start if days is None else max(reach.start, reach.end - days * DAY)
    panel = load_panel(
        ctx,
        scope,
        [point_id],
        resolution_s=resolution_of(point),
        start=max(reach.start, start - forecaster.lookback_s),
        end=reach.end,
    )
    return backtest(
        panel,
        point_id,
        in_air(forecaster, air_beside(ctx, scope, site.id, panel, wanted=temperature)),
        clock_times(start, reach.end, site.tz),
        horizon_s=horizon_s,
        country=site.country,
        subdivision=site.subdivision,
    )
