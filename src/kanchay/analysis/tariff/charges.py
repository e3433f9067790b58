"""What each kind of charge makes of a period: lines with formula, inputs and source."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.charges_power import price_contracted, price_demand, price_reactive
from kanchay.analysis.tariff.frame import Frame
from kanchay.analysis.tariff.proration import times
from kanchay.analysis.tariff.tiers import band_of, price_tiers
from kanchay.domain.bill import BillLine, Source
from kanchay.domain.charges import (
    Band,
    BandedCharge,
    Charge,
    ContractedCharge,
    DemandCharge,
    FixedCharge,
    LookupCharge,
    MinimumCharge,
    Per,
    PerUnitCharge,
    ReactiveCharge,
    Select,
    SeriesCharge,
    TouCharge,
)

__all__ = ["price_charge"]


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

    Examples
    --------
    >>> from datetime import date
    >>> from kanchay.analysis.tariff.blend import Blend, Share
    >>> from kanchay.domain.tariff import Eligibility, Proration, Rounding, Tariff, Usage, Version
    >>> source = Source("Price list", None, "2026-08-04", "high", "official")
    >>> fixed = FixedCharge("fixed", Decimal("0.30"), None, (), False, per=Per.DAY)
    >>> version = Version(date(2026, 8, 4), None, (), source, (fixed,))
    >>> tariff = Tariff(
    ...     "x", "PE", "PEN", "UTC", "", "", "", "", {}, Eligibility("any"), Proration.DAILY_BLEND, Rounding(), (),
    ...     (), (version,),
    ... )
    >>> august = Usage.energy(date(2026, 8, 4), date(2026, 9, 4), Decimal(100))
    >>> prices = Blend((fixed,), (Share(version, 31, date(2026, 9, 3), (fixed,)),))
    >>> [str(line.amount) for line in price_charge(fixed, Frame(tariff, august, prices, {}, frozenset()))]
    ['9.30']
    """
    return _PRICERS[type(charge)](charge, frame)


def _banded(charge: BandedCharge, frame: Frame) -> list[BillLine]:
    quantity = frame.quantity(charge.quantity, charge.id)
    index = band_of(charge.bands, quantity) if charge.select is Select.BY_TOTAL else 0
    band = charge.bands[index]
    exact, formula, price = price_tiers(
        frame, charge.id, charge.quantity, quantity, band.tiers, limits=charge.limits
    )
    source = frame.source_of(charge)
    lines = [
        frame.line(
            charge.id, exact, "energy", formula + _mean_text(charge, index, frame), charge,
            quantity=quantity, unit_price=price, source=source,
        )
    ]  # fmt: skip
    if band.fixed is not None:
        text = _band_text(charge.bands, index)
        lines.append(frame.line(charge.fixed_id, band.fixed, "fixed", text, charge, source=source))
    return lines


def _band_text(bands: tuple[Band, ...], index: int) -> str:
    if len(bands) == 1:
        return ""
    limit = bands[index].up_to
    return f"≤ {limit} kWh" if limit is not None else f"> {bands[index - 1].up_to} kWh"


def _mean_text(charge: BandedCharge, band: int, frame: Frame) -> str:
    """How the last tier's price was blended, where it was."""
    price = charge.bands[band].tiers[-1].rate
    rates = [
        (s.days, c.bands[band].tiers[-1].rate)
        for s in frame.blend.shares
        for c in s.charges
        if c.id == charge.id and isinstance(c, BandedCharge)
    ]
    if len(frame.blend.shares) < 2 or price is None:
        return ""
    total = sum(days for days, _ in rates)
    mean = " + ".join(f"{days} d × {rate}" for days, rate in rates)
    return f"; {price} = ({mean}) / {total} d"


def _tou(charge: TouCharge, frame: Frame) -> list[BillLine]:
    lines = []
    for part in charge.blocks:
        name = f"{charge.quantity}.{part.block}"
        quantity = frame.quantity(name, charge.id)
        exact, formula, price = price_tiers(
            frame, charge.id, name, quantity, part.tiers, limits=charge.limits
        )
        lines.append(
            frame.line(
                f"{charge.id}.{part.block}", exact, "energy", formula, charge,
                quantity=quantity, unit_price=price, source=frame.source_of(charge),
            )
        )  # fmt: skip
    return lines


def _series(charge: SeriesCharge, frame: Frame) -> list[BillLine]:
    value = frame.exact(f"value.{charge.id}", charge.id)
    quantity = frame.quantity(charge.quantity, charge.id)
    mean = round(value / quantity, 5) if quantity else None
    formula = f"{quantity.normalize():f} kWh × {charge.series}"
    return [
        frame.line(
            charge.id, value, "energy", formula, charge,
            quantity=quantity, unit_price=mean, source=frame.source_of(charge),
        )
    ]  # fmt: skip


def _minimum(charge: MinimumCharge, frame: Frame) -> list[BillLine]:
    least = (charge.amount or Decimal(0)) * times(charge.per, frame.usage.start, frame.usage.end)
    so_far = sum((line.amount for c, line in frame.priced if not charge.of or c.id in charge.of), Decimal(0))
    if so_far >= least:
        return []
    formula = f"{round(least, 2)} − {so_far}"
    return [frame.line(charge.id, least - so_far, "minimum", formula, charge, source=frame.source_of(charge))]


def _fixed(charge: FixedCharge, frame: Frame) -> list[BillLine]:
    source: Source | None = frame.source_of(charge)
    amount = charge.amount
    if charge.parameter is not None:
        amount, source = frame.need(charge.parameter)
    if charge.hide_zero and not amount:
        return []
    n = times(charge.per, frame.usage.start, frame.usage.end)
    formula = "" if charge.per is Per.PERIOD else f"{round(n, 4).normalize():f} {charge.per} × {amount}"
    return [frame.line(charge.id, (amount or Decimal(0)) * n, "fixed", formula, charge, source=source)]


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
        raise refuse.unknown_factor(
            frame.tariff,
            charge.id,
            quantity,
            charge.amount_parameter,
            may_leave_out=bool(charge.leave_out_code),
        )
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
    rate, texts, source = Decimal(1), [], charge.source
    for factor in charge.factors:
        value = factor.constant if factor.constant is not None else Decimal(0)
        if factor.parameter is not None:
            value, source = frame.need(factor.parameter)
        rate *= value
        texts.append(str(value))
    formula = f"{quantity.normalize():f} kWh × {' × '.join(texts)}"
    return [
        frame.line(
            charge.id, quantity * rate, "energy", formula, charge,
            quantity=quantity, unit_price=rate, source=source,
        )
    ]  # fmt: skip


_PRICERS: Final[dict[type, Callable[[Any, Frame], list[BillLine]]]] = {
    BandedCharge: _banded,
    ContractedCharge: price_contracted,
    DemandCharge: price_demand,
    FixedCharge: _fixed,
    LookupCharge: _lookup,
    MinimumCharge: _minimum,
    PerUnitCharge: _per_unit,
    ReactiveCharge: price_reactive,
    SeriesCharge: _series,
    TouCharge: _tou,
}
