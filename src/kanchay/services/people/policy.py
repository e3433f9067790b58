"""Who may do what: the one place where a `Scope` is made. Deny by default."""

from __future__ import annotations

from typing import Final

from kanchay.domain.errors import AccessDenied
from kanchay.domain.scope import Actor, Permission, Purpose, Role, Scope

__all__ = ["BY_PURPOSE", "BY_ROLE", "MACHINE_ROLES", "operator_scope", "scope_for", "worker_scope"]

_READ, _WRITE, _ADMIN = Permission.READ, Permission.WRITE, Permission.ADMIN

BY_ROLE: Final[dict[Role, frozenset[Permission]]] = {
    Role.OWNER: frozenset({_READ, _WRITE, _ADMIN}),
    Role.RESIDENT: frozenset({_READ, _WRITE}),
    Role.MANAGER: frozenset({_READ, _WRITE}),
    Role.ANALYST: frozenset({_READ}),
    Role.VIEWER: frozenset({_READ}),
    Role.PROVIDER: frozenset(),  # sees nothing until a household consents
    Role.AGENCY: frozenset(),  # aggregates only, by use cases of their own
    Role.OPERATOR: frozenset({_READ, _WRITE, _ADMIN}),
    Role.WORKER: frozenset({_READ, _WRITE}),
}
BY_PURPOSE: Final[dict[Purpose, frozenset[Permission]]] = {
    Purpose.VIEW: frozenset({_READ}),
    Purpose.OPERATE: frozenset({_READ, _WRITE}),
    Purpose.INGEST: frozenset({_READ, _WRITE}),
    Purpose.ADMINISTER: frozenset({_READ, _WRITE, _ADMIN}),
}
# Programs on the machine itself; no person who signs in has one of these.
MACHINE_ROLES: Final = frozenset({Role.OPERATOR, Role.WORKER})


def scope_for(actor: Actor, purpose: Purpose) -> Scope:
    """The scope of an actor for a purpose: what the role may do and the purpose needs, nothing more."""
    if actor.organisation_id is None and actor.role not in MACHINE_ROLES:
        raise AccessDenied(f"{actor.name} belongs to no organisation.", hint="Add them to one first.")
    return Scope(
        actor=actor,
        purpose=purpose,
        organisation_id=actor.organisation_id,
        site_ids=actor.site_ids or None,
        permissions=BY_ROLE.get(actor.role, frozenset()) & BY_PURPOSE.get(purpose, frozenset()),
    )


def operator_scope(purpose: Purpose = Purpose.ADMINISTER) -> Scope:
    """The scope of the command line on the machine itself: every organisation, every site."""
    return scope_for(Actor("operator", "operator", Role.OPERATOR), purpose)


def worker_scope() -> Scope:
    """The scope of the background worker: every site, to read and to store results."""
    return scope_for(Actor("worker", "worker", Role.WORKER), Purpose.OPERATE)
