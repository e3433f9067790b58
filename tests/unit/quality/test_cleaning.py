"""The masking rules against a row-by-row reading of the same sentences."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanchay.analysis.quality import cleaning
from kanchay.domain.errors import ShapeError

numbers = st.lists(st.sampled_from([0.0, 1.0, 2.0, float("nan")]), max_size=60).map(np.array)


def slow_runs(values: np.ndarray) -> list[int]:
    """Length of each value's run, by walking both ways."""
    out = []
    for i, v in enumerate(values):
        if np.isnan(v):
            out.append(0)
            continue
        left = right = i
        while left > 0 and values[left - 1] == v:
            left -= 1
        while right < len(values) - 1 and values[right + 1] == v:
            right += 1
        out.append(right - left + 1)
    return out


@given(numbers)
def test_runs_equal_a_walk(values):
    assert cleaning.run_lengths(values).tolist() == slow_runs(values)


@given(numbers)
def test_only_long_zero_runs_go(values):
    masked = cleaning.mask_zero_runs(values, at_least=6)
    gone = np.isnan(masked) & ~np.isnan(values)
    assert gone.tolist() == [v == 0 and n >= 6 for v, n in zip(values, slow_runs(values), strict=True)]


def test_rows_do_not_run_into_each_other():
    values = np.array([[5.0, 0.0, 0.0], [0.0, 0.0, 5.0]])
    assert cleaning.run_lengths(values).tolist() == [[1, 2, 2], [2, 2, 1]]


def test_hours_need_all_their_parts():
    quarter = np.arange(10, dtype=float)  # starts at 00:15, so the first hour has three parts
    hours, start = cleaning.hourly_when_complete(quarter, 900, 900)
    assert start == 0
    np.testing.assert_array_equal(hours, [np.nan, 3 + 4 + 5 + 6, np.nan])


def test_mean_power_is_times_time():
    hours, _ = cleaning.hourly_when_complete(np.full((2, 120), 3.0), 0, 60, mean_power=True)
    np.testing.assert_allclose(hours, np.full((2, 2), 3.0))


def test_resolution_must_fill_an_hour():
    with pytest.raises(ShapeError):
        cleaning.hourly_when_complete(np.zeros(4), 0, 7200)


def test_steps_come_in_order():
    minutes = np.full(30 * 60, 0.5)
    minutes[60:66] = 0.0  # six minutes of zeros take their hour with them
    minutes[150:155] = 0.0  # five do not
    minutes += np.where(minutes > 0, np.repeat(np.arange(30), 60) * 0.01, 0.0)
    hours, _ = cleaning.clean_hourly(minutes, 0, 60, zero_runs_are_gaps=True)
    assert np.flatnonzero(np.isnan(hours)).tolist() == [1]
    kept, _ = cleaning.clean_hourly(minutes, 0, 60, zero_runs_are_gaps=False)
    assert not np.isnan(kept).any()


def test_a_flat_day_is_masked():
    hours = np.r_[np.full(24, 2.0), np.arange(30.0)]
    assert np.isnan(cleaning.clean_hourly(hours, 0, 3600, zero_runs_are_gaps=False)[0]).sum() == 24


def test_examples_run():
    assert doctest.testmod(cleaning).failed == 0
