"""The forecast card of a meter, whole: who answers and why, and the track record behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kanchay.analysis.backtest import Backtest, backtest, clock_times
from kanchay.analysis.forecast.adapt import CANDIDATES, AdaptedForecaster
from kanchay.analysis.forecast.air import in_air, temperature_use
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.skill import SkillCard
from kanchay.analysis.forecast.trackrecord import TrackRecord, track_record
from kanchay.analysis.forecast.windows import make_windows
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.forecast import TemperatureUse
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import resolution_of
from kanchay.services.forecasting.hours import backtest_hours
from kanchay.services.forecasting.skill import answering, default_card
from kanchay.services.readings.outdoors import air_beside
from kanchay.services.readings.series import find_point, held, load_panel

__all__ = ["LEADS", "ForecastCard", "forecast_card"]

LEADS = 7  # days ahead whose errors are told


@dataclass(frozen=True, slots=True)
class ForecastCard:
    """The forecast card of a meter: the record of whoever answers, beside the best of the other kind.

    `within` is who speaks now where the adapted model answers: ``"adapted"`` itself, ``"base"``, ``"ensemble"`` or
    ``"weekday"``; else "".
    """

    point_id: str
    start: int
    end: int
    resolution_s: int
    skill: SkillCard
    record: TrackRecord
    temperature: TemperatureUse
    within: str = ""


def forecast_card(ctx: Context, scope: Scope, point_id: str, *, days: int = 28) -> ForecastCard:
    """Repeat the forecasts of the last `days` days without seeing what came next.

    The record is that of whoever answers, beside the best naive; where a naive answers, beside the model.
    Raises `NotEnoughData` where no day at all can be judged.
    """
    point, _, site = find_point(ctx, scope, point_id)
    scope.require(Permission.READ, site.id)
    reach = held(ctx, scope, point_id)
    start = max(reach.end - days * DAY, reach.start)
    model, card = default_card(ctx, scope, point, site, end=reach.end, days=days)
    if card.n_windows == 0:
        raise NotEnoughData(
            f"Point '{point_id}' has too little history to judge a forecast.",
            hint="Two days of readings are the least, four weeks tell something.",
        )
    plain = [answering(ctx, model, name) for name in (card.answers, card.beside)]
    panel = _panel(ctx, scope, point, max(f.lookback_s for f in plain), start=start, end=reach.end)
    air = air_beside(ctx, scope, site.id, panel)
    both = [in_air(f, air) for f in plain]
    place = (panel, point, site)
    tried = [_tried(*place, f, start=start, end=reach.end) for f in both]
    ahead, beside_ahead = (_tried(*place, f, start=start, end=reach.end, days=LEADS) for f in both)
    missing = np.isnan(panel.slice(start, reach.end).values).sum() * panel.resolution_s / HOUR
    record = track_record(
        *tried,
        names=(card.answers, card.beside),
        ahead=(ahead, beside_ahead),
        tz=site.tz,
        missing_h=float(missing),
        hours=lambda issued: backtest_hours(ctx, scope, point.id, plain[0], issued),
    )
    use = temperature_use(plain[0], air, reach.end, DAY)
    within = _within(*place, both[0], reach.end)
    return ForecastCard(point.id, start, reach.end, panel.resolution_s, card, record, use, within)


def _within(panel: Panel, point: Point, site: Site, forecaster: Forecaster, at: int) -> str:
    """Who speaks for the adapted model at `at`: it too steps back where adapting has not helped lately."""
    if not isinstance(forecaster, AdaptedForecaster):
        return ""
    windows = make_windows(
        panel,
        point.id,
        [at],
        lookback_s=forecaster.lookback_s,
        horizon_s=DAY,
        country=site.country,
        subdivision=site.subdivision,
    )
    return CANDIDATES[int(forecaster.choices(windows)[0])]


def _panel(ctx: Context, scope: Scope, point: Point, lookback_s: int, *, start: int, end: int) -> Panel:
    """The days to judge and what the forecasters read before them."""
    before = max(lookback_s, 7 * DAY)
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
