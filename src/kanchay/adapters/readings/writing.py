"""Readings on their way into the SQLite store: compared with what is there, then written in a few statements."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.readings import sources
from kanchay.adapters.readings.common import WITHDRAWN, Registered, Rows, compare, latest, only
from kanchay.adapters.readings.selects import kept, newest_starts, received_last
from kanchay.domain.reading import Observations, Readings

__all__ = ["Write", "keep"]

_FAR: Final = 1 << 62
_SLICE: Final = 16384  # rows that are Python objects at a time
_COMPARED: Final = 65536  # rows that are compared with what is there at a time


class Write:
    """Readings of any number of points, written with a handful of statements inside one transaction."""

    def __init__(
        self,
        db: sqlite3.Connection,
        points: Iterable[Registered],
        recorded_at: int,
        source: int,
        done: Callable[[int], None],
    ) -> None:
        self._db, self._recorded_at, self._source, self._done = db, recorded_at, source, done
        self._newest = newest_starts(db, points)
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
        self._inserts.append(sliced(columns, *self._stamp, done=self._done))
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
        touched: list[tuple[int, int]] = []
        for part in _parts(batch):
            touched += self._compare_part(point, part)
            self._done(len(part))
        if touched:
            self._note(point, batch, touched[0][0], max(end for _, end in touched))

    def _compare_part(self, point: Registered, batch: Readings) -> list[tuple[int, int]]:
        """Some rows of a batch; from when to when something changes, nothing where all is the same."""
        old = kept(self._db, point, int(batch.start[0]), int(batch.start[-1]) + 1)
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
        if not written.any():
            return []
        starts = batch.start[written]
        before = old.end[np.isin(old.start, starts)]
        return [(int(starts[0]), max(int(batch.end[written].max()), int(before.max(initial=-_FAR))))]

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


def keep(
    db: sqlite3.Connection,
    point: Registered,
    received: Observations,
    stamp: tuple[int, int],
    done: Callable[[int], None],
) -> None:
    """Keep observations: all of a named source, else those that are not the newest word already.

    `stamp` is when they were recorded and the source; `done` hears how many are written.
    """
    if not len(received):
        return
    batch = only(received, latest(received.start, np.arange(len(received), dtype=np.int64)))
    for part in _parts(batch):
        _keep_part(db, point, part, stamp, done)


def _parts(batch: Rows) -> Iterator[Rows]:
    """Some rows after the others, so that what is there is never held all at once, and somebody can stop it."""
    for at in range(0, len(batch), _COMPARED):
        yield only(batch, np.arange(at, min(at + _COMPARED, len(batch))))


def _keep_part(
    db: sqlite3.Connection,
    point: Registered,
    batch: Observations,
    stamp: tuple[int, int],
    done: Callable[[int], None],
) -> None:
    recorded_at, source = stamp
    some = batch
    if not source:
        new, other = compare(received_last(db, point, int(batch.start[0]), int(batch.start[-1]) + 1), batch)
        some = only(batch, new | other)
    columns = (some.start, some.end, some.value, some.quality)
    db.executemany(
        "INSERT OR REPLACE INTO observation (point, start, end, value, quality, recorded_at, source)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        sliced(
            (np.broadcast_to(point.pk, len(some)), *columns), repeat(recorded_at), repeat(source), done=done
        ),
    )


def sliced(
    columns: Sequence[NDArray[Any]], *constant: Iterable[int], done: Callable[[int], None]
) -> Iterable[tuple[Any, ...]]:
    """Rows as SQLite takes them, a slice after the other: as objects all at once they would fill the memory.

    `done` hears of each slice when the next is asked for, and may stop the write.
    """

    def slices() -> Iterator[Iterable[tuple[Any, ...]]]:
        for at in range(0, len(columns[0]), _SLICE):
            lists = [c[at : at + _SLICE].tolist() for c in columns]
            yield zip(*lists, *constant, strict=False)
            done(len(lists[0]))

    return chain.from_iterable(slices())
