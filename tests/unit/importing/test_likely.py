"""Units by size, digits and smoothness, and ends of intervals by where a file begins and ends: the odds of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kanchay.adapters.files.likely import fits_size, likely_unit
from kanchay.adapters.files.reader import SniffingReader
from kanchay.domain.importing import ImportPreview, ImportQuestion
from kanchay.domain.units import Quantity, unit
from kanchay.services.ports.files import ImportOptions

Read = Callable[..., ImportPreview]
SHARES = {"kWh": 0.8, "Wh": 0.07, "MWh": 0.02, "kW": 0.08, "W": 0.03}


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def it(rows: Sequence[str], name: str = "export.csv", **options: str) -> ImportPreview:
        file = tmp_path / name
        file.write_text("\n".join([*rows, ""]), "utf-8")
        return SniffingReader().read(file, ImportOptions(tz="America/Lima", **options))  # type: ignore[arg-type]

    return it


def times(first: datetime, n: int, minutes: int = 60) -> list[str]:
    return [f"{first + timedelta(minutes=minutes * i):%Y-%m-%d %H:%M}" for i in range(n)]


def home(n: int, digits: int = 3, scale: float = 1.0) -> list[str]:
    rng = np.random.default_rng(3)
    values = scale * (0.2 + 0.6 * rng.random(n)) * (1 + 0.5 * np.sin(np.arange(n) * 0.26))
    return [f"{v:.{digits}f}" for v in values]


def question(preview: ImportPreview, code: str) -> ImportQuestion:
    return next(q for q in preview.questions if q.code == code)


@pytest.mark.parametrize(
    ("values", "hours", "expected"),
    [([350.0, 512.0, 88.0], 1.0, "Wh"), ([0.351, 0.512, 0.088], 1.0, "kWh"), ([412.345, 380.112], 1.0, "kWh"),
     ([0.000351, 0.000512], 0.25, "MWh"), ([15.25, 22.5], 1.0, "kWh")],
)  # fmt: skip
def test_size_and_digits_tell_a_unit(values: list[float], hours: float, expected: str) -> None:
    assert likely_unit(SHARES, [np.array(values)], hours).unit.symbol == expected


def test_a_smooth_load_is_that_of_many() -> None:
    """Numbers around 400 in whole units: rough ones are Wh of a home, smooth ones kWh of a building."""
    rng = np.random.default_rng(1)
    rough = np.round(400 * rng.gamma(4, 0.25, 96))
    smooth = np.round(400 + 20 * np.sin(np.arange(96) / 4) + rng.normal(0, 4, 96))
    found = [likely_unit(SHARES, [v], 1.0) for v in (rough, smooth)]
    assert [f.unit.symbol for f in found] == ["Wh", "kWh"]
    assert all(f.chance is not None and f.chance < 0.98 for f in found)  # neither is sure


def test_a_register_that_starts_anew_keeps_its_unit(read: Read) -> None:
    line = np.round(5000 + np.cumsum(0.2 + 0.1 * (np.arange(120) % 5)), 3)
    line[60:] -= line[59]
    rows = [
        "Time,Meter reading",
        *(f"{t},{v:.3f}" for t, v in zip(times(datetime(2024, 5, 6), 120), line, strict=True)),
    ]
    asked = question(read(rows), "unit")
    assert asked.guess == "kWh"
    assert asked.chance is not None
    assert asked.chance > 0.9


def test_a_power_in_the_name_of_the_file_is_heard(read: Read) -> None:
    rows = [
        "Time,Grid",
        *(f"{t},{v}" for t, v in zip(times(datetime(2024, 5, 6), 96, 15), home(96), strict=True)),
    ]
    assert read(rows).series[0].quantity is Quantity.ELECTRIC_ENERGY
    named = read(rows, "Power-data-2024-05-07.csv")
    assert (named.series[0].quantity, question(named, "unit").guess) == (Quantity.POWER, "kW")
    assert read(rows, "power_consumption.csv").series[0].quantity is Quantity.ELECTRIC_ENERGY
    assert (
        read(rows, "Power-data.csv", unit="kWh").series[0].quantity is Quantity.ELECTRIC_ENERGY
    )  # the answer counts


@pytest.mark.parametrize(("minutes", "parts"), [(15, 4), (30, 2)])
def test_counts_of_a_part_of_an_hour_are_seen_in_the_last_digit(read: Read, minutes: int, parts: int) -> None:
    """The mean power over a quarter of an hour is four times what a meter counted in it: 0.004, 0.008 ... kW."""
    at = times(datetime(2024, 5, 6), 96, minutes)
    counts = [round(float(v) * 100) for v in home(96)]
    for values, expected in (([c * parts for c in counts], "kW"), ([c * parts + 1 for c in counts], "kWh")):
        rows = ["Time,Consumption", *(f"{t},{v / 1000:.3f}" for t, v in zip(at, values, strict=True))]
        asked = question(read(rows), "unit")
        assert asked.guess == expected
        assert (asked.chance or 0) > 0.5


def test_hours_have_no_parts_to_see(read: Read) -> None:
    values = [round(float(v) * 100) * 4 for v in home(96)]
    rows = [
        "Time,Consumption",
        *(f"{t},{v / 1000:.3f}" for t, v in zip(times(datetime(2024, 5, 6), 96), values, strict=True)),
    ]
    assert question(read(rows), "unit").guess == "kWh"


def test_what_is_called_energy_is_no_power(read: Read) -> None:
    """Numbers around 12,000 every five minutes: Wh of a large building rather than the kW of a small town."""
    rng = np.random.default_rng(2)
    values = np.round(12000 * (1 + 0.3 * np.sin(np.arange(288) / 46)) * rng.gamma(300, 1 / 300, 288))
    at = times(datetime(2024, 5, 6), 288, 5)
    named = read(["Time,Active energy", *(f"{t},{v:.0f}" for t, v in zip(at, values, strict=True))])
    neutral = read(["Time,Consumption", *(f"{t},{v:.0f}" for t, v in zip(at, values, strict=True))])
    assert question(named, "unit").guess == "Wh"
    assert (question(named, "unit").chance or 0) > (question(neutral, "unit").chance or 0)


def test_a_documented_unit_is_asked_only_where_it_cannot_be() -> None:
    assert fits_size(unit("MW"), [np.full(48, 6000.0)], 0.5)  # a country
    assert fits_size(unit("kWh"), [np.full(48, 0.3)], 0.5)
    assert not fits_size(unit("Wh"), [np.full(48, 0.3)], 0.5)  # less than a watt


@pytest.mark.parametrize(
    ("first", "n", "label", "asked"),
    [
        (datetime(2024, 5, 6, 0), 96, "start", False),  # whole days from 00:00
        (datetime(2024, 5, 6, 1), 96, "end", False),  # from 01:00 to 24:00
        (datetime(2024, 5, 6, 0), 55, "start", False),  # until now
        (datetime(2024, 5, 6, 1), 55, "end", True),  # begins at 01:00: likely the first hour of a day
        (datetime(2024, 5, 6, 9), 55, "start", True),  # says nothing
    ],
)
def test_the_end_that_times_mark(read: Read, first: datetime, n: int, label: str, asked: bool) -> None:
    rows = ["Time,Consumption (kWh)", *(f"{t},{v}" for t, v in zip(times(first, n), home(n), strict=True))]
    found = read(rows)
    assert dict(found.facts)["label"].split(":")[0] == label
    assert ("label" in {q.code for q in found.questions}) is asked
    if asked:
        assert question(found, "label").about[0] == "Time"
        assert 0.5 < (question(found, "label").chance or 0) < 0.98


def test_a_question_shows_what_it_is_about(read: Read) -> None:
    values = [f"{v - 0.5:.3f}" for v in map(float, home(96))]
    rows = [
        "Time,Net house (kW)",
        *(f"{t},{v}" for t, v in zip(times(datetime(2024, 5, 6), 96), values, strict=True)),
    ]
    rows[0] = "Time,Main (kW)"
    asked = question(read(rows), "direction")
    assert asked.about[0] == "Main (kW)"
    assert [float(v) for v in asked.about[1:]] == [float(v) for v in values[:3]]


@pytest.mark.parametrize(
    ("marked", "label", "least", "most"),
    [
        ("start", "start", 1.0, 1.0),  # the reading at 09:00 and what came after it: nothing to ask
        ("end", "start", 0.5, 0.7),  # the reading at 10:00 and what came before it: few such files mark ends
    ],
)
def test_a_register_beside_amounts_tells_their_end(
    read: Read, marked: str, label: str, least: float, most: float
) -> None:
    amounts = np.round(0.2 + 0.3 * np.random.default_rng(4).random(56), 3)
    line = np.round(4000 + np.r_[0, np.cumsum(amounts)], 3)[0 if marked == "start" else 1 :]
    at = times(datetime(2024, 5, 6, 9 if marked == "start" else 10), 55)
    rows = [
        "Time,Meter reading (kWh),Consumption (kWh)",
        *(f"{t},{r:.3f},{v:.3f}" for t, r, v in zip(at, line, amounts, strict=False)),
    ]
    found = read(rows)
    asked = [q.chance or 0 for q in found.questions if q.code == "label"]
    assert dict(found.facts)["label"].split(":")[0] == label
    assert least <= (asked[0] if asked else 1.0) <= most


def test_the_reading_before_is_not_of_the_time_of_its_row(read: Read) -> None:
    """A bill names the reading before, the reading now and what was used since: that ends at its date."""
    amounts = np.round(0.2 + 0.3 * np.random.default_rng(4).random(56), 3)
    line = np.round(4000 + np.r_[0, np.cumsum(amounts)], 3)
    at = times(datetime(2024, 5, 6, 10), 55)
    rows = [
        "Time,Previous reading,Current reading,Consumption (kWh)",
        *(f"{t},{a:.3f},{b:.3f},{v:.3f}" for t, a, b, v in zip(at, line, line[1:], amounts, strict=False)),
    ]
    asked = question(read(rows), "label")
    assert 0.5 <= (asked.chance or 0) <= 0.7
