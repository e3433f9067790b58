"""Coarse readings of what is held in finer ones already: a table of days takes the place of no hours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.reading import Readings
from kanchay.domain.scope import Scope
from kanchay.services.context import Context

__all__ = ["told_in_finer_steps"]

_SHARE = 0.01  # of an amount, by which the finer ones together may differ
_ROUNDED = 0.0005  # what the rounding of each finer amount may add


def told_in_finer_steps(ctx: Context, scope: Scope, readings: Readings) -> NDArray[np.bool_]:
    """Which amounts are the sum of finer ones that are held, without a gap between them.

    Parameters
    ----------
    ctx, scope
        The ports, and who reads.
    readings : Readings
        New amounts of one point, in order of time.

    Returns
    -------
    ndarray of bool
        True where nothing new is told. Amounts that contradict the finer ones are not among them.
    """
    if not len(readings):
        return np.zeros(0, dtype=bool)
    old = ctx.readings.read(scope, readings.point_id, int(readings.start[0]), int(readings.end.max()))
    if len(old) < 2:
        return np.zeros(len(readings), dtype=bool)
    first = np.searchsorted(old.start, readings.start)
    after = np.searchsorted(old.start, readings.end)
    seconds = np.r_[0, np.cumsum(old.end - old.start)]
    amounts = np.r_[0.0, np.cumsum(old.value)]
    many = after - first > 1
    begins = old.start[np.minimum(first, len(old) - 1)] == readings.start
    ends = old.end[np.maximum(after - 1, 0)] == readings.end
    whole = seconds[after] - seconds[first] == readings.end - readings.start
    room = _SHARE * np.abs(readings.value) + _ROUNDED * (after - first)
    agrees = np.abs(amounts[after] - amounts[first] - readings.value) <= room
    return np.asarray(many & begins & ends & whole & agrees, dtype=bool)
