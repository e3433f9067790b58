"""What a registry holds, for people and programs."""

from __future__ import annotations

from dataclasses import dataclass

from kanchay.domain.model import AliasChange, ModelVersion
from kanchay.domain.scope import Permission, Scope
from kanchay.services.models.aliases import AliasState, aliases_of
from kanchay.services.models.find import known_versions
from kanchay.services.ports.registry import Registry

__all__ = ["RegisteredModel", "list_registry", "show_registered"]


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A model of a registry: its versions, what its aliases stand for, and its history, oldest first."""

    name: str
    versions: list[ModelVersion]
    aliases: list[AliasState]
    changes: list[AliasChange]


def list_registry(registry: Registry, scope: Scope) -> list[RegisteredModel]:
    """Every model, by name."""
    scope.require(Permission.READ)
    return [_model(registry, name) for name in registry.models()]


def show_registered(registry: Registry, scope: Scope, name: str) -> RegisteredModel:
    """One model; `NotFound` names those there are."""
    scope.require(Permission.READ)
    known_versions(registry, name)
    return _model(registry, name)


def _model(registry: Registry, name: str) -> RegisteredModel:
    changes = registry.changes(name)
    states = aliases_of(changes)
    return RegisteredModel(name, registry.versions(name), [states[a] for a in sorted(states)], changes)
