"""A refrigerator: a compressor that cycles, more often in a warm kitchen and after the door was open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kanchay.domain.reading import FloatArray

__all__ = ["Fridge", "duty", "fridge_power_kw"]


@dataclass(frozen=True, slots=True)
class Fridge:
    """A compressor refrigerator.

    Attributes
    ----------
    kwh_per_month : float
        Use in a kitchen at `ambient_c`; 25 to 60 for Peruvian homes. Watts times 24 h would be far off. [kWh]
    power_w : float
        Compressor running; 70 to 200 W. [W]
    cycle_min : float
        On plus off. [min]
    inside_c, ambient_c : float
        Mean of the cold space, and the kitchen at which `kwh_per_month` holds. [°C]
    """

    kwh_per_month: float = 32.0
    power_w: float = 110.0
    cycle_min: float = 48.0
    inside_c: float = 2.0
    ambient_c: float = 21.0


def duty(fridge: Fridge, ambient_c: ArrayLike) -> FloatArray:
    """Share of the time that the compressor runs, 0 to 0.98.

    The heat that leaks in is proportional to the difference of temperatures, and what it costs to pump it out
    grows by about 1.5 % a kelvin (Carnot at 2 °C inside and 10 K lift over the kitchen gives 1.4 to 1.9 %).

    Parameters
    ----------
    fridge : Fridge
    ambient_c : array_like
        Temperature of the kitchen. [°C]

    Returns
    -------
    ndarray of float64, shape of `ambient_c`
        [-]

    Examples
    --------
    >>> duty(Fridge(), [16.0, 21.0, 28.0]).round(2).tolist()
    [0.27, 0.4, 0.6]
    """
    kitchen = np.asarray(ambient_c, dtype=np.float64)
    at_reference = fridge.kwh_per_month / (30.4 * 24.0) / (fridge.power_w * 1e-3)
    leak = np.maximum(kitchen - fridge.inside_c, 0.0) / (fridge.ambient_c - fridge.inside_c)
    lift = 1.0 + 0.015 * (kitchen - fridge.ambient_c)
    share: FloatArray = np.clip(at_reference * leak * np.maximum(lift, 0.3), 0.0, 0.98)
    return share


def fridge_power_kw(
    fridge: Fridge,
    running: ArrayLike,
    *,
    step_s: float,
    phase: ArrayLike = 0.0,
    reset: ArrayLike | None = None,
) -> FloatArray:
    """Electric power of a compressor that cycles with a given duty.

    Parameters
    ----------
    fridge : Fridge
    running : array_like, shape (n_steps,)
        Duty in each step, as of `duty`. [-]
    step_s : float
        Length of a step; at most a tenth of the cycle. [s]
    phase : array_like, scalar or shape (n_steps,)
        Place in the cycle at the start (or after each reset), 0 to 1. [-]
    reset : array_like of bool, shape (n_steps,), optional
        Steps at which the cycle starts anew from `phase`, so that any window can be made alone.

    Returns
    -------
    ndarray of float64, shape (n_steps,)
        Mean power in each step; over whole cycles the energy is that of the duty. [kW]

    Examples
    --------
    >>> power = fridge_power_kw(Fridge(), np.full(1440 * 30, 0.4), step_s=60.0)
    >>> round(float(power.sum()) / 60, 1)  # kWh in 30 days at 110 W and a duty of 0.4
    31.7
    """
    share = np.asarray(running, dtype=np.float64)
    # Cycles are longest at either end of the duty and shortest in the middle, as with any thermostat.
    length = fridge.cycle_min * 60.0 * 0.25 / np.clip(share * (1.0 - share), 0.06, 0.25)
    turns = np.cumsum(step_s / length)
    before = turns - step_s / length
    if reset is not None:
        marks = np.where(np.asarray(reset, dtype=bool), before, -np.inf)
        before = before - np.maximum(np.maximum.accumulate(marks), before[0] if len(before) else 0.0)
    begin = np.mod(before + np.asarray(phase, dtype=np.float64), 1.0)
    on = _overlap(begin, step_s / length, share)
    power: FloatArray = on * fridge.power_w * 1e-3
    return power


def _overlap(begin: FloatArray, width: FloatArray, share: FloatArray) -> FloatArray:
    """Share of ``[begin, begin + width)`` that lies in the on part ``[k, k + share)`` of a cycle."""
    end = begin + width
    first = np.clip(np.minimum(end, share) - begin, 0.0, None)
    wrapped = np.clip(np.minimum(end - 1.0, share), 0.0, None)
    part: FloatArray = (first + wrapped) / width
    return part
