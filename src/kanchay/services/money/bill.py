"""The bill of a reading period: the month so far by default, any past period when asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.domain.bill import Bill
from kanchay.domain.point import Site
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.money.carbon import carbon_of
from kanchay.services.money.period import KnownPeriod, load_period, period_of
from kanchay.services.money.tariffs import tariff_of, typed_parameters
from kanchay.services.money.usage import load_usage
from kanchay.services.operations.runs import fingerprint, new_run

__all__ = ["bill_period"]


def bill_period(
    ctx: Context,
    scope: Scope,
    site_id: str,
    *,
    start: date | None = None,
    end: date | None = None,
    back: int = 0,
    tariff_id: str | None = None,
    parameters: Mapping[str, str | Decimal] | None = None,
    leave_out: Collection[str] = (),
    prices_of: date | None = None,
    store: bool = False,
) -> Bill:
    """Price ``[start, end)``, by default the running period as far as readings reach, or `back` periods
    before.

    `prices_of` prices the energy as of another day's list, and the bill says so (``price.other_date``).
    Warnings: ``period.open`` (not over yet), ``energy.estimated`` (some hours had no reading), and the
    evaluator's.

    Raises
    ------
    BillRefused
        With a typed reason; never a part of a bill.
    """
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
    tariff = tariff_of(ctx, site, tariff_id)
    first, after = period_of(ctx, scope, site, back=back)
    known = load_period(ctx, scope, site, start or first, end or (start and _month_after(start)) or after)
    bill = evaluate(
        tariff,
        load_usage(ctx, scope, site, tariff, known, as_of=prices_of),
        parameters=typed_parameters(site, parameters),
        leave_out=leave_out,
        as_of=prices_of,
    )
    co2 = carbon_of(ctx, site, bill.energy_kwh, bill.end)
    bill = replace(bill, co2_kg=co2, warnings=tuple(dict.fromkeys((*_said(known), *bill.warnings))))
    return _stored(ctx, scope, site, known, bill) if store else bill


def _said(known: KnownPeriod) -> list[str]:
    open_ = ["period.open"] if known.is_open else []
    return open_ + (["energy.estimated"] if known.energy.missing_hours else [])


def _month_after(start: date) -> date:
    month = start.replace(day=1) + timedelta(days=32)
    last = (month.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return month.replace(day=min(start.day, last.day))


def _stored(ctx: Context, scope: Scope, site: Site, known: KnownPeriod, bill: Bill) -> Bill:
    scope.require(Permission.WRITE, site.id)
    run = new_run(
        ctx,
        site,
        "bill",
        as_of=ctx.clock(),
        input_fingerprint=fingerprint(known.panel),
        tariff_version=f"{bill.tariff_id}@{bill.tariff_version}",
    )
    bill = replace(bill, run_id=run.id)
    with ctx.records.unit(scope) as uow:
        uow.runs.put(run)
        uow.bills.put(bill)
    return bill
