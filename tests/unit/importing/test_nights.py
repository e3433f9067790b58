"""Directions by the night: columns that no word tells apart are one flow twice, or meters alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kanchay.adapters.files.reader import SniffingReader
from kanchay.domain.importing import ImportPreview
from kanchay.services.ports.files import ImportOptions

Read = Callable[[Sequence[str], Sequence[np.ndarray]], ImportPreview]
N = 4 * 96


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def it(names: Sequence[str], columns: Sequence[np.ndarray]) -> ImportPreview:
        file = tmp_path / "export.csv"
        times = (datetime(2024, 5, 6) + timedelta(minutes=15 * i) for i in range(N))
        rows = [
            ";".join([f"{t:%Y-%m-%d %H:%M}", *(f"{v:.3f}" for v in cells)])
            for t, *cells in zip(times, *columns, strict=True)
        ]
        file.write_text("\n".join([";".join(["Time", *names]), *rows, ""]), "utf-8")
        return SniffingReader().read(file, ImportOptions(tz="Europe/Vienna"))

    return it


def load(seed: int) -> np.ndarray:
    """Quarters of an hour of a home, the night included. [kWh]"""
    rng = np.random.default_rng(seed)
    return np.round(0.05 + 0.2 * rng.random(N), 3)


def sun() -> np.ndarray:
    """Quarters of an hour of a roof. [kWh]"""
    return np.round(
        np.maximum(0, np.sin((np.arange(N) % 96 - 26) / 44 * np.pi)) * (np.arange(N) % 96 < 70), 3
    )


def asked(found: ImportPreview) -> list[str]:
    return [q.code for q in found.questions if q.code.startswith("direction")]


def test_energy_beside_its_power_is_one_flow(read: Read) -> None:
    found = read(["kWh", "kW"], [load(1), 4 * load(1)])
    assert asked(found) == []
    assert {s.direction.value for s in found.series if s.direction} == {"import"}


@pytest.mark.parametrize(
    "names", [("Meter 4711 (kWh)", "Meter 4712 (kWh)"), ("Energy 1 (kWh)", "Energy 2 (kWh)")]
)
def test_meters_that_differ_by_number_are_loads(read: Read, names: tuple[str, str]) -> None:
    assert asked(read(names, [load(1), load(2)])) == []


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (("Alpha (kWh)", "Beta (kWh)"), (load(1), load(2))),  # one may be what a battery sends
        (("kWh", "kW"), (load(1), 4 * load(2))),  # two flows
    ],
)
def test_others_are_asked(read: Read, names: tuple[str, str], columns: tuple[np.ndarray, np.ndarray]) -> None:
    assert asked(read(names, columns))


def test_a_roof_among_alike_meters_is_no_load(read: Read) -> None:
    found = read(["Meter 4711 (kWh)", "Meter 4712 (kWh)"], [load(1), sun()])
    assert [s.direction.value for s in found.series if s.direction] == ["import", "production"]
    assert asked(found)
