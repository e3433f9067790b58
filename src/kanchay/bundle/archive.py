"""A zip from a stranger: what may be in one, checked before anything of it is unpacked."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Final

from kanchay.domain.errors import BundleError, BundleTampered

__all__ = [
    "MAX_FILE",
    "MAX_FILES",
    "MAX_TOTAL",
    "check_name",
    "check_sizes",
    "check_tail",
    "check_tail_of",
    "entries_of",
]

MAX_FILES: Final = 64
MAX_FILE: Final = 32 * 2**20  # a network of 450,000 weights takes under 4 MiB in any of its forms
MAX_TOTAL: Final = 64 * 2**20
_MAX_DIRECTORY: Final = 64 * 1024  # bytes of the list of entries: 64 of them take about 6 KiB
_END: Final = struct.Struct("<4s4H2LH")  # "end of central directory", APPNOTE.TXT 4.3.16
_END_MARK: Final = b"PK\x05\x06"
_LONGEST_TAIL: Final = 0xFFFF + _END.size  # with a comment of any length
_ZIP64_LOCATOR: Final = b"PK\x06\x07"

Reader = Callable[[str], bytes]


def check_tail(path: Path) -> None:
    """Refuse a zip whose list of entries alone would fill the memory.

    `zipfile` reads the whole list before it tells how many entries there are, so the size in the last record of the
    file is looked at first. That record is found as `zipfile` finds it.

    Parameters
    ----------
    path : Path
        The archive.

    Raises
    ------
    BundleError
        It is larger than a bundle may be (``bundle.bomb``), or has no end (``bundle.truncated``).
    """
    size = path.stat().st_size
    if size > MAX_TOTAL:
        raise BundleError(f"'{path.name}' is too large: {size} bytes.", code="bundle.bomb")
    with path.open("rb") as file:
        file.seek(max(0, size - _LONGEST_TAIL))
        check_tail_of(file.read(), path.name)


def check_tail_of(data: bytes, name: str) -> None:
    """The same of an archive in memory, or of its end.

    Parameters
    ----------
    data : bytes
        The archive, at least its last 65,557 bytes.
    name : str
        For the sentence.

    Raises
    ------
    BundleError
        Too many entries (``bundle.bomb``), or no end (``bundle.truncated``).
    """
    tail = data[-_LONGEST_TAIL:]
    at = len(tail) - _END.size
    if at < 0 or tail[at : at + 4] != _END_MARK or tail[-2:] != b"\0\0":
        at = tail.rfind(_END_MARK)
    if at < 0 or at + _END.size > len(tail):
        raise BundleError(
            f"'{name}' is no whole zip: its end is missing.",
            hint="Fetch it again.",
            code="bundle.truncated",
        )
    directory = _END.unpack_from(tail, at)[5]
    if directory > _MAX_DIRECTORY or _ZIP64_LOCATOR in tail[max(0, at - 20) : at]:
        raise BundleError(
            f"'{name}' lists more entries than a bundle may hold: {directory} bytes of them.",
            code="bundle.bomb",
        )


def entries_of(archive: zipfile.ZipFile) -> tuple[set[str], Reader]:
    """Names in a zip, and how to read one; nothing is unpacked to disk.

    Parameters
    ----------
    archive : ZipFile
        Open; its tail was checked.

    Returns
    -------
    names : set of str
    read : callable
        Content by name, never more than `MAX_FILE`.

    Raises
    ------
    BundleError
        Too many or too large files, or packed in a way without a bound.
    BundleTampered
        A name that would leave the folder, a link, or a name twice.
    """
    entries = [e for e in archive.infolist() if not e.is_dir()]
    for entry in entries:
        check_name(entry.orig_filename)
        check_name(entry.filename)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise BundleTampered(f"'{entry.filename}' is a link.", code="bundle.path")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BundleError(f"'{entry.filename}' is packed without a bound.", code="bundle.bomb")
    if len({e.filename.casefold() for e in entries}) != len(entries):
        raise BundleTampered("The zip holds a name twice.", code="bundle.path")
    check_sizes({e.filename: e.file_size for e in entries})

    def read(name: str) -> bytes:
        info = archive.getinfo(name)
        with archive.open(info) as file:
            data = file.read(info.file_size + 1)  # never more, should that size be a lie
        if len(data) != info.file_size:
            raise BundleError(
                f"'{name}' is not of the size that the zip says.",
                hint="Fetch it again.",
                code="bundle.truncated",
            )
        return data

    return {e.filename for e in entries}, read


def check_name(name: str) -> None:
    """Plain relative names only: no absolute path, no ``..``, no backslash, no drive, nothing unprintable.

    Parameters
    ----------
    name : str
        Of a file in a bundle.

    Raises
    ------
    BundleTampered
        It would leave the bundle's folder.

    Examples
    --------
    >>> check_name("../evil")
    Traceback (most recent call last):
    ...
    kanchay.domain.errors.BundleTampered: '../evil' would leave the bundle's folder.
    """
    path = PurePosixPath(name)
    odd = not name.isprintable() or any(c in name for c in '\\:"<>|*?')
    if not path.parts or path.is_absolute() or ".." in path.parts or odd or len(name) > 200:
        raise BundleTampered(f"{name[:80]!r} would leave the bundle's folder.", code="bundle.path")


def check_sizes(sizes: dict[str, int]) -> None:
    """Refuse too many or too large files.

    Parameters
    ----------
    sizes : dict of str to int
        Bytes by name, as they claim.

    Raises
    ------
    BundleError
        Code ``bundle.bomb``.
    """
    if len(sizes) > MAX_FILES or max(sizes.values(), default=0) > MAX_FILE or sum(sizes.values()) > MAX_TOTAL:
        raise BundleError(
            f"The bundle is too large: {len(sizes)} files, {sum(sizes.values())} bytes.", code="bundle.bomb"
        )
