"""The API: the forecast card of a meter."""

from __future__ import annotations

from apiflask import Schema
from apiflask.fields import Integer
from apiflask.validators import Range
from flask import Response, jsonify

from kanchay.plain import plain
from kanchay.services.forecasting.card import ForecastCard, forecast_card
from kanchay.web.api.schema import answer, schema_of
from kanchay.web.api.v1 import blueprint
from kanchay.web.sessions import scope
from kanchay.web.shell import product

__all__ = ["card"]


class CardQuery(Schema):
    days = Integer(
        load_default=28,
        validate=Range(7, 92),
        metadata={"description": "How many of the last days are judged."},
    )


@blueprint.get("/points/<path:point_id>/forecast-card")
@blueprint.input(CardQuery, location="query", arg_name="query")
@blueprint.doc(
    summary="Forecast card of a point",
    responses=answer(
        schema_of(ForecastCard),
        "Who answers and why, skill with its interval, coverage, errors by hour and by day ahead, worst days.",
        also=(401, 404, 409, 422),
    ),
)
def card(point_id: str, query: dict[str, int]) -> Response:
    """Forecasts of the last days repeated without seeing what came next."""
    return jsonify(plain(forecast_card(product().ctx, scope(), point_id, days=query["days"])))
