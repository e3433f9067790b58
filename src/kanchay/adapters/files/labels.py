"""Label: which end of its interval a time marks, weighed from where in the day a file begins and ends.

Whole days run from 00:00 to 23:45 by starts and from 00:15 to 24:00 by ends. A file that begins or ends within a day
tells less, and one that does both tells next to nothing: there the habits of those who write such files are all there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from math import exp, log
from typing import Final

import numpy as np

from kanchay.adapters.files.evidence import SURE
from kanchay.adapters.files.explained import told_at
from kanchay.adapters.files.meaning import ENERGY, Meaning
from kanchay.adapters.files.prepared import Prepared
from kanchay.adapters.files.sunlight import odds_of_end
from kanchay.adapters.files.words import matches, normal
from kanchay.domain.interval import DAY, wall_clock
from kanchay.domain.point import Kind

__all__ = ["Label", "find_label"]

# How files lie among their days: whole days, from a midnight to some moment, from some moment to a midnight, or neither.
# Of the 15 samples of the golden tests 9 are whole, 4 begin at midnight, 2 do neither. Some ranges are closed, from 00:00
# to 00:00: one value more than whole days have, at either end.
_EDGES: Final = {"whole": 0.62, "closed": 0.02, "begins": 0.20, "ends": 0.03, "neither": 0.13}
# How often times mark ends there: in 13 of 20 layouts of distributors, who give whole days, with one time a row (i-DE,
# Enedis, E-Control, Netz NÖ, Tauron, ESB Networks, ČEZ, COES, E-Redes and others), and in 20 of 53 more exports of whole
# days. Who may choose any moment reads a device or a database: of 39 of these 3 do (Enphase's telemetry, for one).
_ENDS: Final = {"whole": 0.37, "closed": 0.37, "begins": 0.08, "ends": 0.08, "neither": 0.08}
_PRIOR: Final = log(sum(_EDGES[e] * _ENDS[e] for e in _EDGES)) - log(
    sum(_EDGES[e] * (1 - _ENDS[e]) for e in _EDGES)
)
_ALONE: Final = 0.85  # that times mark starts, where nothing about the day can be seen
_MOST: Final = 3  # different places in the day that are weighed
_BESIDE: Final = 8  # columns that are held against the amounts of a meter
_BEFORE: Final = (  # of the reading that an interval begins with
    r"prev\w*|anterior\w*|inicial|vorig\w*|vorherig\w*|anfang\w*|alt\w*|preced\w*|ancien\w*|beginstand|last|start\w*|opening"
)
# How much likelier an end is by the register beside amounts, which is read at the time of its row: it rose before that
# time by the amount of the row (but some rows that begin an interval hold the reading that closes it), or after it. Where
# the readings before and after it stand in one row, the first of them is not of that time.
_BY_REGISTER: Final = {"end": log(8.0), "start": -log(50.0)}


@dataclass(frozen=True, slots=True)
class Label:
    """Which end, why ("" where it has to be asked), and how likely that is."""

    end: str
    why: str
    chance: float = 1.0


def find_label(
    series: Sequence[Prepared],
    meanings: Sequence[Meaning],
    kinds: Sequence[Kind],
    tz: str,
    hints: Sequence[tuple[str, str]],
) -> Label:
    """Which end of the interval the times mark.

    `hints` are (label, reason) from column names or a profile, best first. Without them the first and the last time of
    the file, the readings of a register beside its steps, and the sun over a solar plant tell, and decide where the
    odds are those of `SURE`.
    """
    for label, why in hints:
        if label:
            return Label(label, why)
    open_ones = [s for s, k in zip(series, kinds, strict=True) if k is Kind.INTERVAL and s.end is None]
    if any(s.raw.date_only and s.step == DAY for s in open_ones):
        return Label("start", "first and last time of the file")  # a date alone is the day itself
    places = Counter(p for s in open_ones if (p := _place(s, tz)) is not None).most_common(_MOST)
    odds = log(1 / _ALONE - 1)
    if places:
        by_place = sum(log(_likely("end", *p) / _likely("start", *p)) for p, _ in places)
        odds = (1 - len(places)) * _PRIOR + by_place
        if _chance(odds) >= SURE:
            return Label("end" if odds > 0 else "start", "first and last time of the file", _chance(odds))
    register, sun = _by_register(series, meanings, kinds), odds_of_end(series, meanings, kinds, tz)
    odds += register + sun
    why = "readings beside it" if abs(register) > abs(sun) else "hours of the sun"
    return Label("end" if odds > 0 else "start", why if _chance(odds) >= SURE else "", _chance(odds))


def _by_register(series: Sequence[Prepared], meanings: Sequence[Meaning], kinds: Sequence[Kind]) -> float:
    """The logarithm of how much likelier ends are by a register of the same meter; 0 where none tells."""
    amounts = [
        s for s, m, k in zip(series, meanings, kinds, strict=True)
        if k is Kind.INTERVAL and m.quantity in ENERGY and s.end is None
    ]  # fmt: skip
    for s in amounts[:_MOST]:
        mine = (o for o in series if o is not s and _at_its_times(o, s))
        told = {told_at(o.values, s.values) for o in islice(mine, _BESIDE)} & set(_BY_REGISTER)
        if told:
            return max(_BY_REGISTER[end] for end in told)
    return 0.0


def _at_its_times(register: Prepared, amounts: Prepared) -> bool:
    """Whether a column may hold readings of the same meter taken at the times of the rows, and not before them."""
    same = register.raw.key == amounts.raw.key and np.array_equal(register.start, amounts.start)
    return same and not matches(_BEFORE, normal(register.raw.column))


def _chance(odds: float) -> float:
    return 1 / (1 + exp(-abs(odds)))


def _place(s: Prepared, tz: str) -> tuple[int, int, int] | None:
    """The places of the first and the last time among the intervals of a day, and how many there are."""
    if s.step is None or s.step >= DAY or DAY % s.step or not len(s.start):
        return None
    if tz == "UTC" and s.raw.shown is not None:  # no zone is known, but the file says its offset
        first, last = (t % DAY for t in s.raw.shown)
    else:
        first, last = (wall_clock(s.start[[0, -1]], tz) % DAY).tolist()
    if first % s.step or last % s.step:
        return -1, -1, DAY // s.step  # beside the marks of the clock
    return first // s.step, last // s.step, DAY // s.step


def _likely(label: str, first: int, last: int, n: int) -> float:
    """How likely files are of this label and begin and end at these places of the day."""
    opens, closes = (0, n - 1) if label == "start" else (1 % n, 0)
    begins, ends = first == opens, last == closes
    places = {
        "whole": float(begins and ends),
        "closed": float(first == last == 0),
        "begins": begins / n,
        "ends": ends / n,
        "neither": 1 / n**2,
    }
    return sum(_EDGES[e] * (_ENDS[e] if label == "end" else 1 - _ENDS[e]) * places[e] for e in _EDGES)
