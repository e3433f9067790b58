"""The readings of a point in order of time, piece by piece: however long the history, memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.quality.resample import without_overlaps
from kanchay.domain.interval import DAY, HOUR, local_midnight, to_datetime
from kanchay.domain.point import Point, Site
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Scope
from kanchay.domain.units import SUMMED
from kanchay.services.context import Context
from kanchay.services.readings.series import daily_totals, load_panel, read_around, span

__all__ = ["kept_stretches", "regular_stretches"]

_PIECE: Final = 20_000  # readings held at once


def kept_stretches(ctx: Context, scope: Scope, point: Point, start: int, end: int) -> Iterator[Readings]:
    """Readings as they are kept that start within ``[start, end)``, no second of them counted twice."""
    for low, high in _windows(start, end, _PIECE * _spacing(ctx, scope, point)):
        found = read_around(ctx, scope, point, (low, high))
        clean = without_overlaps(found, summed=point.quantity in SUMMED)
        yield from _some(clean, (clean.start >= low) & (clean.start < high))


def regular_stretches(
    ctx: Context, scope: Scope, point: Point, site: Site, *, resolution_s: int, start: int, end: int
) -> Iterator[Readings]:
    """The same on a grid: the intervals that lie within ``[start, end)`` and of which enough was read (`resample`).

    A resolution of a day means local days, of 23, 24 or 25 hours; longer than an hour, the grid begins at a local
    midnight, else at whole multiples in UTC.
    """
    midnight = local_midnight(to_datetime(start, site.tz).date(), site.tz)
    first = midnight if resolution_s > HOUR else start // resolution_s * resolution_s
    # Neither are more readings taken in at once, nor more intervals made of few.
    whole = max(1, _PIECE * min(_spacing(ctx, scope, point), resolution_s) // resolution_s)
    for low, high in _windows(first, end, whole * resolution_s):
        if resolution_s == DAY:
            piece = _days(ctx, scope, point, low, high)
        else:
            panel = load_panel(ctx, scope, (point.id,), resolution_s=resolution_s, start=low, end=high)
            piece = panel.readings(point.id)
        yield from _some(piece, (piece.start >= max(low, start)) & (piece.start < high) & (piece.end <= end))


def _spacing(ctx: Context, scope: Scope, point: Point) -> int:
    """How far apart the readings of a point are on average; of a sum, those of its parts. [s]"""
    held = span(ctx, scope, point.id)
    return DAY if held is None else max(1, (held.end - held.start) // held.n)


def _windows(start: int, end: int, length: int) -> Iterator[tuple[int, int]]:
    for low in range(start, end, length):
        yield low, min(low + length, end)


def _some(readings: Readings, keep: NDArray[np.bool_]) -> Iterator[Readings]:
    """Those to keep, if there are any."""
    r = readings
    if keep.any():
        yield Readings(r.point_id, r.start[keep], r.end[keep], r.value[keep], r.quality[keep])


def _days(ctx: Context, scope: Scope, point: Point, start: int, end: int) -> Readings:
    """Local days that were read from midnight to midnight."""
    days = daily_totals(ctx, scope, point.id, start, end)
    hours = (days.end - days.start) / HOUR
    value = days.total if point.quantity in SUMMED else days.total / hours
    found = Readings(point.id, days.start, days.end, value, days.quality)
    whole = _some(found, days.covered_s == days.end - days.start)
    return next(whole, Readings.empty(point.id))
