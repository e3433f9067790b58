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
from itertools import repeat
from pathlib import Path
from typing import Any

from kanchay.adapters.locking import shared
from kanchay.adapters.readings import sources
from kanchay.adapters.readings.common import (
    WITHDRAWN,
    Registered,
    as_rollups,
    bounds_of,
    checked,
    checked_all,
    enter,
    needed_span,
    register_all,
    roll,
    seen,
    visible,
)
from kanchay.adapters.readings.schema import SCHEMA, SCHEMA_VERSION, UPGRADES
from kanchay.adapters.readings.selects import as_json, as_known, current, received_last
from kanchay.adapters.readings.writing import Write, keep
from kanchay.adapters.wal import write_ahead
from kanchay.domain.errors import KanchayError
from kanchay.domain.event import Change
from kanchay.domain.interval import IntArray
from kanchay.domain.point import Point
from kanchay.domain.reading import Observations, Readings
from kanchay.domain.scope import Permission, Scope
from kanchay.services.ports.readings import Level, Rollups, Span, Withdrawal, WriteResult
from kanchay.services.progress import counted

__all__ = ["SqliteReadingStore"]

_POINT = "pk, id, site_id, organisation_id, tz, summed, longest"
_LEVELS: tuple[Level, ...] = ("hour", "day")
_FAR = 1 << 62
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
            (as_json(point_ids),),
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
            done = counted(
                "store", sum(len(each) for each in clean) + sum(len(each) for each in observations)
            )
            known = self._known(names)
            points = {name: seen(scope, name, known.get(name)) for name in names}
            number = sources.number_of(db, source, make=True) or sources.DIRECT
            write = Write(db, points.values(), recorded_at, number, done)
            for each in _rounds(clean):
                write.add(points, each)
                write.flush()
            for received in observations:
                keep(db, points[received.point_id], received, (recorded_at, number), done)
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
            return current(self._connection, point, start, end)
        return as_known(self._connection, point, (start, end, as_of))

    def observations(self, scope: Scope, point_id: str, start: int, end: int) -> Observations:
        enter(scope, Permission.READ)
        return received_last(self._connection, self._seen(scope, point_id), start, end)

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
        sites = None if scope.site_ids is None else as_json(scope.site_ids)
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


def _refresh(db: sqlite3.Connection, point: Registered, level: Level, change: Change) -> None:
    bounds = bounds_of(level, change.start, change.end, point.tz)
    parts = roll(current(db, point, *needed_span(bounds, point.longest)), bounds, point)
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


def _registered(row: tuple[Any, ...]) -> Registered:
    pk, name, site_id, organisation_id, tz, summed, longest = row
    return Registered(name, site_id, organisation_id, tz, bool(summed), longest, pk)
