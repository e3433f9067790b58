"""The audit log: who did what, when, to what."""

from __future__ import annotations

import uuid

from kanchay.domain.scope import Scope
from kanchay.services.ports.records import AuditEntry, UnitOfWork

__all__ = ["note"]


def note(uow: UnitOfWork, scope: Scope, at: int, action: str, subject: str, *, organisation_id: str = "",
         site_id: str = "") -> None:  # fmt: skip
    """Append an entry in the same transaction as what it tells of."""
    organisation = organisation_id or scope.organisation_id or ""
    entry_id = f"audit-{uuid.uuid4().hex}"
    uow.audit.put(AuditEntry(entry_id, at, scope.actor.id, organisation, site_id, action, subject))
