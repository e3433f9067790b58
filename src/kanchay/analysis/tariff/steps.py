"""Lines in a tariff that cost something to cross, such as 140 kWh in Peru."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from kanchay.analysis.tariff.blend import blend_prices
from kanchay.analysis.tariff.evaluate import CARRY, evaluate
from kanchay.domain.errors import BillRefused
from kanchay.domain.tariff import BandedCharge, LookupCharge, Tariff, Usage

__all__ = ["next_step", "steps", "without_total_rounding"]

_ONE: Final = Decimal(1)
# Below this a difference is the rounding of lines to the cent, not a step. [currency]
_NOISE: Final = Decimal("0.05")


def without_total_rounding(tariff: Tariff) -> Tariff:
    """The same tariff with the total left at the cent, so that two totals can be subtracted."""
    return replace(tariff, rounding=replace(tariff.rounding, total_step=None))


def steps(
    tariff: Tariff,
    start: date,
    end: date,
    *,
    parameters: Mapping[str, Decimal] | None = None,
    leave_out: Collection[str] = (),
) -> list[tuple[Decimal, Decimal]]:
    """Totals at which one more kWh costs visibly more than the kWh after it.

    Parameters
    ----------
    tariff : Tariff
    start, end : date
        The reading period, half-open; its prices count.
    parameters, leave_out
        As for `evaluate`.

    Returns
    -------
    list of (Decimal, Decimal)
        ``(at, cost)`` with ``cost = total(at + 1) - total(at)``, all lines and taxes included, before the
        rounding of the total. [kWh, currency] Edges where a side cannot be priced are left out: nothing is
        guessed.

    Raises
    ------
    BillRefused
        The period cannot be priced at all (``bill.uncovered_date`` and the like).
    """
    plain = without_total_rounding(tariff)
    typed = {k: v for k, v in (parameters or {}).items() if k != CARRY}

    def total(kwh: Decimal) -> Decimal:
        return evaluate(plain, Usage.energy(start, end, kwh), parameters=typed, leave_out=leave_out).total

    found = []
    for edge in sorted(set(_edges(tariff, start, end))):
        try:
            at, above, beyond = (total(edge + n) for n in (0, 1, 2))
        except BillRefused:
            continue
        if (above - at) - (beyond - above) > _NOISE:
            found.append((edge, above - at))
    return found


def _edges(tariff: Tariff, start: date, end: date) -> Iterator[Decimal]:
    for charge in blend_prices(tariff, start, end).charges:
        if isinstance(charge, BandedCharge):
            yield from (b.up_to for b in charge.bands if b.up_to is not None)
        if isinstance(charge, LookupCharge):
            yield from (r.up_to for r in charge.rows if r.up_to is not None)


def next_step(found: list[tuple[Decimal, Decimal]], so_far: Decimal) -> tuple[Decimal, Decimal] | None:
    """The first of `steps` that the month has not passed yet, None where there is none.

    Examples
    --------
    >>> next_step([(Decimal(140), Decimal("9.86"))], Decimal("119.5"))
    (Decimal('140'), Decimal('9.86'))
    """
    return next(((at, cost) for at, cost in found if so_far <= at), None)
