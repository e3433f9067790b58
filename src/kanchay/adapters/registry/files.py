"""A registry in files.

For each model a folder with ``versions/VERSION.kanchay`` (the packed bundle), ``versions/VERSION.json`` (what it is;
written last, so that a version is there only when it is whole) and ``history/000001.json`` … (who promoted what).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kanchay.adapters.registry.codec import MAX_TEXT, change_from, read_json, to_json, version_from
from kanchay.adapters.registry.places import Place
from kanchay.domain.errors import BundleError, BundleTampered, Conflict, InputError
from kanchay.domain.model import AliasChange, ModelVersion, check_label

__all__ = ["FileRegistry"]

_VERSIONS: Final = "versions"
_HISTORY: Final = "history"
_SUFFIX: Final = ".kanchay"


class FileRegistry:
    """Fills the port `kanchay.services.ports.registry.Registry` over a `Place`."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def models(self) -> list[str]:
        return [n for n in self._place.names("") if _is_label(n) and self.versions(n)]

    def versions(self, name: str) -> list[ModelVersion]:
        check_label(name, "name")
        entries = [n for n in self._place.names(f"{name}/{_VERSIONS}") if n.endswith(".json")]
        found = [self._version(name, entry.removesuffix(".json")) for entry in entries]
        return sorted(found, key=lambda v: (v.pushed_at, v.version))

    def add(self, version: ModelVersion, archive: Path) -> ModelVersion:
        for known in self.versions(version.name):
            if known.version == version.version:
                return _same(known, version)
        try:
            self._place.create(_archive(version), archive.read_bytes())
        except Conflict:
            self._check_half_pushed(version)
        try:
            self._place.create(f"{version.name}/{_VERSIONS}/{version.version}.json", to_json(version))
        except Conflict:  # somebody pushed it at the same moment
            return _same(self._version(version.name, version.version), version)
        return version

    def fetch(self, version: ModelVersion, start: int) -> Iterator[bytes]:
        yield from self._place.read(_archive(version), start)

    def changes(self, name: str) -> list[AliasChange]:
        check_label(name, "name")
        entries = [n for n in self._place.names(f"{name}/{_HISTORY}") if n.endswith(".json")]
        found = [change_from(self._json(f"{name}/{_HISTORY}/{e}"), f"history of '{name}'") for e in entries]
        return sorted(found, key=lambda c: c.number)

    def record(self, name: str, change: AliasChange) -> AliasChange:
        try:
            self._place.create(f"{name}/{_HISTORY}/{change.number:06d}.json", to_json(change))
        except Conflict as error:
            raise Conflict(
                f"Somebody changed '{name}' at the same moment.", hint="Look at it and try again."
            ) from error
        return change

    def _check_half_pushed(self, version: ModelVersion) -> None:
        """An archive without its entry: an earlier push broke off. The same bytes may go on, others may not."""
        import hashlib

        digest = hashlib.sha256()
        for chunk in self.fetch(version, 0):
            digest.update(chunk)
        if digest.hexdigest() != version.sha256:
            raise Conflict(
                f"The registry holds other bytes for '{version.name}' {version.version}.",
                hint="Give the bundle a new version.",
                code="registry.there",
            )

    def _version(self, name: str, version: str) -> ModelVersion:
        what = f"entry of '{name}' {version}"
        found = version_from(self._json(f"{name}/{_VERSIONS}/{version}.json"), what)
        if (found.name, found.version) != (name, version):
            raise BundleTampered(f"The registry's {what} speaks of another model.", code="model.swapped")
        return found

    def _json(self, name: str) -> object:
        data = b""
        for chunk in self._place.read(name):
            data += chunk
            if len(data) > MAX_TEXT:
                raise BundleError(f"The registry's {name} is too large.", code="registry.broken")
        return read_json(data, name)


def _archive(version: ModelVersion) -> str:
    return f"{version.name}/{_VERSIONS}/{version.version}{_SUFFIX}"


def _same(known: ModelVersion, version: ModelVersion) -> ModelVersion:
    if known.sha256 == version.sha256:
        return known
    raise Conflict(
        f"'{version.name}' {version.version} is in the registry already, with other bytes.",
        hint="Give the bundle a new version: a version never changes.",
        code="registry.there",
    )


def _is_label(name: str) -> bool:
    try:
        return check_label(name, "name") == name
    except InputError:
        return False
