"""What every store of readings promises."""

from __future__ import annotations

import inspect
import threading
from dataclasses import astuple

import numpy as np
import pytest

from kanchay.domain.errors import AccessDenied, Conflict, InputError, NotFound
from kanchay.domain.event import Change
from kanchay.domain.interval import DAY, HOUR, local_midnight, parse_instant
from kanchay.domain.point import Point
from kanchay.domain.reading import Observations, Quality, Readings
from kanchay.domain.scope import Purpose, Role
from kanchay.domain.units import Quantity
from kanchay.services.people.policy import operator_scope, worker_scope
from kanchay.services.ports.readings import ReadingStore, WriteResult

OPERATOR = operator_scope()
FAR = 1 << 40


def regular(values, *, point="m", start=0, step=900):
    return Readings.regular(point, start, step, np.asarray(values, dtype=float))


def rows(readings):
    return list(zip(readings.start.tolist(), readings.end.tolist(), readings.value.tolist(), strict=True))


NAN = Readings("m", np.array([0]), np.array([900]), np.array([np.nan]), np.zeros(1, np.int8))


@pytest.fixture
def filled(store: ReadingStore) -> ReadingStore:
    """Point m of site s, ten readings recorded at 100."""
    store.register(OPERATOR, [Point("m", "s", "Meter")], "America/Lima", organisation_id="org")
    store.append(OPERATOR, [regular(range(1, 11))], recorded_at=100)
    return store


def test_a_read_gives_back_what_was_written(filled):
    assert rows(filled.read(OPERATOR, "m", 0, FAR)) == rows(regular(range(1, 11)))


def test_a_read_takes_what_starts_within_its_half_open_window(filled):
    assert filled.read(OPERATOR, "m", 900, 2700).start.tolist() == [900, 1800]


def test_the_same_value_again_changes_nothing(filled):
    assert filled.append(OPERATOR, [regular(range(1, 11))], recorded_at=200) == WriteResult(0, 0, 10)
    assert len(filled.changes(OPERATOR, 0)) == 1


def test_another_value_is_a_new_revision_and_the_old_one_stays(filled):
    assert filled.append(OPERATOR, [regular([1, 99, 3])], recorded_at=200) == WriteResult(0, 1, 2)
    assert filled.read(OPERATOR, "m", 0, 2700).value.tolist() == [1, 99, 3]
    assert filled.read(OPERATOR, "m", 0, 2700, as_of=199).value.tolist() == [1, 2, 3]
    assert filled.read(OPERATOR, "m", 0, 2700, as_of=200).value.tolist() == [1, 99, 3]
    assert len(filled.read(OPERATOR, "m", 0, 2700, as_of=99)) == 0


def test_a_third_revision_keeps_the_second(filled):
    for at, value in ((200, 7.0), (300, 8.0)):
        filled.append(OPERATOR, [regular([value])], recorded_at=at)
    seen = [filled.read(OPERATOR, "m", 0, 900, as_of=at).value.tolist() for at in (150, 250, 350)]
    assert seen == [[1.0], [7.0], [8.0]]


def test_another_quality_or_end_is_another_value(filled):
    graded = Readings("m", *astuple(regular([1]))[1:4], np.array([Quality.ESTIMATED], np.int8))
    assert filled.append(OPERATOR, [graded], recorded_at=200).revised == 1
    assert filled.append(OPERATOR, [regular([1], step=1800)], recorded_at=300).revised == 1
    assert rows(filled.read(OPERATOR, "m", 0, 900)) == [(0, 1800, 1.0)]


def test_new_unchanged_and_revised_are_counted_over_all_points(filled):
    filled.register(OPERATOR, [Point("n", "s", "Other")], "America/Lima", organisation_id="org")
    batch = [regular([1, 5], start=0), regular([2, 2], point="n")]
    assert filled.append(OPERATOR, batch, recorded_at=200) == WriteResult(new=2, revised=1, unchanged=1)


def test_rows_in_any_order_are_stored_in_order(filled):
    mixed = regular([11, 12, 13], start=9000)
    back = slice(None, None, -1)
    filled.append(
        OPERATOR,
        [Readings("m", mixed.start[back], mixed.end[back], mixed.value[back], mixed.quality[back])],
        recorded_at=200,
    )
    assert filled.read(OPERATOR, "m", 9000, FAR).value.tolist() == [11, 12, 13]


@pytest.mark.parametrize(
    "bad",
    [
        Readings("m", *(np.zeros(2, np.int64), np.full(2, 900)), np.ones(2), np.zeros(2, np.int8)),
        NAN,
        Readings("m", np.array([900]), np.array([900]), np.array([1.0]), np.zeros(1, np.int8)),
    ],
    ids=["a start twice", "NaN", "an empty interval"],
)
def test_what_is_no_reading_is_refused(filled, bad):
    with pytest.raises(InputError):
        filled.append(OPERATOR, [bad], recorded_at=200)


@pytest.mark.parametrize("broken", [regular([1.0], point="nobody"), NAN], ids=["unknown point", "NaN"])
def test_a_write_happens_as_a_whole_or_not_at_all(filled, broken):
    with pytest.raises((NotFound, InputError)):
        filled.append(OPERATOR, [regular([50, 51], start=90000), broken], recorded_at=200)
    assert len(filled.read(OPERATOR, "m", 90000, FAR)) == 0
    assert len(filled.changes(OPERATOR, 0)) == 1


def test_nothing_at_all_may_be_written(filled):
    assert filled.append(OPERATOR, [Readings.empty("m")], recorded_at=200) == WriteResult(0, 0, 0)
    assert filled.append(OPERATOR, [], recorded_at=200) == WriteResult(0, 0, 0)
    assert len(filled.changes(OPERATOR, 0)) == 1


# The change feed


def test_every_write_that_changes_something_is_in_the_feed_in_order(filled):
    filled.append(OPERATOR, [regular([5, 6], start=9000)], recorded_at=200)
    first, second = filled.changes(OPERATOR, 0)
    assert first == Change(first.seq, "m", "s", 0, 9000, 100)
    assert second == Change(second.seq, "m", "s", 9000, 10800, 200)
    assert first.seq < second.seq
    assert filled.changes(OPERATOR, first.seq) == [second]
    assert filled.changes(OPERATOR, 0, limit=1) == [first]
    assert filled.changes(OPERATOR, second.seq) == []


def test_a_change_covers_only_what_was_written_and_what_stood_there_before(filled):
    filled.append(OPERATOR, [regular([8.0], start=900, step=7200)], recorded_at=200)  # much longer
    filled.append(OPERATOR, [regular([1, 2.5, 3, 4])], recorded_at=300)
    longer, shorter = filled.changes(OPERATOR, 1)
    assert (longer.start, longer.end) == (900, 8100)
    assert (shorter.start, shorter.end) == (900, 8100)


# Observations


def test_observations_are_kept_as_received(filled):
    received = Observations("m", *(np.array([0, 60]),) * 2, np.array([1000.0, 1000.5]), np.zeros(2, np.int8))
    filled.append(OPERATOR, [], recorded_at=200, observations=[received])
    filled.append(OPERATOR, [], recorded_at=201, observations=[received])
    found = filled.observations(OPERATOR, "m", 0, FAR)
    assert (found.start.tolist(), found.end.tolist()) == ([0, 60], [0, 60])
    assert found.value.tolist() == [1000.0, 1000.5]
    assert filled.observations(OPERATOR, "m", 60, FAR).value.tolist() == [1000.5]


def test_an_observation_received_anew_counts_as_the_last_word(filled):
    for at, value in ((200, 10.0), (201, 11.0), (202, 11.0)):
        word = Observations("m", *(np.array([0]),) * 2, np.array([value]), np.zeros(1, np.int8))
        filled.append(OPERATOR, [], recorded_at=at, observations=[word])
    assert filled.observations(OPERATOR, "m", 0, FAR).value.tolist() == [11.0]


# Spans


def test_spans_tell_first_last_and_number(filled):
    filled.register(OPERATOR, [Point("n", "s", "Silent")], "America/Lima", organisation_id="org")
    span = filled.spans(OPERATOR, ["m", "n", "nobody"])
    assert {name: astuple(held) for name, held in span.items()} == {"m": (0, 9000, 10)}


# Roll-ups


def roll(store):
    for change in store.changes(worker_scope(), 0, 10**6):
        store.refresh_rollups(worker_scope(), change)


def test_hours_and_local_days_add_up(filled):
    roll(filled)
    hours = filled.rollups(OPERATOR, "m", "hour", 0, FAR)
    assert hours.start.tolist() == [0, 3600, 7200]
    assert hours.total.tolist() == [10.0, 26.0, 19.0]
    assert hours.covered_s.tolist() == [3600, 3600, 1800]
    day = filled.rollups(OPERATOR, "m", "day", -DAY, FAR)
    assert (day.start.tolist(), day.end.tolist()) == ([-19 * HOUR], [5 * HOUR])  # midnights of Lima
    assert day.total.tolist() == [55.0]


def test_refreshing_again_changes_nothing(filled):
    roll(filled)
    once = filled.rollups(OPERATOR, "m", "hour", 0, FAR)
    roll(filled)
    again = filled.rollups(OPERATOR, "m", "hour", 0, FAR)
    assert [c.tolist() for c in astuple(once)[1:]] == [c.tolist() for c in astuple(again)[1:]]


def test_rollups_follow_a_revision(filled):
    roll(filled)
    estimated = Readings("m", *astuple(regular([101.0]))[1:4], np.array([Quality.ESTIMATED], np.int8))
    filled.append(OPERATOR, [estimated], recorded_at=200)
    roll(filled)
    hours = filled.rollups(OPERATOR, "m", "hour", 0, 3600)
    assert hours.total.tolist() == [110.0]
    assert hours.quality.tolist() == [Quality.ESTIMATED]


def test_a_finer_import_over_a_coarser_one_leaves_no_energy_behind(store):
    store.register(OPERATOR, [Point("m", "s", "M")], "UTC")
    store.append(OPERATOR, [regular([24.0], step=DAY)], recorded_at=1)
    roll(store)
    assert store.rollups(OPERATOR, "m", "hour", 0, DAY).total.tolist() == [1.0] * 24
    store.append(OPERATOR, [regular([3.0], step=HOUR)], recorded_at=2)
    roll(store)
    assert store.rollups(OPERATOR, "m", "hour", 0, DAY).total.tolist() == [3.0]


def test_days_of_23_and_25_hours(store):
    store.register(OPERATOR, [Point("m", "s", "M")], "Europe/Madrid")
    start = parse_instant("2026-03-28T23:00+00:00")
    autumn = parse_instant("2026-10-24T22:00+00:00")
    store.append(
        OPERATOR,
        [regular(np.ones(23), start=start, step=HOUR), regular(np.ones(25), start=autumn, step=HOUR)],
        recorded_at=1,
    )
    roll(store)
    days = store.rollups(OPERATOR, "m", "day", start, FAR)
    assert days.total.tolist() == [23.0, 25.0]
    assert (days.end - days.start).tolist() == [23 * HOUR, 25 * HOUR]


def test_means_are_rolled_up_as_value_hours(store):
    store.register(OPERATOR, [Point("t", "s", "T", quantity=Quantity.TEMPERATURE)], "UTC")
    store.append(OPERATOR, [regular([20.0, 22.0], point="t", step=1800)], recorded_at=1)
    roll(store)
    hour = store.rollups(OPERATOR, "t", "hour", 0, HOUR)
    assert (hour.total / (hour.covered_s / HOUR)).tolist() == [21.0]


def test_a_change_of_an_erased_point_is_passed_over(filled):
    change = filled.changes(OPERATOR, 0)[0]
    filled.erase(OPERATOR, ["m"])
    filled.refresh_rollups(OPERATOR, change)
    assert filled.changes(OPERATOR, 0) == []


# Register and erase


def test_registering_again_is_no_act(filled):
    filled.register(OPERATOR, [Point("m", "s", "Meter")], "America/Lima", organisation_id="org")
    assert len(filled.read(OPERATOR, "m", 0, FAR)) == 10


def test_a_point_stays_with_its_site(filled):
    with pytest.raises(Conflict):
        filled.register(OPERATOR, [Point("m", "other", "Meter")], "America/Lima")


def test_erasing_leaves_nothing(filled):
    filled.append(OPERATOR, [regular([7])], recorded_at=200)
    roll(filled)
    filled.erase(OPERATOR, ["m"])
    with pytest.raises(NotFound):
        filled.read(OPERATOR, "m", 0, FAR)
    filled.register(OPERATOR, [Point("m", "s", "Meter")], "America/Lima", organisation_id="org")
    assert len(filled.read(OPERATOR, "m", 0, FAR)) == 0
    assert len(filled.read(OPERATOR, "m", 0, FAR, as_of=150)) == 0
    assert len(filled.rollups(OPERATOR, "m", "hour", 0, FAR).start) == 0
    assert filled.spans(OPERATOR, ["m"]) == {}


# Sources that can be withdrawn


def imported(store, values=range(1, 11), source="file", at=150):
    return store.append(OPERATOR, [regular(values)], recorded_at=at, source=source)


def test_what_a_source_replaced_stands_again(filled):
    imported(filled, [7, 2, 8])
    done = filled.withdraw(OPERATOR, "file", recorded_at=200)
    assert (done.restored, done.gone) == (2, 0)
    assert rows(filled.read(OPERATOR, "m", 0, FAR)) == rows(regular(range(1, 11)))
    assert filled.read(OPERATOR, "m", 0, 900, as_of=160).value.tolist() == [7]


def test_what_only_a_source_said_is_gone_and_the_change_is_told(filled):
    filled.append(OPERATOR, [regular([3, 4], start=90000)], recorded_at=150, source="file")
    assert filled.withdraw(OPERATOR, "file", recorded_at=200).gone == 2
    assert filled.spans(OPERATOR, ["m"])["m"].n == 10
    told = filled.changes(OPERATOR, 0)[-1]
    assert (told.start, told.end, told.recorded_at) == (90000, 91800, 200)
    again = filled.append(OPERATOR, [regular([3], start=90000)], recorded_at=300)
    assert again == WriteResult(1, 0, 0)


def test_what_another_source_said_too_stays(filled):
    for name in ("a", "b"):
        filled.append(OPERATOR, [regular([5], start=90000)], recorded_at=150, source=name)
    assert filled.withdraw(OPERATOR, "a", recorded_at=200).gone == 0
    assert filled.read(OPERATOR, "m", 90000, FAR).value.tolist() == [5]
    assert filled.withdraw(OPERATOR, "b", recorded_at=200).gone == 1


def test_a_source_that_nobody_knows_changes_nothing(filled):
    done = filled.withdraw(OPERATOR, "other", recorded_at=200)
    assert (done.restored, done.gone, len(filled.changes(OPERATOR, 0))) == (0, 0, 1)


# Scope: every method, every way of being outside

CALLS = {
    "register": lambda s, scope: s.register(scope, [Point("m", "s", "Meter")], "America/Lima"),
    "append": lambda s, scope: s.append(scope, [regular([77])], recorded_at=300),
    "withdraw": lambda s, scope: (imported(s), s.withdraw(scope, "file", recorded_at=300)),
    "stretches": lambda s, scope: s.stretches(scope, "m"),
    "join": lambda s, scope: s.join(scope, regular([5], start=99000), 99000, FAR, recorded_at=300),
    "read": lambda s, scope: s.read(scope, "m", 0, FAR),
    "observations": lambda s, scope: s.observations(scope, "m", 0, FAR),
    "spans": lambda s, scope: s.spans(scope, ["m"]),
    "changes": lambda s, scope: s.changes(scope, 0),
    "rollups": lambda s, scope: s.rollups(scope, "m", "hour", 0, FAR),
    "refresh_rollups": lambda s, scope: s.refresh_rollups(scope, Change(1, "m", "s", 0, 9000, 100)),
    "erase": lambda s, scope: s.erase(scope, ["m"]),
}
WRITES = {"register", "append", "withdraw", "join", "refresh_rollups", "erase"}
REFUSED = (AccessDenied, NotFound, Conflict)


def test_every_method_of_the_port_takes_a_scope_first():
    methods = {n: f for n, f in vars(ReadingStore).items() if inspect.isfunction(f) and not n.startswith("_")}
    assert set(CALLS) == set(methods) - {"close"}
    for name in CALLS:
        assert list(inspect.signature(methods[name]).parameters)[1] == "scope", name


@pytest.mark.parametrize("name", CALLS)
def test_no_method_answers_without_a_scope(filled, name):
    for nothing in (None, "operator", object()):
        with pytest.raises(AccessDenied):
            CALLS[name](filled, nothing)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("where", [("other",), ("other", "s"), ("org", "elsewhere")])
def test_a_foreign_scope_sees_and_changes_nothing(filled, person, name, where):
    if name in ("spans", "changes"):
        assert not CALLS[name](filled, person(*where))
    else:
        with pytest.raises(REFUSED):
            CALLS[name](filled, person(*where))
    assert rows(filled.read(OPERATOR, "m", 0, FAR)) == rows(regular(range(1, 11)))


OWN = [("org",), ("org", "s")]


@pytest.mark.parametrize("name", sorted(set(CALLS) - WRITES))
@pytest.mark.parametrize("where", OWN)
def test_the_own_scope_reads_all_that_the_machine_reads(filled, person, name, where):
    seen = Observations("m", *(np.array([n]) for n in (0, 900, 1.0)), np.zeros(1, np.int8))
    filled.append(OPERATOR, [], recorded_at=150, observations=[seen])
    imported(filled, [7])
    for change in filled.changes(OPERATOR, 0):
        filled.refresh_rollups(OPERATOR, change)
    there = CALLS[name](filled, OPERATOR)
    assert len(getattr(there, "start", there))
    assert repr(CALLS[name](filled, person(*where))) == repr(there)


WRITTEN = {
    "register": lambda s: s.spans(OPERATOR, ["m"])["m"].n == 11,  # again, and nothing is lost
    "append": lambda s: s.read(OPERATOR, "m", 0, 900).value.tolist() == [77],
    "withdraw": lambda s: s.read(OPERATOR, "m", 90000, FAR).start.tolist() == [],
    "join": lambda s: s.read(OPERATOR, "m", 99000, FAR).value.tolist() == [5],
    "refresh_rollups": lambda s: s.rollups(OPERATOR, "m", "hour", 0, FAR).total.tolist() == [10, 26, 19],
    "erase": lambda s: not s.spans(OPERATOR, ["m"]),
}


@pytest.mark.parametrize("name", sorted(WRITES))
@pytest.mark.parametrize("where", OWN)
def test_the_own_scope_writes(filled, person, name, where):
    filled.append(OPERATOR, [regular([5], start=90000)], recorded_at=150, source="file")
    CALLS[name](filled, person(*where))
    assert WRITTEN[name](filled)


@pytest.mark.parametrize("name", sorted(WRITES))
def test_who_may_only_read_does_not_write(filled, person, name):
    for scope in (person("org", role=Role.VIEWER), person("org", purpose=Purpose.VIEW)):
        with pytest.raises(AccessDenied):
            CALLS[name](filled, scope)


@pytest.mark.parametrize("name", CALLS)
def test_who_may_nothing_gets_nothing(filled, person, name):
    with pytest.raises(AccessDenied):
        CALLS[name](filled, person("org", role=Role.AGENCY))


def test_only_an_administrator_erases(filled):
    with pytest.raises(AccessDenied):
        filled.erase(worker_scope(), ["m"])


def test_a_name_taken_elsewhere_is_not_told_apart_by_its_error(filled, person):
    with pytest.raises(NotFound) as foreign:
        filled.read(person("other"), "m", 0, FAR)
    with pytest.raises(NotFound) as absent:
        filled.read(person("other"), "z", 0, FAR)
    assert str(foreign.value).replace("'m'", "'z'") == str(absent.value)


def test_a_point_of_no_organisation_is_seen_by_the_machine_only(store, person):
    store.register(OPERATOR, [Point("m", "s", "M")], "UTC")
    with pytest.raises(NotFound):
        store.read(person("org"), "m", 0, FAR)
    store.register(OPERATOR, [Point("m", "s", "M")], "UTC", organisation_id="org")
    assert len(store.read(person("org"), "m", 0, FAR)) == 0


# Threads


def test_readers_and_writers_in_threads_lose_nothing(store):
    names = [f"p{i}" for i in range(4)]
    store.register(OPERATOR, [Point(name, "s", name) for name in names], "UTC")
    failures = []

    def write(name):
        try:
            for i in range(25):
                store.append(OPERATOR, [regular([i, i], point=name, start=i * 1800)], recorded_at=i)
                assert len(store.read(OPERATOR, name, 0, FAR)) == 2 * (i + 1)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert {span.n for span in store.spans(OPERATOR, names).values()} == {50}
    seqs = [change.seq for change in store.changes(OPERATOR, 0)]
    assert len(seqs) == 100
    assert seqs == sorted(set(seqs))


def test_local_midnight_is_what_days_are_cut_at():
    """The suite leans on it."""
    from datetime import date

    assert local_midnight(date(1970, 1, 1), "America/Lima") == 5 * HOUR
