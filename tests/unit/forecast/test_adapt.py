"""The adapted forecaster: never far from the best of what it may choose, no future, honest bands, odd meters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kanchay.analysis.backtest import backtest, clock_times
from kanchay.analysis.forecast.adapt import CANDIDATES, AdaptedForecaster
from kanchay.analysis.forecast.adapt_bands import recalibrate
from kanchay.analysis.forecast.adapt_experts import EXPERTS, day_grid, expert_moves
from kanchay.analysis.forecast.adapt_past import past_forecasts
from kanchay.analysis.forecast.adapt_weights import PRIOR, own_weights
from kanchay.analysis.forecast.naive import DayNaive, EnsembleNaive, WeekNaive
from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.analysis.forecast.ridge import RidgeForecaster
from kanchay.analysis.forecast.single import forecast_panel
from kanchay.analysis.forecast.spread import NORMAL_LEVELS
from kanchay.analysis.leak import leak_test
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel

START = 1767571200  # 2026-01-05 00:00 UTC, a Monday
MADRID_SPRING = 1774738800  # 2026-03-29 00:00 in Madrid: a day of 23 hours


class Off:
    """A base forecast that is wrong in a way one can learn, or in a way one cannot."""

    name, lookback_s = "off", 7 * DAY

    def __init__(self, by=0.0, noise=0.0):
        self.by, self.noise = by, noise

    def predict(self, windows):
        inner = EnsembleNaive().predict(windows)
        rng = np.random.default_rng(int(windows.issued_at.sum()) % 2**32)
        wrong = self.by + self.noise * rng.normal(size=inner.mean.shape)
        return Prediction(inner.mean + wrong, inner.quantiles + wrong[..., None])


def home(days=90, seed=0, noise=0.2):
    rng = np.random.default_rng(seed)
    hour = np.arange(24 * days) % 24
    return 0.4 + 0.5 * np.exp(-((hour - 20) ** 2) / 8) + noise * rng.gamma(1.0, 1.0, 24 * days)


def panel_of(values, *, resolution_s=HOUR, tz="UTC", start=START):
    return Panel.of(
        ("m",), np.asarray(values, dtype=float)[None], start=start, resolution_s=resolution_s, tz=tz
    )


def rmse(panel, model, days=25):
    result = backtest(panel, "m", model, clock_times(panel.end - days * DAY, panel.end, panel.tz))
    return result.scores().rmse


def window(values, *, horizon=24, resolution_s=HOUR, tz="UTC", issued=None):
    load = np.asarray(values, dtype=float)[None]
    at = START + load.shape[1] * resolution_s if issued is None else issued
    return Windows(load, np.array([at]), resolution_s, horizon, tz)


# --- never worse than what it may fall back to -------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("base", [EnsembleNaive(), RidgeForecaster(), WeekNaive()])
def test_on_a_steady_meter_it_is_no_worse_than_its_base_or_the_best_naive(seed, base):
    panel = panel_of(home(seed=seed))
    rivals = min(rmse(panel, base), rmse(panel, EnsembleNaive()))
    assert rmse(panel, AdaptedForecaster(base)) < 1.03 * rivals


def test_what_is_wrong_in_the_same_way_every_day_is_learned():
    panel = panel_of(home(seed=5))
    assert rmse(panel, Off(by=0.5)) > 1.5 * rmse(panel, EnsembleNaive())
    assert rmse(panel, AdaptedForecaster(Off(by=0.5))) < 1.03 * rmse(panel, EnsembleNaive())


def test_a_model_made_bad_is_left_for_a_naive_that_says_so():
    panel = panel_of(home(seed=6))
    bad = AdaptedForecaster(Off(noise=3.0))
    at = clock_times(panel.end - 10 * DAY, panel.end, "UTC")
    from kanchay.analysis.forecast.windows import make_windows

    windows = make_windows(panel, "m", at, lookback_s=bad.lookback_s, horizon_s=DAY)
    chosen = [CANDIDATES[c] for c in bad.choices(windows)]
    assert set(chosen) <= {"ensemble", "weekday"}
    assert rmse(panel, bad) < 1.1 * rmse(panel, EnsembleNaive()) < 0.3 * rmse(panel, Off(noise=3.0))
    good = AdaptedForecaster(EnsembleNaive())
    assert {CANDIDATES[c] for c in good.choices(windows)} == {"adapted"}


def test_more_history_helps_where_a_week_says_little():
    panel = panel_of(home(days=120, seed=7, noise=0.5))
    assert rmse(panel, AdaptedForecaster(EnsembleNaive()), 40) < 0.985 * rmse(panel, EnsembleNaive(), 40)


# --- no future, and the same answer every time -------------------------------------------------------------------


def test_no_future_reaches_it():
    assert leak_test(AdaptedForecaster(EnsembleNaive())).passed


def test_weights_of_a_day_do_not_see_that_day_or_later():
    rng = np.random.default_rng(0)
    moves, actual = rng.normal(size=(1, 20, 24, len(EXPERTS))), rng.normal(size=(1, 20, 24))
    base, from_ = np.zeros((1, 20, 24)), np.arange(1, 21)
    before = own_weights(moves, actual, base, from_)
    later = actual.copy()
    later[:, :8] = 99.0  # days 7 and younger change
    after = own_weights(moves, later, base, from_)
    np.testing.assert_array_equal(before[:, 7:], after[:, 7:])
    assert (before[:, :7] != after[:, :7]).all()


def test_the_record_of_a_forecaster_is_what_it_would_have_said():
    values = home(40, seed=1)
    past = past_forecasts(RidgeForecaster(), window(values), 20)
    for k in (0, 1, 13):
        alone = RidgeForecaster().predict(
            window(values[: len(values) - 24 * k][-168:], issued=past.issued_at[0, k])
        )
        np.testing.assert_allclose(past.mean[0, k], alone.mean[0])
        np.testing.assert_allclose(past.quantiles[0, k], alone.quantiles[0])


def test_each_distinct_past_is_forecast_once():
    asked = []

    class Counting(DayNaive):
        def predict(self, windows):
            asked.append(len(windows))
            return DayNaive.predict(self, windows)

    panel = panel_of(home(100))
    adapted = AdaptedForecaster(Counting())
    backtest(panel, "m", adapted, clock_times(panel.end - 20 * DAY, panel.end, "UTC"))
    assert sum(asked) <= 20 + 60


def test_learning_in_small_parts_takes_little_memory_and_changes_nothing(monkeypatch):
    import tracemalloc

    import kanchay.analysis.forecast.adapt as adapt

    panel = panel_of(home(100))
    at = clock_times(panel.end - 28 * DAY, panel.end, "UTC")

    def run():
        tracemalloc.start()
        answer = backtest(panel, "m", AdaptedForecaster(DayNaive()), at).prediction
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return answer, peak

    run()  # what is imported on the way does not count
    small, peak = run()
    monkeypatch.setattr(adapt, "_LEARNING", adapt._MEMORY)
    whole, peak_whole = run()
    np.testing.assert_allclose(small.mean, whole.mean, rtol=1e-12)
    np.testing.assert_allclose(small.quantiles, whole.quantiles, rtol=1e-12)
    assert peak < 12 * 2**20
    assert peak_whole > 1.5 * peak  # as it was: what the limit is for


def test_many_windows_answer_as_each_alone(monkeypatch):
    import kanchay.analysis.forecast.adapt as adapt

    panel = panel_of(home(80))
    from kanchay.analysis.forecast.windows import make_windows

    at = clock_times(panel.end - 9 * DAY, panel.end, "UTC")
    windows = make_windows(panel, "m", at, lookback_s=60 * DAY, horizon_s=3 * DAY)
    together = AdaptedForecaster(RidgeForecaster()).predict(windows)
    monkeypatch.setattr(adapt, "_MEMORY", 1)
    alone = AdaptedForecaster(RidgeForecaster()).predict(windows)
    np.testing.assert_allclose(together.mean, alone.mean, rtol=1e-9)
    np.testing.assert_allclose(together.quantiles, alone.quantiles, rtol=1e-9)


# --- bands -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spread", "kind"), [(0.4, "too wide"), (1.0, "right"), (2.5, "too narrow")])
def test_bands_keep_their_word_whatever_was_claimed(spread, kind):
    rng = np.random.default_rng(3)
    n, days = 400, 53
    actual = spread * rng.normal(size=(n, days + 1, 24))
    claimed = np.broadcast_to(NORMAL_LEVELS, (n, days + 1, 24, 9))
    bands = recalibrate(actual[:, 1:], claimed[:, 1:], claimed[:, 0])
    inside = lambda low, high: ((actual[:, 0] > bands[..., low]) & (actual[:, 0] < bands[..., high])).mean()  # noqa: E731
    # Uncorrected, the 80 % band would cover 99.9, 80 and 39 %; a little belief in the claim is left.
    assert 0.74 < inside(2, 6) < 0.87
    assert 0.43 < inside(3, 5) < 0.58
    assert 0.91 < inside(0, 8) < 0.98
    assert (np.diff(bands, axis=-1) >= 0).all()


def test_bands_may_lean_and_may_differ_by_quarter_of_the_day():
    rng = np.random.default_rng(4)
    skewed = rng.gamma(1.0, 1.0, (200, 60, 24))
    skewed[:, :, 18:] *= 4.0
    claimed = np.broadcast_to(0.7 + NORMAL_LEVELS, (200, 60, 24, 9))
    bands = recalibrate(skewed[:, 1:], claimed[:, 1:], claimed[:, 0])
    up, down = bands[..., 6] - bands[..., 4], bands[..., 4] - bands[..., 2]
    assert (up[:, 20] > 2.0 * down[:, 20]).all()
    assert (up[:, 20] > 1.7 * up[:, 3]).all()
    below = skewed[:, 0] < bands[:, :, 6]
    assert 0.76 < below[:, 18:].mean() < 0.93
    assert 0.87 < below[:, :18].mean() < 0.97


def test_without_a_record_the_claim_stands():
    claimed = np.broadcast_to(NORMAL_LEVELS, (2, 24, 9))
    nothing = np.full((2, 5, 24), np.nan)
    np.testing.assert_allclose(recalibrate(nothing, np.full((2, 5, 24, 9), np.nan), claimed), claimed)


# --- odd meters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [24, 30, 72, 24 * 7, 24 * 8])
def test_little_history_answers_as_the_base_does(hours):
    values = home(10)[:hours]
    mine, base = (
        AdaptedForecaster(EnsembleNaive()).predict(window(values)),
        EnsembleNaive().predict(window(values)),
    )
    if hours <= 24 * 7:
        np.testing.assert_allclose(mine.mean, base.mean)
        np.testing.assert_allclose(mine.quantiles, base.quantiles)
    assert np.isfinite(mine.quantiles).all()


def test_a_window_that_knows_nothing_answers_nan():
    load = np.full((2, 24 * 60), np.nan)
    load[1] = home(60)
    answer = AdaptedForecaster(EnsembleNaive()).predict(
        Windows(load, np.array([START, START]), HOUR, 24, "UTC")
    )
    assert np.isnan(answer.mean[0]).all()
    assert np.isfinite(answer.mean[1]).all()


class Silent(Off):
    """A base that says nothing of windows issued from some day of the meter on, or up to it."""

    def __init__(self, of_days, value=np.nan):
        super().__init__(by=0.1)
        self.of_days, self.value = of_days, value

    def predict(self, windows):
        answer = super().predict(windows)
        mute = np.isin((windows.issued_at - START) // DAY, self.of_days)
        answer.mean[mute] = self.value
        answer.quantiles[mute, :, 2] = self.value
        return answer


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("of_days", [range(100), [60], range(60), range(50, 60)])
def test_where_the_base_says_nothing_the_same_hours_answer(of_days, value):
    w = window(home(60))
    answer = AdaptedForecaster(Silent(of_days, value)).predict(w)
    assert np.isfinite(answer.mean).all()
    assert (np.diff(answer.quantiles, axis=2) >= 0).all()
    if len(of_days) == 100:
        np.testing.assert_array_equal(answer.mean, AdaptedForecaster(EnsembleNaive()).predict(w).mean)


def test_a_constant_meter_stays_constant():
    answer = AdaptedForecaster(EnsembleNaive()).predict(window(np.full(24 * 60, 0.3)))
    np.testing.assert_allclose(answer.mean, 0.3)
    np.testing.assert_allclose(answer.quantiles, 0.3)


def test_net_load_with_pv_goes_below_zero_and_load_never_does():
    sun = 2.0 * np.maximum(0, np.sin((np.arange(24 * 60) % 24 - 6) / 12 * np.pi))
    net = AdaptedForecaster(RidgeForecaster()).predict(window(home(60) - sun))
    assert net.mean[0, 12] < -0.5
    assert (AdaptedForecaster(RidgeForecaster()).predict(window(home(60))).quantiles >= 0).all()


def test_gaps_and_a_change_of_level_are_survived():
    values = home(90, seed=9)
    values[24 * 40 : 24 * 55] = np.nan
    values[24 * 80 :] *= 3.0
    answer = AdaptedForecaster(EnsembleNaive()).predict(window(values))
    base = EnsembleNaive().predict(window(values))
    assert np.isfinite(answer.quantiles).all()
    assert abs(answer.mean.sum() - base.mean.sum()) < 0.25 * base.mean.sum()


@pytest.mark.parametrize(
    ("resolution_s", "hours"), [(900, 24), (300, 6), (1800, 24 * 7), (HOUR, 5), (HOUR, 24 * 7)]
)
def test_any_resolution_and_horizon(resolution_s, hours):
    n = HOUR // resolution_s
    values = np.repeat(home(40), n) / n
    horizon = hours * n
    answer = AdaptedForecaster(EnsembleNaive()).predict(
        window(values, resolution_s=resolution_s, horizon=horizon)
    )
    assert answer.mean.shape == (1, horizon)
    assert np.isfinite(answer.mean).all()
    assert (np.diff(answer.quantiles, axis=-1) >= -1e-12).all()


@pytest.mark.parametrize("shift", [0, 5 * HOUR, DAY, -DAY])
def test_days_of_23_hours_keep_their_hours(shift):
    length = 24 * 60
    issued = MADRID_SPRING + shift
    from kanchay.domain.interval import wall_clock

    starts = issued + HOUR * np.arange(-length, 0)
    shape = lambda at: 1.0 + (wall_clock(at, "Europe/Madrid") // HOUR % 24 == 7)  # noqa: E731
    w = Windows(shape(starts)[None].astype(float), np.array([issued]), HOUR, 24, "Europe/Madrid")
    np.testing.assert_allclose(
        AdaptedForecaster(EnsembleNaive()).predict(w).mean[0], shape(w.target_starts[0]), atol=1e-6
    )


def test_temperature_is_cut_with_its_history():
    seen = []

    class Reads(EnsembleNaive):
        def predict(self, windows):
            assert windows.temperature.shape == (len(windows), windows.load.shape[1] + windows.horizon)
            back = windows.temperature[:, : windows.load.shape[1]]
            seen.append(np.nanmax(np.abs(np.where(np.isnan(windows.load), np.nan, back - windows.load))))
            return EnsembleNaive.predict(self, windows)

    values = home(30)
    w = window(values)
    both = np.concatenate([w.load, np.full((1, 24), 7.0)], axis=1)
    AdaptedForecaster(Reads()).predict(replace(w, temperature=both))
    assert seen
    assert max(seen) == 0.0


def test_experts_know_nothing_on_an_empty_grid():
    w = window(np.full(24 * 20, np.nan))
    grid = day_grid(w, past_forecasts(EnsembleNaive(), w, 19), 1)
    assert not expert_moves(grid, HOUR).any()


def test_the_prior_names_every_expert():
    assert len(PRIOR.steady) == len(PRIOR.irregular) == len(PRIOR.size) == len(EXPERTS)
    assert min(PRIOR.size) > 0


def test_a_forecast_remembers_the_base_model():
    class Signed(EnsembleNaive):
        sha256 = "cafe"

    model = AdaptedForecaster(Signed())
    assert (model.sha256, AdaptedForecaster(EnsembleNaive()).sha256) == ("cafe", "")
    panel = panel_of(home(70))
    assert forecast_panel(panel, "m", model, panel.end).model == "adapted"
