"""`kanchay forecast` and `kanchay backtest` as others use them: files in, tables, JSON and frames out."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from kanchay.cli import cli
from kanchay.domain.errors import FileRefused, KanchayError
from kanchay.domain.forecast import QUANTILE_NAMES

T0 = datetime(2026, 3, 16, tzinfo=UTC)
COLUMNS = ["meter_id", "issued_at", "timestamp", "resolution", "unit", "mean", *QUANTILE_NAMES]


def write(path, meters, *, days=20, step=timedelta(hours=1), column="timestamp"):
    rng = np.random.default_rng(0)
    n = int(timedelta(days=days) / step)
    times = [T0 + k * step for k in range(n)]
    hour = np.array([t.hour for t in times])
    values = [0.3 + 0.2 * np.sin(hour / 24 * 2 * np.pi) + 0.1 * rng.random(n) for _ in meters]
    local = column == "timestamp_local"
    stamps = [t.replace(tzinfo=None) for t in times] if local else times
    pq.write_table(
        pa.table(
            {
                "meter_id": np.repeat(meters, n),
                column: pa.array(stamps * len(meters), pa.timestamp("ms", None if local else "UTC")),
                "energy_kwh": np.concatenate(values),
            }
        ),
        path,
    )
    return path


def run(*arguments):
    result = CliRunner().invoke(cli, [str(a) for a in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_backtest_writes_every_window_of_every_meter(tmp_path):
    source, out = write(tmp_path / "fleet.parquet", ["b", "a"]), tmp_path / "out.parquet"
    result = run(
        "backtest", "--input", source, "--model", "ensemble", "--horizon", "24h", "--issue-at", "00:00", "--every", "1d",
        "--tz", "Europe/Madrid", "--country", "ES", "--out", out,
    )  # fmt: skip
    frame = pq.read_table(out)
    assert frame.column_names == COLUMNS
    issued = np.array(frame["issued_at"].to_pylist())
    meters = np.array(frame["meter_id"].to_pylist())
    assert sorted(set(meters)) == ["a", "b"]
    # Local midnights from the 18th (the first full day is known) to the 5th of April, over the change on the 29th.
    own = sorted(set(issued[meters == "a"]))
    assert own[0] == datetime(2026, 3, 17, 23, tzinfo=UTC)
    assert own[-1] == datetime(2026, 4, 4, 22, tzinfo=UTC)
    assert len(own) == 19
    assert (meters == "a").sum() == 19 * 24
    stamps = np.array(frame["timestamp"].to_pylist())
    spring = stamps[(issued == datetime(2026, 3, 28, 23, tzinfo=UTC)) & (meters == "a")]
    assert spring[-1] == datetime(2026, 3, 29, 22, tzinfo=UTC)  # 24 elapsed hours on the day of 23
    assert not np.isnan(frame["mean"].to_numpy()).any()
    quantiles = np.stack([frame[name].to_numpy() for name in QUANTILE_NAMES], axis=1)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert "ensemble" not in result.stdout.split("\n")[0] or "week" in result.stdout
    assert "windows left out" in result.stderr


def test_backtest_agrees_with_a_hand_made_ensemble(tmp_path):
    source, out = write(tmp_path / "x.parquet", ["m"]), tmp_path / "out.parquet"
    run("backtest", "--input", source, "--model", "ensemble", "--tz", "UTC", "--out", out)
    frame = pq.read_table(out)
    values = pq.read_table(source)["energy_kwh"].to_numpy().reshape(20, 24)
    mean = frame["mean"].to_numpy().reshape(-1, 24)
    np.testing.assert_allclose(mean[9], values[3:10].mean(axis=0))  # issued at the start of day 10


def test_scores_as_json_beside_the_naives(tmp_path):
    source = write(tmp_path / "x.parquet", ["m"])
    answer = json.loads(
        run("backtest", "--input", source, "--model", "ridge", "--tz", "UTC", "--json").stdout
    )
    assert answer["model"] == "ridge"
    scores = answer["meters"][0]["scores"]
    assert set(scores) == {"ridge", "ensemble", "week"}
    assert 0 < scores["ridge"]["cvrmse"] < scores["week"]["cvrmse"]
    assert answer["meters"][0]["windows"] == 19


def test_a_folder_of_files_and_names_that_repeat(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "gas.parquet", ["b1"])
    write(folder / "electricity.parquet", ["b1", "b2"])
    (folder / "notes.txt").write_text("nothing here")
    result = run("backtest", "--input", folder, "--model", "day", "--tz", "UTC", "--json")
    assert [m["meter_id"] for m in json.loads(result.stdout)["meters"]] == ["b1", "b2", "gas:b1"]
    assert "notes.txt" in result.stderr


@pytest.mark.parametrize("minutes", [5, 15, 30])
def test_finer_resolutions_and_longer_horizons(tmp_path, minutes):
    source = write(tmp_path / "x.parquet", ["m"], days=10, step=timedelta(minutes=minutes))
    out = tmp_path / "out.parquet"
    run(
        "backtest",
        "--input",
        source,
        "--model",
        "ensemble",
        "--tz",
        "America/Lima",
        "--horizon",
        "48h",
        "--out",
        out,
    )
    frame = pq.read_table(out)
    assert set(frame["resolution"].to_pylist()) == {f"PT{minutes}M"}
    assert len(frame) == 9 * 48 * 60 // minutes  # the 17th to the 25th, at 05:00 UTC


def test_forecast_from_the_end_of_the_data_and_from_before(tmp_path):
    source, out = write(tmp_path / "x.parquet", ["m", "n"]), tmp_path / "out.parquet"
    text = run("forecast", "--input", source, "--model", "week", "--tz", "America/Lima", "--out", out).stdout
    assert "m: week" in text
    assert "2026-04-04 19:00" in text  # the end of the data, on Lima's clock
    frame = pq.read_table(out)
    assert frame.column_names == COLUMNS
    assert len(frame) == 48
    answer = json.loads(
        run("forecast", "--input", source, "--model", "week", "--tz", "America/Lima", "--issued-at", "2026-03-30T00:00",
            "--horizon", "6h", "--json").stdout
    )  # fmt: skip
    first = answer["forecasts"][0]
    assert (first["meter_id"], first["issued_at"], first["resolution"]) == (
        "m",
        "2026-03-30T05:00:00Z",
        "PT1H",
    )
    assert [r["timestamp"] for r in first["rows"]][:2] == ["2026-03-30T05:00:00Z", "2026-03-30T06:00:00Z"]
    assert len(first["rows"]) == 6
    assert set(first["rows"][0]) == {"timestamp", "mean", *QUANTILE_NAMES}


def test_local_times_need_a_zone(tmp_path):
    source = write(tmp_path / "x.parquet", ["m"], column="timestamp_local")
    with pytest.raises(KanchayError, match="--tz"):
        run("forecast", "--input", source, "--model", "day")
    assert "m: day" in run("forecast", "--input", source, "--model", "day", "--tz", "Europe/Madrid").stdout


def test_too_little_history_is_said(tmp_path):
    source = write(tmp_path / "x.parquet", ["m"], days=0.5)
    with pytest.raises(KanchayError, match="24"):
        run("forecast", "--input", source, "--model", "day", "--tz", "UTC")
    with pytest.raises(KanchayError, match="No window"):
        run("backtest", "--input", source, "--model", "day", "--tz", "UTC")


def test_a_csv_goes_through_the_importer(tmp_path):
    path = tmp_path / "home.csv"
    rows = [f"{(T0 + timedelta(hours=k)).isoformat()},{0.3 + 0.01 * (k % 24):.3f}" for k in range(24 * 9)]
    path.write_text("time,kwh\n" + "\n".join(rows) + "\n")
    answer = json.loads(
        run(
            "forecast", "--input", path, "--model", "ensemble", "--tz", "UTC", "--country", "GB-SCT", "--json"
        ).stdout
    )
    (forecast,) = answer["forecasts"]
    np.testing.assert_allclose([r["mean"] for r in forecast["rows"]], 0.3 + 0.01 * np.arange(24))


def test_a_table_without_a_row_is_said(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("timestamp,energy_kwh\n")
    with pytest.raises(FileRefused, match="holds no reading"):
        run("forecast", "--input", path, "--model", "day", "--tz", "UTC")


@pytest.mark.parametrize(
    "wrong",
    [
        ["--issue-at", "25:00"],
        ["--every", "5h"],
        ["--horizon", "1000min"],
        ["--model", "no-such"],
        ["--tz", "Mars/Base"],
    ],
)
def test_what_cannot_be_is_one_clear_sentence(tmp_path, wrong):
    source = write(tmp_path / "x.parquet", ["m"], days=3)
    arguments = {"--model": "day", "--tz": "UTC", **dict([wrong])}
    with pytest.raises(KanchayError):
        run("backtest", "--input", source, *(part for pair in arguments.items() for part in pair))


def test_the_forecast_path_stays_light(tmp_path):
    source = write(tmp_path / "x.parquet", ["m"], days=9)
    code = f"""
import sys
from kanchay.cli import cli
cli.main(["forecast", "--input", {str(source)!r}, "--tz", "America/Lima", "--country", "PE"], standalone_mode=False)
heavy = ("pandas", "scipy", "sklearn", "tensorflow", "keras", "onnxruntime")
print([m for m in heavy if m in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip().endswith("[]"), done.stderr
    assert "pretrained" in done.stdout


def test_one_meter_without_onnxruntime_is_told_the_same(tmp_path, monkeypatch):
    import kanchay.cli.forecast as verb

    given = ["forecast", "--input", write(tmp_path / "x.parquet", ["m"], days=40), "--tz", "UTC", "--json"]
    answers = []
    for small in (verb._SMALL, 0):
        monkeypatch.setattr(verb, "_SMALL", small)
        (forecast,) = json.loads(run(*given).stdout)["forecasts"]
        answers.append([[row[name] for name in ("mean", *QUANTILE_NAMES)] for row in forecast["rows"]])
    np.testing.assert_allclose(*answers, rtol=1e-4)
