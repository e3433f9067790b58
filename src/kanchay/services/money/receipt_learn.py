"""What one receipt teaches about a tariff: the values that no price list holds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kanchay.analysis.tariff.evaluate import CARRY
from kanchay.domain.receipt import Receipt
from kanchay.domain.receiptstudy import Learned
from kanchay.domain.tariff import FixedCharge, LookupCharge, LookupRow, Tariff

__all__ = ["learned_parameters"]

_LASTING = frozenset({"maintenance", "public_lighting"})  # of the connection and the place, not of that month


def learned_parameters(receipt: Receipt, tariff: Tariff) -> tuple[Learned, ...]:
    """Parameters of the tariff that the receipt tells, without tax as both print them.

    The street-lighting amount is kept rather than its rate: the rate changes each month and its factors are not all
    known. The rate is learnt beside it where the paper prints it, or where the factor of the band is known.
    """
    found = {learned.parameter: learned for learned in _all(receipt, tariff)}
    return tuple(found.values())


def _all(receipt: Receipt, tariff: Tariff) -> Iterator[Learned]:
    for charge in tariff.versions[-1].charges:
        amount = receipt.amount(charge.id)
        if amount is None:
            continue
        if isinstance(charge, FixedCharge) and charge.parameter:
            yield Learned(charge.parameter, amount, charge.id, charge.id in _LASTING)
        elif isinstance(charge, LookupCharge):
            yield from _lighting(charge, receipt, amount)
    carry = receipt.amount("rounding_before")
    if carry is not None:
        yield Learned(CARRY, carry, "rounding_before", False)


def _lighting(charge: LookupCharge, receipt: Receipt, amount: Decimal) -> Iterator[Learned]:
    if charge.amount_parameter:
        yield Learned(charge.amount_parameter, amount, charge.id, charge.id in _LASTING)
    rate = receipt.alicuota
    if rate is None and receipt.kwh is not None:
        factor = _factor(charge.rows, receipt.kwh)
        rate = (amount / factor).quantize(Decimal("0.0001")) if factor else None
    if rate is not None:
        yield Learned(charge.parameter, rate, charge.id, False)


def _factor(rows: tuple[LookupRow, ...], kwh: Decimal) -> Decimal | None:
    """Factor of the band of a number of kWh; None where nobody has told us."""
    return next((row.factor for row in rows if row.up_to is None or kwh <= row.up_to), None)
