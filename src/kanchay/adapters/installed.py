"""The bundles on this machine: inspected, received in parts, installed in one step.

``models/NAME.kanchay`` is what `kanchay.adapters.models.ModelShelf` opens by name. What is being received waits in
``models/.incoming`` (`kanchay.adapters.arriving`), so that an interrupted download goes on and never mixes with another
version's.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kanchay.adapters.arriving import Arriving, keep_trying, sha256_of
from kanchay.adapters.capability import capability_of
from kanchay.adapters.models import SUFFIX, is_own_name, shipped_models, trusted_keys
from kanchay.domain.errors import BundleError, BundleTampered, Conflict, Unreachable
from kanchay.domain.model import Capability, ModelNeeds, ModelVersion
from kanchay.services.ports.registry import BundleFacts

__all__ = ["BundleShelf"]

_MB: Final = 2**20

Fetch = Callable[[int], Iterator[bytes]]


class BundleShelf:
    """Fills the port `kanchay.services.ports.registry.Installed`. `pause` waits between two tries of a download."""

    def __init__(self, home: Path, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._home = home
        self._models = home / "models"
        self._incoming = Arriving(self._models / ".incoming")
        self._pause = pause

    def capability(self) -> Capability:
        return capability_of(self._home)

    def inspect(self, path: Path) -> BundleFacts:
        from kanchay.bundle.files import read_contents
        from kanchay.bundle.graph import graph_facts
        from kanchay.bundle.load import FILE_OF, verify_bundle

        trusted = trusted_keys(self._home)
        contents = read_contents(path, trusted=trusted)
        tracemalloc.start()
        try:
            proof = verify_bundle(path, trusted=trusted)
            memory = tracemalloc.get_traced_memory()[1] / _MB
        finally:
            tracemalloc.stop()
        if not proof.differences:
            raise BundleError("No runtime here can run the bundle's example.", code="bundle.runtime")
        manifest, graph = contents.manifest, contents.files.get(FILE_OF["onnx"])
        return BundleFacts(
            name=manifest.name,
            version=manifest.version,
            sha256=sha256_of(path) if path.is_file() else "",
            n_bytes=path.stat().st_size if path.is_file() else 0,
            manifest_sha256=hashlib.sha256(contents.text).hexdigest(),
            signer=manifest.signer,
            created=manifest.created,
            needs=ModelNeeds(
                format=manifest.format,
                kind=manifest.kind,
                runtimes=tuple(r for r, name in FILE_OF.items() if name in contents.files),
                opset=graph_facts(graph).opset if graph is not None else 0,
                memory_mb=round(memory, 1),
            ),
            differences=proof.differences,
        )

    @contextmanager
    def packed(self, path: Path) -> Iterator[Path]:
        if not path.is_dir():
            yield path
            return
        from kanchay.bundle.save import pack

        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / f"bundle{SUFFIX}"
            pack(path, archive)
            yield archive

    def receive(self, version: ModelVersion, fetch: Fetch) -> Path:
        from kanchay.bundle.files import MAX_TOTAL

        if version.n_bytes > MAX_TOTAL:
            raise BundleError(f"{version.n_bytes} bytes are more than a bundle may have.", code="bundle.bomb")
        part = self._incoming.path(version.sha256)
        resumed = self._incoming.size(version.sha256) > 0
        try:
            keep_trying(
                lambda: self._append(version, fetch),
                lambda: self._incoming.size(version.sha256),
                version.n_bytes,
                "download",
                pause=self._pause,
            )
        except BundleError:
            self.discard(part)
            raise
        if sha256_of(part) == version.sha256:
            return part
        self.discard(part)
        if resumed:  # what an earlier try left may have been wrong: once more from the first byte
            return self.receive(version, fetch)
        raise BundleTampered(
            "What was downloaded is not what the registry listed.",
            hint="Try again; if it stays so, do not use this registry.",
            code="bundle.hash",
        )

    def _append(self, version: ModelVersion, fetch: Fetch) -> None:
        """Go on from what is there."""
        have = self._incoming.size(version.sha256)
        if have > version.n_bytes:
            self._incoming.discard(version.sha256)
            have = 0
        if have == version.n_bytes:
            return
        have = self._incoming.write(version.sha256, have, _listed(fetch(have), version.n_bytes - have))
        if have < version.n_bytes:
            raise Unreachable("the connection ended early.")

    def install(self, part: Path, version: ModelVersion, name: str) -> Path:
        if (shipped_models() / name).exists() or is_own_name(name):
            raise Conflict(
                f"'{name}' is the name of a model that ships with Kanchay.",
                hint="Install it under another: --as NAME.",
            )
        if (self._models / name).exists():
            raise Conflict(
                f"A folder models/{name} is there already.", hint="Remove it, or install under another name."
            )
        target = self._models / f"{name}{SUFFIX}"
        part.replace(target)
        target.chmod(0o644)
        self._incoming.sweep()
        return target

    def discard(self, part: Path) -> None:
        part.unlink(missing_ok=True)

    def installed_sha256(self, name: str) -> str:
        target = self._models / f"{name}{SUFFIX}"
        return sha256_of(target) if target.is_file() else ""


def _listed(chunks: Iterator[bytes], left: int) -> Iterator[bytes]:
    """Never more bytes than the registry said there are."""
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise BundleTampered("The registry sends more than it listed.", code="bundle.hash")
        yield chunk
