"""`kanchay forecast` says who answers and why, and asks a named model as it is."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.protocol import Prediction
from kanchay.cli import cli
from kanchay.domain.interval import DAY


class High:
    """Half a kilowatt hour too high, always: a meter's own weeks mend that."""

    name, lookback_s = "pretrained", 7 * DAY

    def predict(self, windows):
        inner = EnsembleNaive().predict(windows)
        return Prediction(inner.mean + 0.5, inner.quantiles + 0.5)


def write(path, days):
    rng = np.random.default_rng(0)
    hours = np.datetime64("2026-06-01T00") + np.arange(24 * days)
    load = 0.4 + 0.4 * (np.arange(24 * days) % 24 >= 18) + 0.2 * rng.random(24 * days)
    rows = "".join(f"{t},{v:.4f}\n" for t, v in zip(np.datetime_as_string(hours), load, strict=True))
    path.write_text("time,energy_kwh\n" + rows.replace("T", " "))
    return str(path)


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setattr("kanchay.cli.forecast.load_model", lambda name, home, *, light: High())

    def call(days, *extra):
        path = write(tmp_path / "m.csv", days)
        found = CliRunner().invoke(
            cli, ["--home", str(tmp_path), "forecast", "--input", path, "--tz", "America/Lima", *extra]
        )
        assert found.exit_code == 0, found.output
        return found.stdout

    return call


def test_it_says_who_answers_and_why(run):
    head = run(80).splitlines()[0]
    assert ": adapted," in head or ": ensemble," in head
    assert "less error over 28 days" in head
    (forecast,) = json.loads(run(80, "--json"))["forecasts"]
    assert forecast["model"] in {"adapted", "ensemble"}
    assert {"adapted_better", "fell_back_to_naive"} & set(forecast["notes"])
    assert forecast["rows"][3]["mean"] == pytest.approx(0.5, abs=0.1)


def test_a_named_model_answers_as_it_is(run):
    (forecast,) = json.loads(run(80, "--json", "--model", "pretrained"))["forecasts"]
    assert (forecast["model"], forecast["notes"]) == ("pretrained", [])
    assert forecast["rows"][3]["mean"] == pytest.approx(1.0, abs=0.1)


def test_a_week_is_too_short_to_tell(run):
    assert "less than two weeks to compare" in run(9).splitlines()[0]


def test_what_comes_after_the_time_of_issue_chooses_nothing(run, tmp_path):
    """A model that is perfect after the time of issue and bad before it is not chosen."""
    (early,) = json.loads(run(80, "--json", "--issued-at", "2026-08-01"))["forecasts"]
    path = tmp_path / "m.csv"
    (again,) = json.loads(run(61, "--json"))["forecasts"]  # the file ends where the other was issued
    assert path.exists()
    assert [r["mean"] for r in early["rows"]] == pytest.approx([r["mean"] for r in again["rows"]])
    assert (early["model"], early["notes"]) == (again["model"], again["notes"])
