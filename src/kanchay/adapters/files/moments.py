"""Moments in parts: years, months, days, hours and quarters in columns of their own, and clocks without a colon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kanchay.adapters.files.arrays import strings
from kanchay.adapters.files.dateparts import CLOCK_WORDS, part_of_time
from kanchay.adapters.files.monthwords import with_month_names
from kanchay.adapters.files.serials import without_serials
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.words import matches, normal
from kanchay.adapters.files.zoneletters import with_zones
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["whole_moments"]


def whole_moments(table: Table) -> Table:
    """A table whose dates and clocks stand in one column each."""
    table = with_zones(with_month_names(without_serials(_dated(table))))
    dates = [c for c in table.columns if c.type == "date"]
    if not dates or any(c.type in ("datetime", "time", "range") for c in table.columns):
        return table
    return _clocked(_quartered(table))


def _numbers(column: Column | None) -> FloatArray | None:
    """Whole numbers of a column, NaN where it is empty; None where it holds something else."""
    if column is None or column.type != "number":
        return None
    numbers = column.values(".")
    known = numbers[~np.isnan(numbers)]
    return numbers if len(known) and bool((known == np.round(known)).all()) else None


def _by_part(table: Table) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for column in table.columns:
        part = part_of_time(column.name)
        if part:
            found.setdefault(part, column)
    return found


def _dated(table: Table) -> Table:
    """Year, month and day as one column of dates, where no other column tells any."""
    if any(c.type in ("datetime", "date", "epoch") for c in table.columns):
        return table
    parts = _by_part(table)
    month, day = _numbers(parts.get("month")), _numbers(parts.get("day"))
    year = _numbers(parts.get("year"))
    if month is None:
        return table
    if year is None and np.nanmin(month) > 190_000:  # 202502
        year, month = month // 100, month % 100
    if year is None or not (1975 <= np.nanmin(year) <= np.nanmax(year) < 2100 and np.nanmax(month) <= 12):
        return table
    parted = zip(
        year.tolist(), month.tolist(), [1.0] * len(year) if day is None else day.tolist(), strict=True
    )
    texts = strings(
        None if np.isnan(y + m + d) else f"{int(y):04d}-{int(m):02d}-{int(d):02d}" for y, m, d in parted
    )
    used = [parts.get(p) for p in ("year", "month", "day")]
    name = " ".join(c.name for c in used if c is not None)
    rest = [c for c in table.columns if not any(c is u for u in used)]
    return replace(table, columns=[Column(name, "date", texts=texts), *rest])


def _quartered(table: Table) -> Table:
    """Hours with their quarters as the number of the quarter in the day."""
    parts = _by_part(table)
    hour, quarter = _numbers(parts.get("hour")), _numbers(parts.get("quarter"))
    if hour is None or quarter is None or np.nanmax(quarter) - np.nanmin(quarter) != 3:
        return table
    first = np.nanmin(hour) if np.nanmin(hour) in (0, 1) else 1
    numbers = (hour - first) * 4 + quarter - np.nanmin(quarter) + 1
    used = (parts["hour"], parts["quarter"])
    rest = [c for c in table.columns if not any(c is u for u in used)]
    return replace(table, columns=[*rest, Column("quarter of the day", "number", numbers=numbers)])


def _clocked(table: Table) -> Table:
    """Hours with minutes, or numbers such as 0, 15, 130 and 2345, as a column of clock times."""
    parts = _by_part(table)
    hour, minute = _numbers(parts.get("hour")), _numbers(parts.get("minute"))
    if hour is not None and minute is not None and np.nanmax(minute) < 60 and np.nanmax(hour) <= 24:
        used = [parts["hour"], parts["minute"]]
        return _with_clock(table, used, hour * 60 + minute)
    for column in table.columns:
        numbers = _numbers(column) if matches(CLOCK_WORDS, normal(column.name)) else None
        read = None if numbers is None else _minutes(numbers, four=_has_four_digits(column))
        if read is not None:
            return _with_clock(table, [column], read)
    return table


def _has_four_digits(column: Column) -> bool:
    """Whether each cell is written as a clock time without its colon, some with a zero before it: 0900."""
    import pyarrow.compute as pc

    if column.texts is None:
        return False
    cells = column.cleaned()
    zero = pc.any(pc.match_substring_regex(cells, r"^0\d{3}$")).as_py()
    return bool(zero and pc.all(pc.match_substring_regex(cells, r"^([01]\d|2[0-4])[0-5]\d$")).as_py())


def _minutes(numbers: FloatArray, *, four: bool = False) -> FloatArray | None:
    """Minutes of the day of numbers such as 1530 or 153000; None where they are no clock.

    `four` says that they are written as one, so that few of them suffice.
    """
    known = numbers[~np.isnan(numbers)]
    if known.max() > 2400 and (known % 100 == 0).all():
        numbers, known = numbers // 100, known // 100
    different = np.unique(known)
    fits = known.min() >= 0 and 300 < known.max() <= 2400 and bool((known % 100 < 60).all())
    steps = np.diff(different // 100 * 60 + different % 100)
    even = four or (len(different) >= 12 and bool((steps == np.median(steps)).mean() > 0.9))
    return numbers // 100 * 60 + numbers % 100 if fits and even else None


def _with_clock(table: Table, used: Sequence[Column], minutes: FloatArray) -> Table:
    clock: IntArray = np.nan_to_num(minutes).astype(np.int64)
    known = ~np.isnan(minutes)
    texts = strings(
        f"{m // 60:02d}:{m % 60:02d}" if k else None
        for m, k in zip(clock.tolist(), known.tolist(), strict=True)
    )
    name = " ".join(c.name for c in used)
    columns = [Column(name, "time", texts=texts) if c is used[0] else c for c in table.columns]
    return replace(table, columns=[c for c in columns if not any(c is u for u in used)])
