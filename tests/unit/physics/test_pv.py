"""Photovoltaics: signs, symmetry, and a year of Lima."""

import numpy as np
import pytest

from kanchay.analysis.physics.pv import PVArray, pv_power_kw
from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import parse_instant

LIMA = {"latitude": -12.05, "longitude": -77.04}
YEAR = parse_instant("2026-01-01", "America/Lima") + 900 * np.arange(365 * 96, dtype=np.int64) + 450


def test_nights_are_dark_and_power_stays_within_the_inverter():
    power = pv_power_kw(PVArray(5.0), YEAR, **LIMA)
    hour = (YEAR - 5 * 3600) // 3600 % 24
    assert power.min() == 0.0
    assert not power[(hour < 5) | (hour >= 19)].any()
    assert power.max() <= 0.85 * 5.0


def test_a_year_of_lima_is_near_what_atlases_say(peru_facts):
    lima = next(c for c in peru_facts["cities_solar"] if c["id"] == "lima")
    power = pv_power_kw(PVArray(1.0, tilt_deg=lima["tilt_deg"]), YEAR, clearness=0.69, **LIMA)
    assert power.sum() / 4 == pytest.approx(lima["pvout"], rel=0.07)


def test_half_the_light_is_about_half_the_power():
    noon = np.array([parse_instant("2026-03-01T12:15", "America/Lima")])
    clear, grey = (float(pv_power_kw(PVArray(1.0), noon, clearness=c, **LIMA)[0]) for c in (1.0, 0.5))
    assert 0.4 < grey / clear < 0.6


def test_power_scales_with_the_array():
    noon = np.array([parse_instant("2026-03-01T10:15", "America/Lima")])
    one, ten = (float(pv_power_kw(PVArray(p), noon, **LIMA)[0]) for p in (1.0, 10.0))
    assert ten == pytest.approx(10 * one)


def test_unequal_lengths_are_refused():
    with pytest.raises(ShapeError, match="clearness"):
        pv_power_kw(PVArray(1.0), YEAR[:4], clearness=[1.0, 1.0], **LIMA)
