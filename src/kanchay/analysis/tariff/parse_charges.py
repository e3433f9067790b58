"""Reading the charges of a tariff document: one reader a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from kanchay.analysis.tariff.document import Node
from kanchay.analysis.tariff.parse_demand import read_contracted, read_demand, read_reactive
from kanchay.analysis.tariff.parse_parts import check_rising, read_common, read_tiers, typed_without_tax
from kanchay.domain.charges import (
    Band,
    BandedCharge,
    BlockPrice,
    Charge,
    Factor,
    FixedCharge,
    LimitBasis,
    LookupCharge,
    LookupRow,
    MinimumCharge,
    Per,
    PerUnitCharge,
    Select,
    SeriesCharge,
    TouCharge,
)

__all__ = ["KINDS", "read_charge"]


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

    Examples
    --------
    >>> node = Node({"id": "fixed", "kind": "fixed", "amount": "2.60", "per": "month", "taxes": ["igv"]})
    >>> read_charge(node, ("igv",)).tax_included
    True
    """
    kind = node["kind"]
    if not kind:
        kind.wrong("is missing")
    return _READERS[kind.value](node, include) if kind and kind.one_of(KINDS) else None


def _banded(node: Node, include: tuple[str, ...]) -> Charge:
    common = read_common(
        node, include, "quantity", "select", "bands", "tiers", "fixed_id", "fixed_name", "limits", "credit"
    )
    select = node["select"].choice(Select, Select.BY_TOTAL)
    unread = node["bands" if select is Select.MARGINAL else "tiers"]
    if unread:
        unread.wrong(
            "is not read where select is {select}",
            "write tiers for marginal, bands for by_total",
            select=select,
        )
    if select is Select.MARGINAL:
        bands: tuple[Band, ...] = (Band(None, read_tiers(node["tiers"])),)
    else:
        bands = tuple(_band(n) for n in node["bands"].items())
    check_rising(node["bands"], [b.up_to for b in bands])
    return BandedCharge(
        **common,
        quantity=node["quantity"].text(),
        select=select,
        bands=bands,
        fixed_id=node["fixed_id"].text(needed=False, default="fixed"),
        fixed_names=node["fixed_name"].words(),
        limits=node["limits"].choice(LimitBasis, LimitBasis.PERIOD),
        credit=node["credit"].flag(False),
    )


def _band(node: Node) -> Band:
    node.known("up_to", "fixed", "tiers")
    return Band(
        node["up_to"].number(needed=False), read_tiers(node["tiers"]), node["fixed"].number(needed=False)
    )


def _tou(node: Node, include: tuple[str, ...]) -> Charge:
    common = read_common(node, include, "quantity", "schedule", "rates", "limits", "credit")
    blocks = tuple(BlockPrice(n.key, read_tiers(n)) for n in node["rates"].members())
    if not blocks:
        node["rates"].wrong("is empty")
    return TouCharge(
        **common,
        quantity=node["quantity"].text(needed=False, default="energy_kwh"),
        schedule=node["schedule"].text(),
        blocks=blocks,
        limits=node["limits"].choice(LimitBasis, LimitBasis.PERIOD),
        credit=node["credit"].flag(False),
    )


def _series(node: Node, include: tuple[str, ...]) -> Charge:
    common = read_common(node, include, "series", "quantity", "multiply", "add", "floor", "cap", "credit")
    typed_without_tax(node, common)
    multiply = node["multiply"].number(needed=False)
    return SeriesCharge(
        **common,
        series=node["series"].text(),
        quantity=node["quantity"].text(needed=False, default="energy_kwh"),
        multiply=Decimal(1) if multiply is None else multiply,
        add=node["add"].number(needed=False) or Decimal(0),
        floor=node["floor"].number(needed=False),
        cap=node["cap"].number(needed=False),
        credit=node["credit"].flag(False),
    )


def _minimum(node: Node, include: tuple[str, ...]) -> Charge:
    common = read_common(node, include, "amount", "per", "of")
    return MinimumCharge(
        **common,
        amount=node["amount"].exact(),
        per=node["per"].choice(Per, Per.PERIOD),
        of=node["of"].names(),
    )


def _fixed(node: Node, include: tuple[str, ...]) -> Charge:
    common = read_common(node, include, "amount", "parameter", "hide_zero", "per")
    amount, parameter = node["amount"].number(needed=False), node["parameter"].text(needed=False) or None
    if (amount is None) == (parameter is None):
        node.wrong("needs either an amount or a parameter")
    if parameter is not None:
        typed_without_tax(node, common)
    return FixedCharge(
        **common,
        amount=amount,
        parameter=parameter,
        hide_zero=node["hide_zero"].flag(False),
        per=node["per"].choice(Per, Per.PERIOD),
    )


def _lookup(node: Node, include: tuple[str, ...]) -> Charge:
    common = read_common(
        node, include, "quantity", "table", "parameter", "amount_parameter", "leave_out_code"
    )
    rows = tuple(_row(n) for n in node["table"].items())
    check_rising(node["table"], [r.up_to for r in rows])
    typed_without_tax(node, common)
    return LookupCharge(
        **common,
        quantity=node["quantity"].text(),
        rows=rows,
        parameter=node["parameter"].text(),
        amount_parameter=node["amount_parameter"].text(needed=False) or None,
        leave_out_code=node["leave_out_code"].text(needed=False),
    )


def _row(node: Node) -> LookupRow:
    node.known("up_to", "factor", "confidence")
    return LookupRow(
        node["up_to"].number(needed=False),
        node["factor"].number(needed=False),
        node["confidence"].text(needed=False),
    )


def _per_unit(node: Node, include: tuple[str, ...]) -> Charge:
    common = read_common(node, include, "quantity", "product", "credit")
    factors = tuple(_factor(n) for n in node["product"].items())
    if not factors:
        node["product"].wrong("is empty")
    typed_without_tax(node, common)
    return PerUnitCharge(
        **common, quantity=node["quantity"].text(), factors=factors, credit=node["credit"].flag(False)
    )


def _factor(node: Node) -> Factor:
    if isinstance(node.value, Mapping):
        node.known("parameter")
        return Factor(parameter=node["parameter"].text())
    return Factor(constant=node.number())


_READERS: Final[dict[str, Callable[[Node, tuple[str, ...]], Charge]]] = {
    "banded": _banded,
    "contracted": read_contracted,
    "demand": read_demand,
    "fixed": _fixed,
    "lookup": _lookup,
    "minimum": _minimum,
    "per_unit": _per_unit,
    "reactive": read_reactive,
    "series": _series,
    "tou": _tou,
}
KINDS: Final = tuple(_READERS)
