"""The API: the price lists that we hold and how old they are."""

from __future__ import annotations

from typing import Any

from apiflask.fields import Boolean
from flask import Response

from kanchay.services.money.staleness import TariffAge
from kanchay.web.api.schema import answer, page_of
from kanchay.web.api.v1 import Page, blueprint, page
from kanchay.web.shell import product

__all__ = ["tariffs"]


class AgesQuery(Page):
    """Bounds, and whether fresh lists are left out."""

    stale = Boolean(load_default=False, metadata={"description": "Only lists that are probably replaced."})


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
