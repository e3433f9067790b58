"""Find a version in a registry by its number or by an alias."""

from __future__ import annotations

from kanchay.domain.errors import Conflict, NotFound
from kanchay.domain.model import ModelVersion, check_label
from kanchay.services.models.aliases import aliases_of, version_for
from kanchay.services.ports.registry import Registry

__all__ = ["find_version", "followed_version", "known_versions", "same_version"]


def known_versions(registry: Registry, name: str) -> list[ModelVersion]:
    """All versions of a model; `NotFound` names the models there are."""
    versions = registry.versions(check_label(name, "name"))
    if not versions:
        known = ", ".join(registry.models()) or "none yet"
        raise NotFound(f"The registry has no model '{name}'.", hint=f"It has: {known}.")
    return versions


def find_version(registry: Registry, name: str, version: str) -> ModelVersion:
    """That version; `NotFound` names those there are."""
    versions = known_versions(registry, name)
    for known in versions:
        if known.version == version:
            return known
    raise NotFound(
        f"'{name}' has no version '{version}'.", hint=f"It has: {', '.join(v.version for v in versions)}."
    )


def followed_version(registry: Registry, name: str, alias: str, hub_id: str) -> ModelVersion:
    """What the alias stands for on this hub, roll-outs in stages considered."""
    known_versions(registry, name)
    states = aliases_of(registry.changes(name))
    version = version_for(states[alias], name, hub_id) if alias in states else ""
    if not version:
        known = ", ".join(sorted(states)) or "none yet"
        raise NotFound(
            f"No version of '{name}' is its {alias}.",
            hint=f"Aliases: {known}. Promote one, or name a version.",
        )
    return find_version(registry, name, version)


def same_version(registry: Registry, name: str, version: str, sha256: str) -> ModelVersion | None:
    """That version where the registry holds it with these bytes, None where it does not; `Conflict` with others."""
    check_label(version, "version")
    for known in registry.versions(name):
        if known.version == version and known.sha256 != sha256:
            raise Conflict(
                f"'{name}' {version} is in the registry already, with other bytes.",
                hint="Give the bundle a new version: a version never changes.",
                code="registry.there",
            )
        if known.version == version:
            return known
    return None
