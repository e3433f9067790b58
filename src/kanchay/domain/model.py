"""Saved models as they travel: a version in a registry, what it needs, what a hub can run, who promoted what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kanchay.domain.errors import InputError

__all__ = [
    "CHAMPION",
    "AliasAction",
    "AliasChange",
    "Capability",
    "ModelNeeds",
    "ModelVersion",
    "check_label",
]

CHAMPION: Final = "champion"  # the alias that hubs follow; "challenger" is the usual other one
_LABEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

AliasAction = str  # "promote" or "rollback"


@dataclass(frozen=True, slots=True)
class ModelNeeds:
    """What a machine must have to run a version, told before anything is downloaded.

    Attributes
    ----------
    format : int
        Version of the bundle's layout.
    kind : str
        What the network answers and from what.
    runtimes : tuple of str
        Any one of these is enough: ``onnx``, ``litert``, ``numpy``.
    opset : int
        Version of the ONNX operators; 0 where there is no graph.
    memory_mb : float
        Peak of NumPy and Python memory while the example ran where it was pushed. [MB]
    """

    format: int
    kind: str
    runtimes: tuple[str, ...]
    opset: int
    memory_mb: float


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version of a model in a registry; it never changes.

    Attributes
    ----------
    sha256 : str
        Of the packed bundle: what is downloaded.
    n_bytes : int
        Size of the packed bundle. [B]
    manifest_sha256 : str
        Of the signed manifest: what a stored forecast remembers of its model.
    signer : str
        Public key that signed it, base64.
    created : str
        Day it was made.
    pushed_at : int
        UTC seconds. [s]
    """

    name: str
    version: str
    sha256: str
    n_bytes: int
    manifest_sha256: str
    signer: str
    created: str
    pushed_at: int
    pushed_by: str
    needs: ModelNeeds


@dataclass(frozen=True, slots=True)
class AliasChange:
    """One line of a model's history: who pointed an alias where, when and why.

    Attributes
    ----------
    number : int
        1, 2, … within the model.
    at : int
        UTC seconds. [s]
    version : str
        What the alias stands for from now on: for hubs within `share`, the rest keep what they had.
    share : float
        Part of all hubs that follow, above 0 up to 1. [-]
    """

    number: int
    at: int
    by: str
    action: AliasAction
    alias: str
    version: str
    share: float
    why: str


@dataclass(frozen=True, slots=True)
class Capability:
    """What a hub can run, as it says itself.

    Attributes
    ----------
    hub_id : str
        Made once at random; says nothing about place or people.
    runtimes : tuple of str
        Those that are installed and load: ``onnx``, ``litert``, ``numpy``.
    packages : dict of str to str
        Their versions.
    formats : tuple of int
        Bundle layouts that this code reads.
    kinds : tuple of str
        Kinds of models that this code answers with.
    opset : int
        Newest ONNX operators that onnxruntime took when it was tried; 0 without it.
    memory_mb : float
        Memory that is free now. [MB]
    """

    hub_id: str
    code_version: str
    runtimes: tuple[str, ...]
    packages: dict[str, str]
    formats: tuple[int, ...]
    kinds: tuple[str, ...]
    opset: int
    memory_mb: float


def check_label(text: str, what: str) -> str:
    """A name, version or alias that is safe as a part of a path and of an address.

    Parameters
    ----------
    text : str
        As given.
    what : str
        What it is, for the sentence.

    Returns
    -------
    str
        The same.

    Raises
    ------
    InputError
        It holds something else than letters, digits, dots, hyphens and underscores.

    Examples
    --------
    >>> check_label("kanchay-lstm", "name")
    'kanchay-lstm'
    >>> check_label("../etc", "name")
    Traceback (most recent call last):
    ...
    kanchay.domain.errors.InputError: '../etc' is no name of a model. Use 1 to 64 letters, digits, dots, hyphens, \
underscores; first a letter or digit.
    """
    if not _LABEL.fullmatch(text) or ".." in text:
        raise InputError(
            f"{text[:80]!r} is no {what} of a model.",
            hint="Use 1 to 64 letters, digits, dots, hyphens, underscores; first a letter or digit.",
            code="model.label",
        )
    return text
