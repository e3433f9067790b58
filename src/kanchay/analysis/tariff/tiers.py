"""Cutting a quantity at the limits of tiers and bands, and what each part costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.frame import Frame, unit_of
from kanchay.analysis.tariff.rounding import round_to
from kanchay.domain.charges import Band, LimitBasis, LookupRow, Tier

__all__ = ["Priced", "band_of", "cut", "price_tiers"]

Priced = tuple[
    Decimal, str, Decimal | None
]  # money, its sum in words, the unit price where there is only one


def band_of(bands: Sequence[Band | LookupRow], quantity: Decimal) -> int:
    """Index of the band in which a total lies; a band's `up_to` belongs to it.

    Parameters
    ----------
    bands : sequence of Band or LookupRow
        By rising `up_to`; the last is open.
    quantity : Decimal
        The period's total. [unit of the bands]

    Returns
    -------
    int

    Examples
    --------
    >>> bands = (Band(Decimal(30), ()), Band(Decimal(140), ()), Band(None, ()))
    >>> [band_of(bands, Decimal(q)) for q in ("0", "30", "30.1", "140", "141")]
    [0, 0, 1, 1, 2]
    """
    return next(i for i, b in enumerate(bands) if b.up_to is None or quantity <= b.up_to)


def cut(tiers: tuple[Tier, ...], quantity: Decimal) -> list[tuple[Tier, Decimal]]:
    """The quantity cut at the tiers' limits; at least the first tier, so that 0 kWh has a formula too.

    Parameters
    ----------
    tiers : tuple of Tier
        By rising `up_to`.
    quantity : Decimal
        The period's total. [unit of the tiers]

    Returns
    -------
    list of (Tier, Decimal)
        [unit of the tiers]

    Examples
    --------
    >>> [str(q) for _, q in cut((Tier(Decimal(30)), Tier(None)), Decimal(100))]
    ['30', '70']
    """
    parts: list[tuple[Tier, Decimal]] = []
    below = Decimal(0)
    for tier in tiers:
        above = quantity if tier.up_to is None else min(quantity, tier.up_to)
        if above > below or not parts:
            parts.append((tier, above - below))
        below = max(below, above)
    return parts


def price_tiers(
    frame: Frame,
    line: str,
    name: str,
    quantity: Decimal,
    tiers: tuple[Tier, ...],
    *,
    limits: LimitBasis = LimitBasis.PERIOD,
) -> Priced:
    """What a quantity costs by tiers.

    Parameters
    ----------
    frame : Frame
    line : str
        Id of the line, for a refusal.
    name : str
        Of the quantity.
    quantity : Decimal
        Of the period. [kWh, kW or kvarh]
    tiers : tuple of Tier
        By rising limit.
    limits : LimitBasis, optional
        What the limits are counted in.

    Returns
    -------
    (Decimal, str, Decimal or None)
        Exact money, its sum in words, and the unit price where there is only one. [currency]

    Raises
    ------
    BillRefused
        Energy by block, days or demand that the tiers need is not known.
    """
    parts = cut(_scaled(frame, line, name, tiers, limits), quantity)
    shares = _shares(frame, line, name, tiers)
    pieces = [piece for tier, part in parts for piece in _pieces(frame, tier, part, shares)]
    unit = unit_of(name)
    exact = sum((amount if rate is None else part * rate for part, rate, amount in pieces), Decimal(0))
    words = " + ".join(
        f"{amount} ({_plain(part)} {unit})" if rate is None else f"{_plain(part)} {unit} × {rate}"
        for part, rate, amount in pieces
    )
    return exact, words, pieces[-1][1] if len(pieces) == 1 else None


def _plain(number: Decimal) -> str:
    return f"{round(number, 4).normalize():f}"


def _scaled(
    frame: Frame, line: str, name: str, tiers: tuple[Tier, ...], limits: LimitBasis
) -> tuple[Tier, ...]:
    """Tiers with their limits in units of the quantity."""
    if limits is LimitBasis.PERIOD:
        return tiers
    block = name.partition(".")[2]
    if limits is LimitBasis.KW:
        factor = frame.quantity("demand_kw", line)
    elif block:
        factor = frame.exact(f"days.{block}", line)
    else:
        factor = Decimal(frame.usage.days)
    return tuple(t if t.up_to is None else replace(t, up_to=t.up_to * factor) for t in tiers)


def _shares(frame: Frame, line: str, name: str, tiers: tuple[Tier, ...]) -> dict[str, Decimal]:
    """Part of the quantity in each block that the tiers price apart: of its energy, or of its hours where it
    is a demand. [-]"""
    blocks = list(dict.fromkeys(b for t in tiers for b in t.rates))
    if not blocks:
        return {}
    base = name.partition(".")[0]
    if base == "demand_kw":
        amounts = {b: frame.exact(f"hours.{b}", line) for b in blocks}
    else:
        # Of the energy taken: what net metering takes off it has no hours of its own.
        amounts = {b: frame.exact(f"{base}.{b}", line) for b in blocks}
        _check_sum(line, name, amounts, frame.exact(name, line))
    whole = sum(amounts.values(), Decimal(0))
    return {b: (a / whole if whole else Decimal(1) / len(blocks)) for b, a in amounts.items()}


def _check_sum(line: str, name: str, parts: Mapping[str, Decimal], whole: Decimal) -> None:
    """Refuse blocks that do not add up to the whole, but for the rounding of each."""
    total = sum(parts.values(), Decimal(0))
    if abs(total - whole) > max(Decimal("0.005") * whole, Decimal(len(parts))):
        raise refuse.blocks_do_not_cover(line, name, total, whole)


def _pieces(
    frame: Frame, tier: Tier, part: Decimal, shares: dict[str, Decimal]
) -> list[tuple[Decimal, Decimal | None, Decimal]]:
    """Quantity, unit price and amount of each piece of a tier; a unit price or an amount."""
    if tier.rates:
        return [(part * shares[b], rate, Decimal(0)) for b, rate in tier.rates.items()]
    if tier.rate is not None:
        return [(part, tier.rate, Decimal(0))]
    # A block's amount is money as printed, so it takes the line's decimals.
    return [(part, None, round_to(tier.amount or Decimal(0), frame.tariff.rounding.line))]
