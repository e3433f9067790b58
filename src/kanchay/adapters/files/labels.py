"""Label: which end of its interval a time marks, weighed from where in the day a file begins and ends.

Whole days run from 00:00 to 23:45 by starts and from 00:15 to 24:00 by ends. A file that begins or ends within a day
tells less, and one that does both tells next to nothing: there the habits of those who write such files are all there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Final

from kanchay.adapters.files.evidence import SURE
from kanchay.adapters.files.prepared import Prepared
from kanchay.domain.interval import DAY, wall_clock
from kanchay.domain.point import Kind

__all__ = ["Label", "find_label"]

# How often times mark ends. Of 20 layouts of distributors with one time a row 13 do (i-DE, Enedis, E-Control, Netz NÖ,
# Tauron, ESB Networks, ČEZ, COES, E-Redes and others), of 22 of inverters, hubs, databases and building systems one does
# (Enphase's telemetry): the layouts of simulate/exports/portals and the samples that the golden tests read.
_ENDS: Final = 14 / 42
# How files of either kind lie in their days: whole days, from a midnight to some moment, from some moment to a midnight,
# a window of full days that rolls with the clock, or neither. Distributors give whole days; who may choose any moment
# reads a device or a database. Of 15 samples 9 are whole, 4 begin at midnight, 2 do neither.
_PLACES: Final = {
    "start": {"whole": 0.57, "begins": 0.20, "ends": 0.04, "rolls": 0.07, "neither": 0.12},
    "end": {"whole": 0.80, "begins": 0.12, "ends": 0.04, "rolls": 0.02, "neither": 0.02},
}
_ALONE: Final = 0.85  # that times mark starts, where nothing about the day can be seen
_MOST: Final = 3  # different places in the day that are weighed


@dataclass(frozen=True, slots=True)
class Label:
    """Which end, why ("" where it has to be asked), and how likely that is."""

    end: str
    why: str
    chance: float = 1.0


def find_label(
    series: Sequence[Prepared], kinds: Sequence[Kind], tz: str, hints: Sequence[tuple[str, str]]
) -> Label:
    """Which end of the interval the times mark.

    `hints` are (label, reason) from column names or a profile, best first. Without them the first and the last time of
    the file tell, and decide where the odds are those of `SURE`.
    """
    for label, why in hints:
        if label:
            return Label(label, why)
    open_ones = [s for s, k in zip(series, kinds, strict=True) if k is Kind.INTERVAL and s.end is None]
    if any(s.raw.date_only and s.step == DAY for s in open_ones):
        return Label("start", "first and last time of the file")  # a date alone is the day itself
    places = Counter(p for s in open_ones if (p := _place(s, tz)) is not None).most_common(_MOST)
    if not places:
        return Label("start", "", _ALONE)
    odds = log(_ENDS / (1 - _ENDS)) + sum(
        log(_likelihood("end", *p)) - log(_likelihood("start", *p)) for p, _ in places
    )
    chance = 1 / (1 + exp(-abs(odds)))
    return Label(
        "end" if odds > 0 else "start", "first and last time of the file" if chance >= SURE else "", chance
    )


def _place(s: Prepared, tz: str) -> tuple[int, int, int] | None:
    """The places of the first and the last time among the intervals of a day, and how many there are."""
    if s.step is None or s.step >= DAY or DAY % s.step or not len(s.start):
        return None
    first, last = (wall_clock(s.start[[0, -1]], tz) % DAY).tolist()
    if first % s.step or last % s.step:
        return -1, -1, DAY // s.step  # beside the marks of the clock
    return first // s.step, last // s.step, DAY // s.step


def _likelihood(label: str, first: int, last: int, n: int) -> float:
    """How likely a file of this label is to begin and end at these places of the day."""
    of = _PLACES[label]
    opens, closes = (0, n - 1) if label == "start" else (1 % n, 0)
    begins, ends = first == opens, last == closes
    rolls = first >= 0 and (last + 1) % n == first
    return (
        of["whole"] * (begins and ends)
        + (of["begins"] * begins + of["ends"] * ends + of["rolls"] * rolls) / n
        + of["neither"] / n**2
    )
