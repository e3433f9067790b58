"""What goes wrong outside of Kanchay (disk, memory, other processes) in one sentence that says what to do."""

from __future__ import annotations

import errno
import sqlite3

__all__ = ["sentence"]

_DISK = {
    errno.ENOSPC: ("the disk is full", "Free some space and run the command again."),
    errno.EDQUOT: ("the disk quota is used up", "Free some space and run the command again."),
    errno.EFBIG: ("the file would be larger than is allowed", "Raise the limit on file sizes, or choose another disk."),
    errno.EROFS: ("the disk can only be read", "Choose another folder, for the store with --home."),
    errno.EACCES: ("this account may not", "Change its permissions, or choose another place (--home for the store)."),
    errno.EPERM: ("this account may not", "Change its permissions, or choose another place (--home for the store)."),
    errno.ENOENT: ("there is no such file or folder", "Check the path."),
    errno.EEXIST: ("a file stands where a folder is needed", "Choose another folder, for the store with --home."),
    errno.ENOTDIR: ("a file stands where a folder is needed", "Choose another folder, for the store with --home."),
    errno.EISDIR: ("it is a folder", "Name a file."),
}  # fmt: skip
_SQLITE = {
    "database or disk is full": "Free some space and run the command again; what was stored before is whole.",
    "disk i/o error": "Look at the disk and its free space; what was stored before is whole.",
    "attempt to write a readonly database": "Give this account the right to write there, or choose another --home.",
    "unable to open database file": "Give this account the right to write there, or choose another --home.",
    "database is locked": "Another process is writing; wait for it and run the command again.",
    "file is not a database": "The file is damaged or something else; restore a back-up with: kanchay restore FILE.",
    "malformed": "The file is damaged; restore a back-up with: kanchay restore FILE.",
}


def sentence(error: BaseException) -> str:
    """One line for an error that no use case foresaw."""
    cause = _sqlite(error)
    if cause is not None:
        return cause
    if isinstance(error, MemoryError):
        return "MemoryError: this needs more memory than there is. Take a shorter period or fewer meters."
    if isinstance(error, OSError):
        return _os(error)
    text = " ".join(str(error).split())[:300] or "no more is known"
    name = type(error).__name__
    return f"{name}: {text}. This is a fault of Kanchay; KANCHAY_DEBUG=1 shows where it happened."


def _os(error: OSError) -> str:
    number = error.errno or 0
    said = error.strerror or " ".join(str(error).split())
    what, mend = _DISK.get(number, (said or "the system refused", "Check the path and the disk."))
    where = f"{error.filename}: " if error.filename else f"{said}: " if said and said != what else ""
    return f"{type(error).__name__}: {where}{what}. {mend}"


def _sqlite(error: BaseException | None) -> str | None:
    """The SQLite error behind this one, if there is any (SQLAlchemy wraps it)."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, sqlite3.Error):
            text = " ".join(str(error).split())
            mend = next(
                (m for part, m in _SQLITE.items() if part in text.lower()), "Look at the folder of --home."
            )
            return f"StoreError: {text}. {mend}"
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
    return None
