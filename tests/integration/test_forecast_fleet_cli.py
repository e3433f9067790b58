"""`kanchay forecast --all`: many meters into one file, and what is said of those left out."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from kanchay.cli import cli
from kanchay.domain.errors import InputError, KanchayError, NotEnoughData
from kanchay.domain.forecast import QUANTILE_NAMES

T0 = datetime(2026, 3, 16, tzinfo=UTC)
COLUMNS = ["meter_id", "issued_at", "timestamp", "resolution", "unit", "mean", *QUANTILE_NAMES]
HOUR = timedelta(hours=1)


def rows_of(meter, n, *, step=HOUR, level=1.0):
    rng = np.random.default_rng(len(meter) + n)
    return [(meter, T0 + k * step, float(level * (0.5 + rng.random()))) for k in range(n)]


@pytest.fixture
def fleet(tmp_path):
    """Five whole meters sorted by meter, one that lacks most of a day and one of readings 5 h apart."""
    rows = [row for k in range(5) for row in rows_of(f"m{k}", 240, level=1 + k)]
    rows += rows_of("odd", 40, step=timedelta(hours=5)) + rows_of("short", 9)
    names, times, values = zip(*rows, strict=True)
    table = pa.table(
        {"meter_id": names, "timestamp": pa.array(times, pa.timestamp("s", "UTC")), "energy_kwh": values}
    )
    pq.write_table(table, tmp_path / "fleet.parquet", row_group_size=100)
    return tmp_path / "fleet.parquet"


def run(*arguments, code=0, home=None):
    before = ["--home", str(home)] if home else []
    result = CliRunner().invoke(cli, [*before, "forecast", *(str(a) for a in arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def test_every_meter_gets_what_it_gets_alone_and_the_rest_is_told(fleet, tmp_path):
    out, single = tmp_path / "out.parquet", tmp_path / "one.parquet"
    given = ["--input", fleet, "--tz", "America/Lima", "--country", "PE", "--model", "pretrained"]
    done = run("--all", *given, "--out", out, "--json")
    summary = json.loads(done.stdout)
    assert (summary["meters"], summary["rows"], summary["model"]) == (5, 5 * 24, "pretrained")
    reasons = {each["meter_id"]: each["reason"] for each in summary["skipped"]}
    assert sorted(reasons) == ["odd", "short"]
    assert "18000 s" in reasons["odd"]
    assert "24 hours" in reasons["short"]
    assert "Passed over short" in done.stderr
    frame = pq.read_table(out)
    assert frame.column_names == COLUMNS
    run(*given, "--meter", "m3", "--out", single)
    alone = pq.read_table(single)
    own = frame.filter(pa.compute.equal(frame["meter_id"], "m3"))
    for name in COLUMNS[:5]:
        assert own[name].to_pylist() == alone[name].to_pylist()
    for name in ("mean", *QUANTILE_NAMES):
        np.testing.assert_allclose(own[name].to_numpy(), alone[name].to_numpy(), rtol=1e-5)


def test_the_same_rows_as_csv(fleet, tmp_path):
    given = ["--all", "--input", fleet, "--tz", "UTC", "--model", "week", "--issued-at", "2026-03-24T06:00"]
    run(*given, "--out", tmp_path / "out.parquet")
    text = run(*given, "--out", tmp_path / "out.csv").stdout
    assert "5 meters by week, 120 rows" in text
    assert "2 meters passed over" in text
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    frame = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert len(rows) == len(frame) == 120
    for ours, theirs in zip(rows, frame, strict=True):
        assert (ours["meter_id"], ours["unit"]) == (theirs["meter_id"], theirs["unit"])
        assert datetime.fromisoformat(ours["timestamp"]) == theirs["timestamp"]
        assert datetime.fromisoformat(ours["issued_at"]) == datetime(2026, 3, 24, 6, tzinfo=UTC)
        assert float(ours["q90"]) == theirs["q90"]


def test_a_wide_file_by_the_units_in_its_columns(tmp_path):
    n = 240
    times = pa.array([T0 + k * HOUR for k in range(n)], pa.timestamp("s", "UTC"))
    columns = {name: np.random.default_rng(1).random(n) for name in ("house kWh", "shop kWh", "thing")}
    pq.write_table(pa.table({"time": times, **columns}), tmp_path / "wide.parquet")
    given = ["--all", "--input", tmp_path / "wide.parquet", "--tz", "UTC", "--model", "day"]
    summary = json.loads(run(*given, "--out", tmp_path / "out.parquet", "--json").stdout)
    assert summary["meters"] == 2
    (left,) = summary["skipped"]
    assert "thing" in left["meter_id"]
    assert "kWh" in left["reason"]


def test_all_sites_of_the_store(tmp_path):
    from kanchay.bootstrap import open_product
    from kanchay.cli.opening import close
    from kanchay.domain.point import Point, Site
    from kanchay.domain.reading import Readings
    from kanchay.services.people.policy import operator_scope
    from kanchay.services.people.sites import add_points, create_site
    from kanchay.settings import read_settings

    ctx, scope = open_product(read_settings(home=str(tmp_path / "home"))), operator_scope()
    start = int(T0.timestamp())
    for site, zone, unit in (("lima", "America/Lima", "kWh"), ("madrid", "Europe/Madrid", "MWh")):
        create_site(ctx, scope, Site(site, site, tz=zone, country=None))
        points = [Point(f"{site}-{k}", site, k, resolution_s=3600, unit=unit) for k in ("a", "empty")]
        add_points(ctx, scope, site, points)
        readings = Readings.regular(points[0].id, start, 3600, 1 + np.arange(240.0) % 24)
        ctx.readings.append(scope, [readings], recorded_at=start)
    close(ctx)
    given = ["--all", "--model", "day", "--out", tmp_path / "out.parquet"]
    summary = json.loads(run(*given, "--json", home=tmp_path / "home").stdout)
    assert summary["meters"] == 2
    assert sorted(each["meter_id"] for each in summary["skipped"]) == ["lima-empty", "madrid-empty"]
    frame = pq.read_table(tmp_path / "out.parquet")
    assert set(zip(frame["meter_id"].to_pylist(), frame["unit"].to_pylist(), strict=True)) == {
        ("lima-a", "kWh"),
        ("madrid-a", "MWh"),
    }
    with pytest.raises(InputError, match="offset"):
        run(*given, "--issued-at", "2026-03-24T00:00", home=tmp_path / "home")
    early = run(*given, "--json", "--issued-at", "2026-03-24T00:00+00:00", home=tmp_path / "home")
    assert json.loads(early.stdout)["meters"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ["--out", "x.txt"],
        ["--out", "x.csv", "--meter", "m1"],
        ["--out", "x.csv", "--daily"],
        ["--out", "x.csv", "--horizon", "30d"],
        ["--out", "x.csv", "--input", "gone.parquet"],
    ],
)
def test_what_does_not_go_together_is_refused(fleet, tmp_path, monkeypatch, wrong):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(KanchayError):
        run("--all", "--input", fleet, "--tz", "UTC", "--model", "day", *wrong)
    assert not (tmp_path / "x.csv").exists()


def test_a_fleet_needs_a_file_to_write_and_never_its_own_input(fleet):
    assert "--out" in run("--all", "--input", fleet, code=2).stderr
    with pytest.raises(InputError, match="is read"):
        run("--all", "--input", fleet, "--out", fleet)


def test_nothing_to_forecast_leaves_no_file(fleet, tmp_path):
    out = tmp_path / "out.parquet"
    given = ["--all", "--input", fleet, "--tz", "UTC", "--model", "day", "--issued-at", "2026-03-16T05:00"]
    with pytest.raises(NotEnoughData):
        run(*given, "--out", out)
    assert list(tmp_path.glob("out*")) == []


def test_one_odd_meter_does_not_stop_the_others_of_a_file(fleet):
    given = ["--input", fleet, "--tz", "UTC", "--model", "day"]
    done = run(*given, "--json")
    assert len(json.loads(done.stdout)["forecasts"]) == 5
    assert "Passed over: Meter odd" in done.stderr
    with pytest.raises(KanchayError, match="18000 s"):
        run(*given, "--meter", "odd")
