"""A simulated home: it adds up, repeats itself, and a change changes only what it should."""

import dataclasses

import numpy as np
import pytest

from kanchay.domain.errors import InputError, TimeError
from kanchay.simulate import DATA_FAULTS, Fault, Timer, clean_home, simulate_home

SITE_FAULTS = (
    "baseload_creep", "left_on", "unusual_days", "fridge_seal", "water_heater_no_timer", "water_heater_hot",
)  # fmt: skip


def _loads(run):
    return run.panel().values[1:].sum(axis=0)


def test_submeters_add_up_to_the_meter():
    run = simulate_home(seed=2, days=40, faults=["left_on", "fridge_seal"])
    np.testing.assert_allclose(_loads(run), run.values, rtol=1e-12)
    assert all(p.parent_id == run.points[0].id for p in run.points[1:])
    assert run.site.simulated
    assert len(run.values) == 40 * 96


def test_the_same_seed_is_the_same_series_and_another_is_not():
    one, same, other = (simulate_home(seed=s, days=20).values for s in (5, 5, 6))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.1


def test_coarser_readings_are_sums_of_finer_ones():
    fine = simulate_home(seed=3, days=6, resolution_s=60).values
    for resolution_s in (300, 900, 3600):
        coarse = simulate_home(seed=3, days=6, resolution_s=resolution_s).values
        np.testing.assert_allclose(coarse, fine.reshape(-1, resolution_s // 60).sum(axis=1), rtol=1e-9)


@pytest.mark.parametrize("start", ["2026-02-11", "2026-07-25"])
def test_any_window_can_be_made_alone(start):
    year = simulate_home(seed=4, days=365)
    part = simulate_home(seed=4, start=start, days=20)
    at = (part.start - year.start) // 900
    np.testing.assert_allclose(part.values, year.values[at : at + len(part.values)], atol=1e-5)


@pytest.mark.parametrize("kind", SITE_FAULTS)
def test_a_label_is_the_difference_of_two_runs(kind):
    base = {"seed": 8, "days": 90, "timer": True}
    sick, well = simulate_home(faults=[kind], **base), simulate_home(**base)
    label = sick.labels[0]
    assert (label.kind, label.data) == (kind, False)
    assert label.kwh == pytest.approx(sick.total_kwh - well.total_kwh, abs=1e-9)
    assert label.kwh > 1.0
    before = (label.start - sick.start) // 900
    np.testing.assert_array_equal(sick.values[:before], well.values[:before])
    touched = {p.name for p in well.points if np.any(sick.panel(p.name).values != well.panel(p.name).values)}
    assert touched <= {"grid", label.touches}


def test_labels_of_several_faults_each_against_the_rest():
    kinds = ["baseload_creep", "unusual_days", "water_heater_hot"]
    sick = simulate_home(seed=9, days=90, faults=kinds)
    assert sorted(label.kind for label in sick.labels) == sorted(kinds)
    for label in sick.labels:
        rest = simulate_home(seed=9, days=90, faults=[k for k in kinds if k != label.kind])
        assert label.kwh == pytest.approx(sick.total_kwh - rest.total_kwh, abs=1e-9)


@pytest.mark.parametrize("kind", DATA_FAULTS)
def test_data_faults_touch_the_meter_only(kind):
    sick, well = simulate_home(seed=8, days=60, faults=[kind]), simulate_home(seed=8, days=60)
    assert sick.labels[0].data
    np.testing.assert_allclose(_loads(sick), well.values, rtol=1e-12)
    differ = np.flatnonzero(~np.isclose(sick.values, well.values, rtol=1e-9, atol=0))
    first, last = ((t - sick.start) // 900 for t in (sick.labels[0].start, sick.labels[0].end))
    assert len(differ)
    assert first <= differ[0]
    assert differ[-1] <= last


def test_a_gap_is_absent_and_a_clock_slip_moves():
    gap = simulate_home(seed=8, days=30, faults=["gap@2026-01-20T10:00+6h"])
    assert len(gap.grid) == 30 * 96 - 24
    well = simulate_home(seed=8, days=30).values
    slip = simulate_home(seed=8, days=30, faults=["clock_slip@2026-01-20T00:00+2d:1"]).values
    at = 19 * 96
    np.testing.assert_array_equal(slip[at : at + 2 * 96], well[at - 4 : at + 2 * 96 - 4])


def test_a_timer_changes_the_water_heater_and_nothing_else():
    always, timed = simulate_home(seed=5, days=60), simulate_home(seed=5, days=60, timer=True)
    for point in always.points[1:]:
        same = np.array_equal(always.panel(point.name).values, timed.panel(point.name).values)
        assert same == (point.name != "water_heater")
    assert 3.0 < always.kwh_per_month - timed.kwh_per_month < 25.0


def test_a_timer_leaves_showers_warm():
    from kanchay.simulate.appliances import heater_run, surroundings
    from kanchay.simulate.calendar import Calendar, instant
    from kanchay.simulate.household import draw_household

    home = draw_household(5, heater_off_when_away=False)
    start = instant("2026-06-01", "America/Lima")
    around = surroundings(home, Calendar(start, start + 30 * 86400, "America/Lima"), 5)
    run = heater_run(around, home.usual_timer(), ())
    assert abs(run.imbalance) < 1e-8
    morning = (run.draw_kwh > 0) & (around.cal.hour < 10)
    assert morning.sum() > 200
    assert np.mean(run.unmet_l[morning] > 0) < 0.08


@pytest.mark.slow  # eight years by the minute; the next test and the demo's keep one in the fast suite
def test_months_are_where_the_140_line_matters():
    months = [simulate_home(seed=s, resolution_s=3600).kwh_per_month for s in range(1, 9)]
    assert 130 < np.mean(months) < 145
    assert all(120 < m < 155 for m in months)


@pytest.mark.parametrize(
    ("wanted", "heater"),
    [(80.0, "none"), (180.0, "terma"), pytest.param(260.0, "terma", marks=pytest.mark.slow)],
)
def test_the_month_is_tunable(wanted, heater):
    home = {"monthly_kwh": wanted, "water_heater": heater, "resolution_s": 3600}
    got = np.mean([simulate_home(seed=s, **home).kwh_per_month for s in (1, 2, 3, 4)])
    assert got == pytest.approx(wanted, rel=0.12)


def test_a_clean_home_keeps_well_below_the_line():
    run = clean_home(seed=3)
    assert run.kwh_per_month < 125
    assert not run.labels


def test_summer_winter_weekends_and_trips_differ():
    run = simulate_home(seed=1, resolution_s=3600)
    heater = run.panel("water_heater").values[0].reshape(-1, 24).sum(axis=1)
    assert (
        heater[180:240].mean() > 1.05 * heater[20:80].mean()
    )  # July and August against late January to March
    trips = [e for e in run.events if e.kind == "trip"]
    assert trips
    away = np.zeros(365, dtype=bool)
    for trip in trips:
        away[(trip.start - run.start) // 86400 : (trip.end - run.start) // 86400] = True
    total = run.values.reshape(-1, 24).sum(axis=1)
    assert total[away].mean() < 0.6 * total[~away].mean()
    weekday = (np.arange(365) + 3) % 7  # 1 January 2026 is a Thursday
    noon = run.values.reshape(-1, 24)[:, 10:17].sum(axis=1)
    assert noon[(weekday >= 5) & ~away].mean() > 1.1 * noon[(weekday < 5) & ~away].mean()


def test_an_electric_shower_and_no_heater():
    shower = simulate_home(seed=3, days=60, water_heater="shower", resolution_s=60)
    assert shower.panel("shower").values.max() * 60 == pytest.approx(3.7, rel=1e-6)
    none = simulate_home(seed=3, days=10, water_heater="none")
    assert not {"shower", "water_heater"} & {p.name for p in none.points}


def test_a_zone_with_daylight_saving():
    run = simulate_home(
        seed=3, start="2026-03-27", days=4, tz="Europe/Madrid", country="ES", resolution_s=3600
    )
    assert len(run.values) == 96
    assert np.isfinite(run.values).all()
    np.testing.assert_allclose(_loads(run), run.values, rtol=1e-12)


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="no 'fridges'"):
        simulate_home(days=2, fridges=3)
    with pytest.raises(InputError, match="not a fault"):
        simulate_home(days=2, faults=["ghost"])
    with pytest.raises(InputError, match="cannot happen here"):
        simulate_home(days=2, faults=["pv_fault"])
    with pytest.raises(InputError, match="not a timer"):
        simulate_home(days=2, timer="mornings")
    with pytest.raises(TimeError):
        simulate_home(days=0)


def test_faults_and_timers_are_read_from_text():
    assert Fault.parse("gap@2026-03-01+6h") == Fault("gap", "2026-03-01", None, 0.25, None)
    assert Fault.parse("left_on:150") == Fault("left_on", size=150.0)
    night = Timer.parse("22:00-01:30")
    assert night.hours == 3.5
    assert night.allows(np.array([0.5, 12.0, 23.0])).tolist() == [True, False, True]


def test_parameters_are_enough_to_run_it_again():
    run = simulate_home(seed=12, days=15, monthly_kwh=120.0)
    again = simulate_home(seed=run.parameters["seed"], days=15, **run.parameters["household"])
    np.testing.assert_array_equal(run.values, again.values)
    assert run.parameters["simulated"] is True
    assert dataclasses.is_dataclass(run.site)
