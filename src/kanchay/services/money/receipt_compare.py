"""Paper against computed: the receipt's own kWh and days, by our price list or by the prices that it prints itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from kanchay.analysis.tariff.evaluate import CARRY, evaluate
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.analysis.tariff.rounding import round_to
from kanchay.domain.bill import Bill
from kanchay.domain.errors import BillRefused
from kanchay.domain.receipt import LINES, Receipt, ReceiptLine
from kanchay.domain.receiptstudy import ComparedLine, Comparison
from kanchay.domain.tariff import LookupCharge, Tariff, Usage
from kanchay.services.money.receipt_learn import learned_parameters

__all__ = ["by_list", "by_printed"]

_APORTE: Final = "aporte_28749"
_ROUNDING: Final = ("rounding_before", "rounding")
_CENT: Final = Decimal("0.01")
_MOST: Final = Decimal("0.05")  # more is no rounding
_LAST: Final = frozenset({*_ROUNDING, "balance"})
_PRINTED: Final = (
    "maintenance",
    "public_lighting",
    "interest",
    "other_taxed",
    "late_interest",
    "mcter",
    "adjustment",
)
_TAXED: Final = frozenset({"maintenance", "public_lighting", "interest", "other_taxed"})


def by_list(tariff: Tariff, receipt: Receipt) -> Comparison:
    """The receipt's kWh and days by our list; what only a receipt can tell is taken from it and marked so."""
    known = {x.parameter: x.value for x in learned_parameters(receipt, tariff)} | _before(receipt)
    whole = {c.amount_parameter for c in tariff.versions[-1].charges if isinstance(c, LookupCharge)}
    try:
        usage = _usage(receipt)
        if receipt.alicuota is not None:  # the rate is a witness of its own where the factor is known
            try:
                rated = {k: v for k, v in known.items() if k not in whole}
                return _laid_out(
                    "list", evaluate(tariff, usage, parameters=rated), receipt, _taken(tariff, rated)
                )
            except BillRefused:
                pass
        typed = {k: v for k, v in known.items() if k in {*whole, CARRY} or not _is_rate(tariff, k)}
        return _laid_out("list", evaluate(tariff, usage, parameters=typed), receipt, _taken(tariff, typed))
    except BillRefused as refusal:
        return Comparison("list", tariff.id, refusal=str(refusal), refusal_code=refusal.code)


def by_printed(rules: Mapping[str, Any], receipt: Receipt) -> Comparison:
    """The receipt's kWh and days by its own prices, under the taxes and rounding of our tariff."""
    try:
        usage = _usage(receipt)
        tariff = parse_tariff(_printed_document(rules, receipt, usage.start))
        bill = evaluate(tariff, usage, parameters=_before(receipt))
        return _laid_out("printed", bill, receipt, frozenset({"fixed", *_PRINTED}))
    except BillRefused as refusal:
        return Comparison("printed", "", refusal=str(refusal), refusal_code=refusal.code)


def _before(receipt: Receipt) -> dict[str, Decimal]:
    """What earlier receipts left over: it is rounded together with this one's total."""
    carry = (receipt.amount("rounding_before") or Decimal(0)) + (receipt.amount("balance") or Decimal(0))
    return {CARRY: carry} if carry else {}


def _is_rate(tariff: Tariff, parameter: str) -> bool:
    return any(isinstance(c, LookupCharge) and c.parameter == parameter for c in tariff.versions[-1].charges)


def _taken(tariff: Tariff, typed: Mapping[str, Decimal]) -> frozenset[str]:
    """Lines whose amount is a parameter that was read from the same line."""
    taken = set()
    for charge in tariff.versions[-1].charges:
        name = (
            charge.amount_parameter
            if isinstance(charge, LookupCharge)
            else getattr(charge, "parameter", None)
        )
        if name in typed:
            taken.add(charge.id)
    return frozenset(taken)


def _usage(receipt: Receipt) -> Usage:
    """Days and kWh of the receipt; refused where it does not tell them."""
    if receipt.kwh is None:
        raise BillRefused(
            "The receipt's kWh were not read.",
            hint="Type them with kanchay bill --kwh.",
            code="receipt.no_kwh",
        )
    start, end = receipt.start, receipt.end
    if start is None and end is None and receipt.issued_on is None:
        raise BillRefused(
            "The receipt's reading dates were not read.",
            hint="Price its kWh with kanchay bill --kwh.",
            code="receipt.no_dates",
        )
    last = end or receipt.issued_on or date.max
    if start is None or start >= last:
        start = last - timedelta(
            days=1
        )  # prices of its last day: without the first there is no share of days
    return Usage.energy(start, last, receipt.kwh)


def _printed_document(rules: Mapping[str, Any], receipt: Receipt, first: date) -> dict[str, Any]:
    """A tariff of nothing but what the receipt prints."""
    parts = receipt.all_of("energy")
    if (
        not parts
        or any(p.unit_price is None for p in parts)
        or (len(parts) > 1 and any(p.quantity is None for p in parts))
    ):
        raise BillRefused(
            "The receipt's price of a kWh was not read.",
            hint="Compare it with a price list.",
            code="receipt.no_price",
        )
    tiers = _tiers(parts)
    fixed = receipt.amount("fixed")
    band: dict[str, Any] = {"tiers": tiers} | ({"fixed": str(fixed)} if fixed is not None else {})
    energy = {
        "id": "energy", "kind": "banded", "select": "by_total", "quantity": "energy_kwh", "taxes": ["igv"],
        "bands": [band],
    }  # fmt: skip
    source = {
        "title": "The receipt itself",
        "date": str(receipt.issued_on or first),
        "confidence": "high",
        "basis": "typed",
    }
    keep = ("schema", "country", "currency", "timezone", "provider", "taxes", "rounding")
    version = {
        "valid_from": str(first), "prices_include": [], "source": source, "charges": [energy, *_amounts(receipt)],
    }  # fmt: skip
    return {key: rules[key] for key in keep if key in rules} | {
        "id": "receipt.printed",
        "option": {"code": receipt.option or "BT5B"},
        "parameters": [p for p in rules.get("parameters", ()) if p["id"] == "UIT"],
        "common_charges": [c for c in rules.get("common_charges", ()) if c["id"] == _APORTE],
        "versions": [version],
    }


def _tiers(parts: Sequence[ReceiptLine]) -> list[dict[str, str]]:
    """Prices in the order of the paper; each part but the last is an amount of its own, rounded as it is printed."""
    tiers: list[dict[str, str]] = []
    reached = Decimal(0)
    for part in parts[:-1]:
        kwh, price = part.quantity or Decimal(0), part.unit_price or Decimal(0)
        reached += kwh
        tiers.append({"up_to": str(reached), "amount": str(round_to(kwh * price, 2))})
    return [*tiers, {"rate": str(parts[-1].unit_price)}]


def _amounts(receipt: Receipt) -> list[dict[str, Any]]:
    """The lines that are an amount and nothing else."""
    told = [(key, receipt.amount(key)) for key in _PRINTED]
    return [
        {"id": key, "kind": "fixed", "amount": str(amount), "taxes": ["igv"] if key in _TAXED else []}
        for key, amount in told
        if amount is not None
    ]


def _laid_out(basis: str, bill: Bill, receipt: Receipt, taken: frozenset[str]) -> Comparison:
    """Every concept of either side, in the order of the paper."""
    ours = {line.id: line for line in bill.lines if line.kind != "rounding"}
    ids = (*(k for k in LINES if k not in _LAST), *(k for k in ours if k not in LINES))
    lines = [
        ComparedLine(
            key,
            receipt.amount(key),
            ours[key].amount if key in ours else None,
            key in taken and key in ours,
            ours[key].formula if key in ours else "",
        )
        for key in ids
        if key in ours or receipt.amount(key) is not None
    ]
    return Comparison(
        basis,
        bill.tariff_id,
        bill.tariff_version,
        (*lines, *_last_lines(receipt, bill, sum((abs(x.difference) for x in lines), _CENT))),
        ComparedLine("subtotal", receipt.subtotal, bill.subtotal),
        ComparedLine("total_due", receipt.total_due, bill.total),
        bill.warnings,
    )


def _last_lines(receipt: Receipt, bill: Bill, cents: Decimal) -> list[ComparedLine]:
    """Older debt, which is only taken over, and the rounding without it; it may differ by a few cents of the lines."""
    balance = receipt.amount("balance")
    told = [amount for key in _ROUNDING if (amount := receipt.amount(key)) is not None]
    rounding = sum((line.amount for line in bill.lines if line.kind == "rounding"), -(balance or Decimal(0)))
    lines = [] if balance is None else [ComparedLine("balance", balance, balance, True)]
    if told or rounding:
        lines.append(
            ComparedLine(
                "rounding",
                sum(told, Decimal(0)) if told else None,
                rounding,
                tolerance=cents if cents <= _MOST else _CENT,
            )
        )
    return lines
