"""What a kWh costs, or earns when sent, at each moment to come: the prices that a planner reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.blocks import Clock, block_index
from kanchay.analysis.tariff.marginal import exact_total
from kanchay.analysis.tariff.rounding import round_to
from kanchay.analysis.tariff.scaling import shifted
from kanchay.analysis.tariff.spot import series_prices
from kanchay.domain.charges import SeriesCharge
from kanchay.domain.interval import IntArray
from kanchay.domain.priceseries import PriceSeries
from kanchay.domain.reading import FloatArray
from kanchay.domain.tariff import Tariff, Usage

__all__ = ["price_series"]

_ONE = Decimal(1)


def price_series(
    tariff: Tariff,
    usage: Usage,
    starts: IntArray,
    resolution_s: int,
    *,
    quantity: str = "energy_kwh",
    series: Iterable[PriceSeries] = (),
    parameters: Mapping[str, Decimal] | None = None,
    leave_out: Collection[str] = (),
    as_of: date | None = None,
) -> FloatArray:
    """Price of one more kWh in each interval, taxes included.

    Parameters
    ----------
    tariff : Tariff
    usage : Usage
        The period as it is expected to end: where a tariff chooses its prices by the total, that total
        decides what a kWh costs now.
    starts : ndarray of int64, shape (n,)
        UTC second of each interval. [s]
    resolution_s : int
        [s]
    quantity : str, optional
        ``"export_kwh"`` gives what a kWh sent to the grid earns; 0 where the tariff pays nothing.
    series : iterable of PriceSeries, optional
        Published prices that the tariff's series charges name.
    parameters, leave_out, as_of
        As for `evaluate`.

    Returns
    -------
    ndarray of float64, shape (n,)
        Demand charges are not in it: a kWh does not say how the peak moves. [currency/kWh]

    Raises
    ------
    BillRefused
        As `evaluate`, or ``bill.missing_price``.

    Examples
    --------
    >>> from kanchay.domain.bill import Source
    >>> from kanchay.domain.tariff import (
    ...     Block, BlockPrice, Eligibility, Proration, Rounding, Schedule, Tier, TouCharge, Version, Window
    ... )
    >>> hours = Schedule("pe", (Block("hp", (Window(18 * 3600, 23 * 3600),)), Block("hfp")))
    >>> prices = (BlockPrice("hp", (Tier(None, Decimal("0.80")),)), BlockPrice("hfp", (Tier(None, Decimal("0.60")),)))
    >>> energy = TouCharge("energy", "energy_kwh", "pe", prices, (), False)
    >>> source = Source("Price list", None, "2026-08-04", "high", "official")
    >>> tariff = Tariff(
    ...     "tou", "PE", "PEN", "UTC", "", "", "", "", {}, Eligibility("any"), Proration.DAILY_BLEND, Rounding(),
    ...     (), (), (Version(date(1970, 1, 1), None, (), source, (energy,)),), schedules=(hours,),
    ... )
    >>> used = {"energy_kwh": Decimal(100), "energy_kwh.hp": Decimal(30), "energy_kwh.hfp": Decimal(70)}
    >>> month = Usage(date(1970, 1, 1), date(1970, 2, 1), used)
    >>> price_series(tariff, month, np.array([17, 18]) * 3600, 3600).tolist()
    [0.6, 0.8]
    """
    options = {"parameters": parameters, "leave_out": leave_out, "as_of": as_of}
    full = _with_values(tariff, usage)
    clock = Clock.of(starts, tariff.timezone)
    index = [block_index(s, tariff.seasons, tariff.calendar, clock) for s in tariff.schedules]
    sign = -1.0 if quantity == "export_kwh" else 1.0
    prices = np.zeros(len(starts))
    if quantity in usage.quantities:
        prices = sign * _by_blocks(
            tariff, full, np.array(index).reshape(len(index), len(starts)), quantity, options
        )
    known = {s.name: s for s in series}
    for charge in _newest(tariff, usage, as_of):
        if charge.quantity.partition(".")[0] == quantity:
            terms = series_prices(charge, known, starts, resolution_s)
            inside = _inside(tariff, charge, index, len(starts))
            if np.isnan(terms[inside]).any():
                raise refuse.missing_price(charge.id, charge.series)
            prices = prices + sign * np.where(inside, terms, 0.0) * _per_money(tariff, full, charge, options)
    return prices


def _with_values(tariff: Tariff, usage: Usage) -> Usage:
    """The usage with nothing where the money of a price series is not known yet."""
    ids = {c.id for v in tariff.versions for c in v.charges if isinstance(c, SeriesCharge)}
    return replace(usage, quantities={**{f"value.{key}": Decimal(0) for key in ids}, **usage.quantities})


def _newest(tariff: Tariff, usage: Usage, as_of: date | None) -> list[SeriesCharge]:
    day = as_of or date.fromordinal(usage.end.toordinal() - 1)
    version = next((v for v in tariff.versions if v.holds_on(day)), tariff.versions[-1])
    return [c for c in version.charges if isinstance(c, SeriesCharge)]


def _by_blocks(
    tariff: Tariff, usage: Usage, index: IntArray, quantity: str, options: Mapping[str, object]
) -> FloatArray:
    """Marginal price of each interval: one evaluation for each combination of blocks that occurs."""
    before = exact_total(tariff, usage, **options)  # type: ignore[arg-type]

    def more(combo: IntArray) -> float:
        blocks = [s.blocks[int(i)].id for s, i in zip(tariff.schedules, combo, strict=True)]
        after = exact_total(tariff, shifted(usage, _ONE, blocks, quantity=quantity), **options)  # type: ignore[arg-type]
        return float(round_to(after - before, 4))

    if not tariff.schedules:
        return np.full(index.shape[1], more(np.zeros(0, dtype=np.int64)))
    combos, which = np.unique(index, axis=1, return_inverse=True)
    return np.array([more(combo) for combo in combos.T])[which.reshape(-1)]


def _inside(tariff: Tariff, charge: SeriesCharge, index: list[IntArray], n: int) -> np.ndarray:
    block = charge.quantity.partition(".")[2]
    schedule = tariff.schedule_of(block)
    if schedule is None:
        return np.ones(n, dtype=bool)
    inside: np.ndarray = index[tariff.schedules.index(schedule)] == schedule.index(block)
    return inside


def _per_money(tariff: Tariff, usage: Usage, charge: SeriesCharge, options: Mapping[str, object]) -> float:
    """What one unit of money on the line adds to the total: its taxes, below zero for a credit."""
    name = f"value.{charge.id}"
    more = replace(usage, quantities={**usage.quantities, name: usage.quantities[name] + 1})
    return float(exact_total(tariff, more, **options) - exact_total(tariff, usage, **options))  # type: ignore[arg-type]
