"""Prices of a period: which versions hold, without tax, and their mean weighted by days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.prices import Unlike, map_prices, merge_prices
from kanchay.analysis.tariff.rounding import round_to
from kanchay.domain.tariff import Charge, Proration, Tariff, Version

__all__ = ["Blend", "Share", "blend_prices", "shares_of", "tax_rates"]


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


def tax_rates(tariff: Tariff, day: date) -> dict[str, Decimal]:
    """Rates of the taxes in force on a day, by id.

    Parameters
    ----------
    tariff : Tariff
    day : date

    Returns
    -------
    dict of str to Decimal
        0.18 means 18 %. [-]

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> igv = SimpleNamespace(id="igv", rate=Decimal("0.18"), valid_from=date(2011, 3, 1), valid_to=None)
    >>> tax_rates(SimpleNamespace(taxes=(igv,)), date(2026, 8, 4))
    {'igv': Decimal('0.18')}
    """
    return {
        t.id: t.rate for t in tariff.taxes if t.valid_from <= day and (t.valid_to is None or day < t.valid_to)
    }


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
    rates = tax_rates(tariff, end - timedelta(days=1))
    shares = tuple(
        Share(v, days, last, tuple(_net(c, rates, tariff.rounding.unit_price) for c in v.charges))
        for v, days, last in shares_of(tariff, start, end)
    )
    if len(shares) == 1:
        return Blend(shares[0].charges, shares)
    charges = []
    for charge in shares[-1].charges:
        same = [next((c for c in s.charges if c.id == charge.id), None) for s in shares]
        charges.append(_mean_charge(tariff, charge.id, same, [s.days for s in shares]))
    return Blend(tuple(charges), shares)


def _net(charge: Charge, rates: Mapping[str, Decimal], decimals: int) -> Charge:
    """The charge without the taxes its prices include."""
    if not charge.tax_included:
        return charge
    gross = 1 + sum((rates.get(t, Decimal(0)) for t in charge.taxes), Decimal(0))

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
