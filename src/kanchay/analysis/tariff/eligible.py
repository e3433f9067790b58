"""Who may have a tariff."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kanchay.domain.tariff import Tariff

__all__ = ["Customer", "why_not"]

_NOT_CHOSEN: Final = frozenset({"collective", "centralised", "street_lighting", "none"})


@dataclass(frozen=True, slots=True)
class Customer:
    """What decides which tariffs a customer may choose from.

    Attributes
    ----------
    segment : str
        ``"residential"`` or ``"non_residential"``.
    highest_kw : Decimal or None
        The highest power that it used; None where nobody measured it. [kW]
    """

    segment: str
    highest_kw: Decimal | None = None


def why_not(tariff: Tariff, customer: Customer) -> str:
    """Why a customer cannot have a tariff, as a code; empty where nothing speaks against it.

    What is not known does not exclude: the option's conditions say it.

    Parameters
    ----------
    tariff : Tariff
    customer : Customer

    Returns
    -------
    str
        ``"segment"``, ``"supply"`` (a kind of supply that nobody chooses), ``"max_kw"`` or ``""``.

    Examples
    --------
    >>> from types import SimpleNamespace as Some
    >>> small = Some(eligibility=Some(segment="residential", max_kw=Decimal(20), meter=""))
    >>> [why_not(small, Customer(segment)) for segment in ("residential", "non_residential")]
    ['', 'segment']
    """
    rules = tariff.eligibility
    if rules.segment not in ("any", customer.segment):
        return "segment"
    if rules.meter in _NOT_CHOSEN:
        return "supply"
    kw = customer.highest_kw
    return "max_kw" if rules.max_kw is not None and kw is not None and kw > rules.max_kw else ""
