"""Codes of flows spelt out, and letters of zones in a column of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]

QUARTERS = [datetime(2025, 2, 1) + timedelta(minutes=15 * i) for i in range(96)]


@pytest.mark.parametrize(
    ("name", "codes", "directions"),
    [("direction", "CP", ["consumption", "production"]), ("Flow", "XI", ["import", "export"]),
     ("Richtung", "BL", ["import", "export"])],
)  # fmt: skip
def test_letters_under_a_direction_are_words(
    read: Read, name: str, codes: str, directions: list[str]
) -> None:
    rows = [f"{t:%Y-%m-%d %H:%M},{1 + t.hour % 3},kWh,{c}" for t in QUARTERS for c in codes]
    preview = read("\n".join([f"time,value,unit,{name}", *rows]), tz="Europe/Vienna")
    assert [s.direction and s.direction.value for s in preview.series] == directions
    assert not any(q.code.startswith("direction") for q in preview.questions)


def test_other_letters_stay_names(read: Read) -> None:
    rows = [f"{t:%Y-%m-%d %H:%M},{1 + t.hour % 3},{c}" for t in QUARTERS for c in "CP"]
    preview = read("\n".join(["time,value kWh,meter", *rows]), tz="Europe/Vienna")
    assert [s.name for s in preview.series] == ["C", "P"]


@pytest.mark.parametrize(("summer", "winter"), [("EDT", "EST"), ("-04:00", "-05:00")])
def test_letters_of_zones_belong_to_the_times(read: Read, summer: str, winter: str) -> None:
    hours = [(0, summer), (1, summer), *((h, winter) for h in range(1, 24))]
    rows = [f"2023-11-05,{h:02d}:00,{z},{0.5 + i / 100}" for i, (h, z) in enumerate(hours)]
    preview = read("\n".join(["Date,Time,TZ,kWh", *rows]), tz="America/New_York")
    assert [(s.n, s.missing, s.start) for s in preview.series] == [(25, 0, 1699156800)]


def test_a_star_marks_the_hour_that_comes_again(read: Read) -> None:
    clocks = ["00:00", "01:00", "01:00*", *(f"{h:02d}:00" for h in range(2, 24))]
    text = "\n".join(["Date,Time,kWh", *(f"2023-11-05,{c},{i}" for i, c in enumerate(clocks))])
    assert read(text, tz="America/New_York").series[0].n == 25
