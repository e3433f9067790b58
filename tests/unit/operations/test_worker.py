"""The worker: due, leased, retried, stopped."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.errors import NotFound
from kanchay.domain.interval import HOUR
from kanchay.domain.point import Point, Site
from kanchay.domain.reading import Readings
from kanchay.runtime.worker import FIRST_PAUSE_S, JOBS, Job, Worker, start_in_thread
from kanchay.services.findings.renew import LOOK_EVERY_S
from kanchay.services.forecasting import renew
from kanchay.services.operations.following import MAX_TRIES
from kanchay.services.operations.jobs import HEARTBEAT, job_state
from kanchay.services.people.policy import operator_scope, worker_scope
from kanchay.services.people.sites import add_points, create_site

OPERATOR = operator_scope()


@pytest.fixture
def clock():
    return [1_000_000]


@pytest.fixture
def ctx(clock):
    return in_memory(clock=lambda: clock[0])


def counting(name="count", every_s=0, fails=()):
    """A job that counts its runs and fails in the given ones."""
    runs = []

    def run(ctx, scope):
        runs.append(scope)
        if len(runs) in fails:
            raise RuntimeError(f"run {len(runs)}")
        return 1

    return Job(name, run, every_s), runs


def test_a_job_runs_at_every_look_with_the_workers_scope(ctx):
    job, runs = counting()
    worker = Worker(ctx, jobs=(job,))
    assert worker.look() + worker.look() == 2
    assert set(runs) == {worker_scope()}


def test_a_scheduled_job_waits_for_its_time(ctx, clock):
    job, runs = counting(every_s=60)
    worker = Worker(ctx, jobs=(job,))
    for now, expected in ((0, 1), (59, 1), (60, 2)):
        clock[0] = 1_000_000 + now
        worker.look()
        assert len(runs) == expected, now


def test_a_failure_is_recorded_and_tried_again_after_a_pause_that_doubles(ctx, clock):
    job, runs = counting(fails=(1, 2))
    worker = Worker(ctx, jobs=(job,))
    worker.look()
    state = job_state(ctx, worker_scope(), "count")
    assert (state.failures, state.error) == (1, "RuntimeError: run 1")
    clock[0] += FIRST_PAUSE_S - 1
    worker.look()
    assert len(runs) == 1
    clock[0] += 1
    worker.look()
    assert job_state(ctx, worker_scope(), "count").next_at == clock[0] + 2 * FIRST_PAUSE_S
    clock[0] += 2 * FIRST_PAUSE_S
    worker.look()
    state = job_state(ctx, worker_scope(), "count")
    assert (state.failures, state.error, state.last_ok) == (0, "", clock[0])


def test_a_job_that_fails_keeps_no_other_waiting(ctx):
    bad, _ = counting("bad", fails=range(1, 99))
    good, runs = counting("good")
    Worker(ctx, jobs=(bad, good)).look()
    assert len(runs) == 1


def test_a_worker_survives_records_that_fail(ctx):
    class Broken:
        def unit(self, scope):
            raise OSError("disk full")

    from dataclasses import replace

    job, runs = counting()
    assert Worker(replace(ctx, records=Broken()), jobs=(job,)).look() == 0
    assert runs == []


def test_of_two_workers_one_works_until_it_stops(ctx):
    job, _ = counting()
    first, second = Worker(ctx, jobs=(job,), interval_s=0.001), Worker(ctx, jobs=(job,))
    first.look()
    assert second.look() == 0
    first.stop()
    first.run()  # stopped already: gives its leases back
    assert second.look() == 1


def test_a_lease_runs_out_with_its_holder(ctx, clock):
    job, _ = counting()
    Worker(ctx, jobs=(job,)).look()  # and dies
    clock[0] += 301
    assert Worker(ctx, jobs=(job,)).look() == 1


def test_stopping_ends_the_thread_after_the_job_under_way(ctx):
    started, go_on, ended = threading.Event(), threading.Event(), []

    def slow(ctx, scope):
        started.set()
        go_on.wait(5)
        ended.append(True)
        return 1

    worker = Worker(ctx, jobs=(Job("slow", slow),), interval_s=60)
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert started.wait(5)
    worker.stop()
    go_on.set()
    thread.join(5)
    assert not thread.is_alive()
    assert ended == [True]


def test_a_worker_beside_the_server_ends_at_once(ctx):
    worker, thread = start_in_thread(ctx, interval_s=60)
    worker.stop()
    thread.join(5)
    assert not thread.is_alive()


# The jobs themselves


@pytest.fixture
def home(ctx):
    create_site(ctx, OPERATOR, Site("s", "S", "America/Lima"))
    add_points(
        ctx, OPERATOR, "s", [Point("m", "s", "M", resolution_s=HOUR), Point("sub", "s", "Sub", parent_id="m")]
    )
    return ctx


def feed(ctx, start_hour, n, point="m", value=1.0):
    rng = np.random.default_rng(start_hour)
    load = value + rng.random(n)
    ctx.readings.append(
        OPERATOR, [Readings.regular(point, start_hour * HOUR, HOUR, load)], recorded_at=ctx.clock()
    )


def forecasts(ctx):
    with ctx.records.unit(OPERATOR) as uow:
        return uow.forecasts.find(order="issued_at")


def test_new_readings_are_rolled_up_and_forecast_again_once_an_interval(home):
    worker = Worker(home)
    assert [job.name for job in JOBS] == ["rollups", "forecasts", "findings"]
    feed(home, 0, 24 * 14)
    worker.look()
    assert len(home.readings.rollups(OPERATOR, "m", "hour", 0, 1 << 40).start) == 24 * 14
    first = forecasts(home)
    assert [(f.point_id, f.issued_at) for f in first] == [("m", 24 * 14 * HOUR)]
    with home.records.unit(OPERATOR) as uow:
        run = uow.runs.get(first[0].run_id)
        assert (run.kind, run.site_id) == ("forecast", "s")
        assert len(run.input_fingerprint) == 64
    worker.look()
    feed(home, 100, 5, value=3.0)  # a correction of the past: the same interval still
    worker.look()
    assert len(forecasts(home)) == 1
    feed(home, 24 * 14, 2)
    worker.look()
    assert [f.issued_at // HOUR for f in forecasts(home)] == [336, 338]


def test_readings_of_another_point_call_for_no_forecast(home):
    feed(home, 0, 24 * 8)
    Worker(home).look()
    feed(home, 24 * 8, 24, point="sub")
    Worker(home).look()
    assert len(forecasts(home)) <= 1


def test_a_site_that_fails_is_tried_again_later_and_keeps_no_other_waiting(home, clock, monkeypatch):
    create_site(home, OPERATOR, Site("t", "T"))
    add_points(home, OPERATOR, "t", [Point("n", "t", "N", resolution_s=HOUR)])
    tried = []

    def forecast(ctx, scope, point_id):
        tried.append(point_id)
        if point_id == "m":
            raise RuntimeError("no weather")

    monkeypatch.setattr(renew, "forecast_point", forecast)
    feed(home, 0, 24)
    feed(home, 0, 24, point="n")
    assert renew.renew_forecasts(home, worker_scope()) == 1
    assert tried == ["m", "n"]
    assert renew.renew_forecasts(home, worker_scope()) == 0
    assert tried == ["m", "n"]
    for _ in range(20):
        clock[0] += 10_000
        renew.renew_forecasts(home, worker_scope())
    assert tried.count("m") == MAX_TRIES
    feed(home, 24, 1)
    renew.renew_forecasts(home, worker_scope())
    assert tried.count("m") == MAX_TRIES + 1


def test_a_site_without_a_meter_or_a_past_is_passed_over(home):
    def nothing(ctx, scope, point_id):
        raise NotFound("nothing")

    create_site(home, OPERATOR, Site("t", "T"))
    from kanchay.domain.units import Quantity

    add_points(home, OPERATOR, "t", [Point("temp", "t", "T", quantity=Quantity.TEMPERATURE)])
    feed(home, 0, 3, point="temp")
    assert renew.renew_forecasts(home, worker_scope()) == 0
    with home.records.unit(OPERATOR) as uow:
        assert uow.setting(renew.FOLLOWER.pending, "{}") == "{}"


def looks(ctx):
    with ctx.records.unit(OPERATOR) as uow:
        return uow.runs.find(site_id="s", kind="findings", order="started_at")


def test_new_readings_are_looked_at_a_few_times_a_day(home, clock):
    """Findings are kept with their run; a look that would come too early waits, and is not forgotten."""
    worker = Worker(home)
    feed(home, 0, 24 * 20)
    worker.look()
    assert len(looks(home)) == 1
    for hour in range(1, 4):
        clock[0] += HOUR
        feed(home, 24 * 20 + hour, 1)
        worker.look()
    assert len(looks(home)) == 1
    clock[0] += LOOK_EVERY_S
    worker.look()  # nothing new since, but what came then has not been looked at
    assert len(looks(home)) == 2
    clock[0] += LOOK_EVERY_S
    worker.look()
    assert len(looks(home)) == 2


def test_an_idle_worker_says_that_it_lives(ctx, clock):
    worker = Worker(ctx, jobs=())
    idle = Worker(ctx, jobs=(counting()[0],))
    worker.look()
    assert job_state(ctx, OPERATOR, HEARTBEAT).last_ok == clock[0]
    clock[0] += 100
    idle.look()
    assert job_state(ctx, OPERATOR, HEARTBEAT).last_ok == clock[0]
