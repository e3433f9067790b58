"""After any sequence of writes a store equals a replay of all of them by a dozen lines of plain Python."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanchay.adapters.readings.memory import MemoryReadingStore
from kanchay.adapters.readings.sqlite import SqliteReadingStore
from kanchay.analysis.quality.resample import bucket
from kanchay.bootstrap import in_memory
from kanchay.domain.interval import DAY, HOUR, local_day_bounds
from kanchay.domain.point import Point, Site
from kanchay.domain.reading import Readings
from kanchay.services.people.policy import operator_scope, worker_scope
from kanchay.services.people.sites import add_points, create_site
from kanchay.services.readings.rollups import roll_up

OPERATOR = operator_scope()
T0 = 1_774_738_800 - 6 * HOUR  # a few hours before Madrid's clocks go forward in 2026
TZ = "Europe/Madrid"

# A write: (slot, length in slots, value, quality) rows of a quarter of an hour; about two days of them.
row = st.tuples(
    st.integers(0, 200), st.sampled_from([1, 1, 1, 2, 4, 96]), st.integers(0, 3), st.integers(0, 2)
)
write = st.lists(row, min_size=1, max_size=12, unique_by=lambda r: r[0])
history = st.lists(st.tuples(write, st.integers(0, 3)), min_size=1, max_size=8)


def readings_of(rows) -> Readings:
    slot, length, value, quality = (np.array(column) for column in zip(*sorted(rows), strict=True))
    start = T0 + 900 * slot
    return Readings("m", start, start + 900 * length, value.astype(float), quality.astype(np.int8))


class Replay:
    """All revisions of every start, in order."""

    def __init__(self) -> None:
        self.revisions: dict[int, list[tuple[int, tuple[int, float, int]]]] = {}

    def write(self, readings: Readings, at: int) -> tuple[int, int, int]:
        counts = [0, 0, 0]
        for s, e, v, q in zip(readings.start, readings.end, readings.value, readings.quality, strict=True):
            past, now = self.revisions.setdefault(int(s), []), (int(e), float(v), int(q))
            kind = 0 if not past else (2 if past[-1][1] == now else 1)
            counts[kind] += 1
            if kind < 2:
                past.append((at, now))
        return tuple(counts)

    def seen(self, as_of: int = 1 << 40) -> dict[int, tuple[int, float, int]]:
        newest = {s: [word for at, word in past if at <= as_of] for s, past in self.revisions.items()}
        return {s: words[-1] for s, words in newest.items() if words}


def as_dict(readings: Readings) -> dict[int, tuple[int, float, int]]:
    rows = zip(
        *(c.tolist() for c in (readings.start, readings.end, readings.value, readings.quality)), strict=True
    )
    return {s: (e, v, q) for s, e, v, q in rows}


@contextmanager
def stores() -> Iterator[list]:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SqliteReadingStore(Path(folder) / "r.sqlite")) as disk,
    ):
        yield [MemoryReadingStore(), disk]


@settings(max_examples=60, deadline=None)
@given(history)
def test_revisions_and_as_of_equal_a_replay(writes):
    with stores() as both:
        for store in both:
            store.register(OPERATOR, [Point("m", "s", "M")], TZ)
            replay, clock = Replay(), 0
            for rows, pause in writes:
                clock += pause
                counted = store.append(OPERATOR, [readings_of(rows)], recorded_at=clock)
                assert (counted.new, counted.revised, counted.unchanged) == replay.write(
                    readings_of(rows), clock
                )
            for as_of in range(-1, clock + 1):
                assert as_dict(store.read(OPERATOR, "m", 0, 1 << 40, as_of=as_of)) == replay.seen(as_of)
            assert as_dict(store.read(OPERATOR, "m", 0, 1 << 40)) == replay.seen()


@settings(max_examples=60, deadline=None)
@given(history, st.lists(st.booleans(), min_size=8, max_size=8))
def test_rollups_equal_a_recomputation_whenever_they_are_brought_up_to_date(writes, roll_after):
    with stores() as both:
        for store in both:
            store.register(OPERATOR, [Point("m", "s", "M")], TZ)
            cursor = 0
            for at, ((rows, _), roll) in enumerate(zip(writes, [*roll_after], strict=False)):
                store.append(OPERATOR, [readings_of(rows)], recorded_at=at)
                if roll or at == len(writes) - 1:
                    for change in store.changes(OPERATOR, cursor):
                        store.refresh_rollups(OPERATOR, change)
                        store.refresh_rollups(OPERATOR, change)  # idempotent
                        cursor = change.seq
            check_rollups(store)


def check_rollups(store) -> None:
    everything = store.read(OPERATOR, "m", 0, 1 << 40)
    low, high = T0 - DAY, T0 + 6 * DAY
    hours = np.arange(low // HOUR, high // HOUR + 1) * HOUR
    for level, bounds in (("hour", hours), ("day", local_day_bounds(low, high, TZ))):
        expected = bucket(everything, bounds, summed=True)
        some = expected.covered_s > 0
        found = store.rollups(OPERATOR, "m", level, int(bounds[0]), int(bounds[-1]))
        assert found.start.tolist() == expected.start[some].tolist()
        assert found.end.tolist() == expected.end[some].tolist()
        assert found.total == pytest.approx(expected.total[some], rel=1e-9, abs=1e-9)
        assert found.covered_s.tolist() == expected.covered_s[some].tolist()
        assert found.quality.tolist() == expected.quality[some].tolist()


@settings(max_examples=30, deadline=None)
@given(history)
def test_the_use_case_rolls_up_every_change_once(writes):
    ctx = in_memory(clock=lambda: 1)
    create_site(ctx, OPERATOR, Site("s", "S", tz=TZ))
    add_points(ctx, OPERATOR, "s", [Point("m", "s", "M")])
    for rows, pause in writes:
        ctx.readings.append(OPERATOR, [readings_of(rows)], recorded_at=pause)
        if pause == 2:
            roll_up(ctx, worker_scope())
    roll_up(ctx, worker_scope())
    check_rollups(ctx.readings)
    assert roll_up(ctx, worker_scope()) == 0
