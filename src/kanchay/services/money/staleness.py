"""How old the price lists are that we hold, and when the next one is due."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.charges import Names
from kanchay.domain.tariff import Tariff
from kanchay.services.context import Context

__all__ = ["TariffAge", "stale_tariffs", "tariff_ages"]

# Day of the month on which a new list usually starts. Peru: the fourth, La República, 4-Jan-2023.
_CHANGE_DAY: Final = {"PE": 4}
_ORDER: Final = ("stale", "fresh", "undated", "ended")


@dataclass(frozen=True, slots=True)
class TariffAge:
    """The newest list of a tariff.

    `state` is ``stale``, ``fresh``, ``undated`` (nobody says how soon it ages) or ``ended``. `next_change` is the day on
    which the list after this one usually starts; it may be past. `review_from` is a day from which a new list is known to
    be due. `own`: the list is in the user's tariff folder, not in the package.
    """

    tariff_id: str
    country: str
    provider: str
    system: str
    option: str
    names: Names
    valid_from: date
    valid_to: date | None
    age_days: int
    stale_after_days: int | None
    state: str
    next_change: date | None
    review_from: date | None
    confidence: str
    basis: str
    source: str
    url: str | None
    own: bool = False


def tariff_ages(ctx: Context, today: date) -> list[TariffAge]:
    """Every tariff with the age of its newest list: stale ones first, then by age; lists that have ended are last."""
    documents, own = ctx.library.tariff_documents(), ctx.library.own_tariffs()
    ages = [replace(_age(parse_tariff(doc), today), own=key in own) for key, doc in documents.items()]
    return sorted(ages, key=lambda a: (_ORDER.index(a.state), -a.age_days, a.tariff_id))


def stale_tariffs(ctx: Context, today: date) -> list[TariffAge]:
    """Those whose newest list is older than it may be, or is known to be replaced by now."""
    return [age for age in tariff_ages(ctx, today) if age.state == "stale"]


def _age(tariff: Tariff, today: date) -> TariffAge:
    newest = tariff.versions[-1]
    age = (today - newest.valid_from).days
    state = _state(tariff, today, age)
    ages = tariff.stale_after_days is not None and state != "ended"
    return TariffAge(
        tariff.id,
        tariff.country,
        tariff.provider_name,
        tariff.system,
        tariff.option,
        tariff.names,
        newest.valid_from,
        newest.valid_to,
        age,
        tariff.stale_after_days,
        state,
        _next_change(tariff.country, newest.valid_from) if ages else None,
        newest.review_from,
        newest.source.confidence,
        newest.source.basis,
        newest.source.title,
        newest.source.url,
    )


def _state(tariff: Tariff, today: date, age: int) -> str:
    newest = tariff.versions[-1]
    if newest.valid_to is not None and newest.valid_to <= today:
        return "ended"
    if newest.review_from is not None and newest.review_from <= today:
        return "stale"
    if tariff.stale_after_days is None:
        return "undated"
    return "stale" if age > tariff.stale_after_days else "fresh"


def _next_change(country: str, since: date) -> date | None:
    """The first usual day of change after a list began."""
    day = _CHANGE_DAY.get(country)
    if day is None:
        return None
    if since.day < day:
        return since.replace(day=day)
    return date(since.year + since.month // 12, since.month % 12 + 1, day)
