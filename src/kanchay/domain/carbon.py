"""Emission factors of a grid, dated and sourced."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kanchay.domain.bill import Source
from kanchay.domain.tariff import Names

__all__ = ["EmissionFactor", "FactorSet"]


@dataclass(frozen=True, slots=True)
class EmissionFactor:
    """CO2e of a kWh taken from the grid, of one year's mix. [kgCO2e/kWh]"""

    year: int
    kg_per_kwh: Decimal
    valid_from: date
    valid_to: date | None
    source: Source


@dataclass(frozen=True, slots=True)
class FactorSet:
    """Factors made by one method, which may be compared over years; other sets may not be mixed in."""

    id: str
    method: str  # "grid_average", "life_cycle", "combined_margin"
    factors: tuple[EmissionFactor, ...]
    names: Names = field(default_factory=dict)
    excludes_losses: bool = True
