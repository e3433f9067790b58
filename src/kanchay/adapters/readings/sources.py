"""Sources of readings in SQLite: what each said, and the state that stands when one of them is withdrawn.

Every revision has a source behind it; another source that says the same leaves a claim. When a source goes, its claims
go, its revisions pass to whoever else claimed them, and what then has nobody behind it gives way to the newest
revision that has somebody, or to a reading that is withdrawn (`WITHDRAWN` in the column `quality`).
"""

from __future__ import annotations

import json
import sqlite3
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.readings.common import WITHDRAWN
from kanchay.domain.reading import Observations, Readings

__all__ = ["DIRECT", "NOBODY", "claim", "keep_stretch", "lay_joins", "number_of", "stretches_of", "withdraw"]

DIRECT: Final = 0
NOBODY: Final = -1
_FAR: Final = 1 << 62

_PASSED_ON: Final = """
UPDATE {t} SET source = (
    SELECT min(c.source) FROM claim c WHERE c.point = {t}.point AND c.start = {t}.start AND c.revision = {t}.revision
) WHERE point = :point AND source = :source AND EXISTS (
    SELECT 1 FROM claim c WHERE c.point = {t}.point AND c.start = {t}.start AND c.revision = {t}.revision
)"""
_HOLDS_ITSELF: Final = """
DELETE FROM claim WHERE point = :point AND EXISTS (
    SELECT 1 FROM {t} r WHERE r.point = claim.point AND r.start = claim.start AND r.revision = claim.revision
    AND r.source = claim.source
)"""
_UNHELD: Final = """
SELECT r.start, max(r."end", coalesce(o."end", r."end")), o.revision FROM reading r
LEFT JOIN superseded o ON o.point = r.point AND o.start = r.start AND o.revision = (
    SELECT max(revision) FROM superseded s WHERE s.point = r.point AND s.start = r.start AND s.source >= 0
) WHERE r.point = :point AND r.source = :source ORDER BY r.start"""
_TO_HISTORY: Final = """
INSERT INTO superseded SELECT point, start, "end", value, quality, recorded_at, revision, -1 FROM reading
WHERE point = ?"""
_BLANK: Final = f"""
UPDATE reading SET value = 0, quality = {WITHDRAWN}, recorded_at = ?, revision = revision + 1, source = -1
WHERE point = ?"""  # noqa: S608
_BROUGHT_BACK: Final = """
UPDATE reading SET ("end", value, quality, source) = (
    SELECT s."end", s.value, s.quality, s.source FROM superseded s
    WHERE s.point = reading.point AND s.start = reading.start AND s.revision = ?4
), recorded_at = ?3, revision = revision + 1 WHERE point = ?1 AND start = ?2"""
_CLAIMS_FOLLOW: Final = """
UPDATE claim SET revision = (SELECT r.revision FROM reading r WHERE r.point = claim.point AND r.start = claim.start)
WHERE point = ?1 AND start = ?2 AND revision = ?3"""


def number_of(db: sqlite3.Connection, name: str, *, make: bool) -> int | None:
    """The number of a source; "" is the direct one, and None stands for one that is not known."""
    if not name:
        return DIRECT
    row = db.execute("SELECT pk FROM source WHERE name = ?", (name,)).fetchone()
    if row is None and make:
        return db.execute("INSERT INTO source (name) VALUES (?)", (name,)).lastrowid
    return None if row is None else int(row[0])


def claim(db: sqlite3.Connection, point: int, starts: list[int], source: int) -> None:
    """The source stands behind the current readings of these starts too."""
    if not starts:
        return
    held, sign = (NOBODY, "=") if source else (DIRECT, "<>")
    these = json.dumps(starts)  # in one statement, however many
    db.execute(
        f"UPDATE reading SET source = ?1 WHERE point = ?2 AND source {sign} ?3"  # noqa: S608
        " AND start IN (SELECT value FROM json_each(?4))",
        (source, point, held, these),
    )
    if source:
        db.execute(
            "INSERT OR IGNORE INTO claim SELECT point, start, revision, ?1 FROM reading"
            " WHERE point = ?2 AND source NOT IN (0, ?1) AND start IN (SELECT value FROM json_each(?3))",
            (source, point, these),
        )


def keep_stretch(db: sqlite3.Connection, point: int, told: Readings | Observations, source: int) -> None:
    """From when to when a source tells of a point."""
    if not len(told):
        return
    db.execute(
        "INSERT INTO stretch VALUES (?1, ?2, ?3, ?4) ON CONFLICT (point, source)"
        " DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)",
        (point, source, int(told.start.min()), int(told.start.max())),
    )


def stretches_of(db: sqlite3.Connection, point: int) -> NDArray[np.int64]:
    """First and last start of every source of a point, by first."""
    rows = db.execute("SELECT first, last FROM stretch WHERE point = ? ORDER BY first, last", (point,))
    return np.array(rows.fetchall(), dtype=np.int64).reshape(-1, 2)


def withdraw(db: sqlite3.Connection, point: int, source: int, recorded_at: int) -> tuple[int, int]:
    """Take a source away from a point; returns how many readings are back and how many are gone."""
    key = {"point": point, "source": source}
    for table in ("claim", "observation", "stretch"):
        db.execute(f"DELETE FROM {table} WHERE point = :point AND source = :source", key)  # noqa: S608
    for table in ("reading", "superseded"):
        db.execute(_PASSED_ON.format(t=table), key)
        db.execute(_HOLDS_ITSELF.format(t=table), key)
    db.execute("UPDATE superseded SET source = -1 WHERE point = :point AND source = :source", key)
    rows = db.execute(_UNHELD, key).fetchall()
    back = [(start, revision) for start, _, revision in rows if revision is not None]
    db.execute(f"{_TO_HISTORY} AND source = ?", (point, source))
    db.executemany(_BROUGHT_BACK, [(point, start, recorded_at, revision) for start, revision in back])
    db.executemany(_CLAIMS_FOLLOW, [(point, start, revision) for start, revision in back])
    db.executemany(
        "UPDATE superseded SET source = -1 WHERE point = ? AND start = ? AND revision = ?",
        [(point, start, revision) for start, revision in back],
    )
    db.execute(f"{_BLANK} AND source = ?", (recorded_at, point, source))  # what nothing came back for
    if rows:
        _tell(db, point, rows[0][0], max(row[1] for row in rows), recorded_at)
    return len(back), len(rows) - len(back)


def lay_joins(
    db: sqlite3.Connection, point: int, joins: Readings, within: tuple[int, int], recorded_at: int
) -> int:
    """Make the readings that nobody stands behind exactly these within a stretch; returns how many changed."""
    rows = db.execute(
        'SELECT start, "end", value, quality, source FROM reading'
        " WHERE point = ? AND start >= ? AND start < ? AND quality <> ?",
        (point, *within, WITHDRAWN),
    ).fetchall()
    held = {row[0] for row in rows if row[4] != NOBODY}
    old = {row[0]: row[1:4] for row in rows if row[4] == NOBODY}
    columns = (joins.start.tolist(), joins.end.tolist(), joins.value.tolist(), joins.quality.tolist())
    wanted = {row[0]: row[1:] for row in zip(*columns, strict=True) if row[0] not in held}
    stale = [start for start in old if start not in wanted]
    other = {start: word for start, word in wanted.items() if old.get(start) != word}
    db.executemany(f"{_TO_HISTORY} AND start = ?", [(point, start) for start in (*stale, *other)])
    db.executemany(f"{_BLANK} AND start = ?", [(recorded_at, point, start) for start in stale])
    db.executemany(
        'INSERT INTO reading (point, start, "end", value, quality, recorded_at, source) VALUES (?, ?, ?, ?, ?, ?, -1)'
        ' ON CONFLICT (point, start) DO UPDATE SET "end" = excluded."end", value = excluded.value,'
        " quality = excluded.quality, recorded_at = excluded.recorded_at, revision = revision + 1, source = -1",
        [(point, start, *word, recorded_at) for start, word in other.items()],
    )
    touched = [
        *(old[start][0] for start in (*stale, *other) if start in old),
        *(w[0] for w in other.values()),
    ]
    if touched:
        longest = max((word[0] - start for start, word in other.items()), default=0)
        db.execute("UPDATE point SET longest = max(longest, ?) WHERE pk = ?", (longest, point))
        _tell(db, point, min(*stale, *other, _FAR), max(touched), recorded_at)
    return len(stale) + len(other)


def _tell(db: sqlite3.Connection, point: int, start: int, end: int, recorded_at: int) -> None:
    """For the change feed."""
    db.execute(
        'INSERT INTO change (point, start, "end", recorded_at) VALUES (?, ?, ?, ?)',
        (point, start, end, recorded_at),
    )
