"""Reading the charges of a tariff document: one reader a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Final

from kanchay.analysis.tariff.document import Node
from kanchay.domain.tariff import (
    Band,
    BandedCharge,
    Charge,
    Factor,
    FixedCharge,
    LookupCharge,
    LookupRow,
    PerUnitCharge,
    Select,
    Tier,
)

__all__ = ["parameters_of", "read_charge"]


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


def read_charge(node: Node, include: tuple[str, ...]) -> Charge | None:
    """The charge at `node` of a version whose prices include the taxes `include`; mistakes are noted there.

    Parameters
    ----------
    node : Node
        A charge in a tariff file.
    include : tuple of str
        Ids of the taxes inside the printed prices.

    Returns
    -------
    Charge or None
        None where its kind is not known.
    """
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


def _fixed_of(node: Node) -> Decimal | None:
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


def _check_rising(node: Node, limits: list[Decimal | None]) -> None:
    if not limits:
        node.wrong("is empty")
        return
    known = [limit for limit in limits if limit is not None]
    if limits[-1] is not None or len(known) < len(limits) - 1:
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


def parameters_of(charge: Charge) -> set[str]:
    """Names of the parameters that a charge needs or may take.

    Parameters
    ----------
    charge : Charge

    Returns
    -------
    set of str

    Examples
    --------
    >>> parameters_of(FixedCharge("credit", None, "reposicion", ("igv",), False))
    {'reposicion'}
    """
    match charge:
        case FixedCharge(parameter=name):
            return {name} if name else set()
        case LookupCharge(parameter=name, amount_parameter=amount):
            return {name, amount} if amount else {name}
        case PerUnitCharge(factors=factors):
            return {f.parameter for f in factors if f.parameter}
        case _:
            return set()
