"""The refrigerator: its month, its cycles."""

import numpy as np
import pytest

from kanchay.analysis.physics.fridge import Fridge, duty, fridge_power_kw

MONTH = 1440 * 30


def test_a_month_at_the_reference_is_the_stated_month():
    fridge = Fridge(kwh_per_month=30.4)
    power = fridge_power_kw(fridge, duty(fridge, np.full(MONTH, fridge.ambient_c)), step_s=60)
    assert power.sum() / 60 == pytest.approx(30.0, rel=0.01)  # 30 of 30.4 days


def test_it_cycles_at_about_its_length():
    fridge = Fridge(cycle_min=48, power_w=100)
    power = fridge_power_kw(fridge, np.full(MONTH, 0.5), step_s=60)
    starts = np.sum((power[1:] > 0.05) & (power[:-1] <= 0.05))
    assert starts == pytest.approx(MONTH / 48, rel=0.02)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.8, 0.97])
def test_energy_is_that_of_the_duty(share):
    fridge = Fridge(power_w=100)
    power = fridge_power_kw(fridge, np.full(MONTH, share), step_s=60, phase=0.3)
    assert power.mean() == pytest.approx(0.1 * share, rel=0.02)
    assert power.min() >= 0
    assert power.max() <= 0.1 + 1e-12


def test_a_warm_kitchen_costs_more():
    assert duty(Fridge(), 30.0) > duty(Fridge(), 20.0) > duty(Fridge(), 10.0) > 0
    assert duty(Fridge(), 80.0) == 0.98


def test_after_a_reset_the_past_is_forgotten():
    fridge, reset = Fridge(), np.arange(2880) == 1440
    a = fridge_power_kw(fridge, np.full(2880, 0.4), step_s=60, phase=0.2, reset=reset)
    b = fridge_power_kw(fridge, np.full(1440, 0.4), step_s=60, phase=0.2)
    np.testing.assert_allclose(a[1440:], b, atol=1e-9)
