"""Rows with a value and a time that cannot be read: told by their neighbours, or asked; sums beside them are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]


def months(names: list[str], years: tuple[int, ...] = (2023,)) -> list[str]:
    return [f"{name} {year};{300 + i * 37 % 90}" for year in years for i, name in enumerate(names)]


def test_unknown_months_are_told_by_the_known_ones_around_them(read: Read) -> None:
    names = [
        "Enero",
        "Febrero",
        "Zorrto",
        "Abril",
        "Mayo",
        "Junio",
        "Julio",
        "Agosto",
        "Xetiembra",
        "Octubre",
        "Noviembre",
        "Ultimo",
    ]
    for rows in (months(names), months(names, (2022, 2023)), months(names)[::-1]):
        preview = read("\n".join(["Mes;Consumo kWh", *rows]), tz="America/Lima")
        assert [(s.n, s.missing) for s in preview.series] == [(len(rows), 0)]
        assert not [q for q in preview.questions if q.code == "rows"]


def test_what_stays_unread_is_asked_with_its_cells(read: Read) -> None:
    rows = [f"{d:02d}.05.2024;{5 + d % 4},5" for d in range(1, 29)]
    rows[6] = "7te Mai 24;6,5"
    text = "\n".join(["Tag;Verbrauch kWh", *rows])
    preview = read(text, tz="Europe/Berlin")
    assert [(q.code, q.guess, q.about) for q in preview.questions] == [
        ("rows", "left_out", ("Tag", "7te Mai 24"))
    ]
    answered = read(text, tz="Europe/Berlin", rows="left_out")
    assert (answered.series[0].n, answered.questions) == (27, ())


@pytest.mark.parametrize("row", ["Total 2024;178,0", "Summe 28 Tage;178,0", "Durchschnitt 28;6,4", ";178,0"])
def test_sums_below_the_days_are_left_out_unasked(read: Read, row: str) -> None:
    rows = [f"{d:02d}.05.2024;{5 + d % 4},5" for d in range(1, 29)]
    preview = read("\n".join(["Tag;Verbrauch kWh", *rows, row]), tz="Europe/Berlin")
    assert (preview.series[0].n, preview.questions) == (28, ())


def test_a_few_damaged_rows_of_many_are_told_and_not_asked(read: Read) -> None:
    rows = [f"2024-05-{1 + i // 24:02d} {i % 24:02d}:00;{5 + i % 4}" for i in range(24 * 20)]
    rows[100] = "2024-05-05 0#:00;5"
    preview = read("\n".join(["time;Import kWh", *rows]), tz="Europe/Berlin")
    assert not preview.questions
    assert [i.kind.value for i in preview.series[0].issues if i.kind.value == "unreadable"] == ["unreadable"]


def test_numbers_that_a_spreadsheet_turned_into_dates_are_asked(read: Read) -> None:
    cells = ["0,3", "1,0", "01. Jul", "02. Apr", "0,8", "01. Mai", "0,6"] * 8
    text = "\n".join(
        [
            "Zeit;Verbrauch kWh",
            *(f"{1 + i // 24:02d}.02.2024 {i % 24:02d}:00;{c}" for i, c in enumerate(cells)),
        ]
    )
    preview = read(text, tz="Europe/Berlin")
    assert [(q.code, q.about) for q in preview.questions if q.code == "rows"] == [
        ("rows", ("Verbrauch kWh", "01. Jul", "02. Apr", "01. Mai"))
    ]
    assert not [q for q in read(text, tz="Europe/Berlin", rows="left_out").questions if q.code == "rows"]


def test_months_below_each_other_are_one_meter_however_their_heads_are_written(read: Read) -> None:
    heads = ["Datum;Verbrauch (kWh)", "datum;verbrauch (kwh)", "Datum ; Verbrauch  (kWh)"]
    blocks = [
        [h, *(f"{d:02d}.{m:02d}.2024;{4 + d % 5},4" for d in range(1, 25))] for m, h in enumerate(heads, 1)
    ]
    preview = read("\n".join(line for block in blocks for line in block), tz="Europe/Berlin")
    assert [(s.n, s.name) for s in preview.series] == [(72, "Verbrauch (kWh)")]


def test_the_code_above_a_block_tells_which_way(read: Read) -> None:
    rows = [
        f"01.08.2023;{h:02d}:{m:02d};0,{110 + h * 3 % 40 + m}" for h in range(24) for m in (0, 15, 30, 45)
    ]
    blocks = [
        line
        for n in (1, 2)
        for line in (
            "Zählpunkt;Kennzahl",
            f"AT00900004965{n};1-1:{n}.9.0 P.01",
            "Datum;Uhrzeit;Verbrauch (in kWh)",
            *(r.replace("0,1", f"0,{n}") for r in rows),
        )
    ]
    preview = read("\n".join(blocks), tz="Europe/Vienna")
    assert sorted((s.direction and s.direction.value, s.n) for s in preview.series) == [
        ("export", 96),
        ("import", 96),
    ]


def test_a_remark_beside_a_reading_is_no_meter(read: Read) -> None:
    readings = [
        "05/01/2024;230;",
        "05/02/2024;411;",
        "06/03/2024;602;",
        "20/03/2024;690;retiro",
        "20/03/2024;0;nuevo",
        "05/04/2024;98;",
    ]
    preview = read("\n".join(["Fecha;Lectura (kWh);Observación", *readings]), tz="America/Lima")
    assert [s.total for s in preview.series] == [460 + 98]
