"""JSON schemas of the product's own types, read from their dataclasses: what `kanchay.plain` writes, described."""

from __future__ import annotations

import dataclasses
import types
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import numpy as np

__all__ = ["ERROR", "answer", "array_of", "described", "page_of", "schema_of"]

Schema = dict[str, Any]

_PLAIN: Final[dict[Any, Schema]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": ["number", "null"], "description": "null: not known"},
    Decimal: {"type": "string", "description": "Exact decimal as text."},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
}

ERROR: Final[Schema] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "hint"],
            "properties": {
                "code": {"type": "string", "description": "A stable word for programs."},
                "message": {"type": "string", "description": "What is wrong and where."},
                "hint": {"type": "string", "description": "How to mend it; may be empty."},
                "field": {"type": "string", "description": "The field that is wrong, where there is one."},
            },
        }
    },
}


_WORDS: Final = {
    401: "Not signed in.",
    403: "Out of reach.",
    404: "Not there, or out of reach.",
    409: "It conflicts, or data is short.",
    413: "Too large.",
    422: "Not valid.",
}


def schema_of(kind: Any) -> Schema:
    """The schema of a type as `plain` writes it.

    Examples
    --------
    >>> schema_of(tuple[int, ...])
    {'type': 'array', 'items': {'type': 'integer'}}
    """
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _optional([a for a in get_args(kind) if a is not type(None)])
    if origin in (tuple, list, frozenset, set):
        inner = [a for a in get_args(kind) if a is not Ellipsis]
        same = len(set(inner)) == 1
        return {"type": "array", "items": schema_of(inner[0]) if same else {}}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(get_args(kind)[1])}
    if origin is np.ndarray:
        return {"type": "array", "items": {}}
    if dataclasses.is_dataclass(kind):
        return _object(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    return {}


def _optional(kinds: list[Any]) -> Schema:
    return {"anyOf": [*(schema_of(k) for k in kinds), {"type": "null"}]}


def _object(kind: Any) -> Schema:
    hints = get_type_hints(kind)
    fields = [f for f in dataclasses.fields(kind) if f.repr]
    properties = {f.name: schema_of(hints[f.name]) for f in fields}
    first = (kind.__doc__ or "").strip().splitlines()
    head = {"description": first[0]} if first else {}
    return {"type": "object", **head, "properties": properties, "required": [f.name for f in fields]}


def array_of(kind: Any) -> Schema:
    return {"type": "array", "items": schema_of(kind)}


def page_of(kind: Any) -> Schema:
    """A bounded list: `items`, and `next` where there is more."""
    more = {"type": ["integer", "null"], "description": "The offset that goes on, null at the end."}
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": array_of(kind), "next": more},
    }


def described(schema: Schema, said: str, *, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """One documented answer."""
    return {status: {"description": said, "content": {"application/json": {"schema": schema}}}}


def answer(
    schema: Schema, said: str, *, also: tuple[int, ...] = (401, 404)
) -> dict[int | str, dict[str, Any]]:
    """Documented responses: the answer, and the one error form for the rest."""
    content = {"application/json": {"schema": ERROR}}
    return described(schema, said) | {
        code: {"description": _WORDS[code], "content": content} for code in also
    }
