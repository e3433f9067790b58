"""Tensors between JSON and arrays: names, kinds and shapes are checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from werkzeug.exceptions import BadRequest

__all__ = ["KINDS", "Array", "Tensor", "array_of", "check_shape"]

Array = NDArray[Any]

#: Kind of an element → its names with TensorFlow and with Open Inference, and its type in memory.
KINDS: Final[Mapping[str, tuple[str, str, np.dtype[Any]]]] = {
    "float": ("DT_FLOAT", "FP32", np.dtype("<f4")),
    "double": ("DT_DOUBLE", "FP64", np.dtype("<f8")),
    "int64": ("DT_INT64", "INT64", np.dtype("<i8")),
    "string": ("DT_STRING", "BYTES", np.dtype("O")),
}


@dataclass(frozen=True, slots=True)
class Tensor:
    """One input or output of a signature.

    `shape` holds -1 where any size will do; the first axis counts the windows. A `nullable` tensor takes null and NaN
    for a value that is missing. With a `default` the tensor may be left out, and one value stands for all windows.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    nullable: bool = False
    default: str | None = None
    optional: bool = False

    @property
    def tensorflow(self) -> str:
        return KINDS[self.kind][0]

    @property
    def open_inference(self) -> str:
        return KINDS[self.kind][1]

    @property
    def dtype(self) -> np.dtype[Any]:
        return KINDS[self.kind][2]

    @property
    def may_lack(self) -> bool:
        return self.optional or self.default is not None


def array_of(tensor: Tensor, values: Any) -> Array:
    """Nested lists of JSON as an array of the tensor's kind, its shape not yet checked."""
    if tensor.kind == "string":
        return _strings(tensor, values)
    try:
        found = np.asarray(values)
    except (ValueError, OverflowError) as error:  # rows of unequal length, or nested without end
        raise BadRequest(f"Input '{tensor.name}' is no tensor: its lists differ in length.") from error
    if found.dtype == object:
        found = _with_gaps(tensor, found)
    wanted = "iu" if tensor.kind == "int64" else "fiu"
    if found.dtype.kind not in wanted and found.size:
        raise BadRequest(f"Input '{tensor.name}' holds a value that is no {tensor.kind}.")
    return finite(tensor, found)


def finite(tensor: Tensor, found: Array) -> Array:
    """The array in the tensor's type; infinite values are refused, NaN as well where it may not be."""
    if tensor.kind not in ("float", "double"):
        return found.astype(tensor.dtype)
    with np.errstate(over="ignore"):
        cast = found.astype(tensor.dtype)
    if np.isinf(cast).any():
        raise BadRequest(
            f"Input '{tensor.name}' holds an infinite value, or one too large for {tensor.kind}."
        )
    if not tensor.nullable and np.isnan(cast).any():
        raise BadRequest(f"Input '{tensor.name}' holds NaN or null: put 0 there, and 0 in its mask.")
    return cast


def _with_gaps(tensor: Tensor, found: Array) -> Array:
    """An array in which None stands for NaN; anything else that is no number is refused."""
    kinds = {type(value) for value in found.ravel().tolist()}
    if list in kinds or dict in kinds:
        raise BadRequest(f"Input '{tensor.name}' is no tensor: its lists differ in length.")
    if not kinds <= {int, float, type(None)}:
        raise BadRequest(f"Input '{tensor.name}' holds a value that is no {tensor.kind}.")
    try:
        return found.astype(np.float64)
    except OverflowError as error:
        raise BadRequest(f"Input '{tensor.name}' holds a number beyond any {tensor.kind}.") from error


def _strings(tensor: Tensor, values: Any) -> Array:
    flat = values if isinstance(values, list) else [values]
    if not all(isinstance(value, str) for value in flat):
        raise BadRequest(f"Input '{tensor.name}' takes one text, or a list with one text a window.")
    found = np.empty(len(flat), dtype=object)
    found[:] = flat
    return found if isinstance(values, list) else found.reshape(())


def check_shape(tensor: Tensor, found: Sequence[int]) -> None:
    """Refuse a shape that the signature does not take."""
    single = tensor.default is not None and tuple(found) in ((), (1,))
    fits = len(found) == len(tensor.shape) and all(
        want in (-1, have) for want, have in zip(tensor.shape, found, strict=True)
    )
    if not (fits or single):
        raise BadRequest(
            f"Input '{tensor.name}' has shape {list(found)}; {list(tensor.shape)} is expected (-1: any size)."
        )
