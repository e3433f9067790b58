"""A comparison of options and a tariff as programs are told them: the same on the command line and from the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kanchay.domain.bill import Source
from kanchay.services.money.compare import Option, OptionComparison
from kanchay.services.money.pricetable import PriceRow
from kanchay.services.money.tariff_page import BlockHours, TariffPage, ValueRow

__all__ = ["ToldComparison", "ToldOption", "ToldTariff", "told_comparison", "told_tariff"]


@dataclass(frozen=True, slots=True)
class ToldOption:
    """A tariff over the periods compared. [currency] `difference` is its total less that of the site's own tariff."""

    tariff_id: str
    option: str
    total: Decimal | None
    difference: Decimal | None
    by_period: tuple[Decimal, ...]
    conditions: tuple[str, ...]
    refusal: str
    refusal_code: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotOffered:
    """A tariff that this customer cannot have, with the code of why."""

    tariff_id: str
    why: str


@dataclass(frozen=True, slots=True)
class ToldComparison:
    """What past periods would have cost under each option, the cheapest first.

    `periods` are pairs of days, `skipped` periods that readings only partly cover, with the reason. `prices_of` is the
    day whose lists price all alike; null where each period has its own.
    """

    site_id: str
    currency: str
    periods: tuple[tuple[date, date], ...]
    prices_of: date | None
    left_out: tuple[str, ...]
    lender: str | None
    skipped: tuple[tuple[date, date, str], ...]
    current: ToldOption
    options: tuple[ToldOption, ...]
    not_offered: tuple[NotOffered, ...]


@dataclass(frozen=True, slots=True)
class ToldTariff:
    """What a tariff says on a day: prices without and with tax, hours, values to type, rules of its demand."""

    id: str
    on: date
    currency: str
    valid_from: date
    valid_to: date | None
    review_due: bool
    source: Source
    n_unverified: int
    prices: tuple[PriceRow, ...]
    hours: tuple[BlockHours, ...]
    values: tuple[ValueRow, ...]
    rules: tuple[tuple[str, str], ...]


def told_comparison(found: OptionComparison) -> ToldComparison:
    """A comparison without the tariffs' documents and the lines of each bill."""
    return ToldComparison(
        site_id=found.site_id,
        currency=found.currency,
        periods=found.periods,
        prices_of=found.prices_of,
        left_out=found.left_out,
        lender=found.lender.id if found.lender else None,
        skipped=found.skipped,
        current=_option(found.current),
        options=tuple(_option(o) for o in found.options),
        not_offered=tuple(NotOffered(t.id, why) for t, why in found.not_offered),
    )


def _option(option: Option) -> ToldOption:
    return ToldOption(
        tariff_id=option.tariff.id,
        option=option.tariff.option,
        total=option.total,
        difference=option.difference,
        by_period=tuple(b.total for b in option.bills),
        conditions=option.conditions,
        refusal=option.refusal,
        refusal_code=option.refusal_code,
        warnings=option.warnings,
    )


def told_tariff(page: TariffPage) -> ToldTariff:
    """A tariff on a day without what only the parser needs."""
    return ToldTariff(
        id=page.tariff.id,
        on=page.on,
        currency=page.tariff.currency,
        valid_from=page.version.valid_from,
        valid_to=page.version.valid_to,
        review_due=page.review_due,
        source=page.version.source,
        n_unverified=page.n_unverified,
        prices=page.prices,
        hours=page.hours,
        values=page.values,
        rules=page.rules,
    )
