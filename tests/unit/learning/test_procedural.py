"""Loads drawn by rule: sane numbers, the week and the holidays in them, and every window another."""

from __future__ import annotations

import numpy as np

from kanchay.learning.procedural import procedural_load

HOURS = 336


def drawn(n=400, *, home=False, seed=1, begin=0, holiday=None):
    clock = np.tile(begin + np.arange(HOURS), (n, 1))
    rest = np.zeros((n, HOURS), bool) if holiday is None else holiday
    return procedural_load(clock, rest, np.full(n, home), np.random.default_rng(seed)), clock


def test_the_same_seed_draws_the_same_loads_and_each_window_is_another():
    first, _ = drawn()
    again, _ = drawn()
    np.testing.assert_array_equal(first, again)
    assert np.isfinite(first).all()
    assert len(np.unique(first[:, 100].round(4))) > 350


def test_buildings_rest_at_the_weekend_more_often_than_not():
    load, clock = drawn(1000)
    weekend = (clock[0] // 24) % 7 >= 5
    day = (clock[0] % 24 >= 9) & (clock[0] % 24 < 17)
    week, rest = (np.median(load[:, day & chosen], axis=1) for chosen in (~weekend, weekend))
    assert 0.55 < (rest < 0.95 * week).mean() < 0.95  # many, not all: some are open on Sunday


def test_most_buildings_heed_a_holiday():
    holiday = np.zeros((1000, HOURS), bool)
    holiday[:, 48:72] = True  # a Wednesday
    share = []
    for told in (holiday, np.zeros_like(holiday)):
        load, clock = drawn(1000, holiday=told)
        day = (clock[0] % 24 >= 9) & (clock[0] % 24 < 17)
        usual = load[:, day & ((clock[0] // 24) % 7 < 5) & ~holiday[0]].mean(axis=1)
        share.append(np.median(load[:, day & holiday[0]].mean(axis=1) / np.maximum(usual, 1e-3)))
    assert share[0] < 0.97 * share[1]


def test_some_meters_feed_in_some_fall_silent_some_hardly_move():
    for home in (False, True):
        load, _ = drawn(1500, home=home)
        spread = load.std(axis=1) / np.maximum(np.abs(load).mean(axis=1), 1e-9)
        silent = np.abs(load[:, -24:]).max(axis=1) < 0.1 * np.abs(load).max(axis=1)
        assert 0.02 < (load.min(axis=1) < -0.1).mean() < 0.2
        assert 0.005 < silent.mean() < 0.2
        assert 0.01 < (spread < 0.02).mean() < 0.3


def test_homes_are_more_restless_than_buildings():
    restless = [
        np.median(np.abs(np.diff(drawn(500, home=home)[0], axis=1)).mean(axis=1)) for home in (False, True)
    ]
    assert restless[1] > 1.5 * restless[0]
