"""EMHASS: one load as its forecast method ``csv`` reads it, two columns without a head: time and mean power in W.

The grid has no holes: an interval that was not read has an empty value. EMHASS's own time step is 30 minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from kanchay.adapters.exports.numbers import exact
from kanchay.domain.interval import HOUR, MINUTE
from kanchay.domain.point import Point
from kanchay.domain.reading import Readings
from kanchay.domain.units import Quantity
from kanchay.services.ports.exports import Export, ExportFormat

__all__ = ["EMHASS"]

_MOST: Final = 1_000_000


def write_load(export: Export, language: str) -> Iterator[bytes]:
    """Times with their offset, so that no change of the clock is lost."""
    (series,) = export.series
    step, expected = series.step_s or 30 * MINUTE, None
    watts = 1000.0 * (HOUR / step if series.point.quantity is Quantity.ELECTRIC_ENERGY else 1.0)
    for readings in export.read(series):
        yield _rows(readings, watts, step, expected)
        expected = int(readings.end[-1])


def _rows(r: Readings, watts: float, step: int, expected: int | None) -> bytes:
    """Rows of a piece, from the end of the one before."""
    first = int(r.start[0]) if expected is None else expected
    grid = np.arange(first, int(r.end[-1]), step)
    told = np.full(len(grid), "", dtype=object)
    told[(r.start - first) // step] = [exact(v * watts) for v in r.value.tolist()]
    times = np.datetime_as_string(grid.astype("M8[s]")).tolist()
    lines = [f"{t.replace('T', ' ')}+00:00,{v}\n" for t, v in zip(times, told.tolist(), strict=True)]
    return "".join(lines).encode()


def _takes(point: Point) -> bool:
    return point.quantity in (Quantity.ELECTRIC_ENERGY, Quantity.POWER)


EMHASS = ExportFormat(
    "emhass", ".csv", "text/csv; charset=utf-8", write_load, _takes, _MOST,
    usual_s=30 * MINUTE, longest_s=HOUR, single=True,
)  # fmt: skip
