"""What `detect` and `advise` share: a site with its tariff, words in the reader's language, money in cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kanchay.cli.common import input_options, json_option, locale_option, name_values, parameter_option

if TYPE_CHECKING:
    from kanchay.domain.finding import MoneyRange
    from kanchay.domain.point import Site
    from kanchay.domain.scope import Scope
    from kanchay.services.context import Context
    from kanchay.services.findings.words import Formatter

__all__ = ["PricedSite", "money_cells", "open_priced", "priced_options"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class PricedSite:
    """An open product, its site, and how to say things."""

    ctx: Context
    scope: Scope
    site: Site
    texts: Mapping[str, str]
    formats: Formatter
    stored: bool  # a site of the store: results are kept


def priced_options(function: F) -> F:
    """Options of verbs that put a price on a site's load."""
    for option in (
        json_option,
        locale_option,
        parameter_option,
        click.option(
            "--kind",
            type=click.Choice(["home", "building"]),
            help="What a file's meter serves (default: home).",
        ),
        click.option(
            "--tariff", "tariff_id", metavar="ID", help="Tariff of the file. See: kanchay bill --list."
        ),
        input_options,
    ):
        function = option(function)
    return function


def open_priced(
    click_ctx: click.Context,
    given: Mapping[str, Any],
    *,
    tariff_id: str | None,
    params: tuple[str, ...],
    locale: str,
) -> PricedSite:
    """Open the site that was asked for; a file takes the tariff of the command line."""
    from kanchay.cli.opening import open_context
    from kanchay.domain.errors import InputError
    from kanchay.domain.point import SiteKind
    from kanchay.services.findings.words import texts_of_site
    from kanchay.services.people.sites import update_site
    from kanchay.web.formats import Formats

    input_path: Path | None = given["input_path"]
    ctx, scope, site = open_context(
        click_ctx, input_path, given["tz"], given["country"], given["site_id"], one_meter=True
    )
    if site is None:
        raise click.UsageError("Name a site with --site, or a file with --input.")
    kind = given["kind"]
    if kind and input_path is None:
        raise InputError("--kind is for files.", hint="A site of the store knows what it is.")
    if kind:
        site = replace(site, kind=SiteKind(kind))
        update_site(ctx, scope, site)
    if tariff_id or params:
        if input_path is None:
            raise InputError(
                "--tariff and --param are for files.",
                hint=f"A site keeps its own: kanchay site set {site.id} tariff_id=ID --param NAME=VALUE.",
            )
        site = replace(
            site, tariff_id=tariff_id or site.tariff_id, tariff_parameters=tuple(name_values(params).items())
        )
        update_site(ctx, scope, site)
    texts = texts_of_site(ctx.library.texts(locale), site.kind)
    return PricedSite(ctx, scope, site, texts, Formats(locale, site.tz), input_path is None)


def money_cells(money: MoneyRange | None, at: PricedSite) -> tuple[str, str]:
    """``S/ 110 al año`` and its range; or that it could not be priced."""
    from kanchay.services.findings.words import money_words

    return money_words(money, at.texts, at.formats)
