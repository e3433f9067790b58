"""The energy of a preview as intervals of kWh, whatever its series hold: amounts, mean power or a register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kanchay.domain.importing import ImportSeries
from kanchay.domain.interval import HOUR, IntArray
from kanchay.domain.point import Direction, Kind
from kanchay.domain.reading import FloatArray
from kanchay.domain.units import Quantity

__all__ = ["Energy", "energy_of", "from_grid"]

_BOUGHT = (Direction.IMPORT, Direction.CONSUMPTION, Direction.NET)


@dataclass(frozen=True, slots=True, eq=False)
class Energy:
    """Energy of intervals, each of shape (n,): bounds in UTC seconds, values in kWh."""

    start: IntArray
    end: IntArray
    kwh: FloatArray

    def within(self, start: int, end: int) -> tuple[float, float]:
        """Energy between two instants, and the share of that time that is covered.

        An interval that reaches over a bound counts by its share of time.

        Parameters
        ----------
        start, end : int
            Bounds, half-open. [s, UTC]

        Returns
        -------
        float
            Energy. [kWh]
        float
            Covered time over the whole, 0 to 1. [-]
        """
        length = np.maximum(self.end - self.start, 1)
        inside = np.clip(np.minimum(self.end, end) - np.maximum(self.start, start), 0, None)
        return float((self.kwh * inside / length).sum()), min(1.0, float(inside.sum()) / max(end - start, 1))


def energy_of(series: ImportSeries) -> Energy | None:
    """The intervals of a series; None for what makes no energy.

    Parameters
    ----------
    series : ImportSeries
        A series of a preview.

    Returns
    -------
    Energy or None
        Of a register the steps between its readings; a fall counts nothing.
    """
    seen = series.observations
    if seen is None or series.quantity not in (Quantity.ELECTRIC_ENERGY, Quantity.POWER) or len(seen) < 2:
        return None
    if series.quantity is Quantity.POWER:
        lasting = series.kind is Kind.INTERVAL and series.total is not None  # a peak makes no energy
        return Energy(seen.start, seen.end, seen.value * (seen.end - seen.start) / HOUR) if lasting else None
    if series.kind is Kind.CUMULATIVE:
        return Energy(seen.start[:-1], seen.start[1:], np.clip(np.diff(seen.value), 0, None))
    return Energy(seen.start, seen.end, seen.value)


def from_grid(series: Sequence[ImportSeries]) -> tuple[ImportSeries, ...]:
    """The series that together are what a paper bill counts: what comes from the grid, no part of it twice.

    Parameters
    ----------
    series : sequence of ImportSeries
        All series of a preview.

    Returns
    -------
    tuple of ImportSeries
        Those that import; where none does, those that consume, else the net ones.
    """
    able = [s for s in series if not s.is_submeter and energy_of(s) is not None]
    for direction in _BOUGHT:
        found = tuple(s for s in able if s.direction is direction)
        if found:
            return found
    return ()
