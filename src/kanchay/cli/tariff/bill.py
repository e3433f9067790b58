"""`kanchay tariff bill`: what a tariff makes of typed quantities."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from kanchay.cli.common import english_locale_option, json_option, name_values, parameter_option
from kanchay.cli.pricing import TypedPeriod, day_of, price_period, show_bill
from kanchay.cli.tariff.naming import library_of, tariff_named

__all__ = ["command", "period_options", "typed_period"]


def period_options(function: Any) -> Any:
    """``--kwh``, ``--quantity``, ``--from``, ``--to``, ``--prices-of``, ``--param`` and ``--without-lighting``."""
    day = click.DateTime(["%Y-%m-%d"])
    several = "A quantity by name, for example energy_kwh.hp=120 or demand_kw=35."
    for option in reversed(
        (
            click.option("--kwh", metavar="N", help="Energy of the period."),
            click.option("--quantity", "quantities", multiple=True, metavar="NAME=VALUE", help=several),
            click.option(
                "--from", "start", type=day, help="First day of the period (default: a day of the list)."
            ),
            click.option("--to", "end", type=day, help="Day after its last day."),
            click.option("--prices-of", type=day, help="Price by the list of this day."),
            parameter_option,
            click.option("--without-lighting", is_flag=True, help="Leave street lighting out, and say so."),
        )
    ):
        function = option(function)
    return function


def typed_period(given: dict[str, Any]) -> TypedPeriod:
    """The period of those options."""
    quantities = name_values(given["quantities"], option="--quantity")
    if given["kwh"] is not None:
        quantities["energy_kwh"] = given["kwh"]
    if not quantities:
        raise click.UsageError("Say what was used: --kwh N, or --quantity NAME=VALUE.")
    start: datetime | None = given["start"]
    if given["end"] is not None and start is None:
        raise click.UsageError("--to needs --from.")
    return TypedPeriod(
        quantities, day_of(start), day_of(given["end"]), name_values(given["params"]),
        given["without_lighting"], day_of(given["prices_of"]),
    )  # fmt: skip


@click.command("bill")
@click.argument("tariff_name", metavar="ID|FILE")
@period_options
@english_locale_option
@json_option
@click.pass_context
def command(
    click_ctx: click.Context, /, *, tariff_name: str, locale: str, as_json: bool, **given: Any
) -> None:
    """Price typed quantities by a tariff that we hold, or by a tariff file, line by line.

    Without --from the list of today, or of --prices-of, is taken for one day's worth of dates.
    """
    period = typed_period(given)
    ctx = library_of(click_ctx)
    tariff = tariff_named(ctx, tariff_name)
    show_bill(ctx, price_period(ctx, tariff, period), tariff, locale, as_json=as_json)
