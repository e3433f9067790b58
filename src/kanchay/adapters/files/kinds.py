"""Kind and label: whether values are amounts, registers or snapshots, and which end of an interval a time marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.meaning import ENERGY, FLOWS, Meaning
from kanchay.adapters.files.prepared import Prepared
from kanchay.domain.interval import DAY, wall_clock
from kanchay.domain.point import Kind
from kanchay.domain.units import Quantity

__all__ = ["find_kinds", "find_label", "rising"]


_MANY: Final = 20  # among so many rises a single fall is a swap of the meter


def rising(values: NDArray[np.float64]) -> float:
    """How much values look like a register: above 0 yes, below 0 no, 0 cannot be told.

    A register never falls, but for corrections (2 % of its steps at most), restarts near zero and a
    swap.
    """
    steps = np.diff(values)
    up, down = steps > 0, steps < 0
    if not up.any() and not down.any():
        return 0.0
    restarts = down & (values[1:] <= 0.1 * values[:-1])
    falls = int(down.sum() - restarts.sum())
    ups = int(up.sum())
    if ups < 3:
        return -0.5 if down.any() else 0.0
    looks = falls <= max(1 if ups >= _MANY else 0, 0.02 * ups) and restarts.sum() <= max(1, 0.06 * ups)
    return float(len(values)) if looks else -float(len(values))


def find_kinds(series: Sequence[Prepared], meanings: Sequence[Meaning], given: str | None) -> list[Kind]:
    """The kind of every series; short and constant ones follow their column, then their table."""
    scores = [
        rising(s.values) if m.quantity in ENERGY else 0.0 for s, m in zip(series, meanings, strict=True)
    ]
    by_column: dict[tuple[str, Quantity], float] = defaultdict(float)
    for s, m, score in zip(series, meanings, scores, strict=True):
        by_column[s.raw.column, m.quantity] += score
    table = sum(scores)
    amounts = any(_is_amount(s, m, 0.0) for s, m in zip(series, meanings, strict=True) if m.quantity in FLOWS)
    kinds = []
    for s, m, score in zip(series, meanings, scores, strict=True):
        if m.quantity in ENERGY:
            vote = score if abs(score) >= 48 else by_column[s.raw.column, m.quantity] or table
            hinted = (
                Kind.CUMULATIVE if vote > 0 else (m.kind or Kind.INTERVAL) if vote == 0 else Kind.INTERVAL
            )
            kinds.append(Kind(given) if given else hinted)
        else:
            kinds.append(_mean_or_snapshot(s, m, amounts, given))
    return kinds


def _is_amount(s: Prepared, m: Meaning, least: float) -> bool:
    if m.quantity is Quantity.POWER:
        return s.regular
    return rising(s.values) <= least


def _mean_or_snapshot(s: Prepared, m: Meaning, amounts: bool, given: str | None) -> Kind:
    """Beside energy or mean power of intervals everything is a mean over them; sensors alone are snapshots."""
    if m.kind is Kind.INSTANTANEOUS:
        return m.kind
    if given in (Kind.INTERVAL, Kind.INSTANTANEOUS):
        return Kind(given)
    if s.end is not None or (m.quantity in (Quantity.POWER, Quantity.REACTIVE_POWER) and s.regular):
        return Kind.INTERVAL
    return Kind.INTERVAL if amounts and s.regular else Kind.INSTANTANEOUS


def find_label(
    series: Sequence[Prepared], kinds: Sequence[Kind], tz: str, hints: Sequence[tuple[str, str]]
) -> tuple[str, str]:
    """Which end of the interval the times mark, and why ("" where it is a guess).

    `hints` are (label, reason) from column names or a profile, best first. Without them the first and the last
    time of the file tell: whole days run from 00:00 to 23:45 by starts, and from 00:15 to 24:00 by ends.
    """
    for label, why in hints:
        if label:
            return label, why
    votes = {"start": 0, "end": 0}
    for s, kind in zip(series, kinds, strict=True):
        if kind is Kind.INTERVAL and s.raw.date_only and s.step == DAY and s.end is None:
            votes["start"] += 2  # a date alone is the day itself
        if kind is not Kind.INTERVAL or s.step is None or s.step >= DAY or s.end is not None:
            continue
        first, last = (wall_clock(s.start[[0, -1]], tz) % DAY).tolist()
        if last == 0 and first == s.step:
            votes["end"] += 2
        elif first == 0 and last != 0:
            votes["start"] += 2
        elif last == 0 and first != 0:
            votes["end"] += 1
    if votes["start"] != votes["end"]:
        return max(votes, key=lambda k: votes[k]), "first and last time of the file"
    return "start", ""
