"""Lines in a tariff that cost something to cross, such as 140 kWh in Peru."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from kanchay.analysis.tariff.blend import blend_prices
from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.frame import CARRY
from kanchay.analysis.tariff.scaling import scaled
from kanchay.domain.errors import BillRefused
from kanchay.domain.tariff import BandedCharge, LookupCharge, Tariff, Usage

__all__ = ["next_step", "steps", "without_total_rounding"]

# Below this a difference is the rounding of lines to the cent, not a step. [currency]
_NOISE: Final = Decimal("0.05")
_LINE_UNKNOWN: Final = ("bill.missing_parameter", "bill.unknown_factor")


def without_total_rounding(tariff: Tariff) -> Tariff:
    """The same tariff with the total left at the cent, so that two totals can be subtracted.

    Parameters
    ----------
    tariff : Tariff

    Returns
    -------
    Tariff
    """
    return replace(tariff, rounding=replace(tariff.rounding, total_step=None))


def steps(
    tariff: Tariff,
    start: date,
    end: date,
    *,
    like: Usage | None = None,
    parameters: Mapping[str, Decimal] | None = None,
    leave_out: Collection[str] = (),
    as_of: date | None = None,
) -> list[tuple[Decimal, Decimal]]:
    """Totals at which one more kWh costs visibly more than the kWh after it.

    Parameters
    ----------
    tariff : Tariff
    start, end : date
        The reading period, half-open; its prices count.
    like : Usage, optional
        A usage of the period whose hours and demand the totals share; needed where a tariff prices them.
    parameters, leave_out, as_of
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
    banded, tables = _edges(tariff, *((as_of, as_of + timedelta(days=1)) if as_of else (start, end)))
    shape = like or Usage.energy(start, end, Decimal(1))
    unpublished = {c.id for v in tariff.versions for c in v.charges if isinstance(c, LookupCharge)}

    def cost(edge: Decimal, without: Collection[str]) -> tuple[Decimal, Decimal]:
        """Cost of the kWh after the edge, and how much more that is than the next one."""
        at, above, beyond = (
            evaluate(plain, scaled(shape, edge + n), parameters=typed, leave_out=without, as_of=as_of).total
            for n in (0, 1, 2)
        )
        return above - at, (above - at) - (beyond - above)

    found = []
    for edge in sorted(banded | tables):
        try:
            step, more = cost(edge, leave_out)
        except BillRefused as refusal:
            # A line of unknown amount is the same on both sides of an edge that is not its own.
            if edge in tables or refusal.code not in _LINE_UNKNOWN:
                continue
            step, more = cost(edge, {*leave_out, *unpublished})
        if more > _NOISE:
            found.append((edge, step))
    return found


def _edges(tariff: Tariff, start: date, end: date) -> tuple[set[Decimal], set[Decimal]]:
    """Edges of bands and edges of tables."""
    banded: set[Decimal] = set()
    tables: set[Decimal] = set()
    for charge in blend_prices(tariff, start, end).charges:
        if isinstance(charge, BandedCharge):
            banded.update(b.up_to for b in charge.bands if b.up_to is not None)
        if isinstance(charge, LookupCharge):
            tables.update(r.up_to for r in charge.rows if r.up_to is not None)
    return banded, tables


def next_step(found: list[tuple[Decimal, Decimal]], so_far: Decimal) -> tuple[Decimal, Decimal] | None:
    """The first step that the month has not passed yet, None where there is none.

    Parameters
    ----------
    found : list of (Decimal, Decimal)
        Line and cost of each step, by rising line. [kWh, currency]
    so_far : Decimal
        Energy used in the period. [kWh]

    Returns
    -------
    (Decimal, Decimal) or None
        [kWh, currency]

    Examples
    --------
    >>> next_step([(Decimal(140), Decimal("9.86"))], Decimal("119.5"))
    (Decimal('140'), Decimal('9.86'))
    """
    return next(((at, cost) for at, cost in found if so_far <= at), None)
