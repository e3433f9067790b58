"""What `kanchay bill` and `kanchay tariff bill` share: pricing typed quantities, and a bill as text or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from kanchay.cli.common import emit_json, table

if TYPE_CHECKING:
    from decimal import Decimal

    from kanchay.domain.bill import Bill, BillLine
    from kanchay.domain.tariff import Tariff
    from kanchay.services.context import Context

__all__ = ["WARNINGS", "TypedPeriod", "day_of", "list_price", "price_period", "show_bill"]

WARNINGS = {
    "period.open": "the period is not over: this is the bill so far",
    "energy.estimated": "some hours have no reading and were estimated",
    "demand.estimated": "some hours have no reading: their demand is not known",
    "parameter.last_known": "a dated value, such as the UIT, is last year's: this year's is not known yet",
    "price.stale": "the price list is more than 45 days old; newer ones may exist",
    "price.review_due": "a newer price list was due by then; we do not have it",
    "price.unverified": "prices come from one source that nobody has cross-checked",
    "rule.unverified": "a rule of this tariff comes from one source that nobody has cross-checked",
    "carry.unknown": "what earlier bills left in the customer's favour is not counted (--param carry_in.NAME=VALUE)",
    "price.other_date": "priced by another day's list, as asked",
    "public_lighting.unverified": "the street-lighting rate or factor comes from receipts, not from a list",
    "fixed.unverified": "the fixed charge comes from one source that nobody has cross-checked",
    "lighting.unknown": "WITHOUT street lighting: this is not the amount to pay",
}


@dataclass(frozen=True, slots=True)
class TypedPeriod:
    """A period as typed: days, quantities by name, and values of the tariff's parameters."""

    quantities: Mapping[str, str]
    start: date | None = None
    end: date | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    without_lighting: bool = False
    prices_of: date | None = None


def day_of(moment: datetime | None) -> date | None:
    """The day that an option was given."""
    return None if moment is None else moment.date()


def price_period(ctx: Context, tariff: Tariff, period: TypedPeriod) -> Bill:
    """The bill of typed quantities; without days, by the list of today or of `prices_of`."""
    from kanchay.services.money.tariffs import leaveable
    from kanchay.services.money.typed import price_typed, typed_usage

    first = first_day(ctx, tariff, period)
    usage = typed_usage(tariff, first, period.end or first + timedelta(days=1), period.quantities)
    return price_typed(
        tariff,
        usage,
        parameters=period.parameters,
        leave_out=leaveable(tariff) if period.without_lighting else (),
        as_of=period.prices_of if period.start else None,
    )


def first_day(ctx: Context, tariff: Tariff, period: TypedPeriod) -> date:
    """Where the period begins: as typed, else the day whose list is asked for, else today by the tariff's clock."""
    from kanchay.domain.interval import to_datetime

    return period.start or period.prices_of or to_datetime(ctx.clock(), tariff.timezone).date()


def list_price(ctx: Context, tariff: Tariff, period: TypedPeriod, *, as_json: bool) -> None:
    """Show energy and fixed charge as the published list prints them."""
    from kanchay.analysis.tariff import evaluate
    from kanchay.services.money.tariffs import number

    energy: Decimal = number("--kwh", period.quantities["energy_kwh"])
    day = first_day(ctx, tariff, period)
    price = evaluate.list_price(tariff, energy, day)
    told = {"tariff_id": tariff.id, "on": day, "kwh": energy, "list_price": price}
    words = f"energy and fixed charge of {energy} kWh as the list of {tariff.id} prints them"
    emit_json(told) if as_json else click.echo(f"{tariff.currency} {price}: {words}")


def show_bill(bill: Bill, tariff: Tariff, *, as_json: bool) -> None:
    """A bill line by line with its sums and sources."""
    if as_json:
        emit_json(bill)
        return
    from kanchay.services.money.tariffs import line_names

    names = line_names(tariff)
    where = ", ".join(part for part in (tariff.provider_name, tariff.system, tariff.option) if part)
    click.echo(f"{where} ({bill.tariff_id})")
    # Without dates a number of kWh is priced by the list of one day.
    span = f"{bill.start} to {bill.end}, " if (bill.end - bill.start).days > 1 else ""
    click.echo(f"{span}{bill.energy_kwh} kWh, prices of {bill.tariff_version}\n")
    rows = [_row(line, names) for line in bill.lines]
    n_taxed = sum(line.taxed for line in bill.lines)
    rows.insert(n_taxed, ["Subtotal", "", str(bill.subtotal), ""])
    rows.append(["TOTAL TO PAY", "", str(bill.total), ""])
    table(("Concept", "Sum", bill.currency, "Source"), rows)
    if bill.co2_kg is not None:
        click.echo(f"\nCarbon: {bill.co2_kg} kgCO2e.")
    for code in bill.warnings:
        click.echo(f"! {WARNINGS.get(code, code)} ({code})")


def _row(line: BillLine, names: Mapping[str, Mapping[str, str]]) -> list[str]:
    source = line.source
    told = "" if source is None else "typed" if source.basis == "typed" else f"{source.date}, {source.basis}"
    return [names.get(line.id, {}).get("en") or line.id.capitalize(), line.formula, str(line.amount), told]
