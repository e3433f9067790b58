"""Tariffs of Swiss grid operators in the machine-readable form that they publish by law since 2025.

One JSON document an operator, with a list of tariffs for grid, electricity, metering and fees of places, each with
a base price, prices of energy and power by time, reactive energy, and a refund for stores [1]_. A customer has one
of each kind: the operator's standard one, unless others are picked.

.. [1] https://tariffconverter.strom.ch/ch-electricity-tariffs-openapi.yml (StromVV Art. 7b, NNMV-CH Annex 10)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from kanchay.adapters.tariffs.draft import Answers, ForeignTariff, Notes, one_price, slug
from kanchay.adapters.tariffs.hours import ALL_MONTHS, Band, Calendar, covered
from kanchay.adapters.tariffs.values import exact, member, members, money, text, told_day, word
from kanchay.domain.errors import FileRefused, InputError

__all__ = ["looks_like", "read"]

_KINDS: Final = ("grid", "electricity", "metering", "regional_fees")
_NAMES: Final = {
    "grid": {"en": "Grid", "es": "Red"},
    "electricity": {"en": "Electricity", "es": "Energía"},
    "metering": {"en": "Metering", "es": "Medición"},
    "regional_fees": {"en": "Fees of the place", "es": "Tasas del lugar"},
}
_DAYS: Final = {"mo": 0, "tu": 1, "we": 2, "th": 3, "fr": 4, "sa": 5, "su": 6}
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_READ: Final = frozenset(
    {"tariffName", "tariffType", "tariffForm", "standardBasegroup", "startDate", "endDate", "prices", "comment",
     "customerType", "customerVoltageLevel"}
)  # fmt: skip
_PRICES: Final = frozenset(
    {
        "base",
        "energy",
        "power",
        "reactivePower",
        "refundStorage",
        "municipalityTaxes",
        "cantonalTaxes",
        "dynamic",
    }
)
_MOST_PRICES: Final = 200
_EVERY: Final = frozenset(range(7))
_DAY_MIN: Final = 24 * 60
_PER: Final = {"chf/m": "month", "chf/y": "year", "chf/d": "day", "": "month"}
_PER_KW: Final = {"chf/kw/m": "month", "chf/kw/y": "year", "chf/kw": "month", "": "month"}


def looks_like(root: Any) -> bool:
    """Whether a JSON document is an operator's list of tariffs."""
    return any(member(t, "tariffType") for t in members(member(root, "tariffs"))[:3])


def read(root: Any, answers: Answers) -> list[ForeignTariff]:
    """One tariff: what a customer of the picked, else of the standard kinds pays.

    Raises
    ------
    FileRefused
        No tariff of the file can be read.
    InputError
        Several of a kind, none of them the standard, and none picked.
    """
    notes, calendar = Notes(), Calendar()
    chosen = _chosen([t for t in members(member(root, "tariffs")) if isinstance(t, dict)], answers.picks)
    if not chosen:
        raise FileRefused(
            "The file holds no tariff that can be read.",
            hint="It needs a list 'tariffs' with 'tariffType' grid, electricity, metering or regional_fees.",
            code="tariff.empty",
        )
    charges = [c for tariff in chosen for c in _charges(tariff, answers.picks, calendar, notes)]
    notes.add("vat.unsaid", "tariffs")
    operator = text(member(root, "dsoName")) or "Grid operator"
    group = text(next((t for t in chosen if t.get("tariffType") == "grid"), chosen[0]).get("tariffName"))
    document = {
        "schema": "tariff/1",
        "id": answers.tariff_id or f"ch.{slug(operator)}.{slug(group)}",
        "country": "CH",
        "currency": "CHF",
        "timezone": "Europe/Zurich",
        "provider": {"id": slug(operator), "name": operator},
        "option": {"code": group, "name": {"en": group, "es": group}},
        "eligibility": {"segment": "any"},
        "proration": "by_reading_date",
        "rounding": {"quantity": 3, "unit_price": 6, "line": 2},
        **calendar.document(),
        "taxes": [],
        "versions": [_version(chosen, operator, charges, notes)],
    }
    return [ForeignTariff(document, notes.all())]


def _chosen(tariffs: Sequence[dict[str, Any]], picks: Sequence[str]) -> list[dict[str, Any]]:
    """One tariff of each kind."""
    found = []
    for kind in _KINDS:
        own = [t for t in tariffs if word(t.get("tariffType")) == kind]
        picked = [t for t in own if text(t.get("tariffName")) in picks]
        standard = [t for t in own if t.get("standardBasegroup") is True]
        left = picked or standard or own
        if len(left) > 1:
            names = ", ".join(text(t.get("tariffName")) for t in left)
            raise InputError(
                f"The file has several tariffs for '{kind}': {names}.",
                hint="Pick one: --pick NAME.",
                code="tariff.several",
            )
        found += left
    return found


def _version(
    chosen: Sequence[dict[str, Any]], operator: str, charges: list[dict[str, Any]], notes: Notes
) -> dict[str, Any]:
    starts = [d for t in chosen if (d := told_day(t.get("startDate")))]
    ends = [d for t in chosen if (d := told_day(t.get("endDate")))]
    if not starts or len(starts) < len(chosen):
        notes.add("dates.unknown", "startDate")
    start = max(starts, default=date(1970, 1, 1))
    end = min(ends, default=None)
    names = ", ".join(text(t.get("tariffName")) for t in chosen)
    source = {"title": f"Machine-readable tariffs of {operator}: {names}", "url": None, "date": start.isoformat(),
              "confidence": notes.confidence, "basis": "official"}  # fmt: skip
    until = (end + timedelta(days=1)).isoformat() if end is not None and end >= start else None
    return {"valid_from": start.isoformat(), "valid_to": until, "prices_include": [], "source": source,
            "charges": charges}  # fmt: skip


def _charges(
    tariff: dict[str, Any], picks: Sequence[str], calendar: Calendar, notes: Notes
) -> Iterator[dict[str, Any]]:
    kind, prices = word(tariff.get("tariffType")), tariff.get("prices")
    notes.unknown(tariff, _READ, f"{kind}.")
    notes.unknown(prices if isinstance(prices, dict) else {}, _PRICES, f"{kind}.prices.")
    if word(tariff.get("tariffForm")) == "dynamic":
        where = text(member(member(prices, "dynamic"), "url")) or "an address the file does not tell"
        notes.add("price.dynamic", kind, where)
        return
    yield from _base(kind, member(prices, "base"), notes)
    yield from _energy(kind, members(member(prices, "energy")), calendar, notes)
    yield from _power(kind, members(member(prices, "power")), calendar, notes)
    yield from _reactive(kind, members(member(prices, "reactivePower")), notes)
    if exact(member(member(prices, "refundStorage"), "price")):
        notes.add("refund.storage", kind)
    for fee in _fees(prices, picks, notes):
        yield from _base(kind, _of(fee, "Base"), notes)
        yield from _energy(kind, members(_of(fee, "Energy")), calendar, notes)


def _of(fee: dict[str, Any], part: str) -> Any:
    return fee.get(f"municipality{part}", fee.get(f"canton{part}"))


def _fees(prices: Any, picks: Sequence[str], notes: Notes) -> list[dict[str, Any]]:
    """Fees of the customer's place: the only one, or the picked one."""
    chosen: list[dict[str, Any]] = []
    for field in ("municipalityTaxes", "cantonalTaxes"):
        places = [p for p in members(member(prices, field)) if isinstance(p, dict)]
        named = [p for p in places if {_place(p), str(p.get("municipalityNumber"))} & set(picks)]
        if len(places) > 1 and not named:
            listed = ", ".join(_place(p) for p in places[:20])
            notes.add("fees.place", field, listed)
            continue
        chosen += named or places
    return chosen


def _place(fee: dict[str, Any]) -> str:
    return text(fee.get("municipalityName")) or text(fee.get("cantonName"))


def _base(kind: str, base: Any, notes: Notes) -> Iterator[dict[str, Any]]:
    price, unit = exact(member(base, "price")), word(member(base, "priceUnit"))
    if price is None:
        price, unit = exact(base), ""
    if not price:
        return
    if unit not in _PER:
        notes.add("fixed.unit", f"{kind}.base", unit)
        return
    yield {"id": f"{kind}_base", "kind": "fixed", "amount": money(price), "per": _PER[unit], "taxes": [],
           "name": _NAMES.get(kind, {})}  # fmt: skip


def _energy(kind: str, entries: Sequence[Any], calendar: Calendar, notes: Notes) -> Iterator[dict[str, Any]]:
    bands, prices = _bands(f"{kind}_energy", entries, ("chf/kwh", ""), notes)
    if not any(prices):
        return
    charge = {"id": f"{kind}_energy", "taxes": [], "name": _NAMES.get(kind, {})}
    if len(prices) == 1 and covered(bands)[0]:
        yield one_price(f"{kind}_energy", money(prices[0]), _NAMES.get(kind, {}))
        return
    bands, prices = _whole(f"{kind}_energy", bands, prices, notes)
    calendar.add(f"{kind}_energy", bands)
    rates = {f"{kind}_energy_{n}": money(p) for n, p in enumerate(prices)}
    yield {**charge, "kind": "tou", "schedule": f"{kind}_energy", "rates": rates}


def _power(kind: str, entries: Sequence[Any], calendar: Calendar, notes: Notes) -> Iterator[dict[str, Any]]:
    bands, prices = _bands(f"{kind}_power", entries, tuple(_PER_KW), notes)
    if not any(prices):
        return
    units = {word(member(e, "priceUnit")) for e in entries}
    per = _PER_KW.get(next(iter(units)), "month")
    if len(units) > 1:
        notes.add("power.unit", kind)
    charge = {"id": f"{kind}_power", "kind": "demand", "per": per, "taxes": [], "name": _NAMES.get(kind, {})}
    if len(prices) == 1 and covered(bands)[0]:
        yield {**charge, "rate": money(prices[0])}
        return
    bands, prices = _whole(f"{kind}_power", bands, prices, notes)
    calendar.add(f"{kind}_power", bands)
    for n, price in enumerate(prices):
        if price:
            block = f"{kind}_power_{n}"
            yield {**charge, "id": block, "quantity": f"demand_kw.{block}", "rate": money(price)}


def _reactive(kind: str, entries: Sequence[Any], notes: Notes) -> Iterator[dict[str, Any]]:
    prices = {p for e in entries if (p := exact(member(e, "price")))}
    if not prices:
        return
    if len(prices) > 1:
        notes.add("reactive.hours", kind)
        return
    notes.add("reactive.free", kind)
    yield {"id": f"{kind}_reactive", "kind": "reactive", "rate": money(prices.pop()), "above_share": "0",
           "taxes": [], "name": {"en": "Reactive energy", "es": "Energía reactiva"}}  # fmt: skip


def _bands(
    name: str, entries: Sequence[Any], units: Sequence[str], notes: Notes
) -> tuple[list[Band], list[Decimal]]:
    """Bands of blocks ``name_0`` and so on, and the price of each block."""
    if len(entries) > _MOST_PRICES:
        raise FileRefused(
            f"'{name}' has {len(entries)} prices: too many for hours of a week.",
            hint="Prices of each quarter of an hour are dynamic ones.",
            code="file.too_many",
        )
    bands: list[Band] = []
    prices: list[Decimal] = []
    for entry in entries:
        price, unit = exact(member(entry, "price")), word(member(entry, "priceUnit"))
        spans = _spans(entry)
        if price is None or unit not in units or spans is None:
            notes.add("price.damaged", name)
            continue
        if price not in prices:
            prices.append(price)
        block = f"{name}_{prices.index(price)}"
        months, days = _months(entry), _days(entry)
        bands += [Band(block, months, days, a, b) for a, b in spans]
    return bands, prices


def _whole(
    name: str, bands: list[Band], prices: list[Decimal], notes: Notes
) -> tuple[list[Band], list[Decimal]]:
    """Hours without a price cost nothing, and that is told; two prices at once, too."""
    all_priced, once = covered(bands)
    if not once:
        notes.add("hours.twice", name)
    if all_priced:
        return bands, prices
    notes.add("hours.unpriced", name)
    return [*bands, Band(f"{name}_{len(prices)}", end=_DAY_MIN)], [*prices, Decimal(0)]


def _spans(entry: Any) -> list[tuple[int, int]] | None:
    """Minutes of the day, two parts where they run over midnight."""
    start, end = _minute(member(entry, "from")), _minute(member(entry, "to"))
    if start is None or end is None:
        return None
    end = _DAY_MIN if end in (0, _DAY_MIN - 1) else end  # "23:59" is meant as the end of the day
    if start in (end, 0) and end == _DAY_MIN:
        return [(0, _DAY_MIN)]
    return [(start, end)] if start < end else [(start, _DAY_MIN), (0, end)]


def _minute(node: Any) -> int | None:
    hour, _, minute = text(node).partition(":")
    if not (hour.isascii() and hour.isdigit() and minute[:2].isascii() and minute[:2].isdigit()):
        return None
    total = int(hour) * 60 + int(minute[:2]) if len(hour) <= 2 else _DAY_MIN + 1
    return total if total <= _DAY_MIN else None


def _days(entry: Any) -> frozenset[int]:
    words = {word(d)[:2] for d in members(member(entry, "weekdays"))}
    known = frozenset(_DAYS[w] for w in words if w in _DAYS)
    return known if known and "ed" not in words else _EVERY


def _months(entry: Any) -> frozenset[int]:
    words = {word(m)[:3] for m in members(member(entry, "months"))}
    known = frozenset(_MONTHS.index(w) + 1 for w in words if w in _MONTHS)
    return known or ALL_MONTHS
