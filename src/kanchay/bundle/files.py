"""The files of a bundle, from a folder or a zip, read with limits: nothing is ever unpacked to disk."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kanchay.bundle.archive import (
    MAX_FILE,
    MAX_FILES,
    MAX_TOTAL,
    Reader,
    check_name,
    check_sizes,
    check_tail,
    entries_of,
)
from kanchay.bundle.graph import graph_facts
from kanchay.bundle.manifest import MANIFEST, SIGNATURE, Manifest
from kanchay.bundle.sign import check_signature
from kanchay.domain.errors import BundleError, BundleTampered

__all__ = ["MAX_FILE", "MAX_FILES", "MAX_TOTAL", "Contents", "read_contents", "read_verified"]

GRAPH: Final = "model.onnx"
_MAX_MANIFEST: Final = 4 * 2**20
_BROKEN: Final = (
    zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, zlib.error, struct.error, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contents:
    """A bundle whose signature, sizes and hashes were found right.

    Attributes
    ----------
    manifest : Manifest
        What it says of itself.
    files : dict of str to bytes
        Every other file, by name.
    text : bytes
        ``manifest.json`` as it stands: what was signed.
    signature : bytes or None
        None where there is none.
    """

    manifest: Manifest
    files: dict[str, bytes]
    text: bytes
    signature: bytes | None


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
    contents = read_contents(path, trusted=trusted)
    return contents.manifest, contents.files


def read_contents(path: Path, *, trusted: tuple[str, ...] | None) -> Contents:
    """The same, with the signed text and its signature.

    Parameters
    ----------
    path : Path
        A folder or a zip (``.kanchay``).
    trusted : tuple of str or None
        As of `read_verified`.

    Returns
    -------
    Contents

    Raises
    ------
    BundleError, BundleTampered
        As of `read_verified`.
    """
    if path.is_dir():
        return _verified(*_folder(path), trusted)
    if not path.is_file():
        raise BundleError(f"There is no bundle at '{path.name}'.", code="bundle.missing")
    check_tail(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _verified(*entries_of(archive), trusted)
    except _BROKEN as error:
        raise BundleError(
            f"'{path.name}' is no whole zip: {error}.", hint="Fetch it again.", code="bundle.truncated"
        ) from error


def _verified(names: set[str], read: Reader, trusted: tuple[str, ...] | None) -> Contents:
    if MANIFEST not in names:
        raise BundleError(f"There is no {MANIFEST} in the bundle.", code="bundle.manifest")
    text = read(MANIFEST)
    if len(text) > _MAX_MANIFEST:
        raise BundleError(f"{MANIFEST} is too large: {len(text)} bytes.", code="bundle.bomb")
    manifest = Manifest.from_json(text)
    signature = read(SIGNATURE) if SIGNATURE in names else None
    _check_signer(manifest, text, signature, trusted)
    for name in manifest.files:
        check_name(name)
    if missing := sorted(set(manifest.files) - names):
        raise BundleError(
            f"The bundle lacks {', '.join(missing)}.", hint="Fetch it again.", code="bundle.truncated"
        )
    if extra := sorted(names - set(manifest.files) - {MANIFEST, SIGNATURE}):
        raise BundleTampered(f"The manifest does not name {', '.join(extra)}.", code="bundle.extra")
    files = {name: _checked(name, manifest, read) for name in manifest.files}
    if GRAPH in files:
        graph_facts(files[GRAPH])  # refuses one that reaches for other files
    return Contents(manifest, files, text, signature)


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
            hint="If you trust it, add the key to the file trusted_keys in the product's home.",
            code="bundle.stranger",
        )


def _checked(name: str, manifest: Manifest, read: Reader) -> bytes:
    entry, data = manifest.files[name], read(name)
    if len(data) != entry.bytes or entry.of(data).sha256 != entry.sha256:
        raise BundleTampered(
            f"'{name}' is not what the manifest says.", hint="Fetch the bundle again.", code="bundle.hash"
        )
    return data


def _folder(path: Path) -> tuple[set[str], Reader]:
    found = {p.relative_to(path).as_posix(): p for p in sorted(path.rglob("*"))}
    modes = {name: p.lstat() for name, p in found.items()}
    if any(not (stat.S_ISREG(m.st_mode) or stat.S_ISDIR(m.st_mode)) for m in modes.values()):
        raise BundleTampered("The bundle's folder holds links or devices.", code="bundle.path")
    sizes = {name: m.st_size for name, m in modes.items() if stat.S_ISREG(m.st_mode)}
    check_sizes(sizes)
    return set(sizes), lambda name: found[name].read_bytes()
