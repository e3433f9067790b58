"""Unit rates and standing charges as Octopus Energy's API gives them: JSON with `results` of dated prices in pence.

Prices of each half hour that do not repeat day by day become a price series and a `series` charge; those that
repeat become time of use; one price that holds for long becomes a version.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from kanchay.adapters.tariffs.draft import Answers, ForeignTariff, Notes, one_price, slug
from kanchay.adapters.tariffs.hours import Band, Calendar
from kanchay.adapters.tariffs.slots import local_day, series_of
from kanchay.adapters.tariffs.values import exact, member, members, money, seconds, text
from kanchay.domain.errors import FileRefused
from kanchay.domain.priceseries import PriceSeries

__all__ = ["looks_like", "read"]

_ZONE: Final = "Europe/London"
_HALF_HOUR: Final = 1800
_DAY: Final = 86400
_LONG: Final = 2 * _DAY  # a price that holds longer is a version of its own
_PENCE: Final = Decimal(100)
_FAR: Final = 2**40
_MOST_VERSIONS: Final = 500
_READ: Final = frozenset({"value_exc_vat", "value_inc_vat", "valid_from", "valid_to", "payment_method"})
_VAT_DECIMALS: Final = 3
_NAME: Final = {"en": "Energy", "es": "Energía"}


@dataclass(frozen=True, slots=True)
class _Rate:
    """A price without and with VAT from `start` to `end`. [GBP per kWh or day, s]"""

    start: int
    end: int
    net: Decimal
    gross: Decimal


def looks_like(root: Any) -> bool:
    """Whether a JSON document holds dated prices with and without VAT."""
    return any(member(r, "value_exc_vat") is not None for r in members(member(root, "results"))[:3])


def read(root: Any, answers: Answers) -> list[ForeignTariff]:
    """One tariff of the unit rates, with the standing charges of a second answer where there is one.

    Raises
    ------
    FileRefused
        The answer holds no price.
    """
    notes, calendar = Notes(), Calendar()
    rates = _rates(root, notes, "results")
    if not rates:
        raise FileRefused(
            "The file holds no price.",
            hint="Save the answer of .../standard-unit-rates/ of a tariff.",
            code="tariff.empty",
        )
    standing = _standing(answers.standing, notes)
    key = answers.tariff_id or "gb.octopus.imported"
    versions, series = _versions(rates, standing, key, calendar, notes)
    document = {
        "schema": "tariff/1",
        "id": key,
        "country": "GB",
        "currency": "GBP",
        "timezone": _ZONE,
        "provider": {"id": "octopus", "name": "Octopus Energy"},
        "option": {"code": key.rpartition(".")[2], "name": {"en": key, "es": key}},
        "eligibility": {"segment": "any", "meter": "smart"},
        "proration": "daily_blend",
        "rounding": {"quantity": 3, "unit_price": 6, "line": 2},
        **calendar.document(),
        "taxes": _vat([*rates, *standing]),
        "versions": versions,
    }
    for version in versions:
        version["source"]["confidence"] = notes.confidence
    return [ForeignTariff(document, notes.all(), {s.name: s for s in series})]


def _rates(root: Any, notes: Notes, where: str) -> list[_Rate]:
    """Prices by rising time, one way of payment only."""
    if member(root, "next"):
        notes.add("pages.missing", "next")
    found: dict[int, _Rate] = {}
    for row in members(member(root, "results")):
        notes.unknown(row if isinstance(row, dict) else {}, _READ, f"{where}.")
        if text(member(row, "payment_method")).upper() not in ("", "DIRECT_DEBIT"):
            notes.add("payment.other", where)
            continue
        rate = _rate(row)
        if rate is None:
            notes.add("price.damaged", where)
        else:
            found[rate.start] = rate
    rates = [found[start] for start in sorted(found)]
    return [_until(a, b.start) for a, b in pairwise(rates)] + rates[-1:]


def _until(rate: _Rate, end: int) -> _Rate:
    return _Rate(rate.start, min(rate.end, end), rate.net, rate.gross)


def _rate(row: Any) -> _Rate | None:
    net, gross = exact(member(row, "value_exc_vat")), exact(member(row, "value_inc_vat"))
    start, end = seconds(member(row, "valid_from")), seconds(member(row, "valid_to"))
    if net is None or start is None or (end is not None and end <= start):
        return None
    return _Rate(
        start, _FAR if end is None else end, net / _PENCE, (net if gross is None else gross) / _PENCE
    )


def _standing(root: Any, notes: Notes) -> list[_Rate]:
    if root is None:
        notes.add("standing.missing", "standing-charges")
        return []
    return _rates(root, notes, "standing-charges")


def _vat(rates: Sequence[_Rate]) -> list[dict[str, Any]]:
    """The tax that the two prices of a row tell."""
    with_tax = [r for r in rates if r.net > 0 and r.gross > r.net]
    if not with_tax:
        return []
    share = round(
        max(with_tax, key=lambda r: r.net).gross / max(with_tax, key=lambda r: r.net).net - 1, _VAT_DECIMALS
    )
    source = {"title": "value_inc_vat over value_exc_vat of the imported file", "url": None, "date": "imported",
              "confidence": "high", "basis": "derived"}  # fmt: skip
    return [{"id": "vat", "rate": money(share), "valid_from": "1970-01-01",
             "name": {"en": "VAT", "es": "IVA"}, "source": source}]  # fmt: skip


def _versions(
    rates: list[_Rate], standing: list[_Rate], key: str, calendar: Calendar, notes: Notes
) -> tuple[list[dict[str, Any]], list[PriceSeries]]:
    """Versions from each change of a price that holds for long."""
    taxes = ["vat"] if _vat([*rates, *standing]) else []
    energy, series = _fast(rates, key, taxes, calendar, notes)
    slow = [] if energy else _by_day(rates)
    daily = _by_day(standing)
    first = _day(rates[0].start)
    changes = sorted({first, *(day for day, _ in [*slow, *daily] if day > first)})
    ends = [*changes[1:], None if rates[-1].end == _FAR else _day(rates[-1].end)]
    _check_span(changes, ends[-1])
    versions = []
    for start, end in zip(changes, ends, strict=True):
        own = energy or _flat(_at(slow, start), taxes)
        versions.append(_version(start, end, [*_daily(_at(daily, start), taxes, bool(standing), notes), own]))
    return versions, series


def _check_span(changes: Sequence[date], end: date | None) -> None:
    if end is not None and end <= changes[-1]:
        raise FileRefused(
            "The prices of the file cover no whole day.", hint="Ask for more of them.", code="tariff.empty"
        )
    if len(changes) > _MOST_VERSIONS:
        raise FileRefused(
            f"The prices of the file change on {len(changes)} days.",
            hint="Ask for fewer: period_from=2025-01-01.",
            code="file.damaged",
        )


def _version(start: date, end: date | None, charges: list[dict[str, Any]]) -> dict[str, Any]:
    source = {"title": "Prices of the imported file", "url": None, "date": start.isoformat(),
              "confidence": "", "basis": "secondary"}  # fmt: skip
    return {
        "valid_from": start.isoformat(),
        "valid_to": None if end is None else end.isoformat(),
        "prices_include": [],
        "source": source,
        "charges": charges,
    }


def _day(second: int) -> date:
    """The local day on which a price begins: the first whole one."""
    return local_day(second, _ZONE, whole=True)


def _by_day(rates: Sequence[_Rate]) -> list[tuple[date, _Rate]]:
    """Each price with the first whole day on which it holds, by rising day."""
    return [(_day(r.start), r) for r in rates]


def _at(dated: Sequence[tuple[date, _Rate]], day: date) -> _Rate | None:
    """The price that holds on a day."""
    place = bisect_right(dated, day, key=lambda entry: entry[0])
    return dated[place - 1][1] if place else None


def _flat(rate: _Rate | None, taxes: list[str]) -> dict[str, Any]:
    return one_price("energy", money(rate.net) if rate else "0", _NAME, taxes=taxes)


def _daily(rate: _Rate | None, taxes: list[str], known: bool, notes: Notes) -> list[dict[str, Any]]:
    if rate is None:
        if known:
            notes.add("standing.gap", "standing-charges")
        return []
    return [{"id": "standing", "kind": "fixed", "amount": money(rate.net), "per": "day", "taxes": taxes,
             "name": {"en": "Standing charge", "es": "Cargo fijo diario"}}]  # fmt: skip


def _fast(
    rates: list[_Rate], key: str, taxes: list[str], calendar: Calendar, notes: Notes
) -> tuple[dict[str, Any], list[PriceSeries]]:
    """Prices that change within a day: time of use where every day is alike, else a series; nothing where a price
    holds for days."""
    if min(r.end - r.start for r in rates) > _LONG:
        gaps = sum(b.start > a.end for a, b in pairwise(rates))
        if gaps:
            notes.add("price.gap", "results", str(gaps))
        return {}, []
    pattern = _daily_pattern(rates)
    if pattern is not None:
        prices = list(dict.fromkeys(pattern.values()))
        starts = [*pattern, _DAY]
        calendar.add("energy", [
            Band(f"rate_{prices.index(pattern[a]) + 1}", start=a // 60, end=b // 60) for a, b in pairwise(starts)
        ])  # fmt: skip
        named = {f"rate_{n}": money(p) for n, p in enumerate(prices, start=1)}
        charge = {
            "id": "energy",
            "kind": "tou",
            "schedule": "energy",
            "rates": named,
            "taxes": taxes,
            "name": _NAME,
        }
        return charge, []
    name = f"{slug(key)}_price"
    charge = {"id": "energy", "kind": "series", "series": name, "taxes": taxes, "name": _NAME}
    slots = [(r.start, min(r.end, r.start + _LONG), float(r.net)) for r in rates]
    return charge, [series_of(name, "GBP", slots, _HALF_HOUR, notes)]


def _daily_pattern(rates: list[_Rate]) -> dict[int, Decimal] | None:
    """Price by second of the local day, where all whole days have the same one; None where they differ."""
    by_day: dict[date, dict[int, Decimal]] = {}
    for rate in rates:
        local = datetime.fromtimestamp(rate.start, UTC).astimezone(ZoneInfo(_ZONE))
        second = local.hour * 3600 + local.minute * 60
        by_day.setdefault(local.date(), {})[second] = rate.net
    whole = [day for _, day in sorted(by_day.items())][1:-1]
    if len(whole) < 2 or any(day != whole[0] for day in whole) or len(whole[0]) < 2:
        return None
    return _over_midnight(whole[0])


def _over_midnight(day: dict[int, Decimal]) -> dict[int, Decimal]:
    """Where a price begins, each change once; the last of a day goes on until the first of the next."""
    ordered = dict(sorted(day.items()))
    whole = ordered if 0 in ordered else {0: ordered[max(ordered)], **ordered}
    return {0: whole[0]} | {b: whole[b] for a, b in pairwise(whole) if whole[a] != whole[b]}
