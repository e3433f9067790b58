"""Who asks, for what, and over which sites. No store answers without a scope."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kanchay.domain.errors import AccessDenied

__all__ = ["Actor", "Permission", "Purpose", "Role", "Scope"]


class Role(StrEnum):
    """What an actor is to the product."""

    OWNER = "owner"
    RESIDENT = "resident"
    MANAGER = "manager"
    ANALYST = "analyst"
    VIEWER = "viewer"
    PROVIDER = "provider"
    AGENCY = "agency"  # aggregates only, never a household
    OPERATOR = "operator"  # the command line on the machine itself
    WORKER = "worker"  # the background worker


class Purpose(StrEnum):
    """Why data is touched; written to the audit log."""

    VIEW = "view"
    OPERATE = "operate"
    INGEST = "ingest"
    ADMINISTER = "administer"


class Permission(StrEnum):
    """What a scope may do."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a token or a program that acts."""

    id: str
    name: str
    role: Role
    organisation_id: str | None = None  # None only for OPERATOR and WORKER
    site_ids: frozenset[str] = frozenset()  # empty: all sites of the organisation
    locale: str = "es"


@dataclass(frozen=True, slots=True)
class Scope:
    """What one use case may see and do. Made only by `kanchay.services.people.policy.scope_for`.

    `organisation_id` None means every organisation and `site_ids` None every site within it:
    only the operator and the worker get those.
    """

    actor: Actor
    purpose: Purpose
    organisation_id: str | None
    site_ids: frozenset[str] | None
    permissions: frozenset[Permission]

    def allows_site(self, site_id: str) -> bool:
        """Whether the site lies within this scope (its organisation is checked by the records)."""
        return self.site_ids is None or site_id in self.site_ids

    def require(self, permission: Permission, site_id: str | None = None) -> None:
        """Raise `AccessDenied` unless the scope holds the permission (and the site)."""
        if permission not in self.permissions:
            raise AccessDenied(f"{self.actor.role} may not {permission} here.")
        if site_id is not None and not self.allows_site(site_id):
            raise AccessDenied(f"Site '{site_id}' is outside what {self.actor.name} may see.")
