"""A paper bill: send it, see what was read, lay it beside our calculation, save what it teaches, take that back."""

from __future__ import annotations

from typing import Any, Final

from apiflask import APIBlueprint
from flask import flash, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from kanchay.domain.errors import BillRefused, FileRefused, InputError, KanchayError
from kanchay.domain.point import Site
from kanchay.domain.receiptstudy import ReceiptStudy
from kanchay.domain.scope import Permission, Purpose
from kanchay.services.money.receipt import metered_kwh, read_receipt, study_receipt
from kanchay.services.money.receipt_apply import applied_last, apply_receipt, site_after, undo_receipt
from kanchay.web.pages.common import gather
from kanchay.web.pages.imports import sentence
from kanchay.web.sessions import scope
from kanchay.web.shell import product, reader, render
from kanchay.web.uploads import Upload
from kanchay.web.views.receipts import receipt_view

__all__ = ["MOST_BYTES", "blueprint", "study_of"]

blueprint = APIBlueprint("receipts", __name__, enable_openapi=False)

MOST_BYTES: Final = 5 << 20
_LONGEST: Final = 80  # characters of a field


def study_of(kept: Upload, tariff_id: str) -> ReceiptStudy:
    """Everything that follows from a file that waits; `FileRefused` where it is no receipt that we can read."""
    from kanchay.bootstrap import receipt_reader

    if kept.n_bytes > MOST_BYTES:
        raise FileRefused(
            f"{kept.path.name} is larger than the {MOST_BYTES >> 20} MB that are taken.",
            hint="Hand in the receipt alone.",
            code="receipt.too_large",
        )
    receipt = read_receipt(receipt_reader(), kept.path.read_bytes(), kept.path.name)
    return study_receipt(product().ctx, receipt, tariff_id[:_LONGEST] or None)


@blueprint.get("/sites/<site_id>/receipt")
def upload(site_id: str) -> str:
    known, _ = gather(site_id)
    known.scope.require(Permission.READ, site_id)
    return _upload_page(known.site, "")


def _upload_page(site: Site, wrong: str) -> str:
    last = applied_last(product().ctx, scope(), site.id)
    when = reader(site=site).formats.when(last.at) if last else ""
    return render(
        "receipt.html",
        site=site,
        section="bill",
        wrong=wrong,
        most=MOST_BYTES >> 20,
        applied=when,
        x=None,
        token="",
    )


@blueprint.post("/sites/<site_id>/receipt")
def send(site_id: str) -> Response | tuple[str, int]:
    known, r = gather(site_id)
    mine = scope(Purpose.OPERATE)
    mine.require(Permission.WRITE, site_id)
    file: FileStorage | None = request.files.get("file")
    try:
        kept = product().uploads.keep(file, mine.actor.id)
    except FileRefused as error:
        return _upload_page(known.site, sentence(error, r)), 422
    return redirect(url_for("receipts.show", site_id=site_id, token=kept.token), 303)


@blueprint.get("/sites/<site_id>/receipt/<token>")
def show(site_id: str, token: str) -> str | tuple[str, int]:
    known, r = gather(site_id)
    kept = product().uploads.find(token, known.scope.actor.id)
    try:
        study = study_of(kept, request.args.get("tariff", ""))
    except FileRefused as error:
        product().uploads.drop(token)
        return _upload_page(known.site, sentence(error, r)), 422
    except BillRefused as error:
        return _upload_page(known.site, sentence(error, r)), 422
    return _study_page(known.site, study, token, "")


def _study_page(site: Site, study: ReceiptStudy, token: str, wrong: str) -> str:
    r, ctx = reader(site=site), product().ctx
    after = site_after(ctx, site, study) if study.tariff_id else None
    metered = metered_kwh(ctx, scope(), site, study.receipt)
    view = receipt_view(study, site, after, ctx.library.tariff_documents(), r, metered=metered)
    return render(
        "receipt.html",
        site=site,
        section="bill",
        wrong=wrong,
        x=view,
        token=token,
        tariff=study.tariff_id or "",
    )


@blueprint.post("/sites/<site_id>/receipt/<token>")
def accept(site_id: str, token: str) -> Response | tuple[str, int]:
    """Save what the receipt teaches."""
    known, r = gather(site_id)
    mine = scope(Purpose.OPERATE)
    mine.require(Permission.WRITE, site_id)
    kept = product().uploads.find(token, mine.actor.id)
    study = study_of(kept, request.form.get("tariff", ""))
    try:
        apply_receipt(product().ctx, mine, site_id, study, _typed(request.form))
    except InputError as error:
        return _study_page(known.site, study, token, _said(error)), 422
    product().uploads.drop(token)
    product().memo.clear()
    flash(r.words("receipt.saved"), "good")
    return redirect(url_for("receipts.upload", site_id=site_id), 303)


def _typed(form: Any) -> dict[str, str]:
    """Values as they stand in the form; an emptied one is left out."""
    return {
        name[2:]: value.strip().replace(",", ".") for name, value in form.items() if name.startswith("p-")
    }


def _said(error: KanchayError) -> str:
    t = reader().words
    return t(f"error.{error.code}") if t.has(f"error.{error.code}") else t("error.form.number")


@blueprint.post("/sites/<site_id>/receipt/<token>/cancel")
def cancel(site_id: str, token: str) -> Response:
    known, r = gather(site_id)
    product().uploads.drop(product().uploads.find(token, known.scope.actor.id).token)
    flash(r.words("receipt.cancelled"))
    return redirect(url_for("receipts.upload", site_id=site_id), 303)


@blueprint.post("/sites/<site_id>/receipts/undo")
def undo(site_id: str) -> Response:
    known, r = gather(site_id)
    undo_receipt(product().ctx, scope(Purpose.OPERATE), known.site.id)
    product().memo.clear()
    flash(r.words("receipt.undone"), "good")
    return redirect(url_for("receipts.upload", site_id=site_id), 303)
