"""Pull a version: refused before the download where it cannot run, verified before it is used, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kanchay.domain.errors import BundleError, BundleTampered
from kanchay.domain.model import CHAMPION, ModelVersion, check_label
from kanchay.domain.scope import Permission, Scope
from kanchay.services.models.capability import refuse_unless_able
from kanchay.services.models.find import find_version, followed_version
from kanchay.services.ports.registry import BundleFacts, Installed, Registry

__all__ = ["Pulled", "pull_model"]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What was installed where; `fresh` is False where it was there already."""

    version: ModelVersion
    path: Path | None
    fresh: bool
    differences: dict[str, float]


def pull_model(
    registry: Registry,
    shelf: Installed,
    scope: Scope,
    name: str,
    *,
    version: str = "",
    alias: str = CHAMPION,
    install_as: str = "",
) -> Pulled:
    """Install a version by its number, else the one that the alias stands for on this hub."""
    scope.require(Permission.ADMIN)
    local = check_label(install_as or name, "name")
    hub = shelf.capability()
    wanted = find_version(registry, name, version) if version else followed_version(
        registry, name, alias, hub.hub_id
    )  # fmt: skip
    refuse_unless_able(wanted, hub)
    if shelf.installed_sha256(local) == wanted.sha256:
        return Pulled(wanted, None, False, {})
    part = shelf.receive(wanted, lambda start: registry.fetch(wanted, start))
    try:
        facts = shelf.inspect(part)
        _check_same(facts, wanted)
    except BundleError:
        shelf.discard(part)
        raise
    return Pulled(wanted, shelf.install(part, wanted, local), True, facts.differences)


def _check_same(facts: BundleFacts, wanted: ModelVersion) -> None:
    """A registry must not hand out an old, well signed bundle under a new version's name."""
    if (facts.name, facts.version) != (wanted.name, wanted.version):
        raise BundleTampered(
            f"The registry gave '{facts.name}' {facts.version} as '{wanted.name}' {wanted.version}.",
            hint="Do not use this registry until its keeper knows why.",
            code="model.swapped",
        )
    if (facts.manifest_sha256, facts.signer) != (wanted.manifest_sha256, wanted.signer):
        raise BundleTampered(
            "The registry lists another manifest or signer than the bundle has.", code="model.swapped"
        )
