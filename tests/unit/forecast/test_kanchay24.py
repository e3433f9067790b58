"""The protocol Kanchay-24, its intervals, and the look-ahead test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from kanchay.analysis.forecast.naive import DayNaive, EnsembleNaive
from kanchay.analysis.forecast.protocol import Prediction
from kanchay.analysis.kanchay24 import paired_median, score_meter
from kanchay.analysis.leak import leak_test
from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import DAY


def test_midnights_of_the_scored_period_with_a_week_of_history():
    seen = []

    class Spy(DayNaive):
        def predict(self, windows):
            seen.append(windows)
            return super().predict(windows)

    start = 1_788_325_200  # midnight in Lima
    values = np.arange(20 * 24.0)
    scores = score_meter(values, start, start + 10 * DAY, {"spy": Spy()}, tz="America/Lima", country="PE")
    assert seen[0].load.shape == (10, 168)
    np.testing.assert_array_equal(seen[0].issued_at, start + DAY * np.arange(10, 20))
    assert seen[0].load[0, -1] == 10 * 24 - 1
    assert scores["spy"].n == 240
    assert scores["spy"].mae == 24.0


def test_missing_hours_are_not_scored_and_half_days_at_the_end_are_not_issued():
    values = np.tile(np.arange(24.0), 20)[:-5]
    values[15 * 24 + 3] = np.nan
    scores = score_meter(values, 0, 14 * DAY, {"day": DayNaive()}, tz="UTC")["day"]
    assert scores.n == 5 * 24 - 1
    assert np.isfinite(scores.cvrmse)


def test_the_median_and_its_interval():
    rng = np.random.default_rng(1)
    ratios = rng.normal(0.8, 0.05, 60)
    one = paired_median(ratios, ["a"] * 60)
    assert one.low < one.median < one.high
    assert one.high - one.low < 0.05
    assert one.wins == np.mean(ratios < 1)
    assert paired_median(ratios, ["a"] * 60) == one  # seeded


def test_sets_that_differ_make_the_interval_wide():
    ratios = [0.5] * 30 + [1.1] * 3
    mixed = paired_median(ratios, ["a"] * 30 + ["b"] * 3)
    assert (mixed.median, mixed.low, mixed.high) == (0.5, 0.5, 1.1)


@pytest.mark.parametrize(("ratios", "sets"), [([], []), ([1.0], ["a", "b"])])
def test_unequal_lengths_are_told(ratios, sets):
    with pytest.raises(ShapeError):
        paired_median(ratios, sets)


def test_honest_models_do_not_leak():
    assert leak_test(EnsembleNaive()).passed
    assert leak_test(DayNaive()).n_forecasts == 64


@dataclass
class Cheat:
    """Has seen the meter's file: answers with what it overheard."""

    overheard: list
    name: str = "cheat"
    lookback_s: int = 7 * DAY

    def predict(self, windows):
        mean = np.full((len(windows), windows.horizon), float(len(self.overheard)))
        self.overheard.append(windows.load.sum())
        return Prediction(mean, np.repeat(mean[:, :, None], 9, axis=2))


def test_a_model_that_answers_differently_is_caught():
    report = leak_test(Cheat([]))
    assert not report.passed
    assert len(report.differing) == report.n_forecasts
    assert any(line.startswith("backtest: 900 s") for line in report.differing)
