"""The executed demand of the Peruvian system, as COES publishes it."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says

__all__ = ["PROFILE"]

PROFILE: Final = Profile(
    "coes-executed-demand",
    "COES, executed demand",
    ("fecha", "ejecutado"),
    (Says("ejecutado", "MW"),),
    label="end",
    source="COES, executed demand of the Peruvian system: MW, half hours labelled by their end",
)
