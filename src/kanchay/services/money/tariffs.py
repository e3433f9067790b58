"""The tariff of a site, and what its owner typed for it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.errors import BillRefused, InputError
from kanchay.domain.point import Site
from kanchay.domain.tariff import BandedCharge, LookupCharge, Names, Tariff, TouCharge
from kanchay.services.context import Context

__all__ = [
    "leaveable",
    "line_names",
    "line_words",
    "list_tariffs",
    "number",
    "tariff_by_id",
    "tariff_of",
    "typed_parameters",
]


def list_tariffs(ctx: Context, country: str | None = None) -> list[Tariff]:
    """Every tariff we ship, or those of a country, by id."""
    documents = sorted(ctx.library.tariff_documents().items())
    return [parse_tariff(d) for _, d in documents if country is None or d["country"] == country]


def tariff_by_id(ctx: Context, tariff_id: str) -> Tariff:
    """The tariff of that id; refused with the known ones where there is none."""
    documents = ctx.library.tariff_documents()
    if tariff_id not in documents:
        raise BillRefused(
            f"There is no tariff '{tariff_id}'.",
            hint=f"Known: {', '.join(sorted(documents))}.",
            code="bill.no_tariff",
        )
    return parse_tariff(documents[tariff_id])


def tariff_of(ctx: Context, site: Site, tariff_id: str | None = None) -> Tariff:
    """The tariff asked for, else the site's own; refused with the candidates where neither is given."""
    key = tariff_id or site.tariff_id
    if key:
        return tariff_by_id(ctx, key)
    near = [t.id for t in list_tariffs(ctx, site.country)]
    where = f"for {site.country}: {', '.join(near)}" if site.country else "see kanchay bill --list"
    hint = (
        f"Name one with --tariff ({where})."
        if near
        else "We ship no tariff of that country; see kanchay bill --list."
    )
    raise BillRefused(f"Site '{site.name}' has no tariff.", hint=hint, code="bill.no_tariff")


def typed_parameters(site: Site, given: Mapping[str, str | Decimal] | None = None) -> dict[str, Decimal]:
    """Values typed for the site, overlaid by those given now."""
    texts: dict[str, str | Decimal] = {**dict(site.tariff_parameters), **(given or {})}
    return {name: number(name, text) for name, text in texts.items()}


_MOST: Final = Decimal(10) ** 12  # more than a country uses: exact cents need no more digits


def number(name: str, text: str | Decimal) -> Decimal:
    """An exact number as typed; an error names the value that is none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > _MOST:
        raise InputError(f"'{name}' is '{text}'.", hint=f"Write a number, for example {name}=8.82.")
    return number


def leaveable(tariff: Tariff) -> tuple[str, ...]:
    """Lines a bill may be asked to leave out, because nobody publishes what they need."""
    charges = [c for v in tariff.versions for c in v.charges if isinstance(c, LookupCharge)]
    return tuple(dict.fromkeys(c.id for c in charges if c.leave_out_code))


def line_names(tariff: Tariff) -> dict[str, Names]:
    """Words of each line of a bill by language; ``rounding``, subtotal and total are the page's own."""
    names: dict[str, Names] = {t.id: t.names for t in tariff.taxes}
    for version in tariff.versions:
        for charge in version.charges:
            names[charge.id] = charge.names
            if isinstance(charge, TouCharge):
                names |= _block_names(tariff, charge)
            if isinstance(charge, BandedCharge) and any(b.fixed is not None for b in charge.bands):
                names[charge.fixed_id] = charge.fixed_names
    return names


def line_words(tariff: Tariff, language: str) -> dict[str, str]:
    """The words of `line_names` in one language, in Spanish or English where it has none in that."""
    return {
        line: names.get(language) or names.get("es") or names.get("en") or line
        for line, names in line_names(tariff).items()
    }


def _block_names(tariff: Tariff, charge: TouCharge) -> dict[str, Names]:
    """Words of a line for each block of hours: "Energía, hora punta"."""
    schedule = next(s for s in tariff.schedules if s.id == charge.schedule)
    return {
        f"{charge.id}.{block.id}": {
            language: f"{words}, {block.names.get(language, block.id).lower()}"
            for language, words in charge.names.items()
        }
        for block in schedule.blocks
    }
