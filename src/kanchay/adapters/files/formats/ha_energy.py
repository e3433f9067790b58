"""What the energy dashboard of Home Assistant downloads: a row a statistic, a column an hour, day or month.

The types of the rows tell the direction. Costs, and what the dashboard itself works out from other rows, stay out.
"""

from __future__ import annotations

import csv
from datetime import datetime
from typing import Final

import numpy as np

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.gather import Gathered, Means, number_of
from kanchay.adapters.files.formats.statement import Statement, TextFormat
from kanchay.adapters.files.refusal import refuse
from kanchay.domain.errors import UnitError
from kanchay.domain.interval import DAY, IntArray
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity, unit

__all__ = ["FORMAT"]

_TITLE: Final = "Home Assistant (energy dashboard)"
_E, _K = Quantity.ELECTRIC_ENERGY, Kind.INTERVAL
_TYPES: Final = {
    "grid_consumption": Means(_E, "kWh", Direction.IMPORT, _K),
    "grid_return": Means(_E, "kWh", Direction.EXPORT, _K),
    "solar_production": Means(_E, "kWh", Direction.PRODUCTION, _K),
    "battery_in": Means(_E, "kWh", Direction.CONSUMPTION, _K, submeter=True),
    "battery_out": Means(_E, "kWh", Direction.PRODUCTION, _K, submeter=True),
    "device_consumption": Means(_E, "kWh", Direction.CONSUMPTION, _K, submeter=True),
    "gas_consumption": Means(Quantity.GAS, "m3", Direction.IMPORT, _K),
    "water_consumption": Means(Quantity.WATER, "m3", None, _K),
}
_FACTORS: Final = {"ft3": 0.028316846592, "gal": 0.003785411784, "L": 0.001, "m3": 1.0}


def _begins(head: bytes) -> bool:
    return head.startswith(b"entity_id,type,unit,")


def _starts(cells: list[str], name: str) -> IntArray:
    try:
        moments = [datetime.fromisoformat(c.strip()) for c in cells]
    except ValueError as error:
        raise refuse("contradicts", name, title=_TITLE, what="a column is not named by a time") from error
    if any(m.tzinfo is None for m in moments) or not moments:
        raise refuse("contradicts", name, title=_TITLE, what="its columns do not name times of UTC")
    return np.array([int(m.timestamp()) for m in moments], dtype=np.int64)


def _ends(start: IntArray) -> IntArray:
    """Where each column ends: at the next one, or after the usual length where columns are missing between."""
    end: IntArray = start + 3600
    if len(start) < 2:
        return end
    steps: IntArray = np.diff(start)
    usual = int(np.median(steps))
    lengths: IntArray = np.r_[np.where(steps > 1.5 * usual, usual, steps), usual]
    if 28 * DAY <= usual <= 31 * DAY:
        months = start.astype("M8[s]").astype("M8[M]")
        inside = start - months.astype("M8[s]").astype(np.int64)
        end = (months + 1).astype("M8[s]").astype(np.int64) + inside
    else:
        end = start + lengths
    return end


def _factor(means: Means, written: str) -> float | None:
    """What turns a value into our unit; None where the row counts in something else."""
    if means.unit == "m3":
        return _FACTORS.get(written)
    try:
        found = unit(written)
    except UnitError:
        return None
    return found.factor if found.quantity is means.quantity else None


def _read(text: bytes, name: str, limits: Limits) -> Statement:
    """The statistics of a download; raises `FileRefused` where it contradicts the format."""
    rows = csv.reader(text.decode("utf-8", errors="replace").splitlines())
    start = _starts(next(rows)[3:], name)
    end = _ends(start)
    gathered, left_out, n_rows = Gathered(), [], 0
    for row in rows:
        if len(row) < 4:
            continue
        n_rows += 1
        means = _TYPES.get(row[1])
        factor = _factor(means, row[2].strip()) if means is not None else None
        if means is None or factor is None:
            left_out.append(f"{row[0] or row[1]} ({row[1]}, {row[2]})")
            continue
        for i, cell in enumerate(row[3 : 3 + len(start)]):
            if cell.strip():
                value = number_of(cell, name, _TITLE) * factor
                gathered.add(row[0] or row[1], means, int(start[i]), value, column=row[1], end=int(end[i]))
    return Statement(tuple(gathered.series()), n_rows, "", tuple(("left_out", what) for what in left_out))


FORMAT: Final = TextFormat(
    "home-assistant-energy",
    _TITLE,
    _begins,
    _read,
    "Home Assistant front end, energy panel, download of energy data",
)
