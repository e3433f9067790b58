"""Serials: moments as days since the end of 1899, which a workbook saved as text writes where it lost their format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from kanchay.adapters.files.arrays import strings
from kanchay.adapters.files.cells import TIMES
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.words import ROLE_WORDS, matches, normal
from kanchay.domain.interval import DAY
from kanchay.domain.reading import FloatArray

__all__ = ["has_serials", "without_serials"]

_NUMBER: Final = re.compile(r"\d{5}(?:[.,]\d+)?")
_RANGE: Final = (36_526.0, 73_051.0)  # 2000 to 2099
_OF_1970: Final = 25_569  # ECMA-376 part 1, 18.17.4.1: day 1 is 1900-01-01, and 1900 is taken for a leap year
_SNAP_S: Final = 10  # of a day's fraction with four decimals
_NAMES: Final = rf"{ROLE_WORDS['time']}|{ROLE_WORDS['start']}|{ROLE_WORDS['end']}|period|periodo|interval"


def _is_named(name: str) -> bool:
    return bool(matches(_NAMES, normal(name)))


def _are_days(numbers: FloatArray) -> bool:
    """Whether numbers can be days of this century, each another moment, none far from the one before."""
    steps = np.abs(np.diff(numbers))
    near = len(steps) > 0 and bool((steps > 0).all() and (steps <= 366).all())
    return near and _RANGE[0] <= numbers.min() and numbers.max() < _RANGE[1]


def has_serials(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether one of these columns is called a time and its cells count days."""
    for i, name in enumerate(names):
        cells = [row[i].strip() for row in rows if i < len(row)]
        if len(cells) > 1 and all(_NUMBER.fullmatch(c) for c in cells) and _is_named(name):
            return _are_days(np.array([float(c.replace(",", ".")) for c in cells]))
    return False


def without_serials(table: Table) -> Table:
    """A table whose days since 1899 are moments, where no other column tells any."""
    if any(c.type in TIMES for c in table.columns):
        return table
    return replace(table, columns=[_dated(c) if _is_named(c.name) else c for c in table.columns])


def _dated(column: Column) -> Column:
    if column.type != "number":
        return column
    numbers = _numbers(column)
    known = ~np.isnan(numbers)
    if 2 * known.sum() <= len(numbers) or not _are_days(numbers[known]):
        return column
    seconds = np.round((np.nan_to_num(numbers) - _OF_1970) * DAY).astype(np.int64)
    minutes = (seconds + 30) // 60 * 60
    seconds = np.where(np.abs(seconds - minutes) <= _SNAP_S, minutes, seconds)
    whole = not (seconds[known] % DAY).any()
    texts = np.datetime_as_string(seconds.astype("M8[s]"), unit="D" if whole else "s").tolist()
    given = strings(t if k else None for t, k in zip(texts, known.tolist(), strict=True))
    return Column(column.name, "date" if whole else "datetime", texts=given)


def _numbers(column: Column) -> FloatArray:
    """The column as numbers, whichever decimal sign it has."""
    if column.texts is None:
        return column.values(".")
    points = column.values(".")
    commas = column.values(",")
    return commas if _within(commas) > _within(points) else points


def _within(numbers: FloatArray) -> int:
    return int(((numbers >= _RANGE[0]) & (numbers < _RANGE[1])).sum())
