"""The API: the price lists that we hold and how old they are, a tariff on a day, a tariff written by somebody."""

from __future__ import annotations

from typing import Any, Final

from apiflask import Schema
from apiflask.fields import Boolean, Date, String
from apiflask.validators import Length, OneOf
from flask import Response, jsonify

from kanchay.domain.errors import NotFound
from kanchay.plain import plain
from kanchay.services.money.staleness import TariffAge
from kanchay.services.money.tariff_check import Problem, check_tariff
from kanchay.services.money.tariff_edit import MOST_TEXT
from kanchay.services.money.told import ToldTariff, told_tariff
from kanchay.web.api.schema import answer, array_of, page_of, schema_of
from kanchay.web.api.v1 import Page, blueprint, page
from kanchay.web.i18n import LOCALES
from kanchay.web.shell import product

__all__ = ["tariff", "tariff_check", "tariffs"]

_CHECKED: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["ok", "tariff_id", "problems"],
    "properties": {
        "ok": {"type": "boolean", "description": "Whether it can be used: remarks do not hinder it."},
        "tariff_id": {"type": ["string", "null"]},
        "problems": array_of(Problem),
    },
}


class AgesQuery(Page):
    """Bounds, and whether fresh lists are left out."""

    stale = Boolean(load_default=False, metadata={"description": "Only lists that are probably replaced."})


class TariffQuery(Schema):
    on = Date(load_default=None, metadata={"description": "Day; today, else the newest list, by default."})
    language = String(load_default="en", validate=OneOf(LOCALES), metadata={"description": "Of the words."})


class TariffText(Schema):
    """A tariff as somebody wrote it."""

    text = String(
        required=True, validate=Length(max=MOST_TEXT), metadata={"description": "The YAML of one tariff."}
    )
    language = String(
        load_default="en", validate=OneOf(LOCALES), metadata={"description": "Of what is wrong and its cure."}
    )


@blueprint.get("/tariffs")
@blueprint.input(AgesQuery, location="query", arg_name="query")
@blueprint.doc(
    summary="Tariffs and the age of their prices",
    responses=answer(
        page_of(TariffAge), "The newest list of each tariff, stale ones first.", also=(401, 422)
    ),
)
def tariffs(query: dict[str, Any]) -> Response:
    """When the next list is due, how sure the prices are, and where they come from."""
    from kanchay.domain.interval import to_datetime
    from kanchay.services.money.staleness import stale_tariffs, tariff_ages

    ctx = product().ctx
    today = to_datetime(ctx.clock(), "America/Lima").date()
    ages = stale_tariffs(ctx, today) if query["stale"] else tariff_ages(ctx, today)
    return page(ages, query)


@blueprint.get("/tariffs/<tariff_id>")
@blueprint.input(TariffQuery, location="query", arg_name="query")
@blueprint.doc(
    summary="A tariff on a day",
    responses=answer(
        schema_of(ToldTariff), "Each price, what it rests on, hours and rules.", also=(401, 404, 422)
    ),
)
def tariff(tariff_id: str, query: dict[str, Any]) -> Response:
    from kanchay.services.money.tariff_page import tariff_page, usual_day
    from kanchay.services.money.tariff_words import TariffWords
    from kanchay.services.money.tariffs import tariff_by_id

    ctx, language = product().ctx, query["language"]
    if tariff_id not in ctx.library.tariff_documents():
        raise NotFound(f"There is no tariff '{tariff_id}'.", hint="See /api/v1/tariffs.")
    found = tariff_by_id(ctx, tariff_id)
    words = TariffWords(found, ctx.library.texts(language), language)
    return jsonify(plain(told_tariff(tariff_page(words, query["on"] or usual_day(ctx, found)))))


@blueprint.post("/tariffs/check")
@blueprint.input(TariffText, arg_name="given")
@blueprint.doc(
    summary="Check a tariff",
    description="Every mistake and oddity with its line and how to mend it. Nothing is stored.",
    responses=answer(_CHECKED, "What was found.", also=(401, 413, 422)),
)
def tariff_check(given: dict[str, str]) -> Response:
    check = check_tariff(product().ctx, given["text"], given["language"])
    tariff_id = check.tariff.id if check.tariff else None
    return jsonify(plain({"ok": check.ok, "tariff_id": tariff_id, "problems": check.problems}))
