"""Folds of the splits file: who is scored, who may train."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.adapters.datasets import Meter, load_meters
from kanchay.adapters.folds import Fold, load_folds, scored_meters, training_part
from kanchay.domain.interval import DAY, HOUR


def made(dataset: str, name: str, days: int, role: str = "train") -> Meter:
    return Meter(
        dataset=dataset, id=name, role=role, kind="commercial", tz="UTC", country=None, subdivision=None, start=0,
        values=np.ones(days * 24), split_at=0, may_ship=False, thin=False,
    )  # fmt: skip


def test_the_training_part_ends_400_days_before_the_end_and_short_meters_count_whole():
    fold = Fold("commercial", "x", ("a", "b"), frozenset({"b/short"}))
    meters = [
        made("a", "long", 1000, "test"),
        made("b", "short", 300, "test"),
        made("x", "left", 1000),
        made("a", "new", 390),
    ]
    part = {m.id: m for m in training_part(fold, meters)}
    assert set(part) == {"long", "short"}  # "new" has nothing before its last 400 days
    assert part["long"].n_history == 600 * 24
    assert part["short"].n_history == 300 * 24


@pytest.fixture
def splits_path(data_dir):
    return data_dir.parent / "benchmarks" / "splits.yaml"


def test_folds_of_the_splits(splits_path):
    folds = load_folds(splits_path)
    assert len(folds) == 11
    assert all(fold.left_out not in fold.train_on for fold in folds)
    assert {fold.kind for fold in folds} == {"commercial", "residential"}


def test_a_left_out_set_is_scored_whole(splits_path, data_dir):
    fold = next(f for f in load_folds(splits_path) if f.left_out == "fontana-zne")
    meters = scored_meters(fold, splits_path, data_dir)
    assert {m.role for m in meters} == {"train", "validation", "test"}
    assert all(m.split_at == m.start + 60 * DAY for m in meters)  # all of them are short
    ucsd = next(f for f in load_folds(splits_path) if f.left_out == "ucsd-microgrid")
    for m in scored_meters(ucsd, splits_path, data_dir):
        days = 60 if m.id == "HopkinsBuilding" else len(m.values) / 24 - 400
        assert m.split_at == m.start + days * 24 * HOUR
    part = training_part(ucsd, load_meters(splits_path, data_dir, ["steel-korea", "us-facilities-mv"]))
    assert [m.n_history for m in part] == [len(m.values) for m in part]
