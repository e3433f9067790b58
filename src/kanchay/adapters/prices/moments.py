"""Instants as texts."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

__all__ = ["in_zone", "utc"]


def utc(second: int) -> str:
    """``2026-08-04T05:00:00Z``."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_zone(second: int, tz: str) -> str:
    """``2026-08-04T00:00:00-05:00``."""
    return datetime.fromtimestamp(second, ZoneInfo(tz)).isoformat()
