"""Rivals that must be fitted or come from another package, on made-up meters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from kanchay.adapters.datasets import Meter
from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.protocol import Windows
from kanchay.domain.errors import NotFound
from kanchay.domain.interval import DAY, HOUR
from kanchay.learning.boosted import BoostedOptions
from kanchay.learning.rivals.shelf import Kept, boosted_rival, rival

pytest.importorskip("lightgbm")
pytest.importorskip("onnx")

TINY = BoostedOptions(
    windows=60, home_every_h=24, mixed=0.0, trees=15, quantile_trees=8, quantile_rows=2000, leaves=7,
    quantile_leaves=7, least_rows=20, learning_rate=0.2,
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
        dataset="made", id=name, role=role, kind=kind, tz="UTC", country="GB", subdivision=None, start=start,
        values=hours, split_at=start + (days - 20) * DAY, may_ship=True, thin=False,
    )  # fmt: skip


METERS = [meter("a"), meter("bb", level=40.0), meter("ccc", kind="residential", level=0.5)]


def windows(of: Meter, n: int = 12) -> Windows:
    at = of.start + DAY * np.arange(60, 60 + n)
    first = (at - of.start) // HOUR
    return Windows(of.values[first[:, None] + np.arange(-168, 0)], at, HOUR, 24, "UTC")


def test_it_is_the_boosted_kind_trained_once_then_read(tmp_path):
    from kanchay.learning.boosted_make import boosted_of

    held = [meter("held", level=9.0, role="validation")]
    with pytest.raises(NotFound, match="--fit-rivals"):
        boosted_rival(METERS, held, tmp_path, fit=False, options=TINY)
    told = []
    first, learned = boosted_rival(METERS, held, tmp_path, fit=True, options=TINY, progress=told.append)
    read, again = boosted_rival(METERS, held, tmp_path, fit=False, options=TINY)
    one = windows(METERS[2])
    np.testing.assert_array_equal(first.predict(one).quantiles, read.predict(one).quantiles)
    assert learned == again == ("made/a", "made/bb", "made/ccc")
    assert (first.name, len(told)) == ("lightgbm", 2)
    own = boosted_of(METERS, held, TINY).forecaster()
    np.testing.assert_array_equal(own.predict(one).quantiles, read.predict(one).quantiles)
    with pytest.raises(NotFound):  # other meters, other trees
        boosted_rival(METERS[:2], held, tmp_path, fit=False, options=TINY)
    with pytest.raises(NotFound):  # another recipe, other trees
        boosted_rival(METERS, held, tmp_path, fit=False, options=replace(TINY, seed=8))
    with pytest.raises(NotFound, match="no rival 'nobody'"):
        rival("nobody", METERS, [], tmp_path)


def test_it_beats_the_naive_on_a_meter_it_has_not_seen(tmp_path):
    held = [meter("held", level=9.0, role="validation")]
    trees, _ = boosted_rival(METERS, held, tmp_path, fit=True, options=TINY)
    new = meter("unseen", level=12.0)
    one = windows(new, n=21)
    first = (one.issued_at - new.start) // HOUR
    actual = new.values[first[:, None] + np.arange(24)]
    answer, naive = trees.predict(one), EnsembleNaive().predict(one)
    assert np.square(answer.mean - actual).mean() < 0.5 * np.square(naive.mean - actual).mean()
    assert (np.diff(answer.quantiles, axis=-1) >= 0).all()


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
