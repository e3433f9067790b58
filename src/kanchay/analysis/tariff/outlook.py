"""A period that is not over yet, as it is expected to end: for a bill before the meter is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from statistics import median

from kanchay.analysis.tariff.scaling import scaled
from kanchay.domain.tariff import Usage

__all__ = ["expected_usage"]


def expected_usage(
    so_far: Usage,
    typical: Usage,
    end: date,
    kwh: Decimal,
    *,
    times: Mapping[str, Decimal],
    months: Sequence[Mapping[str, Decimal]] = (),
    asks_demand: bool = True,
) -> Usage:
    """The whole period with a given total: what is measured, and the rest used at the usual hours.

    Parameters
    ----------
    so_far : Usage
        Measured part of the period.
    typical : Usage
        Some weeks before today: they tell the hours of what is still to come.
    end : date
        Of the period.
    kwh : Decimal
        Its expected total. [kWh]
    times : mapping of str to Decimal
        Hours and days of each block in the whole period (`calendar_times`).
    months : sequence of mapping, optional
        Quantities of the periods before: their median demand is expected again.
    asks_demand : bool, optional
        Whether the tariff asks for demand at all.

    Returns
    -------
    Usage
        With the note ``energy.expected``, and ``demand.expected`` where a demand is.

    Examples
    --------
    >>> first = Usage(date(2026, 8, 4), date(2026, 8, 14), {"energy_kwh": Decimal(50), "energy_kwh.hp": Decimal(10)})
    >>> weeks = Usage(date(2026, 7, 17), date(2026, 8, 14), {"energy_kwh": Decimal(90), "energy_kwh.hp": Decimal(45)})
    >>> august = expected_usage(first, weeks, date(2026, 9, 4), Decimal(150), times={})
    >>> str(round(august.quantities["energy_kwh.hp"]))
    '60'
    """
    rest = scaled(typical, max(kwh - so_far.quantities["energy_kwh"], Decimal(0)))
    days = Decimal((end - so_far.end).days) / max(typical.days, 1)
    expected = dict(so_far.quantities)
    for name, value in rest.quantities.items():
        kind = name.partition(".")[0]
        if kind in ("energy_kwh", "value"):
            expected[name] = expected.get(name, Decimal(0)) + value
        elif kind in ("export_kwh", "reactive_kvarh"):
            expected[name] = expected.get(name, Decimal(0)) + value * days
    demand = _expected_demand(so_far.quantities, months) if asks_demand else {}
    notes = ("energy.expected", *(("demand.expected",) if demand else ()))
    quantities = {**expected, **demand, **times, "energy_kwh": kwh}
    return replace(so_far, end=end, quantities=quantities, notes=(*so_far.notes, *notes))


def _expected_demand(
    so_far: Mapping[str, Decimal], months: Sequence[Mapping[str, Decimal]]
) -> dict[str, Decimal]:
    """The highest so far, or what is usual where that is more. [kW]"""
    found = {}
    for name in (n for n in so_far if n.startswith("demand_kw")):
        usual = median(known) if (known := [m[name] for m in months if name in m]) else Decimal(0)
        found[name] = max(so_far[name], usual)
    return found
