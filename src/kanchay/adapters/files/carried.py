"""Carried: dates that a table writes once a day and leaves blank below, carried down the rows of that day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.arrays import integers, known_of
from kanchay.adapters.files.cells import split_range
from kanchay.adapters.files.dateparts import part_of_time
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.times import parse_clock

__all__ = ["carried_down"]

_DATES: Final = ("date", "datetime")


def carried_down(table: Table) -> Table:
    """A table whose blank dates below a date are that date, as long as the clock beside them goes on."""
    clock = _clock(table.columns)
    if clock is None:
        return table
    columns = [_carried(c, clock) if c.type in _DATES else c for c in table.columns]
    return replace(table, columns=columns)


def _clock(columns: Sequence[Column]) -> NDArray[np.float64] | None:
    """Seconds of the day, or hours, of each row; None where no column tells them, or no date is blank."""
    if not any(c.type in _DATES and _known(c) is not None for c in columns):
        return None
    for column in columns:
        if column.type in ("time", "range"):
            codes, words = column.keys()
            starts = [parse_clock((split_range(w.strip()) or (w,))[0]) for w in words]
            return np.array([np.nan if s is None else float(s) for s in starts] + [np.nan])[codes]
        if column.type == "number" and part_of_time(column.name) == "hour":
            return column.values(".")
    return None


def _known(column: Column) -> NDArray[np.bool_] | None:
    """Which cells hold something, where some do and some do not."""
    if column.instants is not None:
        known = column.known
    else:
        known = None if column.texts is None else np.asarray(known_of(column.cleaned()))
    return None if known is None or known.all() or not known.any() else known


def _carried(column: Column, clock: NDArray[np.float64]) -> Column:
    known = _known(column)
    if known is None:
        return column
    goes_on = np.r_[False, clock[1:] > clock[:-1]]
    begins = known | ~goes_on
    last = np.maximum.accumulate(np.where(begins, np.arange(len(known)), 0))
    if not (filled := ~known & known[last]).any():
        return column
    if column.instants is not None:
        return replace(column, instants=column.instants[last], known=known | filled)
    texts: Any = column.cleaned().take(integers(np.where(filled, last, np.arange(len(known)))))
    return Column(column.name, column.type, texts=texts)
