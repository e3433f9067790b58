"""Tables of the SQLite store of readings."""

from __future__ import annotations

from typing import Final

__all__ = ["SCHEMA", "SCHEMA_VERSION"]

SCHEMA_VERSION: Final = 1

# "end" is a keyword of SQL, but SQLite takes it as a column's name where it is quoted once, here.
SCHEMA: Final = """
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
    PRIMARY KEY (point, start, revision)
) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS revision AS SELECT * FROM reading UNION ALL SELECT * FROM superseded;
CREATE TABLE IF NOT EXISTS observation (
    point INTEGER NOT NULL,
    start INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    value REAL NOT NULL,
    quality INTEGER NOT NULL,
    PRIMARY KEY (point, start, recorded_at)
) WITHOUT ROWID;
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
PRAGMA user_version = 1;
COMMIT;
"""
