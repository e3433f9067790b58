"""A file beside paper bills: what was typed, whether it agrees, and what could explain where it does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from kanchay.domain.errors import InputError
from kanchay.domain.importing import ImportPreview
from kanchay.services.readings.match_bill import BillMatch, PaperBill, Reason, match_bill
from kanchay.web.shell import Reader

__all__ = ["BillRow", "bill_rows", "bills_from"]

_MOST: Final = 12
_FAR: Final = 9.0


@dataclass(frozen=True)
class BillRow:
    """One bill in words; `start`, `end` and `kwh` as they ride in the address."""

    start: str
    end: str
    kwh: str
    kind: str
    mark: str
    text: str
    reasons: tuple[str, ...]


def bills_from(args: Any) -> tuple[PaperBill, ...]:
    """The bills that were typed; raises `InputError` for what is none. Rows left empty do not count."""
    rows = zip(*(args.getlist(f"bill_{part}")[:_MOST] for part in ("from", "to", "kwh")), strict=False)
    return tuple(_bill(*(cell.strip() for cell in row)) for row in rows if all(cell.strip() for cell in row))


def _bill(start: str, end: str, kwh: str) -> PaperBill:
    try:
        return PaperBill(date.fromisoformat(start), date.fromisoformat(end), Decimal(kwh.replace(",", ".")))
    except (ValueError, InvalidOperation) as error:
        raise InputError(
            "A bill has two dates and an amount.",
            hint="For example 2026-06-05, 2026-07-06, 184.",
            code="form.bill",
        ) from error


def bill_rows(
    preview: ImportPreview, bills: tuple[PaperBill, ...], r: Reader, tz: str
) -> tuple[BillRow, ...]:
    """Every bill beside the file, in words."""
    return tuple(_row(match_bill(preview, bill, tz), r) for bill in bills)


def _row(match: BillMatch, r: Reader) -> BillRow:
    t, f, bill = r.words, r.formats, match.bill
    percent = f.number(100 * abs(match.difference), 1)
    text = t(
        f"bill_match.{match.verdict}" if match.verdict != "differs" else f"bill_match.{_side(match)}",
        start=f.day_year(bill.start), end=f.day_year(bill.end), bill=f.energy(bill.amount), file=f.energy(match.kwh),
        percent=percent,
    )  # fmt: skip
    kind = {"match": "good", "none": ""}.get(match.verdict, "warn")
    mark = {"match": "check", "none": "info"}.get(match.verdict, "warn")
    reasons = tuple(_reason(reason, r) for reason in match.reasons)
    if match.verdict == "differs" and not reasons:
        reasons = (t("bill_match.no_reason"),)
    return BillRow(bill.start.isoformat(), bill.end.isoformat(), str(bill.kwh), kind, mark, text, reasons)


def _side(match: BillMatch) -> str:
    """Which sentence tells the difference; percents beyond all measure say nothing."""
    if match.difference > _FAR:
        return "far"
    return "more" if match.difference > 0 else "less"


def _reason(reason: Reason, r: Reader) -> str:
    f, about = r.formats, reason.about
    if reason.code == "dates":
        start, end = (f.day_year(date.fromisoformat(day)) for day in about.split())
        about = r.words("bill_match.span", start=start, end=end)
    return r.words(f"bill_match.{reason.code}", about=about, kwh=f.energy(reason.kwh))
