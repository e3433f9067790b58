from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kanchay.analysis.backtest import backtest, clock_times, in_batches
from kanchay.analysis.forecast.naive import DayNaive, EnsembleNaive, WeekNaive
from kanchay.analysis.forecast.skill import skill_of_panel
from kanchay.analysis.forecast.windows import make_windows
from kanchay.domain.errors import TimeError
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.domain.panel import Panel


def flat(values, start=0, tz="UTC"):
    return Panel.of(("m",), np.asarray(values, dtype=float)[None], start=start, resolution_s=HOUR, tz=tz)


def test_every_local_midnight_over_a_year_with_two_changes():
    start, end = (
        local_midnight(date(2026, 1, 1), "Europe/Madrid"),
        local_midnight(date(2027, 1, 1), "Europe/Madrid"),
    )
    times = clock_times(start, end, "Europe/Madrid")
    assert len(times) == 365
    assert times[0] == start
    lengths, counts = np.unique(np.diff(times), return_counts=True)
    assert dict(zip(lengths.tolist(), counts.tolist(), strict=True)) == {
        23 * HOUR: 1,
        24 * HOUR: 362,
        25 * HOUR: 1,
    }


def test_other_times_and_distances():
    start = local_midnight(date(2026, 3, 28), "Europe/Madrid")
    at_18 = clock_times(start, start + 3 * DAY, "Europe/Madrid", at_s=18 * HOUR)
    assert np.diff(at_18).tolist() == [23 * HOUR, 24 * HOUR]
    six_hourly = clock_times(start, start + DAY, "UTC", every_s=6 * HOUR)
    assert np.unique(np.diff(six_hourly)).tolist() == [6 * HOUR]
    assert len(clock_times(start, start + 21 * DAY, "UTC", every_s=7 * DAY)) == 3
    with pytest.raises(TimeError):
        clock_times(start, start + DAY, "UTC", every_s=5 * HOUR)


def test_windows_without_a_day_of_history_are_omitted_and_named():
    panel = flat([*range(24), *[np.nan] * 24 * 8, *range(48)])
    result = backtest(panel, "m", DayNaive(), clock_times(DAY, panel.end, "UTC"))
    assert result.omitted.tolist() == [8 * DAY, 9 * DAY]
    assert result.issued_at.tolist() == [*(DAY * k for k in range(1, 8)), 10 * DAY]
    np.testing.assert_array_equal(result.prediction.mean[-1], np.arange(24) * 1.0)


def test_what_comes_true_stands_beside_the_forecast():
    panel = flat(np.arange(24 * 10))
    result = backtest(panel, "m", DayNaive(), np.array([7 * DAY, 9 * DAY]), horizon_s=2 * DAY)
    np.testing.assert_array_equal(result.actual[0], 168 + np.arange(48))
    np.testing.assert_array_equal(result.actual[1, :24], 216 + np.arange(24))
    assert np.isnan(result.actual[1, 24:]).all()
    # A day ahead it is 24 too low, two days ahead 48.
    assert result.scores().mae == pytest.approx((24 + 48 + 24) / 3)
    assert result.target_starts[0, 1] == 7 * DAY + HOUR


def test_batches_do_not_change_the_answer():
    rng = np.random.default_rng(0)
    panel = flat(rng.random(24 * 30))
    w = make_windows(panel, "m", clock_times(7 * DAY, panel.end, "UTC"), lookback_s=7 * DAY, horizon_s=DAY)
    whole, parts = in_batches(EnsembleNaive(), w), in_batches(EnsembleNaive(), w, size=5)
    np.testing.assert_array_equal(whole.mean, parts.mean)
    np.testing.assert_array_equal(whole.quantiles, parts.quantiles)


def test_the_card_lets_the_naive_answer_where_it_is_better():
    week = np.concatenate([np.full(120, 5.0), np.full(48, 1.0)])
    panel = flat(np.tile(week, 8) + 0.01 * np.random.default_rng(0).random(168 * 8))
    card = skill_of_panel(
        panel, "m", DayNaive(), (EnsembleNaive(), WeekNaive()), start=28 * DAY, end=56 * DAY
    )
    assert (card.answers, card.because, card.best_naive) == ("week", "naive_better", "week")
    assert card.n_windows == 28
    assert card.beside == "day"  # the record is of who answers, beside the model that it replaces
    assert card.skill == pytest.approx(1 - card.scores["week"].rmse / card.scores["day"].rmse)
    assert card.skill > 0.9


def test_a_model_is_compared_with_the_best_naive_and_never_with_itself():
    panel = flat(np.tile(np.arange(24.0), 30) + np.random.default_rng(0).random(24 * 30))
    span = {"start": 8 * DAY, "end": 30 * DAY}
    card = skill_of_panel(panel, "m", EnsembleNaive(), (EnsembleNaive(), DayNaive(), WeekNaive()), **span)
    assert (card.answers, card.best_naive) == ("ensemble", "ensemble")
    assert card.beside == min(("day", "week"), key=lambda name: card.scores[name].rmse)
    alone = skill_of_panel(panel, "m", DayNaive(), (DayNaive(),), **span)
    assert (alone.beside, alone.skill) == ("day", 0.0)


def test_a_reason_given_lets_the_model_answer_whatever_the_record():
    week = np.concatenate([np.full(120, 5.0), np.full(48, 1.0)])
    panel = flat(np.tile(week, 8) + 0.01 * np.random.default_rng(0).random(168 * 8))
    span = {"start": 28 * DAY, "end": 56 * DAY}
    card = skill_of_panel(panel, "m", DayNaive(), (WeekNaive(),), **span, because="no_model")
    assert (card.answers, card.because, card.beside) == ("day", "no_model", "week")
    assert card.skill < 0


def test_a_short_record_decides_nothing():
    panel = flat(np.random.default_rng(0).random(24 * 12))
    card = skill_of_panel(panel, "m", DayNaive(), (EnsembleNaive(),), start=2 * DAY, end=12 * DAY)
    assert (card.answers, card.because) == ("day", "too_short_to_tell")
