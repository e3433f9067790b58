"""A file lock that tells whether any process has the product open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kanchay.domain.errors import Conflict

__all__ = ["exclusive", "shared"]

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
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock alone; `Conflict` while anybody has it."""
    with path.open("a") as held:
        if fcntl is not None:
            _take(held, fcntl.LOCK_EX)
        yield


def _take(held: IO[str], how: int) -> None:
    try:
        fcntl.flock(held, how | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise Conflict(
            "The product is in use by another process.",
            hint="Stop `kanchay serve` and `kanchay worker` first.",
        ) from error
