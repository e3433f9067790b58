"""A folder: every file inside, bounded in number and depth; links and hidden files stay out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from kanchay.adapters.files.container import MB, size
from kanchay.adapters.files.refusal import NO_READINGS, refuse
from kanchay.domain.errors import KanchayError

__all__ = ["MOST_BYTES", "MOST_FILES", "files_inside", "is_no_readings"]

MOST_FILES: Final = 2000
_DEEPEST: Final = 8
MOST_BYTES: Final = 512 * MB  # all of it is held until the last question is answered


def files_inside(folder: Path, *, most: int = MOST_FILES, deepest: int = _DEEPEST) -> list[Path]:
    """The files of a folder and of the folders in it, in the order of their names.

    Raises
    ------
    FileRefused
        There is none, there are more than `most` or 512 MB of them, or folders lie more than `deepest` deep.
    """
    found: list[Path] = []
    for here, folders, files in os.walk(folder):
        depth = len(Path(here).relative_to(folder).parts)
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        if depth >= deepest and folders:
            raise refuse("folder", folder.name, what=f"folders more than {deepest} deep")
        inside = [Path(here) / f for f in sorted(files) if not f.startswith(".")]
        found += [p for p in inside if p.is_file() and not p.is_symlink()]
        if len(found) > most:
            raise refuse("folder", folder.name, what=f"more than {most} files")
    n_bytes = sum(p.stat().st_size for p in found)
    if n_bytes > MOST_BYTES:
        raise refuse(
            "folder", folder.name, what=f"{size(n_bytes)}, more than the {size(MOST_BYTES)} that are taken"
        )
    if not found:
        raise refuse("folder", folder.name, what="no file")
    return found


def is_no_readings(error: KanchayError) -> bool:
    """Whether a file was refused because it never was one of readings, such as a picture or a readme."""
    return error.code in NO_READINGS
