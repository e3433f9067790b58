"""Exports with one row an interval: columns beside each other, rows told apart by a key, or from … to …."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kanchay.domain.interval import IntArray, local_midnight, to_datetime
from kanchay.simulate.exports.case import Case
from kanchay.simulate.exports.cells import Cell, Num, clock_of, moment, written_date
from kanchay.simulate.exports.dice import dice
from kanchay.simulate.exports.meters import Channel
from kanchay.simulate.exports.words import WORDS, Words

__all__ = ["Grid", "keyed", "long", "named", "value"]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A table: names, an optional row of units, and rows of cells; `times` is how many columns tell the time."""

    names: list[str]
    units: list[str]
    rows: list[list[Cell]]
    times: int


def named(channel: Channel, case: Case, *, tag: bool = True) -> str:
    """The header of a channel, with its unit where the header tells it."""
    phrase = f"{channel.phrase} {channel.tag}".strip() if tag else channel.phrase
    if case.unit_said != "header":
        return phrase
    style = case.seed % 5
    unit = channel.unit
    if style == 3:
        return f"{phrase} {unit}"
    if style == 4 and phrase.isascii():
        return f"{phrase.replace(' ', '_').lower()}_{unit.lower()}"
    return f"{phrase} [{unit}]" if style == 1 else f"{phrase} ({unit})"


def value(channel: Channel, i: int, case: Case) -> Cell:
    """The cell of a value, or what stands where it is missing."""
    amount = float(channel.values[i])
    if np.isnan(amount):
        return {"word": ("n/a", "-", "NULL")[case.seed % 3]}.get(case.missing, "")
    digits = case.digits if channel.scored and channel.unit != "°C" else 2
    return Num(amount, digits, channel.unit if case.unit_said == "cell" else "")


def _instants(case: Case, starts: IntArray) -> IntArray:
    """The instants that label the rows."""
    if case.kind == "cumulative":
        closed: IntArray = np.r_[starts, starts[-1] + case.resolution_s]
        return closed
    shift = case.resolution_s if case.label == "end" else 0
    instants: IntArray = starts + shift
    return instants


def _number_of_day(t: int, case: Case) -> int:
    """Which interval of its local day an instant begins, from 1."""
    day = to_datetime(int(t), case.tz).date()
    return (int(t) - local_midnight(day, case.tz)) // case.resolution_s + 1


def _time_names(case: Case, words: Words, rng: random.Random) -> list[str]:
    if case.layout == "from_to":
        start, end = rng.choice(words.start), rng.choice(words.end)
        if case.shape == "two":
            return [start, end]
        return [words.date[0], start, end] if case.shape == "date_two" else [words.date[0], words.clock[0]]
    if case.time in ("date_clock", "native_split") and case.layout != "from_to":
        return [rng.choice(words.date), rng.choice(words.clock)]
    if case.time == "two_clocks":
        return [f"{words.time[0]} (UTC)", f"{words.time[0]} (local)"]
    if case.time == "date_hour":
        return [rng.choice(words.date), rng.choice(words.hour)]
    name = rng.choice((words.end if case.label == "end" else words.start) if case.label_said else words.time)
    return [f"{name} (UTC)" if case.time in ("native_utc",) else name]


def _time_cells(t: int, case: Case) -> list[Cell]:
    if case.layout != "from_to":
        return moment(t, case, _number_of_day(t, case) if case.time == "date_hour" else 0)
    end = t + case.resolution_s
    if case.shape == "two":
        return moment(t, case) + moment(end, case)
    local, until = to_datetime(t, case.tz), to_datetime(end, case.tz)
    clocks = [clock_of(local, case), clock_of(until, case)]
    return [written_date(local, case), *(clocks if case.shape == "date_two" else [" - ".join(clocks)])]


def _extras(case: Case, words: Words, rng: random.Random) -> tuple[list[str], list[Cell]]:
    """Columns that are the same in every row: a serial number, a unit."""
    names: list[str] = []
    cells: list[Cell] = []
    if rng.random() < 0.2 and case.content != "meters":
        names.append(words.meter[-1])
        cells.append('="0012003004"' if case.quoting == "formula" else "ES00310012003")
    if case.unit_said == "column":
        names.append(words.unit[0])
        cells.append(case.unit)
    return names, cells


def _status(case: Case, words: Words, n: int) -> list[str]:
    flags = np.random.default_rng([case.seed, 5]).random(n) < 0.08
    at = case.seed % len(words.actual)
    return [words.estimated[at] if f else words.actual[at] for f in flags]


def _seen(case: Case, chans: Sequence[Channel], i: int) -> bool:
    """Whether the row of an instant is in the file."""
    return case.missing != "rows" or not all(np.isnan(c.values[i]) for c in chans)


def long(case: Case, starts: IntArray, chans: Sequence[Channel]) -> Grid:
    """One row an instant, a column for every channel."""
    words, rng = WORDS[case.language], dice(case.seed, "columns")
    times = _time_names(case, words, rng)
    names, cells = _extras(case, words, rng)
    instants = _instants(case, starts)
    status = _status(case, words, len(instants)) if case.status else []
    rows: list[list[Cell]] = []
    for i, t in enumerate(instants.tolist()):
        if _seen(case, chans, i):
            values = [value(c, i, case) for c in chans]
            rows.append([*_time_cells(t, case), *cells, *values, *status[i : i + 1]])
    heads = [*times, *names, *(named(c, case) for c in chans), *([words.status[0]] if status else [])]
    units = [""] * (len(times) + len(names)) + [c.unit for c in chans] + [""] * bool(status)
    return Grid(heads, units if case.unit_said == "row" else [], _ordered(case, rows), len(times))


def keyed(case: Case, starts: IntArray, chans: Sequence[Channel]) -> Grid:
    """One row an instant and channel, told apart by a column."""
    words, rng = WORDS[case.language], dice(case.seed, "columns")
    times = _time_names(case, words, rng)
    names, cells = _extras(case, words, rng)
    key = (
        words.meter[0]
        if case.content == "meters"
        else {"en": "Register", "de": "Register"}.get(case.language, "Canal")
    )
    instants = _instants(case, starts)
    rows = [
        [c.tag or c.phrase, *_time_cells(t, case), *cells, value(c, i, case)]
        for c in chans
        for i, t in enumerate(instants.tolist())
        if _seen(case, [c], i)
    ]
    flow = words.power if case.unit in ("kW", "W") else words.energy
    phrase = chans[0].phrase if all(c.phrase == chans[0].phrase for c in chans) else flow[1]
    head = named(Channel(phrase, "", None, True, chans[0].unit, chans[0].values), case)
    unit = ["", *[""] * (len(times) + len(names)), chans[0].unit] if case.unit_said == "row" else []
    return Grid([key, *times, *names, head], unit, _ordered(case, rows), 1 + len(times))


def _ordered(case: Case, rows: list[list[Cell]]) -> list[list[Cell]]:
    """Rows in the order of the export, some of them twice."""
    rng = dice(case.seed, "order")
    if case.repeated:
        rows = [copy for row in rows for copy in [row] * (2 if rng.random() < 0.05 else 1)]
    if case.order == "down":
        return rows[::-1]
    if case.order == "mixed":
        half = rng.randrange(len(rows))
        return rows[half:] + rows[:half]
    return rows
