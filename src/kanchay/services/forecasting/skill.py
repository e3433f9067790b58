"""The forecast card of a meter: the model against the naives on its own last weeks."""

from __future__ import annotations

from typing import Final

from kanchay.analysis.forecast.air import in_air, reads_temperature
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.registry import forecaster
from kanchay.analysis.forecast.skill import SkillCard, skill_of_panel
from kanchay.domain.interval import DAY
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import adapted_to_meter, load_default, resolution_of
from kanchay.services.readings.outdoors import air_beside
from kanchay.services.readings.series import find_point, held, load_panel

__all__ = [
    "CHOSEN_BY_SKILL",
    "SkillCard",
    "answering",
    "card_of",
    "choose_on_panel",
    "default_card",
    "note_of",
    "skill_card",
]

_NAIVES = ("ensemble", "week", "day")
_DAYS = 28
_LOOKED_AT = 50  # stored forecasts among which the last choice is looked for

#: Notes of a forecast whose model was chosen by skill: one for each reason of a card, see `note_of`.
CHOSEN_BY_SKILL: Final = frozenset(
    {"model_better", "adapted_better", "fell_back_to_naive", "nothing_clearly_better", "too_short_to_tell"}
)


def note_of(card: SkillCard) -> str:
    """The note that a forecast carries, so that the store tells why its model answered."""
    return "fell_back_to_naive" if card.because == "naive_better" else card.because


def skill_card(
    ctx: Context, scope: Scope, point_id: str, *, days: int = _DAYS, model: str | None = None
) -> SkillCard:
    """The card of a point over its last `days` days."""
    point, _, site = find_point(ctx, scope, point_id)
    scope.require(Permission.READ, site.id)
    reach = held(ctx, scope, point_id)
    if model is None:
        return default_card(ctx, scope, point, site, end=reach.end, days=days)[1]
    return card_of(ctx, scope, point, site, ctx.models.load(model), end=reach.end, days=days)


def default_card(
    ctx: Context, scope: Scope, point: Point, site: Site, *, end: int, days: int
) -> tuple[Forecaster, SkillCard]:
    """The model that is asked unless another is named, and the card that says who answers in its place.

    Where none is installed the naive that stands in for it answers, whatever the others' record.
    """
    model, note = load_default(ctx)
    return model, card_of(ctx, scope, point, site, model, end=end, days=days, because="".join(note))


def answering(ctx: Context, model: Forecaster, name: str) -> Forecaster:
    """The forecaster that a card names: the model, the same adapted to the meter, or a naive."""
    adapted = adapted_to_meter(model)
    if adapted is not None and name == adapted.name:
        return adapted
    return model if name == model.name else ctx.models.load(name)


def card_of(
    ctx: Context,
    scope: Scope,
    point: Point,
    site: Site,
    model: Forecaster,
    *,
    end: int,
    days: int,
    temperature: bool = True,
    because: str = "",
) -> SkillCard:
    """The card of a point at any time; reads as much history before the span as the forecasters want.

    With `because` the model answers whatever the record says.
    """
    start = end - days * DAY
    adapted = adapted_to_meter(model)
    panel = load_panel(
        ctx,
        scope,
        [point.id],
        resolution_s=resolution_of(point),
        start=start - max(f.lookback_s for f in (model, adapted) if f is not None),
        end=end,
    )
    air = air_beside(ctx, scope, site.id, panel, wanted=temperature and reads_temperature(model))
    return skill_of_panel(
        panel,
        point.id,
        in_air(model, air),
        tuple(ctx.models.load(name) for name in _NAIVES),
        start=start,
        end=end,
        country=site.country,
        subdivision=site.subdivision,
        unit=point.unit,
        adapted=None if adapted is None else in_air(adapted, air),
        incumbent=_incumbent(ctx, scope, point.id, end),
        because=because,
    )


def choose_on_panel(
    panel: Panel,
    point_id: str,
    model: Forecaster,
    at: int,
    *,
    country: str | None = None,
    subdivision: str | None = None,
) -> tuple[Forecaster, SkillCard | None]:
    """Who answers at `at` for a series that is no stored point, and the card; no card where it cannot be compared.

    Nothing at or after `at` is looked at. A classic forecaster answers itself.
    """
    adapted = adapted_to_meter(model)
    if adapted is None:
        return model, None
    naives = {name: forecaster(name) for name in _NAIVES}
    card = skill_of_panel(
        panel.slice(panel.start, max(at, panel.start)),
        point_id,
        model,
        tuple(naives.values()),
        start=at - _DAYS * DAY,
        end=at,
        country=country,
        subdivision=subdivision,
        adapted=adapted,
    )
    return {model.name: model, adapted.name: adapted, **naives}[card.answers], card


def _incumbent(ctx: Context, scope: Scope, point_id: str, at: int) -> str:
    """Who answered the newest stored forecast up to `at` that nobody named a model for; "" where there is none.

    A forecast made again at the same time finds its own first answer, so it stays what it was.
    """
    with ctx.records.unit(scope) as uow:
        stored = uow.forecasts.find(point_id=point_id, order="-issued_at", limit=_LOOKED_AT)
    chosen = (f.model for f in stored if f.issued_at <= at and CHOSEN_BY_SKILL & set(f.notes))
    return next(chosen, "")
