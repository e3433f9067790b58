"""Reading charges on power: demand, contracted power, reactive energy."""

from __future__ import annotations

from decimal import Decimal

from kanchay.analysis.tariff.document import Node
from kanchay.analysis.tariff.parse_parts import read_common, read_tiers
from kanchay.domain.charges import (
    ContractedCharge,
    DemandCharge,
    Per,
    Presence,
    Ratchet,
    ReactiveCharge,
    Statistic,
)

__all__ = ["read_contracted", "read_demand", "read_reactive"]


def read_demand(node: Node, include: tuple[str, ...]) -> DemandCharge:
    """A charge on demand, such as ``{kind: demand, quantity: demand_kw.hp, rate: "61.35"}``.

    Parameters
    ----------
    node : Node
        A charge; mistakes are noted there.
    include : tuple of str
        Ids of the taxes inside the printed prices.

    Returns
    -------
    DemandCharge

    Examples
    --------
    >>> node = Node({"id": "power", "kind": "demand", "rate": "15.13", "statistic": {"top": 2, "months": 6}, "taxes": []})
    >>> read_demand(node, ()).statistic
    Statistic(top=2, months=6, at_least=Decimal('0'))
    """
    common = read_common(
        node, include,
        "quantity", "rate", "statistic", "ratchet", "minus", "minus_parameter", "floor", "presence", "per",
    )  # fmt: skip
    return DemandCharge(
        **common,
        quantity=node["quantity"].text(needed=False, default="demand_kw"),
        tiers=read_tiers(node["rate"]),
        statistic=_statistic(node["statistic"]),
        ratchet=_ratchet(node["ratchet"]),
        minus=node["minus"].text(needed=False),
        minus_parameter=node["minus_parameter"].text(needed=False),
        floor=node["floor"].number(needed=False) or Decimal(0),
        presence=_presence(node["presence"]),
        per=node["per"].choice(Per, Per.PERIOD),
    )


def _statistic(node: Node) -> Statistic:
    if not node:
        return Statistic()
    node.known("top", "months", "at_least")
    least = node["at_least"].number(needed=False) or Decimal(0)
    statistic = Statistic(node["top"].whole(1), node["months"].whole(1), least)
    if not 1 <= statistic.top <= statistic.months:
        node.wrong("needs 1 ≤ top ≤ months")
    return statistic


def _ratchet(node: Node) -> Ratchet | None:
    if not node:
        return None
    node.known("share", "months")
    return Ratchet(node["share"].exact(), node["months"].whole(11))


def _presence(node: Node) -> Presence | None:
    if not node:
        return None
    node.known("block", "at_least", "rate")
    return Presence(node["block"].text(), node["at_least"].exact(), read_tiers(node["rate"]))


def read_contracted(node: Node, include: tuple[str, ...]) -> ContractedCharge:
    """A price on a number of the contract, such as contracted kW.

    Parameters
    ----------
    node : Node
        A charge; mistakes are noted there.
    include : tuple of str
        Ids of the taxes inside the printed prices.

    Returns
    -------
    ContractedCharge
    """
    common = read_common(node, include, "parameter", "rate", "per")
    return ContractedCharge(
        **common,
        parameter=node["parameter"].text(),
        rate=node["rate"].exact(),
        per=node["per"].choice(Per, Per.PERIOD),
    )


def read_reactive(node: Node, include: tuple[str, ...]) -> ReactiveCharge:
    """A price on reactive energy above a share of the active one.

    Parameters
    ----------
    node : Node
        A charge; mistakes are noted there.
    include : tuple of str
        Ids of the taxes inside the printed prices.

    Returns
    -------
    ReactiveCharge
    """
    common = read_common(node, include, "rate", "above_share", "quantity", "active", "amount_parameter")
    return ReactiveCharge(
        **common,
        rate=node["rate"].exact(),
        above_share=node["above_share"].exact(),
        quantity=node["quantity"].text(needed=False, default="reactive_kvarh"),
        active=node["active"].text(needed=False, default="energy_kwh"),
        amount_parameter=node["amount_parameter"].text(needed=False),
    )
