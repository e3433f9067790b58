"""What each kind of charge makes of a period: lines with formula, inputs and source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.blend import Blend
from kanchay.analysis.tariff.rounding import round_to
from kanchay.domain.bill import BillLine, Source
from kanchay.domain.tariff import (
    Band,
    BandedCharge,
    Charge,
    FixedCharge,
    LookupCharge,
    LookupRow,
    Parameter,
    PerUnitCharge,
    Select,
    Tariff,
    Tier,
    Usage,
)

__all__ = ["TYPED", "Frame", "band_of", "cut", "price_charge"]

TYPED: Final = Source("Typed by the user", None, "", "high", "typed")
_YEAR: Final = timedelta(days=365)


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
    warnings : list of str
        Codes, collected while pricing.
    """

    tariff: Tariff
    usage: Usage
    blend: Blend
    typed: Mapping[str, Decimal]
    leave_out: frozenset[str]
    warnings: list[str] = field(default_factory=list)

    @property
    def last_day(self) -> date:
        return self.usage.end - timedelta(days=1)

    @property
    def source(self) -> Source:
        """The newest price list that the period touches."""
        return self.blend.shares[-1].version.source

    def quantity(self, name: str, line: str) -> Decimal:
        """A quantity of the period, rounded as the meter is read; refused where missing or below zero."""
        value = self.usage.quantities.get(name)
        if value is None:
            raise refuse.missing_quantity(line, name)
        if value < 0:
            raise refuse.negative_energy(name, value)
        return round_to(value, self.tariff.rounding.quantity)

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
        """A line rounded to the tariff's decimals."""
        amount = round_to(exact, self.tariff.rounding.line)
        return BillLine(key, amount, bool(charge.taxes), kind if charge.taxes else "untaxed", formula, **more)


def price_charge(charge: Charge, frame: Frame) -> list[BillLine]:
    """Lines of one charge.

    Parameters
    ----------
    charge : Charge
        Of the blended prices.
    frame : Frame
        What its pricer may know.

    Returns
    -------
    list of BillLine

    Raises
    ------
    BillRefused
        A quantity, parameter or factor is missing, or a quantity is below zero.
    """
    return _PRICERS[type(charge)](charge, frame)


def band_of(bands: Sequence[Band | LookupRow], quantity: Decimal) -> int:
    """Index of the band in which a total lies; a band's `up_to` belongs to it.

    Parameters
    ----------
    bands : sequence of Band or LookupRow
        By rising `up_to`; the last is open.
    quantity : Decimal
        The period's total. [unit of the bands]

    Returns
    -------
    int

    Examples
    --------
    >>> bands = (Band(Decimal(30), ()), Band(Decimal(140), ()), Band(None, ()))
    >>> [band_of(bands, Decimal(q)) for q in ("0", "30", "30.1", "140", "141")]
    [0, 0, 1, 1, 2]
    """
    return next(i for i, b in enumerate(bands) if b.up_to is None or quantity <= b.up_to)


def _banded(charge: BandedCharge, frame: Frame) -> list[BillLine]:
    quantity = frame.quantity(charge.quantity, charge.id)
    index = band_of(charge.bands, quantity) if charge.select is Select.BY_TOTAL else 0
    band = charge.bands[index]
    parts = list(cut(band.tiers, quantity))
    exact = sum((_part_amount(t, q, frame) for t, q in parts), Decimal(0))
    formula = " + ".join(_part_text(t, q, frame) for t, q in parts) + _mean_text(charge, index, frame)
    price = parts[-1][0].rate if len(parts) == 1 else None
    lines = [
        frame.line(
            charge.id,
            exact,
            "energy",
            formula,
            charge,
            quantity=quantity,
            unit_price=price,
            source=frame.source,
        )
    ]
    if band.fixed is not None:
        text = _band_text(charge.bands, index)
        lines.append(frame.line(charge.fixed_id, band.fixed, "fixed", text, charge, source=frame.source))
    return lines


def cut(tiers: tuple[Tier, ...], quantity: Decimal) -> list[tuple[Tier, Decimal]]:
    """The quantity cut at the tiers' limits; at least the first tier, so that 0 kWh has a formula too.

    Parameters
    ----------
    tiers : tuple of Tier
        By rising `up_to`.
    quantity : Decimal
        The period's total. [unit of the tiers]

    Returns
    -------
    list of (Tier, Decimal)
        [unit of the tiers]

    Examples
    --------
    >>> [str(q) for _, q in cut((Tier(Decimal(30)), Tier(None)), Decimal(100))]
    ['30', '70']
    """
    parts: list[tuple[Tier, Decimal]] = []
    below = Decimal(0)
    for tier in tiers:
        above = quantity if tier.up_to is None else min(quantity, tier.up_to)
        if above > below or not parts:
            parts.append((tier, above - below))
        below = max(below, above)
    return parts


def _part_amount(tier: Tier, quantity: Decimal, frame: Frame) -> Decimal:
    if tier.rate is not None:
        return quantity * tier.rate
    # A block's amount is money as printed, so it takes the line's decimals.
    return round_to(tier.amount or Decimal(0), frame.tariff.rounding.line)


def _part_text(tier: Tier, quantity: Decimal, frame: Frame) -> str:
    if tier.rate is not None:
        return f"{quantity.normalize():f} kWh × {tier.rate}"
    return f"{_part_amount(tier, quantity, frame)} ({quantity.normalize():f} kWh)"


def _band_text(bands: tuple[Band, ...], index: int) -> str:
    if len(bands) == 1:
        return ""
    limit = bands[index].up_to
    return f"≤ {limit} kWh" if limit is not None else f"> {bands[index - 1].up_to} kWh"


def _mean_text(charge: BandedCharge, band: int, frame: Frame) -> str:
    """How the last tier's price was blended, where it was."""
    shares = frame.blend.shares
    if len(shares) < 2:
        return ""
    rates = [
        (s.days, c.bands[band].tiers[-1].rate)
        for s in shares
        for c in s.charges
        if c.id == charge.id and isinstance(c, BandedCharge)
    ]
    total = sum(days for days, _ in rates)
    mean = " + ".join(f"{days} d × {rate}" for days, rate in rates)
    return f"; {charge.bands[band].tiers[-1].rate} = ({mean}) / {total} d"


def _fixed(charge: FixedCharge, frame: Frame) -> list[BillLine]:
    source: Source | None = frame.source
    amount = charge.amount
    if charge.parameter is not None:
        amount, source = frame.need(charge.parameter)
    if charge.hide_zero and not amount:
        return []
    return [frame.line(charge.id, amount or Decimal(0), "fixed", "", charge, source=source)]


def _lookup(charge: LookupCharge, frame: Frame) -> list[BillLine]:
    if charge.id in frame.leave_out and charge.leave_out_code:
        frame.warnings.append(charge.leave_out_code)
        return []
    typed = frame.lookup(charge.amount_parameter) if charge.amount_parameter else None
    if typed is not None:
        return [frame.line(charge.id, typed[0], "lookup", "", charge, source=typed[1])]
    quantity = frame.quantity(charge.quantity, charge.id)
    value, source = frame.need(charge.parameter, charge.amount_parameter or "")
    row = charge.rows[band_of(charge.rows, quantity)]
    if row.factor is None:
        raise refuse.unknown_factor(frame.tariff, charge.id, quantity, charge.amount_parameter)
    if row.confidence not in ("", "high") or (source is not None and source.confidence != "high"):
        frame.warnings.append(f"{charge.id}.unverified")
    return [
        frame.line(
            charge.id, row.factor * value, "lookup", f"{row.factor} × {value}", charge,
            quantity=row.factor, unit_price=value, source=source,
        )
    ]  # fmt: skip


def _per_unit(charge: PerUnitCharge, frame: Frame) -> list[BillLine]:
    quantity = frame.quantity(charge.quantity, charge.id)
    rate, texts, source = Decimal(1), [], None
    for factor in charge.factors:
        value = factor.constant if factor.constant is not None else Decimal(0)
        if factor.parameter is not None:
            value, source = frame.need(factor.parameter)
        rate *= value
        texts.append(str(value))
    formula = f"{quantity.normalize():f} kWh × {' × '.join(texts)}"
    return [
        frame.line(
            charge.id,
            quantity * rate,
            "energy",
            formula,
            charge,
            quantity=quantity,
            unit_price=rate,
            source=source,
        )
    ]


_PRICERS: Final[dict[type, Callable[[Any, Frame], list[BillLine]]]] = {
    BandedCharge: _banded,
    FixedCharge: _fixed,
    LookupCharge: _lookup,
    PerUnitCharge: _per_unit,
}
