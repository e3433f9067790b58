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

__all__ = ["LIMITS", "blueprint"]

blueprint = APIBlueprint("auth", __name__, enable_openapi=False)

_QUARTER: Final = 900
_MAIL: Final = 254  # letters of the longest address
# Wrong passwords in a quarter of an hour: five for one address of mail from one place, more for a place alone (many may
# share it) and for a mail alone (nobody can lock somebody else out with five tries).
LIMITS: Final = {
    "both": RateLimit(n=5, seconds=_QUARTER),
    "from": RateLimit(n=20, seconds=_QUARTER),
    "to": RateLimit(n=50, seconds=_QUARTER),
    "claim": RateLimit(n=5, seconds=_QUARTER),
}


def _keys(email: str) -> dict[str, str]:
    peer, mail = request.remote_addr or "", email.lower()[:_MAIL]  # what is kept of it stays small
    return {"both": f"{peer} {mail}", "from": peer, "to": mail}


def _wait(keys: dict[str, str]) -> None:
    seconds = max(LIMITS[kind].wait(key, time.monotonic()) for kind, key in keys.items())
    if seconds:
        raise TooManyRequests("Too many wrong passwords.", retry_after=seconds)


def _failed(keys: dict[str, str]) -> None:
    for kind, key in keys.items():
        LIMITS[kind].failed(key, time.monotonic())


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
    keys = _keys(email)
    _wait(keys)
    try:
        user = people.sign_in(product().ctx, email, password)
    except KanchayError:
        _failed(keys)
        wrong = reader().words("sign_in.wrong")
        return render("sign_in.html", next=request.form.get("next", ""), email=email, wrong=wrong), 401
    LIMITS["both"].worked(keys["both"])
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

    keys = {"claim": request.remote_addr or ""}
    _wait(keys)
    form = {name: request.form.get(name, "").strip() for name in ("email", "name")}
    try:
        user = people.claim_owner(
            product().ctx, token, form["email"], form["name"], request.form.get("password", "")
        )
    except KanchayError as error:
        _failed(keys)
        t = reader().words
        said = t(f"error.{error.code}") if t.has(f"error.{error.code}") else str(error)
        return render("claim.html", email=form["email"], name=form["name"], wrong=said), 422
    remember(user)
    return redirect(safe_next(None))
