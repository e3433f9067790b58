"""What energy costs this household: the bill with it minus the bill without it.

A mean price per kWh would miss the steps: in Peru the first kWh above 140 a month raises the price of all the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from kanchay.domain.finding import MoneyRange

__all__ = ["MONTHS_A_YEAR", "Price", "cost_of_extra", "saving_range", "yearly_saving"]

Price = Callable[[float], Decimal]  # the whole bill of a month of so many kWh

MONTHS_A_YEAR = 12


def yearly_saving(price: Price, monthly_kwh: Sequence[float], saved_kwh: float) -> Decimal:
    """Money saved in a year by using less in each month.

    Parameters
    ----------
    price : callable
        The whole bill of a month, as a function of its kWh.
    monthly_kwh : sequence of float
        Months as they were (or as one expects them), at least one; fewer or more than twelve are scaled to a year. [kWh]
    saved_kwh : float
        Less in each of them; never more than the month had. [kWh]

    Returns
    -------
    Decimal
        Positive for a saving. [currency]

    Examples
    --------
    >>> step = lambda kwh: Decimal("0.70") * Decimal(str(kwh)) + (10 if kwh > 140 else 0)
    >>> yearly_saving(step, [145.0] * 6 + [120.0] * 6, 10.0)
    Decimal('144.00')
    """
    if not monthly_kwh:
        return Decimal("0.00")
    total = sum((price(kwh) - price(max(0.0, kwh - saved_kwh)) for kwh in monthly_kwh), Decimal(0))
    return (total * MONTHS_A_YEAR / len(monthly_kwh)).quantize(Decimal("0.01"))


def saving_range(
    price: Price,
    monthly_kwh: Sequence[float],
    mean: float,
    low: float,
    high: float,
    *,
    currency: str,
    per: str = "year",
) -> MoneyRange:
    """The saving with its range, from kWh a month with theirs.

    Parameters
    ----------
    price : callable
        The whole bill of a month of so many kWh.
    monthly_kwh : sequence of float
        Energy of the months of a year as they were. [kWh]
    mean, low, high : float
        kWh saved a month; 8 times in 10 between `low` and `high`. [kWh]
    currency : str
        ISO 4217.
    per : {"year", "month"}

    Returns
    -------
    MoneyRange
        What the bills fall by.
    """
    amounts = [yearly_saving(price, monthly_kwh, kwh) for kwh in (mean, low, high)]
    if per == "month":
        amounts = [(a / MONTHS_A_YEAR).quantize(Decimal("0.01")) for a in amounts]
    return MoneyRange(amounts[0], min(amounts), max(amounts), currency, per)


def cost_of_extra(
    price: Price, monthly_kwh: Sequence[float], mean: float, low: float, high: float, *, currency: str
) -> MoneyRange:
    """What energy that is already in the months costs a year: the same sum as its saving.

    Parameters
    ----------
    price : callable
        The whole bill of a month of so many kWh.
    monthly_kwh : sequence of float
        Energy of the months of a year, the extra included. [kWh]
    mean, low, high : float
        kWh a year; 8 times in 10 between `low` and `high`. [kWh]
    currency : str
        ISO 4217.

    Returns
    -------
    MoneyRange
        A year's cost, positive.
    """
    return saving_range(price, monthly_kwh, mean / 12, low / 12, high / 12, currency=currency)
