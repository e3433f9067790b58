"""The store of readings: key (point, start, revision), with a current view, roll-ups and a change feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from kanchay.domain.event import Change
from kanchay.domain.interval import IntArray
from kanchay.domain.point import Point
from kanchay.domain.reading import FloatArray, Observations, QualityArray, Readings
from kanchay.domain.scope import Scope

__all__ = ["Level", "ReadingStore", "Rollups", "Span", "Withdrawal", "WriteResult"]

Level = Literal["hour", "day"]


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What a write did: the same value again is a no-op, another value a new revision."""

    new: int
    revised: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What is left where a source was taken away: readings that stand again and readings that are gone."""

    restored: int
    gone: int


@dataclass(frozen=True, slots=True)
class Span:
    """First start, last end and number of current readings of a point."""

    start: int
    end: int
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class Rollups:
    """Sums per UTC hour or local day of the site.

    `total` is the sum of values (of a mean quantity: value times hours, so that kW give kWh),
    `covered_s` the seconds with a reading, `quality` the worst of the parts. A reading that reaches over a
    boundary is shared out by time, so that totals add up to what was read.
    """

    point_id: str
    start: IntArray
    end: IntArray
    total: FloatArray
    covered_s: IntArray
    quality: QualityArray


class ReadingStore(Protocol):
    """Readings of points, revised and never lost. Every method takes a scope and refuses points outside it."""

    def register(
        self, scope: Scope, points: Sequence[Point], tz: str, *, organisation_id: str | None = None
    ) -> None:
        """Make points known: their site, its organisation, and the zone in which their days are cut.

        Again is a no-op. Without `organisation_id` the scope's own counts; points of no organisation are seen by
        the operator and the worker only. `kanchay.services.people.sites.add_points` says it all in one call.
        """

    def append(
        self,
        scope: Scope,
        readings: Sequence[Readings],
        *,
        recorded_at: int,
        observations: Sequence[Observations] = (),
        source: str = "",
    ) -> WriteResult:
        """Write durably, in one transaction with the change feed.

        A named `source` can be withdrawn later; it stands behind what it writes and behind what it finds the same.
        """

    def withdraw(self, scope: Scope, source: str, *, recorded_at: int) -> Withdrawal:
        """Take away what a source wrote, as if it had never been: what it had replaced, and nobody replaced after
        it, stands again as a new revision; what another source or a direct write said too, stays.
        """

    def stretches(self, scope: Scope, point_id: str) -> IntArray:
        """First and last start that each named source tells of a point, by first, shape (n, 2)."""

    def join(self, scope: Scope, joins: Readings, start: int, end: int, *, recorded_at: int) -> int:
        """Make the readings *between* sources that start within ``[start, end)`` exactly these.

        Nobody stands behind them: any other reading of the same start takes their place, and they never come back by
        themselves. Returns how many changed.
        """

    def read(
        self, scope: Scope, point_id: str, start: int, end: int, *, as_of: int | None = None
    ) -> Readings:
        """Current readings that start within ``[start, end)``, or those known at `as_of`."""

    def observations(self, scope: Scope, point_id: str, start: int, end: int) -> Observations:
        """What was received, as received."""

    def spans(self, scope: Scope, point_ids: Sequence[str]) -> dict[str, Span]:
        """Span of each point that has readings."""

    def changes(self, scope: Scope, after: int, limit: int = 1000) -> list[Change]:
        """Changes with ``seq > after``, oldest first."""

    def rollups(self, scope: Scope, point_id: str, level: Level, start: int, end: int) -> Rollups:
        """Roll-ups that start within ``[start, end)``."""

    def refresh_rollups(self, scope: Scope, change: Change) -> None:
        """Bring the roll-ups that a change touches up to date; idempotent."""

    def erase(self, scope: Scope, point_ids: Sequence[str]) -> None:
        """Remove everything held of these points."""

    def close(self) -> None:
        """Release files and connections."""
