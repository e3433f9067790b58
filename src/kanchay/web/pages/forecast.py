"""Where the period will close, the next hours, and how well the forecast does."""

from __future__ import annotations

from apiflask import APIBlueprint

from kanchay.web.pages.common import gather
from kanchay.web.shell import render
from kanchay.web.views.forecast import forecast_view

__all__ = ["blueprint"]

blueprint = APIBlueprint("forecast", __name__, enable_openapi=False)


@blueprint.get("/sites/<site_id>/forecast")
def show(site_id: str) -> str:
    known, r = gather(site_id)
    if known.span is None:
        return render("no_readings.html", site=known.site, section="forecast")
    return render("forecast.html", site=known.site, section="forecast", v=forecast_view(known, r))
