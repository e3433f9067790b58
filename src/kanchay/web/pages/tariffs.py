"""The price lists that we hold, and how old they are."""

from __future__ import annotations

from apiflask import APIBlueprint

from kanchay.domain.scope import Permission, Purpose
from kanchay.services.people.sites import list_sites
from kanchay.web.sessions import scope
from kanchay.web.shell import product, reader, render
from kanchay.web.views.tariffs import tariffs_page

__all__ = ["blueprint"]

blueprint = APIBlueprint("tariffs", __name__, enable_openapi=False)


@blueprint.get("/tariffs")
def index() -> str:
    may_write = Permission.ADMIN in scope(Purpose.ADMINISTER).permissions
    countries = {site.country for site in list_sites(product().ctx, scope()) if site.country}
    page = tariffs_page(product().ctx, reader("America/Lima"), countries)
    return render("tariffs.html", section="tariffs", v=page, may_write=may_write)
