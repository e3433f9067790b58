"""The same period with more or less energy: for the price of one more kWh, and for totals not known yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from kanchay.domain.tariff import Usage

__all__ = ["scaled", "shifted"]


def scaled(usage: Usage, kwh: Decimal) -> Usage:
    """The period with another total, used at the same hours.

    Parameters
    ----------
    usage : Usage
        Energy by block and money of price series grow with the total; demand, hours and exports stay. Where
        nothing was used, new energy is spread evenly over the hours.
    kwh : Decimal
        The new total. [kWh]

    Returns
    -------
    Usage

    Examples
    --------
    >>> from datetime import date
    >>> half = {"energy_kwh": Decimal(100), "energy_kwh.hp": Decimal(30), "demand_kw": Decimal(2)}
    >>> more = scaled(Usage(date(2026, 8, 4), date(2026, 9, 4), half), Decimal(200))
    >>> {name: str(value) for name, value in more.quantities.items()}
    {'energy_kwh': '200', 'energy_kwh.hp': '60', 'demand_kw': '2'}
    """
    now = usage.quantities["energy_kwh"]
    if not now:
        return replace(usage, quantities={**usage.quantities, **_evenly(usage, kwh), "energy_kwh": kwh})
    factor = kwh / now
    grown = {
        name: value * factor
        for name, value in usage.quantities.items()
        if name.startswith(("energy_kwh.", "value."))
    }
    return replace(usage, quantities={**usage.quantities, **grown, "energy_kwh": kwh})


def _evenly(usage: Usage, kwh: Decimal) -> dict[str, Decimal]:
    """Energy of each block whose hours are known, at an even load. [kWh]"""
    hours = {n.partition(".")[2]: v for n, v in usage.quantities.items() if n.startswith("hours.")}
    whole = Decimal(24 * max(usage.days, 1))
    return {
        f"energy_kwh.{b}": kwh * h / whole for b, h in hours.items() if f"energy_kwh.{b}" in usage.quantities
    }


def shifted(usage: Usage, kwh: Decimal, blocks: Iterable[str] = (), *, quantity: str = "energy_kwh") -> Usage:
    """The period with some kWh more, all of it in the named blocks.

    Parameters
    ----------
    usage : Usage
    kwh : Decimal
        What is added. [kWh]
    blocks : iterable of str, optional
        One block of each schedule.
    quantity : str, optional
        ``"energy_kwh"`` or ``"export_kwh"``.

    Returns
    -------
    Usage

    Examples
    --------
    >>> from datetime import date
    >>> day = Usage(date(2026, 8, 4), date(2026, 8, 5), {"energy_kwh": Decimal(9), "energy_kwh.hp": Decimal(3)})
    >>> str(shifted(day, Decimal(1), ["hp"]).quantities["energy_kwh.hp"])
    '4'
    """
    names = [quantity, *(f"{quantity}.{block}" for block in blocks)]
    more = {name: usage.quantities[name] + kwh for name in names if name in usage.quantities}
    return replace(usage, quantities={**usage.quantities, **more})
