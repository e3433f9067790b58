"""Readings in one SQLite file: the embedded default, no server.

`reading` holds the newest revision of every interval and is the current view; what is overtaken moves
to `superseded` in the same transaction: the key (point, start, revision) lives in both, the view `revision`
shows both, and nothing is lost. Most writes only append: one row, and a look at the point's last start.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.locking import shared
from kanchay.adapters.readings import sources
from kanchay.adapters.readings.common import (
    WITHDRAWN,
    Registered,
    as_rollups,
    bounds_of,
    checked,
    checked_all,
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
from kanchay.adapters.readings.schema import SCHEMA, SCHEMA_VERSION, UPGRADES
from kanchay.adapters.wal import write_ahead
from kanchay.domain.errors import KanchayError
from kanchay.domain.event import Change
from kanchay.domain.interval import IntArray
from kanchay.domain.point import Point
from kanchay.domain.reading import Observations, Readings
from kanchay.domain.scope import Permission, Scope
from kanchay.services.ports.readings import Level, Rollups, Span, Withdrawal, WriteResult

__all__ = ["SqliteReadingStore"]

_POINT = "pk, id, site_id, organisation_id, tz, summed, longest"
_LEVELS: tuple[Level, ...] = ("hour", "day")
_FAR = 1 << 62
_SLICE = 16384  # rows that are Python objects at a time
_BUSY_S = 30.0  # how long a writer waits for another process


class SqliteReadingStore:
    """`ReadingStore` in one SQLite file: a connection a thread to read, one writer at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._writer = threading.Lock()
        self._in_use = shared(path.with_suffix(".lock"))
        connection = self._connection
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, SCHEMA_VERSION, *UPGRADES):
            raise KanchayError(
                f"{path.name} has layout {found}, this Kanchay knows {SCHEMA_VERSION}.",
                hint="Use the version that wrote it, or a newer one.",
            )
        if found == 0:
            connection.executescript(SCHEMA)
        for version in range(found, SCHEMA_VERSION) if found else ():
            connection.executescript(UPGRADES[version])

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            write_ahead(connection)
            # FULL: what is acknowledged survives a power cut too, not only a crash of the process.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA cache_size = -16384")
            self._local.connection = connection
            self._open.append(connection)
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writer:
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk has rolled back already
                    connection.execute("ROLLBACK")
                raise

    def _known(self, point_ids: Iterable[str]) -> dict[str, Registered]:
        """Points as registered, in one statement for any number of them."""
        rows = self._connection.execute(
            f"SELECT {_POINT} FROM point WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608
            (_json(point_ids),),
        )
        return {row[1]: _registered(row) for row in rows}

    def _seen(self, scope: Scope, point_id: str) -> Registered:
        return seen(scope, point_id, self._known((point_id,)).get(point_id))

    def register(
        self, scope: Scope, points: Sequence[Point], tz: str, *, organisation_id: str | None = None
    ) -> None:
        enter(scope, Permission.WRITE)
        with self._transaction() as db:
            known = self._known([point.id for point in points])
            rows = register_all(scope, points, tz, organisation_id, known)
            db.executemany(
                "INSERT INTO point (id, site_id, organisation_id, tz, summed) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET organisation_id = excluded.organisation_id",
                [(p.id, p.site_id, p.organisation_id, p.tz, p.summed) for p in rows],
            )

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
        clean = checked_all([batch for batch in readings if len(batch)])
        names = {each.point_id for each in readings} | {each.point_id for each in observations}
        with self._transaction() as db:
            known = self._known(names)
            points = {name: seen(scope, name, known.get(name)) for name in names}
            number = sources.number_of(db, source, make=True) or sources.DIRECT
            write = _Write(db, points.values(), recorded_at, number)
            for each in _rounds(clean):
                write.add(points, each)
                write.flush()
            for received in observations:
                _keep(db, points[received.point_id], received, recorded_at, number)
            if number:
                told: list[Readings | Observations] = [*clean, *observations]
                for some in told:
                    sources.keep_stretch(db, points[some.point_id].pk, some, number)
        return WriteResult(write.new, write.revised, write.unchanged)

    def withdraw(self, scope: Scope, source: str, *, recorded_at: int) -> Withdrawal:
        enter(scope, Permission.WRITE)
        with self._transaction() as db:
            number = sources.number_of(db, source, make=False)
            rows = db.execute(
                f"SELECT {_POINT} FROM point WHERE pk IN (SELECT point FROM stretch WHERE source = ?)",  # noqa: S608
                (number or None,),
            )
            points = [_registered(row) for row in rows.fetchall()]
            for point in points:
                seen(scope, point.id, point)
            done = [sources.withdraw(db, point.pk, number or 0, recorded_at) for point in points]
        return Withdrawal(sum(back for back, _ in done), sum(gone for _, gone in done))

    def stretches(self, scope: Scope, point_id: str) -> IntArray:
        enter(scope, Permission.READ)
        return sources.stretches_of(self._connection, self._seen(scope, point_id).pk)

    def join(self, scope: Scope, joins: Readings, start: int, end: int, *, recorded_at: int) -> int:
        enter(scope, Permission.WRITE)
        with self._transaction() as db:
            point = seen(scope, joins.point_id, self._known((joins.point_id,)).get(joins.point_id))
            return sources.lay_joins(db, point.pk, checked(joins), (start, end), recorded_at)

    def read(
        self, scope: Scope, point_id: str, start: int, end: int, *, as_of: int | None = None
    ) -> Readings:
        enter(scope, Permission.READ)
        point = self._seen(scope, point_id)
        if as_of is None:
            return _current(self._connection, point, start, end)
        return _as_known(self._connection, point, (start, end, as_of))

    def observations(self, scope: Scope, point_id: str, start: int, end: int) -> Observations:
        enter(scope, Permission.READ)
        return _received(self._connection, self._seen(scope, point_id), start, end)

    def spans(self, scope: Scope, point_ids: Sequence[str]) -> dict[str, Span]:
        enter(scope, Permission.READ)
        mine = [p for p in self._known(point_ids).values() if visible(scope, p)]
        spans = {}
        for point in mine:
            row = self._connection.execute(
                f"SELECT min(start), max(end), count(*) FROM reading WHERE point = ? AND quality <> {WITHDRAWN}",  # noqa: S608
                (point.pk,),
            ).fetchone()
            if row[2]:
                spans[point.id] = Span(*row)
        return spans

    def changes(self, scope: Scope, after: int, limit: int = 1000) -> list[Change]:
        enter(scope, Permission.READ)
        sites = None if scope.site_ids is None else _json(scope.site_ids)
        rows = self._connection.execute(
            "SELECT c.seq, p.id, p.site_id, c.start, c.end, c.recorded_at"
            " FROM change c JOIN point p ON p.pk = c.point"
            " WHERE c.seq > :after AND (:own IS NULL OR p.organisation_id = :own)"
            " AND (:sites IS NULL OR p.site_id IN (SELECT value FROM json_each(:sites)))"
            " ORDER BY c.seq LIMIT :limit",
            {"after": after, "own": scope.organisation_id, "sites": sites, "limit": limit},
        )
        return [Change(*row) for row in rows]

    def rollups(self, scope: Scope, point_id: str, level: Level, start: int, end: int) -> Rollups:
        enter(scope, Permission.READ)
        rows = self._connection.execute(
            "SELECT start, end, total, covered_s, quality FROM rollup"
            " WHERE point = ? AND level = ? AND start >= ? AND start < ? ORDER BY start",
            (self._seen(scope, point_id).pk, _LEVELS.index(level), start, end),
        ).fetchall()
        return as_rollups(point_id, rows)

    def refresh_rollups(self, scope: Scope, change: Change) -> None:
        enter(scope, Permission.WRITE)
        with self._transaction() as db:
            point = self._known((change.point_id,)).get(change.point_id)
            if point is None:
                return  # erased meanwhile
            seen(scope, change.point_id, point)
            for level in _LEVELS:
                _refresh(db, point, level, change)

    def erase(self, scope: Scope, point_ids: Sequence[str]) -> None:
        enter(scope, Permission.ADMIN)
        with self._transaction() as db:
            known = self._known(point_ids)
            keys = [(seen(scope, name, known.get(name)).pk,) for name in point_ids]
            for table in ("reading", "superseded", "observation", "rollup", "change", "claim", "stretch"):
                db.executemany(f"DELETE FROM {table} WHERE point = ?", keys)  # noqa: S608
            db.executemany("DELETE FROM point WHERE pk = ?", keys)

    def close(self) -> None:
        while self._open:
            self._open.pop().close()
        self._local = threading.local()
        self._in_use.close()


def _rounds(batches: Sequence[Readings]) -> list[list[Readings]]:
    """Batches so parted that no point comes twice in one part: the second has to see the first."""
    rounds: list[list[Readings]] = []
    times: dict[str, int] = {}
    for batch in batches:
        turn = times[batch.point_id] = times.get(batch.point_id, -1) + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(batch)
    return rounds


class _Write:
    """Readings of any number of points, written with a handful of statements inside one transaction."""

    def __init__(
        self, db: sqlite3.Connection, points: Iterable[Registered], recorded_at: int, source: int
    ) -> None:
        self._db, self._recorded_at, self._source = db, recorded_at, source
        self._newest = _newest(db, points)
        self._inserts: list[Iterable[tuple[Any, ...]]] = []
        self._revisions: list[tuple[Any, ...]] = []
        self._changes: list[tuple[int, int, int, int]] = []
        self._longest: list[tuple[int, int]] = []
        self.new = self.revised = self.unchanged = 0

    def add(self, points: dict[str, Registered], batches: Sequence[Readings]) -> None:
        """Note what has to be written. A point comes once between two flushes."""
        if not batches:
            return
        who = [points[batch.point_id] for batch in batches]
        newest = np.array([self._newest.get(point.pk, -_FAR) for point in who])
        sizes = np.array([len(batch) for batch in batches])
        at = np.cumsum(sizes) - sizes
        start = np.concatenate([batch.start for batch in batches])
        later = start[at] > newest
        for i in np.flatnonzero(~later).tolist():
            self._compare(who[i], batches[i])
        if later.any():
            fresh = [i for i, yes in enumerate(later.tolist()) if yes]
            self._append([who[i] for i in fresh], [batches[i] for i in fresh])

    def _append(self, points: list[Registered], batches: list[Readings]) -> None:
        """Batches that lie after all there is: in columns over all points at once, for a fleet sends many."""
        sizes = np.array([len(batch) for batch in batches])
        at = np.cumsum(sizes) - sizes
        start, end = (np.concatenate([getattr(b, name) for b in batches]) for name in ("start", "end"))
        value, quality = (
            np.concatenate([getattr(b, name) for b in batches]) for name in ("value", "quality")
        )
        keys = np.array([point.pk for point in points])
        columns = (np.repeat(keys, sizes), start, end, value, quality)
        self._inserts.append(_rows(columns, *self._stamp))
        self.new += len(start)
        firsts, lasts = start[at].tolist(), np.maximum.reduceat(end, at).tolist()
        self._changes.extend(zip(keys.tolist(), firsts, lasts, repeat(self._recorded_at), strict=False))
        self._newest |= dict(zip(keys.tolist(), start[at + sizes - 1].tolist(), strict=True))
        longest = np.maximum.reduceat(end - start, at).tolist()
        self._longest += [(s, p.pk) for s, p in zip(longest, points, strict=True) if s > p.longest]

    @property
    def _stamp(self) -> tuple[Iterable[int], Iterable[int]]:
        """When it was recorded and who stands behind it: the same for every row of this write."""
        return repeat(self._recorded_at), repeat(self._source)

    def _compare(self, point: Registered, batch: Readings) -> None:
        """A batch that may meet what is there: each row is new, revised or unchanged."""
        first, last = int(batch.start[0]), int(batch.start[-1])
        old = _kept(self._db, point, first, last + 1)
        new, revised = compare(old, batch)
        if new.any():
            self._insert(point, only(batch, new))
        if revised.any():
            self._revise(point, only(batch, revised))
        written = new | revised
        again = int(np.isin(batch.start[revised], old.start[old.quality == WITHDRAWN]).sum())
        self.new, self.revised = self.new + again, self.revised - again
        self.unchanged += len(batch) - int(written.sum())
        sources.claim(self._db, point.pk, batch.start[~written].tolist(), self._source)
        if written.any():
            starts = batch.start[written]
            before = old.end[np.isin(old.start, starts)]
            end = max(int(batch.end[written].max()), int(before.max(initial=-_FAR)))
            self._note(point, batch, int(starts[0]), end)

    def _insert(self, point: Registered, rows: Readings) -> None:
        columns = (rows.start.tolist(), rows.end.tolist(), rows.value.tolist(), rows.quality.tolist())
        self._inserts.append(zip(repeat(point.pk), *columns, *self._stamp, strict=False))
        self._newest[point.pk] = max(self._newest.get(point.pk, -_FAR), columns[0][-1])
        self.new += len(rows)

    def _revise(self, point: Registered, rows: Readings) -> None:
        columns = (rows.start.tolist(), rows.end.tolist(), rows.value.tolist(), rows.quality.tolist())
        self._revisions.extend(zip(repeat(point.pk), *columns, *self._stamp, strict=False))
        self.revised += len(rows)

    def _note(self, point: Registered, batch: Readings, start: int, end: int) -> None:
        """For the change feed: what was written, and what the old revisions of it covered."""
        self._changes.append((point.pk, start, end, self._recorded_at))
        longest = int((batch.end - batch.start).max())
        if longest > point.longest:
            self._longest.append((longest, point.pk))

    def flush(self) -> None:
        """Write everything noted."""
        run = self._db.executemany
        run(
            "INSERT INTO reading (point, start, end, value, quality, recorded_at, source) VALUES (?, ?, ?, ?, ?, ?, ?)",
            chain.from_iterable(self._inserts),
        )
        run(
            "INSERT INTO superseded SELECT * FROM reading WHERE point = ? AND start = ?",
            [row[:2] for row in self._revisions],
        )
        run(
            "UPDATE reading SET end = ?3, value = ?4, quality = ?5, recorded_at = ?6, revision = revision + 1,"
            " source = ?7 WHERE point = ?1 AND start = ?2",
            self._revisions,
        )
        run('INSERT INTO change (point, start, "end", recorded_at) VALUES (?, ?, ?, ?)', self._changes)
        run("UPDATE point SET longest = max(longest, ?) WHERE pk = ?", self._longest)
        for noted in (self._inserts, self._revisions, self._changes, self._longest):
            noted.clear()


def _newest(db: sqlite3.Connection, points: Iterable[Registered]) -> dict[int, int]:
    """The last start of each point that has readings: one look at the key's end for each."""
    rows = db.execute(
        "SELECT j.value, (SELECT max(start) FROM reading WHERE point = j.value) FROM json_each(?) j",
        (_json([point.pk for point in points]),),
    )
    return {pk: start for pk, start in rows if start is not None}


def _rows(columns: Sequence[NDArray[Any]], *constant: Iterable[int]) -> Iterable[tuple[Any, ...]]:
    """Rows as SQLite takes them, a slice after the other: as objects all at once they would fill the memory."""
    slices = ([c[at : at + _SLICE].tolist() for c in columns] for at in range(0, len(columns[0]), _SLICE))
    return chain.from_iterable(zip(*lists, *constant, strict=False) for lists in slices)


def _keep(
    db: sqlite3.Connection, point: Registered, received: Observations, recorded_at: int, source: int
) -> None:
    """Keep observations: all of a named source, else those that are not the newest word already."""
    if not len(received):
        return
    batch = only(received, latest(received.start, np.arange(len(received), dtype=np.int64)))
    old = _received(db, point, int(batch.start[0]), int(batch.start[-1]) + 1)
    new, other = compare(old, batch)
    some = batch if source else only(batch, new | other)
    columns = (some.start, some.end, some.value, some.quality)
    db.executemany(
        "INSERT OR REPLACE INTO observation (point, start, end, value, quality, recorded_at, source)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        _rows((np.broadcast_to(point.pk, len(some)), *columns), repeat(recorded_at), repeat(source)),
    )


def _refresh(db: sqlite3.Connection, point: Registered, level: Level, change: Change) -> None:
    bounds = bounds_of(level, change.start, change.end, point.tz)
    parts = roll(_current(db, point, *needed_span(bounds, point.longest)), bounds, point)
    key = (point.pk, _LEVELS.index(level))
    db.execute(
        "DELETE FROM rollup WHERE point = ? AND level = ? AND start >= ? AND start < ?",
        (*key, int(bounds[0]), int(bounds[-1])),
    )
    columns = (parts.start, parts.end, parts.total, parts.covered_s, parts.quality)
    db.executemany(
        "INSERT INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?)",
        zip(repeat(key[0]), repeat(key[1]), *(column.tolist() for column in columns), strict=False),
    )


def _current(db: sqlite3.Connection, point: Registered, start: int, end: int) -> Readings:
    kept = _kept(db, point, start, end)
    stands = kept.quality != WITHDRAWN
    return kept if stands.all() else only(kept, stands)


def _kept(db: sqlite3.Connection, point: Registered, start: int, end: int) -> Readings:
    """The newest revisions, also of readings that were withdrawn."""
    rows = db.execute(
        "SELECT start, end, value, quality FROM reading"
        " WHERE point = ? AND start >= ? AND start < ? ORDER BY start",
        (point.pk, start, end),
    ).fetchall()
    return Readings(point.id, *_arrays(rows))


def _as_known(db: sqlite3.Connection, point: Registered, window: tuple[int, int, int]) -> Readings:
    """The newest revision of each start recorded at or before a second."""
    rows = db.execute(
        "SELECT start, end, value, quality, revision FROM revision"
        " WHERE point = ? AND start >= ? AND start < ? AND recorded_at <= ?",
        (point.pk, *window),
    ).fetchall()
    revision = np.array([row[4] for row in rows], dtype=np.int64)
    known = Readings(point.id, *_arrays(rows))
    newest = latest(known.start, revision)
    return only(known, newest[known.quality[newest] != WITHDRAWN])


def _received(db: sqlite3.Connection, point: Registered, start: int, end: int) -> Observations:
    """Observations of each start as last received."""
    rows = db.execute(
        "SELECT start, end, value, quality FROM observation"
        " WHERE point = ? AND start >= ? AND start < ? ORDER BY start, recorded_at, source",
        (point.pk, start, end),
    ).fetchall()
    received = Observations(point.id, *_arrays(rows))
    return only(received, latest(received.start, np.arange(len(rows), dtype=np.int64)))


def _arrays(rows: Sequence[tuple[Any, ...]]) -> tuple[IntArray, IntArray, Any, Any]:
    columns = list(zip(*rows, strict=True)) or [()] * 4
    kinds = (np.int64, np.int64, np.float64, np.int8)
    start, end, value, quality = (np.asarray(c, dtype=k) for c, k in zip(columns, kinds, strict=False))
    return start, end, value, quality


def _registered(row: tuple[Any, ...]) -> Registered:
    pk, name, site_id, organisation_id, tz, summed, longest = row
    return Registered(name, site_id, organisation_id, tz, bool(summed), longest, pk)


def _json(values: Iterable[str | int]) -> str:
    import json

    return json.dumps(list(values))
