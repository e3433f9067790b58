"""Chronograf, and Grafana over InfluxDB: columns named by field and function; a time begins its interval."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile

__all__ = ["PROFILE"]

_FUNCTION: Final = r".+ (first|last|mean|median|max|min|sum|spread|integral|difference|derivative)( .+)?"
PROFILE: Final = Profile(
    "influx-dashboard",
    "Chronograf, or Grafana over InfluxDB",
    ("time",),
    every=_FUNCTION,
    label="start",
    source="InfluxData, InfluxQL, GROUP BY time(): times are moved to the start of their window",
)
