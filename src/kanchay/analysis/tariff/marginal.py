"""The price of the next kWh, given what the period has used and in which hours the kWh comes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.frame import CARRY
from kanchay.analysis.tariff.rounding import round_to
from kanchay.analysis.tariff.scaling import scaled, shifted
from kanchay.domain.tariff import Rounding, Tariff, Usage

__all__ = ["exact_total", "marginal_price"]

_EXACT: Final = 12  # decimals of a line: enough that rounding does not show in a difference
_ONE: Final = Decimal(1)


def exact_total(
    tariff: Tariff,
    usage: Usage,
    *,
    parameters: Mapping[str, Decimal] | None = None,
    leave_out: Collection[str] = (),
    as_of: date | None = None,
) -> Decimal:
    """A bill's total without any rounding, so that two of them can be subtracted.

    Parameters
    ----------
    tariff : Tariff
    usage : Usage
    parameters, leave_out, as_of
        As for `evaluate`; what the last bill's rounding left over is not counted.

    Returns
    -------
    Decimal
        [currency]

    Raises
    ------
    BillRefused
        As `evaluate`.
    """
    rounding = Rounding(_EXACT, tariff.rounding.unit_price, _EXACT, total_step=None, carry=False)
    typed = {k: v for k, v in (parameters or {}).items() if k != CARRY}
    exact = replace(tariff, rounding=rounding)
    return evaluate(exact, usage, parameters=typed, leave_out=leave_out, as_of=as_of).total


def marginal_price(
    tariff: Tariff,
    usage: Usage,
    *,
    blocks: Iterable[str] = (),
    quantity: str = "energy_kwh",
    parameters: Mapping[str, Decimal] | None = None,
    leave_out: Collection[str] = (),
    as_of: date | None = None,
) -> Decimal:
    """What the next kWh adds to the bill, taxes included.

    Parameters
    ----------
    tariff : Tariff
    usage : Usage
        The period, and the total from which the next kWh is counted. For a decision today that is the total
        expected at the *end* of the period where the tariff chooses its prices by the total.
    blocks : iterable of str, optional
        The hours of the kWh: one block of each schedule. None: spread as the period's energy is.
    quantity : str, optional
        ``"energy_kwh"``; with ``"export_kwh"`` what a kWh sent adds, below zero where it is paid.
    parameters, leave_out, as_of
        As for `evaluate`.

    Returns
    -------
    Decimal
        ``total(kwh + 1) - total(kwh)`` without rounding of lines, to 4 decimals. [currency/kWh] It jumps at
        a step. Published prices count with the period's mean, and not at all where `blocks` are
        named: `price_series` knows those of each interval.

    Raises
    ------
    BillRefused
        As `evaluate`.

    Examples
    --------
    >>> from datetime import date
    >>> from kanchay.domain.bill import Source
    >>> from kanchay.domain.tariff import Band, BandedCharge, Eligibility, Proration, Select, Tier, Version
    >>> tiers = (Tier(Decimal(30), rate=Decimal("0.40")), Tier(None, rate=Decimal("0.60")))
    >>> energy = BandedCharge("energy", "energy_kwh", Select.MARGINAL, (Band(None, tiers),), (), False)
    >>> source = Source("Price list", None, "2026-08-04", "high", "official")
    >>> tariff = Tariff(
    ...     "tiers", "PE", "PEN", "America/Lima", "", "", "", "", {}, Eligibility("any"), Proration.DAILY_BLEND,
    ...     Rounding(), (), (), (Version(date(2026, 8, 4), None, (), source, (energy,)),),
    ... )
    >>> august = date(2026, 8, 4), date(2026, 9, 4)
    >>> [str(marginal_price(tariff, Usage.energy(*august, Decimal(kwh)))) for kwh in (10, 100)]
    ['0.4000', '0.6000']
    """
    blocks = tuple(blocks)
    whole = not blocks and quantity == "energy_kwh"
    more = (
        scaled(usage, usage.quantities[quantity] + 1)
        if whole
        else shifted(usage, _ONE, blocks, quantity=quantity)
    )

    def total(at: Usage) -> Decimal:
        return exact_total(tariff, at, parameters=parameters, leave_out=leave_out, as_of=as_of)

    return round_to(total(more) - total(usage), 4)
