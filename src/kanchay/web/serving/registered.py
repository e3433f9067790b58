"""The models of this hub's registry, each with all its versions and the labels that point at them."""

from __future__ import annotations

import hashlib
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from kanchay.adapters.capability import hub_id
from kanchay.adapters.models import trusted_keys
from kanchay.bootstrap import model_registry
from kanchay.bundle.forecaster import BundleForecaster
from kanchay.bundle.load import load_bundle
from kanchay.domain.errors import BundleTampered
from kanchay.domain.model import ModelVersion
from kanchay.services.models.aliases import aliases_of, version_for
from kanchay.services.models.find import known_versions
from kanchay.services.ports.registry import Registry
from kanchay.settings import Settings
from kanchay.web.serving.shelf import Version

__all__ = ["RegistryServed"]

_HELD: Final = 4  # opened versions that are kept in memory


class RegistryServed:
    """A version's number is its place in the order of pushing, which never changes; its own name is kept beside it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._registry: Registry = model_registry(settings)

    def names(self) -> list[str]:
        return self._registry.models()

    def versions(self, name: str) -> list[Version]:
        pushed = known_versions(self._registry, name)
        states, hub = aliases_of(self._registry.changes(name)), hub_id(self._settings.home)
        trusted = trusted_keys(self._settings.home)
        points = {alias: version_for(state, name, hub) for alias, state in states.items()}
        return [
            Version(
                number=number,
                name=version.version,
                labels=tuple(sorted(alias for alias, target in points.items() if target == version.version)),
                load=partial(_opened, self._settings, version, trusted),
            )
            for number, version in reversed(list(enumerate(pushed, 1)))
        ]


@lru_cache(maxsize=_HELD)
def _opened(settings: Settings, version: ModelVersion, trusted: tuple[str, ...]) -> BundleForecaster:
    """A version, found to be the bytes that were pushed, signed by a key that is trusted now, its example run."""
    with TemporaryDirectory() as folder:
        archive = Path(folder) / "bundle.kanchay"
        data = b"".join(model_registry(settings).fetch(version, 0))
        if hashlib.sha256(data).hexdigest() != version.sha256:
            raise BundleTampered(
                f"'{version.name}' {version.version} is not what was pushed.", code="bundle.hash"
            )
        archive.write_bytes(data)
        return load_bundle(archive, trusted=trusted, name=version.name)
