"""`kanchay detect`: what is odd or wasted in a site's load, ranked by money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, table
from kanchay.cli.priced_site import PricedSite, money_cells, open_priced, priced_options

if TYPE_CHECKING:
    from kanchay.domain.finding import Finding

__all__ = ["command"]

_HEAD = {
    "es": ("n", "hallazgo", "cuándo", "dinero", "rango", "confianza"),
    "en": ("n", "finding", "when", "money", "range", "confidence"),
}
_NONE = {"es": "Nada raro por ahora.", "en": "Nothing odd for now."}


@click.command("detect")
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
    """Find a growing baseload, things left on, odd days, a water heater that heats for nobody.

    Findings of a stored site are kept; a file is only looked at. Without a tariff they are told without a price.
    """
    from kanchay.services.findings.detect import detect_site

    at = open_priced(click_ctx, given, tariff_id=tariff_id, params=params, locale=locale)
    found = detect_site(at.ctx, at.scope, at.site.id, store=at.stored)
    if as_json:
        emit_json({"site": at.site.id, "findings": [{**_words(f, at), **_plain(f)} for f in found]})
        return
    if not found:
        click.echo(_NONE[locale])
        return
    table(_HEAD[locale], [_row(rank, f, at) for rank, f in enumerate(found, 1)])
    for rank, finding in enumerate(found, 1):
        _say_more(rank, finding, at)


def _plain(finding: Finding) -> dict[str, Any]:
    from kanchay.cli.common import plain

    found: dict[str, Any] = plain(finding)
    return found


def _words(finding: Finding, at: PricedSite) -> dict[str, Any]:
    from kanchay.services.findings import words

    return {
        "title": words.headline(finding, at.texts, at.formats), "summary": words.summary(finding, at.texts, at.formats),
        "cause_text": words.cause(finding, at.texts, at.formats),
        "what_to_do": words.what_to_do(finding, at.texts, at.formats),
    }  # fmt: skip


def _row(rank: int, finding: Finding, at: PricedSite) -> list[str]:
    from kanchay.services.findings.words import headline, since

    money, spread = money_cells(finding.money, at)
    when = since(finding, at.texts, at.formats)
    sure = at.formats.percent(finding.confidence)
    return [str(rank), headline(finding, at.texts, at.formats), when, money, spread, sure]


def _say_more(rank: int, finding: Finding, at: PricedSite) -> None:
    said = _words(finding, at)
    click.echo(f"\n{rank}. {said['title']}")
    for line in (said["summary"], said["cause_text"], *said["what_to_do"]):
        if line:
            click.echo(f"   {line}")
    if finding.money is None and finding.uncosted_because:
        why = at.texts.get(f"uncosted.{finding.uncosted_because}", finding.uncosted_because)
        click.echo(f"   {at.texts['money.uncosted']}: {why}")
