"""Made-up lists with published prices, in the layouts of three publishers, are read back exactly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kanchay.adapters.pricelists.lines import printed_line
from kanchay.adapters.pricelists.reader import FileListReader
from kanchay.analysis.pricelists.understand import KnownSystems, understand
from kanchay.domain.errors import FileRefused, InputError
from kanchay.domain.pricelist import ListWish, PriceList, PrintedList
from tests.unit.pricelists.conftest import KNOWN, Read
from tests.unit.pricelists.made_up import (
    DEMAND,
    PUBLISHED,
    Bands,
    bt5b,
    distributor_pdf,
    regulator_page,
    wide_pdf,
)

PLUZ = PUBLISHED[3]


def prices(read: PriceList, option: str = "BT5B") -> dict[tuple[str, str, str], Decimal]:
    return {r.key[1:]: r.value for r in read.rows if r.option == option}


def expected(b: Bands) -> dict[tuple[str, str, str], Decimal]:
    home, shop = "residential", "non_residential"
    printed = {
        (home, "30", "fixed"): b.low_fixed,
        (home, "30", "energy"): b.low,
        (home, b.limit, "fixed"): b.low_fixed,
        (home, b.limit, "energy.first30"): b.first30,
        (home, b.limit, "energy.excess"): b.excess,
        (home, "over", "fixed"): b.high_fixed,
        (home, "over", "energy"): b.high,
        (shop, "", "fixed"): b.high_fixed,
        (shop, "", "energy"): b.high,
    }
    return {key: Decimal(value) for key, value in printed.items()}


@pytest.mark.parametrize("bands", PUBLISHED, ids=lambda b: f"{b.provider}-{b.valid_from}")
@pytest.mark.parametrize("comma", [False, True], ids=["point", "comma"])
def test_a_distributors_pdf_gives_the_published_prices_exactly(read: Read, bands: Bands, comma: bool) -> None:
    offered = read(distributor_pdf(bands.provider, bands.system, bands.valid_from, bt5b(bands), comma=comma))
    assert prices(offered) == expected(bands)
    assert (offered.provider, offered.system, offered.with_igv) == (bands.provider, bands.system, True)
    assert offered.valid_from == date.fromisoformat(bands.valid_from)


@pytest.mark.parametrize("bands", PUBLISHED, ids=lambda b: f"{b.provider}-{b.valid_from}")
def test_the_regulators_page_gives_the_same_prices(read: Read, bands: Bands) -> None:
    year, month, day = bands.valid_from.split("-")
    page = regulator_page(bands.system.upper(), f"{day}/{month}/{year}", bt5b(bands), nested=True)
    offered = read(page, "page.html")
    assert prices(offered) == expected(bands)
    assert (offered.publisher, offered.with_igv, offered.provider) == ("osinergmin", False, bands.provider)
    assert offered.valid_from == date.fromisoformat(bands.valid_from)


def test_every_option_of_hours_and_power_is_read(read: Read) -> None:
    pdf = read(distributor_pdf("pluz", "Lima Norte", PLUZ.valid_from, [*bt5b(PLUZ), *DEMAND]))
    page = read(regulator_page("LIMA NORTE", "04/09/2026", [*bt5b(PLUZ), *DEMAND]), "page.html")
    told = {(r.option, r.group, r.concept): (r.value, r.per) for r in pdf.rows}
    assert {(r.option, r.group, r.concept): (r.value, r.per) for r in page.rows} == told
    assert told["BT2", "", "power.excess.hfp"] == (Decimal("54.89"), "kW")
    assert told["BT2", "", "reactive"] == (Decimal("0.0573"), "kvarh")
    assert told["BT3", "", "power.generation.present_hfp"] == (Decimal("41.16"), "kW")
    assert told["BT3", "", "power.distribution.present_hp"] == (Decimal("77.82"), "kW")
    assert told["BT5A", "20/20", "energy.hp"] == (Decimal("2.1776"), "kWh")
    assert told["BT5A", "20/50", "energy.hp"] == (Decimal("2.2717"), "kWh")
    assert told["BT5I", "140", "energy.media.excess"] == (Decimal("0.6150"), "kWh")
    assert told["BT6", "", "power"] == (Decimal("0.3391"), "W")
    assert len(told) == len(pdf.rows) == 49


def test_the_systems_column_is_taken_by_its_title_or_asked_for(read: Read) -> None:
    list_of_three = wide_pdf("pluz", ["Huacho", "Lima Norte", "Canta"], PLUZ.valid_from, bt5b(PLUZ))
    assert prices(read(list_of_three, column=1))["residential", "over", "energy"] == Decimal("0.7723")
    assert prices(read(list_of_three))["residential", "over", "energy"] == Decimal("0.7800")  # 1 % more
    with pytest.raises(InputError) as asked:
        read(list_of_three, system="Churín")
    assert asked.value.code == "pricelist.column"


def test_a_line_that_misses_a_price_of_a_column_is_left_out() -> None:
    """What stands in its first place may be the second system's."""
    texts = [
        "PLUZ sin IGV, vigente 04/10/2026",
        "LIMA NORTE   HUACHO",
        "TARIFA MT4",
        "Cargo Fijo Mensual S/./mes  4.18  4.20",
        "Cargo por Energía Activa ctm. S/./kW.h  24.64  25.10",
        "Presentes en Punta S/./kW-mes  5  56.09",
        "Cargo por Energía Reactiva ctm. S/./kVar.h  -  4.81",
    ]
    lines = tuple(printed_line(f"line {n}", text) for n, text in enumerate(texts, 1))
    read = understand(PrintedList("list.pdf", lines), ListWish(), KNOWN)
    assert {row.concept: str(row.value) for row in read.rows} == {"fixed": "4.18", "energy": "0.2464"}
    read = understand(PrintedList("list.pdf", lines), ListWish(column=2), KNOWN)
    assert {row.concept: str(row.value) for row in read.rows} == {
        "fixed": "4.20",
        "energy": "0.2510",
        "reactive": "0.0481",
    }


def test_a_label_over_two_lines_and_bt5as_own_words_are_read(read: Read) -> None:
    lines = [
        ("TARIFA BT5A", "", ""),
        ("Cargo Fijo mensual", "S/./Usuario", "4.80"),
        (
            "Cargo por Energía en punta para demandas hasta 20 kW en horas punta y fuera punta",
            "cent S/./kW.h",
            "1.9",
        ),
        (
            "Cargo por Energía en punta para demandas hasta 20 kW en hor.punta y 50 kW en fra.punta",
            "cent S/./kW.h",
            "2",
        ),
        ("Cargo por Energía fuera de punta", "cent S/./kW.h", "0.3500"),
        ("Cargo por exceso de potencia para", "", ""),
        ("demandas en horas fuera de punta", "S/./kW-mes", "60.00"),
    ]
    offered = read(distributor_pdf("luz_del_sur", "Lima Sur", "2026-09-04", lines))
    assert {(r.group, r.concept): str(r.value) for r in offered.rows} == {
        ("", "fixed"): "4.80",
        ("20/20", "energy.hp"): "1.9000",
        ("20/50", "energy.hp"): "2.0000",
        ("", "energy.hfp"): "0.3500",
        ("", "power.excess.hfp"): "60.00",
    }


def test_prepaid_charges_by_code_and_by_card_are_told_apart(read: Read) -> None:
    lines = [
        ("SERVICIO PREPAGO", "", ""),
        ("BT7 No Residencial", "", ""),
        ("Cargo Comercial del Servicio Prepago - Sistema Códigos", "S/./mes", "3.10"),
        ("Cargo Comercial del Servicio Prepago - Sistema Tarjetas", "S/./mes", "3.60"),
        ("Cargo por Energía Activa", "ctm. S/./kW.h", "0.7000"),
        ("BT7 Residencial", "", ""),
        ("Consumo de 0 - 30 kW.h", "", ""),
        ("Cargo por Energía Activa", "ctm. S/./kW.h", "0.5000"),
    ]
    offered = read(distributor_pdf("pluz", "Lima Norte", "2026-09-04", lines))
    assert prices(offered, "BT7") == {
        ("non_residential", "", "fixed.code"): Decimal("3.10"),
        ("non_residential", "", "fixed.card"): Decimal("3.60"),
        ("non_residential", "", "energy"): Decimal("0.7000"),
        ("residential", "30", "energy"): Decimal("0.5000"),
    }


def test_of_several_systems_in_one_file_only_the_named_one_is_read(read: Read) -> None:
    other = Bands("luz_del_sur", "Cañete", "2026-08-04", "140", "2.9", "0.60", "18.00", "0.86", "3.0", "0.88")
    lines = [("SISTEMA ELÉCTRICO: CAÑETE", "", ""), *bt5b(other)]
    both = distributor_pdf("luz_del_sur", "Lima Sur", "2026-08-04", [*bt5b(PUBLISHED[1]), *lines])
    assert prices(read(both)) == expected(PUBLISHED[1])
    assert prices(read(both, system="Cañete"))["residential", "over", "energy"] == Decimal("0.88")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tax": "S.A.A."}, "pricelist.igv"),
        ({"tax": "Incluye IGV; también sin IGV"}, "pricelist.igv"),
    ],
)
def test_what_a_list_leaves_open_is_asked(read: Read, change: dict[str, str], code: str) -> None:
    data = distributor_pdf("pluz", "Lima Norte", PLUZ.valid_from, bt5b(PLUZ), **change)
    with pytest.raises(InputError) as asked:
        read(data)
    assert asked.value.code == code
    assert read(data, with_igv=True).with_igv


def test_a_system_of_two_distributors_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(regulator_page("LIMA", "04/10/2026", bt5b(PLUZ)))
    known = KnownSystems({"pluz": ["Pluz"], "enel": ["Enel"]}, {"pluz": ["Lima"], "enel": ["Lima"]})
    with pytest.raises(InputError) as asked:
        understand(FileListReader().read(path), ListWish(), known)
    assert asked.value.code == "pricelist.provider"
    assert understand(FileListReader().read(path), ListWish(provider="enel"), known).provider == "enel"


def test_files_that_are_no_list_are_refused(read: Read) -> None:
    def code(data: bytes, name: str) -> str:
        with pytest.raises((FileRefused, InputError)) as refused:
            read(data, name)
        return refused.value.code

    assert code(b"date,kwh\n2026-01-01,3\n", "a.csv") == "pricelist.kind"
    assert (
        code(b"<html><table><tr><td>Cargo Fijo</td><td>2.60</td></tr></table>", "a.html") == "pricelist.page"
    )
    assert code(regulator_page("LIMA SUR", "04/09/2026", []), "a.html") == "pricelist.empty"
    assert code(distributor_pdf("pluz", "Lima Norte", "2026-09-04", []), "a.pdf") == "pricelist.empty"


def test_two_prices_for_one_charge_are_not_one_of_them(read: Read) -> None:
    twice = [*bt5b(PLUZ), *bt5b(PUBLISHED[2])]
    with pytest.raises(InputError) as refused:
        read(distributor_pdf("pluz", "Lima Norte", "2026-09-04", twice))
    assert refused.value.code == "pricelist.twice"
    assert "page 1, line 10" in str(refused.value)


def test_options_that_we_cannot_tell_apart_leave_the_others_as_they_are(read: Read) -> None:
    """BT8 has a fixed charge for each kind of equipment."""
    solar = [
        ("TARIFA BT8", "", ""),
        ("Cargo Fijo Mensual", "S/./mes", "20.00"),
        ("Cargo Fijo", "S/./mes", "30.00"),
    ]
    offered = read(distributor_pdf("pluz", "Lima Norte", PLUZ.valid_from, [*solar, *bt5b(PLUZ)]))
    assert prices(offered) == expected(PLUZ)
    assert prices(offered, "BT8") == {}
    assert [(row.option, row.printed) for row in offered.contested] == [("BT8", "20.00"), ("BT8", "30.00")]
