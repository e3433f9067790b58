"""Who is there: signed cookies, the key that signs them, and the door that is closed by default."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import TooManyRequests, Unauthorized
from werkzeug.wrappers import Response

from kanchay.domain.errors import NotFound
from kanchay.domain.scope import Actor, Purpose, Role, Scope
from kanchay.newfile import kept_word
from kanchay.services.context import Context
from kanchay.services.ports.records import User
from kanchay.web.limits import RateLimit

__all__ = [
    "TOKEN_LIMIT",
    "Cookies",
    "bears_token",
    "by_token",
    "close_door",
    "current_actor",
    "for_machines",
    "forget",
    "is_loopback",
    "public",
    "read_token",
    "remember",
    "scope",
    "seal_of",
]

_PUBLIC: Final = "_kanchay_public"
_MACHINES: Final = "_kanchay_machines"
_SHORTEST_TOKEN: Final = 32  # letters; an empty or cut file opens nothing
_LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_FORWARDED: Final = ("Forwarded", "Via", "X-Real-Ip", "Cf-Connecting-Ip", "True-Client-Ip", "X-Client-Ip")
DEMO_ACTOR: Final = "demo"
TOKEN_LIMIT: Final = RateLimit(n=20, seconds=900)  # wrong tokens from one place

View = TypeVar("View", bound=Callable[..., Any])


class Cookies(SecureCookieSessionInterface):
    """Signed cookies that travel over TLS only once they came over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or super().get_cookie_secure(app)


def public(view: View) -> View:
    """Mark a view that may be seen without signing in. Everything else is closed."""
    setattr(view, _PUBLIC, True)
    return view


def read_token(path: Path) -> str:
    """A random token kept in a file that only its owner can read; made when it is not there yet."""
    return kept_word(path, 32)


def for_machines(*files: str) -> Callable[[View], View]:
    """Mark a view that also opens to a program which sends the token of one of `files` in the product's folder."""

    def mark(view: View) -> View:
        setattr(view, _MACHINES, files)
        return view

    return mark


def bears_token(file: str) -> bool:
    """Whether the request carries ``Authorization: Bearer`` with the token of that file; the file is made if need be."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    token = read_token(current_app.extensions["kanchay"].settings.home / file)
    return len(token) >= _SHORTEST_TOKEN and hmac.compare_digest(given.encode(), token.encode())


def by_token() -> bool:
    """Whether the door opened to a token. No browser sends one by itself, so such a request needs no token of a page."""
    return bool(g.get("by_token", False))


def is_loopback() -> bool:
    """Whether the browser runs on this very machine and called it by a local name.

    The name is checked because another web site could point its own name at 127.0.0.1 (DNS rebinding); a request that
    a proxy passed on is never local.
    """
    if any(name.title().startswith((*_FORWARDED, "X-Forwarded-")) for name, _ in request.headers):
        return False
    name = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    try:
        return name in _LOCAL_NAMES and ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def seal_of(user: User) -> str:
    """What a session is sealed with: changes with the password, so that old sessions end when it does."""
    return sha256(user.password_hash.encode()).hexdigest()[:24]


def remember(user: User) -> None:
    """Start a fresh session for this user."""
    session.clear()
    session.permanent = True
    session["user"] = user.id
    session["seal"] = seal_of(user)


def forget() -> None:
    """End the session."""
    session.clear()


def _signed_in(ctx: Context) -> Actor | None:
    from kanchay.services.people.policy import operator_scope

    if "user" not in session:
        return None
    with ctx.records.unit(operator_scope()) as unit:
        try:
            user = unit.users.get(session["user"])
        except NotFound:
            return None
    return user.actor if hmac.compare_digest(session.get("seal", ""), seal_of(user)) else None


def _demo(locale: str) -> Actor:
    return Actor(DEMO_ACTOR, "Demo", Role.OWNER, organisation_id="default", locale=locale)


def _owned() -> bool:
    """Whether somebody owns this product: then even a demo asks for the password."""
    from kanchay.services.people.sign_in import has_owner

    return has_owner(current_app.extensions["kanchay"].ctx)


def current_actor() -> Actor | None:
    """Whoever is signed in; in a demo that nobody owns yet, whoever sits at this machine."""
    if "actor" not in g:
        app = current_app
        g.actor = _signed_in(app.extensions["kanchay"].ctx)
        if g.actor is None and app.extensions["kanchay"].demo and is_loopback() and not _owned():
            g.actor = _demo(app.extensions["kanchay"].settings.locale)
    actor: Actor | None = g.actor
    return actor


def scope(purpose: Purpose = Purpose.VIEW) -> Scope:
    """What the one who asks may see and do."""
    from kanchay.services.people.policy import scope_for

    actor = current_actor()
    if actor is None:
        raise Unauthorized
    return scope_for(actor, purpose)


def _refuse_token() -> NoReturn:
    """Tell a program what is wanted, and slow down one that tries tokens. The right token is never made to wait."""
    peer = request.remote_addr or ""
    if "Authorization" in request.headers:
        if wait := TOKEN_LIMIT.wait(peer, time.monotonic()):
            raise TooManyRequests("Too many wrong tokens.", retry_after=wait)
        TOKEN_LIMIT.failed(peer, time.monotonic())
    raise Unauthorized(
        "Sign in, or send the token: 'Authorization: Bearer …'.", www_authenticate=WWWAuthenticate("bearer")
    )


def close_door(app: Flask) -> None:
    """Deny by default: only views marked `public` and static files open without an actor."""

    @app.before_request
    def _door() -> Response | None:
        view = app.view_functions.get(request.endpoint or "")
        if view is None or request.endpoint == "static" or getattr(view, _PUBLIC, False):
            return None
        files = getattr(view, _MACHINES, ())
        g.by_token = any(bears_token(file) for file in files)
        if g.by_token or current_actor():
            return None
        if files:
            _refuse_token()
        if request.path.startswith("/api/") or request.method != "GET" or "HX-Request" in request.headers:
            raise Unauthorized
        return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))
