"""Headers that keep a page to itself."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

__all__ = ["CSP", "init_headers"]

# No script is inline. Styles are ours; the positions of marks ride in style attributes (custom properties).
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_YEAR: Final = 31_536_000


def _add(response: Response) -> Response:
    response.headers.extend({k: v for k, v in _HEADERS.items() if k not in response.headers})
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
    if request.endpoint == "static":
        hashed = "v" in request.args and response.status_code == 200
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if hashed else "no-cache"
        response.headers.pop("Set-Cookie", None)
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store"  # a shared phone keeps nobody's readings
    return response


def init_headers(app: Flask) -> None:
    app.after_request(_add)
