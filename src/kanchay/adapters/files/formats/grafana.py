"""Grafana: series as rows, told apart by their name."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile

__all__ = ["PROFILE"]

PROFILE: Final = Profile(
    "grafana-series",
    "Grafana (series as rows)",
    ("series", "time", "value"),
    every="series|time|value",
    roles=(("key", "Series"), ("time", "Time"), ("value", "Value")),
    source="Grafana, export of a panel as CSV, series as rows",
)
