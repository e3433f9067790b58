"""Import: files, what we understood of them, one question at a time, then *save*. Nothing is stored before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from kanchay.adapters.files.folder import MOST_BYTES, MOST_FILES
from kanchay.domain.errors import FileRefused, InputError, KanchayError
from kanchay.domain.importing import ImportQuestion
from kanchay.domain.point import Site
from kanchay.domain.scope import Permission, Purpose, Scope
from kanchay.services.context import Context
from kanchay.services.ports.readings import WriteResult
from kanchay.services.readings.answers import Recalled, layout_of, recall, remembered
from kanchay.services.readings.import_file import compare_import, preview_file
from kanchay.services.readings.import_many import FileRead, read_many
from kanchay.services.readings.match_bill import PaperBill, with_bills
from kanchay.services.readings.undo import list_imports
from kanchay.web.answered import answered, field_of, options_from, without_last
from kanchay.web.gather import Gathered
from kanchay.web.pages.common import gather
from kanchay.web.reading import Reading
from kanchay.web.sessions import scope
from kanchay.web.shell import Reader, product, reader, render
from kanchay.web.uploads import Upload
from kanchay.web.views.import_bills import bill_rows, bills_from
from kanchay.web.views.import_files import files_view
from kanchay.web.views.import_past import past_view, told_view
from kanchay.web.views.import_refused import Refused, refused_view
from kanchay.web.views.importing import preview_view
from kanchay.web.whole import Whole, whole_of

__all__ = ["blueprint", "open_page", "read_for", "sentence", "whole_for"]

blueprint = APIBlueprint("imports", __name__, enable_openapi=False)

_SHOWN = 12  # imports of the past


def read_for(
    ctx: Context, mine: Scope, path: Path, form: Any, site: Site, *, ask_again: bool = False
) -> Recalled:
    """The file as understood for this site, with what was said about its kind before."""
    return recall(
        ctx, mine, site, options_from(form), lambda given: preview_file(ctx, path, given), ask_again=ask_again
    )


def _reading(known: Gathered, kept: Upload, mine: Scope, form: Any) -> Reading:
    """The files on their way to a preview for this site under these answers, or read already."""
    ctx, site, told = product().ctx, known.site, MultiDict(form)
    again, answers = bool(told.get("again")), answered(told)

    def read(before: tuple[FileRead, ...]) -> tuple[FileRead, ...]:
        if kept.is_folder:

            def said(layout: str, question: ImportQuestion) -> str:
                return answers.get(field_of(question, layout), "")

            return read_many(ctx, mine, site, kept.files, said, ask_again=again, before=before)
        found = read_for(ctx, mine, kept.path, told, site, ask_again=again)
        return (FileRead(kept.path.name, found, layout=layout_of(found.preview)),)

    def compare(files: tuple[FileRead, ...]) -> WriteResult | None:
        try:
            whole = whole_of(kept.path.name, files, is_folder=kept.is_folder)
        except KanchayError:
            return None  # refused: told with the page
        return compare_import(ctx, mine, site.id, whole.together.preview) if whole.read else None

    asked = tuple(sorted((k, v) for k, v in answers.items() if k not in ("again", "differ")))
    return product().readings.get(kept.token, (site.id, site.tz, again), asked, read, compare)


def whole_for(known: Gathered, kept: Upload, mine: Scope, form: Any) -> Whole:
    """The files as one import under these answers, read now where they were not."""
    files = _reading(known, kept, mine, form).found()
    return whole_of(kept.path.name, files, is_folder=kept.is_folder, agreed=form.get("differ") == "later")


def sentence(error: KanchayError, r: Reader) -> str:
    """A refused file in one sentence of the reader's language."""
    key = f"error.{error.code}"
    return r.words(key) if r.words.has(key) else f"{error.message} {error.hint}".strip()


@blueprint.get("/sites/<site_id>/import")
def upload(site_id: str) -> str:
    known, _ = gather(site_id)
    known.scope.require(Permission.READ, site_id)
    return _upload_page(known.site)


def _upload_page(site: Site, refused: Refused | None = None) -> str:
    r = reader(site=site)
    past = list_imports(product().ctx, scope(), site.id)
    return render(
        "import.html",
        site=site,
        section="import",
        refused=refused,
        **_limits(),
        past=past_view(past[:_SHOWN], r),
        more_past=max(0, len(past) - _SHOWN),
        told=told_view(remembered(product().ctx, scope(), site.id), r),
        v=None,
    )


def _sends_json() -> bool:
    """Whether the page's own script sends the file: it shows progress and goes to the preview by itself."""
    return request.accept_mimetypes.best == "application/json"


@blueprint.post("/sites/<site_id>/import")
def send(site_id: str) -> Response | tuple[str, int] | tuple[dict[str, str], int]:
    """One file, several, or the next one of a folder whose token is sent along."""
    known, r = gather(site_id)
    mine = scope(Purpose.OPERATE)
    mine.require(Permission.WRITE, site_id)
    files = [f for f in request.files.getlist("file") if f.filename]
    token, is_folder = request.form.get("token", ""), "folder" in request.form
    try:
        if len(files) > 1 or token or is_folder:
            kept = product().uploads.keep_folder(files, mine.actor.id, token)
        else:
            kept = product().uploads.keep_all(files, mine.actor.id)
    except FileRefused as error:
        said = sentence(error, r)
        return (
            ({"wrong": said}, 422)
            if _sends_json()
            else (_upload_page(known.site, refused_view(error, "", r)), 422)
        )
    preview_at = url_for("imports.preview", site_id=site_id, token=kept.token)
    told = {"preview": preview_at, "token": kept.token}
    return (told, 201) if _sends_json() else redirect(preview_at, 303)


@blueprint.get("/sites/<site_id>/import/<token>")
def preview(site_id: str, token: str) -> str | Response | tuple[str, int]:
    known, r = gather(site_id)
    if request.args.get("other"):  # an answer that was typed beside those to choose
        typed = answered(request.args) | answered({request.args.get("other_for", ""): request.args["other"]})
        return open_page(site_id, token, typed)
    storing = product().storings.find(token, known.scope.actor.id)
    if storing is not None and not storing.wait(0):
        return redirect(url_for("imports.saving", site_id=site_id, token=token), 303)
    kept = product().uploads.find(token, known.scope.actor.id)
    reading = _reading(known, kept, known.scope, request.args)
    if not reading.soon():
        return _reading_page(known.site, kept, reading)
    try:
        whole = whole_for(known, kept, known.scope, request.args)
    except InputError as error:
        product().readings.drop(token)
        if not answered(request.args):
            product().uploads.drop(token)
        return _upload_page(known.site, refused_view(error, kept.path.name, r)), 422
    return _preview_page(known, kept, whole, reading.change, r)


def _preview_page(known: Gathered, kept: Upload, whole: Whole, change: WriteResult | None, r: Reader) -> str:
    """Everything about the files, or about one of a folder."""
    ctx, tz, texts = product().ctx, known.site.tz, known.texts(r.language)
    bills, wrong = _bills(r)
    chosen = request.args.get("file", "") if whole.is_folder else ""
    one = next((found for file, found in whole.read if file.name == chosen), None)
    if one is not None:
        whole = whole_of(chosen, tuple(f for f in whole.files if f.name == chosen), is_folder=False)
    found = whole.together if whole.read else None
    if found is not None and not whole.is_folder and one is None:
        found = replace(found, preview=with_bills(found.preview, bills, tz))
        whole = whole_of(whole.name, (replace(whole.files[0], found=found),), is_folder=False)
    if found is not None and (one is not None or change is None):
        change = compare_import(ctx, known.scope, known.site.id, found.preview)
    view = (
        preview_view(found, change, whole, r, n_bytes=kept.n_bytes, tz=tz, texts=texts)
        if found is not None and change is not None
        else None
    )
    answers = answered(request.args)
    at = url_for("imports.preview", site_id=known.site.id, token=kept.token)
    steps = without_last(answers)
    return render(
        "import.html", site=known.site, section="import", v=view, files=files_view(whole, r), token=kept.token, one=one,
        answers=answers, wrong=wrong, bills=bill_rows(found.preview, bills, r, tz) if found else (),
        is_open=whole.is_open, whole_at=_with(at, answers), file_at=lambda name: _with(at, {**answers, "file": name}),
        back="" if steps == answers else _with(at, steps), **_limits(),
    )  # fmt: skip


def _with(address: str, answers: dict[str, str]) -> str:
    return f"{address}?{urlencode(answers)}" if answers else address


def _limits() -> dict[str, int]:
    """What is taken: of a file in MB, of a folder in files and MB."""
    return {
        "most": product().settings.max_upload_mb,
        "most_files": MOST_FILES,
        "most_folder": MOST_BYTES // 1024**2,
    }


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
    """How far the files are, for the script of that page."""
    known, _ = gather(site_id)
    kept = product().uploads.find(token, known.scope.actor.id)
    reading = _reading(known, kept, known.scope, request.args)
    return {"share": round(reading.share, 3), "done": reading.wait(0)}


@blueprint.post("/sites/<site_id>/import/<token>/cancel")
def cancel(site_id: str, token: str) -> Response:
    known, _ = gather(site_id)
    product().let_go(product().uploads.find(token, known.scope.actor.id).token)
    flash(reader().words("import.cancelled"))
    return redirect(url_for("imports.upload", site_id=site_id), 303)


def open_page(site_id: str, token: str, form: Any) -> Response:
    """Back to the preview, with what was answered."""
    answers = answered(form)
    return redirect(_with(url_for("imports.preview", site_id=site_id, token=token), answers), 303)
