"""Cutting a load into local days."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.analysis.anomaly.days import local_days
from kanchay.analysis.anomaly.profile import usual_profile
from kanchay.analysis.anomaly.robust import mad_scale, median, opening
from kanchay.analysis.runs import runs
from kanchay.domain.interval import parse_instant
from kanchay.domain.panel import Panel
from kanchay.domain.reading import Quality


def panel(first: str, last: str, tz: str, step: int = 3600, value: float = 0.1) -> Panel:
    start, end = parse_instant(first, tz), parse_instant(last, tz)
    return Panel.of(("m",), np.full((1, (end - start) // step), value), start=start, resolution_s=step, tz=tz)


def test_days_of_23_and_25_hours_keep_24_slots():
    spring = local_days(panel("2026-03-28", "2026-03-31", "Europe/Madrid"))
    autumn = local_days(panel("2026-10-24", "2026-10-27", "Europe/Madrid"))
    assert spring.power_w.shape == autumn.power_w.shape == (3, 24)
    assert np.isnan(spring.power_w[1, 2])
    assert np.isfinite(spring.power_w).sum() == 71
    assert np.allclose(autumn.power_w, 100.0)


def test_weekends_and_holidays_rest():
    days = local_days(panel("2026-07-27", "2026-08-03", "America/Lima"), holidays=frozenset({20662, 20663}))
    assert days.weekday.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert days.rest.tolist() == [False, True, True, False, False, True, True]


def test_imputed_values_are_no_evidence():
    p = panel("2026-05-01", "2026-05-02", "America/Lima")
    p.quality[0, 3] = Quality.IMPUTED
    assert np.isnan(local_days(p).power_w[0, 3])


def test_coarse_keeps_the_mean_and_needs_three_quarters():
    p = panel("2026-05-01", "2026-05-02", "America/Lima", step=300)
    p.values[0, :2] = np.nan  # two of three in the first quarter hour
    coarse = local_days(p).coarse(900)
    assert coarse.power_w.shape == (1, 96)
    assert np.isnan(coarse.power_w[0, 0])
    assert coarse.power_w[0, 1] == pytest.approx(1200.0)


def test_until_and_instant_agree():
    days = local_days(panel("2026-05-01", "2026-05-05", "America/Lima"))
    assert days.until(int(days.bounds[2])).n_days == 2
    assert days.instant(24) == int(days.bounds[1])


def test_profile_ignores_one_odd_day():
    power = np.tile(100.0, (14, 24))
    power[3] = 5000.0
    values = power.ravel()[None] / 1000.0
    days = local_days(Panel.of(("m",), values, start=0, resolution_s=3600, tz="UTC"))
    profile = usual_profile(days)
    assert np.allclose(profile.expected_w, 100.0)
    assert profile.z(days)[3].min() > 10.0
    assert np.allclose(usual_profile(days, by_weekday=True).expected_w, 100.0)


def test_robust_pieces():
    assert float(median([np.nan, 1.0, 3.0])) == 2.0
    assert np.isnan(float(median([np.nan])))
    assert median(np.array([[1.0, np.nan], [np.nan, np.nan]]), axis=1).tolist()[0] == 1.0
    assert float(mad_scale([5.0, 5.0, 5.0])) == 0.0
    assert runs(np.array([True, True, False])) == [(0, 2)]
    gap = opening(np.array([4.0, 4.0, np.nan, 4.0, 4.0]), 3)
    assert np.isnan(gap).all()  # a gap breaks a pedestal
