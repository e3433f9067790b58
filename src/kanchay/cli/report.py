"""`kanchay report`: a reading period of a site, or of a meter file, as one HTML file."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kanchay.cli.common import input_options, locale_option, parameter_option, whole_file

if TYPE_CHECKING:
    from kanchay.services.context import Context
    from kanchay.services.operations.report import MonthReport

__all__ = ["command"]


@click.command("report")
@input_options
@click.option(
    "--month", metavar="YYYY-MM", help="The period read in this month (default: the newest complete)."
)
@click.option("--tariff", "tariff_id", metavar="ID", help="Tariff of a file; see kanchay bill --list.")
@parameter_option
@click.option("--billing-day", type=click.IntRange(1, 31), help="Day on which a file's meter is read.")
@locale_option
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write."
)
@click.pass_context
def command(
    click_ctx: click.Context,
    *,
    input_path: Path | None,
    site_id: str | None,
    tz: str | None,
    country: str | None,
    month: str | None,
    tariff_id: str | None,
    params: tuple[str, ...],
    billing_day: int | None,
    locale: str,
    out: Path,
) -> None:
    """Energy by day, bill, carbon, findings, advice, forecast and how all of it was made: one file, to keep or print."""
    from kanchay.cli.common import name_values
    from kanchay.cli.opening import open_context
    from kanchay.services.operations.report import month_report

    if input_path is None and (tariff_id or params or billing_day):
        raise click.UsageError("--tariff, --param and --billing-day describe a file; a site keeps its own.")
    wanted = _month(month)
    ctx, scope, site = open_context(click_ctx, input_path, tz, country, site_id, one_meter=True)
    if site is None:
        raise click.UsageError("Name a site with --site.")
    if input_path is not None:
        _describe(ctx, site.id, tariff_id, name_values(params), billing_day)
    report = month_report(ctx, scope, site.id, month=wanted)
    html = _written(ctx, report, locale, _again(click_ctx))
    with whole_file(out) as part:
        part.write_text(html, "utf-8")
    click.echo(
        f"{out}: {report.energy.start} to {report.energy.end}, {len(html.encode()) / 1024:.0f} KB", err=True
    )


def _describe(
    ctx: Context, site_id: str, tariff_id: str | None, parameters: dict[str, str], billing_day: int | None
) -> None:
    """What a file does not say: the tariff, typed values and the reading day of its site in memory."""
    from dataclasses import replace

    from kanchay.services.people.policy import operator_scope
    from kanchay.services.people.sites import get_site, update_site

    site = get_site(ctx, operator_scope(), site_id)
    changed = replace(
        site,
        tariff_id=tariff_id or site.tariff_id,
        tariff_parameters=tuple(parameters.items()) or site.tariff_parameters,
        billing_day=billing_day or site.billing_day,
    )
    update_site(ctx, operator_scope(), changed)


def _month(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise click.BadParameter(f"'{text}' is not a month such as 2026-08.", param_hint="--month") from None


def _written(ctx: Context, report: MonthReport, locale: str, again: str) -> str:
    from kanchay.domain.errors import NotFound
    from kanchay.services.findings.words import texts_of_site
    from kanchay.web.report import render_report

    try:
        texts = texts_of_site(ctx.library.texts(locale), report.site.kind)
    except NotFound:
        texts = {}
    return render_report(report, texts, locale, again=again)


def _again(click_ctx: click.Context) -> str:
    """The command as it was given, but for the folders of this machine."""
    given = {k: v for k, v in click_ctx.params.items() if v not in (None, ())}
    names = {"input_path": "input", "site_id": "site", "tariff_id": "tariff", "params": "param"}
    words = ["kanchay", "report"]
    for key, value in given.items():
        option = f"--{names.get(key, key).replace('_', '-')}"
        for each in value if isinstance(value, tuple) else (value,):
            words += [option, each.name if isinstance(each, Path) else str(each)]
    return shlex.join(words)
