"""The sun as a clock: what a solar plant tells of the end that its times mark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kanchay.adapters.files.reader import SniffingReader
from kanchay.adapters.files.sunlight import longitude_of, solar_noon
from kanchay.domain.importing import ImportPreview
from kanchay.services.ports.files import ImportOptions

LIMA = -77.04
Read = Callable[..., ImportPreview]


@pytest.mark.parametrize("day", [datetime(2024, 2, 12), datetime(2024, 5, 14), datetime(2024, 11, 3)])
@pytest.mark.parametrize("longitude", [-77.04, 0.0, 151.2])
def test_noon_is_that_of_an_almanac(day: datetime, longitude: float) -> None:
    """Against NREL's algorithm of the position of the sun, as pvlib has it: within a minute."""
    import pandas as pd
    from pvlib.solarposition import sun_rise_set_transit_spa

    times = pd.DatetimeIndex([day], tz="UTC")
    transit = sun_rise_set_transit_spa(times, -12.0, longitude)["transit"].iloc[0]
    number = np.array([int(day.replace(tzinfo=UTC).timestamp()) // 86400])
    assert solar_noon(number, longitude)[0] == pytest.approx(transit.timestamp(), abs=60)


def test_cities_stand_where_they_do() -> None:
    found = {tz: longitude_of(tz) for tz in ("America/Lima", "Europe/Madrid", "Australia/Sydney", "UTC")}
    assert found == pytest.approx(
        {"America/Lima": -77.05, "Europe/Madrid": -3.68, "Australia/Sydney": 151.22, "UTC": None}, abs=0.02
    )


def plant(label: str, minutes: int) -> list[str]:
    """Six days of a plant in Lima from ten in the morning to ten in the morning, clear skies, kWh."""
    rows = []
    begins = datetime(2024, 5, 6, 10)
    for i in range(6 * 24 * 60 // minutes):
        start = begins + timedelta(minutes=minutes * i)
        middle = start + timedelta(hours=5, minutes=minutes / 2 + 3.6)  # in UTC, with the equation of time
        hour = middle.hour + middle.minute / 60 + LIMA / 15
        sun = max(0.0, np.cos((hour - 12) / 24 * 2 * np.pi) + 0.05)
        shown = start + timedelta(minutes=minutes if label == "end" else 0)
        rows.append(f"{shown:%Y-%m-%d %H:%M},{3 * sun * minutes / 60:.3f}")
    return rows


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def it(name: str, rows: list[str], tz: str = "America/Lima") -> ImportPreview:
        file = tmp_path / "export.csv"
        file.write_text("\n".join([f"Time,{name} (kWh)", *rows, ""]), "utf-8")
        return SniffingReader().read(file, ImportOptions(tz=tz))

    return it


def label(found: ImportPreview) -> tuple[str, float]:
    """The end that was taken, and how sure it is: 1 where nothing is asked."""
    asked = [q.chance or 0 for q in found.questions if q.code == "label"]
    return dict(found.facts)["label"].split(":")[0], asked[0] if asked else 1.0


def test_hours_of_a_plant_tell_which_end_they_mark(read: Read) -> None:
    starts = read("PV production", plant("start", 60))
    assert label(starts) == ("start", 1.0)
    assert dict(starts.facts)["label"] == "start: hours of the sun"
    _, chance = label(read("PV production", plant("end", 60)))
    assert (
        0.5 <= chance < 0.8
    )  # few files that begin and end within a day mark ends: it stands even, and is asked


@pytest.mark.parametrize(
    ("name", "minutes", "tz"),
    [
        ("PV production", 15, "America/Lima"),  # a site may lie further from the city of its zone than that
        ("Surplus", 60, "America/Lima"),  # what a home leaves over is no day of the sun
        ("PV production", 60, "UTC"),  # no place
    ],
)
def test_elsewhere_the_sun_tells_nothing_or_too_little(read: Read, name: str, minutes: int, tz: str) -> None:
    end, chance = label(read(name, plant("start", minutes), tz))
    assert end == "start"
    assert 0.9 < chance < 0.95
