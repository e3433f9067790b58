"""Hourly and daily sums, kept up to date from the change feed."""

from __future__ import annotations

from dataclasses import replace

from kanchay.domain.event import Change
from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.operations.feed import consume

__all__ = ["roll_up"]

CURSOR = "cursor.rollups"


def roll_up(ctx: Context, scope: Scope) -> int:
    """Bring all roll-ups up to date; returns how many changes were taken in."""
    done = 0
    for batch in consume(ctx, scope, CURSOR):
        # A stretch that changed ten times is summed once: a refresh reads what holds now.
        merged: dict[str, Change] = {}
        for change in batch:
            before = merged.get(change.point_id)
            merged[change.point_id] = change if before is None else _cover(before, change)
        for change in merged.values():
            ctx.readings.refresh_rollups(scope, change)
        done += len(batch)
    return done


def _cover(before: Change, change: Change) -> Change:
    """One change over the time of both."""
    return replace(change, start=min(before.start, change.start), end=max(before.end, change.end))
