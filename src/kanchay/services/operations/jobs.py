"""What the worker's jobs did last: kept in the records, shown on the status page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from kanchay.domain.scope import Scope
from kanchay.services.context import Context

__all__ = ["HEARTBEAT", "JobState", "job_state", "save_job_state"]

HEARTBEAT = "worker"  # the name under which the worker itself says that it lives


@dataclass(frozen=True, slots=True)
class JobState:
    """One job. Times are UTC seconds, 0 for never; `failures` counts those since the last success."""

    name: str
    last_start: int = 0
    last_ok: int = 0
    next_at: int = 0
    failures: int = 0
    error: str = ""
    done: int = 0  # things done in the last run that did anything


def job_state(ctx: Context, scope: Scope, name: str) -> JobState:
    """The state of a job; a job that never ran has an empty one."""
    with ctx.records.unit(scope) as uow:
        kept = json.loads(uow.setting(f"job.{name}", "{}"))
    return JobState(**{"name": name, **kept})


def save_job_state(ctx: Context, scope: Scope, state: JobState) -> None:
    """Keep the state of a job."""
    with ctx.records.unit(scope) as uow:
        uow.set_setting(f"job.{state.name}", json.dumps(asdict(state)))
