"""Readings in memory: for tests, for a single file, for trying things out. The same contract as on disk."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.readings.common import (
    WITHDRAWN,
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
from kanchay.services.ports.readings import Level, Rollups, Span, Withdrawal, WriteResult
from kanchay.services.progress import report

__all__ = ["MemoryReadingStore"]


_FAR = 1 << 62


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
    source: IntArray = field(default_factory=_ints)  # 0 a direct write, -1 nobody any more
    claims: dict[tuple[int, int], set[int]] = field(default_factory=dict)  # (start, revision): sources

    def add(
        self, batch: Readings | Observations, revision: IntArray, recorded_at: int, source: int = 0
    ) -> None:
        self.start = np.concatenate((self.start, batch.start))
        self.end = np.concatenate((self.end, batch.end))
        self.value = np.concatenate((self.value, batch.value))
        self.quality = np.concatenate((self.quality, batch.quality))
        self.revision = np.concatenate((self.revision, revision))
        at = np.full(len(batch), recorded_at, dtype=np.int64)
        self.recorded_at = np.concatenate((self.recorded_at, at))
        self.source = np.concatenate((self.source, np.full(len(batch), source, dtype=np.int64)))

    def drop(self, rows: NDArray[np.bool_]) -> None:
        """Forget rows."""
        for name in ("start", "end", "value", "quality", "revision", "recorded_at", "source"):
            setattr(self, name, getattr(self, name)[~rows])

    def confirm(self, rows: IntArray, source: int) -> None:
        """The source stands behind these rows too."""
        for i in rows.tolist():
            if self.source[i] == -1 or source == 0:
                self.source[i] = source
            elif self.source[i] not in (0, source):
                self.claims.setdefault((int(self.start[i]), int(self.revision[i])), set()).add(source)

    def release(self, source: int) -> list[int]:
        """Take a source away; the newest rows that have nobody behind them any more, by start."""
        for who in self.claims.values():
            who.discard(source)
        mine = np.flatnonzero(self.source == source)
        for i in mine.tolist():
            heirs = self.claims.get((int(self.start[i]), int(self.revision[i])))
            self.source[i] = heirs.pop() if heirs else -1
        newest = self.newest(-_FAR, _FAR)
        return [i for i in newest[np.isin(newest, mine)].tolist() if self.source[i] == -1]

    def give_way(self, lost: int, recorded_at: int) -> bool:
        """Put the newest row of the same start that somebody stands behind in place of one, or a withdrawn one."""
        start, revision = int(self.start[lost]), int(self.revision[lost]) + 1
        held = np.flatnonzero((self.start == start) & (self.source >= 0))
        back = int(held[self.revision[held].argmax()]) if len(held) else -1
        source = int(self.source[back]) if back >= 0 else -1
        row = np.array([lost if back < 0 else back])
        word = Observations("", self.start[row], self.end[row], self.value[row], self.quality[row])
        if back < 0:
            word = replace(word, value=np.zeros(1), quality=np.array([WITHDRAWN], dtype=np.int8))
        else:
            claims = self.claims.pop((start, int(self.revision[back])), set())
            self.claims[start, revision], self.source[back] = claims, -1
        self.add(word, np.array([revision]), recorded_at, source)
        return back >= 0

    def newest(self, start: int, end: int, as_of: int | None = None) -> IntArray:
        """Indices of the newest revision of each start within ``[start, end)``, by start."""
        within = (self.start >= start) & (self.start < end)
        if as_of is not None:
            within &= self.recorded_at <= as_of
        rows = np.flatnonzero(within)
        return rows[latest(self.start[rows], self.revision[rows])]


class MemoryReadingStore:
    """`ReadingStore` over numpy columns, guarded by one lock."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._points: dict[str, Registered] = {}
        self._rows: dict[str, _Rows] = {}
        self._received: dict[str, _Rows] = {}
        self._changes: list[Change] = []
        self._seq = 0
        self._sources: dict[str, int] = {}
        self._stretches: dict[tuple[str, int], tuple[int, int]] = {}  # (point, source): first and last start
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
        source: str = "",
    ) -> WriteResult:
        enter(scope, Permission.WRITE)
        report("store", 0.0)  # it is all done at once: the last moment to stop it
        with self._lock:
            for name in [each.point_id for each in readings] + [each.point_id for each in observations]:
                seen(scope, name, self._points.get(name))
            clean = [checked(batch) for batch in readings]
            number = self._sources.setdefault(source, len(self._sources) + 1) if source else 0
            counts = [self._write(batch, recorded_at, number) for batch in clean if len(batch)]
            for received in observations:
                self._keep(received, recorded_at, number)
            told: list[Readings | Observations] = [*clean, *observations]
            for some in told if number else ():
                self._note_stretch(some, number)
        totals = [sum(column) for column in zip(*counts, strict=True)] or [0, 0, 0]
        return WriteResult(*totals)

    def _note_stretch(self, told: Readings | Observations, number: int) -> None:
        if len(told):
            key = told.point_id, number
            first, last = self._stretches.get(key, (_FAR, -_FAR))
            self._stretches[key] = min(first, int(told.start.min())), max(last, int(told.start.max()))

    def _write(self, batch: Readings, recorded_at: int, source: int) -> tuple[int, int, int]:
        rows = self._rows[batch.point_id]
        at = rows.newest(int(batch.start[0]), int(batch.start[-1]) + 1)
        old = self._kept(batch.point_id, at)
        new, revised = compare(old, batch)
        written = new | revised
        again = int(np.isin(batch.start[revised], old.start[old.quality == WITHDRAWN]).sum())
        rows.confirm(at[np.isin(old.start, batch.start[~written])], source)
        if written.any():
            self._note(batch, old, written, recorded_at)
            revision = np.ones(len(batch), dtype=np.int64)
            if len(old):
                where = np.minimum(np.searchsorted(old.start, batch.start), len(old) - 1)
                revision[revised] = rows.revision[at][where[revised]] + 1
            rows.add(only(batch, written), revision[written], recorded_at, source)
        return int(new.sum()) + again, int(revised.sum()) - again, int(len(batch) - written.sum())

    def _note(self, batch: Readings, old: Readings, written: NDArray[np.bool_], recorded_at: int) -> None:
        """Append to the change feed: what was written, and what the old revisions of it covered."""
        start, end = int(batch.start[written][0]), int(batch.end[written].max())
        if len(old):
            end = max(end, int(old.end[np.isin(old.start, batch.start[written])].max(initial=end)))
        self._tell(batch.point_id, start, end, recorded_at)
        point = self._points[batch.point_id]
        longest = max(point.longest, int((batch.end - batch.start).max()))
        self._points[point.id] = replace(point, longest=longest)

    def _tell(self, point_id: str, start: int, end: int, recorded_at: int) -> None:
        """For the change feed."""
        self._seq += 1
        site_id = self._points[point_id].site_id
        self._changes.append(Change(self._seq, point_id, site_id, start, end, recorded_at))

    def withdraw(self, scope: Scope, source: str, *, recorded_at: int) -> Withdrawal:
        enter(scope, Permission.WRITE)
        with self._lock:
            number = self._sources.get(source, -_FAR)
            names = [name for name, who in self._stretches if who == number]
            for name in names:
                seen(scope, name, self._points.get(name))
            back = [same for name in names for same in self._without(name, number, recorded_at)]
        return Withdrawal(sum(back), len(back) - sum(back))

    def _without(self, point_id: str, number: int, recorded_at: int) -> list[bool]:
        """A point without a source; for every reading that had to give way, whether another one stands again."""
        del self._stretches[point_id, number]
        received, rows = self._received[point_id], self._rows[point_id]
        received.drop(received.source == number)
        lost = rows.release(number)
        n = len(rows.start)
        back = [rows.give_way(i, recorded_at) for i in lost]
        if lost:
            ends = [*rows.end[lost].tolist(), *rows.end[n:].tolist()]
            self._tell(point_id, int(rows.start[lost[0]]), max(ends), recorded_at)
        return back

    def stretches(self, scope: Scope, point_id: str) -> IntArray:
        enter(scope, Permission.READ)
        with self._lock:
            seen(scope, point_id, self._points.get(point_id))
            found = sorted(reach for (name, _), reach in self._stretches.items() if name == point_id)
        return np.array(found, dtype=np.int64).reshape(-1, 2)

    def join(self, scope: Scope, joins: Readings, start: int, end: int, *, recorded_at: int) -> int:
        enter(scope, Permission.WRITE)
        with self._lock:
            seen(scope, joins.point_id, self._points.get(joins.point_id))
            rows = self._rows[joins.point_id]
            newest = rows.newest(start, end)
            newest = newest[rows.quality[newest] != WITHDRAWN]
            nobodys = newest[rows.source[newest] == -1]
            wanted = only(joins, ~np.isin(joins.start, np.setdiff1d(rows.start[newest], rows.start[nobodys])))
            stale = [i for i in nobodys.tolist() if rows.start[i] not in wanted.start]
            for i in stale:
                rows.give_way(i, recorded_at)
                self._tell(joins.point_id, int(rows.start[i]), int(rows.end[i]), recorded_at)
            new, revised, _ = self._write(checked(wanted), recorded_at, -1) if len(wanted) else (0, 0, 0)
        return len(stale) + new + revised

    def _keep(self, received: Observations, recorded_at: int, source: int) -> None:
        rows = self._received[received.point_id]
        batch = only(received, latest(received.start, np.arange(len(received), dtype=np.int64)))
        at = rows.newest(-_FAR, _FAR)
        old = Observations(batch.point_id, rows.start[at], rows.end[at], rows.value[at], rows.quality[at])
        new, other = compare(old, batch)
        kept = batch if source else only(batch, new | other)
        turn = int(rows.revision.max(initial=-1)) + 1
        rows.add(kept, turn + np.arange(len(kept), dtype=np.int64), recorded_at, source)

    def _current(self, point_id: str, at: IntArray) -> Readings:
        """The readings of these rows; those that were withdrawn are left out."""
        return self._kept(point_id, at[self._rows[point_id].quality[at] != WITHDRAWN])

    def _kept(self, point_id: str, at: IntArray) -> Readings:
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
            self._stretches = {key: reach for key, reach in self._stretches.items() if key[0] not in gone}

    def close(self) -> None:
        """Nothing to release."""
