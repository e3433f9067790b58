"""The second runner on a made-up data folder in the published layout."""

from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kanchay.analysis.forecast.naive import EnsembleNaive

ROOT = Path(__file__).resolve().parents[3]
RUNNER = ROOT / "benchmarks" / "accuracy" / "buildingsbench.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("buildingsbench", RUNNER)
    module = importlib.util.module_from_spec(spec)
    sys.modules["buildingsbench"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["buildingsbench"]


def write_csv(path: Path, start: datetime, columns: dict[str, np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    n = len(next(iter(columns.values()))) if columns else 0
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["timestamp", *columns])
        for i in range(n):
            at = (start + timedelta(hours=i)).strftime("%Y-%m-%d %H:%M:%S")
            writer.writerow([at, *(f"{v[i]:.6f}" for v in columns.values())])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One home in two years, a set of two buildings in one file of which one is out of vocabulary, an empty file."""
    root = tmp_path_factory.mktemp("data") / "BuildingsBench"
    meta = root / "metadata"
    meta.mkdir(parents=True)
    (meta / "benchmark.toml").write_text(
        "[buildings_bench]\nleap_years = [2008, 2012, 2016]\n"
        "[buildings_bench.sceaux]\nbuilding_type = 'residential'\nlatlon = [48.8, 2.3]\n"
        "[buildings_bench.bdg-2.bear]\nbuilding_type = 'commercial'\nlatlon = [37.9, -122.3]\n"
        "[buildings_bench.bdg-2.panther]\nbuilding_type = 'commercial'\nlatlon = [28.5, -81.4]\n"
    )
    names = ("Sceaux/Sceaux_clean=2007", "Sceaux/Sceaux_clean=2008", "BDG-2/Bear_clean=2016",
             "BDG-2/Panther_clean=2016", "Electricity/MT_clean=2011")  # fmt: skip
    (meta / "building_years.txt").write_text("\n".join(names) + "\n")
    (meta / "oov.txt").write_text("bdg-2:bear Bear_huge\n")
    rng = np.random.default_rng(0)
    day = 5 + 3 * np.sin(np.arange(24) * np.pi / 12)
    for year, days in ((2007, 10), (2008, 9)):
        home = np.tile(day, days) + rng.random(24 * days)
        write_csv(root / f"Sceaux/Sceaux_clean={year}.csv", datetime(year, 1, 1), {"power": home})
    office = np.tile(np.repeat([1.0, 4.0], 12), 12)
    write_csv(
        root / "BDG-2/Bear_clean=2016.csv",
        datetime(2016, 1, 1),
        {"Bear_small": office, "Bear_huge": 9000 * office},
    )
    write_csv(root / "BDG-2/Panther_clean=2016.csv", datetime(2016, 1, 1), {})
    return root


def test_the_layout_is_read(bench, folder):
    found = list(bench.read_folder(folder))
    told = [(s.dataset, s.building, s.kind, len(s.values)) for s in found]
    assert told == [
        ("sceaux", "Sceaux", "residential", 240),
        ("sceaux", "Sceaux", "residential", 216),
        ("bdg-2:bear", "Bear_small", "commercial", 288),
    ]
    assert found[0].start == 1_167_609_600  # 2007-01-01 00:00
    assert next(bench.read_folder(folder, labels_end=True)).start == 1_167_609_600 - 3600
    assert {s.dataset for s in bench.read_folder(folder, datasets=["bdg-2:bear"])} == {"bdg-2:bear"}
    assert list(bench.read_folder(folder, outliers_removed=True)) == []


def test_windows_every_24_hours_from_the_start_and_the_last_one_lost(bench):
    series = bench.Series("s", "b", "commercial", 0, np.arange(240.0))
    windows, actual = bench.windows_of(series)
    assert len(windows) == (240 - 168 - 24) // 24 == 2
    np.testing.assert_array_equal(windows.issued_at, [168 * 3600, 192 * 3600])
    np.testing.assert_array_equal(windows.load[1], np.arange(24.0, 192.0))
    np.testing.assert_array_equal(actual[0], np.arange(168.0, 192.0))
    every, last = bench.windows_of(series, strict=False)
    assert len(every) == 3
    assert last[-1, -1] == 239
    short = bench.Series("s", "b", "commercial", 0, np.arange(100.0))
    assert len(bench.windows_of(short)[0]) == 0


def test_persistence_by_elapsed_hours(bench):
    load = np.arange(168.0)[None]
    naive = bench.persistence(load)
    np.testing.assert_array_equal(naive["day"][0], np.arange(144.0, 168.0))
    np.testing.assert_array_equal(naive["week"][0], np.arange(24.0))
    np.testing.assert_array_equal(naive["ensemble"][0], np.arange(72.0, 96.0))


def test_scores_by_hand(bench):
    """A building that grows by 24 kWh a day: yesterday is 24 too low, the mean of the week 96."""
    series = bench.Series("s", "b", "commercial", 0, np.repeat(24.0 * np.arange(10), 24))
    results = {r.model: r for r in bench.score_building([series], {})}
    mean = 24 * (7 + 8) / 2
    assert results["day"].nrmse == pytest.approx(24 / mean)
    assert results["ensemble"].nrmse == pytest.approx(96 / mean)
    assert results["week"].nmae == pytest.approx(168 / mean)
    assert results["day"].nmbe == pytest.approx(24 / mean)  # actual minus forecast
    assert results["day"].windows == 2


def test_years_of_a_building_are_pooled_and_models_stand_beside(bench, folder):
    results = bench.score_folder(bench.read_folder(folder), {"ours": EnsembleNaive()})
    by = {(r.building, r.model): r for r in results}
    assert by["Sceaux", "ensemble"].windows == 2 + 1
    # Where no clock changes, our ensemble is theirs.
    assert by["Sceaux", "ours"].nrmse == pytest.approx(by["Sceaux", "ensemble"].nrmse)
    assert 0 < by["Sceaux", "ours"].crps < 1
    assert by["Bear_small", "day"].nrmse == 0


def test_the_command_prints_both_kinds(folder, tmp_path):
    out = tmp_path / "scores.csv"
    run = subprocess.run(
        [sys.executable, str(RUNNER), str(folder), "--model", "ridge", "--out", str(out)],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert "commercial: median over buildings" in run.stdout
    assert "residential: median over buildings" in run.stdout
    assert len(list(csv.DictReader(out.open()))) == 2 * 4
