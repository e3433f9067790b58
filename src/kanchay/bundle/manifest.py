"""``manifest.json``: what a saved model is, needs and was made from. Format versions 1 to 3 are read."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, TypeAlias

from kanchay.domain.errors import BundleError

__all__ = ["BOOSTED", "FORMAT", "FORMATS", "KIND", "KINDS", "MANIFEST", "SIGNATURE", "FileEntry", "Manifest"]

FORMAT: Final = 1  # of a manifest that does not say
# What this code reads: 2 adds temperature, the day ahead, and named features; 3 several members that answer together.
FORMATS: Final = (1, 2, 3)
KIND: Final = "load-quantiles-lstm"
BOOSTED: Final = "load-quantiles-boosted"
KINDS: Final = (KIND, BOOSTED)
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
        What the model answers and from what: ``load-quantiles-lstm``, or ``load-quantiles-boosted`` (trees).
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
        Factor of the band on day 1, 2, … ahead. [-]
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
    features : list of dict
        From format 2 on: name, meaning, unit and importance of each feature, where the model tells them.

    Examples
    --------
    >>> Manifest.from_json(b'{"format": 99}')
    Traceback (most recent call last):
    ...
    kanchay.domain.errors.BundleError: The bundle has format 99, this Kanchay reads 1, 2, 3. Update Kanchay.
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
    features: list[dict[str, Any]] = field(default_factory=list)

    @property
    def reads_temperature(self) -> bool:
        """Whether the outdoor temperature is among the inputs of the graph, or of its features."""
        tensors = any(entry["name"] == "temperature" for entry in self.inputs)
        return tensors or any("temperature" in entry.get("needs", ()) for entry in self.features)

    def to_json(self) -> bytes:
        """Canonical bytes: sorted keys, two spaces, one newline at the end."""
        raw = asdict(self)
        for name in set(raw) - set(_types(self.format)):
            del raw[name]  # unknown to that format: an old reader would refuse it
        return (
            json.dumps(raw, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
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
        _check_format(raw.get("format"))
        _check_types(raw)
        _check_numbers(raw)
        files = {name: _entry(name, entry) for name, entry in raw["files"].items()}
        return cls(**{**{f.name: raw[f.name] for f in fields(cls) if f.name in raw}, "files": files})


_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "kind": str, "name": str, "version": str, "created": str, "licence": str, "signer": str,
    "inputs": list, "outputs": list, "levels": list, "calibration": list, "widening": list,
    "lookback_h": int, "horizon_h": int, "resolution_s": int, "tolerance": (int, float),
    "network": dict, "preprocessing": dict, "training": dict, "scores": dict, "files": dict, "format": int,
}  # fmt: skip


_SINCE: Final = {2: {"features": list}}  # entries that came with a later format
_MAX_TOLERANCE: Final = 1e-3  # beyond that the example would prove nothing
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def _types(version: int) -> dict[str, type | tuple[type, ...]]:
    """Entries of a manifest of that format."""
    later = [entries for since, entries in _SINCE.items() if since <= version]
    return {**_TYPES, **{name: kind for entries in later for name, kind in entries.items()}}


def _check_format(version: Any) -> None:
    if version in FORMATS and type(version) is int:
        return
    newer = isinstance(version, int) and version > max(FORMATS)
    raise BundleError(
        f"The bundle has format {str(version)[:20]}, this Kanchay reads {', '.join(map(str, FORMATS))}.",
        hint="Update Kanchay." if newer else "Ask its publisher for a bundle of a known format.",
        code="bundle.version",
    )


def _check_types(raw: dict[str, Any]) -> None:
    types = _types(raw["format"])
    for name, kind in types.items():
        if name not in raw:
            raise BundleError(f"{MANIFEST} lacks '{name}'.", code="bundle.manifest")
        if not isinstance(raw[name], kind) or isinstance(raw[name], bool):
            raise BundleError(f"'{name}' in {MANIFEST} has the wrong type.", code="bundle.manifest")
    if unknown := sorted(set(raw) - set(types)):
        raise BundleError(f"{MANIFEST} holds unknown entries: {', '.join(unknown)}.", code="bundle.manifest")
    if raw["kind"] not in KINDS:
        raise BundleError(
            f"The bundle is of kind '{raw['kind'][:40]}', this reads {' and '.join(KINDS)}.",
            code="bundle.version",
        )


def _check_numbers(raw: dict[str, Any]) -> None:
    for name in ("levels", "calibration", "widening"):
        if not raw[name] or not all(_is_number(x) for x in raw[name]):
            raise BundleError(f"'{name}' in {MANIFEST} is no list of numbers.", code="bundle.manifest")
    for name in ("lookback_h", "horizon_h", "resolution_s"):
        if raw[name] <= 0:
            raise BundleError(f"'{name}' in {MANIFEST} is not above 0.", code="bundle.manifest")
    if not 0 < raw["tolerance"] <= _MAX_TOLERANCE:  # NaN is refused too
        raise BundleError(
            f"'tolerance' in {MANIFEST} is {raw['tolerance']}: it must lie above 0 and at {_MAX_TOLERANCE} at most.",
            code="bundle.manifest",
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _entry(name: str, entry: Any) -> FileEntry:
    known = isinstance(entry, dict) and set(entry) == {"bytes", "sha256"} and type(entry["bytes"]) is int
    if not known or not isinstance(entry["sha256"], str) or not _SHA256.fullmatch(entry["sha256"]):
        raise BundleError(
            f"The entry of '{name}' in {MANIFEST} is not size and sha256.", code="bundle.manifest"
        )
    return FileEntry(entry["bytes"], entry["sha256"])
