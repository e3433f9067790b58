"""What people say to findings and recommendations; every answer is in the audit log."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kanchay.domain.errors import Conflict
from kanchay.domain.finding import Finding, Recommendation, RecommendationState
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.people.audit import note
from kanchay.services.ports.records import UnitOfWork

__all__ = ["answer_recommendation", "dismiss_finding", "reopen_finding"]

_S = RecommendationState
# From a state to those a person may choose; verdicts come from verification, never from a click.
_ALLOWED: Final = {
    _S.PROPOSED: (_S.ACCEPTED, _S.DECLINED, _S.DONE),
    _S.ACCEPTED: (_S.DONE, _S.DECLINED, _S.PROPOSED),
    _S.DECLINED: (_S.PROPOSED, _S.ACCEPTED),
    _S.DONE: (_S.ACCEPTED, _S.PROPOSED),
}


def answer_recommendation(
    ctx: Context, scope: Scope, recommendation_id: str, state: RecommendationState | str, reason: str = ""
) -> Recommendation:
    """Accept, decline (with a reason), mark as done, or take the answer back.

    Raises
    ------
    Conflict
        The recommendation cannot go from its state to that one.
    """
    wanted = RecommendationState(state)
    with ctx.records.unit(scope) as uow:
        old = uow.recommendations.get(recommendation_id)
        scope.require(Permission.WRITE, old.site_id)
        if wanted is not old.state and wanted not in _ALLOWED.get(old.state, ()):
            raise Conflict(
                f"A recommendation that is '{old.state}' cannot become '{wanted}'.",
                hint=f"It can become: {', '.join(_ALLOWED.get(old.state, ())) or 'nothing else'}.",
            )
        new = replace(old, state=wanted, state_reason=reason)
        uow.recommendations.put(new)
        _note(ctx, uow, scope, f"recommendation.{wanted}", new)
    return new


def dismiss_finding(ctx: Context, scope: Scope, finding_id: str, reason: str = "") -> Finding:
    """Do not tell this finding again; the reason goes to the audit log."""
    return _set_status(ctx, scope, finding_id, "dismissed", reason)


def reopen_finding(ctx: Context, scope: Scope, finding_id: str) -> Finding:
    """Take a dismissal back."""
    return _set_status(ctx, scope, finding_id, "open", "")


def _set_status(ctx: Context, scope: Scope, finding_id: str, status: str, reason: str) -> Finding:
    with ctx.records.unit(scope) as uow:
        old = uow.findings.get(finding_id)
        scope.require(Permission.WRITE, old.site_id)
        new = replace(old, status=status)
        uow.findings.put(new)
        action = f"finding.{status}" + (f":{reason}" if reason else "")
        _note(ctx, uow, scope, action, new)
    return new


def _note(ctx: Context, uow: UnitOfWork, scope: Scope, action: str, row: Finding | Recommendation) -> None:
    organisation = uow.sites.get(row.site_id).organisation_id
    note(uow, scope, ctx.clock(), action, row.id, organisation_id=organisation, site_id=row.site_id)
