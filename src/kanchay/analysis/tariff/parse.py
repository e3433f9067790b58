"""From a tariff document (parsed YAML, money as text) to the types of `kanchay.domain.tariff`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Final

from kanchay.analysis.tariff.document import Node, TariffInvalid
from kanchay.domain.bill import Source
from kanchay.domain.tariff import (
    Band,
    BandedCharge,
    Charge,
    Eligibility,
    ExportMode,
    Factor,
    FixedCharge,
    LookupCharge,
    LookupRow,
    Parameter,
    PerUnitCharge,
    Price,
    Proration,
    Rounding,
    Select,
    Tariff,
    Tax,
    Tier,
    Version,
)

__all__ = ["SCHEMA", "parse_source", "parse_tariff"]

SCHEMA: Final = "tariff/1"
_NEVER: Final = date.max
_TOP: Final = (
    "schema", "id", "country", "currency", "timezone", "provider", "option", "eligibility", "proration",
    "rounding", "taxes", "parameters", "common_charges", "versions", "export", "stale_after_days", "note",
)  # fmt: skip


def parse_tariff(document: Mapping[str, Any]) -> Tariff:
    """Turn a tariff document into a `Tariff`, or name every mistake in it.

    Parameters
    ----------
    document : mapping
        A parsed YAML or JSON document of schema ``tariff/1``; amounts and rates are texts.

    Returns
    -------
    Tariff
        With its versions oldest first.

    Raises
    ------
    TariffInvalid
        With the path and nature of each mistake.

    Examples
    --------
    >>> try:
    ...     parse_tariff({"schema": "tariff/2"})
    ... except TariffInvalid as error:
    ...     print(error.problems[0])
    ('schema', "must be 'tariff/1'")
    """
    root = Node(dict(document))
    root.known(*_TOP)
    if root["schema"].text() != SCHEMA:
        root["schema"].wrong(f"must be '{SCHEMA}'")
    tariff = _tariff(root)
    _check_references(root, tariff)
    if root.problems:
        raise TariffInvalid(f"Tariff '{tariff.id}'", root.problems)
    return tariff


def _tariff(root: Node) -> Tariff:
    provider, option = root["provider"], root["option"]
    return Tariff(
        id=root["id"].text(),
        country=root["country"].text(),
        currency=root["currency"].text(),
        timezone=root["timezone"].text(),
        provider=provider["id"].text(),
        provider_name=provider["name"].text(),
        system=provider["system"].text(needed=False),
        option=option["code"].text(),
        names=option["name"].words(),
        eligibility=_eligibility(root["eligibility"]),
        proration=root["proration"].choice(Proration, Proration.BY_READING_DATE),
        rounding=_rounding(root["rounding"]),
        taxes=tuple(_tax(n) for n in root["taxes"].items()),
        parameters=tuple(_parameter(n) for n in root["parameters"].items()),
        versions=_versions(root),
        export=root["export"]["mode"].choice(ExportMode, ExportMode.NONE),
        stale_after_days=root["stale_after_days"].whole(0) or None,
    )


def _eligibility(node: Node) -> Eligibility:
    return Eligibility(
        node["segment"].text(needed=False, default="any"),
        node["max_kw"].number(needed=False),
        node["meter"].text(needed=False),
    )


def _rounding(node: Node) -> Rounding:
    if not node:
        return Rounding()
    node.known("quantity", "unit_price", "line", "total_step", "carry")
    return Rounding(
        node["quantity"].whole(1),
        node["unit_price"].whole(4),
        node["line"].whole(2),
        node["total_step"].number(needed=False),
        node["carry"].flag(False),
    )


def parse_source(node: Node) -> Source:
    """A source of a price: title, address, date, confidence and basis are all told."""
    node.known("title", "url", "date", "checked", "confidence", "basis", "note")
    return Source(
        node["title"].text(),
        node["url"].text(needed=False) or None,
        node["date"].text(),
        node["confidence"].text(),
        node["basis"].text(),
    )


def _source(node: Node) -> Source | None:
    return parse_source(node) if node else None


def _tax(node: Node) -> Tax:
    node.known("id", "rate", "valid_from", "valid_to", "name", "source")
    return Tax(
        node["id"].text(),
        node["rate"].exact(),
        node["valid_from"].day() or date.min,
        node["valid_to"].day(needed=False),
        node["name"].words(),
        _source(node["source"]),
    )


def _parameter(node: Node) -> Parameter:
    node.known("id", "unit", "values", "default", "name", "help", "source")
    return Parameter(
        node["id"].text(),
        node["unit"].text(needed=False),
        tuple(_price(n) for n in node["values"].items()),
        node["default"].number(needed=False),
        node["name"].words(),
        node["help"].words(),
        _source(node["source"]),
    )


def _price(node: Node) -> Price:
    node.known("value", "valid_from", "valid_to", "source")
    return Price(
        node["value"].exact(),
        node["valid_from"].day() or date.min,
        node["valid_to"].day(needed=False),
        _source(node["source"]),
    )


def _versions(root: Node) -> tuple[Version, ...]:
    versions = sorted((_version(root, n) for n in root["versions"].items()), key=lambda v: v.valid_from)
    if not versions:
        root["versions"].wrong("must hold at least one version")
    for earlier, later in pairwise(versions):
        if (earlier.valid_to or _NEVER) > later.valid_from:
            root["versions"].wrong(f"{earlier.valid_from} and {later.valid_from} overlap")
    return tuple(versions)


def _version(root: Node, node: Node) -> Version:
    node.known("valid_from", "valid_to", "review_from", "prices_include", "source", "charges", "note")
    include = node["prices_include"].names()
    if not node["prices_include"]:
        node["prices_include"].wrong("is missing (write [] where prices exclude all taxes)")
    own = [_charge(n, include) for n in node["charges"].items()]
    common = [_charge(n, include) for n in root["common_charges"].items()]
    charges = tuple(c for c in (*own, *common) if c is not None)
    if len({c.id for c in charges}) < len(charges):
        node["charges"].wrong("uses a charge id twice")
    return Version(
        node["valid_from"].day() or date.min,
        node["valid_to"].day(needed=False),
        include,
        parse_source(node["source"]),
        charges,
        node["review_from"].day(needed=False),
        node["note"].text(needed=False),
    )


def _included(node: Node, include: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Taxes of a charge, and whether they are inside its prices: never partly."""
    taxes = node["taxes"].names()
    if not node["taxes"]:
        node["taxes"].wrong("is missing (write [] for an untaxed charge)")
    inside = node["tax_included"].flag(bool(taxes) and all(t in include for t in taxes))
    if not node["tax_included"] and any(t in include for t in taxes) and not inside:
        node["taxes"].wrong("are partly inside the price: split the charge")
    return taxes, inside


def _typed_without_tax(node: Node, inside: bool) -> None:
    """Receipts print such values without tax; only list prices may include it."""
    if inside:
        node["tax_included"].wrong("must be false where a parameter or a table makes the amount")


def _charge(node: Node, include: tuple[str, ...]) -> Charge | None:
    kind = node["kind"].text()
    reader = _READERS.get(kind)
    if reader is None:
        node["kind"].wrong(f"'{kind}' is not one of {', '.join(_READERS)}")
        return None
    return reader(node, include)


def _banded(node: Node, include: tuple[str, ...]) -> Charge:
    node.known(
        "id",
        "kind",
        "quantity",
        "select",
        "bands",
        "tiers",
        "fixed_id",
        "name",
        "fixed_name",
        "taxes",
        "tax_included",
    )
    taxes, inside = _included(node, include)
    select = node["select"].choice(Select, Select.BY_TOTAL)
    bands = (
        (Band(None, _tiers(node["tiers"])),)
        if select is Select.MARGINAL
        else tuple(
            Band(n["up_to"].number(needed=False), _tiers(n["tiers"]), _fixed_of(n))
            for n in node["bands"].items()
        )
    )
    _check_rising(node["bands"], [b.up_to for b in bands])
    return BandedCharge(
        node["id"].text(),
        node["quantity"].text(),
        select,
        bands,
        taxes,
        inside,
        node["fixed_id"].text(needed=False, default="fixed"),
        node["name"].words(),
        node["fixed_name"].words(),
    )


def _fixed_of(node: Node) -> Any:
    node.known("up_to", "fixed", "tiers")
    return node["fixed"].number(needed=False)


def _tiers(node: Node) -> tuple[Tier, ...]:
    tiers = tuple(_tier(n) for n in node.items())
    _check_rising(node, [t.up_to for t in tiers])
    return tiers


def _tier(node: Node) -> Tier:
    node.known("up_to", "rate", "amount")
    tier = Tier(
        node["up_to"].number(needed=False),
        node["rate"].number(needed=False),
        node["amount"].number(needed=False),
    )
    if (tier.rate is None) == (tier.amount is None):
        node.wrong("needs either a rate or an amount")
    return tier


def _check_rising(node: Node, limits: list[Any]) -> None:
    if not limits:
        node.wrong("is empty")
        return
    known = limits[:-1]
    if any(limit is None for limit in known) or limits[-1] is not None:
        node.wrong("must end, and only end, with an open 'up_to: null'")
    elif any(b <= a for a, b in pairwise(known)):
        node.wrong("must rise in 'up_to'")


def _fixed(node: Node, include: tuple[str, ...]) -> Charge:
    node.known("id", "kind", "amount", "parameter", "hide_zero", "name", "taxes", "tax_included")
    taxes, inside = _included(node, include)
    amount, parameter = node["amount"].number(needed=False), node["parameter"].text(needed=False) or None
    if (amount is None) == (parameter is None):
        node.wrong("needs either an amount or a parameter")
    if parameter is not None:
        _typed_without_tax(node, inside)
    return FixedCharge(
        node["id"].text(),
        amount,
        parameter,
        taxes,
        inside,
        node["hide_zero"].flag(False),
        node["name"].words(),
    )


def _lookup(node: Node, include: tuple[str, ...]) -> Charge:
    node.known(
        "id", "kind", "quantity", "table", "parameter", "amount_parameter", "leave_out_code", "name", "taxes",
        "tax_included",
    )  # fmt: skip
    taxes, inside = _included(node, include)
    rows = tuple(
        LookupRow(
            n["up_to"].number(needed=False),
            n["factor"].number(needed=False),
            n["confidence"].text(needed=False),
        )
        for n in node["table"].items()
    )
    _check_rising(node["table"], [r.up_to for r in rows])
    _typed_without_tax(node, inside)
    return LookupCharge(
        node["id"].text(),
        node["quantity"].text(),
        rows,
        node["parameter"].text(),
        node["amount_parameter"].text(needed=False) or None,
        taxes,
        inside,
        node["leave_out_code"].text(needed=False),
        node["name"].words(),
    )


def _per_unit(node: Node, include: tuple[str, ...]) -> Charge:
    node.known("id", "kind", "quantity", "product", "name", "taxes", "tax_included")
    taxes, inside = _included(node, include)
    factors = tuple(_factor(n) for n in node["product"].items())
    if not factors:
        node["product"].wrong("is empty")
    _typed_without_tax(node, inside)
    return PerUnitCharge(
        node["id"].text(), node["quantity"].text(), factors, taxes, inside, node["name"].words()
    )


def _factor(node: Node) -> Factor:
    if isinstance(node.value, Mapping):
        node.known("parameter")
        return Factor(parameter=node["parameter"].text())
    return Factor(constant=node.number())


_READERS: Final[dict[str, Callable[[Node, tuple[str, ...]], Charge]]] = {
    "banded": _banded,
    "fixed": _fixed,
    "lookup": _lookup,
    "per_unit": _per_unit,
}


def _check_references(root: Node, tariff: Tariff) -> None:
    """Every tax and parameter that a charge names must exist."""
    taxes, parameters = {t.id for t in tariff.taxes}, {p.id for p in tariff.parameters}
    for index, version in enumerate(tariff.versions):
        for charge in version.charges:
            where = Node(None, f"versions[{index}].{charge.id}", root.problems)
            for tax in set(charge.taxes) - taxes:
                where.wrong(f"names the tax '{tax}', which is not in 'taxes'")
            for name in _parameters_of(charge) - parameters:
                where.wrong(f"names the parameter '{name}', which is not in 'parameters'")


def _parameters_of(charge: Charge) -> set[str]:
    match charge:
        case FixedCharge(parameter=name):
            return {name} if name else set()
        case LookupCharge(parameter=name, amount_parameter=amount):
            return {name, amount} if amount else {name}
        case PerUnitCharge(factors=factors):
            return {f.parameter for f in factors if f.parameter}
        case _:
            return set()
