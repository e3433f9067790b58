"""Prices of a period: which versions hold, without tax, and their mean weighted by days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.rounding import round_to
from kanchay.domain.tariff import Band, BandedCharge, Charge, FixedCharge, Proration, Tariff, Tier, Version

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
    if not isinstance(charge, (BandedCharge, FixedCharge)) or not charge.tax_included:
        return charge
    gross = 1 + sum((rates.get(t, Decimal(0)) for t in charge.taxes), Decimal(0))
    if isinstance(charge, FixedCharge):
        amount = None if charge.amount is None else charge.amount / gross
        return replace(charge, amount=amount, tax_included=False)
    bands = tuple(
        Band(
            b.up_to,
            tuple(
                Tier(
                    t.up_to,
                    None if t.rate is None else round_to(t.rate / gross, decimals),
                    None if t.amount is None else t.amount / gross,
                )
                for t in b.tiers
            ),
            None if b.fixed is None else b.fixed / gross,
        )
        for b in charge.bands
    )
    return replace(charge, bands=bands, tax_included=False)


def _mean_charge(tariff: Tariff, name: str, charges: Sequence[Charge | None], days: list[int]) -> Charge:
    last = charges[-1]
    banded = [c for c in charges if isinstance(c, BandedCharge)]
    if isinstance(last, BandedCharge) and len(banded) == len(charges):
        return _mean_banded(tariff, banded, days)
    fixed = [c for c in charges if isinstance(c, FixedCharge)]
    if isinstance(last, FixedCharge) and last.amount is not None and len(fixed) == len(charges):
        amount = _mean(tariff, name, [c.amount for c in fixed], days)
        return replace(last, amount=amount)
    if last is None or any(c != last for c in charges):
        raise refuse.cannot_blend(tariff, name)
    return last


def _shape(charge: BandedCharge) -> tuple[object, ...]:
    return (charge.select, *((b.up_to, tuple(t.up_to for t in b.tiers)) for b in charge.bands))


def _mean_banded(tariff: Tariff, charges: list[BandedCharge], days: list[int]) -> BandedCharge:
    if len({_shape(c) for c in charges}) > 1:
        raise refuse.cannot_blend(tariff, charges[-1].id)
    last = charges[-1]
    decimals = tariff.rounding.unit_price

    def tier(band: int, index: int) -> Tier:
        same = [c.bands[band].tiers[index] for c in charges]
        rate = _mean(tariff, last.id, [t.rate for t in same], days)
        amount = _mean(tariff, last.id, [t.amount for t in same], days)
        return Tier(same[-1].up_to, None if rate is None else round_to(rate, decimals), amount)

    bands = tuple(
        Band(
            b.up_to,
            tuple(tier(i, j) for j in range(len(b.tiers))),
            _mean(tariff, last.id, [c.bands[i].fixed for c in charges], days),
        )
        for i, b in enumerate(last.bands)
    )
    return replace(last, bands=bands)


def _mean(tariff: Tariff, name: str, values: Sequence[Decimal | None], days: list[int]) -> Decimal | None:
    """Mean weighted by days; None where no version has the value, a refusal where only some have it."""
    known = [v for v in values if v is not None]
    if not known:
        return None
    if len(known) < len(values):
        raise refuse.cannot_blend(tariff, name)
    return sum((v * d for v, d in zip(known, days, strict=True)), Decimal(0)) / sum(days)
