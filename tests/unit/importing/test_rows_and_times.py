"""Which time a value belongs to: tables side by side, dates left blank, stamps of the office, two readings at once."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import openpyxl
import pytest

from kanchay.domain.importing import ImportPreview
from kanchay.domain.point import Kind
from kanchay.domain.units import Quantity

Read = Callable[..., ImportPreview]


def january(n: int) -> list[datetime]:
    return [datetime(2024, 1, 1) + timedelta(days=i) for i in range(n)]


@pytest.mark.parametrize("gap", [";", ";;"])
def test_tables_side_by_side_keep_their_own_times(read: Read, gap: str) -> None:
    rows = [
        f"{d:%d.%m.%Y};{5 + i % 3},5{gap}{d + timedelta(days=31):%d.%m.%Y};{7 + i % 2},5"
        for i, d in enumerate(january(12))
    ]
    series = read(
        "\n".join([f"Datum;Verbrauch kWh{gap}Datum;Verbrauch kWh", *rows]), tz="Europe/Berlin"
    ).series
    assert [s.n for s in series] == [24]
    assert series[0].end == int(datetime.fromisoformat("2024-02-13T00:00:00+01:00").timestamp())


def test_meters_side_by_side_stay_apart(read: Read) -> None:
    rows = [
        f"{d:%Y-%m-%d},{1 + i % 3},,{d + timedelta(days=i % 2):%Y-%m-%d},{4 + i % 2}"
        for i, d in enumerate(january(12))
    ]
    series = read("\n".join(["Date,Kitchen kWh,,Date,Heating plug kWh", *rows]), tz="Europe/London").series
    assert sorted(s.name for s in series) == ["Heating plug kWh", "Kitchen kWh"]


def test_starts_and_ends_are_no_two_tables(read: Read) -> None:
    rows = [
        f"{d:%Y-%m-%d},{1 + i % 3},{d + timedelta(days=1):%Y-%m-%d},{4 + i % 2}"
        for i, d in enumerate(january(12))
    ]
    series = read("\n".join(["Start date,Import kWh,End date,Export kWh", *rows]), tz="Europe/London").series
    assert [s.resolution_s for s in series] == [86400, 86400]


def test_a_date_counts_for_the_rows_below_it(read: Read) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Fecha", "Hora", "Energía activa (kWh)"])
    for d in january(3):
        for h in range(24):
            sheet.append([d if h == 0 else None, f"{h:02d}:00 - {(h + 1) % 24:02d}:00", 1 + h % 5])
    kept = io.BytesIO()
    book.save(kept)
    series = read(kept.getvalue(), name="x.xlsx", tz="America/Montevideo").series
    assert [(s.n, s.missing) for s in series] == [(72, 0)]


def test_a_date_does_not_count_beyond_its_day(read: Read) -> None:
    cells = [
        ("05.08.2024", "22:00"),
        ("", "23:00"),
        ("", "00:00"),
        ("", "01:00"),
        ("07.08.2024", "00:00"),
        ("", "01:00"),
    ]
    text = "\n".join(["Datum;Zeit;Bezug kWh", *(f"{d};{t};1,{i}" for i, (d, t) in enumerate(cells))])
    series = read(text, tz="Europe/Berlin").series[0]
    assert series.n == 4
    assert any(i.kind == "unreadable" for i in series.issues)


def test_when_a_row_was_entered_is_not_when_it_was_used(read: Read) -> None:
    months = [datetime(2024, m, 1) for m in range(1, 13)]
    rows = [
        f"{m:%Y-%m},{280 + 10 * (m.month % 3)},{m + timedelta(days=36):%Y-%m-%d}T20:00:00+09:00"
        for m in months
    ]
    series = read("\n".join(["year_month,usage,registered_at", *rows]), tz="Asia/Tokyo").series
    assert series[0].start == int(datetime.fromisoformat("2024-01-01T00:00:00+09:00").timestamp())
    alone = read(
        "\n".join(["updated_at,usage kWh", *(f"{m:%Y-%m-%d},{m.month % 3}" for m in months)]), tz="Asia/Tokyo"
    )
    assert alone.series[0].n == 12


def test_two_readings_on_the_day_a_register_is_changed(read: Read) -> None:
    rows = [
        "5400,01/09/2019",
        "5420,19/09/2019",
        "5470,29/10/2019",
        "5510,18/11/2019",
        "0,18/11/2019",
        "90,24/12/2019",
    ]
    series = read("\n".join(["Meter reading kWh,Date", *rows]), tz="Europe/London").series[0]
    assert (series.kind, series.total) == (Kind.CUMULATIVE, pytest.approx(110 + 90))


def test_a_register_beside_a_power(read: Read) -> None:
    at = [datetime(2023, 2, 1) + timedelta(minutes=30 * i) for i in range(49)]
    rows = [f"{t:%Y-%m-%d %H:%M};{8123 + 0.25 * i:.3f};{0.3 + i % 4 / 10:.3f}" for i, t in enumerate(at)]
    series = read("\n".join(["Statistik: Zählerstand, Leistung", "T;V;V2", *rows]), tz="Europe/Vienna").series
    assert [(s.quantity, s.kind) for s in series] == [
        (Quantity.ELECTRIC_ENERGY, Kind.CUMULATIVE), (Quantity.POWER, Kind.INTERVAL)
    ]  # fmt: skip


def test_cells_of_two_units_are_read_each_in_its_own(read: Read) -> None:
    used = [200, 1110, 590, 1500, 980, 460, 1370, 820]
    cells = [f"{w} Wh" if w < 1000 else f"{w / 1000:.3f} kWh" for w in used]
    text = "\n".join(["Day\tEnergy", *(f"{d:%Y-%m-%d}\t{c}" for d, c in zip(january(8), cells, strict=True))])
    preview = read(text, tz="Europe/Berlin")
    assert preview.series[0].total == pytest.approx(sum(used) / 1000)
    assert "decimal" not in [q.code for q in preview.questions]


def test_rows_that_all_contradict_each_other_are_asked(read: Read) -> None:
    months = [f"{m:02d}/2025;{v}" for m in (1, 2, 3) for v in (100 + m, 900 - m)]
    asked = read("\n".join(["Mese;Energia prelevata kWh", *months]), tz="Europe/Rome").questions
    assert "key" in [q.code for q in asked]


def test_columns_that_may_flow_different_ways_are_asked_one_by_one(read: Read) -> None:
    hours = [datetime(2024, 5, 1) + timedelta(hours=i) for i in range(48)]
    rows = [f"{t:%Y-%m-%d %H:%M},{1 + t.hour % 3},{2 + t.hour % 5}" for t in hours]

    def asked(*names: str) -> list[str]:
        found = read("\n".join([",".join(["time", *names]), *rows]), tz="America/Lima").questions
        return [q.code for q in found if q.code.startswith("direction:")]

    assert asked("Activa G kWh", "Activa C kWh") == ["direction:Activa G kWh", "direction:Activa C kWh"]
    assert asked("Activa P1 kWh", "Activa P2 kWh") == []
    assert asked("Activa kWh", "Activa kW") == []
