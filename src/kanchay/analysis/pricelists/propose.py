"""A new version of a tariff document: the newest one with the prices of a list in their places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kanchay.analysis.pricelists.flags import flags_of, fose_flags
from kanchay.analysis.pricelists.places import (
    price_at,
    price_places,
    put_price,
    with_fixed_in_bands,
    with_reactive_rate,
)
from kanchay.analysis.pricelists.slots import list_option, slots_of
from kanchay.analysis.tariff.document import TariffInvalid
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.pricelist import ListRow, ListSlot, PriceChange, PriceList, Proposal
from kanchay.domain.tariff import Tariff

__all__ = ["propose"]

_TAX: Final = "igv"
_WHOLE: Final[Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]] = {
    "BT5F": with_fixed_in_bands,
    "MT4": with_reactive_rate,
}


def propose(document: Mapping[str, Any], offered: PriceList, today: date) -> Proposal:
    """What a list would make of a tariff.

    Every price that the newest version holds must be in the list: prices of two lists are never mixed in one version.

    Parameters
    ----------
    document : mapping
        A valid tariff document.
    offered : PriceList
    today : date
        When the list was looked at; goes into the new version's source.

    Returns
    -------
    Proposal
        With the whole new document, or with the reason why there is none.

    Raises
    ------
    TariffInvalid
        The document itself has mistakes.

    Examples
    --------
    >>> empty = PriceList("l.pdf", "", "", "pluz", "Lima Norte", date(2026, 10, 4), True, ())
    >>> source = {"title": "List", "date": "2026-09-04", "confidence": "high", "basis": "official"}
    >>> document = {
    ...     "schema": "tariff/1", "id": "x", "country": "PE", "currency": "PEN", "timezone": "America/Lima",
    ...     "provider": {"id": "pluz", "name": "Pluz", "system": "Lima Norte"}, "option": {"code": "BT6"},
    ...     "versions": [{"valid_from": "2026-09-04", "prices_include": [], "source": source, "charges": [
    ...         {"id": "fixed", "kind": "fixed", "amount": "2.32", "taxes": []}]}]}
    >>> propose(document, empty, date(2026, 11, 22)).refused
    'the list has no price of this option'
    """
    tariff = parse_tariff(document)
    newest, held = _newest(document, tariff), tariff.versions[-1].valid_from
    rows = _rows(offered, tariff)
    if told := _contest(offered, tariff) or _refusal(newest, rows):
        return Proposal(tariff.id, offered.valid_from, held, refused=told[1], why=told[0])
    prices = {slot.path: _price(slot, row) for slot, row in rows.items() if row is not None}
    basis = _Basis(offered.with_igv, _TAX in (newest.get("prices_include") or []), _tax_rate(tariff, offered))
    changes = tuple(_change(newest, slot, row, basis) for slot, row in rows.items() if row is not None)
    flags = flags_of(changes, offered, held, basis.rate)
    if tariff.eligibility.segment == "residential" and not any(flag.code == "unit" for flag in flags):
        flags += fose_flags(offered, list_option(tariff.option), _share(changes))
    if offered.valid_from == held and all(change.old == change.new for change in changes):
        told = ("held", "we hold this list already")
        return Proposal(tariff.id, offered.valid_from, held, refused=told[1], why=told[0])
    notes = tuple(_instead(slot) for slot, row in rows.items() if _is_instead(row, slot))
    made = _with_version(document, newest, offered, prices, today)
    wrong = _mistake(made)
    return Proposal(
        tariff.id, offered.valid_from, held, changes, flags, notes, made, wrong, "invalid" if wrong else ""
    )


@dataclass(frozen=True, slots=True)
class _Basis:
    """Whether the list's prices, and ours, have the tax inside, and its rate."""

    offered: bool
    held: bool
    rate: Decimal

    def of_list(self, price: Decimal) -> Decimal:
        """A price of ours as the list would print it."""
        if self.offered == self.held:
            return price
        return price / (1 + self.rate) if self.held else price * (1 + self.rate)


_Rows = dict[ListSlot, ListRow | None]


def _newest(document: Mapping[str, Any], tariff: Tariff) -> Mapping[str, Any]:
    """The newest version, with every place that a whole list has a price for."""
    newest: Mapping[str, Any] = max(document["versions"], key=lambda v: str(v["valid_from"]))
    whole = _WHOLE.get(list_option(tariff.option))
    return whole(newest) if whole else newest


def _rows(offered: PriceList, tariff: Tariff) -> _Rows:
    """The list's row for each place of the tariff."""
    option, segment = list_option(tariff.option), tariff.eligibility.segment
    return {slot: _row(offered, option, segment, slot) for slot in slots_of(tariff)}


def _row(offered: PriceList, option: str, segment: str, slot: ListSlot) -> ListRow | None:
    own = (offered.row(option, name, slot.group, slot.concept) for name in (segment, ""))
    found = next((row for row in own if row is not None), None)
    if found is None and slot.instead is not None:
        return offered.row(option, *slot.instead, slot.concept)
    return found


def _is_instead(row: ListRow | None, slot: ListSlot) -> bool:
    return row is not None and slot.instead == (row.segment, row.group)


def _instead(slot: ListSlot) -> str:
    segment, group = slot.instead or ("", "")
    return f"{slot.path}: the list prints none of its own, so the {segment} one '{group}' is taken"


_Told = tuple[str, str]  # a reason as a word and as a sentence


def _contest(offered: PriceList, tariff: Tariff) -> _Told | None:
    """Two prices for one place of the tariff, None where there are none."""
    option, segment = list_option(tariff.option), tariff.eligibility.segment
    places = {(slot.group, slot.concept) for slot in slots_of(tariff)}
    mine = [
        row
        for row in offered.contested
        if row.option == option and row.segment in (segment, "") and (row.group, row.concept) in places
    ]
    if not mine:
        return None
    one, other = mine[:2]
    told = f"{one.printed} ({one.where}) and {other.printed} ({other.where})"
    return "contested", f"the list prints two prices for {one.label}: {told}"


def _refusal(newest: Mapping[str, Any], rows: _Rows) -> _Told | None:
    """Why no version can be made, None where one can."""
    if not rows:
        return "unknown", "no table says where this option's prices stand in a list"
    if all(row is None for row in rows.values()):
        return "none", "the list has no price of this option"
    if missing := [f"{slot.concept} {slot.group}".strip() for slot, row in rows.items() if row is None]:
        return "lacks", f"the list lacks {', '.join(missing)}"
    if lost := [slot.path for slot in rows if price_at(newest, slot.path) is None]:
        return "unknown", f"the newest version has no place {', '.join(lost)}"
    if left := sorted(set(price_places(newest)) - {slot.path for slot in rows}):
        return "unknown", f"no table says where {', '.join(left)} stands in a list"
    return None


def _price(slot: ListSlot, row: ListRow) -> Decimal:
    """The price as its place takes it: one sum for the first 30 kWh, also where the list prints a kWh of it."""
    if slot.path.endswith("/amount") and slot.concept.endswith("first30") and row.per == "kWh":
        return (30 * row.value).quantize(Decimal("0.01"))
    return row.value


def _tax_rate(tariff: Tariff, offered: PriceList) -> Decimal:
    rates = [t.rate for t in tariff.taxes if t.id == _TAX and t.valid_from <= offered.valid_from]
    return rates[-1] if rates else Decimal(0)


def _change(newest: Mapping[str, Any], slot: ListSlot, row: ListRow, basis: _Basis) -> PriceChange:
    old = basis.of_list(Decimal(price_at(newest, slot.path) or 0))
    return PriceChange(slot.path, row.label, old, _price(slot, row), row.where)


def _share(changes: Sequence[PriceChange]) -> Decimal | None:
    """The lowest price over the excess price as we hold them."""
    old = {c.path: c.old for c in changes}
    low, excess = old.get("energy/bands/30/tiers/rest/rate"), old.get("energy/bands/140/tiers/rest/rate")
    return low / excess if low and excess else None


def _with_version(
    document: Mapping[str, Any],
    newest: Mapping[str, Any],
    offered: PriceList,
    prices: Mapping[str, Decimal],
    today: date,
) -> dict[str, Any]:
    """The document with the new version in its place by date; its neighbours end and begin where it does."""
    made = deepcopy(dict(document))
    version = deepcopy(dict(newest))
    version["valid_from"], version["valid_to"] = offered.valid_from.isoformat(), None
    version["prices_include"] = [_TAX] if offered.with_igv else []
    version["source"] = _source(newest, offered, today)
    version.pop("note", None)
    if version.get("review_from") and str(version["review_from"]) <= offered.valid_from.isoformat():
        del version["review_from"]
    for charge in version["charges"]:
        if charge.get("tax_included"):  # now as the whole list says
            del charge["tax_included"]
    for path, price in prices.items():
        put_price(version, path, format(price, "f"))
    others = [v for v in made["versions"] if str(v["valid_from"]) != version["valid_from"]]
    made["versions"] = sorted([*others, version], key=lambda v: str(v["valid_from"]))
    _close(made["versions"], version)
    return made


def _close(versions: list[dict[str, Any]], new: dict[str, Any]) -> None:
    at = versions.index(new)
    if at + 1 < len(versions):
        new["valid_to"] = str(versions[at + 1]["valid_from"])
    if at:
        before = versions[at - 1]
        if before.get("valid_to") is None or str(before["valid_to"]) > new["valid_from"]:
            before["valid_to"] = new["valid_from"]


def _source(newest: Mapping[str, Any], offered: PriceList, today: date) -> dict[str, Any]:
    """Where the prices come from: the file that the user downloaded, and its fingerprint."""
    publisher = "OSINERGMIN" if offered.publisher == "osinergmin" else "the distributor"
    address = "https://www.osinergmin.gob.pe/Tarifas/Electricidad/PliegoTarifario"
    return {
        "title": f"Price list of {offered.system} from {offered.valid_from} by {publisher}, file {offered.name}",
        "url": address if offered.publisher else newest.get("source", {}).get("url"),
        "date": offered.valid_from.isoformat(),
        "checked": today.isoformat(),
        "confidence": "high",
        "basis": "official",
        "note": f"SHA-256 of the file: {offered.fingerprint}",
    }


def _mistake(document: Mapping[str, Any]) -> str:
    try:
        parse_tariff(document)
    except TariffInvalid as error:
        return f"the version it makes is not valid: {error.message}"
    return ""
