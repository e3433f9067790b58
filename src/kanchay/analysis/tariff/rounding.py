"""Rounding of money: half up, lines to the cent, the total to a step with what is left carried on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["RoundedTotal", "round_to", "round_total"]


@dataclass(frozen=True, slots=True)
class RoundedTotal:
    """A total to pay.

    Attributes
    ----------
    total : Decimal
        [currency]
    adjustment : Decimal
        What was added to the exact sum. [currency]
    carry : Decimal
        What goes into the next bill. [currency]
    """

    total: Decimal
    adjustment: Decimal
    carry: Decimal


def round_to(value: Decimal, decimals: int) -> Decimal:
    """Round half away from zero, as receipts do.

    Parameters
    ----------
    value : Decimal
    decimals : int
        Digits after the point. [-]

    Returns
    -------
    Decimal

    Examples
    --------
    >>> round_to(Decimal("188.19918"), 2), round_to(Decimal("0.005"), 2)
    (Decimal('188.20'), Decimal('0.01'))
    """
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def round_total(exact: Decimal, *, step: Decimal | None, carry_in: Decimal = Decimal(0)) -> RoundedTotal:
    """Round a total to a multiple of `step`, after adding what the last bill carried on.

    Parameters
    ----------
    exact : Decimal
        Sum of all lines. [currency]
    step : Decimal or None
        Multiple to round to, 0.10 in Peru; None: no rounding. [currency]
    carry_in : Decimal
        Rest of the last bill; positive when it was rounded down. [currency]

    Returns
    -------
    RoundedTotal
        ``total == exact + adjustment`` and ``adjustment == carry_in - carry``.

    Notes
    -----
    Half goes up: a receipt of July 2026 turns 361.05 into 361.10.

    Examples
    --------
    >>> round_total(Decimal("574.64"), step=Decimal("0.10"), carry_in=Decimal("0.09"))
    RoundedTotal(total=Decimal('574.70'), adjustment=Decimal('0.06'), carry=Decimal('0.03'))
    """
    due = exact + carry_in
    if step is None or step == 0:
        return RoundedTotal(due, carry_in, Decimal("0.00"))
    total = ((due / step).quantize(Decimal(1), ROUND_HALF_UP) * step).quantize(exact)
    return RoundedTotal(total, total - exact, due - total)
