"""What the pricers may look at while a bill is made: quantities, parameters, prices, and lines so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.blend import Blend
from kanchay.analysis.tariff.rounding import round_to
from kanchay.domain.bill import BillLine, Source
from kanchay.domain.tariff import Charge, ExportMode, Parameter, Surplus, Tariff, Usage

__all__ = ["CARRY", "TYPED", "Frame", "unit_of"]

CARRY: Final = "carry_in"  # what the last bill left over, typed like a parameter; "carry_in.NAME" for others
TYPED: Final = Source("Typed by the user", None, "", "high", "typed")
_YEAR: Final = timedelta(days=365)
_UNITS: Final = {"energy": "kWh", "export": "kWh", "demand": "kW", "reactive": "kvarh"}


def unit_of(quantity: str) -> str:
    """Unit of a quantity by its name.

    Parameters
    ----------
    quantity : str
        As `kanchay.domain.tariff.Usage` names it.

    Returns
    -------
    str

    Examples
    --------
    >>> unit_of("energy_kwh.hp"), unit_of("demand_kw")
    ('kWh', 'kW')
    """
    return _UNITS.get(quantity.partition("_")[0], "")


@dataclass(slots=True)
class Frame:
    """What a pricer may look at, and where it leaves its warnings.

    Attributes
    ----------
    tariff : Tariff
        With its parameters and rounding.
    usage : Usage
        Days and quantities of the period.
    blend : Blend
        Prices that hold for it.
    typed : mapping of str to Decimal
        Typed parameters by name.
    leave_out : frozenset of str
        Ids of lines that may be left out.
    as_of : date or None
        Day whose taxes and dated parameters count; None: the period's last day.
    warnings : list of str
        Codes, collected while pricing.
    priced : list of (Charge, BillLine)
        Lines so far: a minimum looks at them.
    billed_kw : dict of str to Decimal
        Demand that each demand charge billed, for another to subtract. [kW]
    carried : dict of str to Decimal
        What goes into the next bill, by name. [kWh, currency]
    """

    tariff: Tariff
    usage: Usage
    blend: Blend
    typed: Mapping[str, Decimal]
    leave_out: frozenset[str]
    as_of: date | None = None
    warnings: list[str] = field(default_factory=list)
    priced: list[tuple[Charge, BillLine]] = field(default_factory=list)
    billed_kw: dict[str, Decimal] = field(default_factory=dict)
    carried: dict[str, Decimal] = field(default_factory=dict)

    @property
    def last_day(self) -> date:
        """The day whose taxes and dated parameters count."""
        return self.as_of or self.usage.end - timedelta(days=1)

    def source_of(self, charge: Charge) -> Source:
        """The charge's own source, else the newest price list that the period touches."""
        return charge.source or self.blend.shares[-1].version.source

    def quantity(self, name: str, line: str, amount_parameter: str = "") -> Decimal:
        """A quantity of the period, rounded as the meter is read; refused where missing or below zero."""
        value = self._net(name, self.exact(name, line, amount_parameter))
        if value < 0:
            raise refuse.negative_energy(name, value)
        return round_to(value, self.tariff.rounding.quantity)

    def exact(self, name: str, line: str, amount_parameter: str = "") -> Decimal:
        """A quantity as it was measured; refused where missing. Who measures no export sends nothing."""
        value = self.usage.quantities.get(name)
        if value is None:
            value = self._sum_of_blocks(name)
        if value is None and self._sends_nothing(name):
            self.warnings.append("export.none")
            return Decimal(0)
        if value is None:
            raise refuse.missing_quantity(line, name, amount_parameter)
        return value

    def _sum_of_blocks(self, name: str) -> Decimal | None:
        """The whole of an energy that was told by the blocks of one schedule."""
        if not name.endswith(("_kwh", "_kvarh")):
            return None
        for schedule in self.tariff.schedules:
            parts = [self.usage.quantities.get(f"{name}.{b.id}") for b in schedule.blocks]
            if all(p is not None for p in parts):
                return sum((p for p in parts if p is not None), Decimal(0))
        return None

    def _sends_nothing(self, name: str) -> bool:
        return name.startswith("export_kwh") and not any(
            n.startswith("export_kwh") for n in self.usage.quantities
        )

    def _net(self, name: str, value: Decimal) -> Decimal:
        """Under net metering the energy taken less the energy sent and what was carried; the rest is carried
        on where the tariff says so."""
        kind, _, block = name.partition(".")
        if kind != "energy_kwh" or self.tariff.export is not ExportMode.NET_METERING:
            return value
        sent = self.exact(f"export_kwh.{block}" if block else "export_kwh", "export")
        net = value - sent - self.typed.get(f"{CARRY}.{name}", Decimal(0))
        if net < 0 and self.tariff.surplus is Surplus.CARRY:
            self.carried[name] = -net
        return max(net, Decimal(0))

    def lookup(self, name: str) -> tuple[Decimal, Source | None] | None:
        """Value and source of a parameter: typed, else dated (on the last day, or last known), else its default."""
        if name in self.typed:
            return self.typed[name], TYPED
        parameter = self.tariff.parameter(name)
        if parameter is None:
            return None
        for price in parameter.values:
            if price.valid_from <= self.last_day and (
                price.valid_to is None or self.last_day < price.valid_to
            ):
                return price.value, price.source
        late = self._last_known(parameter)
        if late is not None:
            return late
        return None if parameter.default is None else (parameter.default, parameter.source)

    def _last_known(self, parameter: Parameter) -> tuple[Decimal, Source | None] | None:
        """The newest yearly value, for a year after its end: a UIT is decreed in the last days of December.

        Said by the warning ``parameter.last_known``. A hole between two known values is never filled.
        """
        ended = [p for p in parameter.values if p.valid_to is not None and p.valid_to <= self.last_day]
        if not ended or len(ended) < len(parameter.values):
            return None
        newest = max(ended, key=lambda p: p.valid_from)
        if newest.valid_to is None or self.last_day - newest.valid_to > _YEAR:
            return None
        if newest.valid_to - newest.valid_from < _YEAR:  # what changes by the month is not carried on
            return None
        self.warnings.append("parameter.last_known")
        return newest.value, newest.source

    def need(self, name: str, alternative: str = "") -> tuple[Decimal, Source | None]:
        """As `lookup`, refused where nobody told the value."""
        found = self.lookup(name)
        if found is None:
            raise refuse.missing_parameter(self.tariff, name, alternative)
        return found

    def line(
        self, key: str, exact: Decimal, kind: str, formula: str, charge: Charge, **more: Any
    ) -> BillLine:
        """A line rounded to the tariff's decimals; a credit is below zero."""
        credit = getattr(charge, "credit", False)
        amount = round_to(-exact if credit else exact, self.tariff.rounding.line)
        kind = "credit" if credit else kind if charge.taxes else "untaxed"
        return BillLine(key, amount, bool(charge.taxes), kind, formula, **more)
