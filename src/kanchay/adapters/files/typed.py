"""Columns of values that the container types: only what is text there has a decimal sign to be decided."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any, Final

import numpy as np

from kanchay.adapters.files.arrays import strings
from kanchay.adapters.files.swapped import as_written
from kanchay.adapters.files.table import Column

__all__ = ["typed_column", "written"]

# "/Date(1717200000000+0200)/": milliseconds of UTC, and the offset of whoever wrote it (ASP.NET's JSON).
_SINCE_1970: Final = re.compile(r"/Date\((\d{12,13})(?:[+-]\d{4})?\)/")


def written(value: Any) -> str:
    """A cell as it would stand in a text file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        moment = value + timedelta(microseconds=500_000)  # day fractions are not exact: 00:14:59.999997
        return moment.replace(microsecond=0).isoformat(" ")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    since = _SINCE_1970.fullmatch(text) if text.startswith("/") else None
    return since[1] if since else text


def _float(value: Any) -> float:
    """A number as a float; NaN where it is none or beyond all floats."""
    try:
        number = float(value)
    except OverflowError:
        return float("nan")
    return number if isfinite(number) else float("nan")


def typed_column(name: str, kind: Any, values: Sequence[Any]) -> Column:
    """A column of typed cells: numbers stay numbers."""
    values = as_written(values) if kind in ("date", "datetime") else values
    numeric = [isinstance(v, (int, float)) and not isinstance(v, bool) for v in values]
    texts = strings(
        None if n and kind == "number" else written(v) or None for v, n in zip(values, numeric, strict=True)
    )
    if kind != "number":
        return Column(name, kind, texts=texts)
    numbers = np.array([_float(v) if n else np.nan for v, n in zip(values, numeric, strict=True)])
    return Column(name, kind, texts=texts, numbers=numbers)
