"""The bill: line by line, the step, the months before; the other options."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request

from kanchay.web.pages.common import gather
from kanchay.web.shell import render
from kanchay.web.views.bill_page import bill_page
from kanchay.web.views.options import options_view

__all__ = ["blueprint"]

blueprint = APIBlueprint("bill", __name__, enable_openapi=False)


@blueprint.get("/sites/<site_id>/bill")
def show(site_id: str) -> str:
    known, r = gather(site_id)
    if known.span is None:
        return render("no_readings.html", site=known.site, section="bill")
    asked = request.args.get("back", "")
    back = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
    return render("bill.html", site=known.site, section="bill", v=bill_page(known, r, back))


@blueprint.get("/sites/<site_id>/bill/options")
def options(site_id: str) -> str:
    known, r = gather(site_id)
    if known.span is None:
        return render("no_readings.html", site=known.site, section="bill")
    return render("options.html", site=known.site, section="bill", v=options_view(known.options, r))
