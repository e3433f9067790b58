"""The protocol Kanchay-24 by hand-computed cases, and the look-ahead test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count

import numpy as np
import pytest

from kanchay.analysis.forecast.adapt import AdaptedForecaster
from kanchay.analysis.forecast.naive import DayNaive, EnsembleNaive, WeekdayNaive
from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.analysis.kanchay24 import BLOCKS, entrant, fill_missing, score_meter
from kanchay.analysis.leak import leak_test
from kanchay.domain.errors import InputError
from kanchay.domain.interval import DAY, local_midnight


@dataclass
class Fixed:
    """Answers one value, its quantiles around it, NaN where told; keeps what it was shown."""

    value: float = 0.0
    silent: tuple[int, ...] = ()
    name: str = "fixed"
    lookback_s: int = 7 * DAY

    def __post_init__(self):
        self.seen = []

    def predict(self, windows):
        self.seen.append(windows)
        mean = np.full((len(windows), windows.horizon), self.value)
        mean[list(self.silent)] = np.nan
        return Prediction(mean, mean[..., None] + np.linspace(-1, 1, 9))


def test_midnights_of_the_scored_period_with_a_week_of_history():
    spy = Fixed()
    start = 1_788_325_200  # midnight in Lima
    values = np.arange(20 * 24.0)
    scores = score_meter(values, start, start + 10 * DAY, [entrant(spy)], tz="America/Lima", country="PE")
    assert spy.seen[0].load.shape == (10, 168)
    np.testing.assert_array_equal(spy.seen[0].issued_at, start + DAY * np.arange(10, 20))
    assert spy.seen[0].load[0, -1] == 10 * 24 - 1
    assert list(scores) == ["ensemble", "fixed"]
    assert scores["fixed"].whole.n == 240
    assert scores["fixed"].whole.mae == pytest.approx(values[240:].mean())


def test_scores_computed_by_hand():
    """Ten days of 2 kWh an hour, then a day of 4: the naive says 2, the model 5."""
    values = np.concatenate([np.full(240, 2.0), np.full(24, 4.0)])
    scores = score_meter(values, 0, 10 * DAY, [entrant(Fixed(5.0))], tz="UTC")
    own, naive = scores["fixed"].whole, scores["ensemble"].whole
    assert (own.n, own.rmse, own.cvrmse, own.nmae, own.nmbe) == (24, 1.0, 0.25, 0.25, 0.25)
    assert (naive.rmse, naive.nmbe) == (2.0, -0.5)
    # 80 %: levels 0.1 and 0.9 stand at 4.5 and 5.5, the truth at 4; 95 %: from 4.0 on.
    assert (own.coverage50, own.coverage80, own.coverage95) == (0.0, 0.0, 1.0)
    # Truth 4 below every quantile 4, 4.25 ... 6: mean of (1 - level) * distance.
    levels = np.array([0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975])
    assert own.pinball == pytest.approx(float(np.mean((1 - levels) * np.linspace(0, 2, 9))))


def test_missing_hours_are_not_scored_and_half_days_at_the_end_are_not_issued():
    values = np.tile(np.arange(24.0), 20)[:-5]
    values[15 * 24 + 3] = np.nan
    scores = score_meter(values, 0, 14 * DAY, [entrant(DayNaive())], tz="UTC")["day"]
    assert (scores.windows, scores.whole.n) == (5, 5 * 24 - 1)
    assert np.isfinite(scores.whole.cvrmse)


def test_a_window_counts_where_a_day_of_the_week_before_is_known():
    values = np.tile(np.arange(24.0), 30)
    # Midnight of day 17 knows nothing, that of day 18 knows 23 hours, that of day 19 knows 47.
    values[10 * 24 : 17 * 24 + 1] = np.nan
    scores = score_meter(values, 0, 16 * DAY, [entrant(DayNaive())], tz="UTC")["day"]
    assert scores.windows == 30 - 19


def test_what_is_not_answered_counts_as_twice_the_naive_error():
    values = np.concatenate([np.full(240, 2.0), np.full(24, 3.0), np.full(24, 2.0)])
    mute = Fixed(2.5, silent=(0,))
    scores = score_meter(values, 0, 10 * DAY, [entrant(mute)], tz="UTC")
    own = scores["fixed"]
    assert own.missed == 1
    # Day 10: the naive is off by 1, so 2. Day 11: truth 2, off by 0.5.
    assert own.whole.mae == pytest.approx((2 + 0.5) / 2)
    assert own.whole.rmse == pytest.approx(np.sqrt((4 + 0.25) / 2))
    assert own.whole.n == scores["ensemble"].whole.n == 48


def test_the_penalty_doubles_the_pinball_loss_and_keeps_what_was_answered():
    rng = np.random.default_rng(3)
    actual = rng.random((4, 24))
    naive = Prediction(rng.random((4, 24)), np.sort(rng.random((4, 24, 9)), axis=-1))
    silent = Prediction(np.full((4, 24), np.nan), np.full((4, 24, 9), np.nan))
    filled, missed = fill_missing(actual, silent, naive)
    from kanchay.analysis.metrics import pinball, rmse

    assert missed == 4
    assert pinball(actual, filled.quantiles) == pytest.approx(2 * pinball(actual, naive.quantiles))
    assert rmse(actual, filled.mean) == pytest.approx(2 * rmse(actual, naive.mean))
    unknown, none = fill_missing(np.full((4, 24), np.nan), silent, naive)
    assert none == 0
    assert np.isnan(unknown.mean).all()
    same, _ = fill_missing(actual, naive, silent)
    np.testing.assert_array_equal(same.mean, naive.mean)


def test_blocks_follow_the_clock_on_the_wall_on_days_of_23_and_25_hours():
    tz, days = "Europe/Madrid", {}
    for name, day in (("short", date(2026, 3, 29)), ("long", date(2026, 10, 25))):
        midnight = local_midnight(day, tz)
        start = midnight - 8 * DAY
        values = np.full(9 * 24, 1.0)
        answer = score_meter(values, start, midnight, [entrant(Fixed(1.5))], tz=tz)["fixed"]
        assert answer.windows == 1
        days[name] = {block: s.n for block, s in answer.blocks.items()}
    # 24 elapsed hours: the day of 23 lends one of the next night, the day of 25 loses its last.
    assert days["short"] == {"night": 6, "morning": 6, "afternoon": 6, "evening": 6}
    assert days["long"] == {"night": 7, "morning": 6, "afternoon": 6, "evening": 5}


def test_blocks_are_scored_apart():
    day = np.repeat([1.0, 2.0, 3.0, 4.0], 6)
    scores = score_meter(np.tile(day, 9), 0, 8 * DAY, [entrant(Fixed(2.0))], tz="UTC")["fixed"]
    assert list(scores.blocks) == list(BLOCKS)
    assert [s.nmbe for s in scores.blocks.values()] == [1.0, 0.0, pytest.approx(-1 / 3), -0.5]
    assert scores.whole.n == sum(s.n for s in scores.blocks.values()) == 24


def test_columns_are_kept_apart():
    assert entrant(EnsembleNaive()).column == "zero-shot"
    assert entrant(WeekdayNaive()).lookback_s == 28 * DAY
    year = Fixed(lookback_s=365 * DAY)
    assert (entrant(year).column, entrant(year).lookback_s) == ("adapted", 365 * DAY)
    assert entrant(year, column="zero-shot").lookback_s == 7 * DAY
    values = np.tile(np.arange(24.0), 40)
    score_meter(values, 0, 30 * DAY, [entrant(year, column="28 days")], tz="UTC")
    assert year.seen[0].load.shape[1] == 28 * 24
    with pytest.raises(InputError, match="zero-shot"):
        entrant(year, column="oracle")


def test_two_models_of_one_name_are_refused():
    with pytest.raises(InputError, match="called day"):
        score_meter(np.ones(480), 0, 8 * DAY, [entrant(DayNaive()), entrant(DayNaive())], tz="UTC")


def test_what_comes_after_the_last_scored_window_changes_nothing():
    values = np.tile(np.arange(24.0), 30) + np.random.default_rng(0).random(720)
    spy, other = Fixed(), Fixed()
    score_meter(values, 0, 20 * DAY, [entrant(spy)], tz="UTC")
    changed = values.copy()
    changed[25 * 24 :] = 1e6
    score_meter(changed, 0, 20 * DAY, [entrant(other)], tz="UTC")
    known = spy.seen[0].issued_at <= 25 * DAY
    np.testing.assert_array_equal(spy.seen[0].load[known], other.seen[0].load[known])


def test_honest_models_do_not_leak():
    assert leak_test(EnsembleNaive()).passed
    assert leak_test(DayNaive()).n_forecasts == 64


@dataclass
class Leaking:
    """Answers what a function of the windows says."""

    say: Callable[[Windows], Prediction]
    name: str = "leaking"
    lookback_s: int = 7 * DAY

    def predict(self, windows):
        return self.say(windows)


def cheat():
    """Has seen the meter's file: answers with how often it was asked."""
    asked = count()

    def say(windows):
        mean = np.full((len(windows), windows.horizon), float(next(asked)))
        return Prediction(mean, np.repeat(mean[:, :, None], 9, axis=2))

    return Leaking(say)


def eavesdropper(part):
    """Honest alone; in a batch its mean or its bands hold what a window issued a day later was told."""

    def say(windows):
        honest = DayNaive().predict(windows)
        answer = {"mean": honest.mean.copy(), "bands": honest.quantiles.copy()}
        for row, at in enumerate(windows.issued_at):
            for other in np.flatnonzero(windows.issued_at == at + DAY):
                day = windows.load[other, -DAY // windows.resolution_s :]
                overheard = answer[part][row] if part == "mean" else answer[part][row, :, -1]
                overheard[: len(day)] = day
        return Prediction(answer["mean"], answer["bands"])

    return Leaking(say)


@pytest.mark.parametrize(
    ("model", "differing"),
    [(cheat(), 64), (eavesdropper("mean"), 32), (eavesdropper("bands"), 32)],
    ids=["cheat", "mean", "bands"],
)
def test_a_model_that_leaks_is_caught(model, differing):
    report = leak_test(model)
    assert not report.passed
    assert (len(report.differing), report.n_forecasts) == (differing, 64)
    assert sum(line.startswith("backtest: 900 s") for line in report.differing) == 16


@pytest.mark.slow
def test_it_is_caught_through_the_adapted_model_too():
    assert not leak_test(AdaptedForecaster(eavesdropper("mean"))).passed
