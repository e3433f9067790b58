"""`kanchay tariff compare`: what past periods of a site would have cost under each option it may get."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
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
    table,
)
from kanchay.cli.pricing import show_warnings

if TYPE_CHECKING:
    from kanchay.services.money.compare import Option, OptionComparison

__all__ = ["command"]


@click.command("compare")
@input_options
@click.option("--tariff", "tariff_id", metavar="ID", help="Tariff to compare with (default: the site's).")
@click.option(
    "--with", "others", multiple=True, metavar="ID", help="Only these options, whoever may get them."
)
@click.option("--periods", type=click.IntRange(1, 36), default=12, show_default=True, help="Past periods.")
@click.option("--prices-of", type=click.DateTime(["%Y-%m-%d"]), help="Price all by the lists of this day.")
@parameter_option
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
    tariff_id: str | None,
    others: tuple[str, ...],
    periods: int,
    prices_of: datetime | None,
    params: tuple[str, ...],
    locale: str,
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
    emit_json(told_comparison(found)) if as_json else _show(found, ctx.library.texts(locale))


def _say(texts: Mapping[str, str], key: str, **places: object) -> str:
    return texts[f"tariff.compare.{key}"].format(**places)


def _show(found: OptionComparison, texts: Mapping[str, str]) -> None:
    _show_head(found, texts)
    head = (_say(texts, key) for key in ("option", "tariff", "difference", "say"))
    option, tariff, difference, say = head
    rows = [
        _row(found.current, _say(texts, "now")),
        *(_row(o, _said(o, texts)) for o in found.options),
    ]
    table((option, tariff, found.currency, difference, say), rows)
    _show_left(found, texts)
    click.echo()
    codes = dict.fromkeys(w for o in (found.current, *found.options) for w in o.warnings)
    show_warnings(codes, texts)


def _show_head(found: OptionComparison, texts: Mapping[str, str]) -> None:
    first, last = found.periods[0][0], found.periods[-1][1]
    n, day = len(found.periods), found.prices_of
    lists = _say(texts, "lists_of", day=day) if day else _say(texts, "lists_each")
    told = _say(texts, "periods" if n > 1 else "period", n=n, first=first, last=last, lists=lists)
    click.echo(f"{told}\n")
    if found.lender is not None:
        lender = f"{found.lender.provider_name}, {found.lender.system}"
        click.echo(f"{_say(texts, 'lender', lender=lender)}\n")


def _show_left(found: OptionComparison, texts: Mapping[str, str]) -> None:
    """What has no price, is not for this customer, or is left out of every option."""
    told = [
        _say(texts, "refused", option=o.tariff.option, id=o.tariff.id, why=o.refusal)
        for o in found.options
        if o.refusal
    ]
    for why in dict.fromkeys(why for _, why in found.not_offered):
        names = ", ".join(t.option for t, reason in found.not_offered if reason == why)
        told.append(_say(texts, "not_offered", why=_say(texts, f"why.{why}"), names=names))
    told += [_say(texts, "skipped", start=start, end=end, why=why) for start, end, why in found.skipped]
    if found.left_out:
        told.append(_say(texts, "left_out", lines=", ".join(found.left_out)))
    for line in told:
        click.echo(f"\n{line}")


def _row(option: Option, words: str) -> list[str]:
    total = "" if option.total is None else str(option.total)
    difference = "" if option.difference is None else f"{option.difference:+}"
    return [option.tariff.option, option.tariff.id, total, difference, words]


def _said(option: Option, texts: Mapping[str, str]) -> str:
    """Conditions are codes such as ``meter.smart``."""
    told = [_say(texts, "cannot")] if option.refusal else []
    meters = (texts.get(f"tariff.{code}", code.partition(".")[2]) for code in option.conditions)
    return ", ".join([*told, *(_say(texts, "needs", meter=meter) for meter in meters)])
