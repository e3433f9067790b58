from __future__ import annotations

import numpy as np
import pytest

from kanchay.analysis.features.importance import permutation_importance
from kanchay.domain.errors import ShapeError


@pytest.fixture
def columns():
    return np.random.default_rng(2).normal(size=(84, 24, 4))


def test_a_planted_feature_is_found_and_noise_is_not(columns):
    truth = 3.0 * columns[..., 2] + 1.0 * columns[..., 0]

    def loss(x):
        return np.abs(3.0 * x[..., 2] + 1.0 * x[..., 0] - truth).mean(axis=1)

    found = permutation_importance(loss, columns, ["weak", "noise", "strong", "idle"], block=7)
    rise = {one.name: one.rise for one in found}
    assert [one.name for one in found][:2] == ["strong", "weak"]
    assert rise["noise"] == rise["idle"] == 0.0
    # Two independent normal numbers differ by 2 / sqrt(pi) on average.
    assert rise["strong"] == pytest.approx(3 * 2 / np.sqrt(np.pi), rel=0.1)
    assert rise["weak"] == pytest.approx(2 / np.sqrt(np.pi), rel=0.1)


def test_whole_windows_move_so_a_feature_of_the_hour_loses_nothing(columns):
    columns[..., 1] = np.arange(24)  # the same in every window
    truth = columns[..., 1]
    found = permutation_importance(lambda x: np.abs(x[..., 1] - truth).mean(axis=1), columns, list("abcd"))
    assert all(one.rise == 0.0 for one in found)


def test_the_same_seed_gives_the_same_numbers(columns):
    def loss(x):
        return x[..., 0].mean(axis=1) ** 2 * x[..., 1].mean(axis=1)

    once, again = (permutation_importance(loss, columns, list("abcd"), seed=4) for _ in range(2))
    assert once == again


def test_what_cannot_be_permuted_is_refused(columns):
    with pytest.raises(ShapeError, match="names"):
        permutation_importance(lambda x: x[:, 0, 0], columns, ["a"])
    with pytest.raises(ShapeError, match="two blocks"):
        permutation_importance(lambda x: x[:, 0, 0], columns, list("abcd"), block=60)
