"""The zone against sums done by hand."""

import numpy as np
import pytest

from kanchay.analysis.physics.zone import HeatPump, Zone, cop, run_zone
from kanchay.domain.errors import ShapeError

ZONE = Zone.of_floor(200.0)


def test_without_air_conditioning_it_settles_where_losses_equal_gains():
    run = run_zone(
        ZONE, HeatPump(0.0), step_s=900, outdoor_c=np.full(96 * 60, 15.0), gains_kw=1.6, cool_above_c=99
    )
    assert run.air_c[-1] == pytest.approx(15.0 + 1.6 / ZONE.ua_kw_per_k, abs=0.01)
    assert run.mass_c[-1] == pytest.approx(run.air_c[-1], abs=0.01)


def test_holding_a_set_point_costs_the_heat_over_the_cop():
    run = run_zone(
        ZONE,
        HeatPump(30.0, cooling_cop=3.0),
        step_s=300,
        outdoor_c=np.full(288 * 60, 35.0),
        gains_kw=2.0,
        cool_above_c=24,
    )
    steady = ZONE.ua_kw_per_k * 11.0 + 2.0
    assert -run.heat_kw[-1] == pytest.approx(steady, rel=1e-3)
    assert run.electric_kw[-1] == pytest.approx(steady / 3.0, rel=1e-3)


def test_heating_works_the_other_way():
    run = run_zone(
        ZONE,
        HeatPump(0.0, 20.0),
        step_s=300,
        outdoor_c=np.full(288 * 60, 7.0),
        gains_kw=0.0,
        cool_above_c=26,
        heat_below_c=20,
    )
    assert run.air_c[-1] == pytest.approx(20.0, abs=1e-6)
    assert run.heat_kw[-1] == pytest.approx(ZONE.ua_kw_per_k * 13.0, rel=1e-3)


def test_a_small_unit_stays_at_its_limit():
    run = run_zone(
        ZONE, HeatPump(1.0), step_s=300, outdoor_c=np.full(288, 38.0), gains_kw=3.0, cool_above_c=22
    )
    assert run.heat_kw.min() == -1.0
    assert run.air_c[-1] > 22.0


def test_off_means_off():
    on = np.zeros(288, dtype=bool)
    run = run_zone(
        ZONE, HeatPump(30.0), step_s=300, outdoor_c=np.full(288, 35.0), gains_kw=3.0, cool_above_c=22, on=on
    )
    assert not run.electric_kw.any()


def test_a_finer_step_gives_the_same_zone():
    hours = np.arange(48.0)
    outdoor = 22 + 6 * np.sin(2 * np.pi * hours / 24)
    off = {"unit": HeatPump(0.0), "gains_kw": 2.0, "cool_above_c": 99.0}
    coarse = run_zone(ZONE, step_s=3600, outdoor_c=outdoor, **off)
    fine = run_zone(ZONE, step_s=60, outdoor_c=np.repeat(outdoor, 60), **off)
    np.testing.assert_allclose(coarse.air_c, fine.air_c[59::60], atol=1e-9)


def test_cop_falls_with_heat_outside_and_stays_possible():
    assert np.all(np.diff(cop(3.0, np.arange(0, 60))) <= 0)
    assert cop(3.0, [200.0])[0] == 1.0
    assert cop(3.4, [7.0], heating=True)[0] == pytest.approx(3.4)


def test_unequal_lengths_are_refused():
    with pytest.raises(ShapeError, match="gains_kw"):
        run_zone(
            ZONE, HeatPump(1.0), step_s=300, outdoor_c=np.zeros(10), gains_kw=np.zeros(9), cool_above_c=24
        )
