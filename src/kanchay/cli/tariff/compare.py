"""`kanchay tariff compare`: what past periods of a site would have cost under each option it may get."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kanchay.cli.common import emit_json, input_options, json_option, name_values, parameter_option, table
from kanchay.cli.pricing import WARNINGS

if TYPE_CHECKING:
    from kanchay.services.money.compare import Option, OptionComparison

__all__ = ["command"]

WHY_NOT = {
    "segment": "another kind of customer",
    "supply": "another kind of supply",
    "max_kw": "more power is used than they accept",
}


@click.command("compare")
@input_options
@click.option("--tariff", "tariff_id", metavar="ID", help="Tariff to compare with (default: the site's).")
@click.option(
    "--with", "others", multiple=True, metavar="ID", help="Only these options, whoever may get them."
)
@click.option("--periods", type=click.IntRange(1, 36), default=12, show_default=True, help="Past periods.")
@click.option("--prices-of", type=click.DateTime(["%Y-%m-%d"]), help="Price all by the lists of this day.")
@parameter_option
@json_option
@click.pass_context
def command(
    click_ctx: click.Context,
    *,
    input_path: Path | None,
    site_id: str | None,
    tz: str | None,
    country: str | None,
    tariff_id: str | None,
    others: tuple[str, ...],
    periods: int,
    prices_of: datetime | None,
    params: tuple[str, ...],
    as_json: bool,
) -> None:
    """Replay past periods under each option that the site may get: "you would have paid"."""
    from kanchay.cli.opening import open_context
    from kanchay.services.money.compare import compare_options
    from kanchay.services.money.told import told_comparison

    ctx, scope, site = open_context(click_ctx, input_path, tz, country, site_id, one_meter=True)
    if site is None:
        raise click.UsageError("Name a site with --site.")
    found = compare_options(
        ctx, scope, site.id, periods=periods, current_id=tariff_id, tariff_ids=others,
        parameters=name_values(params), prices_of=prices_of.date() if prices_of else None,
    )  # fmt: skip
    emit_json(told_comparison(found)) if as_json else _show(found)


def _show(found: OptionComparison) -> None:
    first, last = found.periods[0][0], found.periods[-1][1]
    n = len(found.periods)
    lists = f"prices of {found.prices_of}" if found.prices_of else "prices of each period"
    click.echo(f"{n} period{'s' if n > 1 else ''}, {first} to {last}, {lists}.\n")
    if found.lender is not None:
        lender = f"{found.lender.provider_name}, {found.lender.system}"
        click.echo(f"We hold no other option of this distributor: all prices are those of {lender}.\n")
    rows = [_row(found.current, "now"), *(_row(o, _said(o)) for o in found.options)]
    table(("Option", "Tariff", found.currency, "Difference", "Say"), rows)
    for option in found.options:
        if option.refusal:
            click.echo(f"\n{option.tariff.option} ({option.tariff.id}) cannot be priced: {option.refusal}")
    for why in dict.fromkeys(why for _, why in found.not_offered):
        names = ", ".join(t.option for t, reason in found.not_offered if reason == why)
        click.echo(f"\nNot for this customer ({WHY_NOT[why]}): {names}.")
    for start, end, why in found.skipped:
        click.echo(f"\n{start} to {end} is left out: {why}")
    if found.left_out:
        click.echo(f"\nWithout {', '.join(found.left_out)} in every option: nobody told its amount.")
    click.echo()
    codes = dict.fromkeys(w for o in (found.current, *found.options) for w in o.warnings)
    for code in codes:
        click.echo(f"! {WARNINGS.get(code, code)} ({code})")


def _row(option: Option, words: str) -> list[str]:
    total = "" if option.total is None else str(option.total)
    difference = "" if option.difference is None else f"{option.difference:+}"
    return [option.tariff.option, option.tariff.id, total, difference, words]


def _said(option: Option) -> str:
    told = ["cannot be priced"] if option.refusal else []
    return ", ".join([*told, *(f"needs {c.replace('.', ' ')}" for c in option.conditions)])
