"""Evidence beside a column: what the other columns, the digits, the hours of the day and the lines above tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kanchay.adapters.files.numbers import DecimalVotes
from kanchay.adapters.files.reader import SniffingReader
from kanchay.adapters.files.words import find_unit, is_composite
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.domain.point import Direction
from kanchay.domain.units import Quantity
from kanchay.services.ports.files import ImportOptions

Read = Callable[..., ImportPreview]
HOME = [0.3 + 0.1 * (i % 24 in (7, 19, 20, 21)) + 0.01 * (i % 5) for i in range(96)]
SUN = [max(0.0, 2.0 - 0.4 * abs(i % 24 - 12)) for i in range(96)]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def it(rows: Sequence[str], *, tz: str = "America/Lima", **options: str) -> ImportPreview:
        file = tmp_path / "export.csv"
        file.write_text("\n".join([*rows, ""]), "utf-8")
        return SniffingReader().read(file, ImportOptions(tz=tz, **options))  # type: ignore[arg-type]

    return it


def hours(form: str = "%Y-%m-%d %H:%M", n: int = 96) -> list[str]:
    return [(datetime(2024, 5, 6) + timedelta(hours=i)).strftime(form) for i in range(n)]


def by_name(preview: ImportPreview) -> dict[str, ImportSeries]:
    return {s.column: s for s in preview.series}


def asked(preview: ImportPreview) -> set[str]:
    return {q.code for q in preview.questions}


@pytest.mark.parametrize(
    ("header", "unit"),
    [("watt_hours", "Wh"), ("Usage (kilowatt-hours)", "kWh"), ("Mains_A (kWatts)", "kW"), ("consumptionKWh", "kWh"),
     ("enwh", "Wh"), ("gridPowerW", "W"), ("Avg Wattage", "W")],
)  # fmt: skip
def test_units_that_are_spelt_or_joined(header: str, unit: str) -> None:
    found = find_unit(header)
    assert found is not None
    assert found.symbol == unit


def test_energy_over_an_area_is_no_energy() -> None:
    assert is_composite("Global Irradiation (kWh/㎡)")
    assert find_unit("Global Irradiation (kWh/㎡)") is None


def test_thousands_show_in_the_small_numbers() -> None:
    grouped = DecimalVotes(comma_open=40, small=12).settled()
    assert (grouped.decimal, grouped.is_open) == (".", False)
    assert DecimalVotes(comma_open=40, small=2).settled().is_open  # two whole numbers may be chance
    assert (
        DecimalVotes(comma_open=40, small=12, large=1).settled().is_open
    )  # 1234 beside 1,234: no mark of thousands


def test_what_flows_at_night_too_is_not_asked(read: Read) -> None:
    night = read(["time,kWh", *(f"{t},{v:.3f}" for t, v in zip(hours(), HOME, strict=True))])
    assert [s.direction for s in night.series] == [Direction.IMPORT]
    assert asked(night) == set()
    day = read(["time,kWh", *(f"{t},{v:.3f}" for t, v in zip(hours(), SUN, strict=True))])
    assert [s.direction for s in day.series] == [Direction.PRODUCTION]
    assert asked(day) == {"direction"}


def test_an_answer_is_for_the_flow_that_was_asked_about(read: Read) -> None:
    rows = [
        "time,A [kWh],B [kWh]",
        *(f"{t},{a:.3f},{b:.3f}" for t, a, b in zip(hours(), HOME, SUN, strict=True)),
    ]
    told = by_name(read(rows, direction="import"))
    assert told["A [kWh]"].direction is Direction.IMPORT
    assert told["B [kWh]"].direction is Direction.PRODUCTION


def test_received_beside_delivered_is_export(read: Read) -> None:
    rows = [
        "Date,Delivered kWh,Received kWh",
        *(f"{t},{a},{b}" for t, a, b in zip(hours(), HOME, SUN, strict=True)),
    ]
    assert by_name(read(rows))["Received kWh"].direction is Direction.EXPORT


def test_a_flow_of_the_grid_with_both_signs_is_net_and_asked(read: Read) -> None:
    net = [a - b for a, b in zip(HOME, SUN, strict=True)]
    found = read(
        [
            "time,Grid (kW),Solar (kW)",
            *(f"{t},{a:.3f},{b:.3f}" for t, a, b in zip(hours(), net, SUN, strict=True)),
        ]
    )
    assert by_name(found)["Grid (kW)"].direction is Direction.NET
    assert "direction" in asked(found)


def test_a_number_that_never_changes_describes(read: Read) -> None:
    rows = [
        "time,Unit,Value,Quality index",
        *(f"{t},kWh,{v:.3f},0" for t, v in zip(hours(), HOME, strict=True)),
    ]
    flows = [s for s in read(rows).series if s.quantity is Quantity.ELECTRIC_ENERGY]
    assert [s.column for s in flows] == ["Value"]


def test_the_number_of_a_meter_is_no_reading(read: Read) -> None:
    rows = [
        "Messpunkt,time,kWh",
        *(f"571313150000000001,{t},{v:.3f}" for t, v in zip(hours(), HOME, strict=True)),
    ]
    assert [s.column for s in read(rows).series] == ["kWh"]


def test_energy_that_follows_a_volume_of_gas_is_gas(read: Read) -> None:
    rows = ["Date,Volume (m3),Energy (kWh)"]
    rows += [
        f"{t},{v:.2f},{11.2 * v:.2f}"
        for t, v in zip(hours("%Y-%m-%d %H:%M"), [x * 9 for x in HOME], strict=True)
    ]
    assert {s.quantity for s in read(rows).series} == {Quantity.GAS}


def test_when_a_row_was_revised_is_not_its_time(read: Read) -> None:
    rows = ["DATE,REVISED,START,KWH"]
    rows += [f"{t[:10]},2024-05-09 07:37:17,{t[11:]},{v:.3f}" for t, v in zip(hours(), HOME, strict=True)]
    found = read(rows).series[0]
    assert (found.n, found.resolution_s) == (96, 3600)


def test_a_cell_may_hold_both_moments(read: Read) -> None:
    times = hours("%Y-%m-%d %H:%M:%S", 97)
    rows = ["Period,kWh", *(f"{a} to {b},{v:.3f}" for a, b, v in zip(times, times[1:], HOME, strict=False))]
    found = read(rows).series[0]
    assert (found.n, found.resolution_s) == (96, 3600)


def test_blocks_are_known_by_how_they_count(read: Read) -> None:
    rows = ["Date,Blk,kWh", *(f"{t[:10]},{i % 24 + 1},{HOME[i]:.3f}" for i, t in enumerate(hours()))]
    found = read(rows).series[0]
    assert (found.n, found.resolution_s) == (96, 3600)


def test_a_row_of_units_may_begin_with_a_pattern(read: Read) -> None:
    rows = ["Datum und Uhrzeit;Erzeugung;Verbrauch", "[dd.MM.yyyy HH:mm];[Wh];[Wh]"]
    rows += [
        f"{t};{1000 * a:.0f};{1000 * b:.0f}"
        for t, a, b in zip(hours("%d.%m.%Y %H:%M"), SUN, HOME, strict=True)
    ]
    found = by_name(read(rows))
    assert found["Erzeugung [Wh]"].total == pytest.approx(sum(SUN))
    assert found["Verbrauch [Wh]"].direction is Direction.CONSUMPTION


def test_a_table_of_one_row_describes_the_next(read: Read) -> None:
    rows = [
        "PRM;Date de debut;Date de fin;Grandeur metier;Unite;Pas",
        "123;06/05/2024;09/05/2024;Consommation;W;60",
        "",
    ]
    rows += ["Horodate;Valeur", *(f"{t};{1000 * v:.0f}" for t, v in zip(hours(), HOME, strict=True))]
    found = read(rows)
    assert [(s.quantity, s.source_unit, s.direction) for s in found.series] == [
        (Quantity.POWER, "W", Direction.IMPORT)  # used, on the papers of a grid meter
    ]
    assert "unit" not in asked(found)


def test_a_numbered_point_is_named_above(read: Read) -> None:
    rows = ["Point_1: MDB-1.KW", "Date,Time,Point_1"]
    rows += [f"{t[:10]},{t[11:]},{v:.3f}" for t, v in zip(hours(), HOME, strict=True)]
    assert [s.source_unit for s in read(rows).series] == ["kW"]


def test_the_unit_behind_a_value_is_that_of_its_rows(read: Read) -> None:
    rows = ["time,Name,Value"]
    rows += [
        f"{t},{n},{v:.1f} {u}"
        for n, u in (("Main", "kW"), ("Air", "°C"))
        for t, v in zip(hours(), HOME, strict=True)
    ]
    found = {s.name: (s.quantity, s.unit) for s in read(rows).series}
    assert found == {"Main": (Quantity.POWER, "kW"), "Air": (Quantity.TEMPERATURE, "degC")}


def test_a_copied_row_is_not_the_second_pass_of_an_hour(read: Read) -> None:
    at = datetime(2024, 10, 27)
    rows = [f"{at + timedelta(hours=h):%Y-%m-%d %H:%M},{h % 7 + 0.5}" for h in range(24)]
    rows = ["Tijd,Afname (kWh)", *rows[:3], rows[2], "2024-10-27 02:00,99.5", *rows[3:]]
    found = read(rows, tz="Europe/Amsterdam").series[0]
    assert found.n == 25
    assert found.total == pytest.approx(sum(h % 7 + 0.5 for h in range(24)) + 99.5)


def test_a_date_alone_is_its_day(read: Read) -> None:
    found = read(["Date,Import kWh", *(f"2024-05-{d:02d},{8 + d % 3}" for d in range(1, 29))])
    assert asked(found) == set()


def test_whom_to_call_is_no_date(tmp_path: Path) -> None:
    """A workbook writes dates as midnights; a sentence with a number below them leaves them dates."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.create_sheet("Datos", 0)
    sheet.append(["Fecha", "Hora", "Importada kWh"])
    for i, t in enumerate(hours()):
        sheet.append([datetime.fromisoformat(t[:10]), t[11:], HOME[i]])
    sheet.append(["Consultas: 0801 12345"])
    book.save(tmp_path / "export.xlsx")
    found = SniffingReader().read(tmp_path / "export.xlsx", ImportOptions(tz="America/Lima"))
    assert [(s.n, s.resolution_s) for s in found.series] == [(96, 3600)]
