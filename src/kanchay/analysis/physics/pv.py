"""Power of a photovoltaic array under a clear sky that clouds dim, by pvlib (loaded on use)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["PVArray", "pv_power_kw"]


@dataclass(frozen=True, slots=True)
class PVArray:
    """A fixed array.

    Attributes
    ----------
    peak_kw : float
        Sum of the modules at standard test conditions. [kW]
    tilt_deg, azimuth_deg : float
        Slope; compass direction, 0 north, 90 east. South of the equator an array faces north. [°]
    inverter_kw : float, optional
        Rated AC power; 0.85 of the peak by default. [kW]
    losses : float
        Soiling, wiring, mismatch: PVWatts takes 0.14; Lima's dust asks for it. [-]
    gamma_per_k : float
        Power lost a kelvin of cell temperature above 25 °C: −0.0035 for usual crystalline modules. [1/K]
    """

    peak_kw: float
    tilt_deg: float = 12.0
    azimuth_deg: float = 0.0
    inverter_kw: float | None = None
    losses: float = 0.14
    gamma_per_k: float = -0.0035


def pv_power_kw(
    array: PVArray,
    instants: IntArray,
    *,
    latitude: float,
    longitude: float,
    altitude_m: float = 0.0,
    clearness: ArrayLike = 1.0,
    air_c: ArrayLike = 20.0,
    wind_m_s: ArrayLike = 2.0,
) -> FloatArray:
    """AC power at instants, for one site, in one call for a whole year.

    Clear sky by Haurwitz, dimmed by `clearness`, split by Erbs, turned onto the array (isotropic sky),
    cells by Faiman, DC and inverter by PVWatts [1]_.

    Parameters
    ----------
    array : PVArray
    instants : ndarray of int64, shape (n,)
        UTC seconds; take interval centres. [s]
    latitude, longitude : float
        [°, north and east positive]
    altitude_m : float
        [m]
    clearness : array_like, scalar or shape (n,)
        Global radiation over that of a clear sky. [-]
    air_c, wind_m_s : array_like, scalar or shape (n,)
        [°C], [m/s]

    Returns
    -------
    ndarray of float64, shape (n,)
        Production, never negative. [kW]

    Raises
    ------
    ShapeError
        A series of another length than `instants`.

    References
    ----------
    .. [1] Dobos (2014), "PVWatts Version 5 Manual", NREL/TP-6A20-62641.

    Examples
    --------
    >>> noon = np.array([1_772_298_600])  # 2026-02-28 12:10 in Lima
    >>> round(float(pv_power_kw(PVArray(10.0), noon, latitude=-12.05, longitude=-77.04)[0]), 1)
    7.8
    """
    n = len(instants)
    dim, air, wind = (
        _fit(name, v, n) for name, v in (("clearness", clearness), ("air_c", air_c), ("wind_m_s", wind_m_s))
    )
    poa = _on_array(array, instants, (latitude, longitude, altitude_m), dim)
    from pvlib import inverter, pvsystem, temperature

    cell = temperature.faiman(poa, air, wind)
    direct = pvsystem.pvwatts_dc(poa, cell, array.peak_kw, array.gamma_per_k) * (1.0 - array.losses)
    rated = array.inverter_kw if array.inverter_kw is not None else 0.85 * array.peak_kw
    alternating = inverter.pvwatts(direct, rated / 0.96, eta_inv_nom=0.96)
    power: FloatArray = np.nan_to_num(np.clip(np.asarray(alternating, dtype=np.float64), 0.0, rated))
    return power


def _fit(name: str, value: ArrayLike, n: int) -> FloatArray:
    array = np.asarray(value, dtype=np.float64)
    if array.ndim and array.shape != (n,):
        raise ShapeError(f"{name} {array.shape} does not fit {n} instants.")
    return np.array(np.broadcast_to(array, (n,)))


def _on_array(
    array: PVArray, instants: IntArray, where: tuple[float, float, float], dim: FloatArray
) -> FloatArray:
    """Radiation on the array, shape (n,). [W/m²]"""
    import pandas as pd
    from pvlib import clearsky, irradiance, solarposition

    latitude, longitude, altitude_m = where
    times = pd.DatetimeIndex(pd.to_datetime(instants, unit="s", utc=True))
    sun = solarposition.get_solarposition(times, latitude, longitude, altitude=altitude_m)
    zenith, azimuth = sun["apparent_zenith"].to_numpy(), sun["azimuth"].to_numpy()
    # Haurwitz needs no turbidity; thinner air lets 1.3 % more through a kilometre.
    clear = clearsky.haurwitz(sun["apparent_zenith"])["ghi"].to_numpy()
    ghi = np.asarray(clear, dtype=np.float64) * (1.0 + 1.3e-5 * altitude_m) * dim
    split = irradiance.erbs(ghi, zenith, times.dayofyear.to_numpy())
    total = irradiance.get_total_irradiance(
        array.tilt_deg, array.azimuth_deg, zenith, azimuth, split["dni"], ghi, split["dhi"], albedo=0.2
    )
    return np.nan_to_num(np.asarray(total["poa_global"], dtype=np.float64))
