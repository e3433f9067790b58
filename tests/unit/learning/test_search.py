"""The search itself, without a network: every method, interruptions, cuts, and what may not be mixed."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("optuna", reason="the extra 'tune' is not installed")

from kanchay.domain.errors import Conflict, InputError
from kanchay.learning.search import Choices, Pruned, Range, run_search, tried

SPACE = {"x": Range(0.01, 10.0), "y": Choices((1, 2, 4))}
GRID = {"x": Choices((0.1, 1.0, 3.0)), "y": Choices((1, 2))}


def bowl(values, report):
    """Least at x = 1, y = 2."""
    score = math.log(values["x"]) ** 2 + (values["y"] - 2) ** 2
    for step in (1, 2, 3):
        report(step, score + 1.0 / step)
    return score


class Stop(KeyboardInterrupt):
    """Somebody pressed Ctrl-C."""


def stopping_after(n, objective=bowl):
    left = [n]

    def stopped(values, report):
        if left[0] == 0:
            raise Stop
        left[0] -= 1
        return objective(values, report)

    return stopped


def plain(found):
    return [(t.values, t.state, t.score) for t in found]


def test_a_grid_tries_every_combination_once(tmp_path):
    found = run_search(tmp_path, GRID, bowl, method="grid", trials=100, prune=False)
    assert sorted((t.values["x"], t.values["y"]) for t in found) == [
        (x, y) for x in (0.1, 1.0, 3.0) for y in (1, 2)
    ]
    assert min(found, key=lambda t: t.score).values == {"x": 1.0, "y": 2}


@pytest.mark.parametrize("method", ["random", "tpe", "grid"])
def test_an_interrupted_search_finds_what_an_uninterrupted_one_finds(tmp_path, method):
    space = GRID if method == "grid" else SPACE
    whole = run_search(tmp_path / "whole", space, bowl, method=method, trials=12, seed=3)
    for n in (2, 0, 1):
        with pytest.raises(Stop):
            run_search(tmp_path / "cut", space, stopping_after(n), method=method, trials=12, seed=3)
    assert len(tried(tmp_path / "cut")) == 3
    cut = run_search(tmp_path / "cut", space, bowl, method=method, trials=12, seed=3)
    assert plain(cut) == plain(whole)


def test_the_interrupted_values_come_first(tmp_path):
    seen = []

    def watch(values, report):
        seen.append(values)
        if len(seen) == 3:
            raise Stop
        return 1.0

    with pytest.raises(Stop):
        run_search(tmp_path, SPACE, watch, method="random", trials=5)
    run_search(tmp_path, SPACE, watch, method="random", trials=5)
    assert seen[3] == seen[2]
    assert len(seen) == 6


def test_the_number_of_trials_may_grow(tmp_path):
    calls = []
    assert len(run_search(tmp_path, SPACE, bowl, method="tpe", trials=3)) == 3
    assert len(run_search(tmp_path, SPACE, bowl, method="tpe", trials=5, progress=calls.append)) == 5
    assert calls == [3, 1, 1]


def test_bayes_does_better_than_its_random_start(tmp_path):
    found = run_search(tmp_path, SPACE, bowl, method="tpe", trials=40, seed=1, prune=False)
    assert min(t.score for t in found[8:]) < 0.05
    late = sorted(t.score for t in found[20:])
    early = sorted(t.score for t in found[:8])
    assert late[len(late) // 2] < early[len(early) // 2]


def test_what_falls_behind_is_cut_short(tmp_path):
    steps = []

    def objective(values, report):
        score = 0.0 if len(steps) < 8 else 5.0
        steps.append(0)
        for step in (1, 2, 3):
            report(step, score)
            steps[-1] = step
        return score

    found = run_search(tmp_path, SPACE, objective, method="random", trials=10)
    assert [t.state for t in found] == ["complete"] * 8 + ["pruned"] * 2
    assert steps[-1] == 0  # the first report was the last
    assert found[-1].score == 5.0
    with pytest.raises(Pruned):
        raise Pruned


def test_a_trial_that_cannot_be_trained_is_a_result_too(tmp_path):
    def objective(values, report):
        if values["y"] == 4:
            raise ValueError("no such network")
        return math.nan if values["y"] == 1 else 1.0

    space = {"y": Choices((1, 2, 4))}
    found = run_search(tmp_path, space, objective, method="grid", trials=9)
    assert {t.values["y"]: t.state for t in found} == {1: "fail", 2: "complete", 4: "fail"}


def test_another_search_in_the_same_folder_is_refused(tmp_path):
    run_search(tmp_path, SPACE, bowl, method="random", trials=1, about={"steps": 5})
    with pytest.raises(Conflict, match="steps differ"):
        run_search(tmp_path, SPACE, bowl, method="random", trials=2, about={"steps": 6})
    with pytest.raises(Conflict, match="space"):
        run_search(tmp_path, GRID, bowl, method="random", trials=2, about={"steps": 5})


def test_a_grid_needs_lists(tmp_path):
    with pytest.raises(InputError, match="list for x"):
        run_search(tmp_path, SPACE, bowl, method="grid", trials=2)
