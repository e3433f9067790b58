"""A made-up receipt: every number that its paper prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["MARK", "Customer", "MadeReceipt", "cents"]

MARK = "RECIBO INVENTADO PARA PRUEBAS (made up, no such customer)"


def cents(value: Decimal) -> Decimal:
    """Money as printed."""
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Customer:
    """Who pays, to whom, for which option."""

    layout: str
    distributor: str
    company: str
    ruc: str
    system: str
    option: str = "BT5B"
    segment: str = "residential"
    supply: str = "0000000"
    contracted_kw: Decimal = Decimal("3.00")


@dataclass(frozen=True, slots=True)
class MadeReceipt:
    """Readings, prices and untaxed lines as drawn; all sums follow from them. [kWh], [S/]"""

    customer: Customer
    start: date
    end: date
    register_before: Decimal
    kwh: Decimal
    parts: tuple[tuple[Decimal, Decimal], ...]  # kWh and price
    fixed: Decimal
    lighting: Decimal
    maintenance: Decimal = Decimal(0)
    alicuota: Decimal | None = None
    interest: Decimal = Decimal(0)
    late_interest: Decimal = Decimal(0)
    balance: Decimal = Decimal(0)
    rounding_before: Decimal = Decimal(0)
    factor: Decimal = Decimal(1)
    aporte_rate: Decimal = Decimal("0.0110")
    history: tuple[tuple[date, Decimal], ...] = field(default_factory=tuple)
    by_columns: bool = False  # whether the file draws all labels before all amounts, as some programs do
    aside: tuple[str, ...] = ()  # what else the paper says, in a column of its own beside the lines

    @property
    def register_now(self) -> Decimal:
        return self.register_before + self.kwh / self.factor

    @property
    def energies(self) -> tuple[Decimal, ...]:
        """Money of each part of the energy."""
        return tuple(cents(kwh * price) for kwh, price in self.parts)

    @property
    def subtotal(self) -> Decimal:
        return sum(self.energies, Decimal(0)) + self.fixed + self.maintenance + self.lighting + self.interest

    @property
    def igv(self) -> Decimal:
        return cents(self.subtotal * Decimal("0.18"))

    @property
    def aporte(self) -> Decimal:
        return cents(self.kwh * self.aporte_rate)

    @property
    def total_month(self) -> Decimal:
        return self.subtotal + self.igv + self.aporte + self.late_interest

    @property
    def rounding(self) -> Decimal:
        """What brings the amount to pay to a multiple of S/ 0.10."""
        before = self.total_month + self.balance + self.rounding_before
        return before.quantize(Decimal("0.1"), ROUND_HALF_UP) - before

    @property
    def total_due(self) -> Decimal:
        return self.total_month + self.balance + self.rounding_before + self.rounding
