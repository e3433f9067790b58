"""Files that arrive in pieces: what has come so far waits under the sha256 it must come to.

A piece is written where it belongs, so that the same piece twice, or two who bring the same file, do no harm. Until
all of it is there and its sha256 is right, it is nothing but bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

from kanchay.domain.errors import BundleError, BundleTampered, Conflict, InputError, NotFound, Unreachable
from kanchay.newfile import only_mine

__all__ = ["Arriving", "keep_trying", "sha256_of"]

MAX_WAITING: Final = 8  # a ninth file pushes out the one that waits longest
_KEPT_S: Final = 7 * 86400  # what nobody took up again
_TRIES: Final = 5  # in a row without one more byte
_MOST_TRIES: Final = 200
_CHUNK: Final = 256 * 1024
_SHA256: Final = re.compile(r"[0-9a-f]{64}")

T = TypeVar("T")


class Arriving:
    """A folder of half-received files. Fills the port `kanchay.services.ports.registry.Arrivals`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Where the file of that sha256 gathers."""
        if not _SHA256.fullmatch(sha256):
            raise InputError("That is no sha256.", hint="Give its 64 hexadecimal digits, small letters.")
        return self._folder / f"{sha256}.part"

    def size(self, sha256: str) -> int:
        """How many bytes are here."""
        return _size(self.path(sha256))

    def write(self, sha256: str, start: int, pieces: Iterable[bytes]) -> int:
        """Write from a byte on that is here or the next; how many are here then. What came before an error stays."""
        from kanchay.bundle.archive import MAX_TOTAL

        path, have = self.path(sha256), self.size(sha256)
        if not 0 <= start <= have:
            raise Conflict(f"Byte {start} does not follow: {have} are here.", code="bundle.piece")
        if not have:
            self._make_room()
        only_mine(path)
        with path.open("r+b") as out:
            out.seek(start)
            for piece in pieces:
                if out.tell() + len(piece) > MAX_TOTAL:
                    raise BundleError("These are more bytes than a bundle may have.", code="bundle.bomb")
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        return self.size(sha256)

    @contextmanager
    def taken(self, sha256: str) -> Iterator[Path]:
        """A copy of the whole file that nobody can write to any more; `BundleTampered` where its sha256 is another."""
        part = self.path(sha256)
        if not part.exists():
            raise NotFound("Nothing of that sha256 has arrived.", hint="Push it again.")
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".taken-") as folder:
            copy, digest = Path(folder) / part.with_suffix(".kanchay").name, hashlib.sha256()
            with part.open("rb") as source, copy.open("wb") as out:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
            if digest.hexdigest() != sha256:
                raise BundleTampered(
                    "What arrived is not of that sha256.", hint="Push it again.", code="bundle.hash"
                )
            yield copy

    def discard(self, sha256: str) -> None:
        """Forget it."""
        self.path(sha256).unlink(missing_ok=True)

    def sweep(self, most: int = MAX_WAITING) -> None:
        """Forget what nobody took up again, and all but the latest `most`."""
        found = sorted(((_touched(p), p) for p in self._folder.glob("*.part")), reverse=True)
        for place, (touched, path) in enumerate(found):
            if place >= most or time.time() - touched > _KEPT_S:
                path.unlink(missing_ok=True)

    def _make_room(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.sweep(MAX_WAITING - 1)


def keep_trying(
    step: Callable[[], T], have: Callable[[], int], n_bytes: int, what: str, *, pause: Callable[[float], None]
) -> T:
    """`step` again whenever the line breaks, ever more slowly, as long as `have` grows now and then."""
    stalled = 0
    for _ in range(_MOST_TRIES):
        before = have()
        try:
            return step()
        except Unreachable as error:
            last = error
        stalled = stalled + 1 if have() == before else 0
        if stalled == _TRIES:
            break
        pause(min(8.0, 0.5 * 2**stalled))
    if have() == 0:
        raise last  # it never began: what is wrong is told by whoever tried
    raise Unreachable(
        f"The {what} broke off at {have()} of {n_bytes} bytes: {last.message}",
        hint="Run the command again: it goes on from there.",
    )


def sha256_of(path: Path) -> str:
    """Of a file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _touched(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0
