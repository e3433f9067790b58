"""Imports: preview a file, then store it. Nothing is stored before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apiflask import Schema
from apiflask.fields import Boolean, File, String
from apiflask.validators import Length, OneOf
from flask import Response, jsonify, request
from marshmallow import INCLUDE, ValidationError, validates_schema

from kanchay.domain.errors import Conflict, InputError
from kanchay.domain.importing import ImportPreview, ImportQuestion
from kanchay.domain.scope import Permission, Purpose
from kanchay.plain import plain
from kanchay.services.ports.records import ImportRecord
from kanchay.services.readings.answers import Recalled, of_columns
from kanchay.services.readings.import_many import FileRead
from kanchay.web.answered import options_from
from kanchay.web.api.schema import ERROR, answer, described, page_of, schema_of
from kanchay.web.api.v1 import Page, blueprint, known_site, page
from kanchay.web.errors import error_body
from kanchay.web.pages.imports import read_for
from kanchay.web.reading import Reading
from kanchay.web.sessions import scope
from kanchay.web.shell import product
from kanchay.web.storing import Storing
from kanchay.web.uploads import Upload

__all__ = ["forget", "listed", "look", "preview", "store", "undo"]

_LONGEST: Final = 200  # letters of an answer
_UPLOADED: Final = {
    "type": "object",
    "required": ["token", "preview"],
    "properties": {"token": {"type": "string"}, "preview": schema_of(ImportPreview)},
}


def _under_way(state: str) -> dict[str, Any]:
    """The answer while something is done with a file."""
    return {
        "type": "object",
        "required": ["token", "state", "share"],
        "properties": {
            "token": {"type": "string"},
            "state": {"const": state},
            "share": {"type": "number", "description": "How much is done, 0 to 1."},
        },
    }


_ON_ITS_WAY: Final = _under_way("reading")
_STORING: Final = _under_way("storing")
_STORED: Final = {
    "type": "object",
    "required": ["token", "state", "record"],
    "properties": {
        "token": {"type": "string"},
        "state": {"const": "stored"},
        "record": schema_of(ImportRecord),
    },
}
_GONE: Final = {
    "type": "object",
    "required": ["token", "state"],
    "properties": {"token": {"type": "string"}, "state": {"const": "forgotten"}},
}
_OPEN: Final = {
    "type": "object",
    "required": ["error", "questions"],
    "properties": {**ERROR["properties"], "questions": schema_of(tuple[ImportQuestion, ...])},
}


class Options(Schema):
    """Answers to what a file leaves open; one about a single column goes by its code, such as ``unit:Sol``."""

    class Meta:
        unknown = INCLUDE

    tz = String(load_default="", validate=Length(max=60))
    unit = String(load_default="", validate=Length(max=20))
    day_first = String(load_default="", validate=OneOf(["", "true", "false"]))
    label = String(load_default="", validate=OneOf(["", "start", "end"]))
    kind = String(load_default="", validate=OneOf(["", "interval", "cumulative", "instantaneous"]))
    direction = String(load_default="", validate=Length(max=20))
    resolution = String(load_default="", validate=Length(max=20))
    decimal = String(load_default="", validate=OneOf(["", ".", ","]))
    clock = String(load_default="", validate=OneOf(["", "local", "standard"]))
    factor = String(load_default="", validate=Length(max=20))
    key = String(load_default="", validate=Length(max=200))
    rows = String(load_default="", validate=OneOf(["", "left_out"]))

    @validates_schema
    def check_codes(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a field that is no answer: a misspelt one would be taken for none."""
        others = {name: text for name, text in data.items() if name not in self.fields}
        known = of_columns(others)
        wrong = [name for name in others if name not in known]
        if wrong or any(len(text) > _LONGEST for text in known.values()):
            raise ValidationError("Unknown field.", field_name=(wrong or ["answer"])[0])


class UploadForm(Options):
    file = File(required=True)  # type: ignore[no-untyped-call]
    wait = Boolean(load_default=True)


class StoreForm(Options):
    site_id = String(required=True, validate=Length(1, 80))
    accept_guesses = Boolean(load_default=False)
    wait = Boolean(load_default=True)


@blueprint.post("/imports")
@blueprint.input(UploadForm, location="form_and_files", arg_name="form")
@blueprint.doc(
    summary="Preview a file",
    description="Several parts named `file` are read as one export. With `wait` false the answer comes at once; look"
    " again at the token's own address.",
    responses=answer(_UPLOADED, "What it holds; nothing is stored.", also=(401, 403, 413, 422))
    | described(_ON_ITS_WAY, "It is being read.", status=202),
)
def preview(form: dict[str, Any]) -> Response:
    mine = scope(Purpose.OPERATE)
    mine.require(Permission.WRITE)
    kept = product().uploads.keep_all(request.files.getlist("file"), mine.actor.id)
    try:
        reading = _reading(kept, form)
        return _told(reading, wait=form["wait"])
    except InputError:
        product().let_go(kept.token)
        raise


@blueprint.get("/imports/<token>")
@blueprint.input(Options, location="query", arg_name="query")
@blueprint.doc(
    summary="Look at a file again, or at how far its storing is",
    responses=answer(
        {"oneOf": [_UPLOADED, _STORED]}, "What it holds, or what was stored.", also=(401, 404, 422)
    )
    | described({"oneOf": [_ON_ITS_WAY, _STORING]}, "It is being read, or stored.", status=202),
)
def look(token: str, query: dict[str, Any]) -> Response:
    mine = scope(Purpose.OPERATE)
    storing = product().storings.find(token, mine.actor.id)
    if storing is not None:
        return _told_storing(storing)
    kept = product().uploads.find(token, mine.actor.id)
    return _told(_reading(kept, query), wait=False)


@blueprint.delete("/imports/<token>")
@blueprint.doc(
    summary="Stop reading or storing a file and forget it",
    description="What is being stored is taken back as a whole; what is stored already stays, and can be undone.",
    responses=answer(_GONE, "Nothing was stored.", also=(401, 404, 409)),
)
def forget(token: str) -> Response:
    mine = scope(Purpose.OPERATE)
    storing = product().storings.find(token, mine.actor.id)
    if storing is not None:
        storing.stop()
        if storing.wait(0) and storing.result is not None:
            raise Conflict("It is stored already.", hint="Undo the import.", code="import.stored")
        product().storings.drop(token)
    kept = product().uploads.find(token, mine.actor.id)
    product().let_go(kept.token)
    return jsonify({"token": token, "state": "forgotten"})


def _reading(kept: Upload, form: Mapping[str, Any]) -> Reading:
    """The file on its way to a preview, or read already."""
    from kanchay.services.readings.import_file import preview_file

    ctx, options = product().ctx, options_from(form)
    told = {**{k: v for k, v in form.items() if k in Options._declared_fields}, **of_columns(form)}
    asked = tuple(sorted((k, str(v)) for k, v in told.items()))

    def read(_: tuple[FileRead, ...]) -> tuple[FileRead, ...]:
        return (FileRead(kept.path.name, Recalled(preview_file(ctx, kept.path, options), options)),)

    return product().readings.get(kept.token, "api", asked, read)


def _told(reading: Reading, *, wait: bool) -> Response:
    """The preview, or how far it is."""
    if not wait and not reading.wait(0):
        response = jsonify({"token": reading.token, "state": "reading", "share": round(reading.share, 3)})
        response.status_code = 202
        return response
    (found,) = (file.found for file in reading.found() if file.found is not None)
    return jsonify({"token": reading.token, "preview": plain(found.preview)})


def _told_storing(storing: Storing) -> Response:
    """What was stored, or how far it is; raises what went wrong."""
    if not storing.wait(0):
        response = jsonify({"token": storing.token, "state": "storing", "share": round(storing.share, 3)})
        response.status_code = 202
        return response
    if storing.result is None:
        product().storings.drop(storing.token)
    (record,) = storing.found()
    return jsonify({"token": storing.token, "state": "stored", "record": plain(record)})


@blueprint.post("/imports/<token>")
@blueprint.input(StoreForm, arg_name="form")
@blueprint.doc(
    summary="Store a previewed file",
    description="What the file leaves open has to be answered first; `accept_guesses` takes our guess for the rest."
    " All of it is stored or nothing. With `wait` false the answer comes at once; look again at the token's own"
    " address, or delete that to stop it.",
    responses=answer(schema_of(ImportRecord), "What was stored.", also=(401, 403, 404, 422))
    | described(_STORING, "It is being stored.", status=202)
    | described(_OPEN, "Questions are open: nothing was stored.", status=409),
)
def store(token: str, form: dict[str, Any]) -> Response:
    from kanchay.services.readings.import_many import store_many

    mine, own = scope(Purpose.OPERATE), product()
    known = known_site(form["site_id"])
    storing = own.storings.find(token, mine.actor.id)
    if storing is None or storing.in_vain:
        kept = own.uploads.find(token, mine.actor.id)
        found = read_for(known.ctx, mine, kept.path, form, known.site)
        if found.preview.questions and not form["accept_guesses"]:
            return _still_open(found.preview)

        def after() -> None:
            own.let_go(token)
            own.renew()

        storing = own.storings.begin(
            token,
            (known.site.id, mine.actor.id, found.preview.n),
            lambda: tuple(store_many(known.ctx, mine, known.site.id, [found])),
            after,
        )
    if not form["wait"]:
        return _told_storing(storing)
    try:
        (record,) = storing.found()
    finally:
        own.storings.drop(token)  # what failed may be tried again
    return jsonify(plain(record))


def _still_open(preview: ImportPreview) -> Response:
    """What has to be answered before anything is stored."""
    codes = ", ".join(q.code for q in preview.questions)
    body = error_body(
        "import.open",
        f"The file leaves open: {codes}.",
        "Answer with the fields of these names, or take every guess with accept_guesses.",
    )
    response = jsonify(body | {"questions": plain(preview.questions)})
    response.status_code = 409
    return response


@blueprint.get("/sites/<site_id>/imports")
@blueprint.input(Page, location="query", arg_name="query")
@blueprint.doc(
    summary="Imports of a site",
    responses=answer(page_of(ImportRecord), "Newest first.", also=(401, 404, 422)),
)
def listed(site_id: str, query: dict[str, int]) -> Response:
    from kanchay.services.readings.undo import list_imports

    known = known_site(site_id)
    return page(list_imports(known.ctx, known.scope, known.site.id), query)


@blueprint.post("/sites/<site_id>/imports/<import_id>/undo")
@blueprint.doc(
    summary="Undo an import",
    responses=answer(
        schema_of(ImportRecord), "Its readings are withdrawn; what they replaced stands again.", also=(401, 403, 404, 409)
    ),
)  # fmt: skip
def undo(site_id: str, import_id: str) -> Response:
    from kanchay.services.readings.undo import undo_import

    known = known_site(site_id)
    done = undo_import(known.ctx, scope(Purpose.OPERATE), import_id, site_id=site_id)
    product().renew()
    return jsonify(plain(done))
