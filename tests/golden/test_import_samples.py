"""Every field of every series of the raw samples, against the recorded truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kanchay.adapters.files.reader import SniffingReader
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.services.ports.files import ImportOptions

pytestmark = pytest.mark.data

Previews = Callable[[str], ImportPreview]

SAMPLES = [
    "bms-ahu-1min-head.csv", "coes-demanda-30min.xlsx", "e-redes-15min.xlsx", "electrodunas-hourly-head.csv",
    "enel-15min-wide-decimal-comma.csv", "fluvius-15min-nl.csv", "grafana-export.csv",
    "home-assistant-epoch-cumulative-head.csv", "homewizard-p1-15min-cumulative.csv", "influxdb-chronograf.csv",
    "green-button-espi-hourly-year.xml", "green-button-espi-nisc-small.xml", "nem12-30min.csv",
    "shelly-em3-phase-a-10min-head.csv", "uci-household-power-2days.txt",
]  # fmt: skip
# What a right importer asks, because the file leaves it open (the notes of the truth say so).
ASKED = {
    "bms-ahu-1min-head.csv": {"unit"},
    "electrodunas-hourly-head.csv": {"unit"},
    "enel-15min-wide-decimal-comma.csv": {"unit"},
    "grafana-export.csv": {"direction"},
    "green-button-espi-nisc-small.xml": {"unit"},  # two scales
    "home-assistant-epoch-cumulative-head.csv": {"unit"},
    "influxdb-chronograf.csv": {"direction"},
}


@pytest.fixture(scope="module")
def truth(raw_samples: Path) -> dict[str, Any]:
    return json.loads((raw_samples / "expected.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def preview(raw_samples: Path, truth: dict[str, Any]) -> Previews:
    """Each file is read once, and only where a test asks for it."""
    return cache(lambda name: SniffingReader().read(raw_samples / name, ImportOptions(tz=truth[name]["tz"])))


def stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(series: ImportSeries) -> dict[str, Any]:
    return {
        "quantity": series.quantity.value,
        "direction": series.direction.value if series.direction else None,
        "unit": series.unit,
        "kind": series.kind.value,
        "resolution_min": series.resolution_s / 60 if series.resolution_s else None,
        "n": series.n,
        "start": stamp(series.start),
        "end": stamp(series.end),
    }


def find(preview: ImportPreview, part: str | None) -> ImportSeries:
    """The series whose name holds the part; of several the shortest name (a whole header, not its beginning)."""
    named = [s for s in preview.series if part is None or part in s.name]
    assert named, f"no series named {part!r} among {[s.name for s in preview.series]}"
    return min(named, key=lambda s: len(s.name))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_field(name: str, preview: Previews, truth: dict[str, Any]) -> None:
    assert truth[name]["series"]
    for expected in truth[name]["series"]:
        series = find(preview(name), expected["name_contains"])
        fields = {k: expected[k] for k in shown(series)}
        assert shown(series) == fields
        if expected["total"] is None:
            assert series.total is None
        else:
            assert series.total == pytest.approx(expected["total"], rel=1e-9, abs=6e-4)
        assert series.timezone == truth[name]["tz"]


@pytest.mark.parametrize("name", SAMPLES)
def test_no_flow_beside_those_expected(name: str, preview: Previews, truth: dict[str, Any]) -> None:
    flows = [s for s in preview(name).series if s.total is not None]
    assert len(flows) == sum(e["total"] is not None for e in truth[name]["series"])


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_asked(name: str, preview: Previews) -> None:
    assert {q.code for q in preview(name).questions} == ASKED.get(name, set())


@pytest.mark.parametrize(
    ("name", "zone"), [("e-redes-15min.xlsx", "Europe/Lisbon"), ("fluvius-15min-nl.csv", "Europe/Brussels")]
)
def test_a_zone_that_is_not_stated_is_asked(name: str, zone: str, raw_samples: Path) -> None:
    questions = SniffingReader().read(raw_samples / name, ImportOptions()).questions
    assert [(q.code, q.guess) for q in questions] == [("tz", zone)]


def test_estimates_keep_their_mark(preview: Previews) -> None:
    marked = {
        s.name: int((s.observations.quality == 1).sum()) for s in preview("fluvius-15min-nl.csv").series
    }
    assert marked["Afname Dag"] == 2
    assert marked["Afname Nacht"] == 63
    estimated = preview("e-redes-15min.xlsx").series[0].observations.quality == 1
    assert int(estimated.sum()) == 277


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("green-button-espi-hourly-year.xml", "America/Los_Angeles"),
        ("green-button-espi-nisc-small.xml", "America/Denver"),
        ("nem12-30min.csv", "Australia/Brisbane"),
    ],
)
def test_a_zone_that_the_format_states_is_not_asked(name: str, zone: str, raw_samples: Path) -> None:
    preview = SniffingReader().read(raw_samples / name, ImportOptions())
    assert {s.timezone for s in preview.series} == {zone}
    assert "tz" not in {q.code for q in preview.questions}
