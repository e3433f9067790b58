"""The one button: the files of an upload on their way into the store, how far they are, and the way to stop it."""

from __future__ import annotations

import logging
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from kanchay.domain.errors import KanchayError, NotFound
from kanchay.domain.scope import Purpose
from kanchay.services.ports.records import ImportRecord
from kanchay.services.readings.import_many import store_many
from kanchay.web.pages.common import gather
from kanchay.web.pages.imports import blueprint, open_page, whole_for
from kanchay.web.sessions import scope
from kanchay.web.shell import product, reader, render
from kanchay.web.storing import Storing
from kanchay.web.views.import_past import stored_line

__all__ = ["saving", "stop", "store"]

_log = logging.getLogger(__name__)


@blueprint.post("/sites/<site_id>/import/<token>")
def store(site_id: str, token: str) -> Response:
    """Begin to store; what is quick is done at once, the rest is watched on a page of its own."""
    known, r = gather(site_id)
    mine, own = scope(Purpose.OPERATE), product()
    under_way = own.storings.find(token, mine.actor.id)
    if under_way is None or under_way.in_vain:
        kept = own.uploads.find(token, mine.actor.id)
        whole = whole_for(known, kept, mine, request.form)
        if whole.is_open:  # nothing is guessed silently
            flash(r.words("import.open"), "warn")
            return open_page(site_id, token, request.form)
        found = [each for _, each in whole.read]

        def write() -> tuple[ImportRecord, ...]:
            return tuple(store_many(own.ctx, mine, site_id, found))

        def after() -> None:
            from kanchay.services.findings.renew import look_at_site

            own.let_go(token)
            own.renew()
            try:
                look_at_site(own.ctx, mine, site_id)
            except KanchayError as error:  # too little history is no reason to fail the import
                _log.info("look at %s after an import: %s", site_id, error)

        n = sum(each.preview.n for each in found)
        under_way = own.storings.begin(token, (site_id, mine.actor.id, n), write, after)
    under_way.soon()
    return _next(under_way, site_id)


def _next(storing: Storing, site_id: str) -> Response:
    """Where the reader goes from here: on to the readings, back to the preview, or to how far it is."""
    r = reader()
    if not storing.wait(0):
        return redirect(url_for("imports.saving", site_id=site_id, token=storing.token), 303)
    first, storing.told = not storing.told, True
    if storing.in_vain:
        if storing.stopped or not first:
            flash(r.words("import.stopped"))
            return redirect(url_for("imports.preview", site_id=site_id, token=storing.token), 303)
        storing.found()  # raises what went wrong; nothing of it was stored
    if first:
        flash(stored_line(storing.result or (), r), "good")
    return redirect(url_for("overview.show", site_id=site_id), 303)


def _found(site_id: str, token: str) -> Storing:
    gather(site_id)
    storing = product().storings.find(token, scope().actor.id)
    if storing is None or storing.site_id != site_id:
        raise NotFound("That upload is gone.", hint="Send the file again.", code="upload.gone")
    return storing


@blueprint.get("/sites/<site_id>/import/<token>/saving")
def saving(site_id: str, token: str) -> str | Response:
    """How far it is; once it is done, on to the readings."""
    known, _ = gather(site_id)
    storing = _found(site_id, token)
    if storing.wait(0):
        return _next(storing, site_id)
    return render(
        "import_saving.html",
        site=known.site,
        section="import",
        token=token,
        share=storing.share,
        n=storing.n,
        written=storing.written,
        stopping=storing.stopping.is_set(),
    )


@blueprint.get("/sites/<site_id>/import/<token>/saving/progress")
def saving_progress(site_id: str, token: str) -> dict[str, Any]:
    """How far it is, for the script of that page."""
    storing = _found(site_id, token)
    return {"share": round(storing.share, 3), "done": storing.wait(0), "written": storing.written}


@blueprint.post("/sites/<site_id>/import/<token>/stop")
def stop(site_id: str, token: str) -> Response:
    """Store nothing of it after all, unless all of it is stored already."""
    storing = _found(site_id, token)
    storing.stop()
    return _next(storing, site_id)
