"""Versions and changes as JSON, read with suspicion: a registry may be somebody else's."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any, Final, TypeVar

from kanchay.domain.errors import BundleError
from kanchay.domain.model import AliasChange, ModelNeeds, ModelVersion, check_label
from kanchay.plain import plain

__all__ = ["MAX_TEXT", "change_from", "read_json", "to_json", "version_from"]

MAX_TEXT: Final = 4 * 2**20  # of any listing
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_KINDS: Final[dict[str, type | tuple[type, ...]]] = {
    "str": str, "int": int, "float": (int, float), "AliasAction": str, "tuple[str, ...]": list, "ModelNeeds": dict,
}  # fmt: skip

T = TypeVar("T")


def to_json(value: ModelVersion | AliasChange) -> bytes:
    return (json.dumps(plain(value), indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read_json(data: bytes, what: str) -> Any:
    """Parsed, bounded in size and depth."""
    try:
        if len(data) > MAX_TEXT:
            raise ValueError("too large")
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _broken(what, str(error)) from error


def version_from(raw: Any, what: str) -> ModelVersion:
    """A version; `BundleError` (``registry.broken``) where something is missing or odd."""
    given = _typed(ModelVersion, raw, what)
    needs = _typed(ModelNeeds, given["needs"], what)
    if not all(isinstance(r, str) for r in needs["runtimes"]):
        raise _broken(what, "'runtimes' is no list of names")
    if not _SHA256.fullmatch(given["sha256"]) or given["n_bytes"] <= 0:
        raise _broken(what, "size or sha256 cannot be")
    check_label(given["name"], "name")
    check_label(given["version"], "version")
    return ModelVersion(**{**given, "needs": ModelNeeds(**{**needs, "runtimes": tuple(needs["runtimes"])})})


def change_from(raw: Any, what: str) -> AliasChange:
    """A change of an alias; `BundleError` where something is missing or odd."""
    change = AliasChange(**_typed(AliasChange, raw, what))
    if change.action not in ("promote", "rollback") or not 0 < change.share <= 1 or change.number < 1:
        raise _broken(what, "a change that cannot be")
    check_label(change.alias, "alias")
    check_label(change.version, "version")
    return change


def _typed(kind: type[Any], raw: Any, what: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise _broken(what, "no object")
    for field in fields(kind):
        value = raw.get(field.name)
        if not isinstance(value, _KINDS[str(field.type)]) or isinstance(value, bool):
            raise _broken(what, f"'{field.name}' is missing or of another type")
    return {field.name: raw[field.name] for field in fields(kind)}  # what a newer one adds is passed over


def _broken(what: str, why: str) -> BundleError:
    return BundleError(f"The registry's {what} cannot be read: {why}.", code="registry.broken")
