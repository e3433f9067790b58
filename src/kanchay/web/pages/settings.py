"""Settings: language, theme, people, and what the machine itself was told."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from kanchay.domain.scope import Permission, Purpose
from kanchay.settings import SETTINGS
from kanchay.web.i18n import LOCALES, pick_locale
from kanchay.web.pages.common import safe_next
from kanchay.web.sessions import public, scope
from kanchay.web.shell import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, product, reader, render

__all__ = ["blueprint"]

blueprint = APIBlueprint("settings", __name__, enable_openapi=False)
_YEAR = 365 * 86400


def _people() -> list[tuple[str, str, str]]:
    """Name, e-mail and role of everybody; only whoever administers sees them."""
    from kanchay.services.people.sign_in import list_users

    mine = scope(Purpose.ADMINISTER)
    if Permission.ADMIN not in mine.permissions:
        return []
    return [(u.actor.name, u.email, u.actor.role.value) for u in list_users(product().ctx, mine)]


@blueprint.get("/settings")
def show() -> str:
    settings = product().settings
    rows = [(s, str(getattr(settings, s.name))) for s in SETTINGS]
    theme = request.cookies.get(THEME_COOKIE, "")
    return render(
        "settings.html", section="settings", rows=rows, people=_people(), locales=LOCALES, chosen_theme=theme
    )


def _keep(response: Response, name: str, value: str) -> Response:
    if value:
        # Not HttpOnly: the switch in the page writes the theme too, and neither is a secret.
        response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=request.is_secure)
    else:
        response.delete_cookie(name)
    return response


@blueprint.post("/settings")
def change() -> Response:
    response = make_response(redirect(url_for("settings.show"), 303))
    language, theme = request.form.get("language", ""), request.form.get("theme", "")
    _keep(response, LANGUAGE_COOKIE, pick_locale(language))
    flash(reader().words("settings.saved"), "good")
    return _keep(response, THEME_COOKIE, theme if theme in THEMES else "")


@blueprint.get("/language/<code>")
@public
def language(code: str) -> Response:
    """Another language for this browser; changes nothing that is stored."""
    return _keep(
        make_response(redirect(safe_next(request.args.get("next")))), LANGUAGE_COOKIE, pick_locale(code)
    )
