"""What a kWh costs a site at each moment to come, and what one sent to the grid earns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from kanchay.analysis.tariff.planner import price_series
from kanchay.domain.forecast import PeriodForecast
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray
from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.money.outlook import load_outlook
from kanchay.services.money.tariffs import leaveable, tariff_of, typed_parameters
from kanchay.services.money.usage import published_prices

__all__ = ["SitePrices", "site_prices"]


@dataclass(frozen=True, eq=False)
class SitePrices:
    """Prices of a site on a regular grid. [currency/kWh]

    `buy` is what one more kWh adds to the bill, taxes included, at the total that the period is expected to
    reach; `sell` what a kWh sent to the grid earns. Demand charges are not in them.
    """

    tariff_id: str
    currency: str
    starts: IntArray
    resolution_s: int
    buy: FloatArray
    sell: FloatArray


def site_prices(
    ctx: Context,
    scope: Scope,
    site_id: str,
    *,
    period_forecast: PeriodForecast,
    window: tuple[int, int],
    resolution_s: int,
    tariff_id: str | None = None,
    parameters: Mapping[str, str | Decimal] | None = None,
    prices_of: date | None = None,
) -> SitePrices:
    """Prices of the intervals within ``[start, end)`` UTC seconds, given the month so far and its forecast.

    Lines of unknown amount are left out: they are the same before and after one kWh.

    Raises
    ------
    BillRefused
        As `bill_period`, or ``bill.missing_price``.
    """
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
    tariff, typed = tariff_of(ctx, site, tariff_id), typed_parameters(site, parameters)
    outlook = load_outlook(ctx, scope, site, tariff, period_forecast)
    usage = outlook.at(period_forecast.mean)
    starts = np.arange(window[0], window[1], resolution_s, dtype=np.int64)
    series = published_prices(ctx, scope, site, tariff, (outlook.start, window[1]))

    def prices(quantity: str) -> FloatArray:
        return price_series(
            tariff, usage, starts, resolution_s, quantity=quantity, series=series,
            parameters=typed, leave_out=leaveable(tariff), as_of=prices_of,
        )  # fmt: skip

    return SitePrices(
        tariff.id, tariff.currency, starts, resolution_s, prices("energy_kwh"), prices("export_kwh")
    )
