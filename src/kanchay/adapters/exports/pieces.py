"""Bytes piece by piece from writers that want a file: what they have written so far leaves at once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, Final

__all__ = ["Drain", "read_out"]

_PIECE: Final = 1 << 18


class Drain(io.RawIOBase):
    """A file that forgets what was taken from it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        self._at += len(part)
        return len(part)

    def tell(self) -> int:
        return self._at

    def take(self) -> bytes:
        """What was written since the last time."""
        out = b"".join(self._parts)
        self._parts.clear()
        return out


def read_out(file: IO[bytes]) -> Iterator[bytes]:
    """A finished file from its beginning."""
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece
