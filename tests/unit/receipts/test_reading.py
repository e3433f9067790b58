"""What a receipt's text says: the words of real receipts, numbers and dates in each way that they are printed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kanchay.adapters.receipts.fields import read_fields
from kanchay.adapters.receipts.layouts.registry import WORDS, recognise
from kanchay.adapters.receipts.pdf import read_lines
from kanchay.adapters.receipts.sunat import OPTIONS, code_of
from kanchay.adapters.receipts.text import lines_of, number, shown, to_date
from kanchay.domain.receipt import Confidence, Receipt, mask


def read(*lines: str) -> Receipt:
    return read_lines(lines_of([(1, lines)]), "r.pdf")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 016.96", "3016.96"),
        ("3,016.96", "3016.96"),
        ("455.50", "455.50"),
        ("-0.18", "-0.18"),
        ("1.2.3", None),
    ],
)
def test_numbers(text: str, value: str | None) -> None:
    assert number(text) == (Decimal(value) if value else None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("23/06/2026", date(2026, 6, 23)), ("15-Jul-2026", date(2026, 7, 15)), ("15-jul-26", date(2026, 7, 15)),
        ("2026-06-23", date(2026, 6, 23)), ("04-Set-2026", date(2026, 9, 4)), ("31/02/2026", None), ("23/13/2026", None),
    ],
)  # fmt: skip
def test_days(text: str, day: date | None) -> None:
    assert to_date(text) == day


def test_a_number_that_could_name_a_person_is_masked() -> None:
    assert shown("N° de Suministro 1234567-8, 455.50 kWh") == "N° de Suministro ••••••7-8, 455.50 kWh"
    assert mask("1234567-8") == "•••••678"


def test_luz_del_sur_readings_factor_and_price_in_one_sum() -> None:
    r = read(
        "LUZ DEL SUR S.A.A.",
        "22703.20 - 22247.70 = 455.50 X 1.0000 = 455.50 X 0.6130",
        "Consumo de energía 279.22",
    )
    assert (r.register_now, r.register_before, r.factor) == (
        Decimal("22703.20"),
        Decimal("22247.70"),
        Decimal(1),
    )
    assert r.kwh == Decimal("455.50")
    assert r.all_of("energy")[0].unit_price == Decimal("0.6130")
    kwh = r.read_of("kwh")
    assert kwh is not None
    assert (kwh.confidence, kwh.because) == (Confidence.HIGH, ("layout", "sum.registers", "sum.energy"))


@pytest.mark.parametrize(
    ("line", "price"),
    [
        ("Importe (S/) Precio kWh (S/.) 0.6130 136.64", "0.6130"),
        ("55050.40 - 54827.50 = 222.90 X 1.0000 = 222.90 X 0.6130 Importe Precio kWh (S/.)", "0.6130"),
        (
            "Última lectura Lectura anterior Energía Precio kWh (S/.) 55050.40 54827.50 222.90 1.0000 222.90 0.6130",
            "0.6130",
        ),
        ("22703.20 - 22247.70 = 455.50X1.0000 = 455.50X0.6130Consumo de energía", "0.6130"),
        ("CONSUMO FACTURADO 1296.00 kW.h PRECIO UNIT. S/. /kW.h: 1.1240", "1.1240"),
        ("Ene.Activa(S/ 0.6937 x 81.0000 kWh) 56.19", "0.6937"),
    ],
)
def test_prices_as_they_stand_on_real_receipts(line: str, price: str) -> None:
    for company in ("LUZ DEL SUR", "HIDRANDINA", "ELECTRO SUR ESTE"):
        layout, _, told, _ = recognise(lines_of([(1, [company])]))
        found = read_fields([*lines_of([(1, [company, line])])], layout, WORDS)
        assert told is not None
        if any(p.price == Decimal(price) for p in found.parts):
            return
    pytest.fail(line)


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ("GANCHO-CHOSICA - LIMA 0005212 361.10 Fecha de Emisión:15-Jul-2025", "361.10"),
        ("LURIGANCHO-CHOSICA - LIMA 0001854 6 866.20 Fecha de Emisión:15-Jul-2026", "6866.20"),
        ("TOTAL A PAGAR S/ 6 866.20 Resumen de facturación", "6866.20"),
    ],
)
def test_totals_as_they_stand_on_real_receipts(line: str, total: str) -> None:
    assert read("LUZ DEL SUR", line).total_due == Decimal(total)


def test_a_column_beside_the_lines_is_not_taken_for_their_amount() -> None:
    r = read(
        "LUZ DEL SUR",
        "Cargo Fijo   2.26      Último pago S/ 134.50",
        "Consumo de Energía 455.50 X 0.6130  279.22   12.00",
    )
    assert (r.amount("fixed"), r.amount("energy")) == (Decimal("2.26"), Decimal("279.22"))


def test_pluz() -> None:
    r = read("PLUZ", "Lectura Actual Lectura Anterior (FactorConsumo kWh 1)663 FISE (23/06/2026)")
    assert (r.kwh, r.factor) == (Decimal(663), Decimal(1))
    assert read("PLUZ", "TOTAL A PAGAR Lectura Actual (23/06/2026) S/******538.50").total_due == Decimal(
        "538.50"
    )
    r = read(
        "Pluz Energía Perú S.A.A.",
        "663kWh al precio de S/ 0.6291",
        "Lima Norte S/******538.50",
        "Cargo por Energía 417.09",
    )
    assert (r.distributor, r.system, r.kwh, r.total_due) == (
        "pluz",
        "Lima Norte",
        Decimal(663),
        Decimal("538.50"),
    )
    assert r.all_of("energy")[0].unit_price == Decimal("0.6291")


def test_distriluz() -> None:
    r = read(
        "ELECTROCENTRO S.A.", "Potencia 0.85 kW Consumo 2.00 kWh", "Cargo Fijo 3.55",
        "Ene.Activa(S/ 0.3462 x 2.0000 kWh) 0.69",
        "AlumbradoPublico (Alicuota : S/ 0.7368) 0.74", "Interés Compensatorio 0.02", "SUB TOTAL 5.00",
    )  # fmt: skip
    assert (r.distributor, r.kwh, r.alicuota) == ("electrocentro", Decimal("2.00"), Decimal("0.7368"))
    assert r.amount("public_lighting") == Decimal("0.74")
    assert r.contracted_kw == Decimal("0.85")
    assert [c.id for c in r.checks if c.holds] == ["energy", "subtotal"]


def test_electro_sur_este_and_electro_oriente() -> None:
    r = read(
        "ELECTRO SUR ESTE S.A.A.",
        "CONSUMO FACTURADO 1296.00 kW.h PRECIO UNIT. S/. /kW.h: 0.8855",
        "ENERGIA ACTIVA 1,147.61",
    )
    assert (r.kwh, r.all_of("energy")[0].unit_price) == (Decimal("1296.00"), Decimal("0.8855"))
    r = read("Electro Oriente", "0.7097Precio unitario S/./kWh", "-0.18Redondeo")
    assert (r.distributor, r.amount("rounding")) == ("electro_oriente", Decimal("-0.18"))


LABELS = (
    "Cargo Fijo Mant. y Reposición de Conexión Consumo de Energía Alumbrado Público Interés Compensatorio SUBTOTAL IGV"
    " Electrificación Rural (Ley N° 28749) Interés Moratorio TOTAL DEL MES"
)


def test_labels_first_and_amounts_after_are_paired_where_the_sums_hold() -> None:
    r = read("LUZ DEL SUR", LABELS, "2.26 1.68 2 909.36 75.60 28.06 3 016.96 543.05 52.21 3.13 3 615.35")
    assert (r.amount("public_lighting"), r.subtotal, r.total_month) == (
        Decimal("75.60"), Decimal("3016.96"), Decimal("3615.35"),
    )  # fmt: skip
    assert all(c.holds for c in r.checks)


def test_and_are_not_read_where_they_do_not() -> None:
    r = read("LUZ DEL SUR", LABELS, "2.26 1.68 2 909.36 75.61 28.06 3 016.96 543.05 52.21 3.13 3 615.35")
    assert r.amount("public_lighting") is None
    assert "subtotal" in r.missing


def test_of_three_numbers_the_total_to_pay_is_the_total() -> None:
    r = read(
        "SUBTOTAL Mes Actual 451.03", "TOTAL Mes Actual 539.51", "TOTAL A PAGAR S/ 6 866.20", "I.G.V. 81.19"
    )
    assert (r.subtotal, r.total_month, r.total_due) == (
        Decimal("451.03"),
        Decimal("539.51"),
        Decimal("6866.20"),
    )


def test_what_is_not_there_is_said_and_not_guessed() -> None:
    r = read("LUZ DEL SUR", "Cargo Fijo 2.26", "SUBTOTAL 10.00", "IGV 1.80")
    assert r.total_due is None
    assert {"total_due", "total_month", "kwh", "start", "end", "option", "system"} <= set(r.missing)


def test_a_sum_that_does_not_hold_makes_its_fields_doubtful() -> None:
    r = read(
        "LUZ DEL SUR",
        "100.00 X 0.5000",
        "Consumo de Energía 60.00",
        "Cargo Fijo 2.00",
        "SUBTOTAL 62.00",
        "IGV 13.00",
    )
    broken = {c.id: (c.printed, c.computed) for c in r.checks if not c.holds}
    assert broken["igv"] == (Decimal("13.00"), Decimal("11.16"))
    igv = r.read_of("line.igv")
    assert igv is not None
    assert igv.confidence is Confidence.LOW


def test_information_about_fose_is_no_charge() -> None:
    r = read("LUZ DEL SUR", "Recargo FOSE (informativo) 10.21", "Cargo Fijo 2.24")
    assert [line.id for line in r.lines] == ["fixed"]


def test_history_in_a_row_and_in_lines() -> None:
    row = read("Ene-26 Feb-26 Mar-26 Abr-26 May-26 Jun-26", "100 110 120 130 140 150")
    lines = read(
        *[
            f"{m} 2026 {n} kWh"
            for m, n in zip(("Enero", "Feb", "Mar", "Abr", "May", "Jun"), range(100, 160, 10), strict=True)
        ]
    )
    assert row.history == lines.history
    assert (row.history[0].month, row.history[-1].kwh) == (date(2026, 1, 1), Decimal(150))


@pytest.mark.parametrize(
    ("text", "option", "segment"),
    [
        ("Tarifa BT5B Residencial", "BT5B", "residential"), ("Tarifa: BT5B - No Residencial", "BT5B", "non_residential"),
        ("Opción BT5-I", "BT5I", None), ("MT2", "MT2", None), ("BT5C-AP", "BT5C-AP", None),
    ],
)  # fmt: skip
def test_options(text: str, option: str, segment: str | None) -> None:
    r = read("LUZ DEL SUR", text)
    assert (r.option, r.segment) == (option, segment)


def test_the_codes_of_catalogue_24(peru_facts: dict) -> None:
    assert peru_facts["tariff_codes_sunat"][0]["value"] == OPTIONS
    assert (code_of("BT5B"), code_of("BT5I")) == ("L009", None)
