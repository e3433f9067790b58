"""Exports with one row a day and a column for every interval of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kanchay.domain.interval import DAY, IntArray, wall_clock
from kanchay.simulate.exports.case import Case
from kanchay.simulate.exports.cells import Cell, moment
from kanchay.simulate.exports.meters import Channel
from kanchay.simulate.exports.rows import Grid, named, value
from kanchay.simulate.exports.words import WORDS

__all__ = ["shown_once", "wide"]


def shown_once(case: Case, starts: IntArray, channel: Channel) -> Channel:
    """The values that a table of clock times can hold: of the hour that comes twice the first."""
    if case.shape == "numbered":
        return channel
    wall = wall_clock(starts, case.tz)
    again = np.zeros(len(wall), dtype=bool)
    again[np.setdiff1d(np.arange(len(wall)), np.unique(wall, return_index=True)[1])] = True
    return replace(channel, values=np.where(again, np.nan, channel.values))


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def _slot_names(case: Case, n: int) -> list[str]:
    step = case.resolution_s
    if case.shape == "range":
        return [
            f"{_clock(s)}-{_clock((s + step) % DAY if case.seed % 2 else s + step)}"
            for s in range(0, DAY, step)
        ]
    if case.shape == "clock" and case.label == "end":
        return [_clock(s if s < DAY or case.seed % 2 else 0) for s in range(step, DAY + step, step)]
    if case.shape == "clock":
        return [_clock(s) for s in range(0, DAY, step)]
    prefix = ("H", "", "V", "Q")[case.seed % 4] if case.shape == "numbered" else "h"
    if case.shape == "hour":
        return [f"{h}h" if case.seed % 2 else f"{h:02d}:00" for h in range(n)]
    return [f"{prefix}{i + 1:02d}" if case.seed % 3 else f"{prefix}{i + 1}" for i in range(n)]


def wide(case: Case, starts: IntArray, chans: Sequence[Channel]) -> Grid:
    """Rows of days, of one channel after the other."""
    words = WORDS[case.language]
    wall = wall_clock(starts, case.tz)
    day, place = wall // DAY, wall % DAY // case.resolution_s
    n = DAY // case.resolution_s
    if case.shape == "numbered":
        first = np.searchsorted(day, day)
        place = np.arange(len(day)) - first
        n = max(n, int(place.max()) + 1)
    rows: list[list[Cell]] = []
    several = len(chans) > 1
    for c in chans:
        for d in np.unique(day).tolist():
            at = np.flatnonzero(day == d)
            cells: list[Cell] = [""] * n
            for i in at.tolist():
                if not cells[int(place[i])]:
                    cells[int(place[i])] = value(c, i, case)
            head: list[Cell] = [named(c, case)] if several else []
            unit: list[Cell] = [case.unit] if case.unit_said == "column" else []
            rows.append(
                [*head, moment(int(starts[at[0]]), replace(case, time=_date_style(case)))[0], *unit, *cells]
            )
    names = [words.meter[0]] if several and case.content == "meters" else ["Register"] if several else []
    names += [words.date[0], *([words.unit[0]] if case.unit_said == "column" else [])]
    rows = [[_day_only(c) for c in row] for row in rows]
    return Grid([*names, *_slot_names(case, n)], [], rows, len(names))


def _date_style(case: Case) -> str:
    return "date_clock" if case.time == "numeric" else case.time


def _day_only(cell: Cell) -> Cell:
    """A written date without the clock behind it."""
    if isinstance(cell, str) and ":" in cell:
        return cell.rsplit("T" if "T" in cell and cell[4:5] == "-" else " ", 2 if cell.endswith("M") else 1)[
            0
        ]
    return cell
