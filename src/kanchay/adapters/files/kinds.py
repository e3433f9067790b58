"""Kind: whether values are amounts, registers or snapshots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.meaning import ENERGY, FLOWS, Meaning
from kanchay.adapters.files.prepared import Prepared
from kanchay.adapters.files.words import matches, normal
from kanchay.domain.interval import DAY, HOUR, IntArray
from kanchay.domain.point import Kind
from kanchay.domain.units import Quantity

__all__ = ["find_kinds", "is_still", "kind_is_open", "rising"]


_MANY: Final = 20  # among so many rises a single fall is a swap of the meter
_MOSTLY: Final = 0.9
_DAYS: Final = 4.5  # from one restart of a register of the day to the next, at most
_RISES: Final = 4  # of a register between two restarts
_SURE: Final = 48  # values from which on a series speaks for itself
_HOUSE_KW: Final = 50.0  # amounts that would need more are readings of a register
_STEP_WORDS: Final = {  # a column named so holds the amount of its step
    HOUR: r"hourly|per hour|horari[oa]s?|por hora|stundlich\w*|je stunde|horaire|par heure|uurlijks\w*|per uur",
    DAY: r"daily|per day|diari[oa]s?|por dia|taglich\w*|je tag|journali\w+|par jour|dagelijks\w*|per dag",
}


def rising(values: NDArray[np.float64], at: IntArray | None = None) -> float:
    """How much values look like a register: above 0 yes, below 0 no, 0 cannot be told.

    A register never falls, but for corrections (2 % of its steps at most), restarts near zero and a
    swap. One that counts each day or month anew restarts with it: that takes `at`, the times of the values.
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
    few = restarts.sum() <= max(1, 0.06 * ups)
    looks = falls <= max(1 if ups >= _MANY else 0, 0.02 * ups) and (
        few or (falls == 0 and _anew(restarts, up, at))
    )
    return float(len(values)) if looks else -float(len(values))


def _anew(restarts: NDArray[np.bool_], up: NDArray[np.bool_], at: IntArray | None) -> bool:
    """Whether a register begins anew each day or month and rises several times in between.

    The clock may change by an hour, and a day without sun has no restart.
    """
    where = np.flatnonzero(restarts)
    if at is None or len(where) < 2:
        return False
    rises = np.diff(np.concatenate([[0], np.cumsum(up)])[where])
    days = np.diff(at[where + 1]) / DAY
    months = days / 30.4
    daily = (np.abs(days - np.round(days)) <= 0.05) & (days > 0.5) & (days < _DAYS)
    monthly = (np.abs(months - np.round(months)) <= 0.1) & (months > 0.5)
    even = max(daily.mean(), monthly.mean())
    return bool(even >= _MOSTLY and (rises >= _RISES).mean() >= _MOSTLY)


def find_kinds(series: Sequence[Prepared], meanings: Sequence[Meaning], given: str | None) -> list[Kind]:
    """The kind of every series; short and constant ones follow their column, then their table."""
    scores = [
        rising(s.values, s.start) if m.quantity in ENERGY and not s.raw.by_step else 0.0
        for s, m in zip(series, meanings, strict=True)
    ]
    by_column: dict[tuple[str, Quantity], float] = defaultdict(float)
    for s, m, score in zip(series, meanings, scores, strict=True):
        by_column[s.raw.column, m.quantity] += score
    table, falls = sum(scores), min(scores, default=0.0) < 0
    amounts = any(_is_amount(s, m) for s, m in zip(series, meanings, strict=True) if m.quantity in FLOWS)
    kinds = []
    for s, m, score in zip(series, meanings, scores, strict=True):
        if s.raw.by_step:
            kinds.append(Kind.INTERVAL)
            continue
        if m.quantity not in ENERGY:
            kinds.append(_mean_or_snapshot(s, m, amounts, given))
            continue
        vote = score if abs(score) >= _SURE else by_column[s.raw.column, m.quantity] or table
        kinds.append(Kind(given) if given else _amount_or_register(s, m, vote, falls))
    return kinds


def _amount_or_register(s: Prepared, m: Meaning, vote: float, falls: bool) -> Kind:
    """What an energy is, by how it rises; `falls` where another series of the table is one of amounts."""
    if vote > 0:
        told = falls or m.kind is Kind.INTERVAL or _names_its_step(s) or s.end is not None
        amount = told and m.kind is not Kind.CUMULATIVE and _may_be_amounts(s, m)
        return Kind.INTERVAL if amount else Kind.CUMULATIVE
    if vote == 0 and m.kind is None and is_still(s) and not _in_a_house(s, m):
        return Kind.CUMULATIVE
    return (m.kind or Kind.INTERVAL) if vote == 0 else Kind.INTERVAL


def kind_is_open(s: Prepared, m: Meaning, kind: Kind) -> bool:
    """Whether values could be readings of a register as well as amounts, which no number of them settles.

    Amounts fall within a day or two, unless there are few of them; a register that stands still never rises.
    """
    if m.quantity not in ENERGY or m.kind is not None or s.raw.by_step:
        return False
    if is_still(s):
        return True
    few = kind is Kind.CUMULATIVE and len(s.start) < _SURE
    return few or (rising(s.values) > 0 and _may_be_amounts(s, m))


def is_still(s: Prepared) -> bool:
    """Whether the values are one number other than zero, time after time."""
    return len(s.values) > 2 and s.values[0] != 0 and bool((s.values == s.values[0]).all())


def _may_be_amounts(s: Prepared, m: Meaning) -> bool:
    """Whether values that only rise could be amounts: those of part of a day, or called so; of a house at most."""
    part = s.end is not None or bool(s.step and s.step < DAY and s.start[-1] - s.start[0] < DAY)
    return s.regular and (part or _names_its_step(s)) and _in_a_house(s, m)


def _in_a_house(s: Prepared, m: Meaning) -> bool:
    """Whether the values, taken as amounts, are those of a house."""
    hours = (s.step or HOUR) / HOUR
    return float(np.median(np.abs(s.values))) * (m.unit.factor if m.unit else 1.0) <= _HOUSE_KW * hours


def _names_its_step(s: Prepared) -> bool:
    """Whether the column is named by the step of its times, as daily amounts are."""
    minutes = (s.step or 0) // 60
    words = _STEP_WORDS.get(s.step or 0, rf"(?:per|por|je|par) {minutes} ?min\w*" if minutes else "")
    return bool(words and matches(words, normal(s.raw.column)))


def _is_amount(s: Prepared, m: Meaning) -> bool:
    if m.quantity is Quantity.POWER:
        return s.regular
    return rising(s.values) <= 0


def _mean_or_snapshot(s: Prepared, m: Meaning, amounts: bool, given: str | None) -> Kind:
    """Beside energy or mean power of intervals everything is a mean over them; sensors alone are snapshots."""
    if m.kind is Kind.INSTANTANEOUS:
        return m.kind
    if given in (Kind.INTERVAL, Kind.INSTANTANEOUS):
        return Kind(given)
    if s.end is not None or (m.quantity in (Quantity.POWER, Quantity.REACTIVE_POWER) and s.regular):
        return Kind.INTERVAL
    return Kind.INTERVAL if amounts and s.regular else Kind.INSTANTANEOUS
