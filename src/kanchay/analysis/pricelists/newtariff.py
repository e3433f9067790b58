"""A first tariff of a distributor or system: the rules of an option as another document has them, the list's prices.

What an option charges and when is national; prices, street lighting and connection upkeep are each distributor's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from kanchay.analysis.pricelists.propose import propose
from kanchay.analysis.pricelists.words import bare
from kanchay.analysis.tariff.document import TariffInvalid
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.names import slug
from kanchay.domain.pricelist import PriceList, Proposal

__all__ = ["Distributor", "models_for", "propose_new"]

_OWN_VALUES: Final = ("alicuota", "reposicion")  # what each distributor prints on its receipts
_ABSOLUTE: Final = ("fose", "unit")  # flags that mean something beside another distributor's prices


@dataclass(frozen=True, slots=True)
class Distributor:
    """Whose tariff it becomes.

    Attributes
    ----------
    id : str
        Such as ``hidrandina``.
    name : str
        As people know it.
    system : str
        The electric system of the list.
    """

    id: str
    name: str
    system: str


def models_for(
    documents: Mapping[str, Mapping[str, Any]], offered: PriceList, whose: Distributor
) -> list[Mapping[str, Any]]:
    """One document for each option of the list that the distributor has no tariff of: the one with the newest list.

    Parameters
    ----------
    documents : mapping of str to mapping
        Every tariff document that we hold.
    offered : PriceList
    whose : Distributor

    Returns
    -------
    list of mapping

    Examples
    --------
    >>> empty = PriceList("l.pdf", "", "", "pluz", "Lima Norte", date(2026, 10, 4), True, ())
    >>> models_for({}, empty, Distributor("hidrandina", "Hidrandina", "Trujillo"))
    []
    """
    options = {bare(row.option).replace("-", "") for row in offered.rows}
    best: dict[str, Mapping[str, Any]] = {}
    for key, document in sorted(documents.items(), key=lambda item: _newest(item[1])):
        if document.get("country") == "PE" and bare(document["option"]["code"]).replace("-", "") in options:
            best[key.rsplit(".", 1)[-1]] = document
    return [document for document in best.values() if _id(document, whose) not in documents]


def _newest(document: Mapping[str, Any]) -> str:
    return max(str(version["valid_from"]) for version in document["versions"])


def _id(model: Mapping[str, Any], whose: Distributor) -> str:
    parts = (slug(whose.id), slug(whose.system), str(model["id"]).rsplit(".", 1)[-1])
    return ".".join(("pe", *(part.replace("-", "_") for part in parts)))


def propose_new(model: Mapping[str, Any], offered: PriceList, whose: Distributor, today: date) -> Proposal:
    """What a list would make of an option that we hold of another distributor only.

    Parameters
    ----------
    model : mapping
        That other one's document.
    offered : PriceList
    whose : Distributor
    today : date
        When the list was looked at.

    Returns
    -------
    Proposal
        `replaces` is None and no price has an old one.

    Raises
    ------
    TariffInvalid
        The model itself has mistakes.
    """
    blank = _blank(model, whose)
    made = propose(blank, offered, today)
    if made.refused:
        return replace(made, replaces=None)
    document = dict(made.document)
    document["versions"] = [
        v for v in document["versions"] if v["valid_from"] == offered.valid_from.isoformat()
    ]
    document["versions"][0] |= {"valid_to": None}
    document["parameters"] = _needed(document)
    changes = tuple(replace(change, old=change.old * 0) for change in made.changes)
    flags = tuple(flag for flag in made.flags if flag.code in _ABSOLUTE)
    notes = (*made.notes, f"a new tariff: its rules are those of {model['id']}, its prices the list's")
    try:
        parse_tariff(document)
    except TariffInvalid as error:
        told = f"it would not be valid: {error.message}"
        return Proposal(document["id"], offered.valid_from, refused=told, why="invalid")
    return Proposal(document["id"], offered.valid_from, None, changes, flags, notes, document)


def _blank(model: Mapping[str, Any], whose: Distributor) -> dict[str, Any]:
    """The model in the distributor's name, without what is the other one's own."""
    blank = deepcopy(dict(model))
    blank["id"] = _id(model, whose)
    blank["provider"] = {"id": whose.id, "name": whose.name, "system": whose.system}
    blank["stale_after_days"] = 45
    for version in blank["versions"]:
        version["source"]["url"] = None
    for parameter in blank.get("parameters") or []:
        if parameter["id"] in _OWN_VALUES:
            for key in ("values", "default", "source"):
                parameter.pop(key, None)
    return blank


def _needed(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parameters that a charge still names."""
    named = set(_texts([document.get("common_charges"), document["versions"]]))
    return [p for p in document.get("parameters") or [] if p["id"] in named]


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        part = list(part.values())
    if isinstance(part, Sequence) and not isinstance(part, str):
        for member in part:
            yield from _texts(member)
    elif isinstance(part, str):
        yield part
