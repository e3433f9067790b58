"""What an ONNX file says of itself, read from its bytes: its opset, and whether it reaches for other files.

onnxruntime opens whatever file a tensor names as its "external data". A bundle's graph holds all its weights, so one
that names a file is refused before any runtime sees it. The few fields needed are read here because the package `onnx`
is not installed where a bundle runs; their numbers are those of onnx.proto3 of the ONNX project.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kanchay.domain.errors import BundleError

__all__ = ["GraphFacts", "graph_facts"]

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_DEPTH: Final = 50
_EXTERNAL: Final = 1  # TensorProto.DataLocation
# Which fields of a message hold messages that may hold a tensor, by kind of message.
_INSIDE: Final[dict[str, dict[int, str]]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
_OPSET_IMPORT: Final = 8
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """What a runtime must know to run a graph.

    Attributes
    ----------
    opset : int
        Version of the ONNX operators it is written in.
    domains : tuple of str
        Families of operators beside the standard one.
    """

    opset: int
    domains: tuple[str, ...]


def graph_facts(data: bytes) -> GraphFacts:
    """Walk through an ONNX file.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    GraphFacts

    Raises
    ------
    BundleError
        It is no ONNX file (code ``bundle.graph``), or a tensor's values lie in another file (``bundle.external``).

    Examples
    --------
    >>> graph_facts(bytes([0x08, 0x08, 0x42, 0x02, 0x10, 0x0F]))  # IR version 8, opset 15, no graph
    GraphFacts(opset=15, domains=())
    """
    whole = memoryview(data)
    _walk(whole, "model", 0)
    imports = [_opset(value) for number, value in _fields(whole) if number == _OPSET_IMPORT]
    named = dict(imports)
    standard = max(named.pop("", 0), named.pop("ai.onnx", 0))
    if standard <= 0:
        raise _broken("names no opset")
    return GraphFacts(standard, tuple(sorted(named)))


def _walk(message: memoryview, kind: str, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise _broken("nests too deep")
    for number, value in _fields(message):
        if kind == "tensor" and (
            number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value == _EXTERNAL)
        ):
            raise BundleError(
                "model.onnx refers to another file for its weights.",
                hint="Export it with all weights inside.",
                code="bundle.external",
            )
        inner = _INSIDE[kind].get(number)
        if inner is not None:
            if not isinstance(value, memoryview):
                raise _broken("is malformed")
            _walk(value, inner, depth + 1)


def _opset(value: int | memoryview) -> tuple[str, int]:
    """Domain and version of an OperatorSetIdProto."""
    if not isinstance(value, memoryview):
        raise _broken("is malformed")
    domain, version = "", 0
    for number, inner in _fields(value):
        if number == 1 and isinstance(inner, memoryview):
            domain = bytes(inner).decode("utf-8", "replace")
        elif number == 2 and isinstance(inner, int):
            version = inner
    return domain, version


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field of a protobuf message."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if wire == _BYTES:
            size, at = _varint(message, at)
        elif wire in (_FIXED32, _FIXED64):
            size = 4 if wire == _FIXED32 else 8
        else:
            raise _broken("is malformed")
        if at + size > len(message):
            raise _broken("is cut off")
        yield number, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise _broken("is cut off")
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _broken(what: str) -> BundleError:
    return BundleError(f"model.onnx {what}: it is no ONNX file.", code="bundle.graph")
