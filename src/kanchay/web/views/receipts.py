"""A receipt in words: what was read field by field, paper against computed, and what saving it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.point import Site
from kanchay.domain.receipt import FIELDS, LINES, Receipt
from kanchay.domain.receiptstudy import ComparedLine, Comparison, ReceiptStudy
from kanchay.services.money.tariffs import line_words
from kanchay.web.shell import Reader
from kanchay.web.views.bill import Months, months_view, tariff_title
from kanchay.web.views.formula import written

__all__ = ["ReceiptView", "receipt_view"]

_TONES: Final = {"high": "good", "medium": "", "low": "warn"}
_VERDICTS: Final = {
    "agrees": "good",
    "differs": "warn",
    "only_paper": "warn",
    "only_computed": "warn",
    "taken": "",
}


@dataclass(frozen=True)
class FieldRow:
    name: str
    value: str
    sure: str
    tone: str
    where: str
    words: str = ""
    sum: str = ""


@dataclass(frozen=True)
class PaperRow:
    """A concept on paper and computed; `kind` is "line", "sum" or "total"."""

    name: str
    rule: str
    printed: str
    computed: str
    verdict: str
    tone: str
    kind: str = "line"


@dataclass(frozen=True)
class ReceiptView:
    headline: str
    head: str
    made_up: bool
    unread: str
    broken: tuple[str, ...]
    fields: tuple[FieldRow, ...]
    lines: tuple[FieldRow, ...]
    rows: tuple[PaperRow, ...]
    verdict: str
    verdict_tone: str
    refusal: str
    printed: str
    printed_rows: tuple[PaperRow, ...]
    tariffs: tuple[tuple[str, str, bool], ...]  # id, name, chosen
    tariff_why: str
    changes: tuple[tuple[str, str, str], ...]  # what, before, after
    asked: tuple[tuple[str, str, str, str], ...]  # parameter, name, help, value
    months: Months | None
    metered: str


def receipt_view(
    study: ReceiptStudy,
    site: Site,
    after: Site | None,
    documents: Mapping[str, Any],
    r: Reader,
    *,
    metered: Decimal | None = None,
) -> ReceiptView:
    """The page of one receipt.

    `after` is the site as saving would make it, None where no tariff fits; `metered` what its meter counted. [kWh]
    """
    t, receipt = r.words, study.receipt
    document = documents.get(study.tariff_id or "", {})
    names = line_words(parse_tariff(document), r.language) if document else {}
    verdict, tone = _total_verdict(study.by_list, receipt, r)
    missing = ", ".join(t(f"receipt_field.{name}").lower() for name in receipt.missing)
    return ReceiptView(
        headline=_headline(receipt, r),
        head=_head(receipt, r),
        made_up=receipt.made_up,
        unread=t("receipt.unread", fields=missing) if missing else "",
        broken=_broken(receipt, r),
        fields=_fields(receipt, r),
        lines=_lines(receipt, names, r),
        rows=_rows(study.by_list, names, receipt.currency, r),
        verdict=verdict,
        verdict_tone=tone,
        refusal=_refusal(study.by_list, r) if study.by_list else t("receipt.no_match"),
        printed=_printed_sentence(study.by_printed, r),
        printed_rows=_rows(study.by_printed, names, receipt.currency, r),
        tariffs=_tariffs(study, documents, r),
        tariff_why=_why(study, r),
        changes=_changes(site, after, documents, r) if after else (),
        asked=_asked(study, document, r),
        metered=_metered(receipt, metered, r),
        months=months_view([(m.month, float(m.kwh)) for m in receipt.history], None, None, r),
    )  # fmt: skip


def _metered(receipt: Receipt, metered: Decimal | None, r: Reader) -> str:
    """The site's own meter over the same days."""
    if metered is None or receipt.kwh is None:
        return ""
    f = r.formats
    return r.words("receipt.metered", metered=f.energy(metered, 1), printed=f.energy(receipt.kwh, 1))


def _headline(receipt: Receipt, r: Reader) -> str:
    t, f = r.words, r.formats
    if receipt.kwh is None or receipt.total_due is None:
        return t("receipt.h1_part")
    money = f.money(receipt.total_due, receipt.currency)
    return t("receipt.h1_read", kwh=f.energy(receipt.kwh, 1), money=money)


def _head(receipt: Receipt, r: Reader) -> str:
    f = r.formats
    days = f"{f.day(receipt.start)} – {f.day_year(receipt.end)}" if receipt.start and receipt.end else ""
    return " · ".join(x for x in (receipt.distributor_name, receipt.option or "", days) if x)


def _broken(receipt: Receipt, r: Reader) -> tuple[str, ...]:
    """Sums of the paper that do not hold, each as a sentence."""
    t, f = r.words, r.formats
    return tuple(
        t(f"receipt_sum.{c.id}", printed=f.number(c.printed, 2), computed=f.number(c.computed, 2))
        for c in receipt.checks
        if not c.holds
    )


def _fields(receipt: Receipt, r: Reader) -> tuple[FieldRow, ...]:
    return tuple(
        _field(receipt, name, r.words(f"receipt_field.{name}"), _value(receipt, name, r), r)
        for name in FIELDS
        if name != "history" and getattr(receipt, name) is not None
    )


def _lines(receipt: Receipt, names: Mapping[str, str], r: Reader) -> tuple[FieldRow, ...]:
    """Every concept, energy with its sum."""
    rows = []
    for line in (x for key in LINES for x in receipt.all_of(key)):
        row = _field(
            receipt, f"line.{line.id}", _line_name(line.id, names, r), r.formats.number(line.amount, 2), r
        )
        priced = line.quantity is not None and line.unit_price is not None
        rows.append(
            replace(row, sum=f"{r.formats.energy(line.quantity)} × {line.unit_price}" if priced else "")
        )
    return tuple(rows)


def _field(receipt: Receipt, key: str, name: str, value: str, r: Reader) -> FieldRow:
    read = receipt.read_of(key)
    if read is None:
        return FieldRow(name, value, "", "", "")
    place = r.words("receipt.where", page=read.page, line=read.line) if read.page else "XML"
    sure = r.words(f"receipt_sure.{read.confidence.value}")
    return FieldRow(name, value, sure, _TONES[read.confidence.value], place, read.text)


def _value(receipt: Receipt, name: str, r: Reader) -> str:
    value, f = getattr(receipt, name), r.formats
    if name in ("subtotal", "total_month", "total_due"):
        return f.money(value, receipt.currency)
    if isinstance(value, date):
        return f.day_year(value)
    if name == "kwh":
        return f.energy(value, 1)
    if name == "contracted_kw":
        return f.unit(value, "kW", 2)
    if name == "segment":
        return r.words(f"receipt_segment.{value}")
    if name == "distributor":
        return receipt.distributor_name
    if name == "option" and receipt.option_code:
        return f"{value} ({receipt.option_code})"
    return f.number(value, 1) if name.startswith("register") else str(value)


def _line_name(key: str, names: Mapping[str, str], r: Reader) -> str:
    return names.get(key) or r.words(f"receipt_line.{key}")


def _rows(
    comparison: Comparison | None, names: Mapping[str, str], currency: str, r: Reader
) -> tuple[PaperRow, ...]:
    """Taxed lines, subtotal, the rest, the total."""
    if comparison is None or comparison.refusal:
        return ()
    rows = [_row(x, _line_name(x.id, names, r), r) for x in comparison.lines]
    place = next((i for i, x in enumerate(comparison.lines) if x.id == "igv"), len(rows))
    if comparison.subtotal is not None:
        rows.insert(place, _row(comparison.subtotal, r.words("bill.subtotal"), r, "sum"))
    if comparison.total is not None:
        rows.append(_row(comparison.total, r.words("bill.total"), r, "total"))
    return tuple(rows)


def _row(x: ComparedLine, name: str, r: Reader, kind: str = "line") -> PaperRow:
    """One row; a limit of a band is left out, for it is no sum."""
    difference = r.formats.signed(x.difference, 2)
    verdict = r.words(f"receipt_verdict.{x.verdict}", difference=difference)
    return PaperRow(
        name,
        "" if x.formula.startswith((">", "≤")) else written(x.formula, r),
        _amount(x.printed, r),
        _amount(x.computed, r),
        verdict,
        _VERDICTS[x.verdict],
        kind,
    )


def _amount(value: Decimal | None, r: Reader) -> str:
    return "" if value is None else r.formats.number(value, 2)


def _total_verdict(comparison: Comparison | None, receipt: Receipt, r: Reader) -> tuple[str, str]:
    total = comparison.total if comparison else None
    if total is None or total.verdict not in ("agrees", "differs"):
        return "", ""
    if total.verdict == "agrees":
        return r.words("receipt.matches"), "good"
    return r.words("receipt.off", money=r.formats.money(abs(total.difference), receipt.currency)), "warn"


def _refusal(comparison: Comparison, r: Reader) -> str:
    if not comparison.refusal:
        return ""
    key = f"refusal.{comparison.refusal_code}"
    return r.words(key) if r.words.has(key) else comparison.refusal


def _printed_sentence(comparison: Comparison | None, r: Reader) -> str:
    if comparison is None:
        return ""
    if comparison.refusal:
        return _refusal(comparison, r)
    return r.words("receipt.own_agree" if comparison.agrees else "receipt.own_differ")


def _tariffs(
    study: ReceiptStudy, documents: Mapping[str, Any], r: Reader
) -> tuple[tuple[str, str, bool], ...]:
    """The ones that fit first, then every other of the country."""
    fitting = [m.tariff_id for m in study.matches]
    others = sorted(k for k, d in documents.items() if d.get("country") == "PE" and k not in fitting)
    return tuple(
        (key, tariff_title(documents.get(key), r.language) or key, key == study.tariff_id)
        for key in (*fitting, *others)
    )


def _why(study: ReceiptStudy, r: Reader) -> str:
    """What of the receipt speaks for the chosen tariff."""
    match = next((m for m in study.matches if m.tariff_id == study.tariff_id), None)
    if match is None:
        return r.words("receipt.not_matched") if study.tariff_id else ""
    return r.words("receipt.matched", what=", ".join(r.words(f"receipt_because.{b}") for b in match.because))


def _changes(
    site: Site, after: Site, documents: Mapping[str, Any], r: Reader
) -> tuple[tuple[str, str, str], ...]:
    """What saving changes, beside the typed values."""
    titles = [tariff_title(documents.get(s.tariff_id or ""), r.language) or "–" for s in (site, after)]
    return (
        (r.words("sites.tariff"), titles[0], titles[1]),
        (r.words("receipt.reading_day"), str(site.billing_day), str(after.billing_day)),
    )


def _asked(
    study: ReceiptStudy, document: Mapping[str, Any], r: Reader
) -> tuple[tuple[str, str, str, str], ...]:
    """Lasting values that were learnt, to be looked at before they are saved."""
    told = {p["id"]: p for p in document.get("parameters", ())}
    return tuple(
        (
            x.parameter,
            told.get(x.parameter, {}).get("name", {}).get(r.language, x.parameter),
            told.get(x.parameter, {}).get("help", {}).get(r.language, ""),
            str(x.value),
        )
        for x in study.learned
        if x.lasting
    )
