"""Dataclasses to documents (what JSON can say) and back, by their type hints.

Decimals and dates are text, enums their value, arrays and tuples lists, sets sorted lists; floats that JSON
cannot say (NaN, infinity) are text. `decode(type, encode(value))` gives the value back.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

import numpy as np

__all__ = ["decode", "encode"]


def encode(value: Any) -> Any:
    """A value as dictionaries, lists, text, numbers, booleans and None."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else str(float(value))
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.ndarray):
        return _encode_array(value)
    return _encode_compound(value)


def _encode_array(value: np.ndarray[Any, Any]) -> Any:
    if value.dtype.kind != "f" or np.isfinite(value).all():
        return value.tolist()
    return [encode(item) for item in (value if value.ndim > 1 else value.tolist())]


def _encode_compound(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(encode(key)): encode(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(encode(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    raise TypeError(f"No document can hold a {type(value).__name__}.")


def decode(kind: Any, document: Any) -> Any:
    """The value of a type from its document; a field that the document lacks takes its default."""
    origin = typing.get_origin(kind)
    if kind is Any or document is None:
        return document
    if origin in (typing.Union, types.UnionType):
        return decode(_pick(typing.get_args(kind), document), document)
    if origin is not None:
        return _decode_collection(kind, origin, document)
    return _decode_plain(kind, document) if isinstance(kind, type) else document


def _decode_plain(kind: type[Any], document: Any) -> Any:
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: decode(hints[name], item) for name, item in document.items() if name in hints})
    return kind.fromisoformat(document) if issubclass(kind, date) else kind(document)


def _decode_collection(kind: Any, origin: Any, document: Any) -> Any:
    args = typing.get_args(kind)
    if origin is np.ndarray:
        return np.asarray(document, dtype=_dtype(kind))
    if origin is dict:
        return {decode(args[0], key): decode(args[1], item) for key, item in document.items()}
    if origin is tuple and not (len(args) == 2 and args[1] is Ellipsis):
        return tuple(decode(each, item) for each, item in zip(args, document, strict=True))
    if origin in (tuple, list, set, frozenset):
        return origin(decode(args[0], item) for item in document)
    raise TypeError(f"No document is read as a {origin}.")


def _pick(kinds: tuple[Any, ...], document: Any) -> Any:
    """The member of a union that a document that is not None stands for."""
    real = [kind for kind in kinds if kind is not type(None)]
    if len(real) == 1:
        return real[0]
    for kind in real:
        if isinstance(kind, type) and type(document) is kind:
            return kind
    return real[0]


def _dtype(kind: Any) -> Any:
    """``NDArray[np.float64]`` is ``ndarray[shape, dtype[float64]]``."""
    return typing.get_args(typing.get_args(kind)[1])[0]


@lru_cache(maxsize=128)
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
