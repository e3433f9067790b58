"""The forecast card of a meter: the model against the naives on its own last weeks."""

from __future__ import annotations

from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.skill import SkillCard, skill_of_panel
from kanchay.domain.interval import DAY
from kanchay.domain.point import Point, Site
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import load_default, resolution_of
from kanchay.services.readings.series import find_point, held, load_panel

__all__ = ["SkillCard", "card_of", "skill_card"]

_NAIVES = ("ensemble", "week", "day")


def skill_card(
    ctx: Context, scope: Scope, point_id: str, *, days: int = 28, model: str | None = None
) -> SkillCard:
    """The card of a point over its last `days` days."""
    point, _, site = find_point(ctx, scope, point_id)
    scope.require(Permission.READ, site.id)
    reach = held(ctx, scope, point_id)
    forecaster = ctx.models.load(model) if model else load_default(ctx)[0]
    return card_of(ctx, scope, point, site, forecaster, end=reach.end, days=days)


def card_of(
    ctx: Context, scope: Scope, point: Point, site: Site, model: Forecaster, *, end: int, days: int
) -> SkillCard:
    """The card of a point at any time; reads as much history before the span as the model wants."""
    start = end - days * DAY
    panel = load_panel(
        ctx,
        scope,
        [point.id],
        resolution_s=resolution_of(point),
        start=start - max(model.lookback_s, 7 * DAY),
        end=end,
    )
    return skill_of_panel(
        panel,
        point.id,
        model,
        tuple(ctx.models.load(name) for name in _NAIVES),
        start=start,
        end=end,
        country=site.country,
        subdivision=site.subdivision,
        unit=point.unit,
    )
