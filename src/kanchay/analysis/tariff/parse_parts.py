"""What the readers of all kinds of charge share: taxes, names and sources, tiers and their limits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from kanchay.analysis.tariff.document import Node
from kanchay.analysis.tariff.parse_source import maybe_source
from kanchay.domain.charges import Tier

__all__ = ["check_rising", "read_common", "read_tiers", "typed_without_tax"]


def read_common(node: Node, include: tuple[str, ...], *keys: str) -> dict[str, Any]:
    """Fields that every charge has; any key but these and `keys` is a mistake.

    Parameters
    ----------
    node : Node
        A charge in a tariff file; mistakes are noted there.
    include : tuple of str
        Ids of the taxes inside the printed prices.
    *keys : str
        Further keys of this kind.

    Returns
    -------
    dict
        Arguments ``id, taxes, tax_included, names, source`` of a charge.
    """
    node.known("id", "kind", "name", "taxes", "tax_included", "source", "note", *keys)
    node["note"].text(needed=False)
    taxes, inside = _included(node, include)
    return {
        "id": node["id"].text(),
        "taxes": taxes,
        "tax_included": inside,
        "names": node["name"].words(),
        "source": maybe_source(node["source"]),
    }


def _included(node: Node, include: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Taxes of a charge, and whether they are inside its prices: never partly."""
    taxes = node["taxes"].names()
    if not node["taxes"]:
        node["taxes"].wrong("is missing (write [] for an untaxed charge)")
    inside = node["tax_included"].flag(bool(taxes) and all(t in include for t in taxes))
    if not node["tax_included"] and any(t in include for t in taxes) and not inside:
        node["taxes"].wrong("are partly inside the price: split the charge")
    return taxes, inside


def typed_without_tax(node: Node, common: Mapping[str, Any]) -> None:
    """Note a mistake where the amount comes from a parameter or table and yet includes a tax.

    Receipts print such values without tax; only list prices may include it.

    Parameters
    ----------
    node : Node
    common : mapping
        Of `read_common`.
    """
    if common["tax_included"]:
        node["tax_included"].wrong("must be false where a parameter or a table makes the amount")


def read_tiers(node: Node) -> tuple[Tier, ...]:
    """Tiers by rising limit; one price alone may be written as a text.

    Parameters
    ----------
    node : Node
        ``"0.52"``, or a list such as ``[{up_to: "300", rate: "0.52"}, {rate: "0.63"}]``.

    Returns
    -------
    tuple of Tier

    Examples
    --------
    >>> read_tiers(Node("0.52"))[0].rate
    Decimal('0.52')
    """
    if node and not isinstance(node.value, list):
        return (Tier(None, rate=node.exact()),)
    tiers = tuple(_tier(n) for n in node.items())
    check_rising(node, [t.up_to for t in tiers])
    return tiers


def _tier(node: Node) -> Tier:
    node.known("up_to", "rate", "amount", "rates")
    tier = Tier(
        node["up_to"].number(needed=False),
        node["rate"].number(needed=False),
        node["amount"].number(needed=False),
        {n.key: n.exact() for n in node["rates"].members()},
    )
    if (tier.rate is not None) + (tier.amount is not None) + bool(tier.rates) != 1:
        node.wrong("needs either a rate, an amount or rates by block")
    return tier


def check_rising(node: Node, limits: list[Decimal | None]) -> None:
    """Note a mistake where limits do not rise to an open end.

    Parameters
    ----------
    node : Node
        The list they are in.
    limits : list of Decimal or None
        As written; None is open.
    """
    if not limits:
        node.wrong("is empty")
        return
    known = [limit for limit in limits if limit is not None]
    if limits[-1] is not None or len(known) < len(limits) - 1:
        node.wrong("must end, and only end, with an open 'up_to: null'")
    elif any(b <= a for a, b in pairwise(known)):
        node.wrong("must rise in 'up_to'")
