from __future__ import annotations

import numpy as np

from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.ridge import RidgeForecaster, _fit
from kanchay.domain.interval import DAY, HOUR, wall_clock

MONDAY = 1767571200  # 2026-01-05 00:00 UTC


def office(n_weeks=1, seed=0):
    """Working days at 5, weekends at 1."""
    rng = np.random.default_rng(seed)
    starts = MONDAY + HOUR * np.arange(-168 * n_weeks, 7 * 24)
    free = (wall_clock(starts, "UTC") // DAY + 3) % 7 >= 5
    hour = starts // HOUR % 24
    values = 1.0 + 4.0 * (~free) * ((hour >= 8) & (hour < 18)) + 0.1 * rng.random(len(starts))
    return values[: 168 * n_weeks], values[168 * n_weeks :]


def test_fit_solves_the_penalised_normal_equations():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 50, 3)), rng.normal(size=(2, 50))
    y[1, 10:] = np.nan
    got = _fit(x, y, 0.2)
    for k, n in ((0, 50), (1, 10)):
        a, b = x[k, :n], y[k, :n]
        np.testing.assert_allclose(got[k], np.linalg.solve(a.T @ a + 0.2 * n * np.eye(3), a.T @ b))


def test_it_knows_a_working_day_from_a_weekend():
    past, ahead = office()
    w = Windows(past[None], np.array([MONDAY]), HOUR, 24, "UTC")
    error = lambda p: float(np.abs(p.mean[0] - ahead[:24]).mean())  # noqa: E731
    assert error(RidgeForecaster().predict(w)) < 0.6 * error(EnsembleNaive().predict(w))


def test_too_little_history_falls_back_to_the_ensemble():
    past, _ = office()
    load = np.full((1, 168), np.nan)
    load[0, -72:] = past[-72:]
    w = Windows(load, np.array([MONDAY]), HOUR, 24, "UTC")
    np.testing.assert_array_equal(RidgeForecaster().predict(w).mean, EnsembleNaive().predict(w).mean)


def test_the_seventh_day_has_no_pairs_and_falls_back():
    past, _ = office()
    w = Windows(past[None], np.array([MONDAY]), HOUR, 168, "UTC")
    mine, naive = RidgeForecaster().predict(w), EnsembleNaive().predict(w)
    np.testing.assert_array_equal(mine.mean[:, 144:], naive.mean[:, 144:])
    assert (mine.mean[:, :24] != naive.mean[:, :24]).any()


def test_batches_give_the_same_answer(monkeypatch):
    import kanchay.analysis.forecast.ridge as ridge

    past, _ = office()
    w = Windows(np.tile(past, (7, 1)), MONDAY + DAY * np.arange(7), HOUR, 24, "UTC")
    whole = RidgeForecaster().predict(w)
    monkeypatch.setattr(ridge, "_CHUNK", 1)
    np.testing.assert_allclose(RidgeForecaster().predict(w).mean, whole.mean)


def test_a_window_answers_the_same_whoever_stands_beside_it():
    past, _ = office()
    torn = np.where(np.arange(168) < 90, np.nan, past)
    both = Windows(np.stack([past, torn, torn]), np.full(3, MONDAY), HOUR, 24, "UTC")
    together = RidgeForecaster().predict(both)
    for row in range(3):
        alone = RidgeForecaster().predict(both.rows(slice(row, row + 1)))
        np.testing.assert_allclose(together.quantiles[row], alone.quantiles[0], rtol=1e-12)
