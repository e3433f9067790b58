"""`kanchay tariff show`: the prices of a tariff on a day, its hours and rules, and what of it is not verified."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from kanchay.cli.common import emit_json, json_option, locale_option, table
from kanchay.cli.pricing import day_of
from kanchay.cli.tariff.naming import library_of, tariff_named

if TYPE_CHECKING:
    from kanchay.services.money.tariff_page import TariffPage
    from kanchay.services.money.tariff_words import TariffWords

__all__ = ["command"]


@click.command("show")
@click.argument("tariff_name", metavar="ID|FILE")
@click.option(
    "--on", "moment", type=click.DateTime(["%Y-%m-%d"]), help="Day (default: today, else the newest list)."
)
@locale_option
@json_option
@click.pass_context
def command(
    click_ctx: click.Context, /, *, tariff_name: str, moment: datetime | None, locale: str, as_json: bool
) -> None:
    """Show a tariff: each price without and with tax and what it rests on, hours, rules, values to type.

    What is not verified is marked, never shown as a fact.
    """
    from kanchay.services.money.tariff_page import tariff_page, usual_day
    from kanchay.services.money.tariff_words import TariffWords
    from kanchay.services.money.told import told_tariff

    ctx = library_of(click_ctx)
    tariff = tariff_named(ctx, tariff_name)
    words = TariffWords(tariff, ctx.library.texts(locale), locale)
    page = tariff_page(words, day_of(moment) or usual_day(ctx, tariff))
    if as_json:
        emit_json(told_tariff(page))
        return
    _head(page, words)
    _prices(page, words)
    _hours(page, words)
    _values(page, words)
    _lists(page, words)


def _head(page: TariffPage, words: TariffWords) -> None:
    t, v = page.tariff, page.version
    option = f"{t.option} {words.pick(t.names, '')}".strip()
    click.echo(f"{', '.join(part for part in (t.provider_name, t.system, option) if part)} ({t.id})")
    segment = words.texts.get(f"tariff.segment.{t.eligibility.segment}", t.eligibility.segment)
    limits = [words.say("show.eligible", segment=segment)]
    if t.eligibility.max_kw is not None:
        limits.append(words.say("show.max_kw", max_kw=t.eligibility.max_kw))
    if t.eligibility.meter:
        meter = words.texts.get(f"tariff.meter.{t.eligibility.meter}", t.eligibility.meter)
        limits.append(words.say("show.meter", meter=meter))
    click.echo(f"{', '.join(limits)}. {t.currency}, {t.timezone}.")
    end = words.say("show.open") if v.valid_to is None else words.say("show.until", day=v.valid_to)
    click.echo(f"{words.say('show.prices_from', start=v.valid_from, end=end)}.")
    address = f" <{v.source.url}>" if v.source.url else ""
    click.echo(f"{words.say('show.source')}: {v.source.title}{address} ({words.sure(v.source)}).")
    if v.note:
        click.echo(f"{words.say('show.note')}: {v.note}.")
    if page.review_due:
        click.echo(f"! {words.say('show.review', day=v.review_from)}")
    _unverified(page, words)


def _unverified(page: TariffPage, words: TariffWords) -> None:
    if page.n_unverified:
        click.echo(f"! {words.say('show.unsure', n=page.n_unverified, total=len(page.prices))}\n")
    else:
        click.echo(f"{words.say('show.sure_all')}\n")


def _prices(page: TariffPage, words: TariffWords) -> None:
    from kanchay.services.money.tariff_words import percent

    head = [words.say(f"show.{key}") for key in ("price", "applies", "per", "without", "with", "sure")]
    rows = []
    for row in page.prices:
        mark = f"{words.say('unverified')}: " if row.unverified else ""
        numbers = ["" if n is None else str(n) for n in (row.without_tax, row.with_tax)]
        rows.append([row.name, row.applies, row.per, *numbers, f"{mark}{row.basis}"])
    table(head, rows)
    for name, told in page.rules:
        click.echo(f"{name}: {told}")
    for tax in page.tariff.taxes:
        click.echo(words.say("line.tax", name=words.pick(tax.names, tax.id), percent=percent(tax.rate)))


def _hours(page: TariffPage, words: TariffWords) -> None:
    if page.hours:
        click.echo(f"\n{words.say('show.hours')}")
        _plain_table([[h.name, h.season, h.days, h.hours] for h in page.hours])


def _plain_table(rows: list[list[str]]) -> None:
    """Columns without titles."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width)
        click.echo(f"  {'  '.join(cells)}".rstrip())


def _values(page: TariffPage, words: TariffWords) -> None:
    if page.values:
        click.echo(f"\n{words.say('show.parameters')}")
        unsure = words.say("unverified")
        rows = [
            [v.id, v.name, v.unit, v.told, f"{unsure}: {v.basis}" if v.unverified else v.basis]
            for v in page.values
        ]
        _plain_table(rows)


def _lists(page: TariffPage, words: TariffWords) -> None:
    t = page.tariff
    click.echo(f"\n{words.say('show.exports')}: {words.say(f'show.export.{t.export}')}.")
    if t.rounding.total_step is not None:
        click.echo(f"{words.say('show.rounding', step=t.rounding.total_step)}.")
    click.echo(f"{words.say('show.versions')}: {', '.join(str(v.valid_from) for v in t.versions)}.")
