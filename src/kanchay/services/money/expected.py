"""The expected bill at the reading date, with its range and the lines that may be crossed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from kanchay.analysis.tariff.steps import steps
from kanchay.domain.bill import BandStep, Bill, BillForecast
from kanchay.domain.forecast import LEVELS, PeriodForecast
from kanchay.domain.interval import to_datetime
from kanchay.domain.scope import Scope
from kanchay.domain.tariff import Usage
from kanchay.services.context import Context
from kanchay.services.money.bill import price_usage
from kanchay.services.money.carbon import carbon_of
from kanchay.services.money.tariffs import tariff_of, typed_parameters

__all__ = ["expected_bill"]


def expected_bill(
    ctx: Context,
    scope: Scope,
    site_id: str,
    *,
    period_forecast: PeriodForecast,
    tariff_id: str | None = None,
    parameters: Mapping[str, str | Decimal] | None = None,
    leave_out: Collection[str] = (),
    prices_of: date | None = None,
) -> BillForecast:
    """Bills at the period's mean, at its 10 % and 90 % quantiles, and for what is known so far.

    `steps` holds every line of the tariff that the period may still cross: where, what crossing costs, how
    likely.

    Raises
    ------
    BillRefused
        As `bill_period`.
    """
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
    tariff, typed = tariff_of(ctx, site, tariff_id), typed_parameters(site, parameters)
    forecast = period_forecast
    start, end = (to_datetime(t, site.tz).date() for t in (forecast.start, forecast.end))
    today = to_datetime(forecast.issued_at - 1, site.tz).date() + timedelta(days=1)

    def priced(kwh: float, until: date) -> Bill:
        usage = Usage.energy(start, until, _kwh(kwh))
        bill = price_usage(tariff, usage, parameters=typed, leave_out=leave_out, prices_of=prices_of)
        return replace(bill, co2_kg=carbon_of(ctx, site, bill.energy_kwh, until))

    prices = (prices_of, prices_of + timedelta(days=1)) if prices_of else (start, end)
    crossed = steps(tariff, *prices, parameters=typed, leave_out=leave_out)
    return BillForecast(
        so_far=priced(forecast.so_far, min(max(today, start + timedelta(days=1)), end)),
        expected=priced(forecast.mean, end),
        low=priced(forecast.quantiles[LEVELS.index(0.10)], end),
        high=priced(forecast.quantiles[LEVELS.index(0.90)], end),
        energy_quantiles=forecast.quantiles,
        steps=tuple(
            BandStep(at, cost, forecast.probability_above(float(at)))
            for at, cost in crossed
            if float(at) >= forecast.so_far
        ),
        issued_at=forecast.issued_at,
    )


def _kwh(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))
