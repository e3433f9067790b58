"""Medians of ratios and their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.analysis.paired import mean_over_sets, paired_median
from kanchay.domain.errors import ShapeError


def test_the_median_and_its_interval():
    rng = np.random.default_rng(1)
    ratios = rng.normal(0.8, 0.05, 60)
    one = paired_median(ratios, ["a"] * 60)
    assert one.low < one.median < one.high
    assert one.high - one.low < 0.05
    assert one.wins == np.mean(ratios < 1)


def test_the_interval_is_the_same_in_every_run_and_another_with_another_seed():
    ratios, sets = np.linspace(0.5, 1.2, 17), ["a"] * 9 + ["b"] * 8
    assert paired_median(ratios, sets) == paired_median(ratios, sets)
    assert paired_median(ratios, sets, seed=1, n_boot=50) != paired_median(ratios, sets, seed=2, n_boot=50)


def test_the_order_of_meters_does_not_matter_to_the_median_nor_that_of_sets_to_the_interval():
    a, b = [0.5, 0.6, 0.9], [1.1, 1.2]
    first = paired_median([*a, *b], ["a"] * 3 + ["b"] * 2)
    assert first == paired_median([*b, *a], ["b"] * 2 + ["a"] * 3)


def test_sets_that_differ_make_the_interval_wide():
    ratios = [0.5] * 30 + [1.1] * 3
    mixed = paired_median(ratios, ["a"] * 30 + ["b"] * 3)
    assert (mixed.median, mixed.low, mixed.high) == (0.5, 0.5, 1.1)


def test_a_rival_without_any_error_is_left_out():
    found = paired_median([0.5, np.nan, 0.7], ["a", "a", "b"])
    assert (found.n, found.median, found.wins) == (2, pytest.approx(0.6), 1.0)


def test_the_mean_over_sets_lets_no_estate_drown_the_rest():
    assert mean_over_sets([0.5] * 72 + [0.9, 1.0], ["estate"] * 72 + ["school", "steel"]) == pytest.approx(
        0.8
    )


@pytest.mark.parametrize(("ratios", "sets"), [([], []), ([1.0], ["a", "b"]), ([np.nan], ["a"])])
def test_unequal_lengths_are_told(ratios, sets):
    with pytest.raises(ShapeError):
        paired_median(ratios, sets)


def test_the_bootstrap_against_plain_resampling():
    """Sets drawn one by one, meters drawn one by one: the quantiles of the medians agree."""
    rng = np.random.default_rng(0)
    groups = [rng.normal(0.6, 0.1, 24), rng.normal(0.9, 0.05, 3), np.array([0.7]), rng.normal(0.8, 0.2, 6)]
    names = [name for name, group in zip("abcd", groups, strict=True) for _ in group]
    medians = []
    for _ in range(6000):
        drawn = [groups[i] for i in rng.integers(0, 4, 4)]
        medians.append(np.median(np.concatenate([g[rng.integers(0, len(g), len(g))] for g in drawn])))
    found = paired_median(np.concatenate(groups), names, n_boot=20_000)
    assert (found.low, found.high) == pytest.approx(np.quantile(medians, [0.025, 0.975]), abs=0.012)
    assert found.median == np.median(np.concatenate(groups))
