"""Push a bundle into a registry: verified, its example run, never replaced."""

from __future__ import annotations

from pathlib import Path

from kanchay.domain.errors import BundleError
from kanchay.domain.model import ModelVersion, check_label
from kanchay.domain.scope import Permission, Scope
from kanchay.services.ports.registry import BundleFacts, Installed, Registry

__all__ = ["push_model"]


def push_model(
    registry: Registry,
    shelf: Installed,
    scope: Scope,
    path: Path,
    *,
    now: int,
    only: tuple[str, str] | None = None,
) -> ModelVersion:
    """Verify a bundle here and hand it to the registry under the name and version of its own manifest.

    The same bundle again is no error; another one under that version is a `Conflict`. `only` names the name and
    version that are expected.
    """
    scope.require(Permission.ADMIN)
    with shelf.packed(path) as archive:
        facts = shelf.inspect(archive)
        if only is not None and only != (facts.name, facts.version):
            raise BundleError(
                f"The bundle is '{facts.name}' {facts.version}, not '{only[0]}' {only[1]}.",
                code="model.swapped",
            )
        return registry.add(_version(facts, now, scope.actor.name), archive)


def _version(facts: BundleFacts, now: int, by: str) -> ModelVersion:
    return ModelVersion(
        name=check_label(facts.name, "name"),
        version=check_label(facts.version, "version"),
        sha256=facts.sha256,
        n_bytes=facts.n_bytes,
        manifest_sha256=facts.manifest_sha256,
        signer=facts.signer,
        created=facts.created,
        pushed_at=now,
        pushed_by=by,
        needs=facts.needs,
    )
