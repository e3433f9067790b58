"""Daily totals of a point up to five weeks ahead, and the total of them all."""

from __future__ import annotations

from dataclasses import replace

from kanchay.analysis.forecast.air import in_air, temperature_use
from kanchay.analysis.forecast.days import MAX_DAYS, as_energy, forecast_days
from kanchay.analysis.forecast.firstweek import first_week
from kanchay.domain.errors import UnitError
from kanchay.domain.forecast import DailyForecast
from kanchay.domain.interval import DAY
from kanchay.domain.point import Point
from kanchay.domain.scope import Permission, Scope
from kanchay.domain.units import SUMMED
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import load_default, resolution_of
from kanchay.services.readings.outdoors import air_beside
from kanchay.services.readings.series import find_point, held, load_panel

__all__ = ["HISTORY_S", "forecast_point_days"]

HISTORY_S = 400 * DAY  # what level, spread, last year and the meter's own record are taken from


def forecast_point_days(
    ctx: Context,
    scope: Scope,
    point_id: str,
    *,
    issued_at: int | None = None,
    n_days: int = MAX_DAYS,
    model: str | None = None,
    temperature: bool = True,
) -> DailyForecast:
    """Forecast the daily totals of a point from the end of its data, or from `issued_at`.

    The first week lies between the daily model and the sums of the hourly forecast by `model`.
    Raises `UnitError` where a day of the point has no total, as of a temperature.
    """
    point, _, site = find_point(ctx, scope, point_id)
    scope.require(Permission.READ, site.id)
    _check_sums(point)
    resolution_s = resolution_of(point)
    reach = held(ctx, scope, point_id)
    at = reach.end if issued_at is None else issued_at
    at = reach.start + (at - reach.start) // resolution_s * resolution_s
    begin = at - (at - max(reach.start, at - HISTORY_S)) // resolution_s * resolution_s
    panel, unit = as_energy(
        load_panel(ctx, scope, [point_id], resolution_s=resolution_s, start=begin, end=at), point.unit
    )
    forecaster = ctx.models.load(model) if model else load_default(ctx)[0]
    read = panel.slice(at - forecaster.lookback_s, at)
    air = air_beside(ctx, scope, site.id, read, wanted=temperature)
    told = in_air(forecaster, air)
    week = first_week(panel, point_id, told, at, country=site.country, subdivision=site.subdivision)
    made = forecast_days(
        panel,
        point_id,
        issued_at=at,
        n_days=n_days,
        unit=unit,
        first_days=week,
        method=f"daily_level+{forecaster.name}",
        country=site.country,
        subdivision=site.subdivision,
    )
    return replace(made, temperature=temperature_use(forecaster, air, at, 7 * DAY, wanted=temperature))


def _check_sums(point: Point) -> None:
    """Energy adds up over a day, and mean power does once it is energy; a temperature does not."""
    if point.quantity not in SUMMED and point.unit != "kW":
        raise UnitError(
            f"Point '{point.id}' measures {point.quantity.value} in {point.unit}: a day of it has no total.",
            hint="Ask for a meter of energy, power, gas, heat or water.",
        )
