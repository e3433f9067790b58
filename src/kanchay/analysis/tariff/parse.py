"""From a tariff document (parsed YAML, money as text) to the types of `kanchay.domain.tariff`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Final

from kanchay.analysis.tariff.document import Node, TariffInvalid
from kanchay.analysis.tariff.parse_charges import parameters_of, read_charge
from kanchay.domain.bill import Source
from kanchay.domain.tariff import (
    Eligibility,
    ExportMode,
    Parameter,
    Price,
    Proration,
    Rounding,
    Tariff,
    Tax,
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
    """A source of a price: title, address, date, confidence and basis are all told.

    Parameters
    ----------
    node : Node
        A place in a tariff file; mistakes are noted there.

    Returns
    -------
    Source
    """
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
    own = [read_charge(n, include) for n in node["charges"].items()]
    common = [read_charge(n, include) for n in root["common_charges"].items()]
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


def _check_references(root: Node, tariff: Tariff) -> None:
    """Every tax and parameter that a charge names must exist."""
    taxes, parameters = {t.id for t in tariff.taxes}, {p.id for p in tariff.parameters}
    for index, version in enumerate(tariff.versions):
        for charge in version.charges:
            where = Node(None, f"versions[{index}].{charge.id}", root.problems)
            for tax in set(charge.taxes) - taxes:
                where.wrong(f"names the tax '{tax}', which is not in 'taxes'")
            for name in parameters_of(charge) - parameters:
                where.wrong(f"names the parameter '{name}', which is not in 'parameters'")
