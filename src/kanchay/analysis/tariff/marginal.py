"""The price of the next kWh, given what the period has used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.frame import CARRY
from kanchay.analysis.tariff.rounding import round_to
from kanchay.domain.tariff import Rounding, Tariff, Usage

__all__ = ["marginal_price"]

_EXACT: Final = 12  # decimals of a line: enough that rounding does not show in a difference


def marginal_price(
    tariff: Tariff,
    usage: Usage,
    *,
    parameters: Mapping[str, Decimal] | None = None,
    leave_out: Collection[str] = (),
) -> Decimal:
    """What the next kWh adds to the bill, taxes included.

    Parameters
    ----------
    tariff : Tariff
    usage : Usage
        The period, and the total from which the next kWh is counted. For a decision today that is the total
        expected at the *end* of the period where the tariff chooses its prices by the total.
    parameters : mapping of str to Decimal, optional
        Typed values, as for `evaluate`.
    leave_out : collection of str
        Ids of lines to leave out, as for `evaluate`.

    Returns
    -------
    Decimal
        ``total(kwh + 1) - total(kwh)`` without rounding of lines, to 4 decimals. [currency/kWh] It jumps at
        a step.

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
    exact = replace(
        tariff, rounding=Rounding(_EXACT, tariff.rounding.unit_price, _EXACT, total_step=None, carry=False)
    )
    typed = {k: v for k, v in (parameters or {}).items() if k != CARRY}

    def total(kwh: Decimal) -> Decimal:
        at = replace(usage, quantities={**usage.quantities, "energy_kwh": kwh})
        return evaluate(exact, at, parameters=typed, leave_out=leave_out).total

    kwh = usage.quantities["energy_kwh"]
    return round_to(total(kwh + 1) - total(kwh), 4)
