"""Files as users hand them in: one meter or many, told apart, never guessed; errors are a sentence with a way out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from kanchay.cli import cli

TARIFF = "pe.luz_del_sur.lima_sur.bt5b"


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    """Two meters in one table, one with what it exports, 21 days by the hour."""
    path = tmp_path_factory.mktemp("estate") / "estate.csv"
    hours = np.datetime64("2026-06-01T05:00:00") + np.arange(21 * 24) * np.timedelta64(1, "h")
    rows = ["meter_id,timestamp,energy_kwh,export_kwh"]
    for name, level in (("b1", 0.25), ("b10", 4.0)):
        use = level * (
            1 + 0.5 * np.sin(np.arange(len(hours)) / 24 * 2 * np.pi) + 0.01 * (np.arange(len(hours)) % 5)
        )
        rows += [f"{name},{t}Z,{v:.4f},{v / 10:.4f}" for t, v in zip(hours, use, strict=True)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("verb", ["bill", "detect", "advise"])
def test_an_answer_about_one_meter_asks_which(estate, verb):
    result = run(verb, "--input", estate, "--tz", "America/Lima", "--country", "PE")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "estate.csv holds 2 meters: b1, b10. Name one with --meter." in str(result.exception)


def test_the_named_meter_is_the_one(estate):
    asked = ("--input", estate, "--tz", "America/Lima", "--country", "PE", "--json", "--tariff", TARIFF)
    days = (
        "--from",
        "2026-06-02",
        "--to",
        "2026-06-16",
        "--param",
        "reposicion=1.40",
        "--param",
        "alumbrado=8.82",
    )
    bills = [run("bill", *asked, *days, "--meter", name) for name in ("b1", "B10")]
    assert [b.exit_code for b in bills] == [0, 0], bills[0].stderr
    low, high = (float(json.loads(b.stdout)["energy_kwh"]) for b in bills)
    assert high == pytest.approx(16 * low, rel=1e-3)


def forecast_names(*arguments: object) -> list[str]:
    result = run("forecast", *arguments, "--model", "week", "--json")
    assert result.exit_code == 0, result.exception
    return [f["meter_id"] for f in json.loads(result.stdout)["forecasts"]]


def test_forecast_is_of_all_or_of_the_named_one(estate):
    asked = ("--input", estate, "--tz", "America/Lima")
    assert forecast_names(*asked) == ["b1", "b10"]
    assert forecast_names(*asked, "--meter", "b1") == ["b1"]


@pytest.mark.parametrize("verb", ["bill", "detect", "check", "forecast"])
def test_a_name_that_is_not_there_is_answered_with_those_that_are(estate, verb):
    result = run(verb, "--input", estate, "--tz", "America/Lima", "--meter", "b2")
    assert result.exit_code == 1
    assert "estate.csv has no meter 'b2'. It has b1, b10." in str(result.exception)


def test_meter_is_for_files(tmp_path):
    result = run("--home", tmp_path, "check", "--site", "casa", "--meter", "b1")
    assert result.exit_code == 1
    assert "--meter is for files. Give the file with --input" in str(result.exception)


def test_a_file_without_a_tariff_is_told_how_to_name_one(estate):
    asked = ("bill", "--input", estate, "--tz", "America/Lima", "--meter", "b1")
    known = run(*asked, "--country", "PE")
    assert known.exit_code == 1
    assert "Name one with --tariff (for PE: pe." in str(known.exception)
    assert "see kanchay bill --list" in str(run(*asked).exception)
    assert "We ship no tariff of that country" in str(run(*asked, "--country", "FR").exception)


def test_registers_are_one_meter(data_dir):
    """A P1 meter with two tariffs: bill, forecast and findings are of their sum, 1356.427 kWh."""
    path = data_dir / "raw-samples" / "homewizard-p1-15min-cumulative.csv"
    asked = ("--input", path, "--tz", "Europe/Amsterdam", "--json")
    names = forecast_names(*asked[:4])
    assert len(names) == 2  # imported and exported, not four registers
    assert all("sum" in name for name in names)
    bill = run(
        "bill", *asked, "--tariff", TARIFF, "--from", "2022-09-01", "--to", "2022-09-30", "--prices-of", "2026-09-01",
        "--param", "reposicion=1.40", "--param", "alumbrado=8.82",
    )  # fmt: skip
    assert bill.exit_code == 0, bill.stderr
    assert 1200 < float(json.loads(bill.stdout)["energy_kwh"]) < 1356.427


def test_a_file_of_a_building_is_spoken_of_as_one(tmp_path):
    """A step of the night's load by the hour: told of a home, or of a site where the file is a building's."""
    rows = ["timestamp,energy_kwh"]
    first = np.datetime64("2026-06-01T05:00:00")
    for n in range(70 * 24):
        value = (2.0 if n < 45 * 24 else 3.0) + 4.0 * (14 <= (n % 24) < 22) + 0.01 * (n * 7 % 11)
        rows.append(f"{first + np.timedelta64(n, 'h')}Z,{value:.3f}")
    path = tmp_path / "load.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    asked = ("detect", "--input", path, "--tz", "America/Lima")
    home, building = run(*asked), run(*asked, "--kind", "building")
    assert "tu casa usa" in home.stdout, home.exception
    assert "el local usa" in building.stdout, building.exception
    assert "tu casa" not in building.stdout
