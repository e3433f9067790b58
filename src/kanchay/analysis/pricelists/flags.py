"""Reasons to look twice at a list before its prices are taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Final

from kanchay.domain.pricelist import PriceChange, PriceFlag, PriceList

__all__ = ["flags_of", "fose_flags"]

_JUMP: Final = Decimal("0.10")  # lists of Lima move by 1 or 2 % a month
_SLIP: Final = Decimal(20)  # a factor that only another unit explains
_CENT: Final = Decimal("0.013")  # S/: lists round before and after the tax; the largest seen is 0.008
_SHARE: Final = Decimal("0.004")  # how far a discount may stray by rounding
_MOST_SURCHARGE: Final = Decimal("0.06")  # of what pays for the discount: 2.3 % in 2026, 2.9 % in 2015


def flags_of(
    changes: Sequence[PriceChange], offered: PriceList, newest: date | None, igv: Decimal
) -> tuple[PriceFlag, ...]:
    """Flags of one tariff's changes.

    Parameters
    ----------
    changes : sequence of PriceChange
        Before and after, both with or both without IGV, as the list says.
    offered : PriceList
    newest : date or None
        The first day of the newest list that we hold.
    igv : Decimal
        The rate of the tax, ``0.18``.

    Returns
    -------
    tuple of PriceFlag

    Examples
    --------
    >>> from kanchay.domain.pricelist import PriceChange, PriceList
    >>> change = PriceChange("energy/rate", "energy", Decimal("0.50"), Decimal("50.00"), "line 9")
    >>> offered = PriceList("l.pdf", "", "", "pluz", "Lima Norte", date(2026, 9, 4), True, ())
    >>> [flag.code for flag in flags_of([change], offered, date(2026, 5, 4), Decimal("0.18"))]
    ['unit']
    """
    slips = [c for c in changes if c.old and (c.new > _SLIP * c.old or _SLIP * c.new < c.old)]
    taxed = _taxed_otherwise(changes, igv)
    usual = taxed or Decimal(1)
    jumps = [c for c in changes if c not in slips and c.old and abs(c.new / c.old / usual - 1) > _JUMP]
    found = [_told("unit", c, "changes so much that another unit must be meant") for c in slips]
    if taxed is not None:
        kind = "with" if offered.with_igv else "without"
        found.append(
            PriceFlag("igv", f"Read as prices {kind} IGV, all are about {taxed:.3f} times what they were.")
        )
    found += [_told("jump", c, f"changes by {c.percent:+.1f} %") for c in jumps]
    if newest is not None and offered.valid_from <= newest:
        found.append(
            PriceFlag("date", f"The list holds from {offered.valid_from}; we hold one from {newest}.")
        )
    return tuple(found)


def _told(code: str, change: PriceChange, what: str) -> PriceFlag:
    return PriceFlag(code, f"{change.path} ({change.where}) {what}: {change.old:.4f} to {change.new}.")


def _taxed_otherwise(changes: Sequence[PriceChange], igv: Decimal) -> Decimal | None:
    """The factor of the tax where all prices are off by it together: the list was taken for the other kind."""
    ratios = [c.new / c.old for c in changes if c.old and c.new]
    middle = median(ratios) if igv and ratios else Decimal(1)
    return next((r for r in (1 + igv, 1 / (1 + igv)) if igv and abs(middle / r - 1) < igv / 5), None)


def fose_flags(offered: PriceList, option: str, share_before: Decimal | None) -> tuple[PriceFlag, ...]:
    """Whether the social discount inside the bands adds up as it always does.

    The first 30 kWh of the middle band cost 30 times the lowest price, that price is the excess price less the discount,
    and who uses more pays a small surcharge on it.

    Parameters
    ----------
    offered : PriceList
    option : str
        A banded option, such as ``BT5B``.
    share_before : Decimal or None
        The lowest price over the excess price in the newest list that we hold; None where it has no bands.

    Returns
    -------
    tuple of PriceFlag

    Examples
    --------
    >>> from datetime import date
    >>> fose_flags(PriceList("l.pdf", "", "", "pluz", "Lima Norte", date(2026, 9, 4), True, ()), "BT5B", None)
    ()
    """
    low, first, excess, over = (
        offered.row(option, "residential", group, concept)
        for group, concept in (
            ("30", "energy"),
            ("140", "energy.first30"),
            ("140", "energy.excess"),
            ("over", "energy"),
        )
    )
    found = _first_prices(offered, option)
    if low is None or excess is None or not excess.value:
        return tuple(PriceFlag("fose", f"{sentence}.") for sentence in found)
    if first is not None and first.per != "kWh" and abs(first.value - 30 * low.value) > _CENT:
        found.append(
            f"The first 30 kWh cost {first.printed} ({first.where}), 30 times {low.value} is {30 * low.value}"
        )
    share = low.value / excess.value
    if share_before is not None and abs(share - share_before) > _SHARE:
        where = f"{low.where}, {excess.where}"
        found.append(
            f"The lowest price is {share:.3f} of the excess price ({where}), it was {share_before:.3f}"
        )
    if over is not None and not 0 <= over.value / excess.value - 1 <= _MOST_SURCHARGE:
        found.append(
            f"Above the limit a kWh costs {over.value} ({over.where}), the excess price is {excess.value}"
        )
    return tuple(PriceFlag("fose", f"{sentence}.") for sentence in found)


def _first_prices(offered: PriceList, option: str) -> list[str]:
    """Where the first 30 kWh have a price a kWh, it is the lowest band's."""
    found = []
    for row in offered.rows:
        first = (
            offered.row(option, row.segment, "140", f"{row.concept}.first30") if row.group == "30" else None
        )
        if row.option == option and first is not None and first.per == "kWh" and first.value != row.value:
            found.append(
                f"A kWh costs {row.value} in the lowest band ({row.where}) and {first.value} among the first 30"
                f" ({first.where})"
            )
    return found
