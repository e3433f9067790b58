"""A published price list: send it, see each price beside the one we hold, answer what it leaves open, store it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from apiflask import APIBlueprint
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from kanchay.domain.errors import FileRefused, InputError, KanchayError, NotFound
from kanchay.domain.pricelist import ListWish, PriceList, Proposal
from kanchay.domain.scope import Permission, Purpose, Scope
from kanchay.services.money.pricelist import propose_all, read_price_list, store_proposals
from kanchay.web.sessions import scope
from kanchay.web.shell import product, reader, render
from kanchay.web.views.pricelists import list_page

__all__ = ["blueprint"]

blueprint = APIBlueprint("pricelists", __name__, enable_openapi=False)

FIELDS: Final = ("system", "provider", "column", "valid_from", "igv")
_LONGEST: Final = 60
_ASKED: Final = {
    "pricelist.system": "system",
    "pricelist.twice": "system",
    "pricelist.provider": "provider",
    "pricelist.column": "column",
    "pricelist.day": "valid_from",
    "pricelist.igv": "igv",
}


def _mine() -> Scope:
    """Only who administers changes prices: they hold for every site."""
    mine = scope(Purpose.ADMINISTER)
    mine.require(Permission.ADMIN)
    return mine


@blueprint.get("/tariffs/list")
def upload() -> str:
    _mine()
    return _upload_page("")


def _upload_page(wrong: str) -> str:
    return render("pricelist.html", section="tariffs", wrong=wrong, v=None, ask="", given={}, token="")


@blueprint.post("/tariffs/list")
def send() -> Response | tuple[str, int]:
    mine = _mine()
    try:
        kept = product().uploads.keep(request.files.get("file"), mine.actor.id)
    except FileRefused as error:
        return _upload_page(_said(error)), 422
    return redirect(url_for("pricelists.show", token=kept.token), 303)


@blueprint.get("/tariffs/list/<token>")
def show(token: str) -> str | tuple[str, int]:
    return _answer(token, request.args, "")


def _answer(token: str, given: Mapping[str, str], wrong: str) -> str | tuple[str, int]:
    """The list beside our prices, the question it leaves open, or why it cannot be used."""
    kept = product().uploads.find(token, _mine().actor.id)
    asked = {name: given.get(name, "")[:_LONGEST] for name in FIELDS}
    try:
        offered, proposals = _read(kept.path, asked)
    except (InputError, NotFound) as error:
        ask = _ASKED.get(error.code, "")
        if not ask:
            product().uploads.drop(token)
            return _upload_page(_said(error)), 422
        return render(
            "pricelist.html", section="tariffs", wrong=_said(error), v=None, ask=ask, given=asked, token=token
        )
    view = list_page(offered, proposals, product().ctx.library.tariff_documents(), reader("America/Lima"))
    page = render("pricelist.html", section="tariffs", wrong=wrong, v=view, ask="", given=asked, token=token)
    return (page, 422) if wrong else page


def _read(path: object, asked: Mapping[str, str]) -> tuple[PriceList, list[Proposal]]:
    from pathlib import Path

    from kanchay.bootstrap import list_reader

    ctx = product().ctx
    offered = read_price_list(ctx, list_reader(), Path(str(path)), _wish(asked))
    return offered, propose_all(ctx, offered)


def _wish(asked: Mapping[str, str]) -> ListWish:
    """What was answered; anything that is no answer is as if it was not given, and asked again."""
    try:
        day = date.fromisoformat(asked["valid_from"])
    except ValueError:
        day = None
    column = int(asked["column"]) if asked["column"].isdecimal() else None
    igv = {"with": True, "without": False}.get(asked["igv"])
    return ListWish(asked["provider"], asked["system"], column, day, igv)


@blueprint.post("/tariffs/list/<token>")
def store(token: str) -> Response | str | tuple[str, int]:
    """Store the new versions; a flag that nobody ticked stops it."""
    from kanchay.bootstrap import tariff_store

    mine = _mine()
    kept = product().uploads.find(token, mine.actor.id)
    asked = {name: request.form.get(name, "")[:_LONGEST] for name in FIELDS}
    try:
        _, proposals = _read(kept.path, asked)
        saved = store_proposals(tariff_store(product().settings), proposals, request.form.getlist("accept"))
    except (InputError, NotFound) as error:
        return _answer(token, asked, _said(error))
    product().uploads.drop(token)
    product().memo.clear()
    flash(reader().words.many("pricelist.stored", len(saved)), "good")
    return redirect(url_for("tariffs.index"), 303)


def _said(error: KanchayError) -> str:
    """Why not, in the reader's words where we have them."""
    words, key = reader().words, f"pricelist.wrong.{error.code.rsplit('.', 1)[-1]}"
    return words(key) if words.has(key) else str(error)
