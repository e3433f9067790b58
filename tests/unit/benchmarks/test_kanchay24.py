"""The runner of Kanchay-24: data sets left out, and what it writes beside the table."""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import sys
from pathlib import Path

import pytest

from kanchay.adapters.folds import Fold
from kanchay.adapters.models import shipped_models

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks" / "accuracy")
    spec = importlib.util.spec_from_file_location(
        "bench24", ROOT / "benchmarks" / "accuracy" / "kanchay24.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench24"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["bench24"]


def chosen(folder: Path, tmp_path: Path, **other) -> argparse.Namespace:
    return argparse.Namespace(
        folds=folder,
        model="pretrained",
        rivals="day,ensemble,ets,adapted",
        fit_rivals=False,
        rivals_folder=tmp_path / "rivals",
        **other,
    )


def test_each_left_out_set_is_scored_by_the_bundle_of_its_name(bench, data_dir, tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "load_meters", lambda *_: [])  # nothing is fitted here
    shutil.copytree(shipped_models() / "pretrained", tmp_path / "folds" / "us-facilities-mv")
    splits = data_dir.parent / "benchmarks" / "splits.yaml"
    learned = tuple(f"{fold.left_out}/m" for fold in bench.load_folds(splits))
    monkeypatch.setattr(bench, "learned_from", lambda _, name: learned if name == "pretrained" else ())
    result, skipped = bench.folds(chosen(tmp_path / "folds", tmp_path), splits, data_dir)
    assert result.model == "left out"
    assert [(row.dataset, row.meter) for row in result.meters] == [("us-facilities-mv", "school-1")]
    assert set(result.meters[0].models) == {"ensemble", "left out", "day", "adapted"}
    assert result.meters[0].seen["left out"] == "no"
    assert result.summary("commercial").by_dataset < 0.7
    assert len(skipped) == 10
    assert ("cambridge-estates", "no bundle of that name") in skipped


def test_a_model_that_learned_from_none_of_a_set_stands_for_its_fold(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "learned_from", lambda *_: ("seen/m1", "seen/m2"))
    asked = chosen(tmp_path, tmp_path)
    assert bench.bundle_of(asked, Fold("commercial", "never", (), frozenset())) == "pretrained"
    assert bench.bundle_of(asked, Fold("commercial", "seen", (), frozenset())) is None
    (tmp_path / "seen").mkdir()
    assert bench.bundle_of(asked, Fold("commercial", "seen", (), frozenset())) == str(tmp_path / "seen")


def test_results_hold_neither_paths_nor_endless_digits(bench, tmp_path, monkeypatch):
    assert bench.no_path("--model") == "--model"
    assert bench.no_path("ensemble,/far/away/mine") == "ensemble,mine"
    assert bench.rounded({"a": [0.1234567, None, "x"], "n": 3}) == {"a": [0.12346, None, "x"], "n": 3}
    monkeypatch.setattr(sys, "argv", ["kanchay24.py", "--model", "/far/away/mine"])
    bench.write(bench.summarise("day", []), [("ets", "no package")], tmp_path / "out.csv", 1.0)
    told = json.loads((tmp_path / "out.json").read_text())
    assert told["environment"]["command"].endswith("--model mine")
    assert told["skipped"] == {"ets": "no package"}
    assert (tmp_path / "out.csv").read_text().startswith("dataset,meter,kind,role")
