"""Findings ranked by money, one finding, and the answers to what we recommend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from apiflask import APIBlueprint
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from kanchay.domain.errors import InputError
from kanchay.domain.finding import Finding, Recommendation, RecommendationState
from kanchay.domain.scope import Permission, Purpose
from kanchay.web.pages.common import gather
from kanchay.web.sessions import scope
from kanchay.web.shell import product, reader, render
from kanchay.web.views.findings_page import finding_page, findings_page

__all__ = ["ANSWERS", "REASONS", "blueprint"]

blueprint = APIBlueprint("findings", __name__, enable_openapi=False)

_Row = TypeVar("_Row", Finding, Recommendation)

# What a resident may answer; "proposed" takes an answer back.
ANSWERS: Final = ("accepted", "declined", "done", "proposed")
REASONS: Final = ("done_already", "not_mine", "too_dear", "no_time", "not_true")


@blueprint.get("/sites/<site_id>/findings")
def index(site_id: str) -> str:
    known, r = gather(site_id)
    if known.span is None:
        return render("no_readings.html", site=known.site, section="findings")
    return render(
        "findings.html", site=known.site, section="findings", v=findings_page(known, r), reasons=REASONS
    )


@blueprint.get("/sites/<site_id>/findings/<finding_id>")
def show(site_id: str, finding_id: str) -> str:
    known, r = gather(site_id)
    view = finding_page(known, finding_id, r)
    return render("finding.html", site=known.site, section="findings", v=view, reasons=REASONS)


@blueprint.post("/sites/<site_id>/findings/check")
def check(site_id: str) -> Response:
    """Look again, now."""
    from kanchay.services.findings.renew import look_at_site

    gather(site_id)
    found = look_at_site(product().ctx, scope(Purpose.OPERATE), site_id)
    flash(reader().words.many("findings.checked", len(found)), "good")
    return redirect(url_for("findings.index", site_id=site_id))


@blueprint.post("/sites/<site_id>/recommendations/<recommendation_id>")
def answer(site_id: str, recommendation_id: str) -> Response:
    from kanchay.services.findings.answer import answer_recommendation

    known, r = gather(site_id)
    wish = request.form.get("answer", "")
    reason = request.form.get("reason", "")
    if wish not in ANSWERS or (reason and reason not in REASONS):
        raise InputError(
            f"'{wish}' is not an answer.", hint=f"Give one of {', '.join(ANSWERS)}.", code="answer"
        )
    _mine(known.recommendations, recommendation_id)
    answer_recommendation(
        product().ctx, scope(Purpose.OPERATE), recommendation_id, RecommendationState(wish), reason
    )
    flash(r.words(f"advice.said_{wish}"), "good")
    return _back(site_id)


@blueprint.post("/sites/<site_id>/findings/<finding_id>/dismiss")
def dismiss(site_id: str, finding_id: str) -> Response:
    from kanchay.services.findings.answer import dismiss_finding

    known, r = gather(site_id)
    _mine(known.findings, finding_id)
    dismiss_finding(product().ctx, scope(Purpose.OPERATE), finding_id, request.form.get("reason", "")[:200])
    flash(r.words("finding.dismissed"), "good")
    return redirect(url_for("findings.index", site_id=site_id))


@blueprint.post("/sites/<site_id>/findings/<finding_id>/reopen")
def reopen(site_id: str, finding_id: str) -> Response:
    """Take back that it is no problem."""
    from kanchay.services.findings.answer import reopen_finding

    known, r = gather(site_id)
    mine = scope(Purpose.OPERATE)
    mine.require(Permission.WRITE, site_id)
    if _mine(known.findings, finding_id).status == "dismissed":
        reopen_finding(product().ctx, mine, finding_id)
        flash(r.words("finding.reopened"), "good")
    return redirect(url_for("findings.index", site_id=site_id), 303)


def _mine(rows: Sequence[_Row], row_id: str) -> _Row:
    """The row of that id, which has to belong to the site of the address."""
    from kanchay.domain.errors import NotFound

    found = next((row for row in rows if row.id == row_id), None)
    if found is None:
        raise NotFound(f"There is no '{row_id}' at this site.")
    return found


def _back(site_id: str) -> Response:
    from kanchay.web.pages.common import safe_next

    target = request.form.get("next")
    return redirect(safe_next(target) if target else url_for("findings.index", site_id=site_id))
