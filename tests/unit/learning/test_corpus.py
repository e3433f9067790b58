"""What may be learned from, and how windows are drawn from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kanchay.adapters.datasets import Meter
from kanchay.bundle.runtimes import INPUTS
from kanchay.domain.interval import DAY, HOUR, wall_clock
from kanchay.learning.corpus import Corpus, CorpusOptions, fold_meters, midnight_windows, training_meters

PLAIN = CorpusOptions(
    gaps=0, spikes=0, short_history=0, mixed_commercial=0, mixed_residential=0, drift=0, no_holidays=0,
    other_hemisphere=0, other_week=0, season_jitter_days=0, other_hours_commercial=0,
    other_hours_residential=0, contrast_commercial=0, contrast_residential=0, weather=0, next_day=1,
    procedural_commercial=0, procedural_residential=0,
)  # fmt: skip


def meter(
    name="m", *, dataset="set", kind="commercial", role="train", days=60, split=40, may_ship=True, level=0.0
):
    """Values count the hours, so that each tells where it was taken from."""
    start = 1_600_000_000 // DAY * DAY
    values = level + np.arange(days * 24, dtype=float)
    return Meter(
        dataset,
        name,
        role,
        kind,
        "Europe/London",
        "GB",
        None,
        start,
        values,
        start + split * DAY,
        may_ship,
        False,
    )


def test_only_train_meters_that_may_ship_are_learned_from():
    kept = meter("kept")
    others = [
        meter("val", role="validation"), meter("test", role="test"), meter("closed", may_ship=False),
        meter("late", split=0),
    ]  # fmt: skip
    assert training_meters([kept, *others]) == [kept]


def test_a_fold_learns_from_every_other_set_and_never_from_the_one_left_out():
    of_set = [meter("a"), meter("b", role="test"), meter("c", may_ship=False)]
    others = [meter("away", dataset="left-out"), meter("late", split=0)]
    assert fold_meters([*of_set, *others], ("left-out",)) == of_set


def test_nothing_of_the_test_period_is_ever_drawn():
    one = meter(days=60, split=40)
    corpus = Corpus([one], CorpusOptions(), 1)
    assert len(corpus.values) == 40 * 24
    for options in (PLAIN, replace(PLAIN, next_day=0, other_hours_commercial=1)):
        inputs, target = Corpus([one], options, 1).batch(500)
        assert max(inputs["load"].max(), np.nanmax(target)) < 40 * 24


def test_windows_are_consecutive_hours_with_their_calendar():
    one = meter()
    inputs, target = Corpus([one], PLAIN, 2).batch(200)
    assert tuple(inputs) == INPUTS[2]
    load, ahead = inputs["load"], inputs["calendar_target"]
    assert load.shape == inputs["mask"].shape == (200, 168)
    assert inputs["calendar_context"].shape == (200, 168, 13)
    assert (ahead.shape, target.shape) == ((200, 24, 13), (200, 24))
    assert not inputs["temperature_mask"].any()
    np.testing.assert_array_equal(np.diff(np.concatenate([load, target], axis=1), axis=1), 1)
    hour = wall_clock(one.start + HOUR * target[:, 0].astype(np.int64), one.tz) / HOUR % 24
    np.testing.assert_allclose(ahead[:, 0, 1], np.cos(2 * np.pi * hour / 24), atol=1e-6)
    midnights = np.mean(hour == 0)
    assert 0.4 < midnights < 0.65  # half on purpose, and by chance one in 24


def test_the_same_seed_draws_the_same():
    a, b, c = (Corpus([meter()], CorpusOptions(), seed).batch(20) for seed in (3, 3, 4))
    assert all(np.array_equal(x, y) for x, y in zip(a[0].values(), b[0].values(), strict=True))
    assert np.array_equal(a[1], b[1], equal_nan=True)
    assert not np.array_equal(a[0]["load"], c[0]["load"])


def test_later_days_are_asked_for_with_their_own_calendar_and_target():
    one = meter()
    inputs, target = Corpus([one], replace(PLAIN, next_day=0.3), 9).batch(400)
    days = np.rint(7 * inputs["lead"][:, 0])
    assert np.mean(days == 1) == pytest.approx(0.3, abs=0.06)
    assert set(days) == set(range(1, 8))
    np.testing.assert_array_equal(target[:, 0] - inputs["load"][:, -1], 24 * (days - 1) + 1)
    hour = wall_clock(one.start + HOUR * target[:, 0].astype(np.int64), one.tz) / HOUR % 24
    np.testing.assert_allclose(inputs["calendar_target"][:, 0, 1], np.cos(2 * np.pi * hour / 24), atol=1e-6)


def test_weather_comes_with_a_load_that_follows_it():
    flat = replace(meter(days=60, split=60), values=np.full(60 * 24, 10.0))
    inputs, _ = Corpus([flat], replace(PLAIN, weather=1.0), 10).batch(400)
    assert (inputs["temperature_mask"] == 1).all()
    assert -40 < inputs["temperature"].min() < inputs["temperature"].max() < 60
    extra = inputs["load"] - 10
    assert (extra >= -1e-4).all()
    moved = extra.max(axis=1) > 0.5
    assert 0.2 < moved.mean() < 0.9  # some buildings neither heat nor cool
    quiet, _ = Corpus([flat], replace(PLAIN, weather=0.0), 10).batch(50)
    assert not quiet["temperature"].any()
    assert (quiet["load"] == 10).all()


def test_a_shifted_clock_moves_the_load_and_not_the_calendar():
    one = meter()
    inputs, target = Corpus([one], replace(PLAIN, other_hours_commercial=1.0), 11).batch(300)
    hour = np.rint(np.arctan2(*inputs["calendar_target"][:, 0, :2].T) * 12 / np.pi) % 24
    of_load = wall_clock(one.start + HOUR * target[:, 0].astype(np.int64), one.tz) / HOUR % 24
    off = (of_load - hour + 12) % 24 - 12
    assert set(off) == {-3, -2, -1, 0, 1, 2, 3}


def test_contrast_bends_peaks_about_the_mean_level():
    values = np.where(np.arange(60 * 24) % 24 == 12, 20.0, 4.0)
    inputs, _ = Corpus([replace(meter(), values=values)], replace(PLAIN, contrast_commercial=1.0), 12).batch(
        300
    )
    ratio = inputs["load"].max(axis=1) / inputs["load"].min(axis=1)
    assert ratio.min() < 4 < 6 < ratio.max()


def test_kinds_get_their_share_whatever_their_size():
    meters = [
        meter("big", days=400, split=400),
        meter("home", dataset="homes", kind="residential", level=1e6),
    ]
    load = Corpus(meters, replace(PLAIN, commercial_share=0.7), 5).batch(2000)[0]["load"]
    assert np.mean(load[:, 0] < 1e5) == pytest.approx(0.7, abs=0.04)


def test_mixing_keeps_the_hour_of_the_week_and_the_kind():
    week = np.arange(60 * 24) % 168
    a = replace(meter("a"), values=np.where(week == 10, 100.0, 1.0))
    b = replace(meter("b"), values=np.where(week == 10, 100.0, 1.0))
    inputs, target = Corpus([a, b], replace(PLAIN, mixed_commercial=1.0), 6).batch(200)
    whole = np.concatenate([inputs["load"], target], axis=1)
    peaks = whole > 20 * np.median(whole, axis=1, keepdims=True)
    assert (peaks[:, :168].sum(axis=1) == 1).all()  # aligned: one peak a week, not two
    assert (np.median(whole, axis=1) > 1.1).mean() > 0.9  # and something was added


def test_gaps_are_masked_and_zero():
    inputs, _ = Corpus([meter()], replace(PLAIN, gaps=1.0, short_history=0.5), 7).batch(300)
    load, mask = inputs["load"], inputs["mask"]
    assert set(np.unique(mask)) == {0.0, 1.0}
    assert not load[mask == 0].any()
    assert (mask[:, -1] == 1).mean() > 0.5


def test_windows_with_little_known_are_not_drawn():
    values = np.arange(60 * 24, dtype=float)
    values[10 * 24 :] = np.nan
    values[38 * 24 :] = 5.0
    one = replace(meter(), values=values)
    _, target = Corpus([one], PLAIN, 8).batch(200)
    assert ((~np.isnan(target)).sum(axis=1) >= 12).all()


def test_validation_windows_start_at_local_midnight_after_the_split():
    one = replace(meter(days=60, split=40), tz="America/Lima")
    batch, issued = midnight_windows(one)
    assert (wall_clock(issued, "America/Lima") % DAY == 0).all()
    assert issued.min() >= one.split_at
    inputs, target = batch
    np.testing.assert_array_equal(target[:, 0], (issued - one.start) / HOUR)
    np.testing.assert_array_equal(inputs["load"][:, -1] + 1, target[:, 0])
    (later, third), _ = midnight_windows(one, lead=3)
    np.testing.assert_array_equal(later["load"][:, -1] + 49, third[:, 0])
    assert later["lead"][0, 0] == pytest.approx(3 / 7)
