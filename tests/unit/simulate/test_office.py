"""A simulated office: its balance, its hours, its faults."""

import numpy as np
import pytest

from kanchay.domain.errors import InputError
from kanchay.domain.units import Quantity
from kanchay.simulate import simulate_office

LOADS = ("hvac", "lighting", "plugs", "base")


@pytest.fixture(scope="module")
def year():
    return simulate_office(seed=2)


def test_import_minus_export_plus_sun_is_the_load(year):
    panel = year.panel()
    grid, export, pv = panel.values[:3]
    loads = year.panel(*LOADS).values.sum(axis=0)
    np.testing.assert_allclose(grid - export + pv, loads, atol=1e-9)
    assert min(grid.min(), export.min(), pv.min()) >= 0
    assert export.sum() > 0


def test_weekends_and_holidays_are_quiet(year):
    loads = year.panel(*LOADS).values.sum(axis=0).reshape(-1, 96).sum(axis=1)
    weekday = (np.arange(365) + 3) % 7
    assert loads[weekday == 6].mean() < 0.5 * loads[weekday < 5].mean()
    labour_day, a_friday = loads[120], loads[127]  # 1 and 8 May
    assert labour_day < 0.5 * a_friday
    assert any(e.kind == "holiday" for e in year.events)


def test_cooling_follows_the_season(year):
    hvac = year.panel("hvac").values[0].reshape(-1, 96).sum(axis=1)
    assert hvac[15:75].mean() > 1.5 * hvac[195:255].mean()
    outdoor = year.panel("outdoor").values[0]
    assert 17 < outdoor.mean() < 22
    assert year.point("outdoor").quantity is Quantity.TEMPERATURE


@pytest.mark.parametrize("kind", ["after_hours", "weekend_running", "pv_fault", "baseload_creep", "left_on"])
def test_a_label_is_the_difference_of_two_runs(kind):
    sick, well = (simulate_office(seed=4, days=60, faults=f) for f in ([kind], []))
    label = sick.labels[0]
    assert label.kwh == pytest.approx(sick.total_kwh - well.total_kwh, abs=1e-8)
    assert label.kwh > 1.0
    before = (label.start - sick.start) // 900
    np.testing.assert_array_equal(sick.values[:before], well.values[:before])


def test_after_hours_runs_in_the_evening_only():
    sick, well = (simulate_office(seed=4, days=60, faults=f) for f in (["after_hours@2026-01-15"], []))
    more = (sick.panel("hvac").values - well.panel("hvac").values)[0].reshape(-1, 96).sum(axis=0)
    night = np.r_[0:24, 94:96]
    assert not more[night].any()
    assert more[76:94].min() >= 0
    assert more[76:94].sum() > 50
    assert more[28:44].sum() < 0  # cooler walls: a little less to do next morning


def test_any_window_can_be_made_alone():
    long, part = simulate_office(seed=4, days=60), simulate_office(seed=4, start="2026-02-10", days=10)
    at = (part.start - long.start) // 900
    np.testing.assert_allclose(part.values, long.values[at : at + len(part.values)], rtol=2e-3, atol=2e-3)


def test_readings_repeat_and_resample():
    fine, coarse = (simulate_office(seed=6, days=5, resolution_s=r).values for r in (60, 900))
    np.testing.assert_allclose(fine.reshape(-1, 15).sum(axis=1), coarse, rtol=1e-9, atol=1e-12)


def test_no_sun_no_cooling():
    run = simulate_office(seed=6, days=7, pv_kw=0.0, cooling_w_m2=0.0)
    assert run.panel("pv").values.sum() == run.panel("hvac").values.sum() == 0


def test_unknown_properties_are_refused():
    with pytest.raises(InputError, match="no 'chairs'"):
        simulate_office(days=2, chairs=4)
    with pytest.raises(InputError, match="cannot happen here"):
        simulate_office(days=2, faults=["fridge_seal"])
