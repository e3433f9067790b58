"""Demand of a rate of the database: by hour, flat by month, with ratchet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from kanchay.adapters.tariffs.draft import Notes
from kanchay.adapters.tariffs.hours import Band, Calendar, bands_of_grids
from kanchay.adapters.tariffs.values import exact, grid, members, money, word

__all__ = ["demand_charges", "demand_window"]

_UNITS: Final = ("", "kw")
_YEAR_BEFORE: Final = 11  # months, with this one a year
_MOST_WINDOW: Final = 60
Tiers = list[tuple[Decimal | None, Decimal]]  # limit and price


def demand_window(item: Mapping[str, Any]) -> dict[str, int]:
    """The key `demand_window_min`; a quarter of an hour where the file does not say."""
    minutes = exact(item.get("demandwindow"))
    known = minutes is not None and minutes in (5, 10, 15, 30, _MOST_WINDOW)
    return {"demand_window_min": int(minutes)} if known and minutes is not None else {}


def demand_charges(item: Mapping[str, Any], calendar: Calendar, notes: Notes) -> list[dict[str, Any]]:
    """Charges of the highest power."""
    return [*_flat(item, calendar, notes), *_by_hour(item, calendar, notes)]


def _flat(item: Mapping[str, Any], calendar: Calendar, notes: Notes) -> list[dict[str, Any]]:
    """The highest power of the month, at that month's price."""
    periods = _periods(item, "flatdemandstructure", "flatdemandunit", notes)
    if not any(price for tiers in periods for _, price in tiers):
        return []
    months = [exact(v) for v in members(item.get("flatdemandmonths"))] or [Decimal(0)] * 12
    if len(months) != 12 or any(m is None or not 0 <= m < len(periods) for m in months):
        notes.add("demand.months", "flatdemandmonths")
        return []
    used = list(dict.fromkeys(int(m or 0) for m in months))
    charge = {"id": "demand", "kind": "demand", "taxes": [], "name": {"en": "Demand", "es": "Potencia"}}
    charge |= _ratchet(item, notes)
    if len(used) == 1:
        return [{**charge, "rate": _written(periods[used[0]])}]
    calendar.add("flat_demand", [
        Band(f"flat_{n}", frozenset(m for m, v in enumerate(months, start=1) if v == n)) for n in used
    ])  # fmt: skip
    if len({tuple(limit for limit, _ in periods[n]) for n in used}) == 1:
        return [{**charge, "rate": _by_season(periods, used)}]
    return _apart(charge, periods, used, notes)


def _apart(
    charge: dict[str, Any], periods: list[Tiers], used: list[int], notes: Notes
) -> list[dict[str, Any]]:
    """Seasons whose tiers have other limits: one charge each, which cannot look back beyond its season."""
    if charge.pop("ratchet", None):
        notes.add("demand.ratchet_seasons", "demandratchetpercentage")
    return [
        {**charge, "id": f"demand_flat_{n}", "quantity": f"demand_kw.flat_{n}", "rate": _written(periods[n])}
        for n in used
    ]


def _by_hour(item: Mapping[str, Any], calendar: Calendar, notes: Notes) -> list[dict[str, Any]]:
    """The highest power of each period's hours."""
    periods = _periods(item, "demandratestructure", "demandrateunit", notes)
    if not any(price for tiers in periods for _, price in tiers):
        return []
    week, end = (grid(item.get(f"demandweek{day}schedule"), 12, 24) for day in ("day", "end"))
    used = {v for table in (week, end) for row in table or () for v in row}
    if week is None or end is None or max(used) >= len(periods):
        notes.add("demand.hours", "demandweekdayschedule")
        return []
    if exact(item.get("lookbackpercent")):
        notes.add("demand.lookback", "lookbackpercent")
    if used == {0}:
        return [
            {"id": "demand_hours", "kind": "demand", "rate": _written(periods[0]), "taxes": [], "name": _NAME}
        ]
    calendar.add("demand", bands_of_grids(week, end, [f"d{n}" for n in range(100)]))
    return [
        {"id": f"demand_d{n}", "kind": "demand", "quantity": f"demand_kw.d{n}", "rate": _written(periods[n]),
         "taxes": [], "name": _NAME}
        for n in sorted(used)
        if any(price for _, price in periods[n])
    ]  # fmt: skip


_NAME: Final = {"en": "Demand by hour", "es": "Potencia por horas"}


def _periods(item: Mapping[str, Any], field: str, unit_field: str, notes: Notes) -> list[Tiers]:
    """Tiers of each period; none, and said, where they are not prices of a kW."""
    structure = members(item.get(field))
    if not structure:
        return []
    unit = word(item.get(unit_field))
    periods = [[_tier(t) for t in members(tiers) if isinstance(t, dict)] for tiers in structure]
    priced = any(price for tiers in periods for _, price in tiers)
    if unit not in _UNITS:
        if priced:
            notes.add("demand.unit", unit_field, unit)
        return []
    if not all(_rises(tiers) for tiers in periods):
        notes.add("demand.tiers", field)
        return []
    return [[*tiers[:-1], (None, tiers[-1][1])] for tiers in periods]


def _tier(tier: Mapping[str, Any]) -> tuple[Decimal | None, Decimal]:
    price = (exact(tier.get("rate")) or Decimal(0)) + (exact(tier.get("adj")) or Decimal(0))
    return exact(tier.get("max")), price


def _rises(tiers: Tiers) -> bool:
    limits = [limit for limit, _ in tiers[:-1]]
    known = [limit for limit in limits if limit is not None]
    return bool(tiers) and len(known) == len(limits) and all(a < b for a, b in pairwise(known))


def _written(tiers: Tiers) -> Any:
    if len(tiers) == 1:
        return money(tiers[0][1])
    return [
        {"up_to": None if limit is None else money(limit), "rate": money(price)} for limit, price in tiers
    ]


def _by_season(periods: list[Tiers], used: list[int]) -> list[dict[str, Any]]:
    first = periods[used[0]]
    return [
        {"up_to": None if limit is None else money(limit),
         "rates": {f"flat_{n}": money(periods[n][place][1]) for n in used}}
        for place, (limit, _) in enumerate(first)
    ]  # fmt: skip


def _ratchet(item: Mapping[str, Any], notes: Notes) -> dict[str, Any]:
    shares = {exact(v) for v in members(item.get("demandratchetpercentage"))} - {None}
    if not any(shares):
        return {}
    if len(shares) > 1:
        notes.add("demand.ratchet_months", "demandratchetpercentage")
        return {}
    return {"ratchet": {"share": money(shares.pop() or Decimal(0)), "months": _YEAR_BEFORE}}
