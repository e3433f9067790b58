"""The API: daily totals of a meter to five weeks ahead, and the total of them all."""

from __future__ import annotations

from typing import Any, Final

from apiflask import Schema
from apiflask.fields import Integer, String
from apiflask.validators import Length, Range
from flask import Response, jsonify

from kanchay.analysis.forecast.days import MAX_DAYS
from kanchay.domain.forecast import LEVELS, QUANTILE_NAMES, DailyForecast
from kanchay.plain import plain
from kanchay.services.forecasting.document import numbers
from kanchay.web.api.schema import answer
from kanchay.web.api.v1 import asked_model, blueprint, known_point

__all__ = ["daily"]

_HEAD: Final = ("point_id", "issued_at", "end", "unit", "method", "known_hours", "notes")
_NUMBERS: Final = {name: {"type": "number"} for name in ("mean", *QUANTILE_NAMES)}
_DAYS: Final = {
    "type": "object",
    "required": [*_HEAD, "total", "rows"],
    "properties": {
        "point_id": {"type": "string"},
        "issued_at": {"type": "integer", "description": "First instant not yet known, UTC seconds."},
        "end": {"type": "integer", "description": "Local midnight after the last day, UTC seconds."},
        "unit": {"type": "string"},
        "method": {"type": "string", "description": "The daily model, and the one asked for the first week."},
        "known_hours": {"type": "number", "description": "History that was known."},
        "notes": {
            "type": "array",
            "items": {"type": "string"},
            "description": "short_history: under a week.",
        },
        "total": {
            "type": "object",
            "required": list(_NUMBERS),
            "properties": _NUMBERS,
            "description": "Of all days together; days are correlated, so their bands do not add.",
        },
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["timestamp", "end", *_NUMBERS],
                "properties": {
                    "timestamp": {
                        "type": "integer",
                        "description": "Local midnight, UTC seconds; in the first row the time of issue.",
                    },
                    "end": {"type": "integer", "description": "The next local midnight, UTC seconds."},
                    **_NUMBERS,
                },
            },
        },
    },
}


class DaysQuery(Schema):
    days = Integer(
        load_default=MAX_DAYS,
        validate=Range(1, MAX_DAYS),
        metadata={"description": "Local days, the rest of the first one included."},
    )
    model = String(
        validate=Length(max=80),
        metadata={"description": "Whose hours the first week leans on; the pre-trained model's by default."},
    )


@blueprint.get("/points/<path:point_id>/forecast-daily")
@blueprint.input(DaysQuery, location="query", arg_name="query")
@blueprint.doc(
    summary="Daily totals ahead of a point",
    responses=answer(_DAYS, f"Mean and quantiles at {LEVELS} per day and of all.", also=(401, 404, 409, 422)),
)
def daily(point_id: str, query: dict[str, Any]) -> Response:
    """Totals of local days from the end of the readings, at most 35."""
    from kanchay.services.forecasting.days import forecast_point_days

    known, point = known_point(point_id)
    made = forecast_point_days(
        known.ctx, known.scope, point.id, n_days=query["days"], model=asked_model(known, query)
    )
    return jsonify(_body(made))


def _body(made: DailyForecast) -> dict[str, Any]:
    ends = [*made.starts[1:].tolist(), made.end]
    rows = [
        {"timestamp": start, "end": end, **numbers(mean, quantiles)}
        for start, end, mean, quantiles in zip(
            made.starts.tolist(), ends, made.mean, made.quantiles, strict=True
        )
    ]
    total = numbers(made.total_mean, made.total_quantiles)
    body: dict[str, Any] = plain(
        {name: getattr(made, name) for name in _HEAD} | {"total": total, "rows": rows}
    )
    return body
