"""Pricing quantities that somebody typed: no meter, no site."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from kanchay.analysis.tariff.blocktimes import calendar_times
from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.metering import needed_quantities
from kanchay.domain.bill import Bill
from kanchay.domain.errors import BillRefused, InputError
from kanchay.domain.tariff import Tariff, Usage
from kanchay.services.money.tariffs import number

__all__ = ["price_typed", "typed_usage"]

_KINDS = ("energy_kwh", "export_kwh", "reactive_kvarh", "demand_kw", "hours", "days", "value")


def typed_usage(tariff: Tariff, start: date, end: date, quantities: Mapping[str, str | Decimal]) -> Usage:
    """A period of typed quantities, named as a tariff names them; hours and days of blocks are the calendar's.

    Raises
    ------
    InputError
        A name that is none of a quantity, or a value that is no number.
    """
    for name in quantities:
        kind, _, block = name.partition(".")
        if kind not in _KINDS or (block and kind != "value" and tariff.schedule_of(block) is None):
            raise InputError(f"There is no quantity '{name}'.", hint=f"This tariff reads: {_reads(tariff)}.")
    exact = {name: number(name, value) for name, value in quantities.items()}
    times = calendar_times(tariff, start, end) if tariff.schedules and start < end else {}
    return Usage(start, end, {**times, **exact})


def price_typed(
    tariff: Tariff,
    usage: Usage,
    *,
    parameters: Mapping[str, str | Decimal],
    leave_out: Collection[str] = (),
    as_of: date | None = None,
) -> Bill:
    """The bill of typed quantities; a refusal for want of one says which this tariff reads.

    Raises
    ------
    BillRefused
        As `kanchay.analysis.tariff.evaluate.evaluate`.
    """
    typed = {name: number(name, value) for name, value in parameters.items()}
    try:
        return evaluate(tariff, usage, parameters=typed, leave_out=leave_out, as_of=as_of)
    except BillRefused as refusal:
        if refusal.code != "bill.missing_quantity":
            raise
        hint = f"Give each with --quantity NAME=VALUE. This tariff reads: {_reads(tariff)}."
        raise BillRefused(refusal.message, hint=hint, code=refusal.code) from refusal


def _reads(tariff: Tariff) -> str:
    """Quantities that a person has to type: the calendar tells hours and days."""
    return ", ".join(sorted(n for n in needed_quantities(tariff) if not n.startswith(("hours.", "days."))))
