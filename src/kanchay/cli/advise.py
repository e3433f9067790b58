"""`kanchay advise`: what is worth doing in a home, with its price, payback, range and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, plain
from kanchay.cli.priced_site import PricedSite, money_cells, open_priced, priced_options

if TYPE_CHECKING:
    from kanchay.domain.finding import Recommendation

__all__ = ["command"]

_WORDS = {
    "es": {
        "none": "Nada que valga la pena por ahora.",
        "price": "Cuesta {price} una vez; se paga en {months} meses.",
        "soon": "Cuesta {price} una vez; se paga en un mes.",
        "free": "No cuesta nada.",
        "unpriced": "Sin tarifa no hay recomendaciones: {why}. Da una con --tariff.",
    },
    "en": {
        "none": "Nothing worth doing for now.",
        "price": "Costs {price} once; pays back in {months} months.",
        "soon": "Costs {price} once; pays back in a month.",
        "free": "It costs nothing.",
        "unpriced": "No advice without a price: {why}. Give a tariff with --tariff.",
    },
}


@click.command("advise")
@priced_options
@click.pass_context
def command(
    click_ctx: click.Context,
    /,
    *,
    tariff_id: str | None,
    params: tuple[str, ...],
    locale: str,
    as_json: bool,
    **given: Any,
) -> None:
    """Recommend only what pays this household, each with its own numbers and reasons."""
    from kanchay.services.findings.advise import advise_site
    from kanchay.services.findings.price import month_price

    at = open_priced(click_ctx, given, tariff_id=tariff_id, params=params, locale=locale)
    advice = advise_site(at.ctx, at.scope, at.site.id, store=at.stored)
    why_not = month_price(at.ctx, at.scope, at.site).why_not
    if as_json:
        emit_json(
            {
                "site": at.site.id,
                "uncosted_because": why_not,
                "recommendations": [{**_words(a, at), **plain(a)} for a in advice],
            }
        )
        return
    if why_not:
        reason = at.texts.get(f"uncosted.{why_not}", why_not)
        click.echo(_WORDS[locale]["unpriced"].format(why=reason), err=True)
    elif not advice:
        click.echo(_WORDS[locale]["none"])
    for rank, one in enumerate(advice, 1):
        _say(rank, one, at, locale)


def _words(advice: Recommendation, at: PricedSite) -> dict[str, Any]:
    from kanchay.services.findings import words

    return {
        "title": words.recommendation_title(advice, at.texts, at.formats),
        "body": words.recommendation_body(advice, at.texts, at.formats),
        "why_text": words.why_lines(advice, at.texts, at.formats),
    }


def _say(rank: int, advice: Recommendation, at: PricedSite, locale: str) -> None:
    said, (money, spread) = _words(advice, at), money_cells(advice.saving, at)
    click.echo(f"{rank}. {said['title']}: {money} ({spread})")
    if advice.price and advice.payback_months is not None:
        price = at.formats.money(advice.price, advice.saving.currency, 0)
        months = round(advice.payback_months)
        text = _WORDS[locale]["price" if months > 1 else "soon"]
        click.echo("   " + text.format(price=price, months=at.formats.number(months, 0)))
    else:
        click.echo("   " + _WORDS[locale]["free"])
    for line in (said["body"], *(f"- {w}" for w in said["why_text"])):
        click.echo(f"   {line}")
    click.echo()
