"""What must hold for any load: scaling, shifting by weeks, and silence on constants."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kanchay.analysis.advice.costing import yearly_saving
from kanchay.analysis.anomaly.baseload import change_point
from kanchay.analysis.anomaly.days import local_days
from kanchay.analysis.anomaly.detect import detect_load
from kanchay.analysis.anomaly.robust import opening
from kanchay.analysis.anomaly.unusual_days import day_scores
from kanchay.domain.panel import Panel

few = settings(max_examples=15, deadline=None)


def load(seed: int, n_days: int = 60) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shape = 60.0 + 300.0 * (np.arange(24) > 17)
    return shape * rng.lognormal(0.0, 0.2, (n_days, 24))


def days(power: np.ndarray, start: int = 0):
    return local_days(
        Panel.of(("m",), power.ravel()[None] / 1000.0, start=start, resolution_s=3600, tz="UTC")
    )


@few
@given(st.integers(0, 10_000), st.floats(0.1, 50.0))
def test_scores_do_not_depend_on_the_unit(seed, factor):
    one, other = day_scores(days(load(seed))), day_scores(days(load(seed) * factor))
    assert np.allclose(one.level_z, other.level_z, atol=1e-6, equal_nan=True)
    assert np.allclose(one.extra_kwh * factor, other.extra_kwh, rtol=1e-6, atol=1e-9, equal_nan=True)


@few
@given(st.integers(0, 10_000), st.integers(1, 200))
def test_shifting_by_whole_weeks_changes_nothing(seed, weeks):
    power = load(seed, 90)
    power[70:] += 80.0
    here, there = detect_load(days(power)), detect_load(days(power, start=weeks * 7 * 86400))
    assert [(d.kind, d.start, d.kwh_per_year) for d in here] == [
        (d.kind, d.start - weeks * 7 * 86400, d.kwh_per_year) for d in there
    ]


@few
@given(st.floats(1.0, 5000.0), st.integers(14, 120))
def test_a_constant_load_has_no_event(watts, n_days):
    kinds = {d.kind.value for d in detect_load(days(np.full((n_days, 24), watts)))}
    assert kinds <= {"standby"}


@few
@given(st.integers(0, 10_000), st.floats(0.5, 100.0), st.floats(-50.0, 50.0))
def test_change_point_moves_with_scale_and_offset(seed, scale, offset):
    series = np.random.default_rng(seed).normal(50.0, 3.0, 80)
    series[50:] += 20.0
    one, other = change_point(series), change_point(series * scale + offset)
    assert one is not None
    assert other is not None
    assert one.index == other.index
    assert np.isclose(one.p_value, other.p_value)


@few
@given(st.lists(st.floats(0.0, 1e4), min_size=1, max_size=60), st.integers(1, 10))
def test_opening_never_rises_above_the_load_and_is_idempotent(values, length):
    load_w = np.array(values)
    once = opening(load_w, length)
    known = np.isfinite(once)
    assert (once[known] <= load_w[known] + 1e-9).all()
    assert np.array_equal(opening(once, length), once, equal_nan=True)


@few
@given(st.lists(st.floats(1.0, 500.0), min_size=1, max_size=12), st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_saving_more_never_saves_less_money(months, a, b):
    from decimal import Decimal

    def price(kwh: float) -> Decimal:
        return Decimal(str(round(0.7 * kwh + (10 if kwh > 140 else 0), 4)))

    low, high = sorted((a, b))
    assert yearly_saving(price, months, low) <= yearly_saving(price, months, high) + Decimal("0.02")
