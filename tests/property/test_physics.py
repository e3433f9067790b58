"""Energy is conserved whatever the inputs."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kanchay.analysis.physics.fridge import Fridge, fridge_power_kw
from kanchay.analysis.physics.tank import Tank, run_tank
from kanchay.analysis.physics.zone import HeatPump, Zone, run_zone

N = 240


def numbers(low: float, high: float) -> st.SearchStrategy:
    return arrays(np.float64, N, elements=st.floats(low, high, allow_nan=False))


@settings(max_examples=60, deadline=None)
@given(
    volume=st.floats(10, 300),
    power=st.floats(0.5, 4.0),
    ua=st.floats(0.0, 5.0),
    setpoint=st.floats(45, 85),
    draws=numbers(0, 12),
    inlet=st.floats(4, 28),
    ambient=numbers(0, 40),
    allowed=arrays(np.bool_, N),
)
def test_a_tank_neither_makes_nor_loses_energy(volume, power, ua, setpoint, draws, inlet, ambient, allowed):
    tank = Tank(volume, power, ua, setpoint)
    run = run_tank(tank, draws, step_s=60, inlet_c=inlet, ambient_c=ambient, allowed=allowed)
    assert abs(run.imbalance) < 1e-8
    assert run.power_kw.min() >= 0.0
    assert run.power_kw.max() <= power + 1e-9
    assert run.temperature_c.max() <= max(setpoint, ambient.max()) + 1e-9
    assert run.temperature_c.min() >= min(inlet, ambient.min()) - 1e-9


@settings(max_examples=60, deadline=None)
@given(
    area=st.floats(20, 5000),
    ua=st.floats(0.3, 5.0),
    cooling=st.floats(0, 400),
    heating=st.floats(0, 400),
    outdoor=numbers(-15, 48),
    gains=numbers(0, 60),
    on=arrays(np.bool_, N),
    step=st.sampled_from([60.0, 300.0, 900.0]),
)
def test_a_zone_neither_makes_nor_loses_energy(area, ua, cooling, heating, outdoor, gains, on, step):
    run = run_zone(
        Zone.of_floor(area, ua_w_per_m2_k=ua), HeatPump(cooling, heating), step_s=step, outdoor_c=outdoor,
        gains_kw=gains, cool_above_c=25.0, heat_below_c=20.0, on=on,
    )  # fmt: skip
    turned_over = np.abs(run.envelope_kwh).sum() + (gains + np.abs(run.heat_kw)).sum() * step / 3600
    assert abs(run.imbalance) <= 1e-9 * (1.0 + turned_over)
    assert run.electric_kw.min() >= 0.0
    assert not run.electric_kw[~on].any()
    assert np.all(run.electric_kw <= np.abs(run.heat_kw) + 1e-12)  # a COP below 1 would be a heater


@settings(max_examples=60, deadline=None)
@given(running=numbers(0.02, 0.97), watts=st.floats(50, 300), cycle=st.floats(20, 120), phase=st.floats(0, 1))
def test_a_fridge_stays_between_off_and_on(running, watts, cycle, phase):
    power = fridge_power_kw(Fridge(power_w=watts, cycle_min=cycle), running, step_s=60, phase=phase)
    assert power.min() >= 0.0
    assert power.max() <= watts * 1e-3 + 1e-12
