"""Days and months that a spreadsheet of another country took for each other."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import openpyxl
import pytest

from kanchay.adapters.files.swapped import as_written
from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]

JANUARY = [date(2024, 1, 1) + timedelta(days=i) for i in range(31)]


def opened_abroad(days: Sequence[date]) -> list[datetime | str]:
    """What an Excel of the United States makes of days written as 02/01/2024."""
    return [datetime(d.year, d.day, d.month) if d.day <= 12 else f"{d:%d/%m/%Y}" for d in days]


def test_days_are_put_back() -> None:
    assert as_written(opened_abroad(JANUARY))[:2] == ["01/01/2024", "02/01/2024"]
    european = [datetime(d.year, d.day, d.month) if d.day <= 12 else f"{d:%m/%d/%Y}" for d in JANUARY]
    assert as_written(european)[1] == "01/02/2024"


@pytest.mark.parametrize(
    "cells",
    [
        [datetime(2024, 1, d) for d in range(1, 13)]
        + [f"{d}/01/2024" for d in range(13, 32)],  # some dates as text
        [datetime(2024, m, 1) for m in range(1, 13)],
        ["13/01/2024", "14/01/2024", "15/01/2024"],
    ],
)
def test_what_stands_right_stays(cells: list[datetime | str]) -> None:
    assert as_written(cells) == cells


def test_a_workbook_opened_abroad_keeps_all_its_days(read: Read) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Fecha", "Consumo kWh"])
    for i, cell in enumerate(opened_abroad(JANUARY)):
        sheet.append([cell, 8 + i % 4])
    kept = io.BytesIO()
    book.save(kept)
    series = read(kept.getvalue(), name="x.xlsx", tz="America/Lima").series[0]
    assert (series.n, series.missing, series.start) == (31, 0, 1704085200)
    assert series.total == sum(8 + i % 4 for i in range(31))
