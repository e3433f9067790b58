"""What `kanchay bill` and `kanchay tariff bill` share: pricing typed quantities, and a bill as text or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    from kanchay.services.money.tariff_words import TariffWords

__all__ = ["TypedPeriod", "day_of", "list_price", "price_period", "show_bill", "show_warnings", "words_of"]


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


def list_price(ctx: Context, tariff: Tariff, period: TypedPeriod, locale: str, *, as_json: bool) -> None:
    """Show energy and fixed charge as the published list prints them."""
    from kanchay.analysis.tariff import evaluate
    from kanchay.services.money.tariffs import number

    energy: Decimal = number("--kwh", period.quantities["energy_kwh"])
    day = first_day(ctx, tariff, period)
    price = evaluate.list_price(tariff, energy, day)
    told = {"tariff_id": tariff.id, "on": day, "kwh": energy, "list_price": price}
    words = words_of(ctx, tariff, locale).say("bill.list_price", kwh=energy, tariff=tariff.id)
    emit_json(told) if as_json else click.echo(f"{tariff.currency} {price}: {words}")


def words_of(ctx: Context, tariff: Tariff, locale: str) -> TariffWords:
    """What speaks of a tariff in a language."""
    from kanchay.services.money.tariff_words import TariffWords

    return TariffWords(tariff, ctx.library.texts(locale), locale)


def show_bill(ctx: Context, bill: Bill, tariff: Tariff, locale: str, *, as_json: bool) -> None:
    """A bill line by line with its sums and sources."""
    if as_json:
        emit_json(bill)
        return
    from kanchay.services.money.tariffs import line_names

    names, words = line_names(tariff), words_of(ctx, tariff, locale)
    where = ", ".join(part for part in (tariff.provider_name, tariff.system, tariff.option) if part)
    click.echo(f"{where} ({bill.tariff_id})")
    # Without dates a number of kWh is priced by the list of one day.
    key = "bill.kwh_of" if (bill.end - bill.start).days > 1 else "bill.kwh"
    told = words.say(key, start=bill.start, end=bill.end, kwh=bill.energy_kwh, version=bill.tariff_version)
    click.echo(f"{told}\n")
    rows = [_row(line, names, words) for line in bill.lines]
    n_taxed = sum(line.taxed for line in bill.lines)
    rows.insert(n_taxed, [words.say("bill.subtotal"), "", str(bill.subtotal), ""])
    rows.append([words.say("bill.total"), "", str(bill.total), ""])
    head = (words.say("bill.concept"), words.say("bill.sum"), bill.currency, words.say("bill.source"))
    table(head, rows)
    if bill.co2_kg is not None:
        click.echo(f"\n{words.say('bill.carbon', kg=bill.co2_kg)}")
    show_warnings(bill.warnings, words.texts)


def show_warnings(codes: Iterable[str], texts: Mapping[str, str]) -> None:
    """What is said of a bill and does not stop it, with its code."""
    for code in codes:
        click.echo(f"! {texts.get(f'tariff.warning.{code}', code)} ({code})")


def _row(line: BillLine, names: Mapping[str, Mapping[str, str]], words: TariffWords) -> list[str]:
    source = line.source
    told = "" if source is None else f"{source.date}, {source.basis}"
    if source is not None and source.basis == "typed":
        told = words.say("bill.typed")
    return [words.line(line.id, names), line.formula, str(line.amount), told]
