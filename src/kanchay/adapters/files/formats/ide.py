"""i-DE: hours of a Spanish supply, each by its end; 00:00 closes the day before."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says

__all__ = ["PROFILE"]

PROFILE: Final = Profile(
    "i-de",
    "i-DE (consumption by hours)",
    ("cups", "fecha hora", "inv ver", r"consumo (k ?)?wh"),
    (Says("inv ver", left_out=True),),
    label="end",
    source="i-DE, consumption by hours: FECHA-HORA is the end of the hour, 00:00 the 24th hour of the day before",
)
