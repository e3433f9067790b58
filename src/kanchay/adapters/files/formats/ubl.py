"""Electronic bills in UBL, as SUNAT and others keep them: the billed kWh and the days they were used on.

A bill repeats the same kWh in every charge that is priced by it. Only lines that name the energy itself count; where
more than one does and no tariff word tells them apart, the bill is refused rather than summed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.statement import Stated, Statement, TextFormat
from kanchay.adapters.files.markup import Element, elements
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.words import REGISTERS, matches, normal
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["FORMAT", "KWH_PER_UNIT", "is_energy"]

_TITLE: Final = "an electronic bill (UBL)"
KWH_PER_UNIT: Final = {"KWH": 1.0, "MWH": 1000.0}
_ENERGY: Final = r"energia|energy|electricidad|electricity|consumo|consumption|energie|strom|verbrauch"
_OTHER: Final = (
    r"reactiva|reactive|alumbrado|lighting|aporte|fose|electrificacion|descuento|compensacion|recargo|subsidio|mora|impuesto"
    r"|igv|iva|vat|tax|discount|levy|fondo|inyectada|exportada|excedente"
)


def _begins(head: bytes) -> bool:
    return (
        head.startswith(b"<")
        and re.search(rb"oasis:names:specification:ubl:schema:xsd:Invoice", head) is not None
    )


def _day(text: str, name: str) -> int:
    """Seconds of a date on the clock of the bill."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError as error:
        raise refuse("contradicts", name, title=_TITLE, what=f"'{text[:20]}' is no date") from error
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _period(bill: Element, name: str) -> tuple[int, int]:
    """First midnight and the midnight after the last day."""
    for box in [*bill.all("InvoiceLine", "InvoicePeriod"), *bill.all("InvoicePeriod")]:
        first, last = box.said("StartDate"), box.said("EndDate")
        if first and last:
            start, end = _day(first, name), _day(last, name) + int(timedelta(days=1).total_seconds())
            if end <= start:
                raise refuse("contradicts", name, title=_TITLE, what="its period ends before it begins")
            return start, end
    raise refuse("contradicts", name, title=_TITLE, what="it does not say which days it bills")


def is_energy(words: str) -> bool:
    """Whether the words of a line name the energy itself, and no charge that is only priced by it."""
    return bool(matches(_ENERGY, normal(words))) and not matches(_OTHER, normal(words))


def _billed(bill: Element, name: str) -> list[tuple[str, float]]:
    """Name and kWh of every line of energy."""
    found = []
    for line in bill.all("InvoiceLine"):
        for quantity in line.all("InvoicedQuantity"):
            factor = KWH_PER_UNIT.get(quantity.attributes.get("unitCode", "").upper())
            words = " ".join(e.text.strip() for tag in ("Description", "Name") for e in line.all("Item", tag))
            if factor is not None and is_energy(words):
                found.append((" ".join(words.split()), _kwh(quantity.text, name) * factor))
    return found


def _kwh(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise refuse("contradicts", name, title=_TITLE, what=f"'{text[:20]}' is no number of kWh") from error


def _told_apart(lines: list[tuple[str, float]], name: str) -> list[tuple[str, float]]:
    """The lines, if there is one or each names a register of its own."""
    registers = [matches(REGISTERS, normal(words)) for words, _ in lines]
    if not lines:
        raise refuse(
            "no_meter_data", name, what="it is an electronic bill, and none of its lines bills energy in kWh"
        )
    if len(lines) > 1 and (not all(registers) or len(set(registers)) < len(lines)):
        listed = "; ".join(f"{words} ({kwh:g} kWh)" for words, kwh in lines[:6])
        what = f"several of its lines bill energy and nothing tells whether they add up: {listed}"
        raise refuse("contradicts", name, title=_TITLE, what=what)
    return lines


def _read(text: bytes, name: str, limits: Limits) -> Statement:
    """The billed energy of one bill; raises `FileRefused` where it is not told plainly."""
    bill = next(elements(text, name, "Invoice"), None)
    if bill is None:
        raise refuse("no_meter_data", name, what="it is an electronic document, but no bill")
    start, end = _period(bill, name)
    lines = _told_apart(_billed(bill, name), name)
    series = tuple(
        Stated(
            words, Quantity.ELECTRIC_ENERGY, "kWh", Direction.IMPORT, Kind.INTERVAL, np.array([start]), np.array([kwh]),
            np.array([end]), column="InvoicedQuantity", clock=True,
            evidence=("unit: unitCode of the line", "direction: what a bill charges was imported"),
        )
        for words, kwh in lines
    )  # fmt: skip
    facts = (("document", bill.said("ID")), ("issued_on", bill.said("IssueDate")))
    return Statement(
        series, len(lines), "America/Lima" if _peruvian(bill) else "", tuple(f for f in facts if f[1])
    )


def _peruvian(bill: Element) -> bool:
    """Whether the bill is in soles, which only Peru's are."""
    return bill.said("DocumentCurrencyCode") == "PEN"


FORMAT: Final = TextFormat(
    "ubl", _TITLE, _begins, _read, "OASIS UBL 2.1; SUNAT, guide of the electronic receipt of public services"
)
