"""From power by the minute to metered points: what homes and offices share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.point import Direction, Point, Role, Site
from kanchay.domain.reading import FloatArray, Readings
from kanchay.simulate.calendar import Calendar
from kanchay.simulate.faults import ADDED, DATA_FAULTS, Placed, added_kw, distort
from kanchay.simulate.result import Event, Label

__all__ = ["added_total", "grid_point", "regular", "spoil", "stretches", "submeter_point"]


def grid_point(site: Site, resolution_s: int) -> Point:
    """The meter of the distributor: energy imported."""
    return Point(
        f"{site.id}:grid",
        site.id,
        "grid",
        resolution_s=resolution_s,
        direction=Direction.IMPORT,
        role=Role.GRID,
    )


def submeter_point(site: Site, name: str, resolution_s: int) -> Point:
    """A meter of one load below the grid meter."""
    return Point(
        f"{site.id}:{name}",
        site.id,
        name,
        resolution_s=resolution_s,
        direction=Direction.CONSUMPTION,
        role=Role.SUBMETER,
        parent_id=f"{site.id}:grid",
    )


def regular(
    points: tuple[Point, ...], series: list[FloatArray], start: int, resolution_s: int
) -> dict[str, Readings]:
    """Readings of each point, by id."""
    pairs = zip(points, series, strict=True)
    return {p.id: Readings.regular(p.id, start, resolution_s, v) for p, v in pairs}


def added_total(faults: tuple[Placed, ...], cal: Calendar, seed: int) -> FloatArray:
    """Power that faults put on top of all loads, shape (n_minutes,). [kW]"""
    extra = np.zeros(len(cal.minutes))
    for fault in faults:
        if fault.kind in ADDED:
            extra += added_kw(fault, cal, seed)
    return extra


def spoil(
    values: FloatArray, faults: tuple[Placed, ...], *, start: int, resolution_s: int
) -> tuple[FloatArray, list[Label]]:
    """Put data faults into the readings of the grid meter, with their labels."""
    labels = []
    for fault in faults:
        if fault.kind in DATA_FAULTS:
            before, values = values, distort(values, fault, start, resolution_s)
            kwh = float(np.nansum(values) - np.nansum(before))
            labels.append(
                Label(
                    fault.kind, fault.start, fault.end, kwh, "grid", data=True, numbers={"size": fault.size}
                )
            )
    return values, labels


def stretches(kind: str, days: NDArray[np.bool_], cal: Calendar) -> list[Event]:
    """Runs of marked local days, as events within the window."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], days.astype(np.int64), [0]])))
    found = []
    for a, b in edges.reshape(-1, 2):
        first, last = (int(cal.first + 60 * r) for r in cal.place(np.array([a, b]), np.zeros(2)))
        if last > cal.start and first < cal.end:
            found.append(Event(kind, max(first, cal.start), min(last, cal.end)))
    return found
