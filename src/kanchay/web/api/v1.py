"""The API: sites, points, readings, forecasts, findings, bills, imports."""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn

from apiflask import APIBlueprint, Schema
from apiflask.fields import Boolean, Integer, String
from apiflask.validators import Length, OneOf, Range
from flask import Response, jsonify

from kanchay.domain.errors import InputError, NotFound
from kanchay.domain.finding import Finding, Recommendation, RecommendationState
from kanchay.domain.forecast import LEVELS, QUANTILE_NAMES, Forecast, PeriodForecast, TemperatureUse
from kanchay.domain.interval import DAY, parse_duration, parse_instant
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site
from kanchay.domain.scope import Actor, Purpose
from kanchay.plain import plain
from kanchay.web.api.schema import answer, page_of, schema_of
from kanchay.web.gather import Gathered, Refusal
from kanchay.web.pages.findings import ANSWERS
from kanchay.web.sessions import current_actor, scope
from kanchay.web.shell import product

__all__ = ["Page", "asked_model", "blueprint", "known_point", "known_site", "page", "refuse"]

blueprint = APIBlueprint("v1", __name__, url_prefix="/api/v1", tag="Kanchay")

MAX_INTERVALS: Final = 10_000
MAX_PAGE: Final = 200
_LONGEST: Final = 366 * DAY
_SHORT: Final = Length(max=40)
_FIRST, _LAST = -62_135_596_800, 253_402_300_800  # the years 1 to 9999, which a calendar knows

_READINGS: Final = {
    "type": "object",
    "required": ["point_id", "unit", "resolution_s", "tz", "start", "value", "quality", "next"],
    "properties": {
        "point_id": {"type": "string"},
        "unit": {"type": "string"},
        "resolution_s": {"type": "integer"},
        "tz": {"type": "string"},
        "start": {
            "type": "array",
            "items": {"type": "integer"},
            "description": "Start of each interval, UTC seconds.",
        },
        "value": {"type": "array", "items": {"type": ["number", "null"]}, "description": "null: no reading."},
        "quality": {"type": "array", "items": {"type": "integer"}, "description": "0 measured … 4 missing."},
        "next": {"type": ["integer", "null"], "description": "The start that goes on, null at the end."},
    },
}
_FRAME: Final = {
    "type": "object",
    "required": ["point_id", "issued_at", "resolution_s", "unit", "model", "run_id", "notes", "rows"],
    "properties": {
        "point_id": {"type": "string"},
        "issued_at": {"type": "integer"},
        "resolution_s": {"type": "integer"},
        "unit": {"type": "string"},
        "model": {"type": "string"},
        "run_id": {"type": "string"},
        "notes": {"type": "array", "items": {"type": "string"}},
        "temperature": schema_of(TemperatureUse),
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["timestamp", "mean", *QUANTILE_NAMES],
                "properties": {
                    "timestamp": {"type": "integer", "description": "Start of the interval, UTC seconds."},
                    **{name: {"type": ["number", "null"]} for name in ("mean", *QUANTILE_NAMES)},
                },
            },
        },
    },
}


class Page(Schema):
    """Bounds of a list."""

    limit = Integer(
        load_default=50, validate=Range(1, MAX_PAGE), metadata={"description": "How many at most."}
    )
    offset = Integer(load_default=0, validate=Range(0), metadata={"description": "How many to leave out."})


class Window(Schema):
    """A stretch of time on one resolution."""

    start = String(
        validate=_SHORT,
        metadata={"description": "ISO 8601 or UTC seconds; a week before the end by default."},
    )
    end = String(
        validate=_SHORT,
        metadata={"description": "ISO 8601 or UTC seconds; the end of the readings by default."},
    )
    resolution = String(
        validate=_SHORT, metadata={"description": "15min, 1h, 1d …; the point's own by default."}
    )


class ForecastQuery(Schema):
    horizon = String(load_default="24h", validate=_SHORT, metadata={"description": "Up to 7d."})
    model = String(
        validate=Length(max=80), metadata={"description": "A name of a model; the best by default."}
    )
    temperature = Boolean(
        load_default=True,
        metadata={"description": "false leaves out the outdoor temperature of the site's sensor."},
    )


class Answer(Schema):
    state = String(
        required=True, validate=OneOf(ANSWERS), metadata={"description": "proposed takes an answer back."}
    )
    reason = String(load_default="", validate=Length(max=200))


def known_site(site_id: str) -> Gathered:
    """The site within reach of whoever asks, and what is known of it."""
    from kanchay.services.people.sites import get_site

    mine = scope()
    return Gathered(product().ctx, mine, get_site(product().ctx, mine, site_id), product().memo)


def known_point(point_id: str) -> tuple[Gathered, Point]:
    """The point within reach of whoever asks, with its site."""
    from kanchay.services.readings.series import find_point

    point, _, site = find_point(product().ctx, scope(), point_id)
    return Gathered(product().ctx, scope(), site), point


def page(rows: list[Any], query: dict[str, int]) -> Response:
    first, last = query["offset"], query["offset"] + query["limit"]
    return jsonify({"items": plain(rows[first:last]), "next": last if last < len(rows) else None})


def refuse(refusal: Refusal) -> NoReturn:
    """Raise what stood in the way, for the one error form."""
    from kanchay.domain.errors import BillRefused, NotEnoughData

    kind = BillRefused if refusal.code.startswith("bill") else NotEnoughData
    raise kind(refusal.message, hint=refusal.hint, code=refusal.code)


@blueprint.get("/me")
@blueprint.doc(summary="Who is signed in", responses=answer(schema_of(Actor), "The actor.", also=(401,)))
def me() -> Response:
    return jsonify(plain(current_actor()))


@blueprint.get("/sites")
@blueprint.input(Page, location="query", arg_name="query")
@blueprint.doc(
    summary="Sites", responses=answer(page_of(Site), "Sites within reach, by name.", also=(401, 422))
)
def sites(query: dict[str, int]) -> Response:
    from kanchay.services.people.sites import list_sites

    return page(list_sites(product().ctx, scope()), query)


@blueprint.get("/sites/<site_id>")
@blueprint.doc(summary="A site", responses=answer(schema_of(Site), "The site."))
def site(site_id: str) -> Response:
    return jsonify(plain(known_site(site_id).site))


@blueprint.get("/sites/<site_id>/points")
@blueprint.input(Page, location="query", arg_name="query")
@blueprint.doc(
    summary="Points of a site", responses=answer(page_of(Point), "Its points.", also=(401, 404, 422))
)
def points(site_id: str, query: dict[str, int]) -> Response:
    return page(known_site(site_id).points, query)


def _instant(text: str | None, default: int, tz: str, field: str) -> int:
    if not text:
        return default
    try:
        at = int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else parse_instant(text, tz)
        if not _FIRST <= at < _LAST:
            raise InputError(
                f"'{text}' is beyond the calendar.", hint="Give a time within the years 1 to 9999."
            )
        return at
    except InputError as error:
        raise InputError(f"{field}: {error.message}", hint=error.hint, code="time") from error


def _window(known: Gathered, point: Point, query: dict[str, str]) -> tuple[int, int, int]:
    span = known.ctx.readings.spans(known.scope, [point.id]).get(point.id)
    last = span.end if span else known.now
    step = parse_duration(query["resolution"]) if query.get("resolution") else point.resolution_s or 3600
    if not 1 <= step <= _LONGEST:
        raise InputError("A resolution is a second at least and a year at most.", code="time")
    end = _instant(query.get("end"), last, known.site.tz, "end")
    start = _instant(query.get("start"), end - 7 * DAY, known.site.tz, "start")
    if end <= start:
        raise InputError("The end is not after the start.", hint="Give start before end.", code="time")
    return start, end, step


@blueprint.get("/points/<path:point_id>/readings")
@blueprint.input(Window, location="query", arg_name="query")
@blueprint.doc(
    summary="Readings",
    responses=answer(
        _READINGS, f"At most {MAX_INTERVALS:,} intervals; `next` goes on.", also=(401, 404, 422)
    ),
)
def readings(point_id: str, query: dict[str, str]) -> Response:
    from kanchay.services.readings.series import load_panel

    known, point = known_point(point_id)
    start, end, step = _window(known, point, query)
    last = min(end, start + MAX_INTERVALS * step)
    panel: Panel = load_panel(known.ctx, known.scope, [point.id], resolution_s=step, start=start, end=last)
    body = {
        "point_id": point.id,
        "unit": point.unit,
        "resolution_s": step,
        "tz": known.site.tz,
        "start": panel.starts,
        "value": panel.values[0],
        "quality": panel.quality[0],
        "next": last if last < end else None,
    }
    return jsonify(plain(body))


def _frame(forecast: Forecast) -> dict[str, Any]:
    columns = zip(forecast.starts.tolist(), forecast.mean.tolist(), forecast.quantiles.tolist(), strict=True)
    rows = [{"timestamp": t, "mean": m, **dict(zip(QUANTILE_NAMES, q, strict=True))} for t, m, q in columns]
    names = ("point_id", "issued_at", "resolution_s", "unit", "model", "run_id", "notes", "temperature")
    return plain({name: getattr(forecast, name) for name in names} | {"rows": rows})  # type: ignore[no-any-return]


def asked_model(known: Gathered, query: dict[str, Any]) -> str | None:
    """The model that is asked for, by its name in this product; None where the best may answer."""
    name: str | None = query.get("model") or None
    if name and name not in known.ctx.models.names():
        raise NotFound(f"There is no model '{name}'.", hint=f"Known: {', '.join(known.ctx.models.names())}.")
    return name


@blueprint.get("/points/<path:point_id>/forecast")
@blueprint.input(ForecastQuery, location="query", arg_name="query")
@blueprint.doc(
    summary="Forecast of a point",
    responses=answer(_FRAME, f"Mean and quantiles at {LEVELS}.", also=(401, 404, 409, 422)),
)
def forecast(point_id: str, query: dict[str, Any]) -> Response:
    from kanchay.services.forecasting.forecast import forecast_point

    known, point = known_point(point_id)
    horizon = parse_duration(query["horizon"])
    if horizon > 7 * DAY:
        raise InputError(
            f"A horizon of {query['horizon']} is beyond 7 days.", hint="Ask for 7d at most.", code="time"
        )
    model = asked_model(known, query)
    how = {"horizon_s": horizon, "model": model, "temperature": query["temperature"]}
    made = forecast_point(known.ctx, known.scope, point.id, store=False, **how)
    return jsonify(_frame(made))


@blueprint.get("/sites/<site_id>/period")
@blueprint.doc(
    summary="Forecast of the billing period",
    responses=answer(schema_of(PeriodForecast), "Total of the period.", also=(401, 404, 409)),
)
def period(site_id: str) -> Response:
    found = known_site(site_id).period
    if isinstance(found, Refusal):
        refuse(found)
    return jsonify(plain(found))


@blueprint.get("/sites/<site_id>/findings")
@blueprint.input(Page, location="query", arg_name="query")
@blueprint.doc(summary="Findings", responses=answer(page_of(Finding), "By money.", also=(401, 404, 422)))
def findings(site_id: str, query: dict[str, int]) -> Response:
    return page(known_site(site_id).findings, query)


@blueprint.get("/sites/<site_id>/recommendations")
@blueprint.input(Page, location="query", arg_name="query")
@blueprint.doc(
    summary="Recommendations", responses=answer(page_of(Recommendation), "By saving.", also=(401, 404, 422))
)
def recommendations(site_id: str, query: dict[str, int]) -> Response:
    return page(known_site(site_id).recommendations, query)


@blueprint.post("/sites/<site_id>/recommendations/<recommendation_id>")
@blueprint.input(Answer, arg_name="given")
@blueprint.doc(
    summary="Answer a recommendation",
    responses=answer(schema_of(Recommendation), "As it stands now.", also=(401, 403, 404, 409, 422)),
)
def answer_one(site_id: str, recommendation_id: str, given: dict[str, str]) -> Response:
    from kanchay.services.findings.answer import answer_recommendation

    known = known_site(site_id)
    if all(x.id != recommendation_id for x in known.recommendations):
        raise NotFound(f"There is no recommendation '{recommendation_id}' at this site.")
    wish = RecommendationState(given["state"])
    answer_recommendation(known.ctx, scope(Purpose.OPERATE), recommendation_id, wish, given["reason"])
    fresh = Gathered(known.ctx, known.scope, known.site).recommendations
    return jsonify(plain(next(x for x in fresh if x.id == recommendation_id)))
