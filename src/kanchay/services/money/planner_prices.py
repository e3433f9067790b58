"""Prices of the hours to come for a planner: of a tariff alone, or of a site as its period is expected to end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from kanchay.analysis.tariff.blocktimes import calendar_times
from kanchay.analysis.tariff.metering import needed_quantities
from kanchay.analysis.tariff.planner import price_series
from kanchay.domain.charges import BandedCharge, BlockPrice, Tier, TouCharge
from kanchay.domain.errors import InputError
from kanchay.domain.forecast import PeriodForecast
from kanchay.domain.interval import IntArray, local_midnight
from kanchay.domain.point import Site
from kanchay.domain.priceseries import PriceSeries
from kanchay.domain.reading import FloatArray
from kanchay.domain.scope import Scope
from kanchay.domain.tariff import Tariff, Usage
from kanchay.services.context import Context
from kanchay.services.money.marginal import site_prices
from kanchay.services.money.tariffs import leaveable
from kanchay.services.ports.prices import PlannerPrices

__all__ = ["Reach", "prices_of_site", "prices_of_tariff"]

_MOST = 366 * 96  # a year of quarters of an hour


@dataclass(frozen=True, slots=True)
class Reach:
    """Which local days, half-open, in which steps. [s]"""

    start: date
    end: date
    resolution_s: int

    def starts(self, tz: str) -> IntArray:
        """UTC second of each interval; whole steps from local midnight on."""
        low, high = local_midnight(self.start, tz), local_midnight(self.end, tz)
        if self.resolution_s < 60 or high <= low or (high - low) // self.resolution_s > _MOST:
            raise InputError(
                f"From {self.start} to {self.end} is no reach of prices.",
                hint=f"Choose an end after the start, and at most {_MOST} intervals.",
            )
        return np.arange(low, high, self.resolution_s, dtype=np.int64)


def prices_of_tariff(
    tariff: Tariff,
    reach: Reach,
    *,
    kwh: Decimal | None = None,
    parameters: Mapping[str, Decimal] | None = None,
    series: Iterable[PriceSeries] = (),
) -> PlannerPrices:
    """Prices of a customer who takes `kwh` in a calendar month, evenly over its hours.

    Raises
    ------
    InputError
        The price depends on the month's total and none was given.
    BillRefused
        As `kanchay.analysis.tariff.planner.price_series`.
    """
    if kwh is None and _depends_on_total(tariff):
        raise InputError(
            f"What a kWh costs under '{tariff.id}' depends on the month's total.",
            hint="Say what you expect to use with --kwh N.",
        )
    usage = _even_month(tariff, reach.start, kwh or Decimal(100))
    starts = reach.starts(tariff.timezone)

    def prices(quantity: str) -> tuple[float, ...]:
        """Each day by its own list."""
        rows = [
            price_series(
                tariff, usage, inside, reach.resolution_s, quantity=quantity, series=tuple(series),
                parameters=parameters, leave_out=leaveable(tariff), as_of=day,
            )
            for day, inside in _by_day(starts, reach, tariff.timezone)
        ]  # fmt: skip
        return _told(np.concatenate(rows))

    grid = (tariff.timezone, int(starts[0]), reach.resolution_s)
    return PlannerPrices(tariff.id, tariff.currency, *grid, prices("energy_kwh"), prices("export_kwh"))


def _by_day(starts: IntArray, reach: Reach, tz: str) -> Iterator[tuple[date, IntArray]]:
    day = reach.start
    while day < reach.end:
        low, high = (local_midnight(d, tz) for d in (day, day + timedelta(days=1)))
        yield day, starts[(starts >= low) & (starts < high)]
        day += timedelta(days=1)


def prices_of_site(
    ctx: Context, scope: Scope, site: Site, reach: Reach, forecast: PeriodForecast
) -> PlannerPrices:
    """Prices of a site whose running period ends as forecast: with that total, hours and demand.

    Raises
    ------
    BillRefused
        As `kanchay.services.money.marginal.site_prices`.
    """
    starts = reach.starts(site.tz)
    window = int(starts[0]), int(starts[-1]) + reach.resolution_s
    found = site_prices(
        ctx, scope, site.id, period_forecast=forecast, window=window, resolution_s=reach.resolution_s
    )
    grid = (site.tz, window[0], reach.resolution_s)
    return PlannerPrices(found.tariff_id, found.currency, *grid, _told(found.buy), _told(found.sell))


def _told(prices: FloatArray) -> tuple[float, ...]:
    return tuple(round(float(p), 6) + 0.0 for p in prices)  # no −0.0


def _depends_on_total(tariff: Tariff) -> bool:
    """Whether any price of energy has bands or tiers."""
    for charge in tariff.versions[-1].charges:
        if isinstance(charge, BandedCharge) and (len(charge.bands) > 1 or len(charge.bands[0].tiers) > 1):
            return True
        if isinstance(charge, TouCharge) and any(_is_tiered(b) for b in charge.blocks):
            return True
    return False


def _is_tiered(price: BlockPrice) -> bool:
    tiers: tuple[Tier, ...] = price.tiers
    return len(tiers) > 1


def _even_month(tariff: Tariff, day: date, kwh: Decimal) -> Usage:
    """The calendar month of a day with the same power in every hour, nothing sent and no reactive energy."""
    start = day.replace(day=1)
    end = (start + timedelta(days=32)).replace(day=1)
    hours = Decimal((end - start).days * 24)
    times = calendar_times(tariff, start, end) if tariff.schedules else {}
    quantities: dict[str, Decimal] = {**times, "energy_kwh": kwh, "export_kwh": Decimal(0)}
    for name in needed_quantities(tariff) - quantities.keys():
        kind, _, block = name.partition(".")
        share = times.get(f"hours.{block}", hours) / hours
        quantities[name] = {"energy_kwh": kwh * share, "demand_kw": kwh / hours}.get(kind, Decimal(0))
    return Usage(start, end, quantities, before=(quantities,) * 11)
