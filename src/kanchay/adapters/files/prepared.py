"""A raw series in UTC: sorted, each instant once, its usual step known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.clock import Localised, localise, shown_twice
from kanchay.adapters.files.layout import RawSeries
from kanchay.adapters.files.refusal import refuse
from kanchay.analysis.quality.derive import usual_step
from kanchay.analysis.quality.registers import register_steps
from kanchay.domain.interval import DAY, IntArray, wall_clock

__all__ = ["Prepared", "prepare", "with_usual_step"]

_MOST_SWAPS: Final = 3
_READ: Final = 5  # readings that show a register
_ANEW: Final = 0.1  # of what the old register showed
_OFF_GRID: Final = 0.001  # share of steps beside the grid from which a series counts as irregular


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Instants (UTC seconds, ascending, unique) and values as written.

    `step` is the usual distance of instants and `regular` whether they keep to it (gaps allowed). `duplicates` counts
    rows left out because their instant came again, `conflicts` those of them with another value.
    """

    raw: RawSeries
    start: IntArray
    end: IntArray | None
    values: NDArray[np.float64]
    estimated: NDArray[np.bool_]
    step: int | None
    regular: bool
    duplicates: int
    conflicts: int
    clock: Localised


def prepare(raw: RawSeries, tz: str, clock_kind: str | None = None) -> Prepared:
    """Bring one raw series to UTC; of rows with the same instant the last one counts."""
    raw = _from_the_minute(raw)
    clock = Localised(raw.wall) if raw.absolute else localise(raw.wall, tz, clock_kind)
    if clock.folds:
        once = _once(raw, tz)
        repeated, raw = len(raw.wall) - len(once.wall), once
        clock = localise(raw.wall, tz, clock_kind)
    else:
        repeated = 0
    start = clock.utc if raw.after is None else clock.utc + raw.after
    counted = _counted(raw, clock, tz)
    if counted is not None:
        start, clock = counted, Localised(counted, clock.folds)
    end = _ends(raw, start, tz, clock_kind)
    keep = _phantoms(raw, clock, tz)
    if keep is not None:
        clock = Localised(localise_with_gap(raw.wall, tz), clock.folds, clock.holes)
        start = clock.utc
    else:
        keep = np.ones(len(start), dtype=bool)
    start, swapped = _swaps(start, raw.values)
    rows, twice, conflicts = _rows(start, keep, raw.values)
    twice += repeated
    unique, values = start[rows], raw.values[rows]
    end = None if end is None else end[rows]
    estimated = np.zeros(len(unique), bool) if raw.estimated is None else raw.estimated[rows]
    if raw.by_step and raw.factor is not None:
        known = _Registers(unique, values, estimated, raw.factor[rows])
        return _by_step(raw, known, clock, (twice, conflicts))
    seen = unique[~np.isin(unique, start[swapped])] if swapped.any() else unique
    step = _step(raw, seen, end, tz)
    regular = _regular(raw, seen, step, tz)
    return Prepared(raw, unique, end, values, estimated, step, regular, twice, conflicts, clock)


def _swaps(start: IntArray, values: NDArray[np.float64]) -> tuple[IntArray, NDArray[np.bool_]]:
    """Times with the second of two readings a second later, where a register was changed; and which rows those are.

    The first reading ends the old register, the second begins the new one near zero, and all others rise.
    """
    swapped = np.zeros(len(start), dtype=bool)
    again = np.flatnonzero(start[1:] == start[:-1]) + 1
    if not 0 < len(again) <= _MOST_SWAPS or len(start) < _READ or (np.diff(start) < 0).any():
        return start, swapped
    falls = np.flatnonzero(np.diff(values) < 0) + 1
    if np.array_equal(falls, again) and (values[again] <= _ANEW * values[again - 1]).all():
        swapped[again] = True
    return start + swapped, swapped


def with_usual_step(series: Sequence[Prepared]) -> list[Prepared]:
    """A series of a single time takes the step of those beside it: nothing else tells how long it lasted."""
    steps = Counter(s.step for s in series if s.step)
    usual = steps.most_common(1)[0][0] if steps else None
    alone = [usual is not None and s.step is None and s.end is None and len(s.start) == 1 for s in series]
    return [replace(s, step=usual, regular=True) if a else s for s, a in zip(series, alone, strict=True)]


def _rows(
    start: IntArray, keep: NDArray[np.bool_], values: NDArray[np.float64]
) -> tuple[IntArray | slice, int, int]:
    """The rows to keep in order of time, the last of each instant; how many came twice, and with another value."""
    if keep.all() and (start[1:] > start[:-1]).all():
        return slice(None), 0, 0  # as most files are: nothing to sort, nothing to copy
    order = np.argsort(start, kind="stable")
    order = order[keep[order]]
    last = start[order][1:] != start[order][:-1]
    other = values[order][1:] != values[order][:-1]
    return order[np.r_[last, True]] if len(order) else order, int((~last).sum()), int((~last & other).sum())


def _from_the_minute(raw: RawSeries) -> RawSeries:
    """Starts that name the first second inside (14:00:01 to 14:30:00) moved to where the interval begins."""
    inside = raw.end is not None and len(raw.wall) and (raw.wall % 60 == 1).all() and not (raw.end % 60).any()
    return replace(raw, wall=raw.wall - 1) if inside else raw


def _once(raw: RawSeries, tz: str) -> RawSeries:
    """A series without copies of rows in the hour that clocks show twice: a copy is not the second pass.

    A row that says again what the one before says is a copy where the time stands more than twice, or where the file
    copies rows at other times too; two zeros are two passes at night.
    """
    _, which, counts = np.unique(raw.wall, return_inverse=True, return_counts=True)
    same = np.r_[False, (raw.wall[1:] == raw.wall[:-1]) & (raw.values[1:] == raw.values[:-1])]
    copies = bool((same & ~shown_twice(raw.wall, tz)).any())
    keep = ~(same & (counts[which] == 2) & (raw.values != 0) & copies)
    for label in np.unique(which[same & (counts[which] > 2)]):
        extra = np.flatnonzero(same & (which == label))[: counts[label] - 2]
        keep[extra] = False
    if keep.all():
        return raw
    return replace(
        raw,
        wall=raw.wall[keep],
        values=raw.values[keep],
        end=None if raw.end is None else raw.end[keep],
        estimated=None if raw.estimated is None else raw.estimated[keep],
        after=None if raw.after is None else raw.after[keep],
        factor=raw.factor[keep] if raw.by_step and raw.factor is not None else raw.factor,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Registers:
    """Readings of a register in order of time, each with the factor that held then."""

    start: IntArray
    value: NDArray[np.float64]
    estimated: NDArray[np.bool_]
    factor: NDArray[np.float64]


def _by_step(raw: RawSeries, seen: _Registers, clock: Localised, twice: tuple[int, int]) -> Prepared:
    """What a register rose by, times the factor that held then; a step in which the factor changed is left out."""
    usual = usual_step(seen.start)
    edges = [0, *(np.flatnonzero(np.diff(seen.factor)) + 1).tolist(), len(seen.start)]
    parts = [_steps(seen, low, high, usual or 0) for low, high in pairwise(edges) if high > low]
    start, end, value, estimated = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    if not len(start):
        raise refuse(
            "no_meter_data", raw.column or raw.key, what="its factor changes from reading to reading"
        )
    return Prepared(
        raw,
        start,
        end,
        value,
        estimated.astype(bool),
        usual,
        _regular(raw, seen.start, usual, "UTC"),
        *twice,
        clock,
    )


def _steps(
    seen: _Registers, low: int, high: int, usual: int
) -> tuple[IntArray, IntArray, NDArray[np.float64], NDArray[np.bool_]]:
    """Starts, ends, energy and doubts of the steps between readings of one factor."""
    found = register_steps(seen.value[low:high])
    kept = found.kept + low
    begin, end = seen.start[kept[:-1]], seen.start[kept[1:]]
    doubt = found.guessed | seen.estimated[kept[1:]] | seen.estimated[kept[:-1]] | (end - begin > 1.5 * usual)
    known = ~np.isnan(found.energy)
    return begin[known], end[known], found.energy[known] * seen.factor[low], doubt[known]


def localise_with_gap(wall: IntArray, tz: str) -> IntArray:
    """UTC of wall times even where the clock skipped them (they land after the gap)."""
    from kanchay.domain.interval import utc_offset

    return wall - utc_offset(wall - utc_offset(wall, tz), tz)


def _counted(raw: RawSeries, clock: Localised, tz: str) -> IntArray | None:
    """Wide tables may count the intervals of a day: a short day then leaves its last columns empty, no hole inside."""
    if raw.slot_s is None or not clock.fixed:
        return None
    midnight = raw.wall // DAY * DAY
    first, after = (localise_with_gap(day, tz) for day in (midnight, midnight + DAY))
    counted = first + (raw.wall - midnight)
    return counted if (counted < after).all() else None


def _phantoms(raw: RawSeries, clock: Localised, tz: str) -> NDArray[np.bool_] | None:
    """Wide tables have columns for the hour that the clock skips: zeros there are no readings."""
    if raw.slot_s is None or not clock.fixed:
        return None
    utc = localise_with_gap(raw.wall, tz)
    skipped = wall_clock(utc, tz) != raw.wall
    return ~skipped if not raw.values[skipped].any() else None


def _ends(raw: RawSeries, start: IntArray, tz: str, clock: str | None) -> IntArray | None:
    """Interval ends in UTC where the file has them; an end before its start is the zone's doing."""
    if raw.end is None:
        return None
    end = raw.end if raw.absolute else localise(_past_last_day(raw.wall, raw.end), tz, clock).utc
    end = _closed(start, end)
    usual = int(np.median(end - start))
    # Around a change of the clock an end can be read an hour off; its start and the usual length settle it.
    slip = np.abs(end - start - usual)
    return np.where((end <= start) | (slip == 3600) | (np.abs(slip - DAY) <= 3600), start + usual, end)


def _past_last_day(start: IntArray, end: IntArray) -> IntArray:
    """Ends of days that name the last day inside: of two periods the second begins on the day after the first ends."""
    whole = not (start % DAY).any() and not (end % DAY).any() and len(start) > 1
    gaps = np.sort(start)[1:] - np.sort(end)[:-1] if whole else np.zeros(0)
    return end + DAY if whole and 2 * (gaps == DAY).sum() > len(gaps) and (gaps > 0).all() else end


def _closed(start: IntArray, end: IntArray) -> IntArray:
    """Half-open ends where the file names the last minute or second inside: 00:00 to 00:59 is an hour."""
    usual, step = int(np.median(end - start)), usual_step(np.unique(start))
    short = (step or 0) - usual
    return end + short if step is not None and short in (1, 60) and usual > 0 else end


def _step(raw: RawSeries, start: IntArray, end: IntArray | None, tz: str) -> int | None:
    if raw.slot_s is not None:
        return raw.slot_s
    if end is not None and len(end):
        return int(np.sort(end - start)[len(end) // 2]) or None  # one that occurs: no month has 30.5 days
    if raw.date_only and not raw.absolute:
        days = np.diff(np.unique(wall_clock(start, tz) // DAY))
        return int(np.bincount(days).argmax()) * DAY if len(days) else DAY
    return usual_step(start)


def _regular(raw: RawSeries, start: IntArray, step: int | None, tz: str) -> bool:
    """Whether all but a thousandth of the steps are whole multiples of the usual one."""
    if step is None:
        return False
    if raw.slot_s is not None or len(start) < 2:
        return True
    clock = wall_clock(start, tz) if step >= DAY else start
    off = np.diff(clock) % step != 0
    return bool(off.mean() <= _OFF_GRID)
