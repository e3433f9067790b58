"""Pivot: tables with days or hours down and months, years or dates across, turned into one row a value.

The year of months across stands in the sheet's name, in a line above or in the file's name. Columns that are no month
or date, such as totals, are left out, and so are rows below such as sums.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import Any, Final

import numpy as np

from kanchay.adapters.files.arrays import strings
from kanchay.adapters.files.dateparts import part_of_time
from kanchay.adapters.files.grammar import MONTHS, pattern_of, plain_word, read_pattern
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.words import normal, quantity_words

__all__ = ["is_pivot", "unpivoted"]

_YEAR: Final = re.compile(r"(?<!\d)(?:19[89]|20[0-9])\d(?!\d)")
_LEAST: Final = 2  # columns across
_DAYS: Final = range(1, 32)
_MOSTLY: Final = 0.8  # of the first cells of rows


@dataclass(frozen=True, slots=True)
class _Axes:
    """The date of each cell: `across` by number of column, `down` what a cell of the first column says."""

    across: dict[int, str]
    down: Callable[[str, str], str | None]
    clock: bool = False  # rows are clock times of the dates across


def _month(word: str) -> int | None:
    name = plain_word(word)
    return MONTHS.get(name)


def _year(word: str) -> str | None:
    """A year alone; a workbook may have written it as a number."""
    text = word.strip().removesuffix(".0")
    return text if _YEAR.fullmatch(text) else None


def _date(word: str) -> str | None:
    form = read_pattern(pattern_of(word.strip()))
    whole = form is not None and form.kind == "date" and ("d" in form.fields or "a" in form.fields)
    return word.strip() if whole else None


def _number(cell: str, among: range) -> int | None:
    text = cell.strip().removesuffix(".0").rstrip(".")
    return int(text) if text.isdigit() and len(text) <= 2 and int(text) in among else None


def _places(names: Sequence[str], says: Callable[[str], Any]) -> dict[int, str]:
    """The columns behind the first of which a name says something, each something else."""
    found = {i: says(name) for i, name in enumerate(names) if i and name.strip()}
    known = {i: str(said) for i, said in found.items() if said is not None}
    return known if len(known) >= _LEAST and len(set(known.values())) == len(known) else {}


def _axes(names: Sequence[str], first: Sequence[str], year: str | None) -> _Axes | None:
    """What runs across and what runs down; None where a table is no pivot, or its year stands nowhere."""
    by_month, by_year, by_date = (_places(names, says) for says in (_month, _year, _date))
    if not (by_month or by_year or by_date):
        return None
    cells = [c for c in first if c.strip()]

    def mostly(says: Callable[[str], object]) -> bool:
        return bool(cells) and sum(says(c) is not None for c in cells) > _MOSTLY * len(cells)

    if by_month and year and part_of_time(names[0]) != "month" and mostly(lambda c: _number(c, _DAYS)):
        return _Axes({i: f"{year}-{int(m):02d}" for i, m in by_month.items()}, _of_day)
    if by_year and mostly(_month_of):
        return _Axes(by_year, _of_month)
    if by_date and mostly(_clock):
        return _Axes(by_date, lambda date, cell: date if _clock(cell) else None, clock=True)
    return None


def _of_day(month: str, cell: str) -> str | None:
    day = _number(cell, _DAYS)
    return None if day is None else f"{month}-{day:02d}"


def _month_of(cell: str) -> int | None:
    return _month(cell) or _number(cell, range(1, 13))


def _of_month(year: str, cell: str) -> str | None:
    month = _month_of(cell)
    return None if month is None else f"{year}-{month:02d}"


def _clock(cell: str) -> str | None:
    """A cell that is a clock time."""
    form = read_pattern(pattern_of(cell.strip()))
    return cell if form is not None and form.kind == "time" else None


def is_pivot(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows below these names are a pivot without a single time: whether its year is known shows later."""
    filled = [row[0] for row in rows if len(row) == len(names) and row[0].strip()]
    return len(filled) > 1 and _axes(names, filled, "2000") is not None


def unpivoted(table: Table, stem: str) -> Table:
    """The table with one row a value, where it is a pivot; else as it is.

    Parameters
    ----------
    table : Table
    stem : str
        Name of the file without its ending, which may name the year.
    """
    if len(table.columns) <= _LEAST:
        return table
    first = _cells(table.columns[0])
    names = [c.name for c in table.columns]
    axes = _axes(names, first, _year_of((table.sheet, *table.preamble, stem)))
    if axes is None or any(table.columns[i].type not in ("number", "empty") for i in axes.across):
        return table
    left = [n for i, n in enumerate(names) if i and i not in axes.across and n.strip()]
    facts = table.facts + tuple(("left_out", n) for n in left)
    columns = _rows(table, axes, first)
    return replace(table, columns=columns, n_rows=len(columns[0].texts), facts=facts)


def _rows(table: Table, axes: _Axes, first: Sequence[str]) -> list[Column]:
    """Dates, clock times and values below each other, one column of the table after the other; empty cells left out."""
    dates: list[str] = []
    clocks: list[str] = []
    values: list[str | None] = []
    numbers: list[float] = []
    for i, across in axes.across.items():
        column = table.columns[i]
        written = _texts(column, len(first))
        known = np.full(len(first), np.nan) if column.numbers is None else column.numbers
        for cell, text, number in zip(first, written, known.tolist(), strict=True):
            date = axes.down(across, cell)
            if date is not None and (text or not isnan(number)):
                dates.append(date)
                clocks.append(cell.strip())
                values.append(text)
                numbers.append(number)
    typed = None if np.isnan(numbers).all() else np.array(numbers)
    made = [Column("date", "date", texts=strings(dates))]
    made += [Column("time", "time", texts=strings(clocks))] if axes.clock else []
    return [*made, Column(_said(table), "number", texts=strings(values), numbers=typed)]


def _said(table: Table) -> str:
    """What the values are by the last line above that says so."""
    return next((line for line in reversed(table.preamble) if quantity_words(normal(line))), "")


def _year_of(said: Sequence[str]) -> str | None:
    """The one year that the first of these texts names which names any."""
    for text in said:
        years = set(_YEAR.findall(text))
        if years:
            return years.pop() if len(years) == 1 else None
    return None


def _texts(column: Column, n: int) -> list[str | None]:
    return [None] * n if column.texts is None else column.texts.to_pylist()


def _cells(column: Column) -> list[str]:
    """The cells of a column as people write them; none where its container types them as times or labels."""
    if column.texts is None and column.numbers is None:
        return []
    codes, words = column.keys()
    return [words[code] if code >= 0 else "" for code in codes.tolist()]
