"""New files: whole under their name or not there, and by default readable by their owner alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

__all__ = ["kept", "kept_word", "new_file", "only_mine"]

_MINE: Final = 0o600


@contextmanager
def new_file(path: Path, *, mode: int = _MINE) -> Iterator[IO[bytes]]:
    """A file that gets its name once all of it is on the disk, and `FileExistsError` where there is one.

    Nobody ever sees half of it, and nobody but its owner sees any of it before it has `mode`. Folders that are
    missing are made, for the owner alone where the file is.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if mode == _MINE else 0o777)
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name}-"
    )  # of mode 0600, whatever the umask
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        if mode != _MINE:
            part.chmod(mode)
        _take_name(part, path)
    finally:
        part.unlink(missing_ok=True)


def _take_name(part: Path, path: Path) -> None:
    """Give a whole file its name; unlike a rename a hard link never replaces."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except (
        OSError
    ):  # a disk without hard links, as on many memory cards: two at once are not told apart there
        if path.exists():
            raise FileExistsError(path) from None
        part.rename(path)


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """What `path` holds; made, for its owner alone, when it is not there. Two makers at once get the same."""
    _make_once(path, make)
    return path.read_bytes()


def kept_word(path: Path, n_bytes: int) -> str:
    """A random word, hexadecimal, that `path` holds; made when it is not there."""
    return kept(path, lambda: secrets.token_hex(n_bytes).encode() + b"\n").decode("ascii").strip()


def only_mine(path: Path) -> None:
    """Let nobody but its owner read a file that others write into later; an empty one is made where there is none."""
    _make_once(path, bytes)
    with suppress(OSError):  # somebody else's file: theirs to close
        if path.stat().st_mode & 0o077:
            path.chmod(_MINE)


def _make_once(path: Path, make: Callable[[], bytes]) -> None:
    if not path.exists():
        with suppress(FileExistsError), new_file(path) as out:  # another process may be faster
            out.write(make())
