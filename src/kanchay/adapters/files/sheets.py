"""Sheets to tables: rows of typed cells, whatever kind of workbook they come from; every table of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.grid import MOST_SHEETS, Row
from kanchay.adapters.files.header import Found, find_table
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.table import Table
from kanchay.adapters.files.typed import typed_column, written

__all__ = ["read_sheets"]

_HEAD: Final = 400
_DIGIT: Final = re.compile("[0-9]")


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows with a table in them, without columns that nothing stands in; its columns are not made yet."""

    rows: Sequence[Row]
    found: Found

    @property
    def has_header(self) -> bool:
        return self.found.header_row is not None


def read_sheets(sheets: Iterable[tuple[str, list[Row]]], name: str, limits: Limits) -> list[Table]:
    """All tables of sheets, each with its title; raises `FileRefused` where no sheet has one."""
    tables: list[Table] = []
    filled = False
    for title, rows in sheets:
        filled = filled or bool(rows)
        tables += _tables(title, rows, limits)
    if not filled:
        raise refuse("empty", name)
    if not tables:
        raise refuse("no_meter_data", name, what="no sheet has rows with both a time and a number")
    return tables


def _is_break(row: Row) -> bool:
    """A row that holds no digit: empty, a title or names."""
    return not any(
        isinstance(v, (int, float, datetime, date, time, timedelta)) or _DIGIT.search(str(v or ""))
        for v in row
    )


def _tables(title: str, rows: list[Row], limits: Limits) -> list[Table]:
    """The tables of a sheet, cut in front of every run of rows without digits."""
    whole = _part(rows, limits)
    parts = _parts(rows, limits)
    if len(parts) < 2 and whole is not None:
        parts = [whole]
    return [_built(title, part) for part in parts]


def _parts(rows: list[Row], limits: Limits) -> list[_Part]:
    """What of a sheet has a table; rows without one go to the next that has, a part without names to the one before."""
    starts = [i for i, row in enumerate(rows) if _is_break(row) and (i == 0 or not _is_break(rows[i - 1]))]
    inner = [i for i in starts if i]
    if not inner or len(starts) > MOST_SHEETS:
        return []
    found: list[_Part] = []
    begin = 0
    for low, high in pairwise([0, *inner, len(rows)]):
        part = _part(rows[low:high], limits)
        if part is None:
            continue
        if found and not part.has_header:
            named = _part(rows[begin:high], limits) if begin < low else None
            if named is None or not named.has_header:
                continue
            part = named
        elif begin < low:
            part = _part(rows[begin:high], limits) or part
        found.append(part)
        begin = high
    return found


def _part(rows: Sequence[Row], limits: Limits) -> _Part | None:
    width = max((len(r) for r in rows), default=0)
    if not rows or width > limits.max_columns:
        return None
    used = [i for i in range(width) if any(len(r) > i and r[i] is not None for r in rows)]
    if len(used) < width or any(len(r) < width for r in rows):
        rows = [tuple(r[i] if i < len(r) else None for i in used) for r in rows]
    spread = range(_HEAD, len(rows), max(1, len(rows) // 200))
    head = [[written(v) for v in row] for row in (*rows[:_HEAD], *(rows[i] for i in spread))]
    found = find_table(head)
    return None if found is None else _Part(rows, found)


def _built(title: str, part: _Part) -> Table:
    """The table of a part, column by column."""
    found, body = part.found, part.rows[part.found.first_row :]
    columns = [
        typed_column(found.names[i], found.types[i], [row[i] for row in body])
        for i in range(min(found.width, len(part.rows[0])))
    ]
    facts = [("sheet", title), ("header", "yes" if found.header_row is not None else "no")]
    if found.header_row:
        facts.append(("lines_above", str(found.header_row)))
    return Table(
        columns, len(body), found.preamble, title, 0, tuple(facts), found.score, found.header_row is not None
    )
