"""Paper bills that were applied to a site: what each said and what our list made of it, as the audit log holds them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kanchay.domain.receiptstudy import ReceiptStudy
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.people.policy import operator_scope
from kanchay.services.ports.records import AuditEntry

__all__ = ["APPLY", "UNDO", "KeptReceipt", "kept_receipts", "paper_of", "standing_notes"]

APPLY: Final = "receipt.apply"
UNDO: Final = "receipt.undo"


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """The days, energy and total of a paper bill. [kWh, currency]

    `computed` is the total that our list gave for the same energy and days when the paper was read; None where it had
    no prices for them.
    """

    start: date
    end: date
    kwh: Decimal
    total: Decimal
    computed: Decimal | None
    currency: str
    made_up: bool

    @property
    def difference(self) -> Decimal | None:
        """Paper less computed. [currency]"""
        return None if self.computed is None else self.total - self.computed


def paper_of(study: ReceiptStudy) -> dict[str, Any] | None:
    """What is kept of a receipt; None where days, energy or total were not read."""
    paper = study.receipt
    if paper.start is None or paper.end is None or paper.kwh is None or paper.total_due is None:
        return None
    total = study.by_list.total if study.by_list else None
    computed = total.computed if total else None
    return {
        "start": paper.start.isoformat(),
        "end": paper.end.isoformat(),
        "kwh": str(paper.kwh),
        "total": str(paper.total_due),
        "computed": None if computed is None else str(computed),
        "currency": paper.currency,
        "made_up": paper.made_up,
    }


def kept_receipts(ctx: Context, scope: Scope, site_id: str) -> tuple[KeptReceipt, ...]:
    """Receipts applied to a site and not taken back, the newest period first; of one period the last one applied."""
    scope.require(Permission.READ, site_id)
    papers = [json.loads(entry.subject).get("paper") for entry in standing_notes(ctx, site_id)]
    kept = {(paper["start"], paper["end"]): _kept(paper) for paper in papers if paper}
    return tuple(sorted(kept.values(), key=lambda x: x.end, reverse=True))


def standing_notes(ctx: Context, site_id: str) -> list[AuditEntry]:
    """Notes of receipts applied and not undone, the oldest first.

    Whoever may see the site may know of them but not read the whole log: the operator looks for these notes.
    """
    with ctx.records.unit(operator_scope()) as log:
        notes = log.audit.find(site_id=site_id, action=APPLY)
        undone = {entry.subject for entry in log.audit.find(site_id=site_id, action=UNDO)}
    return sorted((n for n in notes if n.id not in undone), key=lambda n: n.at)


def _kept(paper: Mapping[str, Any]) -> KeptReceipt:
    computed = paper["computed"]
    return KeptReceipt(
        date.fromisoformat(paper["start"]),
        date.fromisoformat(paper["end"]),
        Decimal(paper["kwh"]),
        Decimal(paper["total"]),
        None if computed is None else Decimal(computed),
        paper["currency"],
        paper["made_up"],
    )
