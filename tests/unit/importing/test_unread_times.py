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
