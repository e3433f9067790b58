"""A registry in files.

For each model a folder with ``versions/VERSION.kanchay`` (the packed bundle), ``versions/VERSION.json`` (what it is;
written last, so that a version is there only when it is whole) and ``history/000001.json`` … (who promoted what).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from kanchay.adapters.registry.codec import MAX_TEXT, change_from, read_json, to_json, version_from
from kanchay.adapters.registry.places import Place
from kanchay.domain.errors import BundleError, BundleTampered, Conflict, InputError
from kanchay.domain.model import AliasChange, ModelVersion, check_label
from kanchay.services.models.find import same_version

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
        known = same_version(self, version.name, version.version, version.sha256)
        if known:
            return known
        self._put(version, archive.read_bytes())
        with suppress(Conflict):  # somebody pushed it at the same moment
            self._place.create(f"{version.name}/{_VERSIONS}/{version.version}.json", to_json(version))
        return same_version(self, version.name, version.version, version.sha256) or version

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

    def _put(self, version: ModelVersion, data: bytes) -> None:
        """The archive, read back before its entry lets anybody see it.

        One without its entry was left by a push that broke off: its first bytes are taken up where they are the same.
        """
        name = _archive(version)
        try:
            self._place.create(name, data)
        except Conflict:
            held = self._held(name, len(data))
            if len(held) < len(data) and data.startswith(held):
                self._place.append(name, data[len(held) :])
        if self._held(name, len(data)) != data:
            raise Conflict(
                f"The registry holds other bytes for '{version.name}' {version.version}.",
                hint="Give the bundle a new version.",
                code="registry.there",
            )

    def _held(self, name: str, most: int) -> bytes:
        """The bytes of a file, one more than `most` at the most."""
        held = b""
        for chunk in self._place.read(name):
            held += chunk
            if len(held) > most:
                break
        return held[: most + 1]

    def _version(self, name: str, version: str) -> ModelVersion:
        what = f"entry of '{name}' {version}"
        found = version_from(self._json(f"{name}/{_VERSIONS}/{version}.json"), what)
        if (found.name, found.version) != (name, version):
            raise BundleTampered(f"The registry's {what} speaks of another model.", code="model.swapped")
        return found

    def _json(self, name: str) -> object:
        data = self._held(name, MAX_TEXT)
        if len(data) > MAX_TEXT:
            raise BundleError(f"The registry's {name} is too large.", code="registry.broken")
        return read_json(data, name)


def _archive(version: ModelVersion) -> str:
    return f"{version.name}/{_VERSIONS}/{version.version}{_SUFFIX}"


def _is_label(name: str) -> bool:
    try:
        return check_label(name, "name") == name
    except InputError:
        return False
