"""Sign in, sign out, and the one-time link that makes the first owner."""

from __future__ import annotations

import time
from typing import Final

from apiflask import APIBlueprint
from flask import make_response, redirect, request
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from kanchay.domain.errors import KanchayError
from kanchay.web.limits import RateLimit
from kanchay.web.pages.common import safe_next
from kanchay.web.sessions import current_actor, forget, public, remember
from kanchay.web.shell import product, reader, render

__all__ = ["LIMIT", "blueprint"]

blueprint = APIBlueprint("auth", __name__, enable_openapi=False)

# Five wrong passwords for an address of the net or of mail, then a pause of a quarter of an hour.
LIMIT: Final = RateLimit(n=5, seconds=900)


def _keys(email: str) -> tuple[str, str]:
    return f"from:{request.remote_addr}", f"to:{email.lower()}"


def _wait(*keys: str) -> None:
    seconds = max(LIMIT.wait(key, time.monotonic()) for key in keys)
    if seconds:
        raise TooManyRequests("Too many wrong passwords.", retry_after=seconds)


@blueprint.get("/sign-in")
@public
def sign_in() -> str | Response:
    target = request.args.get("next", "")
    if current_actor():
        return redirect(safe_next(target))
    return render("sign_in.html", next=target, email="", wrong="")


@blueprint.post("/sign-in")
@public
def sign_in_send() -> str | Response | tuple[str, int]:
    from kanchay.services.people import sign_in as people

    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    _wait(*_keys(email))
    try:
        user = people.sign_in(product().ctx, email, password)
    except KanchayError:
        for key in _keys(email):
            LIMIT.failed(key, time.monotonic())
        wrong = reader().words("sign_in.wrong")
        return render("sign_in.html", next=request.form.get("next", ""), email=email, wrong=wrong), 401
    for key in _keys(email):
        LIMIT.worked(key)
    remember(user)
    return redirect(safe_next(request.form.get("next")))


@blueprint.post("/sign-out")
def sign_out() -> Response:
    forget()
    response = make_response(redirect("/sign-in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.get("/claim/<token>")
@public
def claim(token: str) -> str:
    return render("claim.html", email="", name="", wrong="")


@blueprint.post("/claim/<token>")
@public
def claim_send(token: str) -> Response | tuple[str, int]:
    from kanchay.services.people import sign_in as people

    key = f"claim:{request.remote_addr}"
    _wait(key)
    form = {name: request.form.get(name, "").strip() for name in ("email", "name")}
    try:
        user = people.claim_owner(
            product().ctx, token, form["email"], form["name"], request.form.get("password", "")
        )
    except KanchayError as error:
        LIMIT.failed(key, time.monotonic())
        t = reader().words
        said = t(f"error.{error.code}") if t.has(f"error.{error.code}") else str(error)
        return render("claim.html", email=form["email"], name=form["name"], wrong=said), 422
    remember(user)
    return redirect(safe_next(None))
