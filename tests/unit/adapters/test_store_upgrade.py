"""A store of the first layout is brought up to date when it is opened, and keeps all it held."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from kanchay.adapters.readings.schema import SCHEMA_VERSION
from kanchay.adapters.readings.sqlite import SqliteReadingStore
from kanchay.domain.reading import Readings
from kanchay.services.people.policy import operator_scope

FIRST = """
CREATE TABLE point (pk INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, site_id TEXT NOT NULL,
    organisation_id TEXT NOT NULL DEFAULT '', tz TEXT NOT NULL, summed INTEGER NOT NULL,
    longest INTEGER NOT NULL DEFAULT 0);
CREATE TABLE reading (point INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, value REAL NOT NULL,
    quality INTEGER NOT NULL, recorded_at INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (point, start)) WITHOUT ROWID;
CREATE TABLE superseded (point INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, value REAL NOT NULL,
    quality INTEGER NOT NULL, recorded_at INTEGER NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (point, start, revision)) WITHOUT ROWID;
CREATE VIEW revision AS SELECT * FROM reading UNION ALL SELECT * FROM superseded;
CREATE TABLE observation (point INTEGER NOT NULL, start INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
    "end" INTEGER NOT NULL, value REAL NOT NULL, quality INTEGER NOT NULL,
    PRIMARY KEY (point, start, recorded_at)) WITHOUT ROWID;
CREATE TABLE rollup (point INTEGER NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    total REAL NOT NULL, covered_s INTEGER NOT NULL, quality INTEGER NOT NULL,
    PRIMARY KEY (point, level, start)) WITHOUT ROWID;
CREATE TABLE change (seq INTEGER PRIMARY KEY AUTOINCREMENT, point INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, recorded_at INTEGER NOT NULL);
INSERT INTO point VALUES (1, 'm', 's', 'org', 'America/Lima', 1, 900);
INSERT INTO reading VALUES (1, 0, 900, 2.0, 0, 20, 2), (1, 900, 1800, 3.0, 0, 10, 1);
INSERT INTO superseded VALUES (1, 0, 900, 1.0, 0, 10, 1);
INSERT INTO observation VALUES (1, 0, 10, 900, 1.0, 0), (1, 0, 20, 900, 2.0, 0);
PRAGMA user_version = 1;
"""


def test_the_first_layout_is_brought_up_to_date(tmp_path):
    path, scope = tmp_path / "readings.sqlite", operator_scope()
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FIRST)
    with closing(SqliteReadingStore(path)) as store:
        assert store.read(scope, "m", 0, 9000).value.tolist() == [2.0, 3.0]
        assert store.read(scope, "m", 0, 9000, as_of=15).value.tolist() == [1.0, 3.0]
        assert store.observations(scope, "m", 0, 9000).value.tolist() == [2.0]
        store.append(scope, [Readings.regular("m", 0, 900, _of(7, 3))], recorded_at=30, source="file")
        store.withdraw(scope, "file", recorded_at=40)
        assert store.read(scope, "m", 0, 9000).value.tolist() == [2.0, 3.0]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def _of(*values):
    import numpy as np

    return np.array(values, dtype=float)
