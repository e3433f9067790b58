"""Export: choose meters, days and a kind of file; the browser saves it. Nothing on this page needs JavaScript."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from apiflask import APIBlueprint
from flask import request
from werkzeug.wrappers import Response

from kanchay.domain.errors import InputError, KanchayError
from kanchay.domain.scope import Permission
from kanchay.web.downloads import Asked, download
from kanchay.web.errors import status_of
from kanchay.web.gather import Gathered
from kanchay.web.pages.common import gather
from kanchay.web.pages.imports import sentence
from kanchay.web.shell import Reader, render
from kanchay.web.views.exporting import export_view

__all__ = ["blueprint"]

blueprint = APIBlueprint("exports", __name__, enable_openapi=False)

_LONGEST: Final = 200  # characters of a field


@blueprint.get("/sites/<site_id>/export")
def show(site_id: str) -> str:
    known, r = gather(site_id)
    known.scope.require(Permission.READ, site_id)
    return _page(known, r, "")


@blueprint.get("/sites/<site_id>/export/file")
def file(site_id: str) -> Response | tuple[str, int]:
    """The download; a question that cannot be answered comes back as the form, with the reason."""
    known, r = gather(site_id)
    try:
        return download(known, _asked(request.args, set(known.spans)), r.language)
    except KanchayError as error:
        if not isinstance(error, InputError) and error.code != "export.nothing":
            raise
        return _page(known, r, sentence(error, r)), status_of(error)


def _page(known: Gathered, r: Reader, wrong: str) -> str:
    if not known.spans:
        return render("no_readings.html", site=known.site, section="import")
    view = export_view(known, r, request.args)
    return render("export.html", site=known.site, section="import", x=view, wrong=wrong)


def _asked(form: Any, held: set[str]) -> Asked:
    """What the form says; its last day is part of what is wanted, and every meter is no choice of one."""
    last = _day(form.get("to", ""))
    points = [p[:_LONGEST] for p in form.getlist("point")]
    return Asked(
        form.get("format", "csv")[:_LONGEST],
        () if held <= set(points) else tuple(points),
        _day(form.get("from", "")),
        last + timedelta(days=1) if last is not None and last < date.max else last,
        form.get("resolution", "")[:_LONGEST],
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"'{text[:20]}' is no day.", hint="Write 2026-08-31.", code="form.day") from error
