"""A bill of a period, line by line: everything, or a refusal with a typed reason, never a part."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.blend import Blend, Share, blend_prices, taxes_on
from kanchay.analysis.tariff.charges import price_charge
from kanchay.analysis.tariff.frame import CARRY, Frame
from kanchay.analysis.tariff.rounding import round_to, round_total
from kanchay.analysis.tariff.tiers import band_of, cut
from kanchay.domain.bill import Bill, BillLine
from kanchay.domain.tariff import (
    BandedCharge,
    Charge,
    ExportMode,
    FixedCharge,
    LimitBasis,
    LookupCharge,
    Per,
    PerUnitCharge,
    Select,
    Surplus,
    Tariff,
    Usage,
)

__all__ = ["CARRY", "evaluate", "list_price"]

CREDIT: Final = "credit"  # money that the customer's exports earned and the next bill may use
_UNSURE: Final = ("secondary", "general")


def evaluate(
    tariff: Tariff,
    usage: Usage,
    *,
    parameters: Mapping[str, Decimal] | None = None,
    leave_out: Collection[str] = (),
    as_of: date | None = None,
    blend: Blend | None = None,
) -> Bill:
    """Price a period to the cent.

    Parameters
    ----------
    tariff : Tariff
    usage : Usage
        Days ``[start, end)`` and quantities; ``energy_kwh`` in kWh.
    parameters : mapping of str to Decimal, optional
        Typed values by name: they win over dated values and defaults. ``carry_in`` is the last bill's
        rounding, ``carry_in.NAME`` what it carried on under that name (see `Bill.carried`).
    leave_out : collection of str
        Ids of lines to leave out; only lines whose tariff allows it, and the bill then carries that warning.
    as_of : date, optional
        Price by the list, taxes and dated parameters of this day, whatever the period; the bill then says so
        (``price.other_date``).
    blend : Blend, optional
        Prices of these very days, where many bills share them (default: `blend_prices`).

    Returns
    -------
    Bill
        ``sum(line.amount for line in lines) == total``. `warnings` say what to be careful with:
        ``price.stale``, ``price.unverified``, ``price.review_due``, ``price.other_date``,
        ``rule.unverified`` (a rule or block of hours that nobody has checked), ``parameter.last_known``,
        ``demand.short_history``, the usage's notes and the codes of lines left out.

    Raises
    ------
    BillRefused
        With a typed `code`: ``bill.uncovered_date``, ``bill.missing_parameter``, ``bill.unknown_factor``,
        ``bill.negative_energy``, ``bill.missing_quantity``, ``bill.cannot_blend``, ``bill.empty_period``,
        ``bill.unknown_parameter``, ``bill.missing_demand``, ``bill.blocks_do_not_cover``.

    Examples
    --------
    >>> from kanchay.domain.bill import Source
    >>> from kanchay.domain.tariff import Band, Eligibility, Proration, Rounding, Tax, Tier, Version
    >>> energy = BandedCharge(
    ...     "energy", "energy_kwh", Select.BY_TOTAL, (Band(None, (Tier(None, rate=Decimal("0.50")),)),), ("igv",), False
    ... )
    >>> source = Source("Price list", None, "2026-08-04", "high", "official")
    >>> tariff = Tariff(
    ...     "flat", "PE", "PEN", "America/Lima", "", "", "", "", {}, Eligibility("any"), Proration.DAILY_BLEND,
    ...     Rounding(), (Tax("igv", Decimal("0.18"), date(2011, 3, 1), None),), (),
    ...     (Version(date(2026, 8, 4), None, (), source, (energy,)),),
    ... )
    >>> bill = evaluate(tariff, Usage.energy(date(2026, 8, 4), date(2026, 9, 4), Decimal(100)))
    >>> [(line.id, line.formula, str(line.amount)) for line in bill.lines], str(bill.total)
    ([('energy', '100 kWh × 0.50', '50.00'), ('igv', '18 % × 50.00', '9.00')], '59.00')
    """
    typed = dict(parameters or {})
    _check_known(tariff, typed)
    notes = ["price.other_date"] if as_of else []
    days = (as_of, as_of + timedelta(days=1)) if as_of else (usage.start, usage.end)
    prices = blend or blend_prices(tariff, *days)
    frame = Frame(tariff, usage, prices, typed, frozenset(leave_out), as_of, [*notes, *usage.notes])
    for charge in prices.charges:
        frame.priced.extend((charge, line) for line in price_charge(charge, frame))
    taxed = [line for _, line in frame.priced if line.taxed]
    untaxed = [line for _, line in frame.priced if not line.taxed]
    taxes = _tax_lines(frame)
    credit = _credit_lines(frame, _sum(taxed) + _sum(taxes) + _sum(untaxed))
    due = _sum(taxed) + _sum(taxes) + _sum(untaxed) + _sum(credit)
    carry_in = typed.get(CARRY, Decimal("0.00"))
    rounded = round_total(due, step=tariff.rounding.total_step, carry_in=carry_in)
    rounding = _rounding_line(rounded.adjustment, carry_in)
    return Bill(
        tariff_id=tariff.id,
        tariff_version=prices.label,
        currency=tariff.currency,
        start=usage.start,
        end=usage.end,
        energy_kwh=round_to(frame.exact("energy_kwh", "energy"), tariff.rounding.quantity),
        lines=(*taxed, *taxes, *untaxed, *credit, *rounding),
        subtotal=_sum(taxed),
        tax=_sum(taxes),
        total=rounded.total,
        rounding_carry=rounded.carry if tariff.rounding.carry else Decimal("0.00"),
        warnings=tuple(dict.fromkeys((*frame.warnings, *_price_warnings(frame)))),
        carried=tuple(frame.carried.items()),
    )


def _check_known(tariff: Tariff, typed: Mapping[str, Decimal]) -> None:
    for name in typed:
        kind, _, carried = name.partition(".")
        carry = kind == CARRY and (carried in ("", CREDIT) or carried.startswith("energy_kwh"))
        if tariff.parameter(name) is None and not carry:
            raise refuse.unknown_parameter(tariff, name)


def _sum(lines: Sequence[BillLine]) -> Decimal:
    return sum((line.amount for line in lines), Decimal("0.00"))


def _tax_lines(frame: Frame) -> list[BillLine]:
    """One line a tax, on the sum of the lines it applies to and of the taxes it is on."""
    lines: list[BillLine] = []
    for tax in taxes_on(frame.tariff, frame.last_day):
        base = _sum([line for charge, line in frame.priced if tax.id in charge.taxes])
        base += _sum([line for line in lines if line.id in tax.on])
        if base:
            amount = round_to(base * tax.rate, frame.tariff.rounding.line)
            percent = f"{(tax.rate * 100).normalize():f} % × {base}"
            lines.append(BillLine(tax.id, amount, False, "tax", percent, base, tax.rate, tax.source))
    return lines


def _credit_lines(frame: Frame, due: Decimal) -> list[BillLine]:
    """Credit of the bill before, and what becomes of credit beyond this bill."""
    lines = []
    credit_in = frame.typed.get(f"{CARRY}.{CREDIT}", Decimal(0))
    if credit_in:
        lines.append(BillLine("credit_in", -credit_in, False, "credit"))
    left = credit_in - due
    if left > 0 and frame.tariff.surplus is not Surplus.PAY and _earns(frame):
        carry = frame.tariff.surplus is Surplus.CARRY
        lines.append(BillLine("credit_carried" if carry else "credit_lost", left, False, "credit"))
        if carry:
            frame.carried[CREDIT] = left
    return lines


def _earns(frame: Frame) -> bool:
    return any(line.kind == "credit" for _, line in frame.priced) or f"{CARRY}.{CREDIT}" in frame.typed


def _rounding_line(adjustment: Decimal, carry_in: Decimal) -> list[BillLine]:
    if not adjustment and not carry_in:
        return []
    own = adjustment - carry_in
    formula = f"{carry_in} + {own}" if carry_in else ""
    return [BillLine("rounding", adjustment, False, "rounding", formula)]


def _price_warnings(frame: Frame) -> list[str]:
    warnings = []
    for share in frame.blend.shares:
        if _is_stale(share, frame.tariff.stale_after_days):
            warnings.append("price.stale")
        if share.version.review_from is not None and share.last_day >= share.version.review_from:
            warnings.append("price.review_due")
        if share.version.source.basis in _UNSURE or share.version.source.confidence != "high":
            warnings.append("price.unverified")
    typed = any(name.startswith(f"{CARRY}.") for name in frame.typed)
    if frame.tariff.surplus is Surplus.CARRY and frame.tariff.export is not ExportMode.NONE and not typed:
        warnings.append("carry.unknown")
    rules = [c.source for c in frame.blend.charges] + [s.source for s in frame.tariff.schedules]
    if any(s is not None and (s.basis in _UNSURE or s.confidence != "high") for s in rules):
        warnings.append("rule.unverified")
    return warnings


def _is_stale(share: Share, days: int | None) -> bool:
    return days is not None and (share.last_day - share.version.valid_from).days > days


def list_price(tariff: Tariff, kwh: Decimal, on: date) -> Decimal:
    """What the published list itself gives for `kwh`: energy and fixed charge, taxes inside where the list
    has them.

    This is the number that a printed price list leads to. A receipt may differ by a cent: it starts from
    prices without tax, rounded to four decimals.

    Parameters
    ----------
    tariff : Tariff
    kwh : Decimal
        Energy of the period. [kWh]
    on : date
        A day on which the list holds.

    Returns
    -------
    Decimal
        [currency]

    Raises
    ------
    BillRefused
        ``bill.uncovered_date``, ``bill.negative_energy``, or ``bill.no_list_price`` where hours, demand or days
        decide the price too.
    """
    version = next((v for v in tariff.versions if v.holds_on(on)), None)
    if version is None:
        raise refuse.uncovered_date(tariff, on)
    if kwh < 0:
        raise refuse.negative_energy("energy_kwh", kwh)
    exact = sum((_listed(tariff, c, kwh) for c in version.charges), Decimal(0))
    return round_to(exact, tariff.rounding.line)


def _listed(tariff: Tariff, charge: Charge, kwh: Decimal) -> Decimal:
    """Energy and fixed charge of a list; what a parameter or a table makes is not in one."""
    if isinstance(charge, (LookupCharge, PerUnitCharge)):
        return Decimal(0)
    if isinstance(charge, FixedCharge) and charge.per is Per.PERIOD:
        return charge.amount or Decimal(0)
    if not isinstance(charge, BandedCharge) or not _plain(charge):
        raise refuse.no_list_price(tariff, charge.id)
    index = band_of(charge.bands, kwh) if charge.select is Select.BY_TOTAL else 0
    band = charge.bands[index]
    energy = sum(
        (t.amount if t.amount is not None else q * (t.rate or 0) for t, q in cut(band.tiers, kwh)), Decimal(0)
    )
    return energy + (band.fixed or Decimal(0))


def _plain(charge: BandedCharge) -> bool:
    """Whether nothing but the total decides its price."""
    by_hours = any(tier.rates for band in charge.bands for tier in band.tiers)
    whole = charge.quantity == "energy_kwh" and charge.limits is LimitBasis.PERIOD
    return whole and not by_hours and not charge.credit
