"""A made-up receipt as the XML of an electronic receipt of public services (UBL 2.1, SUNAT)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from kanchay.simulate.receipts.truth import MARK, MadeReceipt

__all__ = ["receipt_xml"]

_INVOICE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
_CAC: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_CBC: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_CODES: Final = {"BT5A": "L008", "BT5B": "L009", "BT6": "L010"}
_PEN: Final = {"currencyID": "PEN"}


def receipt_xml(made: MadeReceipt) -> bytes:
    """The receipt as XML; its days count both ends, as SUNAT's cycle does."""
    root = Element(f"{{{_INVOICE}}}Invoice")
    for tag, text in (
        ("UBLVersionID", "2.1"), ("CustomizationID", "2.0"), ("ID", "S001-00000001"), ("IssueDate", str(made.end)),
        ("InvoiceTypeCode", "14"), ("Note", MARK), ("DocumentCurrencyCode", "PEN"),
    ):  # fmt: skip
        _say(root, tag, text)
    period = _box(root, "InvoicePeriod")
    _say(period, "StartDate", str(made.start))
    _say(period, "EndDate", str(made.end - timedelta(days=1)))
    _contract(root, made)
    _sums(root, made)
    for i, line in enumerate(_lines(made), start=1):
        _line(root, i, line)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _box(parent: Element, tag: str) -> Element:
    return SubElement(parent, f"{_CAC}{tag}")


def _say(parent: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(parent, f"{_CBC}{tag}", attributes).text = text


def _contract(root: Element, made: MadeReceipt) -> None:
    c = made.customer
    contract = _box(root, "ContractDocumentReference")
    _say(contract, "ID", c.supply)
    _say(contract, "DocumentTypeCode", "1")
    _say(contract, "DocumentStatusCode", _CODES[c.option])
    party = _box(_box(root, "AccountingSupplierParty"), "Party")
    if c.ruc:
        _say(_box(party, "PartyIdentification"), "ID", c.ruc, schemeID="6")
    _say(_box(party, "PartyName"), "Name", c.company)
    delivery = _box(root, "Delivery")
    _say(delivery, "Quantity", str(made.kwh), unitCode="KWH")
    _say(delivery, "MaximumQuantity", str(c.contracted_kw), unitCode="KWT")


def _sums(root: Element, made: MadeReceipt) -> None:
    tax = _box(_box(root, "TaxTotal"), "TaxSubtotal")
    _say(tax, "TaxableAmount", str(made.subtotal), **_PEN)
    _say(tax, "TaxAmount", str(made.igv), **_PEN)
    scheme = _box(_box(tax, "TaxCategory"), "TaxScheme")
    _say(scheme, "ID", "1000")
    _say(scheme, "Name", "IGV")
    total = _box(root, "LegalMonetaryTotal")
    _say(total, "TaxInclusiveAmount", str(made.total_month), **_PEN)
    _say(total, "PayableRoundingAmount", str(made.rounding), **_PEN)
    _say(total, "PayableAmount", str(made.total_due), **_PEN)


Line = tuple[str, Decimal, Decimal | None, Decimal | None, bool]


def _lines(made: MadeReceipt) -> list[Line]:
    """Words, amount, kWh, price, taxed."""
    energy = [
        ("Cargo por Energía", amount, kwh, price, True)
        for (kwh, price), amount in zip(made.parts, made.energies, strict=True)
    ]
    others: list[Line] = [
        ("Cargo Fijo", made.fixed, None, None, True),
        ("Reposición y Mantenimiento de la Conexión", made.maintenance, None, None, True),
        ("Alumbrado Público", made.lighting, None, None, True),
        ("Interés Compensatorio", made.interest, None, None, True),
        ("Aporte Ley N° 28749", made.aporte, None, None, False),
        ("Interés Moratorio", made.late_interest, None, None, False),
        ("Deuda Anterior", made.balance, None, None, False),
        ("Redondeo Mes Anterior", made.rounding_before, None, None, False),
    ]
    return [*energy, *(line for line in others if line[1])]


def _line(root: Element, i: int, told: Line) -> None:
    words, amount, quantity, price, taxed = told
    line = _box(root, "InvoiceLine")
    _say(line, "ID", str(i))
    _say(
        line,
        "InvoicedQuantity",
        str(1 if quantity is None else quantity),
        unitCode="KWH" if quantity is not None else "ZZ",
    )
    _say(line, "LineExtensionAmount", str(amount), **_PEN)
    tax = _box(line, "TaxTotal")
    _say(
        tax,
        "TaxAmount",
        str((amount * Decimal("0.18")).quantize(Decimal("0.01")) if taxed else Decimal(0)),
        **_PEN,
    )
    _say(_box(line, "Item"), "Description", words)
    _say(_box(line, "Price"), "PriceAmount", str(price if price is not None else amount), **_PEN)
