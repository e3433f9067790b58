"""Slots: the columns of a wide table as places in the day, and whether their names mark starts or ends."""

from __future__ import annotations

import numpy as np

from kanchay.adapters.files.roles import Slot
from kanchay.domain.interval import DAY, IntArray

__all__ = ["slot_label", "slot_times"]


def slot_label(slots: tuple[Slot, ...]) -> str:
    """Whether clock times in column names mark starts or ends; nothing where they leave it open."""
    starts = [s.start for s in slots if s.start is not None]
    if len(starts) > 1 and starts[-1] == 0 < starts[0]:
        starts[-1] = DAY  # the midnight that closes the day
    if not starts:
        return "start" if slots else ""
    if slots[0].end is not None or 0 in starts:
        return "start" if DAY not in starts else ""
    return "end" if DAY in starts or len(starts) in (23, 24, 47, 48, 95, 96, 287, 288) else ""


def slot_times(slots: tuple[Slot, ...]) -> tuple[IntArray, int, bool]:
    """Seconds after midnight of each column, the length of a slot, and whether they are elapsed time."""
    n = len(slots)
    if slots[0].start is not None:
        begins = np.array([s.start if s.start is not None else 0 for s in slots], dtype=np.int64)
        step = int(np.median(np.diff(np.unique(begins))))
        # "00:00" as the last column of ends means the midnight that closes the day.
        if n > 1 and begins[-1] == 0 and slots[-1].end is None and begins[0] > 0:
            begins[-1] = DAY
        # A column named by the end of its interval still is a place in the day: the hour that spring skips is empty.
        return begins - (step if slot_label(slots) == "end" else 0), step, False
    whole = next(k for k in (24, 48, 96, 288, 1440) if n <= k + k // 20)
    step = DAY // whole
    # Fields beyond a day of 24 hours exist for the long day only: the columns count elapsed intervals.
    return np.arange(n, dtype=np.int64) * step, step, n != whole
