"""Layout: a table with roles to one raw series per value column and key, long or wide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.decimals import decimal_of
from kanchay.adapters.files.lost import lost_rows, unread_times, unread_values
from kanchay.adapters.files.naming import naming
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.roles import Roles
from kanchay.adapters.files.slots import slot_label, slot_times
from kanchay.adapters.files.spans import spans_of
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.times import ParsedTimes
from kanchay.adapters.files.unitcells import apart_by_quantity, unit_of_rows
from kanchay.domain.interval import DAY, IntArray
from kanchay.services.ports.files import ImportOptions
from kanchay.services.progress import stepped

__all__ = ["Layout", "RawSeries", "lay_out"]

_ESTIMATED: Final = re.compile(r"estim|geschat|geschatzt|geschätzt|stimat|calculad|ersatz|^e$|^s\d*$", re.I)
MAX_SERIES: Final = 5000
# Starts, ends where the file has them, and seconds elapsed since the start where it numbers the intervals of a day.
_Times = tuple[ParsedTimes, ParsedTimes | None, IntArray | None]


@dataclass(frozen=True, slots=True, eq=False)
class RawSeries:
    """One series as it stands in the file: clock seconds and numbers as written, in file order.

    `wall` is clock time (an instant where `absolute`); `end` likewise; `after` are elapsed seconds to add once the
    clock time has become an instant. `n_unreadable` counts cells that hold something else than a number.
    """

    key: str
    column: str
    wall: IntArray
    end: IntArray | None
    values: NDArray[np.float64]
    estimated: NDArray[np.bool_] | None = None
    absolute: bool = False
    date_only: bool = False
    after: IntArray | None = None
    slot_s: int | None = None
    unit_cell: str = ""
    n_unreadable: int = 0
    factor: NDArray[np.float64] | None = None  # of each value, or one for all; None where the file tells none
    shown: tuple[int, int] | None = (
        None  # the file's own clock at the first and last instant, where it tells its offset
    )
    money: bool = False  # its cells bear the sign of a currency
    by_step: bool = False  # a register whose factor changes: what it rose by is multiplied, not what it shows


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """All raw series and what was decided for the whole file."""

    series: tuple[RawSeries, ...]
    wide: bool
    decimal: str
    decimal_open: bool
    order: str
    open_order: str
    label: str  # "start" or "end" where the layout itself says so
    n_bad_times: int
    time_style: str = "text"
    label_is_fixed: bool = False  # the names of the columns have been turned into starts
    no_numbers: tuple[str, ...] = ()  # the name of a column and some of its cells that are none
    unread: tuple[str, ...] = ()  # the name of the times and some that cannot be read beside a value


def _groups(roles: Roles, n_rows: int, name: str) -> Iterator[tuple[str, Any]]:
    """Each key with its rows, in file order; the whole table where there is no key."""
    varying = [c for c in roles.keys if len(c.keys()[1]) > 0]
    if not varying:
        yield "", slice(None)
        return
    code = np.zeros(n_rows, dtype=np.int64)
    for column in varying:
        codes, words = column.keys()
        code = code * (len(words) + 1) + codes + 1
    unique, code = np.unique(code, return_inverse=True)
    if len(unique) > MAX_SERIES:
        raise refuse("columns", name, what=f"it would make {len(unique)} series")
    order = np.argsort(code, kind="stable")
    edges = np.searchsorted(code[order], np.arange(len(unique) + 1))
    for low, high in pairwise(edges.tolist()):
        rows = order[low:high]
        parts = (c.keys()[1][c.keys()[0][rows[0]]] if c.keys()[0][rows[0]] >= 0 else "" for c in varying)
        yield " ".join(p for p in parts if p).strip(), rows


def _estimated(column: Column | None) -> NDArray[np.bool_] | None:
    """Rows whose status says that the value is an estimate."""
    if column is None:
        return None
    codes, words = column.keys()
    flags = np.array([bool(_ESTIMATED.search(w)) for w in words] + [False])
    return flags[codes]


def lay_out(table: Table, roles: Roles, name: str, options: ImportOptions) -> Layout:
    """The raw series of a table; raises `FileRefused` where times cannot be read."""
    start, end = spans_of(roles, name, options.day_first)
    start, elapsed = _numbered(start, roles, options)
    columns = [s.column for s in roles.slots] or list(roles.values)
    decimal, is_open = decimal_of(columns, roles, options.decimal)
    roles = apart_by_quantity(roles, _groups(roles, table.n_rows, name))
    make = _wide if roles.slots else _long
    series = tuple(make(table, roles, name, (start, end, elapsed), decimal))
    if not any((~np.isnan(s.values)).any() for s in series):
        raise refuse("no_meter_data", name, what="no cell of its value columns holds a number")
    by_slots = slot_label(roles.slots)
    timed = (*roles.start, *([roles.hours] if roles.hours else []))
    told = end is not None or elapsed is not None or start.period or by_slots == "end"
    label = "start" if told else by_slots
    bad = int((~start.ok).sum())
    return Layout(
        series,
        bool(roles.slots),
        decimal,
        is_open,
        start.order,
        start.open_order,
        label,
        bad,
        start.style,
        label_is_fixed=by_slots == "end",
        unread=unread_times(lost_rows(start, timed), start, timed, columns),
        no_numbers=unread_values(columns, decimal),
    )


def _numbered(
    times: ParsedTimes, roles: Roles, options: ImportOptions
) -> tuple[ParsedTimes, IntArray | None]:
    """Dates with the numbered interval of the day: on the clock, or as seconds elapsed since midnight.

    Hours 1 to 24 (25 on the long day) count what has passed since midnight; hours 0 to 23 are what a clock shows.
    """
    if roles.hours is None:
        return times, None
    numbers = roles.hours.values(".")
    known = ~np.isnan(numbers)
    step = DAY // next(k for k in (24, 48, 96, 288) if np.nanmax(numbers) <= k + k // 20)
    first = int(np.nanmin(numbers))
    by_end = options.label == "end" and first == 1
    offset = (np.where(known, numbers, first).astype(np.int64) - (0 if by_end else first)) * step
    moved = replace(times, ok=times.ok & known, date_only=False)
    return (moved, offset) if first else (replace(moved, wall=times.wall + offset), None)


def _shown(
    start: ParsedTimes, wall: IntArray, rows: Any, filled: NDArray[np.bool_]
) -> tuple[int, int] | None:
    """What the clock of the file showed at the first and at the last instant of some rows."""
    if start.offset is None:
        return None
    instants, clock = wall[rows][filled], start.wall[rows][filled]
    return int(clock[instants.argmin()]), int(clock[instants.argmax()])


def _factor(table: Table, rows: Any, filled: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """The factors of the filled cells of some rows."""
    if table.factors is None or len(table.factors) == 1:
        return table.factors
    column = table.factors[rows].reshape(-1, *[1] * (filled.ndim - 1))
    return np.asarray(np.broadcast_to(column, filled.shape)[filled])


def _long(table: Table, roles: Roles, name: str, times: _Times, decimal: str) -> Iterator[RawSeries]:
    start, end, elapsed = times
    wall, estimated = start.instants, _estimated(roles.status)
    moments = wall if elapsed is None else wall * 2 * DAY + elapsed
    roles = replace(roles, keys=naming(roles.keys, moments, start.ok))
    finish = None if end is None else np.where(end.ok, end.instants, wall)
    parsed = [(c, c.values(decimal), c.is_money()) for c in stepped("rows", roles.values, since=0.5)]
    lost = lost_rows(start, (*roles.start, *([roles.hours] if roles.hours else [])))
    for key, rows in _groups(roles, table.n_rows, name):
        ok = start.ok[rows]
        unit_cell, scales = unit_of_rows(roles.unit, rows)
        for column, numbers, money in parsed:
            values = numbers[rows] if scales is None else numbers[rows] * scales
            filled = ok & ~np.isnan(values)
            if not filled.any():
                continue
            yield RawSeries(
                key, column.name, wall[rows][filled], None if finish is None else finish[rows][filled], values[filled],
                None if estimated is None else estimated[rows][filled], start.offset is not None, start.date_only,
                None if elapsed is None else elapsed[rows][filled], unit_cell=unit_cell or column.unit_of(rows),
                n_unreadable=_unreadable(column, numbers, key) + _lost(lost, rows, values),
                factor=_factor(table, rows, filled),
                shown=_shown(start, wall, rows, filled), money=money,
            )  # fmt: skip


def _unreadable(column: Column, numbers: NDArray[np.float64], key: str = "") -> int:
    return 0 if key else max(0, column.filled() - int((~np.isnan(numbers)).sum()))


def _lost(lost: NDArray[np.bool_] | None, rows: Any, values: NDArray[np.float64]) -> int:
    """How many values of some rows have no time."""
    return 0 if lost is None else int((~np.isnan(values[lost[rows]])).sum())


def _wide(table: Table, roles: Roles, name: str, times: _Times, decimal: str) -> Iterator[RawSeries]:
    start, _, _ = times
    begins, step, elapsed = slot_times(roles.slots)
    matrix = np.stack([s.column.values(decimal) for s in roles.slots], axis=1)
    wall, estimated = start.instants, _estimated(roles.status)
    roles = replace(roles, keys=naming(roles.keys, wall, start.ok))
    unreadable = sum(_unreadable(s.column, matrix[:, i]) for i, s in enumerate(roles.slots))
    lost = lost_rows(start, roles.start)
    for key, rows in _groups(roles, table.n_rows, name):
        values = np.where(start.ok[rows][:, None], matrix[rows], np.nan)
        unit_cell, scales = unit_of_rows(roles.unit, rows)
        values = values if scales is None else values * scales[:, None]
        filled = ~np.isnan(values)
        if not filled.any():
            continue  # a row of sums below the days
        days = np.broadcast_to(wall[rows][:, None], values.shape)
        offsets = np.broadcast_to(begins, values.shape)
        flags = None if estimated is None else np.broadcast_to(estimated[rows][:, None], values.shape)[filled]
        yield RawSeries(
            key, "", days[filled] if elapsed else (days + offsets)[filled], None, values[filled], flags,
            start.offset is not None, False, offsets[filled] if elapsed else None, step,
            unit_cell or roles.slots[0].column.unit_of(rows),
            (0 if key else unreadable) + _lost(lost, rows, matrix[rows]), _factor(table, rows, filled),
        )  # fmt: skip
