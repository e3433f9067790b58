"""Container: what kind of file this is, told by its first bytes, and whether it is safe to open."""

from __future__ import annotations

import copy
import gzip
import io
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Literal

from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.unpacking import MB, Data, begins, bounded, gathered, refuse_larger, size
from kanchay.domain.errors import FileRefused
from kanchay.services.progress import stepped

__all__ = ["MB", "Content", "Limits", "open_content", "recognise", "size"]

_BULK: Final = ("xl/worksheets/", "xl/sharedStrings", "xl/media/", "content.xml", "Pictures/", "media/")
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # others unpack without a bound
_MOST_FILES: Final = 400
_OTHER_KINDS: Final = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a SQLite database"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read at most.

    A workbook is slow to read and packs tightly, so what it unpacks to has a limit of its own.
    """

    max_bytes: int = 64 * MB
    max_unpacked: int = 512 * MB  # of one text: what exceeds memory waits in a file
    max_whole: int = 256 * MB  # of several files together, and of what has to be in memory as a whole
    max_workbook: int = 128 * MB
    max_part: int = 8 * MB  # styles and the like: what is neither a sheet nor its texts
    max_rows: int = 30_000_000
    max_columns: int = 2_000


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes of a recognised kind, unpacked where they were packed.

    `members` are the files of an archive by name, `passed_over` the names of those that can be no readings.
    """

    kind: Literal["text", "xlsx", "xls", "ods", "parquet", "archive"]
    data: Data
    packed: str = ""
    members: tuple[tuple[str, Content], ...] = ()
    passed_over: tuple[str, ...] = ()


def open_content(path: Path, limits: Limits) -> Content:
    """Read a file, or the files of a folder as an archive of them, within the limits.

    Raises `FileRefused` for what is not a table of readings.
    """
    if path.is_dir():
        return _folder(path, limits)
    if not path.is_file():
        raise refuse("missing", path.name)
    n_bytes = path.stat().st_size
    if n_bytes == 0:
        raise refuse("empty", path.name)
    refuse_larger(n_bytes, path.name, limits.max_bytes)
    return recognise(path.read_bytes(), path.name, limits)


def recognise(data: Data, name: str, limits: Limits, *, inside: bool = False) -> Content:
    """What a file's bytes are, unpacked within the limits; raises `FileRefused`.

    `inside` of an archive no other archive is opened: each could hold sixteen more.
    """
    if begins(data, b"\x1f\x8b"):
        return _text(_gunzip(data[:], name, limits), name, "gzip")
    if begins(data, b"PK\x03\x04", b"PK\x05\x06"):
        return _zipped(data[:], name, limits, inside)
    if begins(data, b"PAR1"):
        if data[-4:] != b"PAR1":
            raise refuse("truncated", name)
        return Content("parquet", data[:])
    if begins(data, b"\xd0\xcf\x11\xe0"):
        return Content("xls", data[:])
    return _text(data, name)


def _text(data: Data, name: str, packed: str = "") -> Content:
    if not data[: 64 * 1024].strip() and not data[:].strip():
        raise refuse("empty", name)
    for magic, what in _OTHER_KINDS:
        if begins(data, magic):
            raise refuse("other_kind", name, what=what)
    return Content("text", data, packed)


def _gunzip(data: bytes, name: str, limits: Limits) -> Data:
    """Unpack gzip a piece at a time, without ever holding more than a few megabytes of it in memory."""
    # What ends with a size beyond the limit is too large or damaged: it is counted, not kept.
    told = int.from_bytes(data[-4:], "little")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            pieces = bounded(stream.read, name, len(data), limits.max_unpacked, told)
            if told <= limits.max_unpacked:
                return gathered(pieces, name)
            deque(pieces, maxlen=0)
    except (zlib.error, EOFError, OSError) as error:
        raise refuse("truncated", name) from error
    raise refuse("truncated", name)


def _zipped(data: bytes, name: str, limits: Limits, inside: bool) -> Content:
    """A workbook, or a zip of text files."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            names = {m.filename for m in members}
            opened = {"mimetype", "content.xml"} <= names
            workbook = opened or "xl/workbook.xml" in names
            several = limits.max_whole if len(members) > 1 else limits.max_unpacked
            limit = limits.max_workbook if workbook else several
            total = sum(m.file_size for m in members)
            if total > limit or len(members) > 2000:
                raise refuse("bomb", name, size=size(total), limit=size(limit))
            if any(m.compress_type not in _METHODS for m in members):
                raise refuse("other_kind", name, what="an archive packed in an unusual way")
            if workbook:
                for member in members:
                    _honest(archive, member, name)
                    if member.file_size > limits.max_part and not member.filename.startswith(_BULK):
                        raise refuse("bomb", name, size=size(member.file_size), limit=size(limits.max_part))
                return Content("ods" if opened else "xlsx", data)
            if inside:
                raise refuse("other_kind", name, what="an archive in an archive")
            members = [m for m in members if not re.search(r"(^|/)(\.|__MACOSX)", m.filename)]
            if not 1 <= len(members) <= _MOST_FILES:
                raise refuse("other_kind", name, what=f"an archive of {len(members)} files")
            if any(m.flag_bits & 1 for m in members):
                raise refuse("other_kind", name, what="an archive with a password")
            return _members(archive, members, name, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise refuse("truncated", name) from error


def _folder(path: Path, limits: Limits) -> Content:
    """The files of a folder, bounded together as one file is."""
    files = sorted(p for p in path.iterdir() if p.is_file())
    n_bytes = sum(p.stat().st_size for p in files)
    refuse_larger(n_bytes, path.name, limits.max_bytes)
    return _kept("", path.name, [(p.name, p.read_bytes) for p in files], limits)


def _kept(packed: str, name: str, files: Sequence[tuple[str, Callable[[], Data]]], limits: Limits) -> Content:
    """The files of an archive that may hold readings; the others are passed over and told."""
    kept: list[tuple[str, Content]] = []
    passed_over: list[str] = []
    left = limits.max_whole
    for member, read in stepped("open", files):
        found = _member(read(), member, replace(limits, max_unpacked=max(left, 0)))
        if found is None:
            passed_over.append(member)
        else:
            kept.append((member, found))
            left -= len(found.data)
    if left < 0:
        limit = size(limits.max_whole)
        raise refuse("bomb", name, size=f"more than {limit}", limit=limit)
    return Content("archive", b"", packed, tuple(kept), tuple(passed_over))


def _members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str, limits: Limits) -> Content:
    """The files of a zip; pictures, programs and archives among several are passed over and told."""
    if len(members) == 1:
        data = _unzipped(archive, members[0], name)
        return replace(recognise(data, name, limits, inside=True), packed="zip")
    return _kept("zip", name, [(m.filename, partial(_unzipped, archive, m, name)) for m in members], limits)


def _member(data: Data, name: str, limits: Limits) -> Content | None:
    """A file of an archive, unpacked once more where it is packed; None for what is empty or of another kind."""
    try:
        return recognise(data, name, limits, inside=True)
    except FileRefused as refused:
        if refused.code in ("file.empty", "file.other_kind"):
            return None
        raise


def _honest(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    """Refuse a member that unpacks to more than it says: read whole, it would fill the memory at once."""
    deque(_pieces(archive, member, name), maxlen=0)


def _unzipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Data:
    """A member, unpacked a piece at a time."""
    return gathered(_pieces(archive, member, name), name)


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    asked = copy.copy(member)
    asked.file_size += 1
    with archive.open(asked) as stream:
        yield from bounded(stream.read, name, member.compress_size, member.file_size, member.file_size)
