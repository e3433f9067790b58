"""Why a bill cannot be priced: one maker of typed refusals, so that codes and hints stay alike everywhere."""

from __future__ import annotations

from datetime import date

from kanchay.domain.errors import BillRefused
from kanchay.domain.tariff import Tariff

__all__ = [
    "blocks_do_not_cover",
    "cannot_blend",
    "empty_period",
    "missing_demand",
    "missing_parameter",
    "missing_price",
    "missing_quantity",
    "negative_energy",
    "no_list_price",
    "no_reading",
    "uncovered_date",
    "unknown_factor",
    "unknown_parameter",
]


def _day_before(day: date) -> str:
    return date.fromordinal(day.toordinal() - 1).isoformat()


def uncovered_date(tariff: Tariff, day: date) -> BillRefused:
    """No price list is known for a day of the period.

    Parameters
    ----------
    tariff : Tariff
    day : date
        The first day without a price list.

    Returns
    -------
    BillRefused
    """
    known = ", ".join(
        f"{v.valid_from} to {'today' if v.valid_to is None else _day_before(v.valid_to)}"
        for v in tariff.versions
    )
    return BillRefused(
        f"Tariff '{tariff.id}' has no prices for {day}.",
        hint=f"Known: {known}. Choose such a period, or price it as of another list (--prices-of DATE).",
        code="bill.uncovered_date",
    )


def missing_parameter(tariff: Tariff, name: str, alternative: str = "") -> BillRefused:
    """A value that only the user or a receipt can tell.

    Parameters
    ----------
    tariff : Tariff
    name : str
        The parameter.
    alternative : str, optional
        A parameter that takes the whole amount instead.

    Returns
    -------
    BillRefused
    """
    parameter = tariff.parameter(name)
    told = (parameter.help.get("en") or parameter.names.get("en", "")) if parameter else ""
    also = (
        f", --param {alternative}=AMOUNT as printed on a receipt, or leave the line out (--without-lighting)"
        if alternative
        else ""
    )
    return BillRefused(
        f"Tariff '{tariff.id}' needs '{name}'{f' ({told})' if told else ''}.",
        hint=f"Give --param {name}=VALUE{also}.",
        code="bill.missing_parameter",
    )


def unknown_parameter(tariff: Tariff, name: str) -> BillRefused:
    """A parameter that the tariff does not have.

    Parameters
    ----------
    tariff : Tariff
    name : str
        What was typed.

    Returns
    -------
    BillRefused
    """
    known = ", ".join(p.id for p in tariff.parameters)
    return BillRefused(
        f"Tariff '{tariff.id}' has no parameter '{name}'.",
        hint=f"Known: {known}.",
        code="bill.unknown_parameter",
    )


def unknown_factor(
    tariff: Tariff, line: str, kwh: object, amount_parameter: str | None, *, may_leave_out: bool
) -> BillRefused:
    """A table whose row for this quantity nobody has verified.

    Parameters
    ----------
    tariff : Tariff
    line : str
        Id of the line.
    kwh : object
        Energy of the period, as it is to be printed. [kWh]
    amount_parameter : str or None
        A parameter that takes the whole amount instead.
    may_leave_out : bool
        Whether a bill may do without the line.

    Returns
    -------
    BillRefused
    """
    or_else = ", or leave the line out (--without-lighting)" if may_leave_out else ""
    hint = (
        f"Give --param {amount_parameter}=AMOUNT from a receipt of a like month{or_else}."
        if amount_parameter
        else ""
    )
    return BillRefused(
        f"Tariff '{tariff.id}', line '{line}': the factor for {kwh} kWh is not known.",
        hint=hint,
        code="bill.unknown_factor",
    )


def negative_energy(quantity: str, value: object) -> BillRefused:
    """A quantity below zero.

    Parameters
    ----------
    quantity : str
        Its name, for example ``"energy_kwh"``.
    value : object
        What the usage says, as it is to be printed.

    Returns
    -------
    BillRefused
    """
    return BillRefused(
        f"The period's {quantity} is {value}, below zero.",
        hint="Check the direction of the meter, or price import and export apart.",
        code="bill.negative_energy",
    )


def missing_quantity(line: str, quantity: str, amount_parameter: str = "") -> BillRefused:
    """A quantity that the tariff needs and the usage does not hold.

    Parameters
    ----------
    line : str
        Id of the line.
    quantity : str
        Name of what it needs.
    amount_parameter : str, optional
        A parameter that takes the line's whole amount instead.

    Returns
    -------
    BillRefused
        ``bill.missing_demand`` for demand, else ``bill.missing_quantity``.
    """
    kind = "missing_demand" if quantity.startswith("demand_kw") else "missing_quantity"
    also = f", or the amount of a receipt: --param {amount_parameter}=AMOUNT" if amount_parameter else ""
    return BillRefused(
        f"Line '{line}' needs '{quantity}', which this period does not have.",
        hint=f"Give readings of each interval, or the number itself: --quantity {quantity}=VALUE{also}.",
        code=f"bill.{kind}",
    )


def missing_demand(line: str, quantity: str, needed: int, known: int) -> BillRefused:
    """Too few periods are known for a statistic of demand.

    Parameters
    ----------
    line : str
        Id of the line.
    quantity : str
        The demand it takes.
    needed, known : int
        Periods.

    Returns
    -------
    BillRefused
    """
    return BillRefused(
        f"Line '{line}' takes the {needed} highest monthly '{quantity}'; {known} known.",
        hint="Give readings of the months before too.",
        code="bill.missing_demand",
    )


def blocks_do_not_cover(line: str, quantity: str, blocks: object, whole: object) -> BillRefused:
    """Energy by block that does not add up to the whole.

    Parameters
    ----------
    line : str
        Id of the line.
    quantity : str
        The whole's name.
    blocks, whole : object
        The two sums, as they are to be printed.

    Returns
    -------
    BillRefused
    """
    return BillRefused(
        f"Line '{line}': the blocks of '{quantity}' add up to {blocks}, the whole is {whole}.",
        hint="Give all blocks of the same period.",
        code="bill.blocks_do_not_cover",
    )


def no_list_price(tariff: Tariff, line: str) -> BillRefused:
    """A list whose total for some kWh depends on more than the kWh.

    Parameters
    ----------
    tariff : Tariff
    line : str
        Id of the charge that asks for more.

    Returns
    -------
    BillRefused
    """
    return BillRefused(
        f"Line '{line}' of tariff '{tariff.id}' is not decided by the period's kWh alone.",
        hint="Price a bill of it: kanchay tariff bill, with --quantity where it asks.",
        code="bill.no_list_price",
    )


def no_reading(start: date, end: date) -> BillRefused:
    """A period without a single reading.

    Parameters
    ----------
    start, end : date
        Half-open days.

    Returns
    -------
    BillRefused
    """
    return BillRefused(
        f"No reading lies in {start} to {end}.",
        hint="Import what is missing, or choose a period that is covered (--from, --to).",
        code="bill.gap",
    )


def missing_price(line: str, series: str) -> BillRefused:
    """A published price that is not known for all of the period.

    Parameters
    ----------
    line : str
        Id of the line.
    series : str
        Name of the prices.

    Returns
    -------
    BillRefused
    """
    return BillRefused(
        f"Line '{line}' needs the prices '{series}' of the whole period.",
        hint="Import them as prices of that name, give them with --series FILE, or choose a period they cover.",
        code="bill.missing_price",
    )


def empty_period(start: date, end: date) -> BillRefused:
    """A period without a day.

    Parameters
    ----------
    start, end : date
        Half-open days.

    Returns
    -------
    BillRefused

    Examples
    --------
    >>> empty_period(date(2026, 8, 4), date(2026, 8, 4)).code
    'bill.empty_period'
    """
    return BillRefused(
        f"The period {start} to {end} has no day.",
        hint="Give an end after the start.",
        code="bill.empty_period",
    )


def cannot_blend(tariff: Tariff, line: str) -> BillRefused:
    """Two versions whose bands differ, so that no mean of prices exists.

    Parameters
    ----------
    tariff : Tariff
    line : str
        Id of the line.

    Returns
    -------
    BillRefused
    """
    return BillRefused(
        f"Tariff '{tariff.id}', line '{line}': its bands changed within the period: its prices have no mean.",
        hint="Price the two parts apart.",
        code="bill.cannot_blend",
    )
