"""`kanchay tariff list`: which tariffs we hold, how old their lists are, and how sure we are of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, english_locale_option, json_option, table
from kanchay.cli.tariff.naming import library_of

if TYPE_CHECKING:
    from kanchay.domain.tariff import Tariff
    from kanchay.services.context import Context
    from kanchay.services.money.staleness import TariffAge
    from kanchay.services.money.tariff_words import TariffWords

__all__ = ["Filters", "command", "show_tariffs"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which tariffs are asked for; what is empty takes all."""

    country: str = ""
    provider: str = ""
    option: str = ""
    segment: str = ""
    state: str = ""

    def take(self, tariff: Tariff, age: TariffAge) -> bool:
        """Whether a tariff is asked for; a tariff for anybody fits every segment."""
        segments = (self.segment, "any") if self.segment else (tariff.eligibility.segment,)
        return (
            tariff.country == (self.country.upper() or tariff.country)
            and self.provider.lower() in f"{tariff.provider} {tariff.provider_name}".lower()
            and tariff.option.lower().startswith(self.option.lower())
            and tariff.eligibility.segment in segments
            and age.state == (self.state or age.state)
        )


@click.command("list")
@click.option("--country", default="", metavar="CC", help="Only this ISO country.")
@click.option("--provider", default="", metavar="NAME", help="Only providers whose name or id holds this.")
@click.option("--option", default="", metavar="CODE", help="Only options that begin so, such as BT5.")
@click.option("--segment", default="", metavar="WORD", help="Only for residential, or non_residential.")
@click.option(
    "--state",
    default="",
    type=click.Choice(["", "fresh", "stale", "undated", "ended"]),
    help="Only lists so old.",
)
@english_locale_option
@json_option
@click.pass_context
def command(click_ctx: click.Context, /, *, locale: str, as_json: bool, **wanted: str) -> None:
    """All tariffs with their newest list, its age, and how sure its prices are."""
    show_tariffs(library_of(click_ctx), Filters(**wanted), locale, as_json=as_json)


def show_tariffs(ctx: Context, filters: Filters, locale: str, *, as_json: bool) -> None:
    """The tariffs that are asked for, as a table or as JSON."""
    from kanchay.domain.interval import to_datetime
    from kanchay.services.money.staleness import tariff_ages
    from kanchay.services.money.tariff_words import TariffWords
    from kanchay.services.money.tariffs import list_tariffs

    ages = {age.tariff_id: age for age in tariff_ages(ctx, to_datetime(ctx.clock(), "UTC").date())}
    taken = [(t, ages[t.id]) for t in list_tariffs(ctx) if filters.take(t, ages[t.id])]
    if as_json:
        emit_json([_told(tariff, age) for tariff, age in taken])
        return
    texts = ctx.library.texts(locale)
    head = [
        texts[f"tariff.list.{key}"] for key in ("tariff", "for", "prices_from", "lists", "age", "confidence")
    ]
    table(head, [_row(t, a, TariffWords(t, texts, locale)) for t, a in taken])
    for problem in ctx.library.tariff_problems():
        click.echo(f"! {problem.file}: {problem.reason}", err=True)


def _row(tariff: Tariff, age: TariffAge, words: TariffWords) -> list[str]:
    key = "in_days" if age.age_days < 0 else "days" if age.state not in ("stale", "ended") else age.state
    told = words.say(f"list.{key}", n=abs(age.age_days))
    option = f"{tariff.option}, {words.pick(tariff.names, '')}".rstrip(", ")
    n = str(len(tariff.versions))
    return [tariff.id, option, str(age.valid_from), n, told, f"{age.confidence}, {age.basis}"]


def _told(tariff: Tariff, age: TariffAge) -> dict[str, Any]:
    return {
        "id": tariff.id,
        "country": tariff.country,
        "currency": tariff.currency,
        "provider": tariff.provider_name,
        "system": tariff.system,
        "option": tariff.option,
        "names": tariff.names,
        "segment": tariff.eligibility.segment,
        "parameters": [p.id for p in tariff.parameters],
        "versions": [
            {"valid_from": v.valid_from, "valid_to": v.valid_to, "source": v.source, "note": v.note}
            for v in tariff.versions
        ],
        "newest": age.valid_from,
        "age_days": age.age_days,
        "state": age.state,
        "confidence": age.confidence,
        "basis": age.basis,
        "own": age.own,
    }
