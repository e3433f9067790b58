"""Where the period will close, the next hours, and how well the forecast does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apiflask import APIBlueprint
from flask import request

from kanchay.domain.errors import KanchayError, NotEnoughData, NotFound
from kanchay.domain.interval import HOUR
from kanchay.domain.point import Point
from kanchay.web.gather import Gathered
from kanchay.web.pages.common import gather
from kanchay.web.shell import Reader, render
from kanchay.web.views.air import air_named
from kanchay.web.views.common import point_name
from kanchay.web.views.forecast import forecast_view
from kanchay.web.views.forecast_card import card_view

__all__ = ["blueprint"]

blueprint = APIBlueprint("forecast", __name__, enable_openapi=False)


@blueprint.get("/sites/<site_id>/forecast")
def show(site_id: str) -> str:
    known, r = gather(site_id)
    if known.span is None:
        return render("no_readings.html", site=known.site, section="forecast")
    return render("forecast.html", site=known.site, section="forecast", v=forecast_view(known, r))


@blueprint.get("/sites/<site_id>/forecast/card")
def card(site_id: str) -> str:
    """The forecast card of the main meter, or of the one named by ``?point=``."""
    known, r = gather(site_id)
    if known.span is None:
        return render("no_readings.html", site=known.site, section="forecast")
    points = _meters(known)
    point = _chosen(points, known)
    others = [(p.id, point_name(p, r)) for p in points if p.id != point.id]
    shown = {"others": others, "label": point_name(point, r)}
    return render(
        "forecast_card.html", site=known.site, section="forecast", **shown, **_card(known, point, r)
    )


def _meters(known: Gathered) -> list[Point]:
    """The meters of the site that can be forecast, the main one first."""
    from kanchay.services.forecasting.fleet import points_to_forecast

    found = [p for p in points_to_forecast(known.ctx, known.scope, known.site.id) if p.id in known.spans]
    main = known.meter
    return [main, *(p for p in found if p.id != main.id)]


def _chosen(points: list[Point], known: Gathered) -> Point:
    asked = request.args.get("point", known.meter.id)
    for point in points:
        if point.id == asked:
            return point
    raise NotFound(f"Site '{known.site.name}' has no such meter with readings.")


def _card(known: Gathered, point: Point, r: Reader) -> dict[str, Any]:
    """What the page shows: the card, or that there is too little history, or why it failed. Made once a day."""
    from kanchay.services.forecasting.card import forecast_card
    from kanchay.services.readings.series import span

    reach = span(known.ctx, known.scope, point.id)
    end = reach.end if reach else known.now
    day = r.formats.moment(end).date()
    try:
        made = known.daily_answer(
            f"card {point.id}", day, lambda: forecast_card(known.ctx, known.scope, point.id)
        )
    except NotEnoughData:
        return {"v": None, "empty": True, "hours": (end - reach.start) // HOUR if reach else 0}
    except KanchayError as error:
        return {"v": None, "empty": False, "reason": f"{error.message} {error.hint}".strip()}
    told = replace(made, temperature=air_named(made.temperature, known.points, r))
    return {"v": card_view(told, point_name(point, r), r)}
