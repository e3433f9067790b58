"""The first page: one finding, one number, one thing to do; and what happens right now."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import redirect, url_for
from werkzeug.wrappers import Response

from kanchay.domain.point import SiteKind
from kanchay.services.people.sites import list_sites
from kanchay.web.gather import Gathered
from kanchay.web.pages.common import gather
from kanchay.web.sessions import scope
from kanchay.web.shell import product, render
from kanchay.web.views.building import building_view
from kanchay.web.views.home import home_view
from kanchay.web.views.now import now_view

__all__ = ["blueprint"]

blueprint = APIBlueprint("overview", __name__, enable_openapi=False)


@blueprint.get("/")
def home() -> Response | str:
    """The first site that has readings, else the first, else how to begin."""
    mine = scope()
    sites = list_sites(product().ctx, mine)
    if not sites:
        return render("welcome.html", section="home")
    first = next((s for s in sites if Gathered(product().ctx, mine, s).spans), sites[0])
    return redirect(url_for("overview.show", site_id=first.id))


@blueprint.get("/sites/<site_id>/")
def show(site_id: str) -> str:
    known, r = gather(site_id)
    if known.span is None:
        return render("no_readings.html", site=known.site, section="home")
    if known.site.kind is SiteKind.BUILDING:
        return render("building.html", site=known.site, section="home", v=building_view(known, r))
    return render("home.html", site=known.site, section="home", v=home_view(known, r))


@blueprint.get("/sites/<site_id>/now")
def now(site_id: str) -> str:
    """The card *now* alone, asked for again by the page while it is open."""
    known, r = gather(site_id)
    return render("now.html", site=known.site, now=now_view(known, r))
