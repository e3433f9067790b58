"""No feature reads anything at or after the time of issue, but what was planned or forecast for it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kanchay.analysis.features.inputs import panel_inputs
from kanchay.analysis.features.registry import FEATURES
from kanchay.analysis.features.scaling import Scaler
from kanchay.analysis.features.table import build_features
from kanchay.domain.panel import Panel

POINTS = {"temperature": "t", "humidity": "rh", "occupancy": "n"}
PLAIN = list(FEATURES)
SCALERS = {name: Scaler(1.0, 2.0, 0.0, 5.0, 9) for name in FEATURES}
NAMES = [
    *PLAIN,
    *(f"relative_{name}" for name in PLAIN if FEATURES[name].relative),
    *(f"{form}_{name}" for form in ("standardized", "normalized") for name in PLAIN),
]
DAY = 86400


def features(measured: Panel, planned: Panel | None, issued: int, horizon_s: int):
    inputs = panel_inputs(
        measured, "m", [issued], lookback_s=7 * DAY, horizon_s=horizon_s, planned=planned, points=POINTS,
        area_m2=120.0, country="PE",
    )  # fmt: skip
    return build_features(NAMES, inputs, scalers=SCALERS)


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 10_000),
    hours=st.integers(30, 9 * 24),
    resolution_s=st.sampled_from([900, 1800, 3600]),
    days=st.integers(1, 3),
    tz=st.sampled_from(["America/Lima", "Europe/Madrid", "Asia/Kolkata"]),
    fill=st.sampled_from([np.nan, 1e9, -1e6]),
)
def test_no_feature_sees_the_future(seed, hours, resolution_s, days, tz, fill):
    rng = np.random.default_rng(seed)
    n = 13 * DAY // resolution_s
    start = 1_774_224_000 // resolution_s * resolution_s  # a week before Madrid's clock changes
    values = rng.gamma(2.0, 1.0, (4, n))
    values[rng.random((4, n)) < 0.05] = np.nan
    plans = Panel.of(
        ("t", "rh", "n"), rng.gamma(2.0, 1.0, (3, n)), start=start, resolution_s=resolution_s, tz=tz
    )
    issued = start + hours * 3600
    first = (issued - start) // resolution_s
    other = values.copy()
    other[:, first:] = fill
    here, there = (
        features(
            Panel.of(("m", "t", "rh", "n"), v, start=start, resolution_s=resolution_s, tz=tz),
            plans,
            issued,
            days * DAY,
        )
        for v in (values, other)
    )
    assert here.values.tobytes() == there.values.tobytes()


def test_the_test_would_notice_a_leak():
    """The same scrambling one interval too early must show."""
    values = np.random.default_rng(1).gamma(2.0, 1.0, (4, 240))
    issued = 200 * 3600
    other = values.copy()
    other[:, 199] = 1e9
    here, there = (
        features(Panel.of(("m", "t", "rh", "n"), v, start=0, resolution_s=3600, tz="UTC"), None, issued, DAY)
        for v in (values, other)
    )
    assert here.values.tobytes() != there.values.tobytes()


def test_weather_ahead_is_that_of_the_plan():
    measured = Panel.of(("m", "t", "rh", "n"), np.ones((4, 240)), start=0, resolution_s=3600, tz="UTC")
    plan = Panel.of(("t",), np.arange(240.0)[None], start=0, resolution_s=3600, tz="UTC")
    table = features(measured, plan, 200 * 3600, DAY)
    assert table.column("temperature")[0, :3].tolist() == [200, 201, 202]
    assert np.isnan(table.column("humidity")).all()
