"""Whether it lives: health for a supervisor, metrics for Prometheus, the manifest for a phone."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from werkzeug.exceptions import Unauthorized

from kanchay._version import __version__
from kanchay.services.context import Context
from kanchay.services.people.policy import operator_scope
from kanchay.web.api.schema import described
from kanchay.web.assets import asset
from kanchay.web.metrics import Metrics
from kanchay.web.sessions import bears_token, current_actor, public
from kanchay.web.shell import product

__all__ = ["blueprint", "health_of"]


blueprint = APIBlueprint("system", __name__, tag="System")

_HEALTH = {
    "type": "object",
    "required": ["status", "version", "store", "worker_age_s", "last_reading_age_s"],
    "properties": {
        "status": {"enum": ["ok", "failing"]},
        "version": {"type": "string"},
        "store": {"type": "boolean", "description": "Whether readings and records can be reached."},
        "worker_age_s": {
            "type": ["integer", "null"],
            "description": "Seconds since the worker last said that it lives (every 30 s).",
        },
        "last_reading_age_s": {
            "type": ["integer", "null"],
            "description": "Seconds since the newest reading ended.",
        },
    },
}


def _spans(ctx: Context) -> dict[str, Any]:
    scope = operator_scope()
    with ctx.records.unit(scope) as unit:
        ids = [p.id for p in unit.points.find()]
    return dict(ctx.readings.spans(scope, ids)) if ids else {}


def _worker_age(ctx: Context) -> int | None:
    from kanchay.services.operations.jobs import HEARTBEAT, job_state

    last = job_state(ctx, operator_scope(), HEARTBEAT).last_ok
    return max(0, ctx.clock() - last) if last else None


def _worker_lag(ctx: Context) -> int:
    """Changes, up to a thousand, that the roll-ups have not seen."""
    from kanchay.services.operations.feed import cursor
    from kanchay.services.readings.rollups import CURSOR

    scope = operator_scope()
    return len(ctx.readings.changes(scope, cursor(ctx, scope, CURSOR), 1000))


def health_of(ctx: Context) -> dict[str, Any]:
    """What a supervisor needs to know; says nothing about any site."""
    body: dict[str, Any] = {"status": "failing", "version": __version__, "store": False}
    try:
        spans, worker = _spans(ctx), _worker_age(ctx)
    except Exception:  # whatever fails in a store: it cannot be reached
        return body | {"worker_age_s": None, "last_reading_age_s": None}
    newest = max((s.end for s in spans.values()), default=None)
    age = None if newest is None else max(0, ctx.clock() - newest)
    return body | {"status": "ok", "store": True, "worker_age_s": worker, "last_reading_age_s": age}


@blueprint.get("/healthz")
@blueprint.doc(
    summary="Health",
    responses=described(_HEALTH, "It lives."),
)
@public
def healthz() -> tuple[Response, int]:
    body = health_of(product().ctx)
    return jsonify(body), 200 if body["store"] else 503


def _may_measure() -> bool:
    """Somebody signed in, or a scraper with the token of the file ``metrics.token``."""
    return bears_token("metrics.token") or current_actor() is not None


@blueprint.get("/metrics")
@blueprint.doc(hide=True)
@public
def metrics() -> Response:
    if not _may_measure():
        raise Unauthorized
    _measure(product().ctx, product().metrics)
    return Response(generate_latest(product().metrics.registry), content_type=CONTENT_TYPE_LATEST)


def _measure(ctx: Context, m: Metrics) -> None:
    spans = _spans(ctx)
    m.points.set(len(spans))
    m.readings.set(sum(s.n for s in spans.values()))
    if spans:
        m.reading_age.set(max(0, ctx.clock() - max(s.end for s in spans.values())))
    age = _worker_age(ctx)
    m.worker_age.set(float("nan") if age is None else age)
    m.worker_lag.set(_worker_lag(ctx))


@blueprint.get("/manifest.webmanifest")
@blueprint.doc(hide=True)
@public
def manifest() -> Response:
    """Makes the pages installable."""
    icon = {"src": asset("favicon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    body = {
        "name": "Kanchay",
        "short_name": "Kanchay",
        "start_url": "/",
        "display": "standalone",
        "icons": [icon],
        "background_color": "#f8f7f3",
        "theme_color": "#f8f7f3",
    }
    response = jsonify(body)
    response.content_type = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
