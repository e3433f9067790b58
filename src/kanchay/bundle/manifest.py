"""``manifest.json``: what a saved model is, needs and was made from. Format version 1."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, TypeAlias

from kanchay.domain.errors import BundleError

__all__ = ["FORMAT", "KIND", "MANIFEST", "SIGNATURE", "FileEntry", "Manifest"]

FORMAT: Final = 1
KIND: Final = "load-quantiles-lstm"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"

_Bytes: TypeAlias = bytes  # `FileEntry` has a field of that name


@dataclass(frozen=True, slots=True)
class FileEntry:
    """Size and sha256 of one file of the bundle.

    Attributes
    ----------
    bytes : int
        Its size. [B]
    sha256 : str
        Of its content, hexadecimal.
    """

    bytes: int
    sha256: str

    @classmethod
    def of(cls, data: _Bytes) -> FileEntry:
        return cls(len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about a saved model except its weights.

    Attributes
    ----------
    format : int
        Version of the bundle's layout; raised when an old reader could misread a new bundle.
    kind : str
        What the network answers and from what: ``load-quantiles-lstm``.
    name, version, created, licence : str
        Name and version of the model, day of its making, licence of its weights (SPDX).
    inputs, outputs : list of dict
        Name, shape, unit and meaning of each tensor of the graph.
    lookback_h, horizon_h, resolution_s : int
        What the graph reads and answers at once. [h, h, s]
    levels : list of float
        Probabilities of the quantiles. [-]
    network : dict
        Sizes of the network, for the NumPy runtime.
    preprocessing : dict
        Scaling, clipping and the names of the calendar features, in words and numbers.
    calibration : list of float
        Factors of the widths between neighbouring quantiles, from the median outwards: below, then above. [-]
    widening : list of float
        Factor of the band on day 1, 2, … when a longer horizon is rolled out. [-]
    tolerance : float
        Largest difference of the example's answer, as a share of the context's scale. [-]
    training : dict
        Files by address and sha256, seed, recipe, library versions, hardware, hours.
    scores : dict
        Scores beside the naive, and the command that makes them.
    signer : str
        Public key that signs this manifest, base64.
    files : dict of str to FileEntry
        Every other file of the bundle.

    Examples
    --------
    >>> Manifest.from_json(b'{"format": 99}')
    Traceback (most recent call last):
    ...
    kanchay.domain.errors.BundleError: The bundle has format 99, this Kanchay reads 1. Update Kanchay.
    """

    kind: str
    name: str
    version: str
    created: str
    licence: str
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    lookback_h: int
    horizon_h: int
    resolution_s: int
    levels: list[float]
    network: dict[str, Any]
    preprocessing: dict[str, Any]
    calibration: list[float]
    widening: list[float]
    tolerance: float
    training: dict[str, Any]
    scores: dict[str, Any]
    signer: str
    files: dict[str, FileEntry]
    format: int = field(default=FORMAT)

    def to_json(self) -> bytes:
        """Canonical bytes: sorted keys, two spaces, one newline at the end."""
        return (
            json.dumps(asdict(self), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
        ).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        """Read and check a manifest.

        Raises
        ------
        BundleError
            It is no JSON, has another format version or kind, or lacks or mistypes an entry.
        """
        try:
            raw = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise BundleError(f"{MANIFEST} is not JSON: {error}", code="bundle.manifest") from error
        if not isinstance(raw, dict):
            raise BundleError(f"{MANIFEST} holds no object.", code="bundle.manifest")
        if raw.get("format") != FORMAT:
            raise BundleError(
                f"The bundle has format {raw.get('format')}, this Kanchay reads {FORMAT}.",
                hint="Update Kanchay.",
                code="bundle.version",
            )
        _check_types(raw)
        files = {name: _entry(name, entry) for name, entry in raw["files"].items()}
        return cls(**{**{f.name: raw[f.name] for f in fields(cls)}, "files": files})


_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "kind": str, "name": str, "version": str, "created": str, "licence": str, "signer": str,
    "inputs": list, "outputs": list, "levels": list, "calibration": list, "widening": list,
    "lookback_h": int, "horizon_h": int, "resolution_s": int, "tolerance": (int, float),
    "network": dict, "preprocessing": dict, "training": dict, "scores": dict, "files": dict, "format": int,
}  # fmt: skip


def _check_types(raw: dict[str, Any]) -> None:
    for name, kind in _TYPES.items():
        if name not in raw:
            raise BundleError(f"{MANIFEST} lacks '{name}'.", code="bundle.manifest")
        if not isinstance(raw[name], kind) or isinstance(raw[name], bool):
            raise BundleError(f"'{name}' in {MANIFEST} has the wrong type.", code="bundle.manifest")
    if unknown := sorted(set(raw) - set(_TYPES)):
        raise BundleError(f"{MANIFEST} holds unknown entries: {', '.join(unknown)}.", code="bundle.manifest")
    if raw["kind"] != KIND:
        raise BundleError(
            f"The bundle is of kind '{raw['kind']}', this reads '{KIND}'.", code="bundle.version"
        )
    for name in ("levels", "calibration", "widening"):
        if not raw[name] or not all(isinstance(x, (int, float)) for x in raw[name]):
            raise BundleError(f"'{name}' in {MANIFEST} is no list of numbers.", code="bundle.manifest")


def _entry(name: str, entry: Any) -> FileEntry:
    if (
        not isinstance(entry, dict)
        or set(entry) != {"bytes", "sha256"}
        or not isinstance(entry["bytes"], int)
    ):
        raise BundleError(
            f"The entry of '{name}' in {MANIFEST} is not size and sha256.", code="bundle.manifest"
        )
    return FileEntry(entry["bytes"], str(entry["sha256"]))
