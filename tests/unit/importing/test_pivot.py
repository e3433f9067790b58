"""Diaries as people keep them: days or hours down, months, years or dates across."""

from __future__ import annotations

import calendar
import io
from collections.abc import Callable

import numpy as np
import pytest
from openpyxl import Workbook

from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]
MONTHS = [
    "Enero",
    "Febrero",
    "Marzo",
    "Abril",
    "Mayo",
    "Junio",
    "Julio",
    "Agosto",
    "Setiembre",
    "Octubre",
    "Noviembre",
    "Diciembre",
]


def kwh(month: int, day: int) -> float:
    return 5 + (month * 31 + day) * 7 % 23 / 10


def year_of(year: int) -> float:
    return sum(kwh(m, d) for m in range(1, 13) for d in range(1, calendar.monthrange(year, m)[1] + 1))


def diary(year: int, delimiter: str = ";", *, total: bool = True) -> str:
    lines = [delimiter.join(["Día", *MONTHS, "Total"])]
    for day in range(1, 32):
        cells = [f"{kwh(m, day):.1f}" if day <= calendar.monthrange(year, m)[1] else "" for m in range(1, 13)]
        lines.append(delimiter.join([str(day), *cells, f"{sum(float(c or 0) for c in cells):.1f}"]))
    if total:
        lines.append(delimiter.join(["Total", *["150"] * 13]))
    return "\n".join(lines) + "\n"


def instant(text: str) -> int:
    return int(np.datetime64(text).astype("M8[s]").astype(int))


@pytest.mark.parametrize("year", [2023, 2024])
def test_days_down_and_months_across(read: Read, year: int) -> None:
    preview = read(f"Consumo diario {year} (kWh)\n{diary(year)}", tz="America/Lima")
    (series,) = preview.series
    assert series.n == 365 + calendar.isleap(year)
    assert series.total == pytest.approx(year_of(year))
    assert (series.start, series.end) == (instant(f"{year}-01-01T05:00"), instant(f"{year + 1}-01-01T05:00"))
    assert ("left_out", "Total") in preview.facts
    assert not preview.questions


def test_the_name_of_the_file_tells_the_year(read: Read) -> None:
    (series,) = read("Consumo (kWh)\n" + diary(2023), name="luz 2023.csv", tz="America/Lima").series
    assert series.start == instant("2023-01-01T05:00")


def test_two_years_above_are_none(read: Read) -> None:
    with pytest.raises(FileRefused):
        read("Consumo (kWh) 2022, medidor cambiado en 2023\n" + diary(2023), tz="America/Lima")


def test_each_sheet_is_a_year(read: Read) -> None:
    book = Workbook()
    for i, year in enumerate((2023, 2024)):
        sheet = book.active if i == 0 else book.create_sheet()
        sheet.title = str(year)
        sheet.append(["Consumo de luz (kWh)"])
        for line in diary(year, total=False).splitlines():
            cells = line.split(";")
            sheet.append([cells[0] if cells[0] == "Día" else int(cells[0]), *(_cell(c) for c in cells[1:])])
    held = io.BytesIO()
    book.save(held)
    series = read(held.getvalue(), name="luz.xlsx", tz="America/Lima").series
    assert sum(s.total for s in series) == pytest.approx(year_of(2023) + year_of(2024))
    assert min(s.start for s in series) == instant("2023-01-01T05:00")
    assert max(s.end for s in series) == instant("2025-01-01T05:00")


def _cell(text: str) -> float | str | None:
    try:
        return float(text)
    except ValueError:
        return text or None


def test_months_down_and_years_across(read: Read) -> None:
    rows = "".join(f"{m},{150 + i * 7 % 50},{160 + i * 11 % 50}\n" for i, m in enumerate(MONTHS))
    (series,) = read("Consumo (kWh)\nMes,2022,2023\n" + rows, tz="America/Lima").series
    assert series.n == 24
    assert series.total == sum(310 + i * 7 % 50 + i * 11 % 50 for i in range(12))
    assert (series.start, series.end) == (instant("2022-01-01T05:00"), instant("2024-01-01T05:00"))


def test_hours_down_and_dates_across(read: Read) -> None:
    days = ["01/05/2026", "02/05/2026", "13/05/2026"]
    rows = "".join(
        f"{h:02d}:00;" + ";".join(f"0,{100 + (h * 3 + d) * 7 % 90}" for d in range(3)) + "\n"
        for h in range(24)
    )
    (series,) = read("Consumo (kWh)\nHora;" + ";".join(days) + "\n" + rows, tz="America/Lima").series
    assert (series.n, series.resolution_s) == (72, 3600)
    assert series.total == pytest.approx(
        sum((100 + (h * 3 + d) * 7 % 90) / 1000 for h in range(24) for d in range(3))
    )
    assert series.start == instant("2026-05-01T05:00")


def test_quarters_end_with_their_months(read: Read) -> None:
    text = "Period;Import kWh\nQ1 2023;12500\nQ2 2023;9800\nQ3 2023;9100\nQ4 2023;12900\nQ1 2024;12100\n"
    (series,) = read(text, tz="UTC").series
    assert (series.start, series.end) == (instant("2023-01-01"), instant("2024-04-01"))
    assert series.total == 56400
