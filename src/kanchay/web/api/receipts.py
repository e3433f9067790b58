"""Receipts: read one for a site, compare it, apply it, take it back."""

from __future__ import annotations

from typing import Any, Final

from apiflask import Schema
from apiflask.fields import Boolean, File, String
from apiflask.validators import Length
from flask import Response, jsonify

from kanchay.domain.point import Site
from kanchay.domain.receiptstudy import ReceiptStudy
from kanchay.domain.scope import Permission, Purpose
from kanchay.plain import plain
from kanchay.web.api.schema import answer, schema_of
from kanchay.web.api.v1 import blueprint, known_site
from kanchay.web.pages.receipts import study_of
from kanchay.web.sessions import scope
from kanchay.web.shell import product

__all__ = ["receipt_read", "receipt_undo"]

_READ: Final = {
    "type": "object",
    "required": ["study", "missing", "metered_kwh", "site"],
    "properties": {
        "study": schema_of(ReceiptStudy),
        "missing": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Fields that were not found.",
        },
        "site": {
            "anyOf": [schema_of(Site), {"type": "null"}],
            "description": "The site after it was applied.",
        },
    },
}


class ReceiptForm(Schema):
    """A receipt and what to do with it."""

    file = File()  # type: ignore[no-untyped-call]
    tariff = String(
        load_default="", validate=Length(max=80), metadata={"description": "The likeliest by default."}
    )
    apply = Boolean(load_default=False, metadata={"description": "Give the site what the receipt teaches."})


@blueprint.post("/sites/<site_id>/receipts")
@blueprint.input(ReceiptForm, location="form_and_files", arg_name="form")
@blueprint.doc(
    summary="Read a receipt",
    description="A text PDF or the XML of an electronic receipt, up to 5 MB. Nothing is stored unless `apply` is true.",
    responses=answer(_READ, "What was read, and paper against computed.", also=(401, 403, 404, 413, 422)),
)
def receipt_read(site_id: str, form: dict[str, Any]) -> Response:
    from kanchay.services.money.receipt import metered_kwh
    from kanchay.services.money.receipt_apply import apply_receipt

    known, mine = known_site(site_id), scope(Purpose.OPERATE)
    mine.require(Permission.WRITE, site_id)
    uploads = product().uploads
    kept = uploads.keep(form.get("file"), mine.actor.id)
    try:
        study = study_of(kept, form["tariff"])
    finally:
        uploads.drop(kept.token)
    metered = metered_kwh(known.ctx, known.scope, known.site, study.receipt)
    site = apply_receipt(known.ctx, mine, site_id, study) if form["apply"] else None
    if site is not None:
        product().memo.clear()
    told = {"study": study, "missing": study.receipt.missing, "metered_kwh": metered, "site": site}
    return jsonify(plain(told))


@blueprint.post("/sites/<site_id>/receipts/undo")
@blueprint.doc(
    summary="Undo the last receipt",
    responses=answer(schema_of(Site), "The site as it was before.", also=(401, 403, 404, 409)),
)
def receipt_undo(site_id: str) -> Response:
    from kanchay.services.money.receipt_apply import undo_receipt

    known = known_site(site_id)
    site = undo_receipt(known.ctx, scope(Purpose.OPERATE), site_id)
    product().memo.clear()
    return jsonify(plain(site))
