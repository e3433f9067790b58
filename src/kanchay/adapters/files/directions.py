"""Direction where no word tells it: from daylight, from sub-meters beside a total, else import, to be asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from kanchay.adapters.files.explained import steps_are
from kanchay.adapters.files.meaning import ENERGY, FLOWS, Meaning
from kanchay.adapters.files.prepared import Prepared
from kanchay.adapters.files.words import matches, normal
from kanchay.domain.interval import DAY, HOUR, IntArray, wall_clock
from kanchay.domain.point import Direction, Kind
from kanchay.domain.reading import FloatArray
from kanchay.domain.units import Quantity

__all__ = ["by_daylight", "by_night", "find_directions"]

_ADDS_UP: Final = 0.002  # of a sum of rounded numbers
_TOTAL: Final = r"total|global|main|mains|aggregate|whole|total use|overall"
_GRID: Final = (Direction.IMPORT, Direction.EXPORT)
_SEEN: Final = 24  # rows
_MOST: Final = 8  # registers, and amounts, that are compared
_BACK: Final = 0.05
_ROUNDED: Final = 0.01  # of the largest value
_ACTIVE: Final = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)


def _amounts(s: Prepared, kind: Kind) -> tuple[FloatArray, IntArray]:
    """What flowed from each time on; of a register its rises."""
    if kind is not Kind.CUMULATIVE:
        return s.values, s.start
    near = np.diff(s.start) <= 1.5 * (s.step or 0)
    return np.maximum(np.diff(s.values), 0)[near], s.start[:-1][near]


def by_daylight(s: Prepared, kind: Kind, tz: str) -> bool:
    """Whether all but a hundredth of the energy comes between 5 and 21 h, over three days at least."""
    values, at = _amounts(s, kind)
    if len(values) < 48 or at[-1] - at[0] < 3 * DAY or (s.step or DAY) > HOUR or (values < 0).any():
        return False
    hour = wall_clock(at, tz) % DAY // HOUR
    night = (hour >= 21) | (hour < 5)
    total, share = values.sum(), float((values > 0).mean())
    # Nights without rows say nothing: without a third of the night seen, only the shape of the day is left.
    midday = values[(hour >= 10) & (hour < 16)].sum()
    return bool(total > 0 and share > 0.02 and values[night].sum() <= 0.01 * total and midday > 0.4 * total)


def by_night(s: Prepared, kind: Kind, tz: str) -> bool:
    """Whether energy flows one way at night as well, over a day at least: so does use, not a solar plant."""
    values, at = _amounts(s, kind)
    if len(values) < 20 or at[-1] - at[0] < 0.8 * DAY or (s.step or DAY) > HOUR or (values < 0).any():
        return False
    hour = wall_clock(at, tz) % DAY // HOUR
    night = (hour >= 22) | (hour < 4)
    share = float(values[night].sum()) / max(float(values.sum()), 1e-12)
    return bool(night.mean() > 0.1 and share > 0.25 * night.mean() and (values[night] > 0).mean() > 0.5)


def _both_ways(s: Prepared, kind: Kind) -> bool:
    """Whether a good part of what flowed went the other way."""
    back, forth = -s.values[s.values < 0].sum(), s.values[s.values > 0].sum()
    return kind is Kind.INTERVAL and bool(min(back, forth) > _BACK * (back + forth))


def find_directions(
    series: Sequence[Prepared], meanings: Sequence[Meaning], kinds: Sequence[Kind], tz: str, given: str | None
) -> list[Meaning]:
    """Meanings with a direction for every flow; `direction_from` stays empty where it is a plain guess."""
    meanings = _at_the_grid(series, _paired(series, meanings), kinds)
    names = [normal(s.raw.column) for s in series]
    active = [m.quantity in _ACTIVE for m in meanings]
    subs = any(m.submeter for m in meanings)
    totals = {n for n, a in zip(names, active, strict=True) if a and matches(_TOTAL, n)}
    appliances = bool(totals) and len({n for n, a in zip(names, active, strict=True) if a}) > len(totals)
    sunny = [
        m.quantity in _ACTIVE and m.direction is None and by_daylight(s, kind, tz)
        for s, m, kind in zip(series, meanings, kinds, strict=True)
    ]
    left = [
        i for i, (m, sun) in enumerate(zip(meanings, sunny, strict=True))
        if m.quantity in _ACTIVE and m.direction is None and not sun
    ]  # fmt: skip
    one = _of_one_role([series[i] for i in left])
    told = "given" if given else ""
    out = []
    for s, m, kind, name, sun in zip(series, meanings, kinds, names, sunny, strict=True):
        if m.quantity not in FLOWS:
            out.append(replace(m, direction=None, direction_from=""))
        elif m.direction is not None:
            both = m.quantity in _ACTIVE and m.direction in _GRID and _both_ways(s, kind)
            out.append(replace(m, direction=Direction(given or "net"), direction_from=told) if both else m)
        elif given is not None and not (
            sun and left
        ):  # what is told is told of the column that was asked about
            out.append(replace(m, direction=Direction(given), direction_from=told))
        elif m.quantity in _ACTIVE and appliances and name not in totals:
            out.append(
                replace(m, direction=Direction.CONSUMPTION, direction_from="beside a total", submeter=True)
            )
        elif m.quantity in _ACTIVE and (subs or appliances):
            out.append(replace(m, direction=Direction.CONSUMPTION, direction_from="sub-meters beside it"))
        elif sun:
            out.append(replace(m, direction=Direction.PRODUCTION, direction_from="daylight"))
        elif (s.values < 0).mean() > 0.02 and m.quantity in _ACTIVE:
            out.append(replace(m, direction=Direction.NET, direction_from=""))
        else:
            alone = m.quantity in _ACTIVE and one and by_night(s, kind, tz)
            out.append(replace(m, direction=Direction.IMPORT, direction_from="night" if alone else ""))
    return _with_registers(series, _with_parts(series, out), kinds)


def _of_one_role(left: Sequence[Prepared]) -> bool:
    """Whether columns that no word gives a direction are one flow, perhaps as energy and as power, or alike meters.

    Meters are alike where their names differ in numbers alone, as those of two buildings do; one of two meters that
    counts what a roof sends is told by its nights.
    """
    names = {normal(s.raw.column) for s in left}
    words = {" ".join(t for t in name.split() if not re.search(r"\d", t)) for name in names}
    if len(names) == 1 or (len(words) == 1 and words != {""}):
        return True
    return bool(left) and all(_in_step(left[0], s) for s in left[1:])


def _in_step(a: Prepared, b: Prepared) -> bool:
    """Whether two columns show the same values but for a factor and what rounding takes."""
    if len(a.values) < _SEEN or not np.array_equal(a.start, b.start) or not a.values.any():
        return False
    factor = float(b.values.sum() / a.values.sum()) if a.values.sum() else 0.0
    return bool(
        factor > 0 and np.abs(a.values * factor - b.values).max() <= _ROUNDED * np.abs(b.values).max()
    )


def _with_parts(series: Sequence[Prepared], meanings: list[Meaning]) -> list[Meaning]:
    """Columns that add up to the one called the total are parts of it, so that nothing is counted twice."""
    by_times: dict[bytes, list[int]] = {}
    for i, m in enumerate(meanings):
        if m.quantity in _ACTIVE and not m.submeter:
            by_times.setdefault(series[i].start.tobytes(), []).append(i)
    out = list(meanings)
    for flows in (f for f in by_times.values() if len(f) > 2):
        values = [series[i].values for i in flows]
        every = np.sum(values, axis=0)
        for i, total in zip(flows, values, strict=True):
            parts = every - total
            adds_up = (np.abs(parts - total) <= _ADDS_UP * np.abs(parts)).mean() > 0.9
            if adds_up and matches(_TOTAL, normal(series[i].raw.column)):
                out = [replace(m, submeter=True) if j in flows and j != i else m for j, m in enumerate(out)]
    return out


def _with_registers(
    series: Sequence[Prepared], meanings: list[Meaning], kinds: Sequence[Kind]
) -> list[Meaning]:
    """A register whose steps are the amounts beside it tells the same energy, so that nothing is counted twice."""
    flows = [i for i, m in enumerate(meanings) if m.quantity in ENERGY and not m.submeter]
    registers = [i for i in flows if kinds[i] is Kind.CUMULATIVE][:_MOST]
    amounts = [i for i in flows if kinds[i] is Kind.INTERVAL][:_MOST]
    out = list(meanings)
    for i in registers:
        beside = (series[j] for j in amounts if np.array_equal(series[j].start, series[i].start))
        if any(steps_are(series[i].values, other.values) for other in beside):
            out[i] = replace(out[i], submeter=True)
    return out


def _at_the_grid(
    series: Sequence[Prepared], meanings: Sequence[Meaning], kinds: Sequence[Kind]
) -> list[Meaning]:
    """What is "consumed" beside what was sent, or "generated" and never both at once, was counted where the grid begins.

    A load never stands still while its roof makes energy; what is bought does.
    """
    by: dict[Direction | None, list[int]] = {}
    for i, m in enumerate(meanings):
        if m.quantity in _ACTIVE and m.direction_from:
            by.setdefault(m.direction, []).append(i)
    used, made = by.get(Direction.CONSUMPTION, []), by.get(Direction.PRODUCTION, [])
    sent, bought = by.get(Direction.EXPORT, []), by.get(Direction.IMPORT, [])
    changes: dict[int, Direction] = {}
    if used and sent and not made and not bought:
        changes = dict.fromkeys(used, Direction.IMPORT)
    elif len(used) == len(made) == 1 and not sent and not bought:
        a, b = (_amounts(series[i], kinds[i])[0] for i in (*used, *made))
        if _exclude(a, b):
            changes = {used[0]: Direction.IMPORT, made[0]: Direction.EXPORT}
    return [
        replace(m, direction=changes[i], direction_from="beside it") if i in changes else m
        for i, m in enumerate(meanings)
    ]


def _exclude(a: FloatArray, b: FloatArray) -> bool:
    """Whether two flows are hardly ever there at once, and each stands still while the other one flows."""
    if len(a) != len(b) or len(a) < _SEEN or (a < 0).any() or (b < 0).any():
        return False
    both = np.minimum(a, b) > 0.02 * np.maximum(a.max(), b.max())
    still = (a <= 0) & (b > 0)
    return bool((b > 0).sum() > 3 and both.mean() < 0.1 and still.sum() > 0.3 * (b > 0).sum())


def _paired(series: Sequence[Prepared], meanings: Sequence[Meaning]) -> list[Meaning]:
    """What a utility received is export where it also tells what it delivered."""
    names = [normal(f"{s.raw.key} {s.raw.column}") for s in series]
    if not any(matches("delivered", n) for n in names):
        return list(meanings)
    return [
        replace(m, direction=Direction.EXPORT, direction_from="received")
        if m.quantity in FLOWS and matches("received", n)
        else m
        for m, n in zip(meanings, names, strict=True)
    ]
