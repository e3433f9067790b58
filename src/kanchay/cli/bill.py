"""`kanchay bill`: a period priced line by line, the expected bill, or the price of a plain number of kWh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kanchay.cli.common import (
    emit_json,
    english_locale_option,
    input_options,
    json_option,
    name_values,
    parameter_option,
)
from kanchay.cli.pricing import TypedPeriod, day_of, list_price, price_period, show_bill, words_of
from kanchay.cli.tariff.list import Filters, show_tariffs
from kanchay.cli.tariff.naming import library_of

if TYPE_CHECKING:
    from decimal import Decimal

    from kanchay.domain.bill import BillForecast
    from kanchay.domain.point import Site
    from kanchay.domain.scope import Scope
    from kanchay.domain.tariff import Tariff
    from kanchay.services.context import Context
    from kanchay.services.money.tariff_words import TariffWords

__all__ = ["command"]

# The list that a plain --kwh is priced by where no tariff is named; the output says so.
ASSUMED_TARIFF = "pe.luz_del_sur.lima_sur.bt5b"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked about prices."""

    tariff_id: str | None
    parameters: Mapping[str, str]
    without_lighting: bool
    prices_of: date | None
    locale: str


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
    "--list-price",
    "list_price_only",
    is_flag=True,
    help="With --kwh: energy and fixed charge as the list prints them.",
)
@click.option("--list", "show_list", is_flag=True, help="All tariffs with their dates.")
@english_locale_option
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
    list_price_only: bool,
    show_list: bool,
    locale: str,
    as_json: bool,
) -> None:
    """Price a reading period line by line, to the cent, or say why it cannot be priced."""
    wishes = Wishes(tariff_id, name_values(params), without_lighting, day_of(prices_of), locale)
    if show_list:
        show_tariffs(library_of(click_ctx), Filters(country=country or ""), locale, as_json=as_json)
        return
    if kwh is not None and site_id is None and input_path is None:
        period = TypedPeriod(
            {"energy_kwh": kwh},
            day_of(start),
            day_of(end),
            wishes.parameters,
            without_lighting,
            wishes.prices_of,
        )
        _price_kwh(click_ctx, period, wishes, of_list=list_price_only, as_json=as_json)
        return
    if list_price_only or kwh is not None:
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
        ctx, scope, site.id, start=day_of(start), end=day_of(end), back=int(previous), tariff_id=wishes.tariff_id,
        parameters=wishes.parameters, leave_out=_left_out(ctx, site, wishes), prices_of=wishes.prices_of,
        store=input_path is None,
    )  # fmt: skip
    show_bill(ctx, bill, _tariff(ctx, bill.tariff_id), locale, as_json=as_json)


def _tariff(ctx: Context, tariff_id: str) -> Tariff:
    from kanchay.services.money.tariffs import tariff_by_id

    return tariff_by_id(ctx, tariff_id)


def _left_out(ctx: Context, site: Site, wishes: Wishes) -> tuple[str, ...]:
    from kanchay.services.money.tariffs import leaveable, tariff_of

    return leaveable(tariff_of(ctx, site, wishes.tariff_id)) if wishes.without_lighting else ()


def _price_kwh(
    click_ctx: click.Context, period: TypedPeriod, wishes: Wishes, *, of_list: bool, as_json: bool
) -> None:
    ctx = library_of(click_ctx)
    tariff = _tariff(ctx, wishes.tariff_id or ASSUMED_TARIFF)
    if wishes.tariff_id is None:
        click.echo(f"No --tariff given: {tariff.id} is taken.", err=True)
    if of_list:
        list_price(ctx, tariff, period, wishes.locale, as_json=as_json)
    else:
        show_bill(ctx, price_period(ctx, tariff, period), tariff, wishes.locale, as_json=as_json)


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
    tariff = _tariff(ctx, bills.expected.tariff_id)
    show_bill(ctx, bills.expected, tariff, wishes.locale, as_json=False)
    _show_range(bills, words_of(ctx, tariff, wishes.locale))


def _show_range(bills: BillForecast, words: TariffWords) -> None:
    def money(amount: Decimal) -> str:
        return f"{bills.expected.currency} {amount}"

    click.echo(f"\n{words.say('bill.so_far', money=money(bills.so_far.total), kwh=bills.so_far.energy_kwh)}")
    told = words.say(
        "bill.range", low=money(bills.low.total), low_kwh=bills.low.energy_kwh,
        high=money(bills.high.total), high_kwh=bills.high.energy_kwh,
    )  # fmt: skip
    click.echo(told)
    for step in bills.steps:
        likely = f"{100 * step.probability:.0f}"
        click.echo(words.say("bill.step", kwh=step.at_kwh, money=money(step.cost), percent=likely))
