"""What a simulation gives back: points, readings, and the truth about what was put into them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kanchay.domain.errors import NotFound
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site
from kanchay.domain.reading import FloatArray, Readings

__all__ = ["Event", "Label", "Simulation"]


@dataclass(frozen=True, slots=True)
class Label:
    """A fault that was put in. The truth for tests of what detection finds.

    `kwh` is the energy of the metered series minus that of the same seed without this fault, within the
    simulated window; for a data fault what the reading says minus what flowed.
    """

    kind: str
    start: int
    end: int
    kwh: float
    touches: str  # the load or meter in which it lies
    ongoing: bool = False  # still there at the end of the window
    data: bool = False  # a fault of the data, not of the site
    numbers: dict[str, float] = field(default_factory=dict)

    @property
    def average_kw(self) -> float:
        return self.kwh / max((self.end - self.start) / 3600.0, 1e-9)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened and is no fault: a vacation, guests, a public holiday."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """A simulated site: nothing in it was measured.

    `points[0]` is the site's grid-import meter. `readings` are by point id; data faults are in them.
    `parameters` hold all that was drawn or given, enough to run it again.
    """

    site: Site
    points: tuple[Point, ...]
    readings: dict[str, Readings]
    labels: tuple[Label, ...]
    events: tuple[Event, ...]
    parameters: dict[str, Any]
    start: int
    end: int
    resolution_s: int

    @property
    def grid(self) -> Readings:
        """Readings of the grid-import meter."""
        return self.readings[self.points[0].id]

    @property
    def values(self) -> FloatArray:
        """Grid import on the regular grid, NaN where a gap was put in, shape (n_intervals,). [kWh]"""
        return np.asarray(self.panel(self.points[0].id).values[0])

    @property
    def total_kwh(self) -> float:
        return float(np.sum(self.grid.value))

    @property
    def kwh_per_month(self) -> float:
        """Mean grid import in 30.4 days. [kWh]"""
        return float(np.nanmean(self.values)) * 30.4 * 86400 / self.resolution_s

    def point(self, name: str) -> Point:
        """The point of that name or id."""
        for point in self.points:
            if name in (point.id, point.name, point.register):
                return point
        raise NotFound(
            f"The simulation has no point '{name}'.", hint=f"It has {', '.join(p.id for p in self.points)}."
        )

    def panel(self, *names: str) -> Panel:
        """The named points (all by default) on one grid."""
        ids = [self.point(n).id for n in names] if names else [p.id for p in self.points]
        return Panel.from_readings(
            [self.readings[i] for i in ids],
            resolution_s=self.resolution_s, tz=self.site.tz, start=self.start, end=self.end,
        )  # fmt: skip
