"""The binary tensor data extension of Open Inference: tensors behind the JSON, little-endian, row by row."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np
from werkzeug.exceptions import BadRequest

from kanchay.web.serving.tensors import Array, Tensor, finite

__all__ = ["EXTENSION", "HEADER", "SIZE", "Tail", "packed", "split"]

EXTENSION: Final = "binary_tensor_data"
HEADER: Final = "Inference-Header-Content-Length"
SIZE: Final = "binary_data_size"


def split(data: bytes, header: str | None) -> tuple[bytes, Tail]:
    """The JSON of a body and what follows it."""
    if header is None:
        return data, Tail(b"")
    if not header.isascii() or not header.isdigit() or len(header) > 12 or int(header) > len(data):
        raise BadRequest(f"{HEADER} '{header[:20]}' does not fit a body of {len(data)} bytes.")
    return data[: int(header)], Tail(data[int(header) :])


class Tail:
    """The bytes behind the JSON, taken from the front in the order of the inputs."""

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def take(self, tensor: Tensor, size: Any, n: int) -> Array:
        """The next `n` elements, which the request says are `size` bytes."""
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= len(self._rest):
            raise BadRequest(
                f"Input '{tensor.name}' names {size!r:.20} bytes, {len(self._rest)} are left in the body."
            )
        data, self._rest = self._rest[:size], self._rest[size:]
        if tensor.kind == "string":
            return _texts(tensor, data)
        if size != n * tensor.dtype.itemsize:
            raise BadRequest(
                f"Input '{tensor.name}' has {size} bytes for {n} elements of {tensor.open_inference}."
            )
        return finite(tensor, np.frombuffer(data, tensor.dtype))

    def check_empty(self) -> None:
        if self._rest:
            raise BadRequest(f"{len(self._rest)} bytes at the end of the body belong to no input.")


def _texts(tensor: Tensor, data: bytes) -> Array:
    """Texts, each behind its length in four bytes."""
    texts, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "little")
        if at + 4 + length > len(data):
            raise BadRequest(f"Input '{tensor.name}' ends within a text.")
        texts.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    try:
        found = np.empty(len(texts), dtype=object)
        found[:] = [text.decode() for text in texts]
    except UnicodeDecodeError as error:
        raise BadRequest(f"Input '{tensor.name}' is not UTF-8.") from error
    return found


def packed(tensor: Tensor, values: Array) -> bytes:
    """An output as bytes."""
    if tensor.kind != "string":
        return values.astype(tensor.dtype).tobytes()
    texts = [str(value).encode() for value in values.ravel()]
    return b"".join(struct.pack("<I", len(text)) + text for text in texts)
