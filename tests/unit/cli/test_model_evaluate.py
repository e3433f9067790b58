"""`kanchay model evaluate`: the whole table, the line per meter, and who cannot take part."""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner

from kanchay.cli import cli
from kanchay.domain.errors import InputError, NotFound

GOLDEN = (
    "dataset,meter,kind,role,thin,model,column,lookback_h,seen_in_training,windows,missed,n,"
    "mae,rmse,cvrmse,nmae,nmbe,pinball,coverage50,coverage80,coverage95,width80,"
    "cvrmse_ratio,nmae_ratio,pinball_ratio,"
    "night_cvrmse,night_nmae,night_nmbe,night_pinball,night_coverage50,night_coverage80,night_coverage95,"
    "morning_cvrmse,morning_nmae,morning_nmbe,morning_pinball,"
    "morning_coverage50,morning_coverage80,morning_coverage95,"
    "afternoon_cvrmse,afternoon_nmae,afternoon_nmbe,afternoon_pinball,"
    "afternoon_coverage50,afternoon_coverage80,afternoon_coverage95,"
    "evening_cvrmse,evening_nmae,evening_nmbe,evening_pinball,"
    "evening_coverage50,evening_coverage80,evening_coverage95,"
    "night_cvrmse_ratio,morning_cvrmse_ratio,afternoon_cvrmse_ratio,evening_cvrmse_ratio"
)


@pytest.fixture
def run(tmp_path):
    def invoke(*argv):
        home = str(tmp_path / "home")
        result = CliRunner().invoke(cli, ["--home", home, "model", "evaluate", *map(str, argv)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


def test_the_columns_of_the_csv_stay_as_they_are():
    from kanchay.cli.evaluation import COLUMNS

    assert ",".join(COLUMNS) == GOLDEN


def test_a_table_for_people_and_a_line_per_meter_and_model(run, data_dir, tmp_path):
    out = tmp_path / "scores.csv"
    text = run(
        "--data", data_dir, "--dataset", "us-facilities-mv", "--csv", out,
        "--rival", "ridge", "--rival", "weekday",
    )  # fmt: skip
    assert "commercial (1 meters)" in text
    assert "pretrained over each rival" in text
    assert "night 00-06" in text
    with out.open() as file:
        rows = {r["model"]: r for r in csv.DictReader(file)}
    assert set(rows) == {"pretrained", "ensemble", "ridge", "weekday"}
    assert {r["column"] for r in rows.values()} == {"zero-shot", "28 days"}
    assert rows["weekday"]["lookback_h"] == "672"
    assert rows["pretrained"]["seen_in_training"] == "no"
    assert float(rows["pretrained"]["cvrmse_ratio"]) < 0.7
    assert float(rows["ensemble"]["cvrmse_ratio"]) == 1
    shares = [float(rows["ridge"][f"{block}_nmae"]) for block in ("night", "morning", "afternoon", "evening")]
    assert min(shares) < float(rows["ridge"]["nmae"]) < max(shares)


def test_json_holds_the_same(run, data_dir):
    told = json.loads(run("--data", data_dir, "--dataset", "us-facilities-mv", "--rival", "day", "--json"))
    result = told["evaluation"]
    assert (result["model"], result["rival"]) == ("pretrained", "ensemble")
    first = result["summaries"][0]
    assert (first["group"], first["model"], first["cvrmse"]["n"]) == ("commercial", "pretrained", 1)
    assert first["cvrmse"]["median"] < 0.9
    against = {a["rival"]: a["cvrmse"]["median"] for a in result["against"]}
    assert against["day"] < against["ensemble"] < 1


def test_a_rival_that_is_not_fitted_is_skipped_with_the_reason(tmp_path, capsys):
    pytest.importorskip("lightgbm", reason="the package lightgbm is not installed")
    from kanchay.adapters.models import ModelShelf
    from kanchay.cli.evaluation import print_evaluation
    from kanchay.cli.model_evaluate import field_of
    from kanchay.services.forecasting.evaluate import summarise
    from kanchay.settings import read_settings

    field = field_of(ModelShelf(read_settings(home=str(tmp_path))), ["day", "lightgbm"], [], tmp_path)
    assert [one.name for one in field.entrants] == ["day"]
    print_evaluation(summarise("day", []), title="nothing", skipped=field.skipped)
    told = capsys.readouterr().out
    assert "Not scored: lightgbm: not fitted yet on these meters. Give --fit-rivals once" in told


def test_both_runtimes_score_alike(run, data_dir):
    def median(runtime):
        text = run(
            "--data",
            data_dir,
            "--dataset",
            "uci-sceaux",
            "--rival",
            "ensemble",
            "--runtime",
            runtime,
            "--json",
        )
        return json.loads(text)["evaluation"]["summaries"][0]["cvrmse"]["median"]

    assert median("onnx") == pytest.approx(median("numpy"), rel=1e-4)


def test_mistakes_are_told(run, data_dir, monkeypatch):
    monkeypatch.delenv("KANCHAY_DATA", raising=False)
    with pytest.raises(NotFound, match="--data"):
        run()
    with pytest.raises(InputError, match="no validation meters"):
        run("--data", data_dir, "--dataset", "uci-sceaux", "--role", "validation", "--rival", "day")
    with pytest.raises(NotFound, match="No model is called"):
        run("--data", data_dir, "--dataset", "uci-sceaux", "--rival", "nobody")


@pytest.mark.parametrize(
    ("name", "told"),
    [("pretrained", "pretrained"), ("./made/mine", "mine"), ("/far/away/mine.kanchay", "mine")],
)
def test_no_path_enters_a_result(name, told):
    from kanchay.cli.model_evaluate import label

    assert label(name) == told


def test_columns_of_the_field_and_what_each_learned_from(tmp_path):
    from kanchay.adapters.models import ModelShelf
    from kanchay.cli.model_evaluate import field_of
    from kanchay.settings import read_settings

    shelf = ModelShelf(read_settings(home=str(tmp_path)))
    field = field_of(shelf, ["pretrained", "weekday", "adapted", "ridge", "ridge"], [], tmp_path)
    assert {one.name: one.column for one in field.entrants} == {
        "pretrained": "zero-shot", "weekday": "28 days", "adapted": "adapted", "ridge": "zero-shot",
    }  # fmt: skip
    assert field.trained_on["ridge"] == field.trained_on["weekday"] == ()
    assert any(name.startswith("cambridge-estates/") for name in field.trained_on["pretrained"])
    assert field.trained_on["adapted"] == field.trained_on["pretrained"]
