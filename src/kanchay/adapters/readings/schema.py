"""Tables of the SQLite store of readings."""

from __future__ import annotations

from typing import Final

__all__ = ["SCHEMA", "SCHEMA_VERSION", "UPGRADES"]

SCHEMA_VERSION: Final = 2

# Who stands behind a revision: 0 a direct write, above 0 a source that can be withdrawn, -1 nobody any more. A claim is
# another source that said the same. `stretch` is what a source tells of a point, first and last start.
_SOURCES: Final = """
CREATE TABLE IF NOT EXISTS source (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS claim (
    point INTEGER NOT NULL,
    start INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    source INTEGER NOT NULL,
    PRIMARY KEY (point, start, revision, source)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stretch (
    point INTEGER NOT NULL,
    source INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (point, source)
) WITHOUT ROWID;
"""

# "end" is a keyword of SQL, but SQLite takes it as a column's name where it is quoted once, here.
SCHEMA: Final = "".join(
    (
        """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS point (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    site_id TEXT NOT NULL,
    organisation_id TEXT NOT NULL DEFAULT '',
    tz TEXT NOT NULL,
    summed INTEGER NOT NULL,
    longest INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS reading (
    point INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    value REAL NOT NULL,
    quality INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    source INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (point, start)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS superseded (
    point INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    value REAL NOT NULL,
    quality INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    source INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (point, start, revision)
) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS revision AS SELECT * FROM reading UNION ALL SELECT * FROM superseded;
CREATE TABLE IF NOT EXISTS observation (
    point INTEGER NOT NULL,
    start INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    source INTEGER NOT NULL DEFAULT 0,
    "end" INTEGER NOT NULL,
    value REAL NOT NULL,
    quality INTEGER NOT NULL,
    PRIMARY KEY (point, start, recorded_at, source)
) WITHOUT ROWID;
""",
        _SOURCES,
        """
CREATE TABLE IF NOT EXISTS rollup (
    point INTEGER NOT NULL,
    level INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    total REAL NOT NULL,
    covered_s INTEGER NOT NULL,
    quality INTEGER NOT NULL,
    PRIMARY KEY (point, level, start)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS change (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    point INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
);
PRAGMA user_version = 2;
COMMIT;
""",
    )
)

# From each layout to the next. What was stored before sources were noted counts as written directly.
UPGRADES: Final = {
    1: "".join(
        (
            """
BEGIN IMMEDIATE;
DROP VIEW revision;
ALTER TABLE reading ADD COLUMN source INTEGER NOT NULL DEFAULT 0;
ALTER TABLE superseded ADD COLUMN source INTEGER NOT NULL DEFAULT 0;
CREATE VIEW revision AS SELECT * FROM reading UNION ALL SELECT * FROM superseded;
ALTER TABLE observation RENAME TO observation_1;
CREATE TABLE observation (
    point INTEGER NOT NULL,
    start INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    source INTEGER NOT NULL DEFAULT 0,
    "end" INTEGER NOT NULL,
    value REAL NOT NULL,
    quality INTEGER NOT NULL,
    PRIMARY KEY (point, start, recorded_at, source)
) WITHOUT ROWID;
INSERT INTO observation SELECT point, start, recorded_at, 0, "end", value, quality FROM observation_1;
DROP TABLE observation_1;
""",
            _SOURCES,
            """
PRAGMA user_version = 2;
COMMIT;
""",
        )
    )
}
