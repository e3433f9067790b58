"""What a simulated office is: size, hours, densities. Drawn by seed from ranges; any can be given."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from kanchay.domain.errors import InputError
from kanchay.simulate.draws import once
from kanchay.simulate.weather import Climate, climate

__all__ = ["Office", "draw_office"]


@dataclass(frozen=True, slots=True)
class Office:
    """An office in numbers. Densities are usual ones (lighting 6.9 W/m²: ASHRAE 90.1-2019; plugs 5 to 10)."""

    area_m2: float = 600.0
    climate: str = "lima"
    opens: float = 8.0  # local hour at which most have come
    closes: float = 18.0
    saturday_hours: float = 0.0  # 0: closed
    people_per_m2: float = 0.06
    plugs_w_m2: float = 7.0
    plugs_night: float = 0.22  # share left on
    lights_w_m2: float = 6.9
    base_w_m2: float = 1.6  # servers, refrigerators, signs
    fans_w_m2: float = 1.0  # while the air conditioning runs
    cooling_w_m2: float = 90.0  # thermal; 0: none
    heating_w_m2: float = 0.0
    cooling_cop: float = 3.0
    cool_above_c: float = 24.0
    heat_below_c: float = 20.0
    starts_before_h: float = 1.0  # air conditioning starts this long before opening
    stops_after_h: float = 0.25
    ua_w_m2_k: float = 1.6
    pv_kw: float = 15.0

    @property
    def place(self) -> Climate:
        return climate(self.climate)


def draw_office(seed: int, **given: Any) -> Office:
    """An office drawn by seed; what is given stays as given. Raises `InputError` for an unknown property."""
    known = {f.name for f in fields(Office)}
    if unknown := sorted(set(given) - known):
        raise InputError(f"An office has no '{unknown[0]}'.", hint=f"It has {', '.join(sorted(known))}.")
    rng = once(seed, "office")
    area = float(rng.choice([300.0, 600.0, 900.0]))
    drawn: dict[str, Any] = {
        "area_m2": area,
        "opens": float(rng.uniform(7.6, 8.8)),
        "closes": float(rng.uniform(17.5, 18.8)),
        "saturday_hours": float(rng.choice([0.0, 0.0, 5.0])),
        "plugs_w_m2": float(rng.uniform(5.0, 9.0)),
        "base_w_m2": float(rng.uniform(1.0, 2.4)),
        "pv_kw": float(rng.choice([0.015, 0.025])) * area,
    }
    return replace(Office(), **{**drawn, **given})
