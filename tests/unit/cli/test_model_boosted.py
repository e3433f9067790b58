"""`kanchay model train --kind boosted` on the command line."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

from kanchay.cli import cli
from kanchay.domain.errors import InputError, NotFound

pytest.importorskip("lightgbm")
pytest.importorskip("onnx")

SPLITS = """
version: 1
datasets:
  made:
    kind: commercial
    file: made/electricity.parquet
    value_column: energy_kwh
    time_column: timestamp (UTC)
    tz: Europe/London
    country: GB
    subdivision: ENG
    weights_may_ship: true
    zero_runs_are_gaps: false
    train: [a, b]
    validation: [c]
    test: [d]
    short_meters: [a, b, c, d]
    thin_meters: []
"""


@pytest.fixture
def data(tmp_path):
    """Four small meters in the form of the measured data."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(5)
    hour = np.arange(24 * 100)
    shape = 1.0 + 2.0 * ((hour % 24 > 7) & (hour % 24 < 19))
    starts = np.datetime64("2024-01-01", "ms") + hour.astype("timedelta64[h]")
    ids = np.repeat(list("abcd"), len(hour))
    table = pa.table(
        {
            "meter_id": pa.array(ids.tolist()).dictionary_encode(),
            "timestamp": pa.array(np.tile(starts, 4), pa.timestamp("ms", tz="UTC")),
            "energy_kwh": np.tile(shape, 4) * rng.lognormal(0, 0.2, 4 * len(hour)),
        }
    )
    (tmp_path / "data" / "made").mkdir(parents=True)
    pq.write_table(table, tmp_path / "data" / "made" / "electricity.parquet")
    (tmp_path / "splits.yaml").write_text(SPLITS, "utf-8")
    return ["--data", str(tmp_path / "data"), "--splits", str(tmp_path / "splits.yaml")]


@pytest.fixture
def run(tmp_path):
    def invoke(*argv):
        result = CliRunner().invoke(cli, ["--home", str(tmp_path / "home"), "model", *map(str, argv)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


def test_a_boosted_bundle_is_trained_shown_verified_and_tested_for_leaks(run, data, tmp_path):
    out = tmp_path / "trees"
    few = ["--windows", 100, "--feature", "hour_of_day", "--feature", "relative_lagged_energy"]
    text = run("train", "--kind", "boosted", "--out", out, *few, *data)
    assert "kanchay-boosted 0.1" in text
    assert "Most important: relative_lagged_energy" in text or "Most important: hour_of_day" in text
    card = run("show", out)
    assert card.startswith("# kanchay-boosted 0.1")
    assert "| `hour_of_day` | h | Hour on the site's clock. |" in card
    assert "example in numpy" in run("verify", out)
    assert "0 differ" in run("leak-test", out)


def test_features_that_the_data_cannot_give_are_refused_at_once(run, data, tmp_path):
    with pytest.raises(InputError, match="no humidity"):
        run("train", "--kind", "boosted", "--out", tmp_path / "x", "--feature", "humidity", *data)
    with pytest.raises(NotFound, match="No feature is called 'moon'"):
        run("train", "--kind", "boosted", "--out", tmp_path / "x", "--feature", "moon", *data)
    with pytest.raises(InputError, match="no steps"):
        run("train", "--kind", "boosted", "--out", tmp_path / "x", "--steps", 3, *data)
