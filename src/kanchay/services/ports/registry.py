"""Where models are pushed to and pulled from, and what of them is installed here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kanchay.domain.model import AliasChange, Capability, ModelNeeds, ModelVersion

__all__ = ["Arrivals", "BundleFacts", "Installed", "Registry"]


class Registry(Protocol):
    """Versions of models and the history of their aliases: a folder, an object store, another hub."""

    def models(self) -> list[str]:
        """Names, sorted."""

    def versions(self, name: str) -> list[ModelVersion]:
        """Oldest first; none where the model is not known."""

    def add(self, version: ModelVersion, archive: Path) -> ModelVersion:
        """Keep a packed bundle, whole or not at all; `Conflict` where that version holds other bytes.

        Returns the version as the registry holds it: a hub fills in itself who pushed it and when.
        """

    def fetch(self, version: ModelVersion, start: int) -> Iterator[bytes]:
        """The packed bundle from a byte on; `BundleTampered` where it is not that version's any more."""

    def changes(self, name: str) -> list[AliasChange]:
        """The history of a model's aliases, oldest first."""

    def record(self, name: str, change: AliasChange) -> AliasChange:
        """Append to the history; `Conflict` where somebody else has just taken that number."""


@dataclass(frozen=True, slots=True)
class BundleFacts:
    """What a bundle turned out to be after it was verified and its example was run here."""

    name: str
    version: str
    sha256: str  # of the packed file; empty for a folder
    n_bytes: int
    manifest_sha256: str
    signer: str
    created: str
    needs: ModelNeeds
    differences: dict[str, float]  # of the example, by runtime, as a share of the context's scale


class Installed(Protocol):
    """The bundles on this machine."""

    def capability(self) -> Capability: ...

    def inspect(self, path: Path) -> BundleFacts:
        """Verify a bundle and run its example; a key that is trusted here must have signed it."""

    def packed(self, path: Path) -> AbstractContextManager[Path]:
        """The bundle as one file, for as long as it is needed."""

    def receive(self, version: ModelVersion, fetch: Callable[[int], Iterator[bytes]]) -> Path:
        """Download, or go on where an earlier try broke off; the file has the version's size and sha256."""

    def install(self, part: Path, version: ModelVersion, name: str) -> Path:
        """Put a received and inspected bundle in its place, in one step."""

    def discard(self, part: Path) -> None:
        """Forget what was received."""

    def installed_sha256(self, name: str) -> str:
        """Of the bundle installed under that name; empty where there is none."""


class Arrivals(Protocol):
    """Packed bundles that another machine pushes here in pieces, by the sha256 that each must come to."""

    def size(self, sha256: str) -> int:
        """How many bytes are here."""

    def write(self, sha256: str, start: int, pieces: Iterable[bytes]) -> int:
        """Write from a byte on that is here or the next, `Conflict` from any other; how many are here then."""

    def taken(self, sha256: str) -> AbstractContextManager[Path]:
        """The whole file, safe from further pieces; `BundleTampered` where its sha256 is another."""

    def discard(self, sha256: str) -> None:
        """Forget it."""
