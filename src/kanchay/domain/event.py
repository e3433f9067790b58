"""The change feed: what was written, in order. Consumers keep their own cursors and are idempotent by `seq`."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Change"]


@dataclass(frozen=True, slots=True)
class Change:
    """Readings of one point changed within ``[start, end)``; appended in the same transaction as the write."""

    seq: int
    point_id: str
    site_id: str
    start: int
    end: int
    recorded_at: int
