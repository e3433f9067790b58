"""Consumers of the change feed: each has its own cursor, moved only after its work is done."""

from __future__ import annotations

from collections.abc import Iterator

from kanchay.domain.event import Change
from kanchay.domain.scope import Scope
from kanchay.services.context import Context

__all__ = ["consume", "cursor"]


def cursor(ctx: Context, scope: Scope, name: str) -> int:
    """The last change a consumer has done."""
    with ctx.records.unit(scope) as uow:
        return int(uow.setting(name, "0"))


def consume(ctx: Context, scope: Scope, name: str, *, limit: int = 1000) -> Iterator[list[Change]]:
    """Batches of changes after the cursor; the cursor moves when the next batch is asked for.

    A consumer that fails sees the same changes again: it has to be idempotent by `seq`.
    """
    while True:
        batch = ctx.readings.changes(scope, cursor(ctx, scope, name), limit)
        if not batch:
            return
        yield batch
        with ctx.records.unit(scope) as uow:
            uow.set_setting(name, str(batch[-1].seq))
