"""Several tables in one file: below each other, on sheets, or in a tree of JSON."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kanchay.adapters.files.reader import SniffingReader
from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview
from kanchay.services.ports.files import ImportOptions

Read = Callable[[str], ImportPreview]
FIRST = datetime(2026, 3, 2)


def rows(values: list[float], first: datetime = FIRST) -> list[str]:
    return [f"{first + timedelta(hours=i):%Y-%m-%d %H:%M},{v}" for i, v in enumerate(values)]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def it(text: str) -> ImportPreview:
        file = tmp_path / "export.csv"
        file.write_text(text, "utf-8")
        return SniffingReader().read(file, ImportOptions(tz="America/Lima"))

    return it


DELIVERED, RECEIVED = [0.5 + i * 7 % 24 / 100 for i in range(48)], [0.1 + i * 5 % 24 / 200 for i in range(48)]


def test_tables_of_two_directions_stand_beside_each_other(read: Read) -> None:
    lines = [
        "Meter 7",
        "",
        "Energy imported",
        "Time,kWh",
        *rows(DELIVERED),
        "",
        "Energy exported",
        "Time,kWh",
    ]
    found = read("\n".join([*lines, *rows(RECEIVED), "", "End of report", ""]))
    assert {s.direction.value: s.total for s in found.series if s.direction} == {
        "import": pytest.approx(sum(DELIVERED)),
        "export": pytest.approx(sum(RECEIVED)),
    }


def test_a_table_that_goes_on_is_one_series(read: Read) -> None:
    lines = ["March 2", "Time,Import kWh", *rows(DELIVERED), "", "March 4", "Time,Import kWh"]
    found = read("\n".join([*lines, *rows(RECEIVED, FIRST + timedelta(days=2)), ""]))
    (series,) = found.series
    assert (series.n, series.total) == (96, pytest.approx(sum(DELIVERED) + sum(RECEIVED)))  # type: ignore[comparison-overlap]


def test_a_remark_between_rows_cuts_nothing(read: Read) -> None:
    found = read(
        "\n".join(["Time,Import kWh", *rows(DELIVERED)[:20], "meter was changed", *rows(DELIVERED)[20:], ""])
    )
    assert [s.n for s in found.series] == [48]


def test_sums_of_days_above_are_left_out(read: Read) -> None:
    hours = [1.0 + i * 7 % 24 / 100 for i in range(24 * 30)]
    days = [f"{FIRST + timedelta(days=d):%Y-%m-%d},{sum(hours[24 * d : 24 * d + 24])}" for d in range(30)]
    found = read(
        "\n".join(
            ["Totals", "Day,Import kWh", *days, "", "Detail", "Time,Import energy kWh", *rows(hours), ""]
        )
    )
    assert [(s.resolution_s, s.n) for s in found.series] == [(3600, 720)]
    assert ("table_left_out", "Totals") in found.facts


def at(i: int) -> str:
    return f"{FIRST + timedelta(hours=i):%Y-%m-%dT%H:%M:%S}-05:00"


RECORDS = [{"start": at(i), "import_kwh": v} for i, v in enumerate(DELIVERED)]
PAIRS = [[at(i), v] for i, v in enumerate(DELIVERED)]
TREES = {
    "records": RECORDS,
    "inside": {"version": 3, "data": {"rows": [{"start": r["start"], "values": r} for r in RECORDS]}},
    "pairs": {"series": [{"name": "Import", "unit": "kWh", "points": PAIRS}]},
    "columns": {"start": [at(i) for i in range(48)], "import_kwh": DELIVERED},
    "named": {"columns": ["start", "import_kwh"], "values": PAIRS},
    "by_name": {"import_kwh": PAIRS},
    "days": [
        {"date": f"2026-03-0{2 + d}", "unit": "kWh", "import": DELIVERED[24 * d : 24 * d + 24]}
        for d in (0, 1)
    ],
    "made_at": {"generated": "2026-03-09T10:00:00-05:00", "rows": RECORDS},
}


@pytest.mark.parametrize("shape", TREES)
def test_json_of_any_nesting(shape: str, read: Read) -> None:
    (series,) = read(json.dumps(TREES[shape])).series
    assert (series.n, series.total, series.resolution_s) == (48, pytest.approx(sum(DELIVERED)), 3600)  # type: ignore[comparison-overlap]


def test_a_zip_of_months_is_one_series(tmp_path: Path) -> None:
    file = tmp_path / "2026.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "Nothing here.")
        for month, values in enumerate((DELIVERED, RECEIVED)):
            lines = ["Time,Import kWh", *rows(values, FIRST + timedelta(days=2 * month)), ""]
            archive.writestr(f"meter-{month}.csv", "\n".join(lines))
    (series,) = SniffingReader().read(file, ImportOptions(tz="America/Lima")).series
    assert (series.n, series.total) == (96, pytest.approx(sum(DELIVERED) + sum(RECEIVED)))  # type: ignore[comparison-overlap]


def test_one_object_a_line(read: Read) -> None:
    (series,) = read("\n".join(json.dumps(r) for r in RECORDS)).series
    assert series.n == 48


def test_a_value_that_never_changes_is_kept(read: Read) -> None:
    (series,) = read(json.dumps([{"start": at(i), "import_kwh": 0.25} for i in range(48)])).series
    assert series.total == pytest.approx(12)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [',
        "[" * 200_000,
        '{"a": 1}',
        '[{"t": "x"}]',
        '{"a": [[1, 2], [3, 4]]}',
        "[" + "9" * 5000 + ",1]",
    ],
)
def test_json_without_readings_is_refused(text: str, read: Read) -> None:
    with pytest.raises(FileRefused):
        read(text)
