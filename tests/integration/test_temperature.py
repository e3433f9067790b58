"""A simulated office with a sensor outside, from the store and from files: the shipped model reads its temperature."""

from __future__ import annotations

import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from kanchay.bootstrap import open_product
from kanchay.cli import cli
from kanchay.domain.interval import DAY, HOUR, to_datetime
from kanchay.domain.reading import Readings
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, create_site
from kanchay.settings import read_settings
from kanchay.simulate.office import simulate_office

LIMA = "America/Lima"
SCOPE = operator_scope()
DAYS = 15


@pytest.fixture(scope="module")
def office():
    return simulate_office(seed=4, start="2026-01-05", days=DAYS, resolution_s=HOUR, climate="piura")


@pytest.fixture
def home(office, tmp_path):
    """A product on disk that holds the office; its one meter is that of the grid."""
    with_readings(tmp_path, office, office.readings["office:outdoor"])
    return tmp_path


def with_readings(folder, office, outdoor):
    ctx = open_product(read_settings(home=str(folder)))
    kept = [p for p in office.points if p.name in ("grid", "outdoor", "zone")]
    if not (folder / "made").exists():
        create_site(ctx, SCOPE, office.site)
        add_points(ctx, SCOPE, "office", kept)
        (folder / "made").touch()
    batch = [office.readings[p.id] for p in kept if p.name != "outdoor"]
    ctx.readings.append(SCOPE, [*batch, outdoor], recorded_at=int(outdoor.end[-1]))
    ctx.readings.close()
    ctx.records.close()


def run(*arguments, home=None):
    before = ["--home", str(home)] if home else []
    result = CliRunner().invoke(cli, [*before, *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def forecasts(*arguments, home=None):
    return json.loads(run("forecast", "--model", "pretrained", "--json", *arguments, home=home))["forecasts"]


def means(document):
    return [row["mean"] for row in document["rows"]]


def wide_csv(office, path):
    """A logger's file: time on the local clock, the meter, the air outside and that of a room."""
    columns = [office.readings[f"office:{name}"] for name in ("grid", "outdoor", "zone")]
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["timestamp", "grid consumption kWh", "outdoor temperature (C)", "zone temperature (C)"])
        for start, *values in zip(columns[0].start, *(c.value for c in columns), strict=True):
            out.writerow([f"{to_datetime(int(start), LIMA):%Y-%m-%d %H:%M}", *values])
    return path


def energy_table(office, path, *, meters=("m",), air="temperature_c"):
    grid, outdoor = (office.readings[f"office:{name}"] for name in ("grid", "outdoor"))
    n = len(meters)
    columns = {
        "meter_id": np.repeat(list(meters), len(grid)).tolist(),
        "timestamp": pa.array(np.tile(grid.start, n), pa.timestamp("s", "UTC")),
        "energy_kwh": np.tile(grid.value, n),
        air: np.tile(outdoor.value, n),
    }
    pq.write_table(pa.table(columns), path, row_group_size=300)
    return path


def test_the_store_the_file_and_the_table_read_the_same_air(home, office, tmp_path):
    (stored,) = forecasts(home=home)
    assert stored["temperature"] == {
        "used": True, "because": "known", "point_id": "office:outdoor", "name": "outdoor", "ahead": "climatology",
        "known_hours": 168.0,
    }  # fmt: skip
    given = ["--tz", LIMA, "--country", "PE"]
    (logged,) = forecasts("--input", wide_csv(office, tmp_path / "logger.csv"), *given)
    (tabled,) = forecasts("--input", energy_table(office, tmp_path / "table.parquet"), *given)
    assert logged["temperature"]["name"] == "outdoor temperature (C)"
    (named,) = forecasts("--input", tmp_path / "logger.csv", "--meter", "grid consumption kWh", *given)
    assert named == logged
    assert tabled["temperature"]["name"] == "temperature_c"
    np.testing.assert_allclose(means(logged), means(stored), rtol=1e-4)
    np.testing.assert_allclose(means(tabled), means(stored), rtol=1e-4)
    (cold,) = forecasts("--no-temperature", home=home)
    assert cold["temperature"]["because"] == "left_out"
    assert not np.allclose(means(cold), means(stored), rtol=1e-4)


def test_the_fleet_answers_as_each_meter_does(home, office, tmp_path):
    path = energy_table(office, tmp_path / "fleet.parquet", meters=("a", "b"))
    given = ["--input", path, "--tz", LIMA, "--country", "PE"]
    single = {each["meter_id"]: means(each) for each in forecasts(*given)}
    out = tmp_path / "out.csv"
    told = run("forecast", "--all", "--model", "pretrained", "--out", out, *given)
    assert "2 with the outdoor temperature" in told
    with out.open() as file:
        rows = list(csv.DictReader(file))
    for meter, mean in single.items():
        found = [float(row["mean"]) for row in rows if row["meter_id"] == meter]
        np.testing.assert_allclose(found, mean, rtol=1e-5)
    assert "1 with the outdoor temperature" in run(
        "forecast", "--all", "--model", "pretrained", "--out", tmp_path / "stored.csv", home=home
    )
    assert "outdoor" not in run("forecast", "--all", "--no-temperature", "--out", out, *given)


def test_the_weather_to_come_changes_nothing(home, office):
    issued_at = office.readings["office:grid"].end[-1] - 3 * DAY
    given = ["--issued-at", f"{to_datetime(int(issued_at)):%Y-%m-%dT%H:%M:%SZ}", "--horizon", "3d"]
    (before,) = forecasts(*given, home=home)
    outdoor = office.readings["office:outdoor"]
    heat = np.where(outdoor.start >= issued_at, outdoor.value + 30.0, outdoor.value)
    with_readings(home, office, Readings.regular("office:outdoor", int(outdoor.start[0]), HOUR, heat))
    (after,) = forecasts(*given, home=home)
    assert before["temperature"]["used"]
    assert before == after
    warmed = np.where(outdoor.start < issued_at, outdoor.value + 8.0, heat)
    with_readings(home, office, Readings.regular("office:outdoor", int(outdoor.start[0]), HOUR, warmed))
    assert means(forecasts(*given, home=home)[0]) != means(before)  # what was known then does count


def test_the_words_say_where_it_came_from(home):
    assert "; with the temperature of outdoor, the days ahead as the week before, hour by hour\n" in run(
        "forecast", "--model", "pretrained", home=home
    )
    assert "; no temperature, as asked\n" in run(
        "forecast", "--model", "pretrained", "--no-temperature", home=home
    )
    assert "; no temperature: ensemble does not read it\n" in run(
        "forecast", "--model", "ensemble", home=home
    )
    assert "with the temperature of outdoor" in run("forecast", "--daily", "--horizon", "3d", home=home)


def test_a_back_test_reads_it_too(home):
    given = ["backtest", "--model", "pretrained", "--json"]
    warm, cold = (
        json.loads(run(*given, *more, home=home))["meters"][0] for more in ([], ["--no-temperature"])
    )
    assert warm["temperature"]["used"]
    assert cold["temperature"]["because"] == "left_out"
    assert warm["scores"]["ensemble"] == cold["scores"]["ensemble"]
    assert warm["scores"]["pretrained"] != cold["scores"]["pretrained"]


def test_a_file_finer_than_five_minutes_has_the_mean_of_its_air(tmp_path):
    from kanchay.adapters.energytable import air_column, read_energy_table

    path = tmp_path / "minutes.csv"
    rows = [f"2026-03-01T{m // 60:02}:{m % 60:02}:00Z,0.01,{20 + m % 5}" for m in range(600)]
    path.write_text("timestamp,energy_kwh,outdoor_temperature_c\n" + "\n".join(rows) + "\n")
    assert air_column(path) == "outdoor_temperature_c"
    (energy,), (air,) = (
        read_energy_table(path, None, *more).panels() for more in ((), ("outdoor_temperature_c",))
    )
    np.testing.assert_allclose(energy.values, 0.05)
    np.testing.assert_allclose(air.values, 22.0)
    assert (energy.start, energy.resolution_s, energy.points) == (air.start, air.resolution_s, air.points)
