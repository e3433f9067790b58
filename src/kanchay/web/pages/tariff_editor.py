"""Writing a tariff in the page: checked while it is written, tried on a month, kept, taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from apiflask import APIBlueprint
from flask import Response as FlaskResponse
from flask import flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from kanchay.domain.errors import InputError, NotFound
from kanchay.domain.scope import Permission, Purpose, Scope
from kanchay.services.money.tariff_edit import MOST_TEXT, save_tariff, try_tariff, undo_tariff
from kanchay.services.money.tariffs import number
from kanchay.web.sessions import scope
from kanchay.web.shell import product, reader, render
from kanchay.web.views.tariff_editor import EditorView, editor_view, starting_text

__all__ = ["blueprint"]

blueprint = APIBlueprint("tariff_editor", __name__, enable_openapi=False)

_KWH: Final = "150"


def _mine() -> Scope:
    """Only who administers writes prices: they hold for every site."""
    mine = scope(Purpose.ADMINISTER)
    mine.require(Permission.ADMIN)
    return mine


@blueprint.get("/tariffs/write")
def show() -> str:
    _mine()
    wanted = request.args.get("id", "")[:200]
    r = reader("America/Lima")
    text = product().ctx.library.tariff_text(wanted) if wanted else starting_text(r.language)
    return _page(text, _KWH, wanted)


def _page(text: str, kwh: str, wanted: str = "", wrong: str = "", *, unsaved: bool = False) -> str:
    view = _view(text, kwh)
    own = view.tariff_id in product().ctx.library.own_tariffs()
    return render(
        "tariff_editor.html", section="tariffs", v=view, text=text, kwh=kwh, wanted=wanted, wrong=wrong,
        own=own, most=MOST_TEXT, unsaved=unsaved,
    )  # fmt: skip


def _view(text: str, kwh: str) -> EditorView:
    r, ctx = reader("America/Lima"), product().ctx
    return editor_view(try_tariff(ctx, text, _energy(kwh), locale=r.language), r)


def _energy(text: str) -> Decimal:
    """The month's energy as typed, 150 kWh where that is no number."""
    try:
        energy = number("kwh", text.strip().replace(",", "."))
    except InputError:
        return Decimal(_KWH)
    return max(energy, Decimal(0))


@blueprint.post("/tariffs/check")
def check() -> FlaskResponse:
    """The live answer while somebody writes."""
    _mine()
    view = _view(request.form.get("text", ""), request.form.get("kwh", _KWH))
    return jsonify(html=_part(view), ok=view.ok, state=view.state)


def _part(view: EditorView) -> str:
    return render("tariff_trial.html", v=view)


@blueprint.post("/tariffs/write")
def save() -> Response | str | tuple[str, int]:
    mine = _mine()
    text, kwh = request.form.get("text", "").replace("\r\n", "\n"), request.form.get("kwh", _KWH)
    if request.form.get("do") == "check":
        return _page(text, kwh, unsaved=True)
    try:
        tariff_id, _ = save_tariff(product().ctx, _store(), mine, text)
    except InputError as error:
        r = reader()
        key = f"editor.{error.code}"
        return _page(text, kwh, wrong=r.words(key) if r.words.has(key) else str(error), unsaved=True), 422
    product().memo.clear()
    flash(reader().words("editor.saved", id=tariff_id), "good")
    return redirect(url_for("tariff_editor.show", id=tariff_id), 303)


@blueprint.post("/tariffs/undo")
def undo() -> Response:
    mine, tariff_id = _mine(), request.form.get("id", "")[:200]
    words = reader().words
    try:
        restored = undo_tariff(product().ctx, _store(), mine, tariff_id)
    except (NotFound, InputError):
        flash(words("editor.nothing_before"))
        return redirect(url_for("tariffs.index"), 303)
    product().memo.clear()
    flash(words("editor.undone" if restored else "editor.undone_ours", id=tariff_id), "good")
    known = tariff_id in product().ctx.library.tariff_documents()
    return redirect(url_for("tariff_editor.show", id=tariff_id) if known else url_for("tariffs.index"), 303)


def _store() -> Any:
    from kanchay.bootstrap import tariff_store

    return tariff_store(product().settings)
