"""The history that Home Assistant downloads: one row a change of state, whatever the sensor is."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile

__all__ = ["PROFILE"]

PROFILE: Final = Profile(
    "home-assistant-history",
    "Home Assistant (history)",
    ("entity id", "state", "last changed"),
    roles=(("time", "last_changed"), ("value", "state"), ("key", "entity_id")),
    source="Home Assistant front end, history panel, download data",
)
