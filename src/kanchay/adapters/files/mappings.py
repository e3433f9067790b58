"""Records whose rows have no list of records: times as keys, or one list of values with a first time and a step."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from kanchay.adapters.files.cells import cell_type
from kanchay.adapters.files.words import matches, normal
from kanchay.domain.errors import InputError
from kanchay.domain.interval import parse_duration

__all__ = ["by_time", "in_steps", "is_by_time"]

_LEAST: Final = 3  # entries
_START: Final = r"start\w*|from|begin\w*|tm|time|timestamp|first\w*|since|date|von|desde|inicio|t0"
_STEP: Final = (
    r"step|dt|delta\w*|interval\w*|resolution|granularity|period|freq\w*|sampling\w*|seconds|step size"
)

Row = dict[str, Any]


def by_time(node: Row, around: Row, name: str) -> list[Row]:
    """Rows of a record whose keys are times, or seconds since a start that stands around it; else none."""
    if len(node) < _LEAST:
        return []
    values = [v[0] if isinstance(v, list) and len(v) == 1 else v for v in node.values()]
    keys = [str(k) for k in node]
    if is_by_time(node) and all(_is_record(v) for v in values):
        return [{"time": k, **v} for k, v in zip(keys, values, strict=True)]
    if not all(v is None or _is_number(v) for v in values):
        return []
    if is_by_time(node):
        return [{"time": k, name: v} for k, v in zip(keys, values, strict=True)]
    start = _first_moment(around)
    if start is None or not all(k.isdigit() for k in keys) or not _rise([int(k) for k in keys]):
        return []
    at = [(start + timedelta(seconds=int(k))).isoformat() for k in keys]
    return [{"time": t, name: v} for t, v in zip(at, values, strict=True)]


def _is_record(value: Any) -> bool:
    """Whether a value is a record of plain values with a number among them."""
    if not isinstance(value, dict) or any(isinstance(v, (dict, list)) for v in value.values()):
        return False
    return any(_is_number(v) for v in value.values())


def is_by_time(node: Row) -> bool:
    """Whether the keys of a record are times."""
    return len(node) >= _LEAST and all(cell_type(str(k)) in ("epoch", "datetime", "date") for k in node)


def in_steps(node: Row) -> list[Row]:
    """Rows of a record with one list of numbers, the time of the first and the step between them; else none."""
    lists = {k: v for k, v in node.items() if isinstance(v, list) and _is_series(v)}
    start, step = _first_moment(node), _step(node)
    if len(lists) != 1 or start is None or step is None:
        return []
    ((name, values),) = lists.items()
    return [{"time": (start + step * i).isoformat(), name: v} for i, v in enumerate(values)]


def _is_series(values: list[Any]) -> bool:
    """Whether a list holds numbers, or marks for those that are missing."""
    known = [v for v in values if v is not None and cell_type(str(v)) != "empty"]
    return len(known) >= _LEAST and all(map(_is_number, known))


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, float)) or (isinstance(value, str) and cell_type(value) == "number")


def _rise(numbers: list[int]) -> bool:
    """Whether seconds count up evenly from the first one on, by a minute at least."""
    steps = {b - a for a, b in pairwise(numbers)}
    return min(steps) >= 60 and len(steps) <= 3


def _first_moment(record: Row) -> datetime | None:
    """The time that a record tells under the word for a start; of epochs, in universal time."""
    for key, value in record.items():
        if not matches(_START, normal(key.rsplit(".", 1)[-1])):
            continue
        text = str(value).strip()
        if re.fullmatch(r"\d{10}|\d{13}", text):
            return datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(seconds=int(text[:10]))
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            continue
    return None


def _step(record: Row) -> timedelta | None:
    """The step that a record tells: seconds, or a duration such as "PT15M"; milliseconds where they are many."""
    for key, value in record.items():
        if not matches(_STEP, normal(key)):
            continue
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return timedelta(seconds=value / 1000 if value > 2_678_400 else value)
        try:
            return timedelta(seconds=parse_duration(str(value)))
        except (InputError, ValueError):
            continue
    return None
