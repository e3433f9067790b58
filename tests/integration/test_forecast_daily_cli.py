"""`kanchay forecast --horizon 35d`: daily totals as a table and as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from kanchay.cli import cli
from kanchay.domain.errors import InputError, NotEnoughData, TimeError
from kanchay.domain.forecast import QUANTILE_NAMES

T0 = datetime(2026, 3, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    rng = np.random.default_rng(0)
    times = [T0 + timedelta(hours=k) for k in range(24 * 20)]
    values = 0.3 + 0.2 * np.array([t.hour >= 18 for t in times]) + 0.05 * rng.random(len(times))
    path = tmp_path_factory.mktemp("daily") / "home.parquet"
    stamps = pa.array(times, pa.timestamp("ms", "UTC"))
    pq.write_table(
        pa.table({"meter_id": ["m"] * len(times), "timestamp": stamps, "energy_kwh": values}), path
    )
    return path


def run(*arguments):
    result = CliRunner().invoke(cli, ["forecast", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_beyond_a_week_the_answer_is_daily_and_says_so(source):
    table = run("--input", source, "--tz", "UTC", "--horizon", "35d", "--model", "ensemble")
    lines = table.splitlines()
    assert lines[0] == (
        "m: daily totals, daily_level+ensemble, times on the clock of UTC; no temperature: none is measured"
    )
    assert sum(line.strip().startswith("2026-") for line in lines) == 35
    assert any(line.strip().startswith("total") for line in lines)
    assert "bands of days do not add" in table
    (one,) = json.loads(
        run("--input", source, "--tz", "UTC", "--horizon", "35d", "--model", "ensemble", "--json")
    )["forecasts"]
    assert (one["resolution"], len(one["rows"]), one["known_hours"]) == ("daily", 35, 480)
    assert one["rows"][0]["timestamp"] == "2026-04-05T00:00:00Z"
    assert one["rows"][-1]["end"] == "2026-05-10T00:00:00Z"
    assert sum(r["mean"] for r in one["rows"]) == pytest.approx(one["total"]["mean"])
    for row in (*one["rows"], one["total"]):
        assert (np.diff([row[name] for name in QUANTILE_NAMES]) >= 0).all()


def test_daily_totals_of_a_week_on_request_and_hours_without(source):
    daily = json.loads(
        run("--input", source, "--tz", "UTC", "--horizon", "7d", "--daily", "--model", "week", "--json")
    )
    hourly = json.loads(run("--input", source, "--tz", "UTC", "--horizon", "7d", "--model", "week", "--json"))
    assert len(daily["forecasts"][0]["rows"]) == 7
    assert len(hourly["forecasts"][0]["rows"]) == 168
    assert hourly["forecasts"][0]["known_hours"] == 168


def test_how_much_was_known_is_said(source):
    short = ["--input", source, "--tz", "UTC", "--issued-at", "2026-03-17T12:00", "--model", "ensemble"]
    assert "only 36 hours of history are known: bands are wider" in run(*short)
    assert "only 36 hours of history are known: bands are wider" in run(*short, "--horizon", "14d")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (["--horizon", "36d"], TimeError),
        (["--horizon", "200h"], TimeError),
        (["--horizon", "14d", "--out", "x.parquet"], InputError),
        (["--horizon", "14d", "--issued-at", "2026-03-16T05:00"], NotEnoughData),
    ],
)
def test_what_cannot_be_is_one_clear_sentence(source, wrong, error):
    with pytest.raises(error):
        run("--input", source, "--tz", "UTC", "--model", "ensemble", *wrong)
