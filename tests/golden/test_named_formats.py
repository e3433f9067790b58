"""Every named format against made-up samples: names, times, directions, units and totals, to the digit.

Beside each sample stands its truth: the format, answers given, what has to be asked (or why it is refused), and of every
series quantity, direction, unit, kind, seconds a step, number of values, first and last time (UTC), total in kWh.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kanchay.adapters.files.formats.registry import TABLES, TEXTS
from kanchay.adapters.files.reader import SniffingReader
from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.services.ports.files import ImportOptions

SAMPLES = Path(__file__).parents[1] / "data" / "import" / "formats"
NAMES = sorted(p.name.removesuffix(".json") for p in SAMPLES.glob("*.json"))


def truth(name: str) -> dict[str, Any]:
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def read(name: str, **options: Any) -> ImportPreview:
    return SniffingReader().read(SAMPLES / name, ImportOptions(**options))


def shown(s: ImportSeries) -> list[Any]:
    first, last = (datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M") for t in (s.start, s.end))
    total = None if s.total is None else round(s.total, 9)
    way = s.direction.value if s.direction else None
    return [s.quantity.value, way, s.unit, s.kind.value, s.resolution_s, s.n, first, last, total]


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_every_series(name: str) -> None:
    expected = truth(name)
    if "refused" in expected:
        with pytest.raises(FileRefused, match=expected["refused"]):
            read(name)
        return
    preview = read(name, **expected["options"])
    facts = dict(preview.facts)
    assert facts.get("profile", preview.format) == expected["format"]
    assert {s.name: shown(s) for s in preview.series} == expected["series"]
    assert sorted({q.code for q in preview.questions}) == expected["asked"]
    assert facts["named_format"]  # what a format says is shown
    assert facts["documented_by"]


def test_every_format_has_a_sample_and_every_sample_its_truth() -> None:
    samples = {p.name for p in SAMPLES.iterdir() if p.suffix not in (".json", ".md")}
    assert samples == set(NAMES)
    assert {truth(name)["format"] for name in NAMES} == {f.name for f in (*TEXTS, *TABLES)}
