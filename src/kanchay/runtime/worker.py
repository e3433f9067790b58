"""The worker: looks at its jobs every few seconds, runs those that are due, and survives all of them.

A job is a use case. Its lease keeps two workers from doing the same work; should a lease run out under a slow
job, both do it, and nothing is lost or doubled, for jobs are idempotent. A job that fails is tried again
after a pause that doubles; why it failed is kept in the records.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.findings.renew import renew_findings
from kanchay.services.forecasting.renew import renew_forecasts
from kanchay.services.operations.jobs import HEARTBEAT, JobState, job_state, save_job_state
from kanchay.services.people.policy import worker_scope
from kanchay.services.readings.rollups import roll_up

__all__ = ["JOBS", "Job", "Worker", "start_in_thread"]

log = logging.getLogger("kanchay.worker")

LEASE_S: Final = 300
BEAT_S: Final = 30
FIRST_PAUSE_S: Final = 5
LONGEST_PAUSE_S: Final = 3600


@dataclass(frozen=True, slots=True)
class Job:
    """A use case that returns how much it did; `every_s` 0 means at every look."""

    name: str
    run: Callable[[Context, Scope], int]
    every_s: int = 0


JOBS: Final = (Job("rollups", roll_up), Job("forecasts", renew_forecasts), Job("findings", renew_findings))


class Worker:
    """Runs jobs until it is told to stop; a job under way is finished first."""

    def __init__(self, ctx: Context, *, interval_s: float = 5, jobs: tuple[Job, ...] = JOBS) -> None:
        self._ctx = ctx
        self._interval_s = interval_s
        self._jobs = jobs
        self._stop = threading.Event()
        self._beat_at = 0
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"

    def stop(self) -> None:
        """Ask it to end after the job under way."""
        self._stop.set()

    def run(self) -> None:
        """Look, work, wait, until stopped."""
        log.info("worker %s started", self._holder)
        while not self._stop.is_set():
            self.look()
            self._stop.wait(self._interval_s)
        self._release()
        log.info("worker %s stopped", self._holder)

    def look(self) -> int:
        """Run every job that is due, once; returns how much was done. Never raises."""
        done = 0
        self._beat()
        for job in self._jobs:
            if self._stop.is_set():
                break
            try:
                done += self._attempt(job)
            except Exception:  # the records themselves fail: wait and look again
                log.exception("job %s could not be started", job.name)
        return done

    def _beat(self) -> None:
        """Say now and then that somebody works here: a status page tells a dead worker from an idle one."""
        now = self._ctx.clock()
        if now - self._beat_at < BEAT_S:
            return
        try:
            save_job_state(self._ctx, worker_scope(), JobState(HEARTBEAT, last_start=now, last_ok=now))
        except Exception:
            log.exception("the heartbeat could not be kept")
        self._beat_at = now

    def _attempt(self, job: Job) -> int:
        scope, now = worker_scope(), self._ctx.clock()
        state = job_state(self._ctx, scope, job.name)
        if now < state.next_at or not self._take(job, now):
            return 0
        try:
            done = job.run(self._ctx, scope)
        except Exception as error:
            log.exception("job %s failed", job.name)
            self._save(scope, _failed(state, now, error))
            return 0
        if done or state.failures or job.every_s:
            end = self._ctx.clock()
            next_at = end + job.every_s if job.every_s else 0
            self._save(scope, JobState(job.name, now, end, next_at, done=done or state.done))
        if done:
            log.info("job %s did %d", job.name, done)
        return done

    def _take(self, job: Job, now: int) -> bool:
        with self._ctx.records.unit(worker_scope()) as uow:
            return uow.lease(f"job.{job.name}", self._holder, now, LEASE_S)

    def _release(self) -> None:
        """Let another worker go on at once."""
        for job in self._jobs:
            try:
                with self._ctx.records.unit(worker_scope()) as uow:
                    uow.lease(f"job.{job.name}", self._holder, self._ctx.clock(), 0)
            except Exception:
                log.exception("lease of job %s could not be given back", job.name)

    def _save(self, scope: Scope, state: JobState) -> None:
        save_job_state(self._ctx, scope, state)


def _failed(state: JobState, now: int, error: Exception) -> JobState:
    pause = min(FIRST_PAUSE_S * 2**state.failures, LONGEST_PAUSE_S)
    return replace(
        state,
        last_start=now,
        next_at=now + pause,
        failures=state.failures + 1,
        error=f"{type(error).__name__}: {error}"[:500],
    )


def start_in_thread(ctx: Context, *, interval_s: float = 5) -> tuple[Worker, threading.Thread]:
    """A worker beside the web server; end it with ``worker.stop(); thread.join()``."""
    worker = Worker(ctx, interval_s=interval_s)
    thread = threading.Thread(target=worker.run, name="kanchay-worker", daemon=True)
    thread.start()
    return worker, thread
