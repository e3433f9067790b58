"""A token in every form. It is masked anew for each page, so that compression does not give it away (BREACH)."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from typing import Final

from flask import request, session
from markupsafe import Markup

from kanchay.domain.errors import AccessDenied
from kanchay.web.sessions import by_token

__all__ = ["CSRF_FIELD", "CSRF_HEADER", "check_csrf", "csrf_field", "csrf_token"]

CSRF_FIELD: Final = "_csrf"
CSRF_HEADER: Final = "X-CSRF-Token"
_SIZE: Final = 24
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def _secret() -> bytes:
    if "csrf" not in session:
        session["csrf"] = secrets.token_hex(_SIZE)
    return bytes.fromhex(session["csrf"])


def csrf_token() -> str:
    """The session's token under a fresh mask."""
    secret, pad = _secret(), secrets.token_bytes(_SIZE)
    return base64.urlsafe_b64encode(pad + bytes(a ^ b for a, b in zip(pad, secret, strict=True))).decode()


def csrf_field() -> Markup:
    """The hidden field of a form."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, csrf_token())


def _unmask(token: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(token.encode())
    except (binascii.Error, ValueError):
        return b""
    return bytes(a ^ b for a, b in zip(raw[:_SIZE], raw[_SIZE:], strict=False))


def check_csrf() -> None:
    """Refuse a change that does not carry the token of its own session."""
    if request.method in _SAFE or request.routing_exception is not None:
        return  # nothing will run that could change anything
    if by_token():
        return
    given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    if "csrf" not in session or not hmac.compare_digest(_unmask(given), _secret()):
        raise AccessDenied(
            "This form is too old or came from another page.",
            hint="Load the page again and send it once more.",
            code="csrf",
        )
