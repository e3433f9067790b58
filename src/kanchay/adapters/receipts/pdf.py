"""A text PDF of a receipt: layout, fields and rows put together, then weighed by the sums of the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields as fields_of
from decimal import Decimal
from typing import Any, Final

from kanchay.adapters.pdf import PdfLimits, pdf_pages
from kanchay.adapters.receipts.energy import energy_rows, kwh_of_parts, parts_of
from kanchay.adapters.receipts.fields import Found, Part, read_fields
from kanchay.adapters.receipts.history import read_history
from kanchay.adapters.receipts.layouts.registry import WORDS, recognise
from kanchay.adapters.receipts.rows import Row, in_columns, in_rows
from kanchay.adapters.receipts.sums import weigh
from kanchay.adapters.receipts.sunat import code_of
from kanchay.adapters.receipts.text import TextLine, lines_of, shown
from kanchay.domain.errors import FileRefused
from kanchay.domain.receipt import LINES, Confidence, FieldRead, Receipt, ReceiptLine

__all__ = ["MADE_UP", "PDF_LIMITS", "read_lines", "read_pdf_receipt"]

PDF_LIMITS: Final = PdfLimits(
    max_bytes=5 << 20, max_pages=6, max_chars=200_000, max_memory=512 << 20, seconds=5
)
MADE_UP: Final = "recibo inventado"  # folded words that our own made-up receipts carry
_SUMS: Final = ("subtotal", "total_month", "total_due")
_FEWEST: Final = 3  # of what makes a receipt of electricity: fewer is another paper


def read_pdf_receipt(data: bytes, name: str) -> Receipt:
    """A receipt from its text layer; raises `FileRefused` for a scan, a locked file or another document."""
    pages = pdf_pages(data, name, "layout", PDF_LIMITS)
    receipt = read_lines(lines_of((p.number, p.lines) for p in pages), name)
    if receipt.kwh is None or receipt.total_due is None or receipt.subtotal is None:
        drawn = pdf_pages(data, name, "plain", PDF_LIMITS)
        receipt = _richer(receipt, read_lines(lines_of((p.number, p.lines) for p in drawn), name))
    if (
        len(receipt.lines) + sum(v is not None for v in (receipt.kwh, receipt.distributor, receipt.total_due))
        < _FEWEST
    ):
        raise FileRefused(
            f"{name} does not look like a receipt of electricity: it names neither energy nor its charges.",
            hint="Hand in the receipt of the distributor as PDF or XML.",
            code="receipt.none",
        )
    return receipt


def _richer(one: Receipt, other: Receipt) -> Receipt:
    """The reading that tells more and keeps more sums."""

    def worth(r: Receipt) -> tuple[int, int, int]:
        return (
            sum(c.holds for c in r.checks) - sum(not c.holds for c in r.checks),
            len(r.lines),
            -len(r.missing),
        )

    return max(one, other, key=worth)


def read_lines(lines: Sequence[TextLine], name: str) -> Receipt:
    """A receipt from its lines of text."""
    layout, company, told_by, by = recognise(lines)
    found = read_fields(lines, layout, WORDS)
    if company is not None and told_by is not None:
        found.put("distributor", company.id, told_by, company.name, by)
    rows = _best_rows(lines, layout)
    _totals(rows, found)
    energy = energy_rows(rows, found.parts)
    parts = parts_of(energy, found)
    _whole(kwh_of_parts(parts, found), parts, found)
    bars, at = read_history(lines)
    if at is not None:
        found.put("history", bars, at, at.raw, "words")
    known = {f.name for f in fields_of(Receipt)}
    values: dict[str, Any] = {key: value for key, value in found.values.items() if key in known}
    concepts, proofs = _concepts([*energy, *_once(rows)], parts)
    receipt = Receipt(
        name, "pdf", layout.id, distributor_name=company.name if company else "",
        option_code=code_of(values.get("option")),
        lines=concepts, evidence=(*found.evidence.values(), *proofs), warnings=_warnings(rows),
        made_up=any(MADE_UP in line.folded for line in lines), **values,
    )  # fmt: skip
    return weigh(receipt)


def _best_rows(lines: Sequence[TextLine], layout: Any) -> list[Row]:
    """Amounts beside their labels, or, where there are hardly any, in a block after them."""
    rows = in_rows(lines, layout, WORDS)
    taxed = {row.id for row in rows}
    return rows if {"subtotal", "igv"} <= taxed else in_columns(lines, layout, WORDS) or rows


def _totals(rows: Sequence[Row], found: Found) -> None:
    """The three numbers that look like the total, each by its own words."""
    for row in rows:
        if row.id in _SUMS:
            found.put(row.id, row.amount, row.line, f"{row.label} {row.amount}", row.by)


def _whole(kwh: Decimal | None, parts: Sequence[Part | None], found: Found) -> None:
    """kWh of the period as the sum of its parts."""
    first = next((p for p in parts if p is not None), None)
    if kwh is not None and first is not None:
        found.values.pop("kwh", None)
        found.evidence.pop("kwh", None)
        found.put("kwh", kwh, first.line, first.line.raw, "parts")


def _concepts(
    rows: Sequence[Row], parts: Sequence[Part | None]
) -> tuple[tuple[ReceiptLine, ...], list[FieldRead]]:
    """Lines in the order of the paper, the energy (which comes first) with its prices, and where each was read."""
    lines: list[ReceiptLine] = []
    proofs: dict[str, FieldRead] = {}
    for i, row in enumerate(rows):
        part = parts[i] if i < len(parts) else None
        label = shown(row.label)
        kwh, price = (part.kwh, part.price) if part else (None, None)
        lines.append(ReceiptLine(row.id, label, row.amount, kwh, price))
        proofs.setdefault(
            f"line.{row.id}", _proof(f"line.{row.id}", row.line, f"{label} {row.amount}", row.by)
        )
        if part is not None:
            proofs.setdefault("price", _proof("price", part.line, shown(part.line.raw), "layout"))
    order = {key: i for i, key in enumerate(LINES)}
    return tuple(sorted(lines, key=lambda line: order[line.id])), list(proofs.values())


def _proof(key: str, line: TextLine, text: str, by: str) -> FieldRead:
    return FieldRead(
        key, Confidence.LOW if by == "words" else Confidence.MEDIUM, line.page, line.line, text, (by,)
    )


def _once(rows: Sequence[Row]) -> list[Row]:
    """Every other concept; one that a summary repeats counts once."""
    once = {(row.id, row.amount): row for row in reversed(rows) if row.id in LINES and row.id != "energy"}
    return list(reversed(once.values()))


def _warnings(rows: Sequence[Row]) -> tuple[str, ...]:
    """Concepts that stand twice with different amounts: one of them may be something else."""
    amounts: dict[str, set[Decimal]] = {}
    for row in rows:
        if row.id != "energy":
            amounts.setdefault(row.id, set()).add(row.amount)
    return tuple(f"twice.{key}" for key, found in amounts.items() if len(found) > 1)
