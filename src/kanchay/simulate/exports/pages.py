"""Whole files: titles above, several tables or sheets, sums below, prose between and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kanchay.domain.interval import DAY, HOUR, IntArray, local_midnight, to_datetime, wall_clock
from kanchay.simulate.exports.case import Case
from kanchay.simulate.exports.cells import Cell, Num, written_date
from kanchay.simulate.exports.days import wide
from kanchay.simulate.exports.dice import dice
from kanchay.simulate.exports.meters import Channel
from kanchay.simulate.exports.rows import Grid, keyed, long, named
from kanchay.simulate.exports.words import WORDS

__all__ = ["Page", "pages"]


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A sheet, or the whole of a text file."""

    title: str
    rows: list[list[Cell]]


def _titles(case: Case) -> list[list[Cell]]:
    """Prose above a table, as one cell or as a name and a value; sometimes an empty line below."""
    words, rng = WORDS[case.language], dice(case.seed, "titles")
    lines: list[list[Cell]] = []
    for text in words.titles[: case.titles]:
        name, _, rest = text.partition(": ")
        lines.append([name, rest] if rest and rng.random() < 0.5 else [text])
    if case.titles >= 3 and case.seed % 2:
        lines += _dated(case)
    if case.unit_said == "title":
        lines.append([words.unit[0], case.unit] if rng.random() < 0.5 else [f"{words.unit[0]}: {case.unit}"])
    return lines + ([[]] if lines and rng.random() < 0.6 else [])


def _dated(case: Case) -> list[list[Cell]]:
    """Lines with dates and numbers that are no readings: the period, when the file was made, a number of pages."""
    words = WORDS[case.language]
    first, last = (
        to_datetime(local_midnight(case.day, case.tz) + n * DAY, case.tz) for n in (0, case.n_days)
    )
    style = replace(case, time="numeric")
    lines: list[list[Cell]] = [
        [words.start[0], written_date(first, style)],
        [words.end[0], written_date(last, style)],
    ]
    return (
        lines
        if case.seed % 3
        else [*lines, [f"{words.date[0]}: {last:%Y-%m-%d %H:%M}"], [words.meter[0], "100200300"]]
    )


def _table(grid: Grid) -> list[list[Cell]]:
    head: list[list[Cell]] = [list(grid.names)]
    return head + ([list(grid.units)] if grid.units else []) + grid.rows


def _with_sums(case: Case, grid: Grid, chans: Sequence[Channel]) -> Grid:
    """Sums that exports add: a row below, a row after every day, a column at the end."""
    word = WORDS[case.language].total[0]
    if case.summary == "column":
        rows = [
            [*row, Num(sum(c.value for c in row if isinstance(c, Num)), case.digits)] for row in grid.rows
        ]
        return replace(grid, names=[*grid.names, word], rows=rows)
    if case.summary == "days":
        return replace(grid, rows=_day_sums(case, grid, word))
    if case.summary == "total":
        return replace(grid, rows=[*grid.rows, _sum_row(case, grid.rows, [word, *[""] * (grid.times - 1)])])
    return grid


def _sum_row(case: Case, rows: list[list[Cell]], head: list[Cell]) -> list[Cell]:
    cells: list[Cell] = []
    for i in range(len(head), max(len(r) for r in rows)):
        numbers = [r[i].value for r in rows if i < len(r) and isinstance(r[i], Num)]  # type: ignore[union-attr]
        cells.append(Num(sum(numbers), case.digits) if numbers else "")
    return [*head, *cells]


def _day_sums(case: Case, grid: Grid, word: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for i, row in enumerate(grid.rows):
        rows.append(row)
        if i + 1 == len(grid.rows) or grid.rows[i + 1][0] != row[0]:
            same = [r for r in grid.rows if r[0] == row[0]]
            rows.append(_sum_row(case, same, [row[0], word]))
    return rows


def _grid(case: Case, starts: IntArray, chans: Sequence[Channel]) -> Grid:
    make = {"wide": wide, "keyed": keyed}.get(case.layout, long)
    return make(case, starts, chans)


def _cut(case: Case, starts: IntArray, chans: Sequence[Channel]) -> list[tuple[IntArray, list[Channel]]]:
    """The export cut at a midnight into two parts, as months are."""
    day = wall_clock(starts, case.tz) // DAY
    middle = np.unique(day)[len(np.unique(day)) // 2]
    parts = []
    for mine in (day < middle, day >= middle):
        parts.append((starts[mine], [replace(c, values=c.values[: len(starts)][mine]) for c in chans]))
    return parts


def _daily(case: Case, starts: IntArray, channel: Channel) -> list[list[Cell]]:
    """A row a day with its sum: the same energy once more."""
    day = wall_clock(starts, case.tz) // DAY
    hours = case.resolution_s / HOUR if channel.unit in ("kW", "W") else 1.0
    unit = {"kW": "kWh", "W": "Wh"}.get(channel.unit, channel.unit)
    words = WORDS[case.language]
    rows: list[list[Cell]] = [[words.date[0], f"{words.total[0]} ({unit})"]]
    for d in np.unique(day).tolist():
        first = int(starts[day == d][0])
        total = float(np.nansum(channel.values[: len(starts)][day == d])) * hours
        rows.append([written_date(to_datetime(first, case.tz), case), Num(total, case.digits)])
    return rows


def _tables(case: Case, starts: IntArray, chans: Sequence[Channel]) -> list[tuple[str, list[list[Cell]]]]:
    """Titles and tables of a file with several."""
    words = WORDS[case.language]
    if case.shape in ("titled", "named"):
        out = []
        for c in chans:
            title = f"{c.phrase} {c.tag}".strip()
            column = words.power[0] if c.unit in ("kW", "W") else words.energy[0]
            plain = replace(c, phrase=column, tag="") if case.shape == "titled" else c
            out.append((title, _table(long(case, starts, [plain]))))
        return out
    if case.shape == "months":
        return [(str(i + 1), _table(long(case, s, c))) for i, (s, c) in enumerate(_cut(case, starts, chans))]
    return [
        (words.total[0], _daily(case, starts, chans[0])),
        (words.titles[0], _table(long(case, starts, chans))),
    ]


def _sheets(case: Case, starts: IntArray, chans: Sequence[Channel]) -> list[Page]:
    words = WORDS[case.language]
    if case.shape == "summary":
        facts: list[list[Cell]] = [
            [words.titles[0]],
            [words.total[0], Num(float(np.nansum(chans[0].values)), 2)],
        ]
        return [
            Page(words.total[0], facts),
            Page(words.titles[0], _titles(case) + _table(long(case, starts, chans))),
        ]
    shape = "days_above" if case.shape == "days_beside" else case.shape
    tables = _tables(replace(case, shape=shape), starts, chans)
    return [Page(title.replace("/", " ")[-30:].strip(), rows) for title, rows in tables]


def pages(case: Case, starts: IntArray, chans: Sequence[Channel]) -> list[Page]:
    """The pages of an export: one for text, several sheets for some workbooks."""
    if case.layout == "sheets":
        return _sheets(case, starts, chans)
    words, rng = WORDS[case.language], dice(case.seed, "between")
    rows = _titles(case)
    if case.layout == "tables":
        for title, table in _tables(case, starts, chans):
            rows += [[title], *([[]] if rng.random() < 0.3 else []), *table, *([[]] * rng.randint(1, 2))]
    else:
        if case.layout == "wide" and len(chans) == 1:
            rows += [[named(chans[0], case)]]
        rows += _table(_with_sums(case, _grid(case, starts, chans), chans))
    if case.titles >= 3 and case.container != "parquet" and rng.random() < 0.4:
        rows += [[], [rng.choice(words.closing)]]
    return [Page(words.titles[0][:30], rows)]
