"""Prices of a period: which versions hold, without tax, and their mean weighted by days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.prices import Unlike, map_prices, merge_prices
from kanchay.analysis.tariff.rounding import round_to
from kanchay.domain.tariff import Charge, Proration, Tariff, Tax, Version

__all__ = ["Blend", "Share", "blend_prices", "gross_factor", "shares_of", "taxes_on"]


@dataclass(frozen=True, slots=True)
class Share:
    """Days of the period on which one version holds, and its charges without tax.

    Attributes
    ----------
    version : Version
        Prices in force.
    days : int
        Of the period. [days]
    last_day : date
        The last of them.
    charges : tuple of Charge
        Of that version, without tax.
    """

    version: Version
    days: int
    last_day: date
    charges: tuple[Charge, ...]


@dataclass(frozen=True, slots=True)
class Blend:
    """Prices of a period without tax.

    Attributes
    ----------
    charges : tuple of Charge
        Means over the shares, weighted by days.
    shares : tuple of Share
        Oldest first.
    """

    charges: tuple[Charge, ...]
    shares: tuple[Share, ...]

    @property
    def label(self) -> str:
        """The versions used, for example ``"2026-05-04 (19 d) + 2026-08-04 (13 d)"``."""
        if len(self.shares) == 1:
            return self.shares[0].version.valid_from.isoformat()
        return " + ".join(f"{s.version.valid_from} ({s.days} d)" for s in self.shares)


def taxes_on(tariff: Tariff, day: date) -> tuple[Tax, ...]:
    """Taxes in force on a day, in the tariff's order.

    Parameters
    ----------
    tariff : Tariff
    day : date

    Returns
    -------
    tuple of Tax

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> old = Tax("vat", Decimal("0.18"), date(2000, 1, 1), date(2011, 3, 1))
    >>> new = Tax("vat", Decimal("0.16"), date(2011, 3, 1), None)
    >>> [str(tax.rate) for tax in taxes_on(SimpleNamespace(taxes=(old, new)), date(2026, 8, 4))]
    ['0.16']
    """
    return tuple(t for t in tariff.taxes if t.valid_from <= day and (t.valid_to is None or day < t.valid_to))


def gross_factor(taxes: Sequence[Tax], names: Collection[str]) -> Decimal:
    """What a price without tax is multiplied by to hold these taxes, one on the other where they are so.

    Parameters
    ----------
    taxes : sequence of Tax
        In force, in the tariff's order.
    names : collection of str
        Ids of those inside the price.

    Returns
    -------
    Decimal
        [-]

    Examples
    --------
    >>> duty = Tax("duty", Decimal("0.05"), date(2000, 1, 1), None)
    >>> vat = Tax("vat", Decimal("0.20"), date(2000, 1, 1), None, on=("duty",))
    >>> str(gross_factor((duty, vat), ("duty", "vat")).normalize())
    '1.26'
    """
    shares: dict[str, Decimal] = {}
    for tax in taxes:
        below = sum((shares[name] for name in tax.on if name in shares), Decimal(0))
        shares[tax.id] = tax.rate * ((tax.id in names) + below)
    return 1 + sum(shares.values(), Decimal(0))


def shares_of(tariff: Tariff, start: date, end: date) -> list[tuple[Version, int, date]]:
    """Versions in force within ``[start, end)``, the days of each and its last day.

    Parameters
    ----------
    tariff : Tariff
    start, end : date
        Half-open days of the period.

    Returns
    -------
    list of (Version, int, date)

    Raises
    ------
    BillRefused
        ``bill.empty_period``, or ``bill.uncovered_date`` for the first day without prices.
    """
    if end <= start:
        raise refuse.empty_period(start, end)
    last = end - timedelta(days=1)
    if tariff.proration is Proration.BY_READING_DATE:
        held = [v for v in tariff.versions if v.holds_on(last)]
        if not held:
            raise refuse.uncovered_date(tariff, last)
        return [(held[0], (end - start).days, last)]
    shares = []
    day = start
    while day < end:
        version = next((v for v in tariff.versions if v.holds_on(day)), None)
        if version is None:
            raise refuse.uncovered_date(tariff, day)
        until = min(end, version.valid_to or end)
        shares.append((version, (until - day).days, until - timedelta(days=1)))
        day = until
    return shares


def blend_prices(tariff: Tariff, start: date, end: date) -> Blend:
    """Prices without tax for the period ``[start, end)``.

    Each version's unit prices are first rounded to the tariff's decimals, as published lists without tax do;
    the mean over days is then rounded to the same decimals, as receipts print it.

    Parameters
    ----------
    tariff : Tariff
    start, end : date
        Reading days, half-open.

    Returns
    -------
    Blend

    Raises
    ------
    BillRefused
        ``bill.empty_period``, ``bill.uncovered_date`` or ``bill.cannot_blend``.
    """
    taxes = taxes_on(tariff, end - timedelta(days=1))
    shares = tuple(
        Share(v, days, last, tuple(_net(c, taxes, tariff.rounding.unit_price) for c in v.charges))
        for v, days, last in shares_of(tariff, start, end)
    )
    if len(shares) == 1:
        return Blend(shares[0].charges, shares)
    charges = []
    for gone in {c.id for s in shares for c in s.charges} - {c.id for c in shares[-1].charges}:
        raise refuse.cannot_blend(tariff, gone)
    for charge in shares[-1].charges:
        same = [next((c for c in s.charges if c.id == charge.id), None) for s in shares]
        charges.append(_mean_charge(tariff, charge.id, same, [s.days for s in shares]))
    return Blend(tuple(charges), shares)


def _net(charge: Charge, taxes: Sequence[Tax], decimals: int) -> Charge:
    """The charge without the taxes its prices include."""
    if not charge.tax_included:
        return charge
    gross = gross_factor(taxes, charge.taxes)

    def without(role: str, price: Decimal) -> Decimal:
        return round_to(price / gross, decimals) if role == "rate" else price / gross

    return replace(map_prices(charge, without), tax_included=False)


def _mean_charge(tariff: Tariff, name: str, charges: Sequence[Charge | None], days: list[int]) -> Charge:
    """Mean of the same charge in several lists, weighted by days."""
    known = [c for c in charges if c is not None]
    if len(known) < len(charges):
        raise refuse.cannot_blend(tariff, name)

    def mean(role: str, prices: Sequence[Decimal]) -> Decimal:
        value = sum((p * d for p, d in zip(prices, days, strict=True)), Decimal(0)) / sum(days)
        return round_to(value, tariff.rounding.unit_price) if role == "rate" else value

    try:
        return merge_prices(known, mean)
    except Unlike as error:
        raise refuse.cannot_blend(tariff, name) from error
