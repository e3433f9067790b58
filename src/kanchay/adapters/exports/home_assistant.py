"""Home Assistant's long-term statistics of counters, as its integration *Import Statistics* reads them.

A row stands for an hour by its start and carries the counter at the hour's end; the row before the first hour holds the
zero from which it counts. Times are UTC: name the zone ``UTC`` and the format ``%Y-%m-%dT%H:%MZ`` when importing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from kanchay.adapters.exports.numbers import exact
from kanchay.domain.interval import HOUR
from kanchay.domain.names import slug
from kanchay.domain.point import Point
from kanchay.domain.reading import Readings
from kanchay.domain.units import SUMMED
from kanchay.services.ports.exports import Export, ExportFormat, ExportSeries

__all__ = ["HOME_ASSISTANT"]

_MOST: Final = 5_000_000
_UNITS: Final = {"m3": "m³"}  # as Home Assistant spells it


def write_statistics(export: Export, language: str) -> Iterator[bytes]:
    """One row an hour and counter."""
    yield b"statistic_id,start,unit,state,sum\n"
    for series in export.series:
        before = f"{_statistic_id(export, series)},"
        after = f",{_UNITS.get(series.point.unit, series.point.unit)},"
        at = 0.0
        for n, readings in enumerate(export.read(series)):
            if n == 0:
                yield f"{before}{_minute(int(readings.start[0]) - HOUR)}{after}0,0\n".encode()
            yield _rows(readings, at, before, after)
            at += float(readings.value.sum())


def _rows(r: Readings, at: float, before: str, after: str) -> bytes:
    counter = at + np.cumsum(r.value)
    times = [_minute(t) for t in r.start.tolist()]
    told = [exact(round(v, 6)) for v in counter.tolist()]  # a milliwatt-hour
    return "".join(f"{before}{t}{after}{v},{v}\n" for t, v in zip(times, told, strict=True)).encode()


def _minute(epoch: int) -> str:
    return f"{np.datetime_as_string(np.datetime64(epoch, 's'), unit='m')}Z"


def _statistic_id(export: Export, series: ExportSeries) -> str:
    """An external statistic: our name before the colon, the point's id in letters, digits and underscores."""
    way = series.point.direction
    name = re.sub("[^a-z0-9]+", "_", slug(series.point.id.replace("_", "-"), otherwise="point"))
    told = f"_{way}" if way and not name.endswith(way) else ""
    simulated = "simulated_" if export.site.simulated else ""
    return f"kanchay:{simulated}{name}{told}"


def _takes(point: Point) -> bool:
    return point.quantity in SUMMED


HOME_ASSISTANT = ExportFormat(
    "home-assistant", ".csv", "text/csv; charset=utf-8", write_statistics, _takes, _MOST, only_s=HOUR
)
