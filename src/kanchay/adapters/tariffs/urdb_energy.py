"""Energy of a rate of the database: time of use, tiers, seasons, monthly adjustments, energy sent to the grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from kanchay.adapters.tariffs.draft import Notes, one_price
from kanchay.adapters.tariffs.hours import ALL_MONTHS, Band, Calendar, bands_of_grids
from kanchay.adapters.tariffs.values import exact, grid, member, members, money, word
from kanchay.domain.errors import FileRefused

__all__ = ["adjustment", "energy_charges", "export_charge"]

_LIMITS: Final = {"": "period", "kwh": "period", "kwh daily": "day", "kwh/kw": "kw"}
_NAME: Final = {"en": "Energy", "es": "Energía"}


@dataclass(frozen=True, slots=True)
class _Period:
    """One period: limits of its tiers, their prices, and what is paid for energy sent."""

    block: str
    limits: tuple[Decimal | None, ...]
    prices: tuple[Decimal, ...]
    sells: tuple[Decimal | None, ...]
    basis: str

    @property
    def tiers(self) -> Any:
        return _tiers(self.limits, [{"rate": money(p)} for p in self.prices])


def _tiers(limits: tuple[Decimal | None, ...], prices: list[dict[str, Any]]) -> Any:
    """Tiers as our documents write them; one price alone as a text."""
    if len(prices) == 1 and "rate" in prices[0]:
        return prices[0]["rate"]
    return [{"up_to": None if m is None else money(m), **p} for m, p in zip(limits, prices, strict=True)]


def energy_charges(item: Mapping[str, Any], calendar: Calendar, notes: Notes) -> list[dict[str, Any]]:
    """Charges of the energy taken from the grid.

    Raises
    ------
    FileRefused
        Periods, tiers or tables cannot be understood: a tariff without its energy would be a wrong one.
    """
    months = _months_of_periods(item)
    if not months:
        if members(item.get("energyratestructure")):
            raise _damaged("energyweekdayschedule")
        notes.add("energy.none", "energyratestructure")
        return []
    periods = {n: _period(item, n, notes) for n in months}
    if len(periods) == 1:
        (only,) = periods.values()
        return [_banded("energy", "energy_kwh", only.basis, only.tiers)]
    calendar.add("energy", _bands(item))
    if max(len(p.prices) for p in periods.values()) == 1:
        return [_tou("energy", periods.values(), "period")]
    return _tiered(periods, months, calendar, notes)


def _damaged(field: str) -> FileRefused:
    return FileRefused(
        f"The rate's '{field}' cannot be understood.",
        hint="Ask the service for this rate with detail=full.",
        code="file.damaged",
    )


def _months_of_periods(item: Mapping[str, Any]) -> dict[int, frozenset[int]]:
    """Months in which each period has an hour; a single period needs no tables."""
    tables = _grids(item, "energy")
    if tables is None:
        return {0: ALL_MONTHS} if len(members(item.get("energyratestructure"))) == 1 else {}
    found: dict[int, set[int]] = {}
    for table in tables:
        for month, row in enumerate(table, start=1):
            for value in row:
                found.setdefault(value, set()).add(month)
    return {n: frozenset(found[n]) for n in sorted(found)}


def _grids(item: Mapping[str, Any], kind: str) -> tuple[list[list[int]], list[list[int]]] | None:
    week, end = (grid(item.get(f"{kind}week{day}schedule"), 12, 24) for day in ("day", "end"))
    return None if week is None or end is None else (week, end)


def _bands(item: Mapping[str, Any]) -> list[Band]:
    tables = _grids(item, "energy")
    return [] if tables is None else bands_of_grids(*tables, [f"p{n}" for n in range(100)])


def _period(item: Mapping[str, Any], number: int, notes: Notes) -> _Period:
    structure = members(item.get("energyratestructure"))
    tiers = [t for t in members(structure[number]) if isinstance(t, dict)] if number < len(structure) else []
    where = f"energyratestructure[{number}]"
    if not tiers:
        raise _damaged(where)
    units = {word(t.get("unit")) for t in tiers if exact(t.get("max")) is not None}
    basis = _LIMITS.get(next(iter(units), "")) if len(units) < 2 else None
    if basis is None:
        raise FileRefused(
            f"Tiers of '{where}' are counted in {', '.join(sorted(units))}: our tariffs have no word for it.",
            hint="Write this tariff by hand: kanchay tariff schema prints the format.",
            code="tariff.no_word",
        )
    limits = [exact(t.get("max")) for t in tiers[:-1]]
    known = [m for m in limits if m is not None]
    if len(known) < len(limits) or any(b <= a for a, b in pairwise(known)):
        raise _damaged(where)
    if exact(tiers[-1].get("max")) is not None:
        notes.add("tier.open", where)
    prices = tuple(_price(t, where, notes) for t in tiers)
    return _Period(f"p{number}", (*limits, None), prices, tuple(exact(t.get("sell")) for t in tiers), basis)


def _price(tier: Mapping[str, Any], where: str, notes: Notes) -> Decimal:
    rate, more = exact(tier.get("rate")), exact(tier.get("adj"))
    if rate is None and more is None:
        notes.add("rate.missing", where)
    return (rate or Decimal(0)) + (more or Decimal(0))


def _tiered(
    periods: Mapping[int, _Period], months: Mapping[int, frozenset[int]], calendar: Calendar, notes: Notes
) -> list[dict[str, Any]]:
    """Tiers of the month's whole energy, shared over its periods; other limits in other seasons."""
    groups: dict[tuple[str, tuple[Decimal | None, ...]], list[_Period]] = {}
    spans: dict[tuple[str, tuple[Decimal | None, ...]], set[int]] = {}
    for number, period in periods.items():
        groups.setdefault((period.basis, period.limits), []).append(period)
        spans.setdefault((period.basis, period.limits), set()).update(months[number])
    if sum(len(s) for s in spans.values()) > len(ALL_MONTHS):
        notes.add("tiers.unlike", "energyratestructure")
        return _own_tiers(groups)
    if sum(len(m) for m in months.values()) == len(ALL_MONTHS):  # never two periods in a month
        return _own_tiers(groups)
    if len(groups) == 1:
        ((basis, limits), group) = next(iter(groups.items()))
        return [_banded("energy", "energy_kwh", basis, _shared(limits, group))]
    bands = [Band(f"tiers_{n}", frozenset(months)) for n, months in enumerate(spans.values())]
    calendar.add("tiers", bands)
    return [
        _banded(f"energy_{n}", f"energy_kwh.tiers_{n}", basis, _shared(limits, group))
        for n, ((basis, limits), group) in enumerate(groups.items())
    ]


def _own_tiers(groups: Mapping[tuple[str, Any], list[_Period]]) -> list[dict[str, Any]]:
    """Each period its own tiers: one charge, or one each where they are counted in several units."""
    periods = [p for group in groups.values() for p in group]
    if len({p.basis for p in periods}) == 1:
        return [_tou("energy", periods, periods[0].basis)]
    return [_banded(f"energy_{p.block}", f"energy_kwh.{p.block}", p.basis, p.tiers) for p in periods]


def _shared(limits: tuple[Decimal | None, ...], group: list[_Period]) -> Any:
    prices = [{"rates": {p.block: money(p.prices[i]) for p in group}} for i in range(len(limits))]
    return _tiers(limits, prices)


def _banded(key: str, quantity: str, basis: str, tiers: Any) -> dict[str, Any]:
    listed = tiers if isinstance(tiers, list) else [{"up_to": None, "rate": tiers}]
    charge = {"id": key, "kind": "banded", "quantity": quantity, "select": "marginal", "tiers": listed}
    return {**charge, **({} if basis == "period" else {"limits": basis}), "taxes": [], "name": _NAME}


def _tou(key: str, periods: Any, basis: str) -> dict[str, Any]:
    charge = {"id": key, "kind": "tou", "schedule": "energy", "rates": {p.block: p.tiers for p in periods}}
    return {**charge, **({} if basis == "period" else {"limits": basis}), "taxes": [], "name": _NAME}


def adjustment(item: Mapping[str, Any], calendar: Calendar, notes: Notes) -> list[dict[str, Any]]:
    """A price of each kWh by month on top, such as fuel."""
    values = members(item.get("fueladjustmentsmonthly"))
    known = [exact(v) for v in values]
    if not any(known):
        return []
    if len(known) != len(ALL_MONTHS) or None in known:
        notes.add("adjustment.months", "fueladjustmentsmonthly")
        return []
    prices = list(dict.fromkeys(known))
    bands = [
        Band(f"fuel_{n}", frozenset(m for m, v in enumerate(known, start=1) if v == price))
        for n, price in enumerate(prices)
    ]
    name = {"en": "Fuel adjustment", "es": "Ajuste de combustible"}
    if len(bands) == 1:
        return [one_price("fuel", money(known[0] or Decimal(0)), name)]
    calendar.add("fuel", bands)
    rates = {f"fuel_{n}": money(price or Decimal(0)) for n, price in enumerate(prices)}
    return [{"id": "fuel", "kind": "tou", "schedule": "fuel", "rates": rates, "taxes": [], "name": name}]


def export_charge(item: Mapping[str, Any], notes: Notes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the rate does with energy sent to the grid: the key `export` and the credit."""
    rule = word(item.get("dgrules"))
    if rule == "net metering" or (not rule and item.get("usenetmetering") is True):
        notes.add("export.year_end", "dgrules")
        return {"export": {"mode": "net_metering", "surplus": "carry"}}, []
    if rule.startswith("net billing"):
        credit = _credit(item, notes)
        return {"export": {"mode": "net_billing", "surplus": "pay"}}, credit
    if rule:
        notes.add("export.rule", "dgrules", rule)
    return {}, []


def _credit(item: Mapping[str, Any], notes: Notes) -> list[dict[str, Any]]:
    sells = {n: _sell(item, n, notes) for n in _months_of_periods(item)}
    name = {"en": "Energy sent", "es": "Energía inyectada"}
    if not any(sells.values()):
        notes.add("export.price", "energyratestructure")
        return []
    if len(set(sells.values())) == 1:
        price = money(next(iter(sells.values())))
        return [{**one_price("export", price, name, quantity="export_kwh"), "credit": True}]
    rates = {f"p{n}": money(price) for n, price in sells.items()}
    return [
        {"id": "export", "kind": "tou", "quantity": "export_kwh", "schedule": "energy", "rates": rates,
         "credit": True, "taxes": [], "name": name}
    ]  # fmt: skip


def _sell(item: Mapping[str, Any], number: int, notes: Notes) -> Decimal:
    structure = members(item.get("energyratestructure"))
    tiers = members(structure[number]) if number < len(structure) else []
    prices = {exact(member(t, "sell")) or Decimal(0) for t in tiers}
    if len(prices) > 1:
        notes.add("export.tiers", f"energyratestructure[{number}]")
    return exact(member(tiers[0], "sell")) or Decimal(0) if tiers else Decimal(0)
