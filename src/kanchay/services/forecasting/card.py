"""The forecast card of a meter, whole: who answers and why, and the track record behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kanchay.analysis.backtest import Backtest, backtest, clock_times
from kanchay.analysis.forecast.air import in_air, temperature_use
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.skill import SkillCard
from kanchay.analysis.forecast.trackrecord import TrackRecord, track_record
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.forecast import TemperatureUse
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import adapted_to_meter, load_default, resolution_of
from kanchay.services.forecasting.skill import card_of
from kanchay.services.readings.outdoors import air_beside
from kanchay.services.readings.series import find_point, held, load_panel

__all__ = ["LEADS", "ForecastCard", "forecast_card"]

LEADS = 7  # days ahead whose errors are told


@dataclass(frozen=True, slots=True)
class ForecastCard:
    """The forecast card of a meter."""

    point_id: str
    start: int
    end: int
    resolution_s: int
    skill: SkillCard
    record: TrackRecord
    temperature: TemperatureUse


def forecast_card(ctx: Context, scope: Scope, point_id: str, *, days: int = 28) -> ForecastCard:
    """Repeat the forecasts of the last `days` days without seeing what came next.

    The record is that of whoever answers; where a naive does, that of the model beside it.
    Raises `NotEnoughData` where no day at all can be judged.
    """
    point, _, site = find_point(ctx, scope, point_id)
    scope.require(Permission.READ, site.id)
    reach = held(ctx, scope, point_id)
    model = load_default(ctx)[0]
    start = max(reach.end - days * DAY, reach.start)
    card = card_of(ctx, scope, point, site, model, end=reach.end, days=days)
    if card.n_windows == 0:
        raise NotEnoughData(
            f"Point '{point_id}' has too little history to judge a forecast.",
            hint="Two days of readings are the least, four weeks tell something.",
        )
    adapted = adapted_to_meter(model)
    ours = adapted if adapted is not None and card.answers == adapted.name else model
    panel = _panel(ctx, scope, point, ours, start=start, end=reach.end)
    air, naive = air_beside(ctx, scope, site.id, panel), ctx.models.load(card.best_naive)
    both = (in_air(ours, air), naive)
    place = (panel, point, site)
    tried = [_tried(*place, f, start=start, end=reach.end) for f in both]
    model_ahead, naive_ahead = (_tried(*place, f, start=start, end=reach.end, days=LEADS) for f in both)
    missing = np.isnan(panel.slice(start, reach.end).values).sum() * panel.resolution_s / HOUR
    record = track_record(
        *tried,
        names=(ours.name, card.best_naive),
        ahead=(model_ahead, naive_ahead),
        tz=site.tz,
        missing_h=float(missing),
    )
    answering = ours if card.answers == ours.name else naive
    use = temperature_use(answering, air, reach.end, DAY)
    return ForecastCard(point.id, start, reach.end, panel.resolution_s, card, record, use)


def _panel(ctx: Context, scope: Scope, point: Point, model: Forecaster, *, start: int, end: int) -> Panel:
    """The days to judge and what a forecaster reads before them."""
    before = max(model.lookback_s, 7 * DAY)
    return load_panel(
        ctx, scope, [point.id], resolution_s=resolution_of(point), start=start - before, end=end
    )


def _tried(
    panel: Panel, point: Point, site: Site, forecaster: Forecaster, *, start: int, end: int, days: int = 1
) -> Backtest:
    """A day ahead from every local midnight, or several days from every third: all weekdays in three weeks."""
    return backtest(
        panel,
        point.id,
        forecaster,
        clock_times(start, end, site.tz, every_s=DAY if days == 1 else 3 * DAY),
        horizon_s=days * DAY,
        country=site.country,
        subdivision=site.subdivision,
    )
