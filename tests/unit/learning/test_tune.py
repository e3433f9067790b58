"""Tuning with a network of a few weights: resumable, judged on validation meters only, logs, best recipe."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("tensorflow", reason="the extra 'train' is not installed")
pytest.importorskip("optuna", reason="the extra 'tune' is not installed")

from kanchay.adapters.locking import exclusive
from kanchay.cli import cli
from kanchay.domain.errors import Conflict, InputError
from kanchay.learning import tune as module
from kanchay.learning.network import NetworkShape
from kanchay.learning.recipes import TrainingRecipe, read_recipe
from kanchay.learning.search import Choices
from kanchay.learning.train import Recipe
from kanchay.learning.tune import TuneOptions, best_recipe, recipe_with, tune

from .test_corpus import meter

START = TrainingRecipe(recipe=Recipe(batch=4, steps=900), shape=NetworkShape(units=4, attention=2, head=4))
OPTIONS = TuneOptions(
    space={"learning_rate": Choices((1e-3, 1e-2)), "context_h": Choices((168,))},
    method="grid", steps=4, rungs=2, windows_per_meter=3, start=START,
)  # fmt: skip


def shaped(one):
    """Daily waves instead of a count, so that there is something to learn."""
    hour = np.arange(len(one.values))
    return replace(one, values=5.0 + 3.0 * np.sin(2 * np.pi * hour / 24) + hour % 7)


TRAIN = [shaped(meter("a")), shaped(meter("b", kind="residential"))]
WATCH = [shaped(meter("v", role="validation")), shaped(meter("w", role="validation", kind="residential"))]


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """A search that was stopped in the middle of its second trial, and went on."""
    folder, logs = tmp_path_factory.mktemp("search"), tmp_path_factory.mktemp("logs")
    steps = []

    def stop(n):
        steps.append(n)
        if len(steps) == 7:  # third step of the second trial: its first rung is on disk
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(TRAIN, WATCH, folder, OPTIONS, tensorboard=logs, advance=stop)
    left = sorted(p.name for p in (folder / "trials").iterdir())
    again = []
    found = tune(TRAIN, WATCH, folder, OPTIONS, tensorboard=logs, advance=again.append)
    return folder, logs, left, again, found


@pytest.mark.slow
def test_it_goes_on_where_it_stopped(searched):
    folder, _, left, again, found = searched
    assert len(left) == 1  # the checkpoint of the interrupted trial
    assert len(again) == 2  # of its four steps two had been done
    assert [t.state for t in found] == ["complete", "complete"]
    assert [t.values["learning_rate"] for t in found] == [1e-3, 1e-2]
    assert not list((folder / "trials").iterdir())  # nothing is left behind


@pytest.mark.slow
def test_the_best_is_written_as_a_recipe_for_a_full_training(searched):
    folder, _, _, _, found = searched
    best = read_recipe(folder / "best.yaml")
    winner = min(found, key=lambda t: t.score)
    assert best.recipe.learning_rate == winner.values["learning_rate"]
    assert (best.recipe.steps, best.recipe.validate_every) == (900, START.recipe.validate_every)
    assert best.shape == START.shape
    assert best.about["score"] == pytest.approx(winner.score, abs=1e-5)
    assert best.about["trials"] == 2


@pytest.mark.slow
def test_tensorboard_gets_a_folder_for_each_trial(searched):
    _, logs, _, _, _ = searched
    assert sorted(p.name for p in logs.iterdir()) == [
        "learning_rate=0.001,context_h=168", "learning_rate=0.01,context_h=168",
    ]  # fmt: skip
    text = b"".join(p.read_bytes() for p in logs.rglob("events*"))
    assert all(tag in text for tag in (b"loss", b"score", b"score/residential"))


def test_only_validation_meters_judge_and_only_after_training_ends(monkeypatch, tmp_path):
    for wrong in ("test", "train"):
        with pytest.raises(InputError, match="validation meters"):
            tune(TRAIN, [meter("t", role=wrong)], tmp_path, OPTIONS)
    with pytest.raises(InputError, match="validation meters"):
        tune(TRAIN, [], tmp_path, OPTIONS)
    one = meter("v", role="validation", days=60, split=40)
    _, target = module._windows(one, 5)
    first = one.n_history  # values count the hours
    assert len(target) == 5
    assert target.min() >= first


def test_a_shorter_context_hides_what_is_older():
    inputs, target = module._windows(shaped(WATCH[0]), 4)
    hidden, same = module._hidden((inputs, target), 48)
    assert (hidden["mask"][:, :-48] == 0).all()
    assert (hidden["load"][:, :-48] == 0).all()
    np.testing.assert_array_equal(hidden["load"][:, -48:], inputs["load"][:, -48:])
    np.testing.assert_array_equal(same, target)
    assert module._hidden((inputs, target), 168)[0] is inputs


def test_values_go_where_they_belong():
    made = recipe_with(OPTIONS, {"units": 32, "patch": 12, "batch": 8, "learning_rate": 0.5, "context_h": 72})
    assert (made.shape.units, made.shape.patch, made.recipe.batch, made.recipe.learning_rate) == (
        32,
        12,
        8,
        0.5,
    )
    assert (made.recipe.steps, made.recipe.validate_every, made.context_h) == (4, 2, 72)
    assert best_recipe([], OPTIONS) is None


@pytest.mark.parametrize(
    ("space", "words"),
    [({"colour": Choices((1, 2))}, "'colour' cannot"), ({"patch": Choices((5,))}, "divide a day")],
)
def test_what_cannot_be_searched_is_refused(tmp_path, space, words):
    with pytest.raises(InputError, match=words):
        tune(TRAIN, WATCH, tmp_path, replace(OPTIONS, space=space))


def test_the_command_shows_every_trial(monkeypatch, tmp_path):
    seen = {}

    def search(meters, watch, folder, options, **kwargs):
        seen["options"] = options
        return module.run_search(
            folder, options.space, lambda values, report: values["learning_rate"], method=options.method,
            trials=options.trials, seed=options.seed,
        )  # fmt: skip

    monkeypatch.setattr(module, "tune", search)
    monkeypatch.setattr("kanchay.cli.model_tune._meters", lambda *_: (TRAIN, WATCH))
    monkeypatch.setattr("kanchay.cli.model_tune.places", lambda *_: (tmp_path, tmp_path))
    words = ["model", "tune", "--out", str(tmp_path / "s"), "--method", "grid", "--learning-rate", "0.003,0.001",
             "--units", "8", "--batch", "16", "--patch", "6"]  # fmt: skip
    found = CliRunner().invoke(cli, words)
    assert found.exit_code == 0, found.output
    rows = found.stdout.splitlines()
    assert rows[0].split()[:4] == ["trial", "state", "score", "minutes"]
    assert [row.split()[2] for row in rows[1:3]] == ["0.0010", "0.0030"]  # the best first
    again = json.loads(CliRunner().invoke(cli, [*words, "--json"]).stdout)
    assert len(again["trials"]) == 2
    assert seen["options"].space["batch"] == Choices((16,))


@pytest.mark.parametrize(
    "wrong",
    [
        ["--units", "wide"],
        ["--units", "64:128"],
        ["--learning-rate", "0.1:0.01"],
        ["--batch", "0"],
        ["--context", "9"],
    ],
)
def test_values_that_cannot_be_are_told(wrong, tmp_path):
    found = CliRunner().invoke(cli, ["model", "tune", "--out", str(tmp_path), *wrong])
    assert isinstance(found.exception, InputError)


def test_two_searches_at_once_in_one_folder_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr("kanchay.cli.model_tune._meters", lambda *_: (TRAIN, WATCH))
    monkeypatch.setattr("kanchay.cli.model_tune.places", lambda *_: (tmp_path, tmp_path))
    with exclusive(tmp_path / "search.lock"):
        found = CliRunner().invoke(cli, ["model", "tune", "--out", str(tmp_path)])
    assert isinstance(found.exception, Conflict)
    assert "A search is running" in str(found.exception)
