"""Readings in memory: for tests, for a single file, for trying things out. The same contract as on disk."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.readings.common import (
    Registered,
    as_rollups,
    bounds_of,
    checked,
    compare,
    enter,
    latest,
    needed_span,
    only,
    register_all,
    roll,
    seen,
    visible,
)
from kanchay.analysis.quality.resample import Buckets
from kanchay.domain.event import Change
from kanchay.domain.interval import IntArray
from kanchay.domain.point import Point
from kanchay.domain.reading import FloatArray, Observations, QualityArray, Readings
from kanchay.domain.scope import Permission, Scope
from kanchay.services.ports.readings import Level, Rollups, Span, WriteResult

__all__ = ["MemoryReadingStore"]


def _ints() -> IntArray:
    return np.zeros(0, dtype=np.int64)


@dataclass
class _Rows:
    """All revisions of one point in columns, in the order in which they were written."""

    start: IntArray = field(default_factory=_ints)
    end: IntArray = field(default_factory=_ints)
    value: FloatArray = field(default_factory=lambda: np.zeros(0))
    quality: QualityArray = field(default_factory=lambda: np.zeros(0, dtype=np.int8))
    revision: IntArray = field(default_factory=_ints)
    recorded_at: IntArray = field(default_factory=_ints)

    def add(self, batch: Readings | Observations, revision: IntArray, recorded_at: int) -> None:
        self.start = np.concatenate((self.start, batch.start))
        self.end = np.concatenate((self.end, batch.end))
        self.value = np.concatenate((self.value, batch.value))
        self.quality = np.concatenate((self.quality, batch.quality))
        self.revision = np.concatenate((self.revision, revision))
        at = np.full(len(batch), recorded_at, dtype=np.int64)
        self.recorded_at = np.concatenate((self.recorded_at, at))

    def newest(self, start: int, end: int, as_of: int | None = None) -> IntArray:
        """Indices of the newest revision of each start within ``[start, end)``, by start."""
        within = (self.start >= start) & (self.start < end)
        if as_of is not None:
            within &= self.recorded_at <= as_of
        rows = np.flatnonzero(within)
        return rows[latest(self.start[rows], self.revision[rows])]


_FAR = 1 << 62


class MemoryReadingStore:
    """`ReadingStore` over numpy columns, guarded by one lock."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._points: dict[str, Registered] = {}
        self._rows: dict[str, _Rows] = {}
        self._received: dict[str, _Rows] = {}
        self._changes: list[Change] = []
        self._seq = 0
        self._rollups: dict[tuple[str, Level], dict[int, tuple[int, float, int, int]]] = {}

    def register(
        self, scope: Scope, points: Sequence[Point], tz: str, *, organisation_id: str | None = None
    ) -> None:
        enter(scope, Permission.WRITE)
        with self._lock:
            for point in register_all(scope, points, tz, organisation_id, self._points):
                self._points[point.id] = point
                self._rows.setdefault(point.id, _Rows())
                self._received.setdefault(point.id, _Rows())

    def append(
        self,
        scope: Scope,
        readings: Sequence[Readings],
        *,
        recorded_at: int,
        observations: Sequence[Observations] = (),
    ) -> WriteResult:
        enter(scope, Permission.WRITE)
        with self._lock:
            for name in [each.point_id for each in readings] + [each.point_id for each in observations]:
                seen(scope, name, self._points.get(name))
            clean = [checked(batch) for batch in readings]
            counts = [self._write(batch, recorded_at) for batch in clean if len(batch)]
            for received in observations:
                self._keep(received, recorded_at)
        totals = [sum(column) for column in zip(*counts, strict=True)] or [0, 0, 0]
        return WriteResult(*totals)

    def _write(self, batch: Readings, recorded_at: int) -> tuple[int, int, int]:
        rows = self._rows[batch.point_id]
        at = rows.newest(int(batch.start[0]), int(batch.start[-1]) + 1)
        old = self._current(batch.point_id, at)
        new, revised = compare(old, batch)
        written = new | revised
        if written.any():
            self._note(batch, old, written, recorded_at)
            revision = np.ones(len(batch), dtype=np.int64)
            if len(old):
                where = np.minimum(np.searchsorted(old.start, batch.start), len(old) - 1)
                revision[revised] = rows.revision[at][where[revised]] + 1
            rows.add(only(batch, written), revision[written], recorded_at)
        return int(new.sum()), int(revised.sum()), int(len(batch) - written.sum())

    def _note(self, batch: Readings, old: Readings, written: NDArray[np.bool_], recorded_at: int) -> None:
        """Append to the change feed: what was written, and what the old revisions of it covered."""
        start, end = int(batch.start[written][0]), int(batch.end[written].max())
        if len(old):
            end = max(end, int(old.end[np.isin(old.start, batch.start[written])].max(initial=end)))
        self._seq += 1
        point = self._points[batch.point_id]
        self._changes.append(Change(self._seq, point.id, point.site_id, start, end, recorded_at))
        longest = max(point.longest, int((batch.end - batch.start).max()))
        self._points[point.id] = replace(point, longest=longest)

    def _keep(self, received: Observations, recorded_at: int) -> None:
        rows = self._received[received.point_id]
        batch = only(received, latest(received.start, np.arange(len(received), dtype=np.int64)))
        at = rows.newest(-_FAR, _FAR)
        old = Observations(batch.point_id, rows.start[at], rows.end[at], rows.value[at], rows.quality[at])
        new, other = compare(old, batch)
        kept = only(batch, new | other)
        rows.add(kept, len(rows.start) + np.arange(len(kept), dtype=np.int64), recorded_at)

    def _current(self, point_id: str, at: IntArray) -> Readings:
        rows = self._rows[point_id]
        return Readings(point_id, rows.start[at], rows.end[at], rows.value[at], rows.quality[at])

    def read(
        self, scope: Scope, point_id: str, start: int, end: int, *, as_of: int | None = None
    ) -> Readings:
        enter(scope, Permission.READ)
        with self._lock:
            seen(scope, point_id, self._points.get(point_id))
            return self._current(point_id, self._rows[point_id].newest(start, end, as_of))

    def observations(self, scope: Scope, point_id: str, start: int, end: int) -> Observations:
        enter(scope, Permission.READ)
        with self._lock:
            seen(scope, point_id, self._points.get(point_id))
            rows = self._received[point_id]
            at = rows.newest(start, end)
            return Observations(point_id, rows.start[at], rows.end[at], rows.value[at], rows.quality[at])

    def spans(self, scope: Scope, point_ids: Sequence[str]) -> dict[str, Span]:
        enter(scope, Permission.READ)
        with self._lock:
            mine = [p for p in point_ids if p in self._points and visible(scope, self._points[p])]
            rows = {p: self._current(p, self._rows[p].newest(-_FAR, _FAR)) for p in mine}
        return {p: Span(int(r.start[0]), int(r.end.max()), len(r)) for p, r in rows.items() if len(r)}

    def changes(self, scope: Scope, after: int, limit: int = 1000) -> list[Change]:
        enter(scope, Permission.READ)
        with self._lock:
            mine = (c for c in self._changes if c.seq > after and visible(scope, self._points[c.point_id]))
            return [change for change, _ in zip(mine, range(limit), strict=False)]

    def rollups(self, scope: Scope, point_id: str, level: Level, start: int, end: int) -> Rollups:
        enter(scope, Permission.READ)
        with self._lock:
            seen(scope, point_id, self._points.get(point_id))
            table = self._rollups.get((point_id, level), {})
            rows = [(at, *table[at]) for at in sorted(table) if start <= at < end]
        return as_rollups(point_id, rows)

    def refresh_rollups(self, scope: Scope, change: Change) -> None:
        enter(scope, Permission.WRITE)
        with self._lock:
            point = self._points.get(change.point_id)
            if point is None:
                return  # erased meanwhile
            seen(scope, change.point_id, point)
            for level in ("hour", "day"):
                bounds = bounds_of(level, change.start, change.end, point.tz)
                rows = self._rows[point.id].newest(*needed_span(bounds, point.longest))
                self._replace(point.id, level, bounds, roll(self._current(point.id, rows), bounds, point))

    def _replace(self, point_id: str, level: Level, bounds: IntArray, parts: Buckets) -> None:
        table = self._rollups.setdefault((point_id, level), {})
        for at in bounds[:-1].tolist():
            table.pop(at, None)
        columns = (parts.end, parts.total, parts.covered_s, parts.quality)
        table.update(zip(parts.start.tolist(), zip(*(c.tolist() for c in columns), strict=True), strict=True))

    def erase(self, scope: Scope, point_ids: Sequence[str]) -> None:
        enter(scope, Permission.ADMIN)
        with self._lock:
            for point_id in point_ids:
                seen(scope, point_id, self._points.get(point_id))
            gone = set(point_ids)
            self._changes = [c for c in self._changes if c.point_id not in gone]
            self._rollups = {key: rows for key, rows in self._rollups.items() if key[0] not in gone}
            for point_id in gone:
                del self._points[point_id], self._rows[point_id], self._received[point_id]

    def close(self) -> None:
        """Nothing to release."""
