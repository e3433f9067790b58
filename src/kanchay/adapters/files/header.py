"""Header: where in a file the table begins, how wide it is and what its columns are called.

Works on rows of cells, whatever they came from. Prose above the table, a row of units below the names, rows between
and a missing header are all found from the types of the cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kanchay.adapters.files.cells import TIMES, CellType, cell_type
from kanchay.adapters.files.dateparts import is_parted
from kanchay.adapters.files.pivot import is_pivot
from kanchay.adapters.files.serials import has_serials
from kanchay.adapters.files.words import find_unit

__all__ = ["Found", "column_types", "find_table", "is_row"]

_LONGEST_UNIT: Final = 12  # letters of a cell that is a unit
_NUMBERED: Final = re.compile(r"(?:point|channel|ch|canal|kanal|series|column)[ _.]?\d+", re.I)
# Beside units that we convert, what stands in a row of units: others, and words for columns that have none.
_NAMED_WITHIN: Final = 200  # rows
_SEEN: Final = 50  # rows below names
_UNIT_ROWS: Final = (
    "c f % hz h s ms min hours status text va kva mva vah kvah bar eur € pa hpa w/m2 w/m² kwh/kwp kwh/m2 unit unidad"
    " unidade eenheid einheit unite unita"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A table within rows: names, index of the first row of data, types by column, and how sure."""

    names: tuple[str, ...]
    first_row: int
    header_row: int | None
    width: int
    types: tuple[CellType, ...]
    score: float
    preamble: tuple[str, ...] = ()


def _is_data(types: Sequence[CellType]) -> bool:
    """A row with a time and a number (an epoch can be either)."""
    times = sum(t in TIMES for t in types)
    numbers = sum(t == "number" for t in types)
    epochs = sum(t == "epoch" for t in types)
    if times > epochs > 0:
        return True  # beside a written time, ten digits are a register
    return times > 0 and (numbers > 0 or epochs > 1 or ("empty" in types and times < len(types)))


def _is_serial(cells: Sequence[str], types: Sequence[CellType]) -> bool:
    """Whether ten digits stand again and again and nothing else does: the number of a device, no time with a value."""
    said = {cell.strip() for cell, t in zip(cells, types, strict=True) if t == "epoch"}
    return len(said) == 1 and set(types) <= {"epoch", "empty"}


def _has_value(types: Sequence[CellType]) -> bool:
    """Whether a row holds a number, or ten digits beside a written time or another epoch."""
    return "number" in types or ("epoch" in types and sum(t in TIMES for t in types) > 1)


def _majority(column: list[CellType]) -> CellType:
    """The type most filled cells have; one text among numbers does not make a column of text."""
    counts = Counter(t for t in column if t != "empty")
    return counts.most_common(1)[0][0] if counts else "empty"


def _column_types(rows: Sequence[Sequence[CellType]], width: int) -> tuple[CellType, ...]:
    return tuple(_majority([r[i] for r in rows if i < len(r)]) for i in range(width))


def _fits(row: Sequence[CellType], types: Sequence[CellType]) -> bool:
    """Whether a row could be data under these column types."""
    pairs = [(a, b) for a, b in zip(row, types, strict=False) if a != "empty"]
    agree = sum(a == b or {a, b} in ({"number", "epoch"}, {"date", "datetime"}) for a, b in pairs)
    at_times = [a for a, b in pairs if b in TIMES]
    return bool(pairs) and agree >= 0.6 * len(pairs) and any(a in TIMES for a in at_times)


def _goes_on(cells: Sequence[str], row: Sequence[CellType], types: Sequence[CellType]) -> bool:
    """Whether a row above the data is one of them although its time cannot be read: digits, and numbers beside."""
    if len(row) != len(types):
        return False
    values = [a for a, b in zip(row, types, strict=True) if b == "number" and a != "empty"]
    times = [c for c, a, b in zip(cells, row, types, strict=True) if b in TIMES and a == "text"]
    return bool(values) and set(values) == {"number"} and any(re.search(r"\d", c) for c in times)


def _is_header(row: Sequence[CellType], types: Sequence[CellType]) -> bool:
    """Names: text (or clock times, in wide tables) above columns of something else."""
    filled = [(a, b) for a, b in zip(row, types, strict=False) if a != "empty"]
    named = sum(a in ("text", "range") or (a in ("time", "number", "date") and a != b) for a, b in filled)
    if any(a in ("number", "epoch") for a, _ in filled) and 2 * len(filled) < len(types):
        return False  # a line about the file, shorter than its rows
    return len(filled) >= 2 and named >= 0.6 * len(filled) and not _fits(row, types)


def _is_run(cells: Sequence[str]) -> bool:
    """Whether the whole numbers of a row count up one by one, as the hours above a wide table do."""
    numbers = [int(c) for c in cells if c.strip().isdigit() and len(c.strip()) < 4]
    return len(numbers) >= 12 and all(b - a == 1 for a, b in pairwise(numbers))


def _unit_cell(cell: str) -> str:
    return cell.strip().strip("[]()").strip()


def _is_unit(cell: str) -> bool:
    said = _unit_cell(cell)
    return said.lower() in _UNIT_ROWS.split() or (
        len(said) <= _LONGEST_UNIT and find_unit(f"({said})") is not None
    )


def _is_unit_row(rows: Sequence[Sequence[str]], at: int, types: Sequence[CellType]) -> bool:
    """Units below the names; where each has a name right above, a pattern or a zone may stand below that of the time."""
    said = [(i, c) for i, c in enumerate(rows[at][: len(types)]) if c.strip()]
    units = [i for i, c in said if _is_unit(c)]
    if len(units) == len(said):
        return bool(said)
    above = rows[at - 1] if at else ()
    named = all(i < len(above) and cell_type(above[i]) == "text" for i in units)
    rest = [i for i, c in said if i not in units]
    return bool(units) and named and all(types[i] in TIMES for i in rest)


def _names(
    rows: Sequence[Sequence[str]], header: int | None, first: int, types: Sequence[CellType]
) -> tuple[str, ...]:
    """Column names, with units from a row below and blanks where nothing is written."""
    width = len(types)
    names = [""] * width
    if header is not None:
        for i, cell in enumerate(rows[header][:width]):
            names[i] = " ".join(cell.split()).strip("﻿ ")
        below = (at for at in range(header + 1, first) if _is_unit_row(rows, at, types))
        at = next(below, header - 1 if header and _all_units(rows[header - 1], rows[header]) else None)
        names = _with_upper(rows, header if at is None else min(at, header), names, types)
        for i, cell in enumerate(rows[at][:width] if at is not None else ()):
            given = cell.strip() and types[i] not in TIMES and _is_unit(cell)
            names[i] = f"{names[i]} [{_unit_cell(cell)}]" if given else names[i]
    return tuple(names)


def _all_units(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a row above the names holds nothing but units, below each other with names; "Unit: kW" is of the whole."""
    filled = [i for i, c in enumerate(cells) if c.strip()]
    fits = all(
        i < len(names) and names[i].strip() and _is_unit(cells[i]) and ":" not in cells[i] for i in filled
    )
    return fits and any(find_unit(f"({_unit_cell(cells[i])})") is not None for i in filled)


def _with_upper(
    rows: Sequence[Sequence[str]], header: int, names: Sequence[str], types: Sequence[CellType]
) -> list[str]:
    """Names that stand more than once, told apart by what a row above says; a cell there spans the empty ones behind."""
    mine = [n for n, t in zip(names, types, strict=True) if n and t not in TIMES]
    upper = rows[header - 1] if header > 0 else ()
    texts = [i for i, c in enumerate(upper) if c.strip() and cell_type(c) == "text"]
    if len(set(mine)) == len(mine) or len(texts) < 2 or max(texts) >= len(names):
        return list(names)
    out, last = [], ""
    for i, name in enumerate(names):
        last = upper[i].strip() if i in texts else last
        out.append(f"{last} {name}" if last and mine.count(name) > 1 and types[i] not in TIMES else name)
    return out


def _explained(name: str, preamble: Sequence[str]) -> str:
    """The name of a numbered column with what a line above the table says of it ("Point_1: MDB-1.KW")."""
    if _NUMBERED.fullmatch(name) is None:
        return name
    said = (line[len(name) + 1 :].strip() for line in preamble if line.startswith(f"{name}:"))
    return f"{name} {next(said, '')[:60]}".strip()


def column_types(rows: Sequence[Sequence[str]], width: int) -> tuple[CellType, ...]:
    """The type of each column of rows of cells."""
    return _column_types([[cell_type(c) for c in row] for row in rows], width)


def is_row(cells: Sequence[str]) -> bool:
    """Whether cells hold a time and a number."""
    return _is_data([cell_type(c) for c in cells])


def _parted(rows: Sequence[Sequence[str]], kinds: Sequence[Sequence[CellType]]) -> Found | None:
    """A table without a single time: names of a year and a month together tell days, or numbers count them."""
    for at, row in enumerate(rows[: min(len(rows) - 1, _NAMED_WITHIN)]):
        width = len(row)
        if "number" not in kinds[at + 1]:
            continue
        least = 3 if is_parted(row) else 2
        if width < least or (least == 2 and not _tells_days(row, rows[at + 1 : at + 1 + _SEEN])):
            continue
        below = [
            i for i in range(at + 1, len(rows)) if len(rows[i]) == width and kinds[i].count("number") >= least
        ]
        if len(below) > 1 and below[0] == at + 1:
            types = _column_types([kinds[i] for i in below], width)
            preamble = tuple(
                " ".join(c for c in r if c.strip()) for r in rows[:at] if any(c.strip() for c in r)
            )
            share = len(below) / (len(rows) - at - 1)
            return Found(_names(rows, at, at + 1, types), at + 1, at, width, types, share, preamble)
    return None


def _tells_days(names: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    return has_serials(names, below) or is_pivot(names, below)


def _parted_otherwise(row: Sequence[str], width: int) -> list[str]:
    """The names of a line that is parted by another sign than the rows below it; none where it is no such line."""
    if len([c for c in row if c.strip()]) != 1:
        return []
    line = next(c for c in row if c.strip())
    each = [[c.strip() for c in line.split(sign)] for sign in (";", "\t", "|", ",")]
    return next(
        (c for c in each if len(c) == width and all(cell_type(n) in ("text", "empty") for n in c)), []
    )


def find_table(rows: Sequence[Sequence[str]]) -> Found | None:
    """The best supported table in these rows, or None where no row holds a time and a number."""
    kinds = [[cell_type(c) for c in row] for row in rows]
    data = [i for i, row in enumerate(kinds) if _is_data(row) and not _is_serial(rows[i], row)]
    if not data:
        return _parted(rows, kinds)
    width = Counter(len(kinds[i]) for i in data).most_common(1)[0][0]
    wide = [i for i in data if len(kinds[i]) == width]
    block = [i for i in wide if _has_value(kinds[i])] or wide  # a date alone is prose
    types = _column_types([kinds[i] for i in block], width)
    # A header of clock times above columns of numbers is not data although it has times in it, nor is a date alone
    # ("Period from;01/03/2024") although its row fits.
    first = next(
        (
            i
            for i in range(len(kinds))
            if len(kinds[i]) >= min(width, 2)
            and _fits(kinds[i], types)
            and _is_data(kinds[i])
            and _has_value(kinds[i])
        ),
        None,
    )
    if first is None:
        return None
    while first and _goes_on(rows[first - 1], kinds[first - 1], types):
        first -= 1
    above_first = (i for i in range(first - 1, -1, -1) if not _is_unit_row(rows, i, types))
    header = next((i for i in above_first if _is_header(kinds[i], types) or _is_run(rows[i])), None)
    other = _parted_otherwise(rows[first - 1], width) if header is None and first else []
    if other:
        header, rows = first - 1, [*rows[: first - 1], other, *rows[first:]]
    rest = kinds[first:]
    fitting = [r for r in rest if len(r) == width and _fits(r, types)]
    typed = sum(t not in ("text",) for r in fitting for t in r) / max(1, sum(len(r) for r in fitting))
    score = len(fitting) / max(1, len(rest)) * (0.5 + 0.5 * typed) * (1 if width > 1 else 0)
    names = _names(rows, header, first, types)
    above = rows[: header if header is not None else first]
    preamble = tuple(" ".join(c for c in row if c.strip()) for row in above if any(c.strip() for c in row))
    names = tuple(_explained(name, preamble) for name in names)
    return Found(names, first, header, width, types, score, preamble)
