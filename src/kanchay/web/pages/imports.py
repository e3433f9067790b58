"""Import: a file, what we understood of it, one question at a time, then *save*. Nothing is stored before."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from kanchay.domain.errors import FileRefused, InputError, KanchayError
from kanchay.domain.interval import parse_duration
from kanchay.domain.point import Direction, Kind, Site
from kanchay.domain.scope import Permission, Purpose, Scope
from kanchay.services.context import Context
from kanchay.services.ports.files import ImportOptions
from kanchay.services.readings.answers import (
    Recalled,
    answers_of,
    forget_answers,
    of_columns,
    recall,
    with_answers,
)
from kanchay.services.readings.import_file import compare_import, preview_file, store_import
from kanchay.services.readings.match_bill import PaperBill, with_bills
from kanchay.services.readings.undo import list_imports, undo_import
from kanchay.web.gather import Gathered
from kanchay.web.pages.common import gather
from kanchay.web.reading import Reading
from kanchay.web.sessions import scope
from kanchay.web.shell import Reader, product, reader, render
from kanchay.web.uploads import Upload, Uploads
from kanchay.web.views.import_bills import bill_rows, bills_from
from kanchay.web.views.import_past import past_view
from kanchay.web.views.importing import preview_view

__all__ = ["blueprint", "options_from", "read_for"]

blueprint = APIBlueprint("imports", __name__, enable_openapi=False)

_FIELDS = (
    "tz",
    "unit",
    "day_first",
    "label",
    "kind",
    "direction",
    "resolution",
    "decimal",
    "clock",
    "key",
    "factor",
)
_log = logging.getLogger(__name__)
_QUICK_S = 1.2  # what is read within this time needs no page of its own
_SHOWN = 12  # imports of the past
_ARGS = (*_FIELDS, "again")


def options_from(form: Any) -> ImportOptions:
    """The answers given so far; what is not answered stays open."""
    given = {name: (form.get(name) or "").strip() or None for name in _FIELDS}
    for name, known in (("kind", Kind), ("direction", Direction)):
        if given[name] is not None and given[name] not in [k.value for k in known]:
            raise InputError(
                f"'{str(given[name])[:40]}' is no {name}.", hint=f"One of {', '.join(known)}.", code="form"
            )
    day_first = given["day_first"]
    plain = ImportOptions(
        tz=given["tz"],
        unit=given["unit"],
        day_first=None if day_first is None else day_first in ("true", "day_first"),
        label=given["label"],
        resolution_s=parse_duration(given["resolution"]) if given["resolution"] else None,
        kind=given["kind"],
        direction=given["direction"],
        decimal=given["decimal"],
        clock=given["clock"],
        factor=given["factor"],
        columns={"key": given["key"]} if given["key"] else {},
    )
    return with_answers(plain, of_columns(form))


def _given(form: Any) -> dict[str, str]:
    """All that was answered, to be sent along."""
    return {name: form[name] for name in _ARGS if form.get(name)} | of_columns(form)


def read_for(
    ctx: Context, mine: Scope, path: Path, form: Any, site: Site, *, ask_again: bool = False
) -> Recalled:
    """The file as understood for this site, with what was said about its kind before."""
    return recall(
        ctx, mine, site, options_from(form), lambda given: preview_file(ctx, path, given), ask_again=ask_again
    )


def _reading(known: Gathered, kept: Upload, mine: Scope, form: Any) -> Reading:
    """The file on its way to a preview for this site under these answers, or read already."""
    ctx, again = product().ctx, bool(form.get("again"))
    told = MultiDict(form)
    asked = (known.site.id, known.site.tz, *sorted(_given(told).items()))
    return product().readings.get(
        kept.token, asked, lambda: read_for(ctx, mine, kept.path, told, known.site, ask_again=again)
    )


def _uploads() -> Uploads:
    return Uploads(product().settings.home)


def _let_go(token: str) -> None:
    """Stop what is read of an upload and forget it; what was remembered about others may have changed."""
    product().readings.drop(token)
    product().readings.clear()
    _uploads().drop(token)


def sentence(error: KanchayError, r: Reader) -> str:
    """A refused file in one sentence of the reader's language."""
    key = f"error.{error.code}"
    return r.words(key) if r.words.has(key) else f"{error.message} {error.hint}".strip()


def _look(ctx: Context, scope: Scope, site_id: str) -> None:
    """Findings and advice from what was just stored; too little history is no reason to fail the import."""
    from kanchay.services.findings.renew import look_at_site

    product().memo.clear()
    try:
        look_at_site(ctx, scope, site_id)
    except KanchayError as error:
        _log.info("look at %s after an import: %s", site_id, error)


@blueprint.get("/sites/<site_id>/import")
def upload(site_id: str) -> str:
    known, _ = gather(site_id)
    known.scope.require(Permission.READ, site_id)
    return _upload_page(known.site, "")


def _upload_page(site: Site, wrong: str) -> str:
    past = list_imports(product().ctx, scope(), site.id)
    most = product().settings.max_upload_mb
    told = sum(1 for record in past if record.answers)
    return render(
        "import.html",
        site=site,
        section="import",
        wrong=wrong,
        most=most,
        past=past_view(past[:_SHOWN], reader(site=site)),
        told=told,
        v=None,
    )


def _sends_json() -> bool:
    """Whether the page's own script sends the file: it shows progress and goes to the preview by itself."""
    return request.accept_mimetypes.best == "application/json"


@blueprint.post("/sites/<site_id>/import")
def send(site_id: str) -> Response | tuple[str, int] | tuple[dict[str, str], int]:
    known, r = gather(site_id)
    mine = scope(Purpose.OPERATE)
    mine.require(Permission.WRITE, site_id)
    try:
        kept = _uploads().keep_all(request.files.getlist("file"), mine.actor.id)
    except FileRefused as error:
        said = sentence(error, r)
        return ({"wrong": said}, 422) if _sends_json() else (_upload_page(known.site, said), 422)
    preview_at = url_for("imports.preview", site_id=site_id, token=kept.token)
    return ({"preview": preview_at}, 201) if _sends_json() else redirect(preview_at, 303)


@blueprint.get("/sites/<site_id>/import/<token>")
def preview(site_id: str, token: str) -> str | tuple[str, int]:
    known, r = gather(site_id)
    kept, ctx = _uploads().find(token, known.scope.actor.id), product().ctx
    reading = _reading(known, kept, known.scope, request.args)
    if not reading.wait(_QUICK_S):
        return _reading_page(known.site, kept, reading)
    try:
        found = reading.found()
    except InputError as error:
        product().readings.drop(token)
        if not any(request.args.get(name) for name in _FIELDS):
            _uploads().drop(token)
        return _upload_page(known.site, sentence(error, r)), 422
    change = compare_import(ctx, known.scope, site_id, found.preview)
    bills, wrong = _bills(r)
    found = replace(found, preview=with_bills(found.preview, bills, known.site.tz))
    view = preview_view(
        found, change, r, n_bytes=kept.n_bytes, tz=known.site.tz, texts=known.texts(r.language)
    )
    rows = bill_rows(found.preview, bills, r, known.site.tz)
    answers = _given(request.args)
    most = product().settings.max_upload_mb
    return render(
        "import.html", site=known.site, section="import", v=view, token=token, answers=answers, most=most, wrong=wrong,
        bills=rows,
    )  # fmt: skip


def _bills(r: Reader) -> tuple[tuple[PaperBill, ...], str]:
    """The bills typed into the page, and what is wrong with them."""
    try:
        return bills_from(request.args), ""
    except InputError as error:
        return (), sentence(error, r)


def _reading_page(site: Site, kept: Upload, reading: Reading) -> str:
    """What is seen while a large file is read."""
    return render(
        "import_reading.html",
        site=site,
        section="import",
        name=kept.path.name,
        token=kept.token,
        share=reading.share,
    )


@blueprint.get("/sites/<site_id>/import/<token>/progress")
def progress(site_id: str, token: str) -> dict[str, Any]:
    """How far the file is, for the script of that page."""
    known, _ = gather(site_id)
    kept = _uploads().find(token, known.scope.actor.id)
    reading = _reading(known, kept, known.scope, request.args)
    return {"share": round(reading.share, 3), "done": reading.wait(0)}


@blueprint.post("/sites/<site_id>/import/<token>")
def store(site_id: str, token: str) -> Response:
    known, r = gather(site_id)
    mine = scope(Purpose.OPERATE)
    kept, ctx = _uploads().find(token, mine.actor.id), product().ctx
    found = _reading(known, kept, mine, request.form).found()
    if found.preview.questions:  # nothing is guessed silently
        answers = _given(request.form)
        flash(r.words("import.open"), "warn")
        preview_at = url_for("imports.preview", site_id=site_id, token=token)
        return redirect(f"{preview_at}?{urlencode(answers)}" if answers else preview_at, 303)
    record = store_import(ctx, mine, site_id, found.preview, answers=answers_of(found.options))
    _let_go(token)
    _look(ctx, mine, site_id)
    n = record.n_new + record.n_revised
    flash(r.words.many("import.stored", n, count=r.formats.number(n, 0)), "good")
    return redirect(url_for("overview.show", site_id=site_id), 303)


@blueprint.post("/sites/<site_id>/import/<token>/cancel")
def cancel(site_id: str, token: str) -> Response:
    known, _ = gather(site_id)
    _let_go(_uploads().find(token, known.scope.actor.id).token)
    flash(reader().words("import.cancelled"))
    return redirect(url_for("imports.upload", site_id=site_id), 303)


@blueprint.post("/sites/<site_id>/imports/<import_id>/undo")
def undo(site_id: str, import_id: str) -> Response:
    known, r = gather(site_id)
    done = undo_import(product().ctx, scope(Purpose.OPERATE), import_id, site_id=site_id)
    product().memo.clear()
    product().readings.clear()
    (row,) = past_view([done], r)
    flash(r.words("import.undone", file=row.name, what=row.counts), "good")
    return redirect(url_for("imports.upload", site_id=known.site.id), 303)


@blueprint.post("/sites/<site_id>/imports/forget")
def forget(site_id: str) -> Response:
    """Ask again: about one kind of file, from its preview, or about all."""
    known, r = gather(site_id)
    forget_answers(product().ctx, scope(Purpose.OPERATE), site_id, request.form.get("layout", ""))
    product().readings.clear()
    flash(r.words("import.forgotten"), "good")
    token = request.form.get("token", "")
    if token:
        _uploads().find(token, known.scope.actor.id)
        return redirect(url_for("imports.preview", site_id=site_id, token=token), 303)
    return redirect(url_for("imports.upload", site_id=site_id), 303)
