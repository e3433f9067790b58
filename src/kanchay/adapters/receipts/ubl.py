"""An electronic receipt of a public service (UBL 2.1) as SUNAT prescribes it: fields by element, lines by their words.

The elements: SUNAT, guide of the electronic receipt of public services; the contract reference holds the supply and the
option (catalogue 24), the delivery the kWh and the contracted power, the invoice period the billing cycle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from kanchay.adapters.files.container import Limits, recognise
from kanchay.adapters.files.encoding import decode
from kanchay.adapters.files.formats.ubl import KWH_PER_UNIT, is_energy
from kanchay.adapters.files.markup import Element, elements
from kanchay.adapters.receipts.layout import Distributor
from kanchay.adapters.receipts.layouts.registry import WORDS, by_ruc
from kanchay.adapters.receipts.layouts.registry import recognise as recognise_company
from kanchay.adapters.receipts.sums import weigh
from kanchay.adapters.receipts.sunat import OPTIONS
from kanchay.adapters.receipts.text import fold, lines_of, number, shown, to_date
from kanchay.domain.errors import FileRefused
from kanchay.domain.receipt import LINES, TAXED, Confidence, FieldRead, Receipt, ReceiptLine, mask

__all__ = ["LIMITS", "read_ubl_receipt"]

LIMITS: Final = Limits(max_bytes=5 << 20, max_unpacked=20 << 20)
_IGV: Final = ("1000", "IGV")
_NAMESPACE: Final = b"oasis:names:specification:ubl:schema:xsd:Invoice"
_MOST_LINES: Final = 200
_ALICUOTA: Final = re.compile(r"alicuota[ :.]{1,4}(?:s/\.?)? ?(\d{1,2}\.\d{2,5})")
_PHOTO: Final = (
    "A photo or a scan is not read: download the PDF or the XML from the distributor's web office,"
    " or type its numbers."
)


def read_ubl_receipt(data: bytes, name: str) -> Receipt:
    """A receipt from its XML, also within a zip; raises `FileRefused`."""
    text = _xml(data, name)
    bill = next(elements(text, name, "Invoice"), None) if _NAMESPACE in text[:65536] else None
    if bill is None:
        raise _other(name)
    told = _Told(bill)
    company = _company(bill, told)
    _fields(bill, told)
    lines = (*_lines(bill, told), *_charges(bill, told))
    if not lines:
        raise FileRefused(
            f"{name} is an electronic receipt without a line that we know.",
            hint="Hand in a receipt of electricity.",
            code="receipt.none",
        )
    _sums(bill, lines, told)
    return weigh(
        Receipt(
            name, "ubl", "sunat", bill.said("DocumentCurrencyCode") or "PEN",
            distributor_name=company.name if company else "", lines=_ordered(lines), evidence=tuple(told.evidence),
            made_up="recibo inventado" in fold(" ".join(e.text for e in bill.all("Note"))), **told.values,
        )
    )  # fmt: skip


def _other(name: str) -> FileRefused:
    what = f"{name} is neither a PDF with text nor the XML of an electronic receipt."
    return FileRefused(what, hint=_PHOTO, code="receipt.kind")


def _xml(data: bytes, name: str) -> bytes:
    """The XML itself as UTF-8, out of its zip; of several files in one, the invoice."""
    try:
        content = recognise(data, name, LIMITS)
        for inside in (content, *(c for _, c in content.members)):
            text = decode(inside.data, name)[0] if inside.kind == "text" and inside.data else b""
            if _NAMESPACE in text[:65536]:
                return text[:]
    except FileRefused as error:
        if error.code in ("file.other_kind", "file.binary", "file.empty"):
            raise _other(name) from error
        raise
    raise _other(name)


class _Told:
    """Values by field and where each was read."""

    def __init__(self, bill: Element) -> None:
        self.bill = bill
        self.values: dict[str, Any] = {}
        self.evidence: list[FieldRead] = []

    def put(
        self, name: str, value: Any, element: str, text: str, *, sure: Confidence = Confidence.MEDIUM
    ) -> None:
        if value is None or name in self.values:
            return
        self.values[name] = value
        self.evidence.append(FieldRead(name, sure, 0, 0, f"{element}: {text}"[:80], ("sunat",)))

    def line(self, key: str, element: str, text: str) -> None:
        self.evidence.append(
            FieldRead(f"line.{key}", Confidence.MEDIUM, 0, 0, f"{element}: {text}"[:80], ("sunat",))
        )


def _company(bill: Element, told: _Told) -> Distributor | None:
    """Who issued it: by tax number, else by name."""
    for party in bill.all("AccountingSupplierParty", "Party"):
        rucs = [
            e.text.strip()
            for path in (("PartyIdentification", "ID"), ("PartyTaxScheme", "CompanyID"))
            for e in party.all(*path)
        ]
        names = [
            e.text
            for path in (
                ("PartyName", "Name"),
                ("PartyLegalEntity", "RegistrationName"),
                ("PartyTaxScheme", "RegistrationName"),
            )
            for e in party.all(*path)
        ]
        company = next((c for c in map(by_ruc, rucs) if c is not None), None)
        company = company or recognise_company(lines_of([(0, names)]))[1]
        if company is not None:
            told.put("distributor", company.id, "AccountingSupplierParty", company.name, sure=Confidence.HIGH)
            return company
    return None


def _fields(bill: Element, told: _Told) -> None:
    for contract in bill.all("ContractDocumentReference"):
        supply, code = contract.said("ID"), contract.said("DocumentStatusCode")
        told.put("supply", mask(supply) if supply else None, "ContractDocumentReference/ID", mask(supply))
        if code in OPTIONS:
            told.put(
                "option_code",
                code,
                "ContractDocumentReference/DocumentStatusCode",
                code,
                sure=Confidence.HIGH,
            )
            told.put(
                "option",
                OPTIONS[code],
                "ContractDocumentReference/DocumentStatusCode",
                code,
                sure=Confidence.HIGH,
            )
    for delivery in bill.all("Delivery"):
        _quantity(delivery, "MaximumQuantity", "contracted_kw", {"KWT": Decimal(1)}, told)
        _quantity(delivery, "Quantity", "kwh", {k: Decimal(int(v)) for k, v in KWH_PER_UNIT.items()}, told)
    for period in bill.all("InvoicePeriod"):
        first, last = to_date(period.said("StartDate")), to_date(period.said("EndDate"))
        if first and last and first <= last < date.max:
            told.put("start", first, "InvoicePeriod/StartDate", str(first))
            told.put("end", last + timedelta(days=1), "InvoicePeriod/EndDate", f"{last}, inclusive")
    told.put("issued_on", to_date(bill.said("IssueDate")), "IssueDate", bill.said("IssueDate"))


def _quantity(box: Element, tag: str, name: str, units: dict[str, Decimal], told: _Told) -> None:
    for e in box.all(tag):
        factor, value = units.get(e.attributes.get("unitCode", "").upper()), number(e.text.strip())
        if factor is not None and value is not None:
            told.put(name, value * factor, f"Delivery/{tag}", e.text.strip())


def _words(line: Element) -> str:
    return " ".join(
        " ".join(e.text for tag in ("Description", "Name") for e in line.all("Item", tag)).split()
    )


def _concept(words: str) -> str | None:
    """The concept that the words of a line name."""
    text = fold(words)
    found = [(m.end() - m.start(), key) for key, p in WORDS.labels.items() for m in re.finditer(p, text)]
    key = max(found)[1] if found else "energy" if is_energy(words) else None
    return key if key in LINES else None


def _lines(bill: Element, told: _Told) -> Iterator[ReceiptLine]:
    """Lines of the invoice; energy with its kWh and price."""
    for line in bill.all("InvoiceLine")[:_MOST_LINES]:
        words, amount = _words(line), number(line.said("LineExtensionAmount"))
        if amount is None:
            continue
        key = _concept(words) or ("other_taxed" if _taxed(line) else "adjustment")
        kwh = price = None
        if key == "energy":
            kwh, price = _part(line)
        rate = _ALICUOTA.search(fold(words))
        if rate:
            told.put("alicuota", number(rate[1]), "InvoiceLine/Item/Description", shown(words))
        told.line(key, "InvoiceLine", f"{shown(words)} {amount}")
        yield ReceiptLine(key, shown(words), amount, kwh, price)


def _part(line: Element) -> tuple[Decimal | None, Decimal | None]:
    """kWh and price before tax of a line of energy."""
    quantity = next(iter(line.all("InvoicedQuantity")), None)
    factor = KWH_PER_UNIT.get(quantity.attributes.get("unitCode", "").upper()) if quantity else None
    kwh = number(quantity.text.strip()) if quantity is not None and factor is not None else None
    price = number(line.said("Price", "PriceAmount"))
    if kwh is None or factor is None:
        return None, price
    scale = Decimal(int(factor))
    return kwh * scale, price / scale if price is not None else None


def _taxed(line: Element) -> bool:
    """Whether the tax of a line is more than nothing."""
    return any((number(e.text.strip()) or 0) > 0 for e in line.all("TaxTotal", "TaxAmount"))


def _charges(bill: Element, told: _Told) -> Iterator[ReceiptLine]:
    """Charges and discounts of the whole receipt, the rounding, and the tax."""
    for charge in bill.all("AllowanceCharge")[:_MOST_LINES]:
        words, amount = charge.said("AllowanceChargeReason"), number(charge.said("Amount"))
        if amount is not None:
            signed = amount if charge.said("ChargeIndicator") == "true" else -amount
            key = _concept(words) or "adjustment"
            told.line(key, "AllowanceCharge", f"{shown(words)} {signed}")
            yield ReceiptLine(key, shown(words), signed)
    rounding = number(bill.said("LegalMonetaryTotal", "PayableRoundingAmount"))
    if rounding is not None:
        told.line("rounding", "LegalMonetaryTotal/PayableRoundingAmount", str(rounding))
        yield ReceiptLine("rounding", "PayableRoundingAmount", rounding)
    for tax in bill.all("TaxTotal", "TaxSubtotal"):
        scheme = {tax.said("TaxCategory", "TaxScheme", "ID"), tax.said("TaxCategory", "TaxScheme", "Name")}
        amount = number(tax.said("TaxAmount"))
        if scheme & set(_IGV) and amount is not None:
            told.line("igv", "TaxTotal/TaxSubtotal", str(amount))
            yield ReceiptLine("igv", "IGV", amount)


def _sums(bill: Element, lines: tuple[ReceiptLine, ...], told: _Told) -> None:
    """Subtotal, total and kWh; the kWh of the energy lines where the delivery does not tell them."""
    for tax in bill.all("TaxTotal", "TaxSubtotal"):
        if tax.said("TaxCategory", "TaxScheme", "ID") == _IGV[0]:
            base = tax.said("TaxableAmount")
            told.put("subtotal", number(base) if base else None, "TaxTotal/TaxSubtotal/TaxableAmount", base)
    due = bill.said("LegalMonetaryTotal", "PayableAmount")
    told.put("total_due", number(due) if due else None, "LegalMonetaryTotal/PayableAmount", due)
    month = bill.said("LegalMonetaryTotal", "TaxInclusiveAmount")
    told.put("total_month", number(month) if month else None, "LegalMonetaryTotal/TaxInclusiveAmount", month)
    parts = [line.quantity for line in lines if line.id == "energy" and line.quantity is not None]
    if parts:
        told.put("kwh", sum(parts, Decimal(0)), "InvoiceLine/InvoicedQuantity", " + ".join(map(str, parts)))
    if any(line.id in TAXED and line.unit_price is not None for line in lines):
        told.evidence.append(
            FieldRead("price", Confidence.MEDIUM, 0, 0, "InvoiceLine/Price/PriceAmount", ("sunat",))
        )


def _ordered(lines: tuple[ReceiptLine, ...]) -> tuple[ReceiptLine, ...]:
    order = {key: i for i, key in enumerate(LINES)}
    return tuple(sorted(lines, key=lambda line: order[line.id]))
