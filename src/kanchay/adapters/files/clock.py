"""Clock: wall time of a zone to UTC, through both days on which the clock changes.

Where the clock falls back, a label that occurs twice means both passes, first summer then winter time, whether the
file writes them as a block or pair by pair. Where it springs forward, labels that no clock ever showed are a sign
that the file's clock does not change at all: if they occur and no label is doubled, the whole series is read on the
zone's standard time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.interval import DAY, IntArray, utc_offset

__all__ = ["Localised", "localise", "shown_twice"]


@dataclass(frozen=True, slots=True, eq=False)
class Localised:
    """UTC seconds, and what happened at the changes of the clock.

    `folds` are doubled labels told apart, `holes` labels that no clock showed; `fixed` says that the series was read
    on standard time throughout.
    """

    utc: IntArray
    folds: int = 0
    holes: int = 0
    fixed: bool = False


def _descending(wall: IntArray) -> bool:
    return bool(len(wall) > 1 and (np.diff(wall) < 0).sum() > (np.diff(wall) > 0).sum())


def _occurrence(labels: IntArray) -> IntArray:
    """0 for the first time a label occurs, 1 for the second and so on, in file order."""
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    begins = np.r_[True, ordered[1:] != ordered[:-1]]
    first = np.maximum.accumulate(np.where(begins, np.arange(len(ordered)), 0))
    rank = np.empty(len(labels), dtype=np.int64)
    rank[order] = np.arange(len(ordered)) - first
    return rank


def _standard_offset(wall: IntArray, tz: str) -> int:
    """The zone's offset without daylight saving in these years (the smaller of winter's and summer's)."""
    year = int(np.median(wall)) // (365 * DAY) * 365 * DAY
    return int(utc_offset(np.array([year, year + 182 * DAY]), tz).min())


def _masks(
    wall: IntArray, early: IntArray, late: IntArray, tz: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows whose label is shown twice, and rows whose label is never shown."""
    first = utc_offset(wall - early, tz) == early
    second = utc_offset(wall - late, tz) == late
    differ = early != late
    return differ & first & second, differ & ~first & ~second


def _around(wall: IntArray, tz: str) -> tuple[IntArray, IntArray]:
    """The offsets on either side of a change nearby: within a day before and after lies no other."""
    before, after = wall - DAY - utc_offset(wall, tz), wall + DAY - utc_offset(wall, tz)
    return utc_offset(before, tz), utc_offset(after, tz)


def shown_twice(wall: IntArray, tz: str) -> NDArray[np.bool_]:
    """Labels that the clock of a zone shows twice, where it falls back."""
    return _masks(wall, *_around(wall, tz), tz)[0]


def _begins_late(wall: IntArray, rows: IntArray, rank: IntArray) -> NDArray[np.bool_]:
    """Labels of a series that begins within the doubled hour, none of them twice: the later pass leaves no hole."""
    first = int(wall.min())
    near = wall[rows] < first + DAY // 8
    begins = bool((wall[rows] == first).any()) and not (rank[near] > 0).any()
    return near & begins


def localise(wall: IntArray, tz: str, clock: str | None = None) -> Localised:
    """UTC of wall times in file order.

    Rows of one series only: the same label in two series is no doubled label. `clock` answers what holes leave open:
    "standard" for a clock that never changes, "local" for one that does (labels in a hole land after it).
    """
    if tz == "UTC" or len(wall) == 0:
        return Localised(wall)
    early, late = _around(wall, tz)
    if clock != "standard" and (early == early[0]).all() and (late == early[0]).all():
        return Localised(wall - early[0])
    twice, never = _masks(wall, early, late, tz)
    utc = np.where(utc_offset(wall - late, tz) == late, wall - late, wall - early)
    rows = np.flatnonzero(twice)
    labels = wall[rows][::-1] if _descending(wall) else wall[rows]
    rank = _occurrence(labels)[::-1] if _descending(wall) else _occurrence(labels)
    earlier, later = np.maximum(early, late)[rows], np.minimum(early, late)[rows]
    first_pass = (rank == 0) & ~_begins_late(wall, rows, rank)
    utc[rows] = wall[rows] - np.where(first_pass, earlier, later)
    folds, holes = int((rank > 0).sum()), int(never.sum())
    if clock == "standard" or (holes and not folds and clock != "local"):
        return Localised(wall - _standard_offset(wall, tz), 0, holes, fixed=True)
    return Localised(utc, folds, holes)
