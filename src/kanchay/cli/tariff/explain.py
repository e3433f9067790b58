"""`kanchay tariff explain`: a bill told line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, json_option, locale_option, name_values
from kanchay.cli.pricing import day_of, price_period
from kanchay.cli.tariff.bill import period_options, typed_period
from kanchay.cli.tariff.naming import library_of, tariff_named

if TYPE_CHECKING:
    from kanchay.domain.bill import Bill
    from kanchay.domain.tariff import Tariff
    from kanchay.services.context import Context
    from kanchay.services.money.explain import LineStory

__all__ = ["command"]


@click.command("explain")
@click.argument("tariff_name", metavar="[ID|FILE]", required=False)
@click.option("--site", "site_id", help="A site of the store: its own readings, tariff and values.")
@period_options
@locale_option
@json_option
@click.pass_context
def command(
    click_ctx: click.Context, /, *, tariff_name: str | None, site_id: str | None, locale: str, as_json: bool,
    **given: Any,
) -> None:  # fmt: skip
    """Tell each line of a bill: what it is, its sum with numbers, what went into it, where its price comes from.

    Give a tariff and quantities, or --site for the bill of its running period (or of --from and --to).
    """
    from kanchay.services.money.explain import explain_bill

    if site_id:
        ctx, tariff, bill = _of_site(click_ctx, site_id, tariff_name, given)
    elif tariff_name:
        period = typed_period(given)
        ctx = library_of(click_ctx)
        tariff = tariff_named(ctx, tariff_name)
        bill = price_period(ctx, tariff, period)
    else:
        raise click.UsageError("Name a tariff, or a site with --site.")
    texts = ctx.library.texts(locale)
    stories = explain_bill(tariff, bill, texts, locale)
    if as_json:
        emit_json({"tariff_id": tariff.id, "total": bill.total, "currency": bill.currency, "lines": stories})
        return
    click.echo(f"{tariff.provider_name}, {tariff.option} ({tariff.id}), {bill.tariff_version}\n")
    for story in stories:
        click.echo("\n".join(_lines(story, texts)))
    click.echo(f"TOTAL  {bill.currency} {bill.total}")


def _of_site(
    click_ctx: click.Context, site_id: str, tariff_id: str | None, given: dict[str, Any]
) -> tuple[Context, Tariff, Bill]:
    from kanchay.cli.opening import open_context
    from kanchay.services.money.bill import bill_period
    from kanchay.services.money.tariffs import leaveable, tariff_of

    if given["kwh"] is not None or given["quantities"]:
        raise click.UsageError("--site brings its own quantities: leave --kwh and --quantity out.")
    ctx, scope, site = open_context(click_ctx, site_id=site_id)
    if site is None:
        raise click.UsageError("Name a site with --site.")
    tariff = tariff_of(ctx, site, tariff_id)
    bill = bill_period(
        ctx, scope, site.id, start=day_of(given["start"]), end=day_of(given["end"]), tariff_id=tariff.id,
        parameters=name_values(given["params"]), prices_of=day_of(given["prices_of"]),
        leave_out=leaveable(tariff) if given["without_lighting"] else (),
    )  # fmt: skip
    return ctx, tariff, bill


def _lines(story: LineStory, texts: dict[str, str]) -> list[str]:
    told = [f"{story.name}  {story.amount}"]
    told += [f"    {part}" for part in (story.what, story.formula) if part]
    if story.inputs:
        inputs = "; ".join(f"{name} {value}" for name, value in story.inputs)
        told.append(f"    {texts['tariff.show.inputs']}: {inputs}")
    if story.source is not None:
        mark = f"{texts['tariff.unverified']}: " if story.unverified else ""
        address = f" <{story.source.url}>" if story.source.url else ""
        told.append(f"    {texts['tariff.show.source']}: {mark}{story.source.title}{address} ({story.basis})")
    return [*told, ""]
