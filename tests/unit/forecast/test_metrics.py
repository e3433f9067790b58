from __future__ import annotations

import numpy as np
import pytest

from kanchay.analysis import metrics
from kanchay.domain.errors import ShapeError
from kanchay.domain.forecast import LEVELS

NAN = float("nan")


def test_errors_by_hand():
    y, f = [2.0, 4.0, 6.0], [3.0, 3.0, 9.0]  # errors 1, -1, 3; mean of y is 4
    assert metrics.mae(y, f) == pytest.approx(5 / 3)
    assert metrics.rmse(y, f) == pytest.approx(np.sqrt(11 / 3))
    assert metrics.cvrmse(y, f) == pytest.approx(np.sqrt(11 / 3) / 4)
    assert metrics.cvrmse(y, f, n_params=1) == pytest.approx(np.sqrt(11 / 2) / 4)
    assert metrics.nmae(y, f) == pytest.approx(5 / 12)
    assert metrics.nmbe(y, f) == pytest.approx(0.25)


def test_missing_pairs_are_left_out():
    y, f = [2.0, NAN, 4.0, 1.0], [3.0, 1.0, 4.0, NAN]
    assert metrics.mae(y, f) == 0.5
    assert metrics.nmae(y, f) == pytest.approx(0.5 / 3)


def test_nothing_known_is_nan_and_a_mean_of_zero_too():
    for metric in (metrics.mae, metrics.rmse, metrics.cvrmse, metrics.nmae, metrics.nmbe):
        assert np.isnan(metric([NAN], [1.0])), metric.__name__
    assert np.isnan(metrics.cvrmse([1.0, -1.0], [0.0, 0.0]))
    assert np.isnan(metrics.pinball([NAN], np.ones((1, 9))))
    assert np.isnan(metrics.coverage([NAN], [0.0], [1.0]))
    assert np.isnan(metrics.skill(1.0, 0.0))


def test_pinball_by_hand():
    # 10 % quantile 4 for a value of 1: 0.9 * 3; 90 % quantile 0 for it: 0.9 * 1.
    assert metrics.pinball([1.0], [[4.0, 0.0]], levels=(0.1, 0.9)) == pytest.approx((2.7 + 0.9) / 2)
    assert metrics.pinball([[1.0, NAN]], [[[1.0], [5.0]]], levels=(0.5,)) == 0.0


def test_the_median_alone_gives_half_the_absolute_error():
    rng = np.random.default_rng(0)
    y, q = rng.random(50), rng.random(50)
    assert metrics.pinball(y, q[:, None], levels=(0.5,)) == pytest.approx(metrics.mae(y, q) / 2)


def test_coverage_and_width():
    y = [0.0, 1.0, 2.0, NAN]
    assert metrics.coverage(y, [0.0] * 4, [1.0] * 4) == pytest.approx(2 / 3)
    assert metrics.interval_width([0.0, NAN], [4.0, 1.0]) == 4.0


def test_score_agrees_with_its_parts():
    rng = np.random.default_rng(0)
    y, mean = rng.random((5, 24)), rng.random((5, 24))
    q = np.sort(rng.random((5, 24, 9)), axis=-1)
    s = metrics.score(y, mean, q)
    assert s.n == 120
    assert s.cvrmse == metrics.cvrmse(y, mean)
    assert s.pinball == metrics.pinball(y, q)
    assert s.coverage95 == metrics.coverage(y, q[..., LEVELS.index(0.025)], q[..., LEVELS.index(0.975)])
    assert s.coverage50 <= s.coverage80 <= s.coverage95


def test_shapes_must_fit():
    with pytest.raises(ShapeError):
        metrics.mae([1.0], [1.0, 2.0])
    with pytest.raises(ShapeError):
        metrics.pinball([1.0], [[1.0, 2.0]])
    with pytest.raises(ShapeError):
        metrics.coverage([1.0], [1.0], [1.0, 2.0])
