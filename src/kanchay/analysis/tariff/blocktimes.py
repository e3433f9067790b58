"""How many hours and days each block of a tariff's schedules has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import numpy as np

from kanchay.analysis.tariff.blocks import Clock, block_index
from kanchay.domain.interval import HOUR, IntArray, local_midnight
from kanchay.domain.tariff import Tariff

__all__ = ["calendar_times", "times_of"]

_STEP = 900  # no schedule changes its block within a quarter of an hour [s]


def calendar_times(tariff: Tariff, start: date, end: date) -> dict[str, Decimal]:
    """Hours and days of each block in ``[start, end)``, by the calendar alone.

    Parameters
    ----------
    tariff : Tariff
    start, end : date
        Half-open local days.

    Returns
    -------
    dict of str to Decimal
        ``hours.<block>`` and ``days.<block>``. [h, days]

    Examples
    --------
    >>> from types import SimpleNamespace as Some
    >>> from kanchay.domain.tariff import Block, Calendar, Schedule, Window
    >>> peak = Schedule("pe", (Block("hp", (Window(18 * 3600, 23 * 3600),)), Block("hfp")))
    >>> lima = Some(timezone="America/Lima", schedules=(peak,), seasons=(), calendar=Calendar())
    >>> str(calendar_times(lima, date(2026, 8, 4), date(2026, 9, 4))["hours.hp"])
    '155'
    """
    low, high = (local_midnight(d, tariff.timezone) for d in (start, end))
    clock = Clock.of(np.arange(low, high, _STEP, dtype=np.int64), tariff.timezone)
    blocks = {s.id: block_index(s, tariff.seasons, tariff.calendar, clock) for s in tariff.schedules}
    return times_of(tariff, blocks, clock, _STEP)


def times_of(
    tariff: Tariff, blocks: Mapping[str, IntArray], clock: Clock, resolution_s: int
) -> dict[str, Decimal]:
    """Hours and days of each block among intervals whose blocks are known.

    Parameters
    ----------
    tariff : Tariff
    blocks : mapping of str to ndarray of int64, shape (n,)
        Block of each interval, by schedule.
    clock : Clock
        Local time of each.
    resolution_s : int
        Their length. [s]

    Returns
    -------
    dict of str to Decimal
        ``hours.<block>`` and ``days.<block>``: days on which the block has an interval. [h, days]
    """
    found: dict[str, Decimal] = {}
    for schedule in tariff.schedules:
        index = blocks[schedule.id]
        counts = np.bincount(index, minlength=len(schedule.blocks))
        days = _days_of(index, clock.day, len(schedule.blocks))
        for place, block in enumerate(schedule.blocks):
            found[f"hours.{block.id}"] = Decimal(int(counts[place]) * resolution_s) / HOUR
            found[f"days.{block.id}"] = Decimal(int(days[place]))
    return found


def _days_of(index: IntArray, day: IntArray, n_blocks: int) -> IntArray:
    """Days on which each block has an interval."""
    if len(day) == 0:
        return np.zeros(n_blocks, dtype=np.int64)
    seen = np.zeros((n_blocks, int(day[-1] - day[0]) + 1), dtype=bool)
    seen[index, day - day[0]] = True
    counts: IntArray = seen.sum(axis=1)
    return counts
