"""Sites: list, add, change."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from apiflask import APIBlueprint
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from kanchay.domain.errors import Conflict, InputError, KanchayError
from kanchay.domain.interval import DAY, zone
from kanchay.domain.names import slug
from kanchay.domain.point import Site, SiteKind
from kanchay.domain.scope import Purpose
from kanchay.web.gather import Gathered
from kanchay.web.pages.common import gather
from kanchay.web.sessions import scope
from kanchay.web.shell import product, reader, render
from kanchay.web.views.bill import tariff_title
from kanchay.web.views.tariff_choice import tariff_groups

__all__ = ["blueprint"]

blueprint = APIBlueprint("sites", __name__, enable_openapi=False)

_MOST = 1e9  # of money, of m²


@blueprint.get("/sites")
def index() -> str:
    from kanchay.services.people.sites import list_sites

    mine, ctx = scope(), product().ctx
    rows, late = [], 0
    for site in list_sites(ctx, mine):
        known = Gathered(ctx, mine, site)
        r = reader(site.tz)
        newest = max((s.end for s in known.spans.values()), default=None)
        late += newest is None or r.now - newest > DAY
        rows.append((site, len(known.points), r.formats.when(newest) if newest else ""))
    language, documents = reader().language, ctx.library.tariff_documents()
    names = {key: tariff_title(document, language) or key for key, document in documents.items()}
    return render(
        "sites.html", section="sites", rows=rows, tariff_names=names, headline=_headline(len(rows), late)
    )


def _headline(n: int, late: int) -> str:
    """Whether all sites send readings: what one comes to this page for."""
    t = reader().words
    if n == 0:
        return t("sites.h1_none")
    if late:
        return t("sites.h1_late", late=late, n=n)
    return t("sites.h1_one") if n == 1 else t("sites.h1", n=n)


@blueprint.get("/sites/new")
def new() -> str:
    return _form_page(Site(id="", name="", tz="America/Lima", country="PE"), None, "")


def _form_page(form: Site, site: Site | None, wrong: str) -> str:
    parameters = dict(form.tariff_parameters)
    language = reader().language
    documents = product().ctx.library.tariff_documents()
    asked = [
        (
            p["id"],
            p.get("name", {}).get(language, p["id"]),
            p.get("help", {}).get(language, ""),
            parameters.get(p["id"], ""),
        )
        for p in documents.get(form.tariff_id or "", {}).get("parameters", ())
        if "help" in p
    ]
    return render(
        "site_form.html",
        site=site,
        section="sites",
        form=form,
        wrong=wrong,
        tariffs=tariff_groups(documents, form.country, language),
        tariff_now=tariff_title(documents.get(form.tariff_id or ""), language),
        asked=asked,
    )


def _site_id(name: str) -> str:
    """A readable id: ``Casa Surquillo`` becomes ``casa-surquillo``."""
    return slug(name)[:40]


def _number(text: str, field: str) -> float | None:
    if not text.strip():
        return None
    try:
        number = float(Decimal(text.strip().replace(",", ".")))
    except (InvalidOperation, OverflowError):
        number = math.nan
    if not 0 <= number <= _MOST:  # neither is NaN
        raise InputError(
            f"'{text[:40]}' is not a number.", hint=f"Correct the field {field}.", code="form.number"
        )
    return number


def _from_form(form: Any, base: Site) -> Site:
    """The site as the form says; `InputError` for what cannot be."""
    name = form.get("name", "").strip()[:80]
    if not name:
        raise InputError("The site needs a name.", code="form.name")
    tz = form.get("tz", "").strip()
    zone(tz)
    day = form.get("billing_day", "1")
    if not day.isdecimal() or len(day) > 2 or not 1 <= int(day) <= 28:
        raise InputError("The reading day is a number from 1 to 28.", code="form.billing_day")
    tariff = form.get("tariff_id") or None
    if tariff and tariff not in product().ctx.library.tariff_documents():
        raise InputError(f"There is no tariff '{tariff}'.", code="form.tariff")
    return replace(
        base,
        name=name,
        kind=SiteKind(form.get("kind", "home")),
        tz=tz,
        country=(form.get("country") or "").upper()[:2] or None,
        currency=(form.get("currency") or "PEN").upper()[:3],
        tariff_id=tariff,
        billing_day=int(day),
        tariff_parameters=_parameters(form, base, tariff),
        floor_area_m2=_number(form.get("floor_area_m2", ""), "m²"),
    )


def _parameters(form: Any, base: Site, tariff: str | None) -> tuple[tuple[str, str], ...]:
    """Values as typed, or as they were where none were asked for; without those that the tariff does not know."""
    given = tuple((k[2:], v.strip()) for k, v in sorted(form.items()) if k.startswith("p-") and v.strip())
    for key, value in given:
        _number(value, key)
    values = given if "with_parameters" in form else base.tariff_parameters
    if tariff is None:
        return values
    known = {p["id"] for p in product().ctx.library.tariff_documents()[tariff].get("parameters", ())}
    return tuple((key, value) for key, value in values if key in known)


def _sentence(error: KanchayError) -> str:
    t = reader().words
    return t(f"error.{error.code}") if t.has(f"error.{error.code}") else str(error)


@blueprint.post("/sites/new")
def create() -> Response | tuple[str, int]:
    from kanchay.services.people.sites import create_site

    mine = scope(Purpose.ADMINISTER)
    empty = Site(id="", name="", organisation_id=mine.organisation_id or "default")
    try:
        site = _from_form(request.form, empty)
        site = replace(site, id=_site_id(site.name))
        create_site(product().ctx, mine, site)
    except (InputError, Conflict, ValueError) as error:
        said = _sentence(error) if isinstance(error, KanchayError) else str(error)
        return _form_page(empty, None, said), 422
    flash(reader().words("sites.created"), "good")
    return redirect(url_for("imports.upload", site_id=site.id), 303)


@blueprint.get("/sites/<site_id>/edit")
def edit(site_id: str) -> str:
    known, _ = gather(site_id)
    return _form_page(known.site, known.site, "")


@blueprint.post("/sites/<site_id>/edit")
def update(site_id: str) -> Response | tuple[str, int]:
    from kanchay.services.people.sites import update_site

    known, _ = gather(site_id)
    mine = scope(Purpose.ADMINISTER)
    try:
        site = _from_form(request.form, known.site)
        update_site(product().ctx, mine, site)
    except (InputError, Conflict, ValueError) as error:
        said = _sentence(error) if isinstance(error, KanchayError) else str(error)
        return _form_page(known.site, known.site, said), 422
    flash(reader().words("sites.saved"), "good")
    return redirect(url_for("sites.edit", site_id=site_id), 303)
