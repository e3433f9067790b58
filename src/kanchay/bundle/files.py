"""The files of a bundle, from a folder or a zip, read with limits: nothing is ever unpacked to disk."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Final

from kanchay.bundle.manifest import MANIFEST, SIGNATURE, Manifest
from kanchay.bundle.sign import check_signature
from kanchay.domain.errors import BundleError, BundleTampered

__all__ = ["MAX_FILE", "MAX_FILES", "MAX_TOTAL", "read_verified"]

MAX_FILES: Final = 64
MAX_FILE: Final = 32 * 2**20  # a network of 450,000 weights takes under 4 MiB in any of its forms
MAX_TOTAL: Final = 64 * 2**20

Reader = Callable[[str], bytes]


def read_verified(path: Path, *, trusted: tuple[str, ...] | None) -> tuple[Manifest, dict[str, bytes]]:
    """Manifest and files of a bundle after signature, sizes and hashes were found right.

    Parameters
    ----------
    path : Path
        A folder or a zip (``.kanchay``).
    trusted : tuple of str or None
        Public keys that may have signed it, base64. None: an unsigned bundle or one signed by anybody is taken,
        but a signature that is there must fit.

    Returns
    -------
    manifest : Manifest
    files : dict of str to bytes
        By name.

    Raises
    ------
    BundleError
        It cannot be read, is incomplete, of another format, too large, unsigned or signed by a stranger.
    BundleTampered
        A signature, size or hash does not fit, or a file is there that the manifest does not name.

    Examples
    --------
    >>> manifest, files = read_verified(Path("model.kanchay"), trusted=None)  # doctest: +SKIP
    """
    if path.is_dir():
        return _verified(*_folder(path), trusted)
    if not path.is_file():
        raise BundleError(f"There is no bundle at '{path.name}'.", code="bundle.missing")
    try:
        with zipfile.ZipFile(path) as archive:
            return _verified(*_zip(archive), trusted)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise BundleError(
            f"'{path.name}' is no whole zip: {error}.", hint="Fetch it again.", code="bundle.truncated"
        ) from error


def _verified(
    names: set[str], read: Reader, trusted: tuple[str, ...] | None
) -> tuple[Manifest, dict[str, bytes]]:
    if MANIFEST not in names:
        raise BundleError(f"There is no {MANIFEST} in the bundle.", code="bundle.manifest")
    text = read(MANIFEST)
    manifest = Manifest.from_json(text)
    _check_signer(manifest, text, read(SIGNATURE) if SIGNATURE in names else None, trusted)
    for name in manifest.files:
        _check_name(name)
    if missing := sorted(set(manifest.files) - names):
        raise BundleError(
            f"The bundle lacks {', '.join(missing)}.", hint="Fetch it again.", code="bundle.truncated"
        )
    if extra := sorted(names - set(manifest.files) - {MANIFEST, SIGNATURE}):
        raise BundleTampered(f"The manifest does not name {', '.join(extra)}.", code="bundle.extra")
    return manifest, {name: _checked(name, manifest, read) for name in manifest.files}


def _check_signer(
    manifest: Manifest, text: bytes, signature: bytes | None, trusted: tuple[str, ...] | None
) -> None:
    if signature is not None:
        check_signature(manifest.signer, signature, text)
    if trusted is None:
        return
    if signature is None:
        raise BundleError(
            "The bundle is not signed.", hint="Ask its publisher to sign it.", code="bundle.unsigned"
        )
    if manifest.signer not in trusted:
        raise BundleError(
            f"The bundle is signed by a key that is not trusted here ({manifest.signer[:12]}…).",
            hint="Name the key if you trust it: --trust KEY.",
            code="bundle.stranger",
        )


def _checked(name: str, manifest: Manifest, read: Reader) -> bytes:
    entry, data = manifest.files[name], read(name)
    if len(data) != entry.bytes or entry.of(data).sha256 != entry.sha256:
        raise BundleTampered(
            f"'{name}' is not what the manifest says.", hint="Fetch the bundle again.", code="bundle.hash"
        )
    return data


def _check_name(name: str) -> None:
    """Plain relative names only: no absolute path, no ``..``, no backslash, no drive."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
        raise BundleTampered(f"'{name}' would leave the bundle's folder.", code="bundle.path")


def _check_size(sizes: dict[str, int]) -> None:
    if len(sizes) > MAX_FILES or max(sizes.values(), default=0) > MAX_FILE or sum(sizes.values()) > MAX_TOTAL:
        raise BundleError(
            f"The bundle is too large: {len(sizes)} files, {sum(sizes.values())} bytes.", code="bundle.bomb"
        )


def _folder(path: Path) -> tuple[set[str], Reader]:
    found = {p.relative_to(path).as_posix(): p for p in sorted(path.rglob("*")) if not p.is_dir()}
    if any(p.is_symlink() for p in [*found.values(), *(q for q in path.rglob("*") if q.is_dir())]):
        raise BundleTampered("The bundle's folder holds links.", code="bundle.path")
    _check_size({name: p.stat().st_size for name, p in found.items()})
    return set(found), lambda name: found[name].read_bytes()


def _zip(archive: zipfile.ZipFile) -> tuple[set[str], Reader]:
    entries = [e for e in archive.infolist() if not e.is_dir()]
    for entry in entries:
        _check_name(entry.filename)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise BundleTampered(f"'{entry.filename}' is a link.", code="bundle.path")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BundleError(f"'{entry.filename}' is packed without a bound.", code="bundle.bomb")
    if len({e.filename for e in entries}) != len(entries):
        raise BundleTampered("The zip holds a name twice.", code="bundle.path")
    _check_size({e.filename: e.file_size for e in entries})

    def read(name: str) -> bytes:
        with archive.open(name) as file:
            data = file.read(MAX_FILE + 1)  # the size in the directory may be a lie
        if len(data) > MAX_FILE:
            raise BundleError(f"'{name}' is too large.", code="bundle.bomb")
        return data

    return {e.filename for e in entries}, read
