"""Unpacking: what is packed is written out piece by piece, in memory while it is small, else in a file without a name.

A file without a name is gone with the last who holds it, whatever happens; what it holds is mapped, not read, so that
memory stays flat however much comes out. How much may come out is bounded, by itself and against what it came from.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Final

from kanchay.adapters.files.refusal import refuse
from kanchay.services.progress import report

__all__ = ["MB", "Data", "begins", "bounded", "gathered", "refuse_larger", "size"]

MB: Final = 1024 * 1024
Data = bytes | mmap.mmap
_IN_MEMORY: Final = 32 * MB
_CHUNK: Final = MB
_RATIO: Final = 200  # readings pack to a tenth, rows of zeros to a fortieth
_ANY_RATIO: Final = 32 * MB  # up to which nobody asks how tightly it was packed


def begins(data: Data, *marks: bytes) -> bool:
    """Whether data begins with one of the marks."""
    return data[:64].startswith(marks)


def bounded(
    read: Callable[[int], bytes], name: str, packed: int, limit: int, expected: int
) -> Iterator[bytes]:
    """The pieces of a stream; raises `FileRefused` beyond the limit, or where `packed` bytes hold no readings.

    Parameters
    ----------
    read : callable
        Gives the next bytes that come out of the packing.
    name : str
        Name of the file, for errors.
    packed, limit, expected : int
        Bytes it is packed in, bytes it may unpack to, and bytes that it says it unpacks to. [byte]
    """
    n_bytes = 0
    while block := read(_CHUNK):
        report("open", min(n_bytes / max(expected, 1), 1.0))
        n_bytes += len(block)
        if n_bytes > limit:
            raise refuse("bomb", name, size=f"more than {size(limit)}", limit=size(limit))
        if n_bytes > max(_ANY_RATIO, _RATIO * packed):
            raise refuse("bomb", name, size=f"more than {_RATIO} times its size", limit=size(_ANY_RATIO))
        yield block


def gathered(pieces: Iterable[bytes], name: str) -> Data:
    """Pieces as one: bytes, or the map of a file without a name where they are many."""
    out: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed below
    with out:
        n_bytes = 0
        for piece in pieces:
            n_bytes += _written(out, piece, name)
        if n_bytes <= _IN_MEMORY:
            out.seek(0)
            return out.read()
        out.flush()
        return mmap.mmap(out.fileno(), 0, access=mmap.ACCESS_READ)


def _written(out: IO[bytes], piece: bytes, name: str) -> int:
    """Write a piece; a full disk is no damage of the file."""
    try:
        return out.write(piece)
    except OSError as error:
        raise refuse("no_room", name, where=tempfile.gettempdir()) from error


def refuse_larger(n_bytes: int, name: str, limit: int) -> None:
    """Raise `FileRefused` for more bytes than are taken."""
    if n_bytes > limit:
        raise refuse("too_large", name, size=size(n_bytes), limit=size(limit))


def size(n_bytes: int) -> str:
    """A size for people: ``"12 MB"``."""
    return f"{n_bytes / MB:.0f} MB" if n_bytes >= MB else f"{max(n_bytes // 1024, 1)} kB"
