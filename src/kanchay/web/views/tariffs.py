"""The price lists that we hold: a card for each list that ages, and one each for those without a term or ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from kanchay.domain.interval import to_datetime
from kanchay.services.context import Context
from kanchay.services.money.staleness import TariffAge, tariff_ages
from kanchay.services.ports.tariffs import TariffProblem
from kanchay.web.shell import Reader

__all__ = ["Card", "Row", "TariffsPage", "tariffs_page"]

_CHIPS = {"stale": "warn", "fresh": "good", "undated": "", "ended": ""}
_SURE = ("high", "medium", "low")
_List = tuple[str, str, str, date, str]


@dataclass(frozen=True)
class Row:
    """One tariff in a card; what the card says of all its rows is not said again."""

    option: str
    name: str
    who: str
    since: str
    confidence: str
    source: str
    url: str
    own: bool
    id: str


@dataclass(frozen=True)
class Card:
    """One list of one system, or the lists of many that are in the same state."""

    title: str
    state: str
    kind: str
    sentence: str
    source: str
    url: str
    mixed: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class TariffsPage:
    """The page: cards with stale lists first, and files of the user that are not used."""

    headline: str
    n_stale: int
    cards: tuple[Card, ...]
    problems: tuple[TariffProblem, ...]


def tariffs_page(ctx: Context, r: Reader, countries: Collection[str] = ()) -> TariffsPage:
    """What `/tariffs` shows: lists of the reader's own countries before those of others."""
    today = to_datetime(r.now, r.formats.tz).date()
    ages = tariff_ages(ctx, today)
    lists: dict[_List, list[TariffAge]] = {}
    for age in ages:
        lists.setdefault(_list_of(age), []).append(age)
    own_first = sorted(lists, key=lambda key: not key[1] or lists[key][0].country not in countries)
    cards = tuple(_card(lists[key], today, r) for key in own_first)
    n_stale = sum(age.state == "stale" for age in ages)
    return TariffsPage(_headline(len(ages), n_stale, r), n_stale, cards, ctx.library.tariff_problems())


def _list_of(age: TariffAge) -> _List:
    """What shares a card: the options of one list, or all lists that do not age."""
    if age.state in ("undated", "ended"):
        return age.state, "", "", date.min, ""
    return age.state, age.provider, age.system, age.valid_from, age.source


def _headline(n: int, n_stale: int, r: Reader) -> str:
    if not n:
        return r.words("tariffs.none")
    return r.words.many("tariffs.h1_stale", n_stale, total=n) if n_stale else r.words("tariffs.h1_fresh")


def _card(ages: list[TariffAge], today: date, r: Reader) -> Card:
    first = ages[0]
    mixed = first.state in ("undated", "ended")
    state, kind = r.words(f"tariffs.state.{first.state}"), _CHIPS[first.state]
    rows = tuple(_row(age, r, mixed=mixed) for age in ages)
    if mixed:
        title, sentence = r.words(f"tariffs.title.{first.state}"), r.words(f"tariffs.why.{first.state}")
        return Card(title, state, kind, sentence, "", "", mixed, rows)
    return Card(
        _who(first), state, kind, _sentence(first, today, r), first.source, first.url or "", mixed, rows
    )


def _who(age: TariffAge) -> str:
    return ", ".join(part for part in (age.provider, age.system) if part)


def _sentence(age: TariffAge, today: date, r: Reader) -> str:
    """How old the list is, and when another is due."""
    t, f = r.words, r.formats
    since = f.day_year(age.valid_from)
    parts = [
        t("tariffs.ahead", day=since) if age.age_days < 0 else t.many("tariffs.age", age.age_days, day=since)
    ]
    if age.next_change is not None:
        when = "past" if age.next_change <= today else "ahead"
        parts.append(t(f"tariffs.next_{when}", day=f.day_year(age.next_change)))
    if age.review_from is not None:
        known = "review_pe" if age.country == "PE" else "review"
        parts.append(t(f"tariffs.{known}", day=f.day_year(age.review_from)))
    return " ".join(parts)


def _row(age: TariffAge, r: Reader, *, mixed: bool) -> Row:
    return Row(
        option=age.option,
        name=age.names.get(r.language, ""),
        who=_who(age) if mixed else "",
        since=r.formats.day_year(age.valid_from) if mixed else "",
        confidence=r.words(f"tariffs.confidence.{age.confidence}")
        if age.confidence in _SURE
        else age.confidence,
        source=age.source if mixed else "",
        url=(age.url or "") if mixed else "",
        own=age.own,
        id=age.tariff_id,
    )
