"""A bill, line by line, in Decimal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

__all__ = ["Bill", "BillForecast", "BillLine", "Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a price comes from and how sure of it we are."""

    title: str
    url: str | None
    date: str
    confidence: str  # high, medium, low
    basis: str  # official, crosscheck, secondary, derived, general, typed


@dataclass(frozen=True, slots=True)
class BillLine:
    """One concept of the bill, with the sum that makes it.

    `formula` is a readable sum such as ``"323.7 kWh × 0.5814"``; `taxed` lines stand before the subtotal.
    """

    id: str
    amount: Decimal
    taxed: bool
    kind: str  # "energy", "fixed", "lookup", "demand", "reactive", "minimum", "credit", "tax", "untaxed", "rounding"
    formula: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """What a tariff makes of a period. The sum of all lines is `total`.

    `warnings` are codes, for example ``"price.stale"`` or ``"lighting.unknown"``.
    """

    tariff_id: str
    tariff_version: str
    currency: str
    start: date
    end: date
    energy_kwh: Decimal
    lines: tuple[BillLine, ...]
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    rounding_carry: Decimal = Decimal("0.00")  # goes into the next bill
    co2_kg: Decimal | None = None
    warnings: tuple[str, ...] = field(default_factory=tuple)
    run_id: str = ""
    carried: tuple[tuple[str, Decimal], ...] = ()  # into the next bill: kWh by quantity, "credit"


@dataclass(frozen=True, slots=True)
class BillForecast:
    """The expected bill at the reading date, with a range 8 times in 10, beside the month so far."""

    so_far: Bill
    expected: Bill
    low: Bill
    high: Bill
    energy_quantiles: tuple[float, ...]  # of the period's kWh at `domain.forecast.LEVELS`
    steps: tuple[BandStep, ...] = ()
    issued_at: int = 0
    total_quantiles: tuple[Decimal, ...] = ()  # of the period's bill, at the same levels


@dataclass(frozen=True, slots=True)
class BandStep:
    """A line in the tariff that costs something to cross, such as 140 kWh in Peru."""

    at_kwh: Decimal
    cost: Decimal  # total(at + 1) - total(at)
    probability: float  # of passing it in this period

    @property
    def expected_cost(self) -> Decimal:
        """What crossing costs times how likely it is. [currency]"""
        return round(self.cost * Decimal(str(self.probability)), 2)
