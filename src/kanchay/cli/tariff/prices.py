"""`kanchay tariff prices`: what a kWh costs at each moment, in the shape that a planner reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import name_values, parameter_option
from kanchay.cli.pricing import day_of
from kanchay.cli.tariff.naming import library_of, tariff_named

if TYPE_CHECKING:
    from datetime import date

    from kanchay.services.money.planner_prices import Reach
    from kanchay.services.ports.prices import PlannerPrices

__all__ = ["command"]

FORMATS = ("csv", "json", "emhass", "evcc", "flexmeasures")


@click.command("prices")
@click.argument("tariff_name", metavar="[ID|FILE]", required=False)
@click.option("--site", "site_id", help="A site of the store: its period as it is expected to end.")
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day (default: today).")
@click.option(
    "--to", "end", type=click.DateTime(["%Y-%m-%d"]), help="Day after the last (default: two days on)."
)
@click.option(
    "--resolution", default="1h", show_default=True, metavar="15min|30min|1h", help="Length of a step."
)
@click.option("--kwh", metavar="N", help="Energy of a month, where the price depends on it.")
@parameter_option
@click.option(
    "--series",
    "series",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Published prices that the tariff names: a CSV of start,NAME.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True, help="Shape.")
@click.option(
    "--feed-in", is_flag=True, help="With evcc and flexmeasures: what a kWh sent to the grid earns."
)
@click.pass_context
def command(
    click_ctx: click.Context, /, *, tariff_name: str | None, site_id: str | None, start: datetime | None,
    end: datetime | None, resolution: str, form: str, feed_in: bool, **typed: Any,
) -> None:  # fmt: skip
    """Print the price of one more kWh in each interval, taxes included, as CSV, JSON or for a planner.

    Demand charges are not in it: one kWh does not say how the peak moves.
    """
    from kanchay.bootstrap import price_formats

    if (site_id is None) == (tariff_name is None):
        raise click.UsageError("Name a tariff, or a site with --site.")
    if feed_in and form not in ("evcc", "flexmeasures"):
        raise click.UsageError("--feed-in is for evcc and flexmeasures: the others hold both directions.")
    days = day_of(start), day_of(end)
    if site_id:
        if any(typed.values()):
            raise click.UsageError("A site brings its own energy, values and prices: name the days alone.")
        prices = _of_site(click_ctx, site_id, days, resolution)
    else:
        prices = _of_tariff(click_ctx, str(tariff_name), days, resolution, typed)
    click.echo(price_formats()[form].write(prices, feed_in))


def _reach(days: tuple[date | None, date | None], today: date, resolution: str) -> Reach:
    from kanchay.domain.interval import parse_duration
    from kanchay.services.money.planner_prices import Reach

    first = days[0] or today
    return Reach(first, days[1] or first + timedelta(days=2), parse_duration(resolution))


def _of_tariff(
    click_ctx: click.Context,
    name: str,
    days: tuple[date | None, date | None],
    resolution: str,
    typed: Mapping[str, Any],
) -> PlannerPrices:
    from kanchay.bootstrap import published_series
    from kanchay.domain.interval import to_datetime
    from kanchay.services.money.planner_prices import prices_of_tariff
    from kanchay.services.money.tariffs import number

    ctx = library_of(click_ctx)
    tariff = tariff_named(ctx, name)
    today = to_datetime(ctx.clock(), tariff.timezone).date()
    kwh = typed["kwh"]
    return prices_of_tariff(
        tariff,
        _reach(days, today, resolution),
        kwh=None if kwh is None else number("--kwh", kwh),
        parameters={key: number(key, value) for key, value in name_values(typed["params"]).items()},
        series=[published_series(path, tariff.currency) for path in typed["series"]],
    )


def _of_site(
    click_ctx: click.Context, site_id: str, days: tuple[date | None, date | None], resolution: str
) -> PlannerPrices:
    from kanchay.cli.opening import open_context
    from kanchay.domain.interval import to_datetime
    from kanchay.services.forecasting.period import forecast_period
    from kanchay.services.money.planner_prices import prices_of_site

    ctx, scope, site = open_context(click_ctx, site_id=site_id)
    if site is None:
        raise click.UsageError("Name a site with --site.")
    forecast = forecast_period(ctx, scope, site.id)
    today = to_datetime(forecast.issued_at, site.tz).date()
    return prices_of_site(ctx, scope, site, _reach(days, today, resolution), forecast)
