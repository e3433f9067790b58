"""`kanchay model` on the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kanchay.adapters.models import shipped_models
from kanchay.analysis.forecast.registry import FORECASTERS
from kanchay.cli import cli
from kanchay.domain.errors import BundleTampered, InputError, NotFound


@pytest.fixture
def run(tmp_path):
    def invoke(*argv, code=0):
        result = CliRunner().invoke(cli, ["--home", str(tmp_path / "home"), "model", *map(str, argv)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output

    return invoke


def test_list_and_show(run):
    assert run("list").split()[0] == "pretrained"
    assert "ensemble" in json.loads(run("list", "--json"))["models"]
    assert run("show").startswith("# kanchay-lstm")
    assert json.loads(run("show", "--json"))["format"] == 3


def test_verify_proves_the_shipped_model(run):
    text = run("verify")
    assert "signature: fits, by a key that is trusted here" in text
    assert "example in onnx" in text
    assert "example in numpy" in text
    told = json.loads(run("verify", "pretrained", "--json"))
    assert told["trusted"] is True
    assert all(off <= told["tolerance"] for off in told["differences"].values())


def test_verify_refuses_what_was_changed(run, tmp_path):
    own = tmp_path / "own"
    shutil.copytree(shipped_models() / "pretrained", own)
    card = own / "README.md"
    card.write_text(card.read_text() + "better than ever\n")
    with pytest.raises(BundleTampered, match=r"README\.md"):
        run("verify", own)


@pytest.mark.parametrize(
    "model", [*sorted(p.name for p in shipped_models().iterdir()), "adapted", *FORECASTERS]
)
def test_no_registered_model_leaks(run, model):
    assert json.loads(run("leak-test", model, "--json"))["passed"] is True


def test_the_leak_test_says_what_it_found(run):
    assert "64 pairs of forecasts, 0 differ" in run("leak-test", "day")


def test_mistakes_are_told(run, tmp_path, data_dir, monkeypatch):
    monkeypatch.delenv("KANCHAY_DATA", raising=False)
    with pytest.raises(NotFound, match="No saved model"):
        run("verify", "nothing")
    repository = tmp_path / "repo"
    (repository / ".git").mkdir(parents=True)
    with pytest.raises(InputError, match="git repository"):
        run("train", "--out", tmp_path / "b", "--data", data_dir, "--key", repository / "key.pem")
    assert not (repository / "key.pem").exists()
    assert Path(tmp_path / "b").exists() is False
