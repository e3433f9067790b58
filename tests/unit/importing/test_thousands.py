"""A mark that may be a decimal sign or group thousands: asked only where both readings could be those of a site."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kanchay.adapters.files.reader import SniffingReader
from kanchay.domain.importing import ImportPreview, ImportQuestion
from kanchay.services.ports.files import ImportOptions

Read = Callable[..., ImportPreview]
N = 96


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def it(header: str, cells: Sequence[str], tz: str = "America/Lima") -> ImportPreview:
        file = tmp_path / "export.csv"
        times = (datetime(2024, 5, 6) + timedelta(hours=i) for i in range(len(cells)))
        rows = (f"{t:%Y-%m-%d %H:%M};{c}" for t, c in zip(times, cells, strict=True))
        file.write_text("\n".join([f"Fecha y hora;{header}", *rows, ""]), "utf-8")
        return SniffingReader().read(file, ImportOptions(tz=tz))

    return it


def building(mean: float) -> list[float]:
    """A load of many uses that averages out, in thousandths."""
    rng = np.random.default_rng(5)
    day = 1 + 0.4 * np.sin((np.arange(N) % 24 - 8) / 24 * 2 * np.pi)
    return [float(v) for v in np.round(mean * day * rng.gamma(80, 1 / 80, N), 3)]


def marked(values: Sequence[float], mark: str) -> list[str]:
    """Numbers with three digits behind a mark, as decimals and grouped thousands look alike."""
    return [f"{v:.3f}".replace(".", mark) for v in values]


def asked(preview: ImportPreview) -> ImportQuestion | None:
    return next((q for q in preview.questions if q.code == "decimal"), None)


@pytest.mark.parametrize(
    ("mark", "tz", "is_asked"),
    [
        (".", "America/Lima", False),
        (",", "Europe/Madrid", False),
        (".", "Europe/London", False),
        (",", "America/Lima", True),  # where people write 1.5, a comma groups
        (".", "Europe/Berlin", True),
    ],
)
def test_a_building_of_ten_kilowatts_is_asked_about_only_where_marks_are_unusual(
    read: Read, mark: str, tz: str, is_asked: bool
) -> None:
    values = building(12.0)
    found = read("Energía importada (kWh)", marked(values, mark), tz)
    assert (asked(found) is not None) is is_asked
    assert found.series[0].total == pytest.approx(sum(values))


def test_what_both_readings_allow_is_asked(read: Read) -> None:
    """A smooth load of 1.5 kWh an hour is rare, one of 1,500 kWh is not, though few write it so."""
    question = asked(read("Energía importada (kWh)", marked(building(1.9), "."), "Europe/Berlin"))
    assert question is not None
    assert 0.5 < (question.chance or 0) < 0.9995


def test_watt_hours_are_read_as_thousands_and_asked(read: Read) -> None:
    values = building(15.0)
    found = read("Energía importada (Wh)", marked(values, "."))
    assert found.series[0].total == pytest.approx(sum(values))  # 15,000 Wh are 15 kWh
    question = asked(found)
    assert question is not None
    assert question.guess == ","


@pytest.mark.parametrize("header", ["Volumen de gas (m3)", "Consumo"])
def test_without_a_unit_of_energy_nothing_is_weighed(read: Read, header: str) -> None:
    question = asked(read(header, marked(building(12.0), ".")))
    assert question is not None
    assert question.chance is None
