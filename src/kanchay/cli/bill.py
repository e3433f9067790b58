"""`kanchay bill`: a period priced line by line, the expected bill, or the price of a plain number of kWh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, input_options, json_option, name_values, parameter_option, table

if TYPE_CHECKING:
    from kanchay.domain.bill import Bill, BillForecast, BillLine
    from kanchay.domain.point import Site
    from kanchay.domain.scope import Scope
    from kanchay.domain.tariff import Tariff
    from kanchay.services.context import Context

__all__ = ["command"]

# The list that a plain --kwh is priced by where no tariff is named; the output says so.
ASSUMED_TARIFF = "pe.luz_del_sur.lima_sur.bt5b"

WARNINGS = {
    "period.open": "the period is not over: this is the bill so far",
    "energy.estimated": "some hours have no reading and were estimated",
    "parameter.last_known": "a dated value, such as the UIT, is last year's: this year's is not known yet",
    "price.stale": "the price list is more than 45 days old; newer ones may exist",
    "price.review_due": "a newer price list was due by then; we do not have it",
    "price.unverified": "prices come from one source that nobody has cross-checked",
    "price.other_date": "priced by another day's list, as asked",
    "public_lighting.unverified": "the street-lighting rate or factor comes from receipts, not from a list",
    "lighting.unknown": "WITHOUT street lighting: this is not the amount to pay",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked about prices."""

    tariff_id: str | None
    parameters: Mapping[str, str]
    without_lighting: bool
    prices_of: date | None


@click.command("bill")
@input_options
@click.option("--kwh", metavar="N", help="Price this many kWh; no file and no site is needed.")
@click.option("--tariff", "tariff_id", metavar="ID", help="Tariff (default: the site's). See --list.")
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day of the period.")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), help="Day after its last day.")
@parameter_option
@click.option("--without-lighting", is_flag=True, help="Leave street lighting out, and say so.")
@click.option("--prices-of", type=click.DateTime(["%Y-%m-%d"]), help="Price by the list of this day.")
@click.option("--previous", is_flag=True, help="The period before the running one.")
@click.option("--expected", is_flag=True, help="The expected bill at the reading date, with its range.")
@click.option(
    "--list-price", is_flag=True, help="With --kwh: energy and fixed charge as the list prints them."
)
@click.option("--list", "show_list", is_flag=True, help="All tariffs with their dates.")
@json_option
@click.pass_context
def command(
    click_ctx: click.Context,
    *,
    input_path: Path | None,
    site_id: str | None,
    tz: str | None,
    country: str | None,
    kwh: str | None,
    tariff_id: str | None,
    start: datetime | None,
    end: datetime | None,
    params: tuple[str, ...],
    without_lighting: bool,
    prices_of: datetime | None,
    previous: bool,
    expected: bool,
    list_price: bool,
    show_list: bool,
    as_json: bool,
) -> None:
    """Price a reading period line by line, to the cent, or say why it cannot be priced."""
    wishes = Wishes(tariff_id, name_values(params), without_lighting, _day(prices_of))
    if show_list:
        _show_tariffs(country, as_json)
        return
    if kwh is not None and site_id is None and input_path is None:
        _price_kwh(kwh, wishes, (_day(start), _day(end)), list_price=list_price, as_json=as_json)
        return
    if list_price or kwh is not None:
        raise click.UsageError("--kwh stands alone: without --site and --input. --list-price needs --kwh.")
    from kanchay.cli.opening import open_context

    ctx, scope, site = open_context(click_ctx, input_path, tz, country, site_id, one_meter=True)
    if site is None:
        raise click.UsageError("Name a site with --site.")
    if expected:
        _expected(ctx, scope, site, wishes, as_json)
        return
    from kanchay.services.money.bill import bill_period

    bill = bill_period(
        ctx, scope, site.id, start=_day(start), end=_day(end), back=int(previous), tariff_id=wishes.tariff_id,
        parameters=wishes.parameters, leave_out=_left_out(ctx, site, wishes), prices_of=wishes.prices_of,
        store=input_path is None,
    )  # fmt: skip
    _show(bill, _tariff(ctx, bill.tariff_id), as_json)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _library_only() -> Context:
    """A product that holds nothing but what the package ships."""
    from kanchay.bootstrap import in_memory

    return in_memory()


def _tariff(ctx: Context, tariff_id: str) -> Tariff:
    from kanchay.services.money.tariffs import tariff_by_id

    return tariff_by_id(ctx, tariff_id)


def _left_out(ctx: Context, site: Site, wishes: Wishes) -> tuple[str, ...]:
    from kanchay.services.money.tariffs import leaveable, tariff_of

    return leaveable(tariff_of(ctx, site, wishes.tariff_id)) if wishes.without_lighting else ()


def _price_kwh(
    kwh: str, wishes: Wishes, days: tuple[date | None, date | None], *, list_price: bool, as_json: bool
) -> None:
    from datetime import timedelta

    from kanchay.analysis.tariff import evaluate
    from kanchay.domain.interval import to_datetime
    from kanchay.domain.tariff import Usage
    from kanchay.services.money.tariffs import leaveable, number, tariff_by_id

    ctx = _library_only()
    tariff = tariff_by_id(ctx, wishes.tariff_id or ASSUMED_TARIFF)
    if wishes.tariff_id is None:
        click.echo(f"No --tariff given: {tariff.id} is taken.", err=True)
    energy = number("--kwh", kwh)
    today = to_datetime(ctx.clock(), tariff.timezone).date()
    first = days[0] or wishes.prices_of or today
    if list_price:
        price = evaluate.list_price(tariff, energy, first)
        told = {"tariff_id": tariff.id, "on": first, "kwh": energy, "list_price": price}
        words = f"energy and fixed charge of {energy} kWh as the list of {tariff.id} prints them"
        emit_json(told) if as_json else click.echo(f"{tariff.currency} {price}: {words}")
        return
    usage = Usage.energy(first, days[1] or first + timedelta(days=1), energy)
    bill = evaluate.evaluate(
        tariff,
        usage,
        parameters={name: number(name, value) for name, value in wishes.parameters.items()},
        leave_out=leaveable(tariff) if wishes.without_lighting else (),
    )
    _show(bill, tariff, as_json)


def _expected(ctx: Context, scope: Scope, site: Site, wishes: Wishes, as_json: bool) -> None:
    from kanchay.services.forecasting.period import forecast_period
    from kanchay.services.money.expected import expected_bill

    forecast = forecast_period(ctx, scope, site.id)
    bills = expected_bill(
        ctx, scope, site.id, period_forecast=forecast,
        tariff_id=wishes.tariff_id, parameters=wishes.parameters,
        leave_out=_left_out(ctx, site, wishes), prices_of=wishes.prices_of,
    )  # fmt: skip
    if as_json:
        emit_json(bills)
        return
    _show(bills.expected, _tariff(ctx, bills.expected.tariff_id), as_json=False)
    _show_range(bills)


def _show_range(bills: BillForecast) -> None:
    unit = bills.expected.currency
    click.echo(f"\nSo far {unit} {bills.so_far.total} for {bills.so_far.energy_kwh} kWh.")
    click.echo(
        f"At the reading date 8 times in 10 between {unit} {bills.low.total} ({bills.low.energy_kwh} kWh)"
        f" and {unit} {bills.high.total} ({bills.high.energy_kwh} kWh)."
    )
    for step in bills.steps:
        click.echo(
            f"Passing {step.at_kwh} kWh costs {unit} {step.cost} at once;"
            f" probability {100 * step.probability:.0f} %."
        )


def _show(bill: Bill, tariff: Tariff, as_json: bool) -> None:
    if as_json:
        emit_json(bill)
        return
    from kanchay.services.money.tariffs import line_names

    names = line_names(tariff)
    click.echo(f"{tariff.provider_name}, {tariff.system}, {tariff.option} ({bill.tariff_id})")
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


def _show_tariffs(country: str | None, as_json: bool) -> None:
    from kanchay.services.money.tariffs import list_tariffs

    tariffs = list_tariffs(_library_only(), country.upper() if country else None)
    if as_json:
        emit_json([_summary(t) for t in tariffs])
        return
    table(
        ("Tariff", "For", "Prices from", "Confidence"),
        [
            [t.id, t.names.get("en", ""), str(v.valid_from), f"{v.source.confidence}, {v.source.basis}"]
            for t in tariffs
            for v in t.versions
        ],
    )


def _summary(tariff: Tariff) -> dict[str, Any]:
    return {
        "id": tariff.id,
        "country": tariff.country,
        "currency": tariff.currency,
        "provider": tariff.provider_name,
        "system": tariff.system,
        "option": tariff.option,
        "names": tariff.names,
        "segment": tariff.eligibility.segment,
        "parameters": [p.id for p in tariff.parameters],
        "versions": [
            {"valid_from": v.valid_from, "valid_to": v.valid_to, "source": v.source, "note": v.note}
            for v in tariff.versions
        ],
    }
