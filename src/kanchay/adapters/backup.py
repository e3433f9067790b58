"""Back-up of the embedded product into one file, and its restoration. Works while the product runs.

The file is a zip: `manifest.json` with the size and sha256 of every other file, both SQLite files as taken by
SQLite's own online back-up, the secret key, and the models that were installed. The checksums find damage;
they do not stop a forger, for who holds the file holds all it contains. Keep it like the secret that it is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from kanchay.adapters.locking import exclusive
from kanchay.domain.errors import Conflict, FileRefused
from kanchay.newfile import new_file

__all__ = ["FORMAT", "Manifest", "back_up", "restore", "verify"]

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_MAX_MANIFEST: Final = 1 << 20
_CHUNK: Final = 1 << 20
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a back-up holds: for each file its size in bytes and sha256."""

    format: int
    product: str
    code_version: str
    made_at: int
    files: dict[str, tuple[int, str]]


def back_up(home: Path, target: Path, *, databases: tuple[str, ...], others: tuple[str, ...], made_at: int,
            code_version: str) -> Manifest:  # fmt: skip
    """Write the back-up; the file appears under its name only when it is whole.

    `databases` are copied in their order: records first, so that no cursor is ahead of the feed of readings.
    """
    if target.exists():
        raise _taken(target)
    with tempfile.TemporaryDirectory(dir=home, prefix=".backup-") as folder:
        copies = {name: _copy_database(home / name, Path(folder) / name) for name in databases}
        copies |= dict(_plain_files(home, others))
        files = {name: (path.stat().st_size, _sha256(path)) for name, path in copies.items()}
        manifest = Manifest(FORMAT, "kanchay", code_version, made_at, files)
        _write(target, copies, manifest)
    return manifest


def _write(target: Path, copies: dict[str, Path], manifest: Manifest) -> None:
    try:
        with (
            new_file(target) as out,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
        ):
            archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=2))
            for inside, path in copies.items():
                archive.write(path, inside)
    except FileExistsError as error:
        raise _taken(target) from error


def _taken(target: Path) -> Conflict:
    return Conflict(f"{target.name} is there already.", hint="Choose another name.")


def _copy_database(source: Path, copy: Path) -> Path:
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(copy)) as there:
        here.backup(there)
        there.execute("PRAGMA journal_mode = DELETE")  # one file, no -wal beside it
    return copy


def _plain_files(home: Path, names: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    for name in names:
        path = home / name
        if path.is_file():
            yield name, path
        elif path.is_dir():
            for each in sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink()):
                yield each.relative_to(home).as_posix(), each


def verify(archive_path: Path) -> Manifest:
    """Read the whole file and compare every checksum; `FileRefused` on the first difference."""
    with _opened(archive_path) as archive:
        manifest = _manifest(archive)
        for name in manifest.files:
            _check(archive, name, manifest, None)
    return manifest


def restore(
    archive_path: Path, home: Path, *, databases: tuple[str, ...], lock: str, newest: dict[str, Any], now: int
) -> Manifest:
    """Verify everything beside the present product, then put it in its place.

    What was there is kept in the folder ``before-restore-TIME``. Refused while any process has the product
    open, and where a database is damaged or newer than this code (`newest`, by `_layout`).
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with exclusive(home / lock), tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as folder:
        fresh = Path(folder)
        with _opened(archive_path) as archive:
            manifest = _manifest(archive)
            missing = set(databases) - set(manifest.files)
            if missing:
                raise _refused(archive_path.name, f"lacks {', '.join(sorted(missing))}")
            for name in manifest.files:
                _check(archive, name, manifest, fresh / name)
        for name in databases:
            _check_database(fresh / name, newest[name])
        _swap(home, fresh, manifest, now)
    return manifest


def _swap(home: Path, fresh: Path, manifest: Manifest, now: int) -> None:
    """Move the present files aside and the new ones in, by renames within one folder."""
    aside = home / f"before-restore-{now}"
    names = {PurePosixPath(name).parts[0] for name in manifest.files}
    for name in sorted(names):
        for present in (home / name, home / f"{name}-wal", home / f"{name}-shm"):
            if present.exists():
                aside.mkdir(exist_ok=True, mode=0o700)
                shutil.move(present, aside / present.name)
    for name in sorted(names):
        (fresh / name).rename(home / name)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    if not path.is_file():
        raise FileRefused(f"There is no file {path}.")
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise _refused(path.name, f"is cut off or no back-up ({error})") from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    name = Path(archive.filename or "the file").name
    try:
        info = archive.getinfo(_MANIFEST)
        if info.file_size > _MAX_MANIFEST or info.compress_type not in _METHODS:
            raise _refused(name, "has a manifest of impossible size")
        with archive.open(info) as stream:
            raw = json.loads(stream.read(_MAX_MANIFEST))  # never more, whatever its size is said to be
        files = {str(k): (int(size), str(digest)) for k, (size, digest) in raw.pop("files").items()}
        manifest = Manifest(**raw, files=files)
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _refused(name, "has no manifest of a Kanchay back-up") from error
    if manifest.product != "kanchay" or manifest.format != FORMAT:
        raise _refused(name, f"has format {manifest.format}, this version reads {FORMAT}")
    for inside in files:
        parts = PurePosixPath(inside).parts
        if not parts or inside.startswith("/") or ".." in parts or "\\" in inside or ":" in inside:
            raise _refused(name, f"names a file outside the product: {inside}")
    return manifest


def _check(archive: zipfile.ZipFile, name: str, manifest: Manifest, copy: Path | None) -> None:
    """Compare size and checksum of one file, writing it to `copy` on the way."""
    size, digest = manifest.files[name]
    label = Path(archive.filename or "the file").name
    if name in archive.namelist() and archive.getinfo(name).compress_type not in _METHODS:
        raise _refused(label, f"packs {name} in a way that has no bound")
    if name not in archive.namelist() or archive.getinfo(name).file_size != size:
        raise _refused(label, f"was changed or cut off: {name} is not of {size} bytes")
    seen = hashlib.sha256()
    with archive.open(name) as stream, nullcontext() if copy is None else new_file(copy) as out:
        while block := stream.read(_CHUNK):
            seen.update(block)
            if out is not None:
                out.write(block)
    if seen.hexdigest() != digest:
        raise _refused(label, f"was changed: the checksum of {name} does not match")


def _check_database(path: Path, newest: Any) -> None:
    with closing(sqlite3.connect(path)) as db:
        try:
            word = db.execute("PRAGMA quick_check").fetchone()[0]
            layout = _layout(db)
        except sqlite3.DatabaseError as error:
            raise _refused(path.name, f"is no database ({error})") from error
    if word != "ok":
        raise _refused(path.name, f"is damaged ({word})")
    if layout > newest:
        raise _refused(path.name, f"was written by a newer Kanchay (layout {layout}, known {newest})")


def _layout(db: sqlite3.Connection) -> Any:
    """Alembic's revision of the records, else the layout number of the readings."""
    if db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()[0]:
        return db.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    return db.execute("PRAGMA user_version").fetchone()[0]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _refused(name: str, why: str) -> FileRefused:
    return FileRefused(f"{name} {why}.", hint="Nothing was changed; use another back-up.", code="backup")
