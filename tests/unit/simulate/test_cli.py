"""`kanchay simulate` and `kanchay demo` on the command line."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from kanchay.cli import cli


def _run(*argv, code=0):
    result = CliRunner().invoke(cli, [str(a) for a in argv])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_a_csv_with_its_truth_beside_it(tmp_path):
    path = tmp_path / "home.csv"
    _run("simulate", "home", "--days", 20, "--fault", "left_on@2026-01-12T20:00+2d:250", "--out", path)
    frame = pd.read_csv(path)
    assert list(frame.columns) == ["meter_id", "timestamp", "energy_kwh"]
    assert len(frame) == 20 * 96
    assert frame.timestamp[0] == "2026-01-01T05:00:00Z"
    truth = json.loads((tmp_path / "home.labels.json").read_text())
    assert truth["simulated"] is True
    assert truth["labels"][0]["kwh"] == pytest.approx(12.0)


def test_parquet_with_every_load(tmp_path):
    path = tmp_path / "office.parquet"
    _run("simulate", "office", "--days", 3, "--resolution", "1h", "--submeters", "--out", path)
    frame = pd.read_parquet(path)
    assert {"office:grid", "office:pv", "office:hvac"} <= set(frame.meter_id)
    assert len(frame[frame.meter_id == "office:grid"]) == 72


def test_json_says_simulated_and_takes_properties():
    document = json.loads(
        _run("simulate", "home", "--days", 2, "--set", "occupants=2", "--timer", "usual", "--json").stdout
    )
    assert document["simulated"] is True
    assert document["parameters"]["household"]["occupants"] == 2
    assert document["parameters"]["timer"]
    assert document["points"][0]["id"] == "home:grid"


def test_a_table_names_the_faults():
    assert "baseload_creep" in _run("simulate", "home", "--days", 9, "--fault", "baseload_creep").stdout


def test_mistypes_exit_2_and_impossible_resolutions_are_told():
    _run("simulate", "home", "--set", "occupants", code=2)
    _run("simulate", "castle", code=2)
    assert _run("simulate", "home", "--resolution", "7s", code=1).exception.hint


def test_demo_fills_a_store(tmp_path):
    sites = json.loads(_run("--home", tmp_path, "demo", "--json").stdout)
    assert [s["id"] for s in sites] == ["casa-surquillo", "oficina-miraflores"]
    assert all(s["simulated"] for s in sites)
