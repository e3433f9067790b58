"""A tank of hot water with an electric element: energy balance, standing losses, draws, thermostat, timer.

One fully mixed node. What goes in by the element leaves by the wall or the tap, or stays in the water;
`TankRun.imbalance` says how well that holds (to rounding).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kanchay.domain.errors import ShapeError
from kanchay.domain.reading import FloatArray

__all__ = ["WATER_KWH_PER_L_K", "Tank", "TankRun", "run_tank", "standing_loss_kw"]

WATER_KWH_PER_L_K: Final = 4.184 * 0.99 / 3600.0  # specific heat [kJ/kg K] times density near 50 °C [kg/L]


@dataclass(frozen=True, slots=True)
class Tank:
    """A storage water heater.

    Attributes
    ----------
    volume_l : float
        Water content. [L]
    power_kw : float
        Electric element; 1.2 to 1.5 kW for a Peruvian *terma* (OSINERGMIN, MINEM 2025). [kW]
    ua_w_per_k : float
        Loss coefficient of the wall. 0.9 W/K is 1.0 kWh a day at 45 K, what the EU energy label allows an
        80-litre heater of class C (Regulation (EU) 812/2013). [W/K]
    setpoint_c : float
        The element switches off here. [°C]
    hysteresis_k : float
        It switches on again this far below. [K]
    """

    volume_l: float = 50.0
    power_kw: float = 1.5
    ua_w_per_k: float = 0.9
    setpoint_c: float = 60.0
    hysteresis_k: float = 5.0

    @property
    def capacity_kwh_per_k(self) -> float:
        """Heat held by one kelvin of the whole tank. [kWh/K]"""
        return self.volume_l * WATER_KWH_PER_L_K


@dataclass(frozen=True, slots=True, eq=False)
class TankRun:
    """What a tank did.

    Attributes
    ----------
    power_kw : ndarray of float64, shape (n_steps,)
        Mean electric power of each step. [kW]
    temperature_c : ndarray of float64, shape (n_steps,)
        Water at the end of each step. [°C]
    loss_kwh, draw_kwh : ndarray of float64, shape (n_steps,)
        Heat lost through the wall and carried off by the tap. [kWh]
    unmet_l : ndarray of float64, shape (n_steps,)
        Water drawn colder than was asked for. [L]
    imbalance : float
        Energy in minus (losses, draws, change of content) over the whole run; rounding only. [kWh]
    """

    power_kw: FloatArray
    temperature_c: FloatArray
    loss_kwh: FloatArray
    draw_kwh: FloatArray
    unmet_l: FloatArray
    imbalance: float


def standing_loss_kw(tank: Tank, ambient_c: float) -> float:
    """Mean loss of a tank that is kept hot all day.

    Parameters
    ----------
    tank : Tank
    ambient_c : float
        Temperature around it. [°C]

    Returns
    -------
    float
        [kW]

    Examples
    --------
    >>> round(24 * standing_loss_kw(Tank(), 20.0), 2)
    0.81
    """
    return tank.ua_w_per_k * 1e-3 * (tank.setpoint_c - 0.5 * tank.hysteresis_k - ambient_c)


def run_tank(
    tank: Tank,
    draw_l: ArrayLike,
    *,
    step_s: float,
    inlet_c: ArrayLike,
    ambient_c: ArrayLike,
    use_c: float = 38.0,
    allowed: NDArray[np.bool_] | None = None,
    start_c: float | None = None,
) -> TankRun:
    """Run a tank over draws, with a thermostat and, where given, a timer.

    Parameters
    ----------
    tank : Tank
    draw_l : array_like, shape (n_steps,)
        Water *at the tap*, mixed down to `use_c`, in each step: the hotter the tank, the less leaves it. [L]
    step_s : float
        Length of a step; 60 is plenty, above 300 the thermostat becomes coarse. [s]
    inlet_c, ambient_c : array_like, scalar or shape (n_steps,)
        Cold water and the air around the tank. [°C]
    use_c : float, default 38
        Temperature at the tap. [°C]
    allowed : ndarray of bool, shape (n_steps,), optional
        Where the timer lets the element heat; always by default.
    start_c : float, optional
        Water at the start; the set point by default. [°C]

    Returns
    -------
    TankRun

    Raises
    ------
    ShapeError
        An input has another number of steps.

    Examples
    --------
    >>> idle = run_tank(Tank(), np.zeros(7 * 1440), step_s=60.0, inlet_c=20.0, ambient_c=20.0)
    >>> round(float(idle.power_kw.sum()) / 60 / 7, 1), abs(idle.imbalance) < 1e-9
    (0.8, True)
    """
    draws = np.asarray(draw_l, dtype=np.float64)
    n = len(draws)
    inlet = _spread("inlet_c", inlet_c, n)
    ambient = _spread("ambient_c", ambient_c, n)
    permit = np.ones(n, dtype=bool) if allowed is None else np.asarray(allowed, dtype=bool)
    if permit.shape != (n,):
        raise ShapeError(f"allowed {permit.shape} does not fit {n} steps.")
    first = tank.setpoint_c if start_c is None else start_c
    return _loop(tank, (draws, inlet, ambient, permit), hours=step_s / 3600.0, use_c=use_c, first=first)


def _spread(name: str, value: ArrayLike, n: int) -> FloatArray:
    array = np.asarray(value, dtype=np.float64)
    if array.ndim and array.shape != (n,):
        raise ShapeError(f"{name} {array.shape} does not fit {n} steps.")
    return np.array(np.broadcast_to(array, (n,)))


def _loop(
    tank: Tank, series: tuple[NDArray[np.generic], ...], *, hours: float, use_c: float, first: float
) -> TankRun:
    """The balance, step by step: loss, then draw, then element. Plain floats are faster here than arrays.

    `series` are draws, inlet, ambient and permission, each of shape (n_steps,).
    """
    n = len(series[0])
    capacity = tank.capacity_kwh_per_k
    decay = -float(np.expm1(-tank.ua_w_per_k * 1e-3 * hours / capacity))  # share of the excess lost in a step
    per_l, most, top = WATER_KWH_PER_L_K, tank.power_kw * hours, tank.setpoint_c
    bottom, volume = top - tank.hysteresis_k, tank.volume_l
    water, heating = first, False
    out_t, out_e, out_l = [0.0] * n, [0.0] * n, [0.0] * n
    out_d: dict[int, float] = {}  # draws are rare
    out_u: dict[int, float] = {}
    columns = zip(*(s.tolist() for s in series), strict=True)
    for i, (draw, cold, air, may_heat) in enumerate(columns):
        lost = (water - air) * decay
        water -= lost
        out_l[i] = lost * capacity
        if draw > 0.0:
            if water > use_c > cold:
                taken = min(draw * (use_c - cold) / (water - cold), volume)
            else:  # not hot enough: all of it comes from the tank, and is missed
                taken = min(draw, volume)
                out_u[i] = draw
            carried = taken * per_l * (water - cold)
            out_d[i] = carried
            water -= carried / capacity
        if not may_heat:
            heating = False
        elif water <= bottom:
            heating = True
        if heating:
            energy = (top - water) * capacity
            if energy <= most:
                heating = False  # reached within this step: the rest of it is off
            else:
                energy = most
            water += energy / capacity
            out_e[i] = energy
        out_t[i] = water
    energy_in = np.asarray(out_e)
    losses, drawn, unmet = np.asarray(out_l), _sparse(out_d, n), _sparse(out_u, n)
    stored = capacity * (water - first)
    imbalance = float(energy_in.sum() - losses.sum() - drawn.sum() - stored)
    return TankRun(energy_in / hours, np.asarray(out_t), losses, drawn, unmet, imbalance)


def _sparse(entries: dict[int, float], n: int) -> FloatArray:
    array = np.zeros(n)
    if entries:
        array[list(entries)] = list(entries.values())
    return array
