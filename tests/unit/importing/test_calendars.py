"""Times of other calendars: weeks, years since the Buddha, months that are intervals; letters of zones, wide digits."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanchay.adapters.files.times import parse_times
from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview
from kanchay.domain.interval import DAY

Read = Callable[..., ImportPreview]


def asked(preview: ImportPreview) -> set[str]:
    return {q.code for q in preview.questions}


@given(st.dates(min_value=date(1976, 1, 1), max_value=date(2099, 12, 20)))
def test_the_day_of_a_week_is_the_day_of_the_calendar(day: date) -> None:
    year, week, weekday = day.isocalendar()
    times = parse_times(pa.array([f"{year}-W{week:02d}-{weekday}"]))
    assert times is not None
    assert times.ok[0]
    assert times.wall[0] == (day - date(1970, 1, 1)).days * DAY


def test_a_week_that_its_year_does_not_have_is_no_time() -> None:
    times = parse_times(pa.array(["2024-W52", "2024-W53", "2020-W53"]))
    assert times is not None
    assert times.ok.tolist() == [True, False, True]


def test_weeks_are_read_whole_and_nobody_asks_which_end_they_mark(read: Read) -> None:
    monday = date(2024, 1, 1)
    weeks = [(monday + timedelta(weeks=i)).isocalendar() for i in range(8)]
    rows = "".join(f"{y}-W{w:02d},{60 + i * 7 % 11}.5\n" for i, (y, w, _) in enumerate(weeks))
    preview = read("Week,Electricity import (kWh)\n" + rows, tz="UTC")
    (series,) = preview.series
    assert series.resolution_s == 7 * DAY
    assert series.start == np.datetime64(monday).astype("M8[s]").astype(int)
    assert series.total == pytest.approx(sum(60.5 + i * 7 % 11 for i in range(8)))
    assert asked(preview) == set()


def test_months_by_their_names_mark_no_end(read: Read) -> None:
    preview = read(
        "Mes;Consumo kWh\nene 2024;120\nfeb 2024;130,5\nmar 2024;119,2\nabr 2024;140,1\n", tz="UTC"
    )
    assert asked(preview) == set()
    assert preview.series[0].total == pytest.approx(509.8)


def test_years_since_the_buddha(read: Read) -> None:
    rows = "".join(f"{d:02d}/01/2567 {h:02d}:00,1.5\n" for d in (1, 2) for h in range(24))
    (series,) = read("Time,Consumption kWh\n" + rows, tz="UTC").series
    assert series.start == np.datetime64("2024-01-01T00:00").astype("M8[s]").astype(int)
    assert series.n == 48


@pytest.mark.parametrize(
    ("text", "hours"),
    [("18-Jul-23 2:45 PM ICT", 7), ("2023-07-18 14:45 NPT", 5.75), ("2023-07-18 14:45 JST", 9)],
)
def test_letters_of_a_zone_tell_the_offset(text: str, hours: float) -> None:
    times = parse_times(pa.array([text]))
    assert times is not None
    assert times.offset is not None
    assert times.offset[0] == hours * 3600


def test_letters_that_several_zones_share_are_no_offset() -> None:
    assert parse_times(pa.array(["2023-07-18 14:45 IST"])) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_wide_digits_are_digits(read: Read, encoding: str) -> None:
    rows = "".join(
        f"２０２４年５月{'０１２３４５６７８９'[d]}日\t８．{'０１２３４５６７８９'[d * 3 % 10]}\n"
        for d in range(1, 8)
    )
    (series,) = read(("年月日\t使用量（ｋＷｈ）\n" + rows).encode(encoding), tz="UTC").series
    assert series.total == pytest.approx(7 * 8 + sum(d * 3 % 10 for d in range(1, 8)) / 10)


@pytest.mark.parametrize("digits", ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"], ids=["Arabic", "Persian"])
def test_digits_of_arabic_are_digits(read: Read, digits: str) -> None:
    plain = "".join(f"{d:02d}/05/2024\t2{d * 3 % 10}٫{d * 7 % 10}\n" for d in range(1, 21))
    text = "التاريخ\tkWh\n" + plain.translate(str.maketrans("0123456789", digits))
    (series,) = read(text, tz="Asia/Riyadh").series
    assert series.n == 20
    assert series.total == pytest.approx(sum(20 + d * 3 % 10 + d * 7 % 10 / 10 for d in range(1, 21)))


def test_a_wide_comma_parts_no_cells(read: Read) -> None:
    rows = "".join(f"2024-05-{d:02d},8.5,東京，港区\n" for d in range(1, 8))
    (series,) = read("日付,使用量（ｋＷｈ）,住所\n" + rows, tz="UTC").series
    assert series.total == pytest.approx(7 * 8.5)


def quarters(n: int) -> list[float]:
    """Days since 1899, a quarter of an hour apart from 2024-03-01 on."""
    return [45352 + i / 96 for i in range(n)]


@pytest.mark.parametrize(("mark", "delimiter"), [(",", ";"), (".", ","), (".", ";")])
def test_days_since_1899_are_moments(read: Read, mark: str, delimiter: str) -> None:
    rows = "".join(
        f"{day:.6f}{delimiter}{0.1 + i * 7 % 11 / 100:.3f}\n".replace(".", mark)
        for i, day in enumerate(quarters(96))
    )
    preview = read(f"Zeit{delimiter}Bezug kWh\n" + rows, tz="Europe/Berlin")
    (series,) = preview.series
    assert series.start == np.datetime64("2024-02-29T23:00").astype("M8[s]").astype(int)
    assert (series.n, series.resolution_s) == (96, 900)
    assert series.total == pytest.approx(sum(0.1 + i * 7 % 11 / 100 for i in range(96)))


def test_whole_days_since_1899_are_dates(read: Read) -> None:
    rows = "".join(f"{45352 + i};{8 + i * 7 % 11}.5\n" for i in range(10))
    (series,) = read("Fecha;Consumo kWh\n" + rows, tz="America/Lima").series
    assert series.start == np.datetime64("2024-03-01T05:00").astype("M8[s]").astype(int)
    assert series.resolution_s == DAY


@pytest.mark.parametrize(
    "rows",
    ["45352;8.5\n45352;8.7\n45352;9.1\n", "12;8.5\n13;8.7\n14;9.1\n", "45352;8.5\n99999;8.7\n45353;9.1\n"],
    ids=["the same day", "before the century", "after it"],
)
def test_other_numbers_are_no_days(read: Read, rows: str) -> None:
    with pytest.raises(FileRefused):
        read("Fecha;Consumo kWh\n" + rows, tz="America/Lima")


def test_registers_beside_dates_stay_registers(read: Read) -> None:
    rows = "".join(f"2024-03-{i + 1:02d};{45352 + i * 3};{8 + i * 7 % 11}.5\n" for i in range(10))
    preview = read("Fecha;Hora medidor;Consumo kWh\n" + rows, tz="America/Lima")
    assert preview.series[-1].start == np.datetime64("2024-03-01T05:00").astype("M8[s]").astype(int)


def test_moments_of_asp_net_are_epochs(read: Read) -> None:
    moments = [1717200000000 + 3_600_000 * i for i in range(24)]
    rows = [
        {"Date": f"/Date({ms}+0200)/", "Import kWh": 0.4 + i * 7 % 11 / 100} for i, ms in enumerate(moments)
    ]
    (series,) = read(json.dumps({"Readings": rows}), name="readings.json").series
    assert series.start == 1717200000
    assert series.n == 24
