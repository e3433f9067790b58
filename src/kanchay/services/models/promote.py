"""Point an alias to a version, for all hubs or for a share of them; and back. Everything stays in the history."""

from __future__ import annotations

from kanchay.domain.errors import Conflict, InputError
from kanchay.domain.model import AliasChange, check_label
from kanchay.domain.scope import Permission, Scope
from kanchay.services.models.aliases import AliasState, aliases_of
from kanchay.services.models.find import find_version, known_versions
from kanchay.services.ports.registry import Registry

__all__ = ["promote_model", "roll_back_model"]

_MAX_WHY = 500


def promote_model(
    registry: Registry, scope: Scope, name: str, version: str, *, alias: str, share: float, why: str, now: int
) -> AliasChange:
    """Let the alias stand for that version, on `share` of the hubs; 1 settles it everywhere."""
    scope.require(Permission.ADMIN)
    check_label(alias, "alias")
    if not 0 < share <= 1:
        raise InputError(f"A share of {share:g} cannot be.", hint="Give more than 0 % and at most 100 %.")
    find_version(registry, name, version)
    changes = registry.changes(name)
    state = aliases_of(changes).get(alias, AliasState(alias))
    _check_stage(state, name, version, share)
    change = AliasChange(
        len(changes) + 1, now, scope.actor.name, "promote", alias, version, float(share), _reason(why)
    )
    return registry.record(name, change)


def _check_stage(state: AliasState, name: str, version: str, share: float) -> None:
    if share < 1 and not state.settled:
        raise Conflict(
            f"'{name}' has no {state.alias} for the other hubs to keep.", hint="Promote one to 100 % first."
        )
    if share < 1 and version == state.settled:
        raise Conflict(f"'{version}' is the {state.alias} of every hub already.", hint="Roll back instead.")
    if version == state.settled and not state.incoming:
        raise Conflict(f"'{version}' is the {state.alias} already.")
    if version == state.incoming and share < state.share:
        raise Conflict(
            f"'{version}' has reached {state.share:.0%} of the hubs: less would take it from some.",
            hint="Roll back, then promote to the smaller share.",
        )


def roll_back_model(
    registry: Registry, scope: Scope, name: str, *, alias: str, why: str, now: int
) -> AliasChange:
    """End a roll-out that is under way, or return to the version before."""
    scope.require(Permission.ADMIN)
    known_versions(registry, name)
    changes = registry.changes(name)
    state = aliases_of(changes).get(check_label(alias, "alias"), AliasState(alias))
    target = state.settled if state.incoming else state.earlier[-1] if state.earlier else ""
    if not target:
        raise Conflict(f"There is nothing before the present {alias} of '{name}'.")
    change = AliasChange(
        len(changes) + 1, now, scope.actor.name, "rollback", alias, target, 1.0, _reason(why)
    )
    return registry.record(name, change)


def _reason(why: str) -> str:
    text = " ".join(why.split())
    if not text:
        raise InputError("Nobody would know why.", hint="Give a reason: --why TEXT.", code="model.why")
    return text[:_MAX_WHY]
