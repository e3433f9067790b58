"""The sums that a receipt must keep, and what they say about each field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from kanchay.domain.receipt import TAXED, Check, Confidence, FieldRead, Receipt

__all__ = ["check_sums", "weigh"]

_IGV: Final = Decimal("0.18")
_APORTE: Final = (Decimal("0.0085"), Decimal("0.0125"))  # S/ per kWh; 0.0092 in 2022, 0.0110 in 2026
_CENT: Final = Decimal("0.01")
_UNTAXED: Final = ("igv", "aporte_28749", "late_interest", "mcter", "adjustment")
_LATER: Final = ("balance", "rounding_before", "rounding")


def check_sums(r: Receipt) -> tuple[Check, ...]:
    """Every sum for which the paper gives both sides."""
    checks = (_registers(r), _energy(r), _subtotal(r), _igv(r), _aporte(r), _month(r), _due(r))
    return tuple(check for check in checks if check is not None)


def weigh(r: Receipt) -> Receipt:
    """The receipt with its sums, and each field's confidence raised or lowered by them."""
    checks = check_sums(r)
    evidence = tuple(_weighed(e, checks) for e in r.evidence)
    return replace(r, checks=checks, evidence=evidence)


def _weighed(read: FieldRead, checks: Sequence[Check]) -> FieldRead:
    mine = [c for c in checks if read.field in c.fields]
    kept = tuple(f"sum.{c.id}" for c in mine if c.holds)
    broken = tuple(f"broken.{c.id}" for c in mine if not c.holds)
    sure = read.confidence
    if kept and broken:
        sure = Confidence.MEDIUM
    elif kept:
        sure = Confidence.HIGH if sure is not Confidence.LOW or len(kept) > 1 else Confidence.MEDIUM
    elif broken:
        sure = Confidence.LOW
    return replace(read, confidence=sure, because=(*read.because, *kept, *broken))


def _round(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def _known(*values: Any) -> bool:
    return all(value is not None for value in values)


def _check(key: str, printed: Decimal, computed: Decimal, fields: Iterable[str], tolerance: str) -> Check:
    return Check(key, printed, computed, tuple(fields), Decimal(tolerance))


def _registers(r: Receipt) -> Check | None:
    """Readings and factor make the kWh."""
    if r.register_now is None or r.register_before is None or r.kwh is None:
        return None
    told = (r.register_now - r.register_before) * (r.factor if r.factor is not None else 1)
    fields = ["register_now", "register_before", "kwh", *(["factor"] if r.factor is not None else [])]
    return _check("registers", r.kwh, told, fields, "0.06")  # registers may be printed with fewer digits


def _energy(r: Receipt) -> Check | None:
    """kWh times price, part by part."""
    parts = r.all_of("energy")
    if not parts or not all(_known(p.quantity, p.unit_price) for p in parts):
        return None
    told = sum((_round((p.quantity or Decimal(0)) * (p.unit_price or Decimal(0))) for p in parts), Decimal(0))
    fields = ["line.energy", "price", *(["kwh"] if sum(p.quantity or 0 for p in parts) == r.kwh else [])]
    return _check("energy", sum((p.amount for p in parts), Decimal(0)), told, fields, "0.01")


def _subtotal(r: Receipt) -> Check | None:
    """The taxed lines make the subtotal."""
    taxed = [line for line in r.lines if line.id in TAXED]
    if r.subtotal is None or not taxed:
        return None
    fields = ["subtotal", *dict.fromkeys(f"line.{line.id}" for line in taxed)]
    return _check("subtotal", r.subtotal, sum((line.amount for line in taxed), Decimal(0)), fields, "0.01")


def _igv(r: Receipt) -> Check | None:
    igv = r.amount("igv")
    if igv is None or r.subtotal is None:
        return None
    return _check("igv", igv, _round(r.subtotal * _IGV), ("line.igv", "subtotal"), "0.01")


def _aporte(r: Receipt) -> Check | None:
    """Within the rates of the years around; the exact one is the tariff's affair."""
    aporte = r.amount("aporte_28749")
    if aporte is None or not r.kwh:
        return None
    low, high = (_round(r.kwh * rate) for rate in _APORTE)
    near = min(max(aporte, low), high)
    return _check("aporte_28749", aporte, near, ("line.aporte_28749", "kwh"), "0.01")


def _sum_of(r: Receipt, ids: Sequence[str]) -> Decimal:
    return sum((r.amount(key) or Decimal(0) for key in ids), Decimal(0))


def _month(r: Receipt) -> Check | None:
    """Subtotal, tax and the untaxed lines make the month's total."""
    if r.total_month is None or r.subtotal is None or r.amount("igv") is None:
        return None
    told = r.subtotal + _sum_of(r, _UNTAXED)
    lines = [f"line.{key}" for key in _UNTAXED if r.all_of(key)]
    return _check("total_month", r.total_month, told, ("total_month", "subtotal", *lines), "0.01")


def _due(r: Receipt) -> Check | None:
    """The month's total, older debt and rounding make what is to be paid."""
    if r.total_due is None or r.subtotal is None or r.amount("igv") is None:
        return None
    before = r.total_month if r.total_month is not None else r.subtotal + _sum_of(r, _UNTAXED)
    told = before + _sum_of(r, _LATER)
    ids = (*_UNTAXED, *_LATER)
    lines = [f"line.{key}" for key in ids if r.all_of(key)]
    # Where the paper does not print the rounding, the total may differ by what rounding to S/ 0.10 takes.
    loose = "0.01" if r.all_of("rounding") or r.all_of("rounding_before") else "0.10"
    return _check("total_due", r.total_due, told, ("total_due", "total_month", *lines), loose)
