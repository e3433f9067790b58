"""The step of a register between two imports: it belongs to neither file, and must not be lost."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.quality.derive import derive_readings
from kanchay.domain.interval import DAY, IntArray
from kanchay.domain.point import Kind, Point
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Scope
from kanchay.services.context import Context

__all__ = ["lay_joins"]

_LONGEST: Final = 62 * DAY  # a register continues an earlier import over a pause of two months at most
_FAR: Final = 20.0  # times the fastest usual rise
_CONTEXT: Final = 5 * DAY  # of each side: how much the register usually rises


def lay_joins(ctx: Context, scope: Scope, point: Point, around: tuple[int, int], now: int) -> int:
    """Bring the steps between imports around a stretch of a register up to date; returns how many changed.

    They follow from what is held: after an import and after an undo alike.
    """
    if point.kind is not Kind.CUMULATIVE:
        return 0
    start, end = around[0] - _LONGEST, around[1] + _LONGEST
    pauses = [(a, b) for a, b in _pauses(ctx.readings.stretches(scope, point.id)) if start <= a < end]
    steps = [step for step in (_step(ctx, scope, point, *pause) for pause in pauses) if len(step)]
    columns = {
        name: np.concatenate([getattr(s, name) for s in (Readings.empty(point.id), *steps)])
        for name in ("start", "end", "value", "quality")
    }
    return ctx.readings.join(scope, Readings(point.id, **columns), start, end, recorded_at=now)


def _pauses(stretches: IntArray) -> list[tuple[int, int]]:
    """From the last of what overlaps to the first of what comes next."""
    if len(stretches) < 2:
        return []
    reach = np.maximum.accumulate(stretches[:, 1])[:-1]
    first = stretches[1:, 0]
    return [(int(a), int(b)) for a, b in zip(reach, first, strict=True) if 0 < b - a <= _LONGEST]


def _step(ctx: Context, scope: Scope, point: Point, last: int, first: int) -> Readings:
    """The one reading from the last value of one import to the first of the next."""
    seen = ctx.readings.observations(scope, point.id, last - _CONTEXT, first + _CONTEXT)
    readings, _ = derive_readings(seen, point.kind, resolution_s=point.resolution_s)
    here = (readings.start == last) & (readings.end == first) & _likely(readings)
    return Readings(
        point.id, readings.start[here], readings.end[here], readings.value[here], readings.quality[here]
    )


def _likely(readings: Readings) -> NDArray[np.bool_]:
    """Which steps could be energy: a register that jumps between two files was multiplied by another factor in each.

    What a step holds beyond many times the fastest others is not known, and an open hour is better than a wrong one.
    """
    rates = readings.value / (readings.end - readings.start)
    fastest = np.partition(np.r_[0.0, 0.0, rates], -2)[-2]  # but for one: that may be the jump itself
    return np.ones(len(rates), dtype=bool) if fastest <= 0 else rates <= _FAR * fastest
