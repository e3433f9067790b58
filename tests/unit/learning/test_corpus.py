"""What may be learned from, and how windows are drawn from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kanchay.adapters.datasets import Meter
from kanchay.domain.interval import DAY, HOUR, wall_clock
from kanchay.learning.corpus import Corpus, CorpusOptions, midnight_windows, training_meters

PLAIN = CorpusOptions(
    gaps=0, spikes=0, short_history=0, mixed_commercial=0, mixed_residential=0, drift=0, no_holidays=0,
    other_hemisphere=0, other_week=0, season_jitter_days=0,
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
        meter("late", split=0), meter("away", dataset="left-out"),
    ]  # fmt: skip
    assert training_meters([kept, *others], left_out="left-out") == [kept]


def test_nothing_of_the_test_period_is_ever_drawn():
    one = meter(days=60, split=40)
    corpus = Corpus([one], CorpusOptions(), 1)
    assert len(corpus.values) == 40 * 24
    load, _, _, _, target = Corpus([one], PLAIN, 1).batch(500)
    assert max(load.max(), target.max()) < 40 * 24


def test_windows_are_consecutive_hours_with_their_calendar():
    one = meter()
    load, mask, context, ahead, target = Corpus([one], PLAIN, 2).batch(200)
    assert load.shape == mask.shape == (200, 168)
    assert (context.shape, ahead.shape, target.shape) == ((200, 168, 13), (200, 24, 13), (200, 24))
    np.testing.assert_array_equal(np.diff(np.concatenate([load, target], axis=1), axis=1), 1)
    hour = wall_clock(one.start + HOUR * target[:, 0].astype(np.int64), one.tz) / HOUR % 24
    np.testing.assert_allclose(ahead[:, 0, 1], np.cos(2 * np.pi * hour / 24), atol=1e-6)
    midnights = np.mean(hour == 0)
    assert 0.4 < midnights < 0.65  # half on purpose, and by chance one in 24


def test_the_same_seed_draws_the_same():
    a, b, c = (Corpus([meter()], CorpusOptions(), seed).batch(20) for seed in (3, 3, 4))
    assert all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=True))
    assert not np.array_equal(a[0], c[0])


def test_kinds_get_their_share_whatever_their_size():
    meters = [
        meter("big", days=400, split=400),
        meter("home", dataset="homes", kind="residential", level=1e6),
    ]
    load = Corpus(meters, replace(PLAIN, commercial_share=0.7), 5).batch(2000)[0]
    assert np.mean(load[:, 0] < 1e5) == pytest.approx(0.7, abs=0.04)


def test_mixing_keeps_the_hour_of_the_week_and_the_kind():
    week = np.arange(60 * 24) % 168
    a = replace(meter("a"), values=np.where(week == 10, 100.0, 1.0))
    b = replace(meter("b"), values=np.where(week == 10, 100.0, 1.0))
    load, _, *_, target = Corpus([a, b], replace(PLAIN, mixed_commercial=1.0), 6).batch(200)
    whole = np.concatenate([load, target], axis=1)
    peaks = whole > 20 * np.median(whole, axis=1, keepdims=True)
    assert (peaks[:, :168].sum(axis=1) == 1).all()  # aligned: one peak a week, not two
    assert (np.median(whole, axis=1) > 1.1).mean() > 0.9  # and something was added


def test_gaps_are_masked_and_zero():
    load, mask, *_ = Corpus([meter()], replace(PLAIN, gaps=1.0, short_history=0.5), 7).batch(300)
    assert set(np.unique(mask)) == {0.0, 1.0}
    assert not load[mask == 0].any()
    assert (mask[:, -1] == 1).mean() > 0.5


def test_windows_with_little_known_are_not_drawn():
    values = np.arange(60 * 24, dtype=float)
    values[10 * 24 :] = np.nan
    values[38 * 24 :] = 5.0
    one = replace(meter(), values=values)
    *_, target = Corpus([one], PLAIN, 8).batch(200)
    assert ((~np.isnan(target)).sum(axis=1) >= 12).all()


def test_validation_windows_start_at_local_midnight_after_the_split():
    one = replace(meter(days=60, split=40), tz="America/Lima")
    batch, issued = midnight_windows(one)
    assert (wall_clock(issued, "America/Lima") % DAY == 0).all()
    assert issued.min() >= one.split_at
    np.testing.assert_array_equal(batch[4][:, 0], (issued - one.start) / HOUR)
    np.testing.assert_array_equal(batch[0][:, -1] + 1, batch[4][:, 0])
