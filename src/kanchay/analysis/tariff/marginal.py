"""The price of the next kWh, given what the period has used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from kanchay.analysis.tariff.evaluate import CARRY, evaluate
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
    parameters, leave_out
        As for `evaluate`.

    Returns
    -------
    Decimal
        ``total(kwh + 1) - total(kwh)`` without rounding of lines, to 4 decimals. [currency/kWh] It jumps at
        a step.

    Raises
    ------
    BillRefused
        As `evaluate`.
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
