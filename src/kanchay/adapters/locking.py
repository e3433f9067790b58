"""A file lock that tells whether any process has the product open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kanchay.domain.errors import Conflict

__all__ = ["exclusive", "shared"]

_IN_USE = ("The product is in use by another process.", "Stop `kanchay serve` and `kanchay worker` first.")

try:
    import fcntl
except ImportError:  # Windows has no flock: there the user has to stop the product by himself
    fcntl = None  # type: ignore[assignment]


def shared(path: Path) -> IO[str]:
    """Hold the lock together with others until the file is closed; waits for nobody."""
    held = path.open("a")
    if fcntl is not None:
        _take(held, fcntl.LOCK_SH)
    return held


@contextmanager
def exclusive(path: Path, said: tuple[str, str] = _IN_USE) -> Iterator[None]:
    """Hold the lock alone; while anybody has it, `Conflict` with that sentence and hint."""
    with path.open("a") as held:
        if fcntl is not None:
            _take(held, fcntl.LOCK_EX, said)
        yield


def _take(held: IO[str], how: int, said: tuple[str, str] = _IN_USE) -> None:
    try:
        fcntl.flock(held, how | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise Conflict(said[0], hint=said[1]) from error
