"""Dynamic prices of Swiss grid operators and suppliers: what the address in a machine-readable tariff answers.

Prices of each quarter of an hour by kind (electricity, grid, fees, energy sent), in the form of the branch's
standard [1]_: version 1 lists components, version 2 names them. Each kind becomes a price series.

.. [1] SmartGridready, Dynamic Tariff Retrieval API, after VSE "Dynamische Netznutzungstarife" (HDN-CH 2025)
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from kanchay.adapters.tariffs.draft import Answers, ForeignTariff, Notes, slug
from kanchay.adapters.tariffs.slots import Slot, local_day, series_of
from kanchay.adapters.tariffs.values import exact, member, members, money, seconds, word
from kanchay.domain.errors import FileRefused
from kanchay.domain.priceseries import PriceSeries

__all__ = ["looks_like", "read"]

_ZONE: Final = "Europe/Zurich"
_QUARTER: Final = 900
_NAMES: Final = {
    "electricity": {"en": "Electricity", "es": "Energía"},
    "grid": {"en": "Grid", "es": "Red"},
    "metering": {"en": "Metering", "es": "Medición"},
    "national_fees": {"en": "National fees", "es": "Tasas nacionales"},
    "regional_fees": {"en": "Fees of the place", "es": "Tasas del lugar"},
    "dso": {"en": "Grid and fees", "es": "Red y tasas"},
    "integrated": {"en": "Electricity and grid", "es": "Energía y red"},
    "feed_in": {"en": "Energy sent to the grid", "es": "Energía enviada a la red"},
}
_SUMS: Final = {"dso": {"grid"}, "integrated": {"electricity"}}  # a sum is left where its parts are there
_PER: Final = {"chf/m": "month", "chf/y": "year", "chf/d": "day"}


def looks_like(root: Any) -> bool:
    """Whether a JSON document is an answer of such an address."""
    return any(member(p, "start_timestamp") for p in members(member(root, "prices"))[:3])


def read(root: Any, answers: Answers) -> list[ForeignTariff]:
    """One tariff of the kinds in the answer, a sum of kinds only where its parts are missing.

    Raises
    ------
    FileRefused
        No price of energy can be read, or the prices cover no whole day.
    """
    notes = Notes()
    key = answers.tariff_id or "ch.imported.dynamic"
    slots, bases = _laid_out(root, notes)
    kinds = [k for k in slots if not _SUMS.get(k, {""}) & set(slots)]
    if not kinds:
        raise FileRefused(
            "The file holds no price of energy.",
            hint="Save the answer of an operator's tariff address.",
            code="tariff.empty",
        )
    series = [series_of(f"{slug(key)}_{k}_price", "CHF", slots[k], _QUARTER, notes) for k in kinds]
    notes.add("vat.unsaid", "prices")
    charges = [
        c for k, s in zip(kinds, series, strict=True) for c in _charges(k, s, bases.get(k, set()), notes)
    ]
    document = {
        "schema": "tariff/1",
        "id": key,
        "country": "CH",
        "currency": "CHF",
        "timezone": _ZONE,
        "provider": {"id": key.split(".")[1] if key.count(".") else "ch", "name": key},
        "option": {"code": key.rpartition(".")[2], "name": {"en": key, "es": key}},
        "eligibility": {"segment": "any", "meter": "smart"},
        "proration": "by_reading_date",
        "rounding": {"quantity": 3, "unit_price": 6, "line": 2},
        **({"export": {"mode": "price_series", "surplus": "pay"}} if "feed_in" in kinds else {}),
        "taxes": [],
        "versions": [_version([slot for k in kinds for slot in slots[k]], charges, notes)],
    }
    return [ForeignTariff(document, notes.all(), {s.name: s for s in series})]


def _laid_out(root: Any, notes: Notes) -> tuple[dict[str, list[Slot]], dict[str, set[tuple[str, Decimal]]]]:
    """By kind: prices of energy by rising start, and the base prices that were told with them."""
    slots: dict[str, dict[int, Slot]] = {}
    bases: dict[str, set[tuple[str, Decimal]]] = {}
    for item in members(member(root, "prices")):
        start, end = seconds(member(item, "start_timestamp")), seconds(member(item, "end_timestamp"))
        if start is None or end is None or end <= start or start % _QUARTER or end % _QUARTER:
            notes.add("price.damaged", "prices")
            continue
        notes.unknown(item, {"start_timestamp", "end_timestamp", "refund", *_NAMES}, "prices.")
        if item.get("refund"):
            notes.add("refund.storage", "refund")
        for kind in _NAMES:
            for unit, value in _components(item.get(kind)):
                if value is None:
                    notes.add("price.damaged", kind)
                elif unit == "chf/kwh":
                    slots.setdefault(kind, {})[start] = (start, end, float(value))
                elif unit in _PER:
                    bases.setdefault(kind, set()).add((unit, value))
                elif value:
                    notes.add("fixed.unit", kind, unit)
    return {k: [own[start] for start in sorted(own)] for k, own in slots.items()}, bases


def _components(node: Any) -> Iterator[tuple[str, Decimal | None]]:
    """Unit and value of each component, listed (version 1: ``CHF_kWh``) or named (version 2: ``CHF/kWh``)."""
    parts = list(node.values()) if isinstance(node, dict) else members(node)
    for part in parts:
        if isinstance(part, dict):
            yield word(part.get("unit")).replace("_", "/"), exact(part.get("value"))


def _charges(
    kind: str, series: PriceSeries, bases: set[tuple[str, Decimal]], notes: Notes
) -> Iterator[dict[str, Any]]:
    charge = {"id": kind, "kind": "series", "series": series.name, "taxes": [], "name": _NAMES[kind]}
    if kind == "feed_in":
        yield {**charge, "quantity": "export_kwh", "credit": True}
        return
    yield charge
    if len(bases) > 1:
        notes.add("fixed.changing", kind)
    elif bases:
        ((unit, value),) = bases
        yield {"id": f"{kind}_base", "kind": "fixed", "amount": money(value), "per": _PER[unit], "taxes": [],
               "name": _NAMES[kind]}  # fmt: skip


def _version(slots: list[Slot], charges: list[dict[str, Any]], notes: Notes) -> dict[str, Any]:
    start = local_day(min(s[0] for s in slots), _ZONE, whole=True)
    end = local_day(max(s[1] for s in slots), _ZONE, whole=False)
    if end <= start:
        raise FileRefused(
            "The prices of the file cover no whole day.", hint="Ask for more of them.", code="tariff.empty"
        )
    source = {"title": "Dynamic prices of the imported file", "url": None, "date": start.isoformat(),
              "confidence": notes.confidence, "basis": "official"}  # fmt: skip
    return {"valid_from": start.isoformat(), "valid_to": end.isoformat(), "prices_include": [],
            "source": source, "charges": charges}  # fmt: skip
