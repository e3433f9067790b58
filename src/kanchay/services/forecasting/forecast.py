"""Forecast one point and keep the answer with the run that made it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kanchay.analysis.forecast.air import Air, in_air, temperature_use
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.single import forecast_panel
from kanchay.analysis.forecast.windows import make_windows
from kanchay.domain.forecast import Forecast
from kanchay.domain.interval import DAY
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import load_default, resolution_of
from kanchay.services.forecasting.skill import answering, card_of, note_of
from kanchay.services.operations.runs import fingerprint, new_run
from kanchay.services.readings.outdoors import air_beside
from kanchay.services.readings.series import find_point, held, load_panel

__all__ = ["forecast_point"]


def forecast_point(
    ctx: Context,
    scope: Scope,
    point_id: str,
    *,
    issued_at: int | None = None,
    horizon_s: int = DAY,
    model: str | None = None,
    store: bool = True,
    temperature: bool = True,
) -> Forecast:
    """Forecast a point from the end of its data, or from `issued_at`.

    Without `model` the best forecaster for this meter answers by its record of the last four weeks: the pre-trained
    one, the same adapted to this meter, or a naive where that does better (note ``"fell_back_to_naive"``); see
    `kanchay.services.forecasting.skill.note_of` for the notes that say why. Whoever answered before goes on
    until another does clearly better. Where no model is installed the ensemble answers (``"no_model"``).

    A model that reads the outdoor temperature is told that of the site's sensor, unless `temperature` is False.
    """
    point, _, site = find_point(ctx, scope, point_id)
    scope.require(Permission.READ, site.id)
    resolution_s = resolution_of(point)
    at = _time_of_issue(ctx, scope, point, issued_at, resolution_s)
    forecaster, extra = (
        (ctx.models.load(model), ()) if model else _best(ctx, scope, point, site, at, temperature=temperature)
    )
    panel = load_panel(
        ctx, scope, [point_id], resolution_s=resolution_s, start=at - forecaster.lookback_s, end=at
    )
    air = air_beside(ctx, scope, site.id, panel, wanted=temperature)
    use = temperature_use(forecaster, air, at, horizon_s, wanted=temperature)
    run = new_run(
        ctx,
        site,
        "forecast",
        as_of=ctx.clock(),
        input_fingerprint=fingerprint(_read(panel, air if use.used else None, horizon_s)),
        model_hash=str(getattr(forecaster, "sha256", "")),
    )
    forecast = forecast_panel(
        panel,
        point.id,
        in_air(forecaster, air),
        at,
        horizon_s=horizon_s,
        unit=point.unit,
        country=site.country,
        subdivision=site.subdivision,
        run_id=run.id,
    )
    forecast = replace(forecast, notes=(*forecast.notes, *extra), temperature=use)
    if store:
        with ctx.records.unit(scope) as uow:
            uow.runs.put(run)
            uow.forecasts.put(forecast)
    return forecast


def _time_of_issue(ctx: Context, scope: Scope, point: Point, issued_at: int | None, resolution_s: int) -> int:
    """The asked time or the end of the data, on the grid of the point's readings."""
    reach = held(ctx, scope, point.id)
    at = reach.end if issued_at is None else issued_at
    return reach.start + (at - reach.start) // resolution_s * resolution_s


def _read(panel: Panel, air: Air | None, horizon_s: int) -> Panel:
    """All that a forecast at the end of the panel reads: with the temperature as a row of its own, days ahead too."""
    if air is None:
        return panel
    (point_id,), at = panel.points, panel.end
    windows = make_windows(panel, point_id, [at], lookback_s=at - panel.start, horizon_s=horizon_s)
    told = air.over(windows).temperature
    whole = panel.slice(panel.start, at + horizon_s)
    values = whole.values if told is None else np.concatenate([whole.values, told])
    quality = np.concatenate([whole.quality, np.zeros_like(whole.quality)])
    return replace(whole, points=(point_id, air.point_id), values=values, quality=quality)


def _best(
    ctx: Context, scope: Scope, point: Point, site: Site, at: int, *, temperature: bool
) -> tuple[Forecaster, tuple[str, ...]]:
    """Whoever does best on this meter, and the note that says why."""
    model, note = load_default(ctx)
    if note:
        return model, note
    card = card_of(ctx, scope, point, site, model, end=at, days=28, temperature=temperature)
    return answering(ctx, model, card.answers), (note_of(card),)
