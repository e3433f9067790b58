"""HomeWizard: registers of a P1 meter every quarter of an hour."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.profiles import Profile, Says
from kanchay.domain.point import Direction, Kind

__all__ = ["PROFILE"]

PROFILE: Final = Profile(
    "homewizard-p1",
    "HomeWizard (P1 meter)",
    ("time", "import t1 k ?wh", "export t1 k ?wh"),
    (
        Says(r"import t\d k ?wh", direction=Direction.IMPORT, kind=Kind.CUMULATIVE),
        Says(r"export t\d k ?wh", direction=Direction.EXPORT, kind=Kind.CUMULATIVE),
    ),
    source="HomeWizard Energy, export of a P1 meter: register readings in kWh",
)
