"""The bundles on this machine: inspected, received in parts, installed in one step.

``models/NAME.kanchay`` is what `kanchay.adapters.models.ModelShelf` opens by name. What is being received waits in
``models/.incoming`` under the sha256 it must come to, so that an interrupted download goes on and never mixes with
another version's.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kanchay.adapters.capability import capability_of
from kanchay.adapters.models import SUFFIX, shipped_models, trusted_keys
from kanchay.domain.errors import BundleError, BundleTampered, Conflict, Unreachable
from kanchay.domain.model import Capability, ModelNeeds, ModelVersion
from kanchay.services.ports.registry import BundleFacts

__all__ = ["BundleShelf"]

_TRIES: Final = 5  # in a row without one more byte
_MOST_TRIES: Final = 200
_KEPT_S: Final = 7 * 86400  # an abandoned download
_MB: Final = 2**20

Fetch = Callable[[int], Iterator[bytes]]


class BundleShelf:
    """Fills the port `kanchay.services.ports.registry.Installed`. `pause` waits between two tries of a download."""

    def __init__(self, home: Path, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._home = home
        self._models = home / "models"
        self._incoming = self._models / ".incoming"
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
            sha256=_sha256(path) if path.is_file() else "",
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
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._incoming / f"{version.sha256}.part"
        resumed = _size(part) > 0
        try:
            self._download(version, fetch, part)
        except BundleError:
            self.discard(part)
            raise
        if _sha256(part) == version.sha256:
            return part
        part.unlink()
        if resumed:  # what an earlier try left may have been wrong: once more from the first byte
            return self.receive(version, fetch)
        raise BundleTampered(
            "What was downloaded is not what the registry listed.",
            hint="Try again; if it stays so, do not use this registry.",
            code="bundle.hash",
        )

    def _download(self, version: ModelVersion, fetch: Fetch, part: Path) -> None:
        """Go on from what is there; a broken connection is tried again a few times, ever more slowly."""
        stalled = 0
        for _ in range(_MOST_TRIES):
            before = _size(part)
            try:
                self._append(version, fetch, part)
                return
            except Unreachable as error:
                last = error
            stalled = stalled + 1 if _size(part) == before else 0
            if stalled == _TRIES:
                break
            self._pause(min(8.0, 0.5 * 2**stalled))
        if _size(part) == 0:
            raise last  # it never began: what is wrong is told by whoever tried
        raise Unreachable(
            f"The download broke off at {_size(part)} of {version.n_bytes} bytes: {last.message}",
            hint="Run the command again: it goes on from there.",
        )

    def _append(self, version: ModelVersion, fetch: Fetch, part: Path) -> None:
        have = _size(part)
        if have > version.n_bytes:
            part.unlink()
            have = 0
        if have == version.n_bytes:
            return
        with part.open("ab") as out:
            for chunk in fetch(have):
                have += len(chunk)
                if have > version.n_bytes:
                    raise BundleTampered("The registry sends more than it listed.", code="bundle.hash")
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if have < version.n_bytes:
            raise Unreachable("the connection ended early.")

    def install(self, part: Path, version: ModelVersion, name: str) -> Path:
        if (shipped_models() / name).exists():
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
        self._sweep()
        return target

    def _sweep(self) -> None:
        """Forget downloads that nobody took up again."""
        for old in self._incoming.glob("*.part"):
            with suppress(FileNotFoundError):
                if time.time() - old.stat().st_mtime > _KEPT_S:
                    old.unlink()

    def discard(self, part: Path) -> None:
        part.unlink(missing_ok=True)

    def installed_sha256(self, name: str) -> str:
        target = self._models / f"{name}{SUFFIX}"
        return _sha256(target) if target.is_file() else ""


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
