"""Look again where new readings came in: findings and advice, a few times a day."""

from __future__ import annotations

from typing import Final

from kanchay.domain.finding import Finding
from kanchay.domain.interval import HOUR
from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.findings.advise import advise_site
from kanchay.services.findings.detect import detect_site
from kanchay.services.operations.following import Follower, NotYet

__all__ = ["FOLLOWER", "LOOK_EVERY_S", "look_at_site", "renew_findings"]

LOOK_EVERY_S: Final = 6 * HOUR  # what is odd shows over days, and every look reads months


def renew_findings(ctx: Context, scope: Scope) -> int:
    """Look at every site whose readings changed and whose last look is old enough; returns how many."""
    return FOLLOWER.run(ctx, scope)


def look_at_site(ctx: Context, scope: Scope, site_id: str) -> list[Finding]:
    """Find, then advise on what was found; both are kept. Returns the open findings."""
    found = detect_site(ctx, scope, site_id)
    advise_site(ctx, scope, site_id, findings=found)
    return found


def _renew(ctx: Context, scope: Scope, site_id: str, _: frozenset[str]) -> int:
    with ctx.records.unit(scope) as uow:
        last = uow.runs.find(site_id=site_id, kind="findings", order="-started_at", limit=1)
    if last and ctx.clock() - last[0].started_at < LOOK_EVERY_S:
        raise NotYet(last[0].started_at + LOOK_EVERY_S)
    look_at_site(ctx, scope, site_id)
    return 1


FOLLOWER = Follower("findings", _renew)
