"""Imports of the past: taken back in one click, and what was remembered of them forgotten."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from kanchay.domain.scope import Purpose
from kanchay.services.readings.answers import forget_answers
from kanchay.services.readings.undo import undo_import
from kanchay.web.pages.common import gather
from kanchay.web.pages.imports import blueprint
from kanchay.web.sessions import scope
from kanchay.web.shell import product
from kanchay.web.views.import_past import past_view

__all__ = ["forget", "undo"]


@blueprint.post("/sites/<site_id>/imports/<import_id>/undo")
def undo(site_id: str, import_id: str) -> Response:
    known, r = gather(site_id)
    done = undo_import(product().ctx, scope(Purpose.OPERATE), import_id, site_id=site_id)
    product().renew()
    (row,) = past_view([done], r)
    flash(r.words("import.undone", file=row.name, what=row.counts), "good")
    return redirect(url_for("imports.upload", site_id=known.site.id), 303)


@blueprint.post("/sites/<site_id>/imports/forget")
def forget(site_id: str) -> Response:
    """Ask again: about one kind of file, from its preview or from the list, or about all."""
    known, r = gather(site_id)
    forget_answers(product().ctx, scope(Purpose.OPERATE), site_id, request.form.get("layout", ""))
    product().readings.clear()
    flash(r.words("import.forgotten"), "good")
    token = request.form.get("token", "")
    if token:
        product().uploads.find(token, known.scope.actor.id)
        return redirect(url_for("imports.preview", site_id=site_id, token=token), 303)
    return redirect(url_for("imports.upload", site_id=site_id), 303)
