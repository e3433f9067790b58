"""A random word kept in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["kept_random"]


def kept_random(path: Path, n_bytes: int) -> str:
    """The word of `path`, hexadecimal; made when the file is not there yet. Two makers at once get one word."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        made = secrets.token_hex(n_bytes)
        file.write(made + "\n")
    return made
