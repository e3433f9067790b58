"""The expected bill at the reading date, with its range and the lines that may be crossed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.steps import steps
from kanchay.domain.bill import BandStep, Bill, BillForecast
from kanchay.domain.forecast import LEVELS, PeriodForecast
from kanchay.domain.point import Site
from kanchay.domain.scope import Scope
from kanchay.domain.tariff import Usage
from kanchay.services.context import Context
from kanchay.services.money.carbon import carbon_of
from kanchay.services.money.outlook import load_outlook
from kanchay.services.money.tariffs import tariff_of, typed_parameters

__all__ = ["expected_bill", "totals_at"]


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

    `total_quantiles` is the bill's own distribution: the bill at each quantile of the period's energy, which
    it never falls with. `steps` holds every line of the tariff that the period may still cross: where, what
    crossing costs, how likely.

    Raises
    ------
    BillRefused
        As `bill_period`.
    """
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
    tariff, typed = tariff_of(ctx, site, tariff_id), typed_parameters(site, parameters)
    forecast = period_forecast
    outlook = load_outlook(ctx, scope, site, tariff, forecast)
    start, end = outlook.start, outlook.end

    def priced(usage: Usage) -> Bill:
        bill = evaluate(tariff, usage, parameters=typed, leave_out=leave_out, as_of=prices_of)
        return replace(bill, co2_kg=carbon_of(ctx, site, bill.energy_kwh, usage.end))

    bills = tuple(priced(outlook.at(q)) for q in forecast.quantiles)
    crossed = steps(
        tariff,
        start,
        end,
        like=outlook.at(forecast.mean),
        parameters=typed,
        leave_out=leave_out,
        as_of=prices_of,
    )
    return BillForecast(
        so_far=priced(outlook.so_far),
        expected=priced(outlook.at(forecast.mean)),
        low=bills[LEVELS.index(0.10)],
        high=bills[LEVELS.index(0.90)],
        energy_quantiles=forecast.quantiles,
        steps=tuple(
            BandStep(at, cost, forecast.probability_above(float(at)))
            for at, cost in crossed
            if float(at) >= forecast.so_far
        ),
        issued_at=forecast.issued_at,
        total_quantiles=tuple(bill.total for bill in bills),
    )


def totals_at(
    ctx: Context,
    scope: Scope,
    site: Site,
    *,
    period_forecast: PeriodForecast,
    kwhs: Collection[Decimal],
    leave_out: Collection[str] = (),
    prices_of: date | None = None,
) -> list[tuple[Decimal, Decimal]]:
    """``(kWh, total)`` of the running period at other totals than the expected one, used at the same hours.

    Raises
    ------
    BillRefused
        As `expected_bill`.
    """
    tariff, typed = tariff_of(ctx, site), typed_parameters(site)
    outlook = load_outlook(ctx, scope, site, tariff, period_forecast)
    bills = (
        evaluate(tariff, outlook.at(float(kwh)), parameters=typed, leave_out=leave_out, as_of=prices_of)
        for kwh in kwhs
    )
    return [(kwh, bill.total) for kwh, bill in zip(kwhs, bills, strict=True)]
