"""Rows per second of the SQLite store of readings, beside a bare SQLite insert of the same rows.

    python benchmarks/speed/bulk_write.py

The bare side is the least that could be done: one table of the same columns and key, rows ready as tuples, one
`executemany` and one commit a batch, the same journal and the same durability. Ours starts from arrays and checks
scope and rows, compares with what is there, writes the change feed. Goal: at most 3 times the bare time.

Cases: `bulk` one point, one batch; `days` one point, a day of quarter hours a batch; `fleet` a thousand points, an
hour of quarter hours each, in one batch; `backfill` a batch before what is there already, so that every row is
compared; `again` the same rows a second time (bare: INSERT OR IGNORE). Both sides run in turn, each round in a new
file; the median over rounds counts.
"""

from __future__ import annotations

import argparse
import csv
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
from machine import environment

from kanchay.adapters.readings.sqlite import SqliteReadingStore
from kanchay.domain.point import Point
from kanchay.domain.reading import Readings
from kanchay.services.people.policy import operator_scope

STEP = 900
SCOPE = operator_scope()
Batch = list[Readings]
TABLE = """CREATE TABLE reading (point INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
value REAL NOT NULL, quality INTEGER NOT NULL, recorded_at INTEGER NOT NULL, revision INTEGER NOT NULL,
PRIMARY KEY (point, start)) WITHOUT ROWID"""
INSERT = "INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?, ?)"


def series(point: int, first: int, n: int) -> Readings:
    values = np.random.default_rng(point + first).gamma(2.0, 0.3, n)
    return Readings.regular(f"p{point}", first * STEP, STEP, values)


def cases(n: int) -> dict[str, tuple[list[Batch], list[Batch]]]:
    """For each case what is there before, and the batches that are timed."""
    whole = [series(0, n, n)]
    return {
        "bulk": ([], [whole]),
        "days": ([], [[series(0, day * 96, 96)] for day in range(n // 960)]),
        "fleet": ([], [[series(point, 0, 4) for point in range(1000)]]),
        "backfill": ([whole], [[series(0, n // 2, n // 2)]]),
        "again": ([whole], [whole]),
    }


def time_ours(folder: Path, before: list[Batch], batches: list[Batch]) -> float:
    with closing(SqliteReadingStore(folder / "ours.sqlite")) as store:
        names = sorted({r.point_id for batch in before + batches for r in batch})
        store.register(SCOPE, [Point(name, "s", name) for name in names], "America/Lima")
        for batch in before:
            store.append(SCOPE, batch, recorded_at=1)
        begin = time.perf_counter()
        for batch in batches:
            store.append(SCOPE, batch, recorded_at=2)
        return time.perf_counter() - begin


def time_bare(folder: Path, before: list[Batch], batches: list[Batch], insert: str) -> float:
    with closing(sqlite3.connect(folder / "bare.sqlite", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(TABLE)
        db.execute("BEGIN")
        for batch in before:
            db.executemany(INSERT, tuples(batch))
        db.execute("COMMIT")
        ready = [tuples(batch) for batch in batches]
        begin = time.perf_counter()
        for rows in ready:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(insert, rows)
            db.execute("COMMIT")
        return time.perf_counter() - begin


def tuples(batch: Batch) -> list[tuple[float, ...]]:
    return [
        (int(r.point_id[1:]), s, e, v, q, 1, 1)
        for r in batch
        for s, e, v, q in zip(
            r.start.tolist(), r.end.tolist(), r.value.tolist(), r.quality.tolist(), strict=True
        )
    ]


def measure(time_one: Callable[..., float], *args: object) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return time_one(Path(folder), *args)


def run(n: int, rounds: int) -> list[dict[str, object]]:
    rows = []
    for name, (before, batches) in cases(n).items():
        insert = INSERT.replace("INSERT", "INSERT OR IGNORE") if name == "again" else INSERT
        ours, bare = [], []
        for _ in range(rounds):
            ours.append(measure(time_ours, before, batches))
            bare.append(measure(time_bare, before, batches, insert))
        n_rows = sum(len(r) for batch in batches for r in batch)
        mine, theirs = statistics.median(ours), statistics.median(bare)
        rows.append({
            "case": name, "rows": n_rows, "batches": len(batches), "rounds": rounds,
            "ours_rows_per_s": round(n_rows / mine), "bare_rows_per_s": round(n_rows / theirs),
            "ratio": round(mine / theirs, 2),
            "ratio_low": round(min(a / b for a, b in zip(ours, bare, strict=True)), 2),
            "ratio_high": round(max(a / b for a, b in zip(ours, bare, strict=True)), 2),
        })  # fmt: skip
        print("{case:9s} {rows:7d} rows  ours {ours_rows_per_s:8d}/s  bare {bare_rows_per_s:8d}/s"
              "  ratio {ratio:.2f} ({ratio_low:.2f} to {ratio_high:.2f})".format(**rows[-1]))  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "results" / "bulk_write.csv")
    given = parser.parse_args()
    rows = [{**row, **environment("sqlite", "numpy")} for row in run(given.rows, given.rounds)]
    with given.out.open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
