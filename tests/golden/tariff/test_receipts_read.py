"""The ten real receipts as text in the words of their distributors: read back exactly, priced from what they print."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kanchay.adapters.receipts.pdf import read_lines
from kanchay.adapters.receipts.text import lines_of
from kanchay.bootstrap import in_memory
from kanchay.domain.receipt import Receipt
from kanchay.services.money.receipt import match_tariffs, study_receipt

RECEIPTS = [
    "LDS-2026-03", "LDS-2026-04", "LDS-2026-05", "LDS-2026-06", "LDS-2026-07", "LDS-2026-08",
    "LDS-B-2026-07", "LDS-C-2026", "PLUZ-2026-06", "ELC-2kWh",
]  # fmt: skip
COMPANY = {
    "luz_del_sur": "LUZ DEL SUR S.A.A. RUC 20331898008",
    "pluz": "Pluz Energía Perú S.A.A. R.U.C N° 20269985900",
    "electrocentro": "ELECTROCENTRO S.A.",
}
LINES = {
    "fixed": "Cargo Fijo", "reposicion": "Mant. y Reposición de Conexión", "lighting": "Alumbrado Público",
    "interest": "Interés Compensatorio", "subtotal": "SUBTOTAL", "igv": "IGV",
    "aporte_28749": "Electrificación Rural (Ley N° 28749)", "interest_moratorio": "Interés Moratorio",
    "rounding": "Redondeo",
}  # fmt: skip
CENT = Decimal("0.01")


def spaced(value: str) -> str:
    """Thousands apart by a space, as Luz del Sur prints them."""
    return f"{Decimal(value):,.2f}".replace(",", " ")


def paper(told: dict[str, Any]) -> Receipt:
    """The receipt as its distributor's paper says it, read by the very path of a PDF's lines."""
    start, _, end = (
        told["period"].partition("/") if told["period"].count("-") > 2 else ("2026-06-15", "", "2026-07-16")
    )
    lines = [COMPANY[told["distributor"]], "Tarifa BT5B Residencial"]
    if told["distributor"] == "luz_del_sur":
        kwh = f"{Decimal(told['kwh']):.2f}"
        lines.append(
            f"{Decimal(told['kwh']) + 1000:.2f} - 1000.00 = {kwh} X 1.0000 = {kwh} X {told['price_ex_igv']}"
        )
        lines.append(f"Consumo de Energía {spaced(told['energy'])}")
    elif told["distributor"] == "pluz":
        lines += [
            f"{told['kwh']}kWh al precio de S/ {told['price_ex_igv']}",
            f"Cargo por Energía {told['energy']}",
        ]
    else:
        lines.append(f"Ene.Activa(S/ {told['price_ex_igv']} x {told['kwh']}.0000 kWh) {told['energy']}")
    lines += [f"{words} {spaced(told[key])}" for key, words in LINES.items() if key in told]
    lines.append(f"Periodo de consumo: del {day(start)} al {day(end)}")
    if "total" in told and told["id"] != "PLUZ-2026-06":
        lines.append(f"TOTAL A PAGAR S/ {spaced(told['total'])}")
    return read_lines(lines_of([(1, lines)]), f"{told['id']}.pdf")


def day(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%d/%m/%Y")


@pytest.fixture(params=RECEIPTS)
def told(request: pytest.FixtureRequest, peru_facts: dict[str, Any]) -> dict[str, Any]:
    return next(r for r in peru_facts["worked_bills_real"] if r["id"] == request.param)


def test_every_number_is_read_back(told: dict[str, Any]) -> None:
    read = paper(told)
    assert read.distributor == told["distributor"]
    assert read.kwh == Decimal(told["kwh"])
    (energy,) = read.all_of("energy")
    assert (energy.amount, energy.unit_price) == (Decimal(told["energy"]), Decimal(told["price_ex_igv"]))
    names = {
        "reposicion": "maintenance",
        "lighting": "public_lighting",
        "interest_moratorio": "late_interest",
    }
    for key in LINES.keys() & told.keys() - {"subtotal"}:
        assert read.amount(names.get(key, key)) == Decimal(told[key]), key
    assert read.subtotal == Decimal(told["subtotal"])


def test_its_own_prices_make_every_line_within_a_cent(told: dict[str, Any]) -> None:
    printed = study_receipt(in_memory(), paper(told)).by_printed
    assert printed is not None
    assert not printed.refusal
    for line in printed.lines:
        if line.id != "rounding" and line.printed is not None:
            assert line.computed is not None, line
            assert abs(line.difference) <= CENT, line


def test_the_cent_of_june_is_told_and_no_more(peru_facts: dict[str, Any]) -> None:
    told = next(r for r in peru_facts["worked_bills_real"] if r["id"] == "LDS-2026-06")
    printed = study_receipt(in_memory(), paper(told)).by_printed
    assert printed is not None
    igv = next(x for x in printed.lines if x.id == "igv")
    assert (igv.difference, igv.verdict) == (CENT, "agrees")  # the paper prints 80.46; 18 % is 80.4492


def test_the_two_june_receipts_are_found_by_their_price(peru_facts: dict[str, Any]) -> None:
    """May's lists of both companies are verified: June's receipts lead to them, and to the cent of energy."""
    for key, tariff_id in (
        ("LDS-2026-06", "pe.luz_del_sur.lima_sur.bt5b"),
        ("PLUZ-2026-06", "pe.pluz.lima_norte.bt5b"),
    ):
        told = next(r for r in peru_facts["worked_bills_real"] if r["id"] == key)
        if key.startswith("PLUZ"):
            told = told | {"period": "2026-05-24/2026-06-23"}
        matches = match_tariffs(in_memory(), paper(told))
        assert (matches[0].tariff_id, matches[0].confidence.value) == (tariff_id, "high")
        study = study_receipt(in_memory(), paper(told))
        assert study.by_list is not None
        energy = next(x for x in study.by_list.lines if x.id == "energy")
        assert energy.verdict == "agrees"


def test_no_tariff_of_ours_is_said_to_be_electrocentros(peru_facts: dict[str, Any]) -> None:
    told = next(r for r in peru_facts["worked_bills_real"] if r["id"] == "ELC-2kWh")
    study = study_receipt(in_memory(), paper(told))
    assert (study.matches, study.tariff_id, study.by_list) == ((), None, None)
    assert study.by_printed is not None
    assert study.by_printed.subtotal is not None
    assert study.by_printed.subtotal.verdict == "agrees"
