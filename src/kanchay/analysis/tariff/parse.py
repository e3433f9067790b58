"""From a tariff document (parsed YAML, money as text) to the types of `kanchay.domain.tariff`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Final, TypeAlias

from kanchay.analysis.tariff.document import Node, TariffInvalid
from kanchay.analysis.tariff.parse_charges import read_charge
from kanchay.analysis.tariff.parse_source import maybe_source, read_source
from kanchay.analysis.tariff.parse_time import read_calendar, read_schedule, read_season
from kanchay.analysis.tariff.references import blocks_of, parameters_of, quantities_of
from kanchay.domain.errors import TimeError
from kanchay.domain.interval import zone
from kanchay.domain.tariff import (
    Charge,
    DemandCharge,
    Eligibility,
    ExportMode,
    MinimumCharge,
    Parameter,
    Price,
    Proration,
    Rounding,
    Surplus,
    Tariff,
    Tax,
    TouCharge,
    Version,
)

__all__ = ["SCHEMA", "parse_tariff"]

SCHEMA: Final = "tariff/1"
_NEVER: Final = date.max
_MEND_NAME: Final = "add it there, or mend the name"
Placed: TypeAlias = tuple[Node, Charge]  # a charge and where it is written
_TOP: Final = (
    "schema", "id", "country", "currency", "timezone", "provider", "option", "eligibility", "proration",
    "rounding", "taxes", "parameters", "common_charges", "versions", "export", "stale_after_days", "note",
    "calendar", "seasons", "schedules", "demand_window_min",
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
    root["note"].text(needed=False)
    if root["schema"].text() != SCHEMA:
        root["schema"].wrong("must be '{schema}'", schema=SCHEMA)
    placed: list[Placed] = []
    tariff = _tariff(root, placed)
    _check_references(root, tariff, placed)
    if root.problems:
        raise TariffInvalid(f"Tariff '{tariff.id}'", root.problems)
    return tariff


def _tariff(root: Node, placed: list[Placed]) -> Tariff:
    provider, option = root["provider"], root["option"]
    provider.known("id", "name", "system")
    option.known("code", "name")
    if root["export"]:
        root["export"].known("mode", "surplus")
    seasons = tuple(read_season(n) for n in root["seasons"].items())
    return Tariff(
        id=root["id"].text(),
        country=root["country"].text(),
        currency=root["currency"].text(),
        timezone=_zone(root["timezone"]),
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
        versions=_versions(root, placed),
        export=root["export"]["mode"].choice(ExportMode, ExportMode.NONE),
        stale_after_days=root["stale_after_days"].whole(0) or None,
        surplus=root["export"]["surplus"].choice(Surplus, Surplus.LOSE),
        calendar=read_calendar(root["calendar"]),
        seasons=seasons,
        schedules=tuple(
            read_schedule(n, frozenset(s.id for s in seasons)) for n in root["schedules"].items()
        ),
        demand_window_min=root["demand_window_min"].whole(15),
    )


def _zone(node: Node) -> str:
    name = node.text()
    try:
        zone(name or "UTC")
    except TimeError:
        node.wrong("'{value}' is no time zone such as America/Lima", value=name)
    return name


def _span(node: Node) -> tuple[date, date | None]:
    """First day, and the day after the last."""
    first, after = node["valid_from"].day() or date.min, node["valid_to"].day(needed=False)
    if after is not None and after <= first:
        node["valid_to"].wrong("is not after valid_from", "it is the day after the last one")
    return first, after


def _eligibility(node: Node) -> Eligibility:
    if node:
        node.known("segment", "max_kw", "meter")
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


def _tax(node: Node) -> Tax:
    node.known("id", "rate", "valid_from", "valid_to", "name", "source", "on")
    return Tax(
        node["id"].text(),
        node["rate"].exact(),
        *_span(node),
        node["name"].words(),
        maybe_source(node["source"]),
        node["on"].names(),
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
        maybe_source(node["source"]),
    )


def _price(node: Node) -> Price:
    node.known("value", "valid_from", "valid_to", "source")
    return Price(
        node["value"].exact(),
        *_span(node),
        maybe_source(node["source"]),
    )


def _versions(root: Node, placed: list[Placed]) -> tuple[Version, ...]:
    read = [_version(root, n, placed) for n in root["versions"].items()]
    versions = sorted(read, key=lambda v: v.valid_from)
    if not versions:
        root["versions"].wrong("must hold at least one version")
    for earlier, later in pairwise(versions):
        if (earlier.valid_to or _NEVER) > later.valid_from:
            root["versions"].wrong(
                "{one} and {other} overlap", one=earlier.valid_from, other=later.valid_from
            )
    return tuple(versions)


def _version(root: Node, node: Node, placed: list[Placed]) -> Version:
    node.known("valid_from", "valid_to", "review_from", "prices_include", "source", "charges", "note")
    include = node["prices_include"].names()
    if not node["prices_include"]:
        node["prices_include"].wrong("is missing (write [] where prices exclude all taxes)")
    both = (*node["charges"].items(), *root["common_charges"].items())
    own = [(n, c) for n in both if (c := read_charge(n, include)) is not None]
    placed.extend(own)
    charges = tuple(c for _, c in own)
    _check_within(own)
    if len({c.id for c in charges}) < len(charges):
        node["charges"].wrong("uses a charge id twice", "ids of common_charges count too")
    return Version(
        *_span(node),
        include,
        read_source(node["source"]),
        charges,
        node["review_from"].day(needed=False),
        node["note"].text(needed=False),
    )


def _check_within(charges: list[Placed]) -> None:
    """What a charge names among the charges of its version must be there, a demand before it."""
    ids, demands = {c.id for _, c in charges}, set[str]()
    for node, charge in charges:
        if isinstance(charge, DemandCharge):
            if charge.minus and charge.minus not in demands:
                node["minus"].wrong(
                    "names the demand charge '{name}', which is not before it", name=charge.minus
                )
            demands.add(charge.id)
        if isinstance(charge, MinimumCharge):
            for name in sorted(set(charge.of) - ids):
                node["of"].wrong("names the charge '{name}', which is not in this version", name=name)


def _check_references(root: Node, tariff: Tariff, placed: list[Placed]) -> None:
    """Every tax, parameter, schedule and block that something names must exist."""
    _check_taxes(root, tariff)
    _check_blocks(root, tariff)
    names = [p.id for p in tariff.parameters]
    for name in sorted({n for n in names if names.count(n) > 1}):
        root["parameters"].wrong("holds the parameter '{name}' twice", name=name)
    taxes, parameters = {t.id for t in tariff.taxes}, {p.id for p in tariff.parameters}
    for node in root["versions"].items():
        for tax in sorted(set(node["prices_include"].names()) - taxes):
            node["prices_include"].wrong(
                "names the tax '{name}', which is not in 'taxes'", _MEND_NAME, name=tax
            )
    for where, charge in placed:
        for tax in sorted(set(charge.taxes) - taxes):
            where.wrong("names the tax '{name}', which is not in 'taxes'", _MEND_NAME, name=tax)
        for name in sorted(parameters_of(charge) - parameters):
            where.wrong("names the parameter '{name}', which is not in 'parameters'", _MEND_NAME, name=name)
        _check_charge(where, tariff, charge)


def _check_taxes(root: Node, tariff: Tariff) -> None:
    earlier: set[str] = set()
    for node, tax in zip(root["taxes"].items(), tariff.taxes, strict=True):
        for name in sorted(set(tax.on) - earlier):
            node["on"].wrong("names the tax '{name}', which is not before it in 'taxes'", name=name)
        earlier.add(tax.id)


def _check_blocks(root: Node, tariff: Tariff) -> None:
    names = [b.id for s in tariff.schedules for b in s.blocks]
    for name in sorted({n for n in names if names.count(n) > 1}):
        root["schedules"].wrong(
            "uses the block '{name}' twice",
            "a block's name stands for its hours everywhere: give each its own",
            name=name,
        )


def _check_charge(where: Node, tariff: Tariff, charge: Charge) -> None:
    blocks = {b.id for s in tariff.schedules for b in s.blocks}
    named = blocks_of(charge) | {
        name.partition(".")[2]
        for name in quantities_of(charge)
        if "." in name and not name.startswith("value.")
    }
    for name in sorted(named - blocks):
        where.wrong("names the block '{name}', which is in no schedule", _MEND_NAME, name=name)
    if isinstance(charge, TouCharge):
        schedule = next((s for s in tariff.schedules if s.id == charge.schedule), None)
        if schedule is None:
            where.wrong(
                "names the schedule '{name}', which is not in 'schedules'", _MEND_NAME, name=charge.schedule
            )
        elif {b.id for b in schedule.blocks} != blocks_of(charge):
            blocks_told = ", ".join(b.id for b in schedule.blocks)
            where.wrong("must price each block of '{name}': {blocks}", name=schedule.id, blocks=blocks_told)
