"""The API: a site's bill, the one expected, the other options, prices for a planner."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from apiflask import Schema
from apiflask.fields import Boolean, Date, Integer, List, String
from apiflask.validators import Length, OneOf, Range
from flask import Response, jsonify

from kanchay.bootstrap import price_formats
from kanchay.domain.bill import Bill, BillForecast
from kanchay.domain.errors import InputError
from kanchay.domain.interval import parse_duration, to_datetime
from kanchay.plain import plain
from kanchay.services.money.told import ToldComparison, told_comparison
from kanchay.web.api.schema import answer, schema_of
from kanchay.web.api.v1 import MAX_INTERVALS, blueprint, known_site, refuse
from kanchay.web.gather import Gathered, Refusal

__all__ = ["bill", "expected", "options", "prices"]

_MOST_BACK: Final = 60
_SERIES: Final = {"type": "array", "items": {"type": "number"}}
_BY_TIME: Final = {"type": "object", "additionalProperties": {"type": "number"}}
_SHAPES: Final[dict[str, Any]] = {
    "oneOf": [
        {
            "title": "json",
            "type": "object",
            "required": ["tariff_id", "unit", "start", "resolution_s", "take", "send"],
            "properties": {
                "tariff_id": {"type": "string"},
                "unit": {"type": "string", "description": "Such as PEN/kWh."},
                "start": {"type": "string", "format": "date-time"},
                "resolution_s": {"type": "integer"},
                "take": _SERIES | {"description": "What one more kWh from the grid costs, taxes included."},
                "send": _SERIES | {"description": "What a kWh sent to the grid earns."},
            },
        },
        {
            "title": "emhass",
            "type": "object",
            "required": ["load_cost_forecast", "prod_price_forecast"],
            "properties": {"load_cost_forecast": _BY_TIME, "prod_price_forecast": _BY_TIME},
        },
        {
            "title": "evcc",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["start", "end", "value"],
                "properties": {
                    "start": {"type": "string", "format": "date-time"},
                    "end": {"type": "string", "format": "date-time"},
                    "value": {"type": "number"},
                },
            },
        },
        {
            "title": "flexmeasures",
            "type": "object",
            "required": ["values", "start", "duration", "unit"],
            "properties": {
                "values": _SERIES,
                "start": {"type": "string", "format": "date-time"},
                "duration": {"type": "string"},
                "unit": {"type": "string"},
            },
        },
    ]
}


class BillQuery(Schema):
    back = Integer(
        load_default=0,
        validate=Range(0, _MOST_BACK),
        metadata={"description": "Periods before the running one."},
    )


class OptionsQuery(Schema):
    """Which periods and which options."""

    periods = Integer(
        load_default=12, validate=Range(1, 36), metadata={"description": "How many past periods."}
    )
    tariff = List(
        String(validate=Length(max=80)),
        load_default=list,
        validate=Length(max=20),
        metadata={"description": "Only these options, whoever may get them; may be repeated."},
    )
    prices_of = Date(load_default=None, metadata={"description": "Price all by the lists of this day."})


class PricesQuery(Schema):
    """Which local days, in which steps and shape."""

    start = Date(
        load_default=None, metadata={"description": "First day, on the site's clock; today by default."}
    )
    end = Date(load_default=None, metadata={"description": "Day after the last one; two days on by default."})
    resolution = String(
        load_default="1h", validate=Length(max=40), metadata={"description": "15min, 30min or 1h."}
    )
    format = String(
        load_default="json", validate=OneOf(list(price_formats())), metadata={"description": "A shape."}
    )
    feed_in = Boolean(
        load_default=False,
        metadata={"description": "With evcc and flexmeasures: what a kWh sent to the grid earns."},
    )


@blueprint.get("/sites/<site_id>/bill")
@blueprint.input(BillQuery, location="query", arg_name="query")
@blueprint.doc(
    summary="Bill of the period so far, or of a past one",
    responses=answer(schema_of(Bill), "Line by line.", also=(401, 404, 409, 422)),
)
def bill(site_id: str, query: dict[str, int]) -> Response:
    from kanchay.services.money.bill import bill_period

    known = known_site(site_id)
    left_out = known.left_out if known.site.tariff_id else ()
    return jsonify(
        plain(bill_period(known.ctx, known.scope, site_id, back=query["back"], leave_out=left_out))
    )


@blueprint.get("/sites/<site_id>/bill/expected")
@blueprint.doc(
    summary="Expected bill",
    responses=answer(schema_of(BillForecast), "With its range.", also=(401, 404, 409, 422)),
)
def expected(site_id: str) -> Response:
    found = known_site(site_id).expected
    if isinstance(found, Refusal):
        refuse(found)
    return jsonify(plain(found))


@blueprint.get("/sites/<site_id>/bill/options")
@blueprint.input(OptionsQuery, location="query", arg_name="query")
@blueprint.doc(
    summary="Past periods under each option",
    responses=answer(
        schema_of(ToldComparison), "What would have been paid, the cheapest first.", also=(401, 404, 409, 422)
    ),
)
def options(site_id: str, query: dict[str, Any]) -> Response:
    from kanchay.services.money.compare import compare_options

    known = known_site(site_id)
    found = compare_options(
        known.ctx, known.scope, site_id, periods=query["periods"], tariff_ids=query["tariff"],
        prices_of=query["prices_of"],
    )  # fmt: skip
    return jsonify(plain(told_comparison(found)))


def _documented() -> dict[int | str, dict[str, Any]]:
    """The answers: the shapes in JSON, and the table."""
    told = answer(_SHAPES, f"At most {MAX_INTERVALS:,} intervals.", also=(401, 404, 409, 422))
    told[200]["content"]["text/csv"] = {"schema": {"type": "string"}}
    return told


@blueprint.get("/sites/<site_id>/bill/prices")
@blueprint.input(PricesQuery, location="query", arg_name="query")
@blueprint.doc(summary="Prices of the hours to come, for a planner", responses=_documented())
def prices(site_id: str, query: dict[str, Any]) -> Response:
    """One more kWh in each interval at the total that the period is expected to reach, taxes included."""
    from kanchay.services.money.planner_prices import prices_of_site

    known = known_site(site_id)
    forecast = known.period
    if isinstance(forecast, Refusal):
        refuse(forecast)
    reach = _reach(known, query)
    found = prices_of_site(known.ctx, known.scope, known.site, reach, forecast)
    body = price_formats()[query["format"]].write(found, query["feed_in"])
    kind = "text/csv" if query["format"] == "csv" else "application/json"
    return Response(body, mimetype=kind)


def _reach(known: Gathered, query: dict[str, Any]) -> Any:
    from kanchay.services.money.planner_prices import Reach

    first: date = query["start"] or to_datetime(known.now, known.site.tz).date()
    end: date = query["end"] or first + timedelta(days=2)
    step = parse_duration(query["resolution"])
    if not 60 <= step <= 86_400 or not 0 < (end - first).days * 86_400 <= MAX_INTERVALS * step:
        raise InputError(
            f"From {first} to {end} by {query['resolution']} is beyond what is answered at once.",
            hint=f"Give an end after the start, and at most {MAX_INTERVALS:,} intervals of a minute to a day.",
            code="time",
        )
    return Reach(first, end, step)
