"""One meter at any resolution, from any minute, to any horizon: intervals add up to their hours, bands stay in order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import kanchay
from kanchay.analysis.forecast.days import days_of_hours
from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.load import load_bundle
from kanchay.domain.interval import DAY, HOUR, utc_offset, wall_clock

SHIPPED = Path(kanchay.__file__).parent / "library" / "models" / "pretrained"
RESOLUTIONS = (300, 600, 900, 1800, 3600)
ZONES = st.sampled_from(["America/Lima", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
TIMES = st.integers(1_500_000_000, 1_800_000_000).map(lambda t: t // 60 * 60)  # any minute of any day
few = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MADRID_SPRING = 1774738800  # 2026-03-29 00:00 in Madrid: 23 hours
MADRID_AUTUMN = 1792879200  # 2026-10-25 00:00 in Madrid: 25 hours
LORD_HOWE_AUTUMN = 1775307600  # 2026-04-05 00:00 on Lord Howe: 24 hours and a half


@pytest.fixture(scope="module")
def model():
    return load_bundle(SHIPPED, name="pretrained")


def fine_load(seed: int, n_hours: int = 168, *, base: float = 0.05) -> np.ndarray:
    """Five-minute energy of a home: a quiet base, evenings, and an appliance that runs 20 minutes an hour."""
    rng = np.random.default_rng(seed)
    step = np.arange(12 * n_hours)
    hour = step // 12 % 24
    on = (step % 12 < 4) & (hour > 6)
    return base + 0.1 * (hour >= 18) + 0.2 * on + 0.02 * rng.random(len(step))


def window(
    load: np.ndarray, resolution_s: int, issued: int, horizon_h: int, tz: str = "America/Lima"
) -> Windows:
    """The five-minute load added up to another resolution."""
    parts = resolution_s // 300
    values = load.reshape(-1, parts).sum(axis=1)
    return Windows(values[None], np.array([issued]), resolution_s, horizon_h * HOUR // resolution_s, tz, "ES")


def in_order(prediction) -> None:
    assert np.isfinite(prediction.mean).all()
    assert np.isfinite(prediction.quantiles).all()
    assert (np.diff(prediction.quantiles, axis=-1) >= 0).all()


@few
@given(TIMES, ZONES, st.integers(0, 1000), st.integers(1, 168), st.sampled_from(RESOLUTIONS[:-1]))
@example(MADRID_SPRING, "Europe/Madrid", 0, 168, 900)
@example(MADRID_AUTUMN, "Europe/Madrid", 0, 168, 900)
@example(MADRID_AUTUMN + 2 * HOUR + 300, "Europe/Madrid", 0, 30, 300)  # an hour of parts of two by the clock
@example(1761663900, "Europe/Madrid", 0, 10, 300)  # the same two days later
@example(LORD_HOWE_AUTUMN, "Australia/Lord_Howe", 0, 168, 1800)  # half an hour back
@example(LORD_HOWE_AUTUMN + 3 * DAY, "Australia/Lord_Howe", 0, 50, 300)
def test_fine_forecasts_add_up_to_the_hourly_ones(model, issued, tz, seed, hours, resolution_s):
    load = fine_load(seed)
    fine = model.predict(window(load, resolution_s, issued, hours, tz))
    hourly = model.predict(window(load, HOUR, issued, hours, tz))
    in_order(fine)
    in_order(hourly)
    sums = fine.mean[0].reshape(hours, -1).sum(axis=1)
    # An hour from five past two, in which clocks go back by an hour, is made of parts of two hours by the clock.
    begin = issued + HOUR * np.arange(hours, dtype=np.int64)
    whole = np.abs(utc_offset(begin + HOUR - 1, tz) - utc_offset(begin, tz)) < HOUR
    assert whole.sum() >= hours - 1
    # In the week before, such an hour is read in parts too: what is forecast from it may be a little off.
    past = issued - HOUR * np.arange(1, 169, dtype=np.int64)
    cut = (np.abs(utc_offset(past + HOUR - 1, tz) - utc_offset(past, tz)) >= HOUR).any()
    np.testing.assert_allclose(sums[whole], hourly.mean[0, whole], rtol=5e-3 if cut else 2e-4, atol=2e-5)


@pytest.mark.parametrize("resolution_s", RESOLUTIONS[:-1])
def test_they_add_up_where_the_load_falls_to_nothing(model, resolution_s):
    """Most of an hour at 0: a shape that reaches below 0 is flattened, not cut."""
    if model.manifest.format == 1:
        pytest.skip("a bundle of format 1 is held by its example to cutting, as it did when it was made")
    step = np.arange(12 * 168)
    load = np.where((step % 12 == 0) & (step // 12 % 24 > 5), 1.0 - 0.8 * (step > 12 * 150), 0.0)
    fine = model.predict(window(load, resolution_s, MADRID_SPRING, 168))
    hourly = model.predict(window(load, HOUR, MADRID_SPRING, 168))
    assert fine.mean.min() >= 0.0
    assert fine.quantiles.min() >= 0.0
    np.testing.assert_allclose(
        fine.mean[0].reshape(168, -1).sum(axis=1), hourly.mean[0], rtol=2e-4, atol=2e-5
    )


@pytest.mark.parametrize("resolution_s", RESOLUTIONS[:-1])
def test_net_load_adds_up_too(model, resolution_s):
    step = np.arange(12 * 168)
    load = fine_load(3) - 0.6 * np.maximum(np.sin((step / 12 % 24 - 6) / 12 * np.pi), 0.0)
    fine = model.predict(window(load, resolution_s, MADRID_SPRING, 72))
    hourly = model.predict(window(load, HOUR, MADRID_SPRING, 72))
    assert fine.mean.min() < 0.0
    np.testing.assert_allclose(fine.mean[0].reshape(72, -1).sum(axis=1), hourly.mean[0], rtol=2e-4, atol=2e-4)


@few
@given(TIMES, st.integers(1, 168))
def test_a_shorter_horizon_is_the_beginning_of_a_longer_one(model, issued, hours):
    load = fine_load(1)
    short = model.predict(window(load, HOUR, issued, hours))
    long = model.predict(window(load, HOUR, issued, 168))
    np.testing.assert_allclose(short.mean, long.mean[:, :hours], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(short.quantiles, long.quantiles[:, :hours], rtol=1e-5, atol=1e-6)


def test_fine_bands_are_wider_for_their_size_than_hourly_ones(model):
    """What happens within an hour evens out over it."""
    load = fine_load(5) * np.random.default_rng(0).gamma(2.0, 0.5, 12 * 168)
    width = lambda p: float((p.quantiles[..., 6] - p.quantiles[..., 2]).mean() / p.mean.mean())  # noqa: E731
    narrow, wide = (width(model.predict(window(load, r, MADRID_SPRING, 24))) for r in (HOUR, 300))
    assert wide > 1.2 * narrow


@few
@given(TIMES, ZONES, st.integers(1, 168), st.sampled_from(RESOLUTIONS))
def test_days_hold_every_hour_of_whole_days(issued, tz, hours, resolution_s):
    issued = issued // resolution_s * resolution_s
    starts = issued + resolution_s * np.arange(hours * HOUR // resolution_s, dtype=np.int64)
    sums = days_of_hours(starts, np.ones(len(starts)), tz)
    halves = np.sort(np.concatenate([starts, starts + resolution_s // 2]))  # midnight may cut an hour
    day = wall_clock(halves, tz) // DAY
    found = [float((day == d).sum()) / 2 for d in np.unique(day)]
    if len(starts) < 2:
        assert len(sums) == 0
    else:
        assert sums.tolist() in (found, found[:-1])
        assert sums.sum() <= len(starts)
