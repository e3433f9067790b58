"""`kanchay detect` and `kanchay advise` on a plain file."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from kanchay.cli import cli
from kanchay.simulate.home import simulate_home

from .helpers import BT5B


@pytest.fixture(scope="module")
def meter_file(tmp_path_factory):
    home = simulate_home(seed=117, start="2026-06-01", days=75, faults=["baseload_creep"])
    path = tmp_path_factory.mktemp("files") / "casa.csv"
    rows = (
        f"{datetime.fromtimestamp(int(t), UTC).isoformat()},{v:.4f}"
        for t, v in zip(home.grid.start, home.grid.value, strict=True)
    )
    path.write_text("timestamp,energy_kwh\n" + "\n".join(rows), encoding="utf-8")
    return path


def run(*words):
    result = CliRunner().invoke(cli, [str(w) for w in words])
    assert result.exit_code == 0, result.output
    return result


def test_detect_says_it_in_the_language_asked(meter_file):
    base = ("detect", "--input", meter_file, "--tz", "America/Lima", "--country", "PE")
    spanish = run(*base, "--tariff", BT5B).stdout
    assert "De madrugada tu casa usa" in spanish
    assert "S/\u00a0" in spanish
    english = run(*base, "--locale", "en").stdout
    assert "Your home uses" in english
    assert "uncosted: the site has no tariff" in english


def test_json_is_the_finding_with_its_words(meter_file):
    out = run("detect", "--input", meter_file, "--tz", "America/Lima", "--json").stdout
    first = json.loads(out)["findings"][0]
    assert {"title", "summary", "what_to_do", "id", "kind", "money", "numbers", "evidence"} <= first.keys()
    assert first["money"] is None


def test_advise_prints_price_range_and_reasons(meter_file):
    base = ("advise", "--input", meter_file, "--tz", "America/Lima", "--country", "PE")
    told = run(*base, "--tariff", BT5B).stdout
    assert "Pon un timer a la terma" in told
    assert "entre S/" in told
    assert "Horas del timer" in told
    found = json.loads(run(*base, "--tariff", BT5B, "--json").stdout)
    assert {a["code"] for a in found["recommendations"]} >= {"water_heater_timer"}
    unpriced = run(*base)
    assert unpriced.stdout == ""
    assert "--tariff" in unpriced.stderr


def test_a_mistyped_parameter_is_a_usage_error(meter_file):
    result = CliRunner().invoke(
        cli, ["advise", "--input", str(meter_file), "--tz", "America/Lima", "--param", "x"]
    )
    assert result.exit_code == 2
