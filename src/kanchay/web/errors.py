"""One error form for programs, one calm page for people. Never a stack trace."""

from __future__ import annotations

import logging
from typing import Any, Final

from apiflask.exceptions import HTTPError
from flask import Flask, Response, g, jsonify, make_response, request
from werkzeug.exceptions import HTTPException

from kanchay.domain import errors as e

__all__ = ["error_body", "init_errors", "status_of"]

_log = logging.getLogger(__name__)

_STATUS: Final[tuple[tuple[type[e.KanchayError], int], ...]] = (
    (e.NotFound, 404),
    (e.AccessDenied, 403),
    (e.Conflict, 409),
    (e.NotEnoughData, 409),
    (e.BillRefused, 422),
    (e.InputError, 422),
    (e.BundleError, 422),
    (e.SettingError, 400),
    (e.MissingExtra, 501),
)
_CODES: Final = {
    400: "bad_request",
    401: "sign_in",
    403: "denied",
    404: "not_found",
    405: "method",
    409: "conflict",
    413: "too_large",
    415: "media_type",
    422: "invalid",
    429: "too_many",
    500: "internal",
    501: "missing_extra",
}
_HINTS: Final = {
    401: "Sign in first, or send the session cookie.",
    404: "Check the address and the id.",
    405: "The header Allow names the methods that work here.",
    413: "Send a smaller file, or raise the setting max_upload_mb.",
    429: "Wait the seconds given in the header Retry-After.",
    500: "It was written to the log. Nothing that was stored is lost.",
}


def status_of(error: e.KanchayError) -> int:
    """The HTTP status that fits an error of ours."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def error_body(code: str, message: str, hint: str = "", field: str | None = None) -> dict[str, Any]:
    """The one JSON error form of every endpoint."""
    error = {"code": code, "message": message, "hint": hint}
    return {"error": error | ({"field": field} if field else {})}


def _speaks_serving() -> bool:
    """Whether the path belongs to one of the two dialects of model serving, whose error is one sentence."""
    return request.path == "/v2" or request.path.startswith(("/v1/", "/v2/"))


def _wants_json() -> bool:
    return request.path.startswith(("/api/", "/healthz", "/metrics"))


def _answer(status: int, code: str, message: str, hint: str = "", field: str | None = None) -> Response:
    if _speaks_serving():
        response = make_response(jsonify({"error": message}), status)
    elif _wants_json():
        response = make_response(jsonify(error_body(code, message, hint, field)), status)
    else:
        from kanchay.web.shell import render_error

        response = make_response(render_error(status, code, message, hint), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _first_field(detail: Any, path: str = "") -> tuple[str, str]:
    """The first wrong field of a validation error and what is wrong with it."""
    if isinstance(detail, dict) and detail:
        key = next(iter(detail))
        return _first_field(
            detail[key], path if key in ("query", "json", "form", "files", "form_and_files") else str(key)
        )
    return path, str(detail[0] if isinstance(detail, list) and detail else detail)


def init_errors(app: Flask) -> None:
    @app.errorhandler(e.KanchayError)
    def _ours(error: e.KanchayError) -> Response:
        status = status_of(error)
        if status == 500:
            _log.error("%s: %s", type(error).__name__, error)
        return _answer(status, error.code, error.message, error.hint)

    @app.errorhandler(HTTPError)
    def _invalid(error: HTTPError) -> Response:
        field, what = _first_field(error.detail)
        message = f"{field}: {what}" if field else error.message or "The request is not valid."
        return _answer(
            error.status_code,
            _CODES.get(error.status_code, "http"),
            message,
            "Correct that field.",
            field or None,
        )

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        status = error.code or 500
        if status in (301, 302, 303, 304, 307, 308):
            return error.get_response()  # type: ignore[return-value]
        answer = _answer(
            status, _CODES.get(status, "http"), error.description or error.name, _HINTS.get(status, "")
        )
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After", "WWW-Authenticate"):
                answer.headers[name] = value
        return answer

    @app.errorhandler(Exception)
    def _bug(error: Exception) -> Response:
        if "database is locked" in str(error):  # whichever library says it
            _log.warning("the store was busy for too long")
            return _answer(503, "busy", "Another program is writing to the store.", "Try again in a moment.")
        # The route, not the address: that may hold a one-time token.
        where = request.url_rule.rule if request.url_rule else "an unknown address"
        _log.exception("%s %s failed", request.method, where, exc_info=error)
        g.failed = True
        return _answer(500, "internal", "Something went wrong on our side.", _HINTS[500])
