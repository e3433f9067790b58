"""What the SQLite store looks up, each in one statement: the same for who reads and for who is about to write."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from kanchay.adapters.readings.common import WITHDRAWN, Registered, latest, only
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import Observations, Readings

__all__ = ["as_json", "as_known", "current", "kept", "newest_starts", "received_last"]


def current(db: sqlite3.Connection, point: Registered, start: int, end: int) -> Readings:
    """The newest revisions of readings that stand."""
    held = kept(db, point, start, end)
    stands = held.quality != WITHDRAWN
    return held if stands.all() else only(held, stands)


def kept(db: sqlite3.Connection, point: Registered, start: int, end: int) -> Readings:
    """The newest revisions, also of readings that were withdrawn."""
    rows = db.execute(
        "SELECT start, end, value, quality FROM reading"
        " WHERE point = ? AND start >= ? AND start < ? ORDER BY start",
        (point.pk, start, end),
    ).fetchall()
    return Readings(point.id, *_arrays(rows))


def as_known(db: sqlite3.Connection, point: Registered, window: tuple[int, int, int]) -> Readings:
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


def received_last(db: sqlite3.Connection, point: Registered, start: int, end: int) -> Observations:
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


def newest_starts(db: sqlite3.Connection, points: Iterable[Registered]) -> dict[int, int]:
    """The last start of each point that has readings: one look at the key's end for each."""
    rows = db.execute(
        "SELECT j.value, (SELECT max(start) FROM reading WHERE point = j.value) FROM json_each(?) j",
        (as_json([point.pk for point in points]),),
    )
    return {pk: start for pk, start in rows if start is not None}


def as_json(values: Iterable[str | int]) -> str:
    return json.dumps(list(values))
