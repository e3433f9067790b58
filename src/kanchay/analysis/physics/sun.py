"""The sun by the day of the year: over which latitude it stands at noon, and how far sundials are ahead of clocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.reading import FloatArray

__all__ = ["declination_rad", "equation_of_time_min"]


def declination_rad(day_of_year: NDArray[np.floating | np.integer]) -> FloatArray:
    """Latitude over which the sun stands at noon, by Cooper's formula. [rad]

    Parameters
    ----------
    day_of_year : array, shape (n,)
        1 on the first of January. [-]

    Returns
    -------
    array, shape (n,)
        North of the equator; within half a degree. [rad]

    References
    ----------
    .. [1] Cooper, "The absorption of radiation in solar stills", Solar Energy 12 (3), 1969.

    Examples
    --------
    >>> np.degrees(declination_rad(np.array([172]))).round(1).tolist()
    [23.4]
    """
    return np.asarray(np.radians(23.45 * np.sin(2.0 * np.pi * (284.0 + day_of_year) / 365.0)))


def equation_of_time_min(day_of_year: NDArray[np.floating | np.integer]) -> FloatArray:
    """Solar time less the mean time of clocks: below zero the sun stands highest after their noon. [min]

    Parameters
    ----------
    day_of_year : array, shape (n,)
        1 on the first of January. [-]

    Returns
    -------
    array, shape (n,)
        Within a minute. [min]

    References
    ----------
    .. [1] Duffie and Beckman, "Solar Engineering of Thermal Processes", chapter 1.

    Examples
    --------
    >>> equation_of_time_min(np.array([43, 307])).round().tolist()
    [-15.0, 16.0]
    """
    b = 2.0 * np.pi * (day_of_year - 81.0) / 364.0
    return np.asarray(9.87 * np.sin(2 * b) - 7.53 * np.cos(b) - 1.5 * np.sin(b))
