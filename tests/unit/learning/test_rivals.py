"""Rivals that must be fitted or come from another package, on made-up meters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from kanchay.adapters.datasets import Meter
from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.leak import leak_test
from kanchay.domain.errors import NotFound, ShapeError
from kanchay.domain.interval import DAY, HOUR
from kanchay.learning.rivals.features import NAMES, describe
from kanchay.learning.rivals.pooled import PooledRecipe, fit_pooled, training_windows, widened
from kanchay.learning.rivals.shelf import Kept, pooled_rival, rival

TINY = PooledRecipe(
    windows_per_building=60, windows_per_home=60, home_every_s=DAY, rounds=15, quantile_rounds=8,
    quantile_rows=2000, leaves=7, least_rows=20,
)  # fmt: skip


def meter(
    name: str, *, days: int = 90, level: float = 5.0, kind: str = "commercial", role: str = "train"
) -> Meter:
    rng = np.random.default_rng(len(name) + int(level))
    shape = np.where(np.arange(7 * 24) % (7 * 24) < 5 * 24, 2.0, 0.5)  # five days high, two low
    hours = level + np.tile(shape, days // 7 + 1)[: days * 24] * (
        1 + np.sin(np.arange(days * 24) * np.pi / 12)
    )
    hours += 0.05 * level * rng.random(days * 24)
    start = 1_767_571_200  # Monday 2026-01-05
    return Meter(
        dataset="made", id=name, role=role, kind=kind, tz="UTC", country=None, subdivision=None, start=start,
        values=hours, split_at=start + (days - 20) * DAY, may_ship=True, thin=False,
    )  # fmt: skip


METERS = [meter("a"), meter("bb", level=40.0), meter("ccc", kind="residential", level=0.5)]


def windows(of: Meter, n: int = 12) -> Windows:
    at = of.start + DAY * np.arange(60, 60 + n)
    first = (at - of.start) // HOUR
    return Windows(of.values[first[:, None] + np.arange(-168, 0)], at, HOUR, 24, "UTC")


def test_every_feature_has_a_name_and_only_shape_counts():
    one = windows(METERS[0])
    told = describe(one)
    assert told.x.shape == (12, 24, len(NAMES))
    larger = describe(replace(one, load=1000 * one.load))
    np.testing.assert_allclose(told.x, larger.x, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(1000 * told.base, larger.base)
    with pytest.raises(ShapeError, match="hourly"):
        describe(Windows(np.ones((1, 96)), np.array([DAY]), 900, 96, "UTC"))


def test_features_say_what_they_are_called():
    one = windows(METERS[0], n=7)  # issued on Friday, Saturday, ...
    told = {name: describe(one).x[..., i] for i, name in enumerate(NAMES)}
    assert told["hour"][0].tolist() == list(range(24))
    weekday = told["weekday"][:, 0].astype(int)
    assert sorted(weekday) == list(range(7))
    assert told["free"][:, 0].tolist() == [float(day >= 5) for day in weekday]
    z = (one.load - one.load.mean(axis=1, keepdims=True)) / describe(one).scale[:, None]
    np.testing.assert_allclose(told["lag1d"], z[:, -24:], rtol=1e-4)
    np.testing.assert_allclose(told["lag7d"], z[:, :24], rtol=1e-4)
    np.testing.assert_allclose(told["day1_mean"][:, 0], z[:, -24:].mean(axis=1), rtol=1e-3)
    np.testing.assert_allclose(told["mean7"], z.reshape(7, 7, 24).mean(axis=1), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(told["hour1"][:, 0], z[:, -1], rtol=1e-4)
    monday = int(np.flatnonzero(weekday == 0)[0])
    lags = np.stack([told[f"lag{k}d"][monday] for k in range(1, 8)])
    working = lags[2:]  # Friday back to Monday; before them Sunday and Saturday
    expected = lags.mean(axis=0) + (working.mean(axis=0) - lags.mean(axis=0)) * 5 / 5.5
    np.testing.assert_allclose(told["kind_mean"][monday], expected, rtol=1e-3)


def test_no_training_window_touches_the_test_period():
    one = METERS[0]
    cut, actual = training_windows(one)
    assert cut.target_starts.max() + HOUR <= one.split_at
    poisoned = one.values.copy()
    poisoned[one.n_history :] = 1e9
    again, same = training_windows(replace(one, values=poisoned))
    np.testing.assert_array_equal(cut.load, again.load)
    np.testing.assert_array_equal(actual, same)


@pytest.fixture(scope="module")
def pooled():
    pytest.importorskip("lightgbm", reason="the extra `rivals` is not installed")
    return fit_pooled(METERS, [meter("held", level=9.0, role="validation")], TINY)


def test_the_pooled_rival_beats_the_naive_on_a_meter_it_has_not_seen(pooled):
    new = meter("unseen", level=12.0)
    one = windows(new, n=21)
    first = (one.issued_at - new.start) // HOUR
    actual = new.values[first[:, None] + np.arange(24)]
    answer, naive = pooled.predict(one), EnsembleNaive().predict(one)
    assert np.square(answer.mean - actual).mean() < 0.5 * np.square(naive.mean - actual).mean()
    assert (np.diff(answer.quantiles, axis=-1) >= 0).all()
    assert pooled.meters == ("made/a", "made/bb", "made/ccc")
    assert pooled.widths.shape == (9,)


def test_the_same_fit_twice_is_the_same(pooled):
    again = fit_pooled(METERS, [meter("held", level=9.0, role="validation")], TINY)
    one = windows(METERS[1])
    np.testing.assert_array_equal(again.predict(one).quantiles, pooled.predict(one).quantiles)


def test_the_pooled_rival_does_not_leak(pooled):
    class Hourly:
        """The leak test also asks at 15 minutes and for three days: those are answered by the naive."""

        name, lookback_s = "hourly", 7 * DAY

        def predict(self, one):
            return (pooled if one.resolution_s == HOUR and one.horizon == 24 else EnsembleNaive()).predict(
                one
            )

    assert leak_test(Hourly()).passed


def test_a_window_that_knows_nothing_is_answered_by_the_naive(pooled):
    one = windows(METERS[0], n=2)
    blind = one.load.copy()
    blind[0, :-10] = np.nan
    answer = pooled.predict(replace(one, load=blind))
    naive = EnsembleNaive().predict(replace(one, load=blind))
    np.testing.assert_array_equal(answer.mean[0], naive.mean[0])
    assert np.isfinite(answer.mean).all()


def test_widths_move_quantiles_away_from_the_median_and_never_cross():
    raw = np.arange(9.0)[None]
    assert widened(raw, np.full(9, 2.0))[0].tolist() == [-4, -2, 0, 2, 4, 6, 8, 10, 12]
    crossed = widened(raw, np.array([1, 1, 1, 0.1, 1, 0.1, 1, 1, 1.0]))
    assert (np.diff(crossed) >= 0).all()


def test_fitted_once_then_read(tmp_path):
    pytest.importorskip("lightgbm", reason="the extra `rivals` is not installed")
    with pytest.raises(NotFound, match="--fit-rivals"):
        pooled_rival(METERS, [], tmp_path, fit=False, recipe=TINY)
    first = pooled_rival(METERS, [], tmp_path, fit=True, recipe=TINY)
    read = pooled_rival(METERS, [], tmp_path, fit=False, recipe=TINY)
    one = windows(METERS[2])
    np.testing.assert_array_equal(first.predict(one).mean, read.predict(one).mean)
    with pytest.raises(NotFound):  # other meters, other trees
        pooled_rival(METERS[:2], [], tmp_path, fit=False, recipe=TINY)
    assert {p.suffix for p in next(tmp_path.iterdir()).iterdir()} == {".txt", ".json"}
    with pytest.raises(NotFound, match="no rival 'nobody'"):
        rival("nobody", METERS, [], tmp_path)


def test_exponential_smoothing_follows_the_day_and_takes_gaps():
    pytest.importorskip("statsforecast", reason="the extra `rivals` is not installed")
    from kanchay.learning.rivals.ets import ets_rival

    day = 5 + 3 * np.sin(np.arange(24) * np.pi / 12)
    load = np.tile(day, 7) + 0.1 * np.random.default_rng(0).random(168)
    gaps = load.copy()
    gaps[30:40] = np.nan
    flat = np.full(168, 2.0)
    one = Windows(np.stack([load, gaps, flat]), np.array([7, 7, 7]) * DAY, HOUR, 24, "UTC")
    answer = ets_rival().predict(one)
    np.testing.assert_allclose(answer.mean[:2], np.stack([day, day]), atol=0.35)
    np.testing.assert_array_equal(answer.mean[2], flat[:24])
    assert (np.diff(answer.quantiles, axis=-1) >= 0).all()
    width = answer.quantiles[0, :, -1] - answer.quantiles[0, :, 0]
    assert (width > 0.01).all()


def test_slow_answers_are_kept(tmp_path):
    @dataclass
    class Slow:
        name: str = "slow"
        lookback_s: int = 7 * DAY
        asked: int = 0

        def predict(self, one):
            self.asked += 1
            return EnsembleNaive().predict(one)

    inner = Slow()
    kept = Kept(inner, tmp_path / "slow")
    one = windows(METERS[0])
    first, again = kept.predict(one), kept.predict(one)
    np.testing.assert_array_equal(first.quantiles, again.quantiles)
    assert inner.asked == 1
    kept.predict(replace(one, load=one.load + 1))
    assert inner.asked == 2
