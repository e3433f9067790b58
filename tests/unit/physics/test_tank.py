"""The tank against sums done by hand."""

import numpy as np
import pytest

from kanchay.analysis.physics.tank import WATER_KWH_PER_L_K, Tank, run_tank, standing_loss_kw
from kanchay.domain.errors import ShapeError

DAY = 1440


def _draw(litres: float, minute: int, n: int = DAY) -> np.ndarray:
    draws = np.zeros(n)
    draws[minute] = litres
    return draws


def test_an_idle_tank_uses_what_it_loses():
    tank = Tank(ua_w_per_k=1.0, setpoint_c=60.0, hysteresis_k=4.0)
    run = run_tank(tank, np.zeros(30 * DAY), step_s=60, inlet_c=20, ambient_c=20)
    # mean of the band is 58 °C: 38 W all day, 0.912 kWh
    assert standing_loss_kw(tank, 20.0) * 24 == pytest.approx(0.912)
    assert run.power_kw.sum() / 60 / 30 == pytest.approx(0.912, rel=0.01)


def test_cooling_follows_the_exponential():
    tank = Tank(volume_l=50, ua_w_per_k=1.0)
    run = run_tank(
        tank,
        np.zeros(600),
        step_s=60,
        inlet_c=20,
        ambient_c=20,
        allowed=np.zeros(600, dtype=bool),
        start_c=60,
    )
    capacity = 50 * 4.184 * 0.99 / 3.6  # Wh/K
    assert run.temperature_c[-1] == pytest.approx(20 + 40 * np.exp(-10.0 / capacity), abs=1e-9)
    assert not run.power_kw.any()


def test_a_draw_takes_the_heat_of_its_litres_however_hot_the_tank():
    for setpoint in (50.0, 75.0):
        run = run_tank(
            Tank(setpoint_c=setpoint), _draw(30, 60), step_s=60, inlet_c=18, ambient_c=18, use_c=38
        )
        assert run.draw_kwh.sum() == pytest.approx(30 * WATER_KWH_PER_L_K * 20)
        assert not run.unmet_l.any()


def test_a_cold_tank_is_noticed():
    off = np.zeros(DAY, dtype=bool)
    run = run_tank(Tank(), _draw(30, 5), step_s=60, inlet_c=18, ambient_c=18, allowed=off, start_c=30)
    assert run.unmet_l.sum() == 30


def test_power_never_exceeds_the_element_and_water_never_the_set_point():
    tank = Tank(power_kw=1.5)
    run = run_tank(tank, _draw(45, 400), step_s=60, inlet_c=18, ambient_c=20)
    assert run.power_kw.max() == pytest.approx(1.5)
    assert run.temperature_c.max() <= tank.setpoint_c + 1e-12


def test_a_timer_heats_in_its_hours_only():
    hour = np.arange(3 * DAY) / 60 % 24
    allowed = (hour >= 5) & (hour < 7)
    run = run_tank(Tank(), np.tile(_draw(30, 430), 3), step_s=60, inlet_c=18, ambient_c=20, allowed=allowed)
    assert not run.power_kw[~allowed].any()
    always = run_tank(Tank(), np.tile(_draw(30, 430), 3), step_s=60, inlet_c=18, ambient_c=20)
    assert run.loss_kwh.sum() < always.loss_kwh.sum()


def test_unequal_lengths_are_refused():
    with pytest.raises(ShapeError, match="inlet_c"):
        run_tank(Tank(), np.zeros(10), step_s=60, inlet_c=np.zeros(9), ambient_c=20)
    with pytest.raises(ShapeError, match="allowed"):
        run_tank(Tank(), np.zeros(10), step_s=60, inlet_c=18, ambient_c=20, allowed=np.zeros(9, dtype=bool))
