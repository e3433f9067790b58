"""Roles: which columns tell the time, which hold values, which name the series."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.cells import split_range
from kanchay.adapters.files.dateparts import is_part_of_time
from kanchay.adapters.files.flowcodes import spelt_out, tells_flow
from kanchay.adapters.files.grammar import pattern_of, read_pattern
from kanchay.adapters.files.identifiers import is_id, is_long_number, is_whole
from kanchay.adapters.files.naming import by_place, independent
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.slots import Slot, find_slots, stands_before
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.titles import unit_above, unit_of_all
from kanchay.adapters.files.words import (
    EXTREMES,
    ROLE_WORDS,
    direction_words,
    find_unit,
    matches,
    normal,
    quantity_words,
)
from kanchay.services.ports.files import ImportOptions

__all__ = ["Roles", "find_roles"]

_LAST: Final = {
    n for k in (24, 48, 96, 288) for n in (k - 1, k, k + k // 24)
}  # numbers of a day's last interval
_STATUS_CELLS: Final = re.compile(
    r"real|estimad\w*|geschat|gevalideerd|geen verbruik|actual|estimated|measured|valid\w*|ok|good|[aesfn]\d{0,2}",
    re.I,
)
_HOURS: Final = (
    r"hora|horas|hour|hr|h|he|heure|stunde|std|uur|ora|periodo|period|settlement period|intervalo?|hour ending|cuarto"
    r"|time|hh|qh|tramo"
)
_HOUR: Final = "hora|hour|hr|heure|stunde|std|uur|ora"
_TELL_DAYS: Final = ("datetime", "date", "epoch")
_EPOCHS: Final = (
    rf"{ROLE_WORDS['time']}|epoch\w*|unix\w*|moment|posix|millis|seconds|created|updated|registered|modified"
)
_REMARKS: Final = (
    r"observacion\w*|observac\w*|remarks?|comments?|notes?|bemerkung\w*|anmerkung\w*|kommentar\w*|opmerking\w*|remarques?"
    r"|commentaires?|comentarios?|notas?|memo|beschreibung|uwagi|poznamk\w*|megjegyzes|huomautus"
)
_MAX_KEYS: Final = 5000
_HEAD: Final = 2_000
_LONG_DAY_H: Final = 25


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns by what they do. `start` and `end` are one column, or a date and a time column."""

    start: tuple[Column, ...]
    end: tuple[Column, ...] = ()
    values: tuple[Column, ...] = ()
    slots: tuple[Slot, ...] = ()
    keys: tuple[Column, ...] = ()
    unit: Column | None = None
    status: Column | None = None
    context: str = ""
    unit_above: str = ""
    constants: tuple[tuple[str, str], ...] = field(default=())
    hours: Column | None = None  # which interval of the day a row is, as a number beside a date


def _says(column: Column, role: str) -> bool:
    return bool(matches(ROLE_WORDS[role], normal(column.name)))


def _named(table: Table, options: ImportOptions, *meanings: str) -> list[Column]:
    """Columns that the user named for these meanings."""
    found = []
    for meaning in meanings:
        for wanted in filter(None, (w.strip() for w in options.columns.get(meaning, "").split(","))):
            if meaning == "key" and wanted == "none":
                continue  # somebody looked: nothing tells the rows apart
            column = next((c for c in table.columns if c.name.strip().lower() == wanted.lower()), None)
            if column is None and wanted.isdigit() and 0 < int(wanted) <= len(table.columns):
                column = table.columns[int(wanted) - 1]
            if column is None:
                names = ", ".join(f"'{c.name}'" for c in table.columns[:12] if c.name)
                raise refuse("columns", "--map", what=f"there is no column '{wanted}'; there are {names}")
            found.append(column)
    return found


def _times(table: Table) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """Start and end columns, each one column or a date and a time."""
    columns = _of_readings(table.columns)
    moments = [c for c in columns if c.type == "datetime"]
    clocks = [c for c in columns if c.type in ("time", "range") and not matches(EXTREMES, normal(c.name))]
    if clocks or _has_hours(table):
        for column in moments:
            column.as_dates()  # a workbook writes a date as its midnight
        moments = [c for c in moments if c.type == "datetime"]
    dates = [c for c in columns if c.type == "date"]
    if moments and not _only_remarks(moments, dates, clocks):
        return _moments(moments)
    if not dates:
        epochs = [c for c in columns if c.type == "epoch"]
        spans = [c for c in clocks if _spans_moments(c)]
        return ((spans[0],), ()) if spans else _moments(epochs) if epochs else ((), ())
    if len(dates) >= 2 and len(clocks) >= 2:
        return (dates[0], clocks[0]), (dates[1], clocks[1])
    if len(clocks) >= 2:
        return (dates[0], clocks[0]), (dates[0], clocks[1])
    if clocks:
        return (dates[0], clocks[0]), ()
    return _moments(dates)


def _of_readings(columns: Sequence[Column]) -> list[Column]:
    """Columns without the times at which rows were made, changed or paid, where others tell times too."""
    noted = [c for c in columns if c.type in _TELL_DAYS and _is_noted(c)]
    others = any(c.type in _TELL_DAYS and c not in noted for c in columns)
    return [c for c in columns if not others or c not in noted]


def _is_noted(column: Column) -> bool:
    words = normal(column.name)
    return matches(ROLE_WORDS["noted"], words) == words != ""


def _only_remarks(moments: list[Column], dates: list[Column], clocks: list[Column]) -> bool:
    """Whether the moments only say when rows were made or changed: a date and a clock beside them tell more times."""
    if not dates or not clocks:
        return False
    told = max(_distinct(d) for d in dates) * max(_distinct(c) for c in clocks)
    return max(_distinct(m) for m in moments) * 4 < told


def _distinct(column: Column) -> int:
    """How many different cells a column of times has."""
    if column.texts is not None:
        return len(column.texts.dictionary_encode().dictionary)
    values = column.instants if column.instants is not None else column.numbers
    return 0 if values is None else len(np.unique(values))


def _spans_moments(column: Column) -> bool:
    """Whether each cell holds two moments or days, from … to …, so that no date is needed beside it."""
    words = column.keys()[1][:3]
    halves = [split_range(w.strip()) or ("", "") for w in words]
    forms = [read_pattern(pattern_of(half)) for pair in halves for half in pair]
    return bool(forms) and all(f is not None and f.kind in ("datetime", "date") for f in forms)


def _moments(columns: list[Column]) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """Of several time columns: those with a zone first; a second one is the end if its name says so."""
    if len(columns) > 1:  # one that is the same in every row tells the period, or when the file was made
        columns = [c for c in columns if _distinct(c) > 1] or columns
    aware = [c for c in columns if c.aware or matches("utc|gmt|timestamp utc", normal(c.name))]
    pool = aware if aware and len(aware) < len(columns) else columns
    starts = [c for c in pool if _says(c, "start")] or [c for c in pool if not _says(c, "end")] or pool
    ends = [c for c in pool if c is not starts[0] and _says(c, "end")]
    return (starts[0],), tuple(ends[:1])


def _has_hours(table: Table) -> bool:
    return any(c.type == "number" and matches(_HOURS, normal(c.name)) for c in table.columns)


def _hours(table: Table, start: tuple[Column, ...]) -> Column | None:
    """A column that numbers the hours (or shorter intervals) of each day, beside a column of dates."""
    if len(start) != 1 or start[0].type != "date":
        return None
    for column in table.columns:
        if column.type != "number" or column is start[0] or not _counts(column.head(_HEAD).values(".")):
            continue
        numbers = column.values(".")
        known = numbers[~np.isnan(numbers)]
        steps = known[1:] - known[:-1]
        whole = len(known) >= 12 and bool((known == np.round(known)).all())
        spans = whole and known.min() in (0, 1) and 22 <= known.max() <= 300
        named = matches(_HOURS, normal(column.name))
        if matches(_HOUR, normal(column.name)) and _part_of_a_day(start[0], known):
            return column
        if spans and named and ((steps == 1).mean() > 0.5 or len(np.unique(known)) >= 23):
            return column
        if spans and int(known.max()) in _LAST and _counts_days(start[0], steps):
            return column
    return None


def _counts(numbers: NDArray[np.float64]) -> bool:
    """Whether the numbers that a column begins with are whole, and small enough to count the intervals of a day."""
    known = numbers[~np.isnan(numbers)]
    return bool(((known == np.round(known)) & (known >= 0) & (known <= max(_LAST))).all())


def _part_of_a_day(date: Column, known: NDArray[np.float64]) -> bool:
    """Whether the rows of a single date number its first hours one by one."""
    counts = len(known) > 1 and known[0] in (0, 1) and bool((np.diff(known) == 1).all())
    return counts and known[-1] <= _LONG_DAY_H and _distinct(date) == 1


def _counts_days(dates: Column, steps: NDArray[np.float64]) -> bool:
    """Whether numbers count up by one and begin anew with each date, whatever their column is called."""
    return bool((steps == 1).mean() > 0.9) and int((steps < 0).sum()) + 1 == _distinct(dates)


def _constant(column: Column) -> str | None:
    """The only label of a column of text."""
    _, words = column.keys()
    return words[0] if len(words) == 1 else None


def _is_units(column: Column) -> bool:
    _, words = column.keys()
    if not _says(column, "unit") and all(len(w.strip()) < 2 for w in words):
        return False  # "A" may be actual, a phase, a tariff
    # "kitchen kWh" names a meter, "kWh" a unit.
    single = all(re.fullmatch(r"[^\s_]+", w.strip()) for w in words)
    known = sum(find_unit(f"({w.strip()})") is not None for w in words)
    named = known > 0 and _says(column, "unit")  # a currency among them is no unit of ours
    return 0 < len(words) <= 20 and single and (known == len(words) or named)


def _is_status(column: Column) -> bool:
    _, words = column.keys()
    cells = sum(bool(_STATUS_CELLS.fullmatch(w.strip())) for w in words)
    flows = any(direction_words(normal(w)) or find_unit(w) for w in words[:8] if len(w.strip()) > 2)
    if tells_flow(column):
        return False
    return (_says(column, "status") and not flows) or (0 < len(words) <= 8 and cells == len(words))


def _text_roles(
    columns: list[Column], most: int
) -> tuple[list[Column], Column | None, Column | None, list[tuple[str, str]]]:
    keys: list[Column] = []
    unit = status = None
    constants: list[tuple[str, str]] = []
    for column in columns:
        _, words = column.keys()
        if not words or matches(_REMARKS, normal(column.name)):
            continue
        if unit is None and not _says(column, "status") and _is_units(column):
            unit = column
        elif status is None and _is_status(column):
            status = column
        elif _constant(column) is not None:
            constants.append((column.name, words[0]))
        elif len(words) <= most:
            keys.append(column)
    return keys, unit, status, constants


def _is_part(column: Column) -> bool:
    """Whether a column only says again which year, day or hour a row is of."""
    return column.type == "number" and is_part_of_time(column.name, column.values("."))


def _is_moment(column: Column) -> bool:
    """Whether a column of ten digits or more is called a time: it tells that of the row once more."""
    words = normal(column.name)
    told = column.type == "epoch" and bool(matches(_EPOCHS, words))
    return told and not quantity_words(words) and find_unit(column.name) is None


def find_roles(table: Table, name: str, options: ImportOptions) -> Roles:
    """Give every column its role; raises `FileRefused` where times or values are missing."""
    start, end = _times(table)
    start = tuple(_named(table, options, "date", "time")) or start
    end = tuple(_named(table, options, "end")) or end
    if not start:
        raise refuse("no_meter_data", name, what="no column holds dates or times")
    hours = _hours(table, start) if not end else None
    used = {id(c) for c in (*start, *end, *([hours] if hours else []))}
    slots = find_slots(table, used) if hours is None else ()
    used |= {id(s.column) for s in slots}
    rest = [c for c in table.columns if id(c) not in used and not _is_part(c) and not _is_moment(c)]
    wanted = _named(table, options, "key", "meter", "register", "name")
    numbered = [c for c in rest if c.type in ("number", "epoch")]
    several = len(numbered) > 1 or bool(slots)
    named = [c for c in numbered if is_id(c) or (several and is_long_number(c))]
    if slots and not table.has_header:  # what stands before the date is the number of a house, a meter
        named += [c for c in numbered if c not in named and stands_before(table, c, used) and is_whole(c)]
    texts = [c for c in rest if c.type == "text" or c in named]
    # A wide table has few rows for each meter.
    most = min(_MAX_KEYS, table.n_rows if slots else max(2, table.n_rows // 3))
    keys, unit, status, constants = _text_roles(texts, most)
    keys = wanted or independent(spelt_out(keys))
    values = _named(table, options, "value") or [
        c for c in rest if c.type in ("number", "epoch") and c not in texts and c.filled() > 0
    ]
    if not values and not slots:
        raise refuse("no_meter_data", name, what="no column holds values")
    said = [
        table.sheet,
        *table.preamble[:30],
        *(f"{n} {v}" for n, v in constants),
        *(c.name for c in texts if c not in (unit, status)),
    ]
    # "Medium (power, water, gas, ...)" lists what could be.
    context = normal(" ".join(re.sub(r"\([^()]*,[^()]*\)", " ", line) for line in said))
    return Roles(
        start, end, () if slots else tuple(by_place(table.columns, values)), slots, tuple(keys),
        next(iter(_named(table, options, "unit")), unit), next(iter(_named(table, options, "status")), status),
        context, unit_above(table.preamble) or unit_of_all(constants), tuple(constants), hours,
    )  # fmt: skip
