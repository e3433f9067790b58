"""Import: a file, what we understood of it, one question at a time, then *save*. Nothing is stored before."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from kanchay.domain.errors import FileRefused, InputError, KanchayError
from kanchay.domain.importing import ImportPreview
from kanchay.domain.interval import parse_duration
from kanchay.domain.point import Direction, Kind, Site
from kanchay.domain.scope import Permission, Purpose, Scope
from kanchay.services.context import Context
from kanchay.services.ports.files import ImportOptions
from kanchay.web.pages.common import gather
from kanchay.web.sessions import scope
from kanchay.web.shell import Reader, product, reader, render
from kanchay.web.uploads import Uploads
from kanchay.web.views.importing import preview_view

__all__ = ["blueprint", "options_from", "read_for"]

blueprint = APIBlueprint("imports", __name__, enable_openapi=False)

_FIELDS = ("tz", "unit", "day_first", "label", "kind", "direction", "resolution", "decimal", "clock", "key")
_log = logging.getLogger(__name__)
_NO_ZONE = "nothing in the file suggests one"


def options_from(form: Any) -> ImportOptions:
    """The answers given so far; what is not answered stays open."""
    given = {name: (form.get(name) or "").strip() or None for name in _FIELDS}
    for name, known in (("kind", Kind), ("direction", Direction)):
        if given[name] is not None and given[name] not in [k.value for k in known]:
            raise InputError(
                f"'{str(given[name])[:40]}' is no {name}.", hint=f"One of {', '.join(known)}.", code="form"
            )
    day_first = given["day_first"]
    return ImportOptions(
        tz=given["tz"],
        unit=given["unit"],
        day_first=None if day_first is None else day_first in ("true", "day_first"),
        label=given["label"],
        resolution_s=parse_duration(given["resolution"]) if given["resolution"] else None,
        kind=given["kind"],
        direction=given["direction"],
        decimal=given["decimal"],
        clock=given["clock"],
        columns={"key": given["key"]} if given["key"] else {},
    )


def read_for(ctx: Context, path: Path, form: Any, site: Site) -> ImportPreview:
    """The file as understood for this site: its zone counts where the file gives no hint at another."""
    from kanchay.services.readings.import_file import preview_file

    options = options_from(form)
    found = preview_file(ctx, path, options)
    if options.tz is None and any(q.code == "tz" and _NO_ZONE in q.because for q in found.questions):
        return preview_file(ctx, path, replace(options, tz=site.tz))
    return found


def _uploads() -> Uploads:
    return Uploads(product().settings.home)


def sentence(error: KanchayError, r: Reader) -> str:
    """A refused file in one sentence of the reader's language."""
    key = f"error.{error.code}"
    return r.words(key) if r.words.has(key) else f"{error.message} {error.hint}".strip()


def _look(ctx: Context, scope: Scope, site_id: str) -> None:
    """Findings and advice from what was just stored; too little history is no reason to fail the import."""
    from kanchay.services.findings.renew import look_at_site

    try:
        look_at_site(ctx, scope, site_id)
    except KanchayError as error:
        _log.info("look at %s after an import: %s", site_id, error)


@blueprint.get("/sites/<site_id>/import")
def upload(site_id: str) -> str:
    known, _ = gather(site_id)
    known.scope.require(Permission.READ, site_id)
    return _upload_page(known.site, "")


def _upload_page(site: Any, wrong: str) -> str:
    with product().ctx.records.unit(scope()) as unit:
        past = unit.imports.find(site_id=site.id, order="-at", limit=5)
    most = product().settings.max_upload_mb
    return render("import.html", site=site, section="import", wrong=wrong, most=most, past=past, v=None)


@blueprint.post("/sites/<site_id>/import")
def send(site_id: str) -> Response | tuple[str, int]:
    known, r = gather(site_id)
    mine = scope(Purpose.OPERATE)
    mine.require(Permission.WRITE, site_id)
    try:
        kept = _uploads().keep(request.files.get("file"), mine.actor.id)
    except FileRefused as error:
        return _upload_page(known.site, sentence(error, r)), 422
    return redirect(url_for("imports.preview", site_id=site_id, token=kept.token), 303)


@blueprint.get("/sites/<site_id>/import/<token>")
def preview(site_id: str, token: str) -> str | tuple[str, int]:
    known, r = gather(site_id)
    kept = _uploads().find(token, known.scope.actor.id)
    try:
        found = read_for(product().ctx, kept.path, request.args, known.site)
    except InputError as error:
        if not any(request.args.get(name) for name in _FIELDS):
            _uploads().drop(token)
        return _upload_page(known.site, sentence(error, r)), 422
    texts = known.texts(r.language)
    view = preview_view(found, kept.n_bytes, known.site.tz, texts, r)
    most = product().settings.max_upload_mb
    answers = {name: request.args.get(name, "") for name in _FIELDS}
    return render(
        "import.html",
        site=known.site,
        section="import",
        v=view,
        token=token,
        answers=answers,
        most=most,
        wrong="",
        past=[],
    )


@blueprint.post("/sites/<site_id>/import/<token>")
def store(site_id: str, token: str) -> Response:
    from kanchay.services.readings.import_file import store_import

    known, r = gather(site_id)
    mine = scope(Purpose.OPERATE)
    kept = _uploads().find(token, mine.actor.id)
    ctx = product().ctx
    found = read_for(ctx, kept.path, request.form, known.site)
    record = store_import(ctx, mine, site_id, found)
    _uploads().drop(token)
    _look(ctx, mine, site_id)
    n = record.n_new + record.n_revised
    flash(r.words.many("import.stored", n, count=r.formats.number(n, 0)), "good")
    return redirect(url_for("overview.show", site_id=site_id), 303)


@blueprint.post("/sites/<site_id>/import/<token>/cancel")
def cancel(site_id: str, token: str) -> Response:
    known, _ = gather(site_id)
    _uploads().drop(_uploads().find(token, known.scope.actor.id).token)
    flash(reader().words("import.cancelled"))
    return redirect(url_for("imports.upload", site_id=site_id), 303)
