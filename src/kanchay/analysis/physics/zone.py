"""A thermal zone: air and heavy mass, gains, and a heat pump that holds the air between two set points.

Two nodes (air with furniture; walls and floors). The step is exact for inputs that are constant within it,
and the heat through the envelope is integrated exactly too, so that the energy balance holds to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kanchay.domain.errors import ShapeError
from kanchay.domain.reading import FloatArray

__all__ = ["HeatPump", "Zone", "ZoneRun", "cop", "run_zone"]


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone in five numbers.

    Attributes
    ----------
    ua_kw_per_k : float
        Envelope and fresh air, from the air node to outdoors. [kW/K]
    mass_kw_per_k : float
        Between air and mass: surface times 5 to 9 W/(m² K) (ISO 13790 takes 9.1). [kW/K]
    air_kwh_per_k : float
        Air and furniture; about 4 times the air alone. [kWh/K]
    mass_kwh_per_k : float
        Walls and floors: 165 kJ/(m² K) of floor in a medium building (ISO 13790:2008, table 12). [kWh/K]
    """

    ua_kw_per_k: float
    mass_kw_per_k: float
    air_kwh_per_k: float
    mass_kwh_per_k: float

    @classmethod
    def of_floor(cls, area_m2: float, *, ua_w_per_m2_k: float = 1.6, mass_kj_per_m2_k: float = 165.0) -> Zone:
        """A zone by its floor area; the mass is 2.5 times the floor in surface (ISO 13790).

        Examples
        --------
        >>> round(Zone.of_floor(600.0).mass_kwh_per_k, 1)
        27.5
        """
        return cls(
            ua_kw_per_k=ua_w_per_m2_k * area_m2 * 1e-3,
            mass_kw_per_k=2.5 * area_m2 * 7.0e-3,
            air_kwh_per_k=area_m2 * 15.0 / 3600.0,
            mass_kwh_per_k=area_m2 * mass_kj_per_m2_k / 3600.0,
        )


@dataclass(frozen=True, slots=True)
class HeatPump:
    """A reversible air conditioner.

    Attributes
    ----------
    cooling_kw, heating_kw : float
        Thermal capacity; 0 where it cannot. [kW]
    cooling_cop, heating_cop : float
        Rated, at 35 °C and 7 °C outdoors (EN 14511 conditions). [-]
    """

    cooling_kw: float
    heating_kw: float = 0.0
    cooling_cop: float = 3.0
    heating_cop: float = 3.4


@dataclass(frozen=True, slots=True, eq=False)
class ZoneRun:
    """What a zone did, each of shape (n_steps,).

    Attributes
    ----------
    electric_kw : ndarray
        Mean power of the heat pump. [kW]
    heat_kw : ndarray
        Heat given to the zone, negative when cooling. [kW]
    air_c, mass_c : ndarray
        At the end of each step. [°C]
    envelope_kwh : ndarray
        Heat that came in from outdoors, negative when it left. [kWh]
    imbalance : float
        Stored minus what came in, over the whole run; rounding only. [kWh]
    """

    electric_kw: FloatArray
    heat_kw: FloatArray
    air_c: FloatArray
    mass_c: FloatArray
    envelope_kwh: FloatArray
    imbalance: float


def cop(rated: float, outdoor_c: ArrayLike, *, heating: bool = False) -> FloatArray:
    """Coefficient of performance at an outdoor temperature, 1 to twice the rated one.

    Falls 2 % a kelvin above 35 °C and rises as much below when cooling; 2 % a kelvin around 7 °C when
    heating: the usual slope of the tables of split units (EN 14825 test points).

    Parameters
    ----------
    rated : float
        At 35 °C when cooling, at 7 °C when heating. [-]
    outdoor_c : array_like
        [°C]
    heating : bool, default False
        Heating instead of cooling.

    Returns
    -------
    ndarray of float64, shape of `outdoor_c`
        [-]

    Examples
    --------
    >>> cop(3.0, [35.0, 25.0]).round(2).tolist()
    [3.0, 3.6]
    """
    outdoor = np.asarray(outdoor_c, dtype=np.float64)
    away = (outdoor - 7.0) if heating else (35.0 - outdoor)
    value: FloatArray = np.clip(rated * (1.0 + 0.02 * away), 1.0, 2.0 * rated)
    return value


def run_zone(
    zone: Zone,
    unit: HeatPump,
    *,
    step_s: float,
    outdoor_c: ArrayLike,
    gains_kw: ArrayLike,
    cool_above_c: ArrayLike,
    heat_below_c: ArrayLike = -273.0,
    on: NDArray[np.bool_] | None = None,
    start_c: float = 23.0,
) -> ZoneRun:
    """Run a zone under weather, gains and set points.

    Parameters
    ----------
    zone : Zone
    unit : HeatPump
    step_s : float
        60 to 900 is sensible. [s]
    outdoor_c, gains_kw : array_like, scalar or shape (n_steps,)
        Outdoor air [°C]; people, lights, plugs and sun inside [kW].
    cool_above_c, heat_below_c : array_like, scalar or shape (n_steps,)
        Set points of the air. [°C]
    on : ndarray of bool, shape (n_steps,), optional
        When the unit may run; always by default.
    start_c : float
        Air and mass at the start. [°C]

    Returns
    -------
    ZoneRun
        At the end of each step the air is at the set point, or the unit at its limit.

    Raises
    ------
    ShapeError
        Inputs of unequal length.

    Examples
    --------
    >>> run = run_zone(Zone.of_floor(100.0), HeatPump(12.0), step_s=300.0, outdoor_c=np.full(288, 30.0),
    ...                gains_kw=2.0, cool_above_c=24.0)
    >>> float(run.air_c[-1].round(2)), abs(run.imbalance) < 1e-6
    (24.0, True)
    """
    given = {
        "outdoor_c": outdoor_c,
        "gains_kw": gains_kw,
        "cool_above_c": cool_above_c,
        "heat_below_c": heat_below_c,
    }
    arrays = {name: np.asarray(value, dtype=np.float64) for name, value in given.items()}
    n = max((len(a) for a in arrays.values() if a.ndim), default=1)
    for name, array in arrays.items():
        if array.ndim and array.shape != (n,):
            raise ShapeError(f"{name} {array.shape} does not fit {n} steps.")
    outdoor, gains, cool, heat = (np.broadcast_to(a, (n,)) for a in arrays.values())
    may = np.ones(n, dtype=bool) if on is None else np.asarray(on, dtype=bool)
    hours = step_s / 3600.0
    air, mass, given_heat, mean_air = _loop(
        _step(zone, hours), (outdoor, gains, cool, heat, may), unit, start_c
    )
    envelope = zone.ua_kw_per_k * (outdoor - mean_air) * hours
    stored = zone.air_kwh_per_k * (air[-1] - start_c) + zone.mass_kwh_per_k * (mass[-1] - start_c)
    came_in = float(envelope.sum() + (gains + given_heat).sum() * hours)
    electric = np.where(
        given_heat < 0.0,
        -given_heat / cop(unit.cooling_cop, outdoor),
        given_heat / cop(unit.heating_cop, outdoor, heating=True),
    )
    return ZoneRun(electric, given_heat, air, mass, envelope, float(stored) - came_in)


def _step(zone: Zone, hours: float) -> FloatArray:
    """Exact step of (air, mass, integral of air) under constant (outdoor, heat), shape (3, 5)."""
    from scipy.linalg import expm

    rate = np.zeros((5, 5))  # air, mass, ∫air dt, outdoor, heat
    rate[0, 0] = -(zone.ua_kw_per_k + zone.mass_kw_per_k) / zone.air_kwh_per_k
    rate[0, 1] = zone.mass_kw_per_k / zone.air_kwh_per_k
    rate[0, 3] = zone.ua_kw_per_k / zone.air_kwh_per_k
    rate[0, 4] = 1.0 / zone.air_kwh_per_k
    rate[1, 0] = zone.mass_kw_per_k / zone.mass_kwh_per_k
    rate[1, 1] = -rate[1, 0]
    rate[2, 0] = 1.0
    step = np.asarray(expm(rate * hours), dtype=np.float64)[:3]
    step[2] /= hours  # mean instead of integral
    return step


def _loop(
    step: FloatArray, series: tuple[NDArray[np.generic], ...], unit: HeatPump, start_c: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Air, mass, heat of the unit and mean air of each step; plain floats are faster here than arrays."""
    (a_a, a_m, _, a_o, a_q), (m_a, m_m, _, m_o, m_q), (i_a, i_m, _, i_o, i_q) = step.tolist()
    air = mass = start_c
    out: list[tuple[float, float, float, float]] = []
    for outdoor, gain, cool, warm, may in zip(*(s.tolist() for s in series), strict=True):
        heat = 0.0
        free = a_a * air + a_m * mass + a_o * outdoor + a_q * gain
        if may and free > cool:
            heat = max((cool - free) / a_q, -unit.cooling_kw)
        elif may and free < warm:
            heat = min((warm - free) / a_q, unit.heating_kw)
        total = gain + heat
        mean = i_a * air + i_m * mass + i_o * outdoor + i_q * total
        air, mass = free + a_q * heat, m_a * air + m_m * mass + m_o * outdoor + m_q * total
        out.append((air, mass, heat, mean))
    columns = np.array(out).reshape(-1, 4)
    return columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3]
