"""Simulated outdoor air and what a building makes of it, laid over measured windows.

No open weather beside the open meters may train weights that ship, so the network learns how load follows
temperature from windows whose extra load is known to: the air and the response are simulated, the rest is measured.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["simulated_air", "simulated_response"]

Float32 = NDArray[np.float32]
_WARMEST_HOUR: Final = 15.0
_DAY_TO_DAY: Final = 0.75  # how much of today's departure from the season is left tomorrow


def simulated_air(hour_of_day: NDArray[np.int64], rng: np.random.Generator) -> Float32:
    """Temperatures of hours in sequence, shape of `hour_of_day` (n, n_hours): a season, a daily swing, weather. [°C]"""
    n, n_hours = hour_of_day.shape
    season = rng.uniform(-3.0, 28.0, (n, 1))
    swing = rng.uniform(1.5, 8.0, (n, 1)) * np.cos(2 * np.pi * (hour_of_day - _WARMEST_HOUR) / 24)
    n_days = n_hours // 24 + 2
    days = np.zeros((n, n_days))
    size = rng.uniform(0.8, 5.0, (n, 1))
    fresh = np.sqrt(1 - _DAY_TO_DAY**2)
    days[:, 0] = rng.normal(0, 1, n)
    for day in range(1, n_days):
        days[:, day] = _DAY_TO_DAY * days[:, day - 1] + fresh * rng.normal(0, 1, n)
    at = np.arange(n_hours) / 24
    left = at.astype(np.int64)
    part = at - left
    between = days[:, left] * (1 - part) + days[:, left + 1] * part
    air: Float32 = (season + swing + size * between).astype(np.float32)
    return air


def simulated_response(air: Float32, usual: Float32, rng: np.random.Generator) -> Float32:
    """Extra load of heating and cooling as a share of the meter's mean load, shape of `air`; 0 for some windows.

    `usual` is the load of the same hours over its mean: some plants follow it, others run day and night. The
    building smooths the air over up to half a day.
    """
    n, n_hours = air.shape
    keep = np.exp(-1.0 / rng.uniform(0.3, 10.0, n))
    felt = np.empty((n, n_hours))
    state = np.array(air[:, 0], dtype=np.float64)
    for hour in range(n_hours):
        state = keep * state + (1 - keep) * air[:, hour]
        felt[:, hour] = state
    heating = rng.exponential(0.025, (n, 1)) * (rng.random((n, 1)) < 0.45)
    cooling = rng.exponential(0.03, (n, 1)) * (rng.random((n, 1)) < 0.45)
    cold = np.maximum(rng.uniform(12.0, 18.0, (n, 1)) - felt, 0.0)
    hot = np.maximum(felt - rng.uniform(17.0, 24.0, (n, 1)), 0.0)
    occupied = rng.uniform(0.0, 1.0, (n, 1))
    follows = 1 - occupied + occupied * np.clip(np.nan_to_num(usual, nan=1.0), 0.0, 3.0)
    extra: Float32 = np.minimum((heating * cold + cooling * hot) * follows, 3.0).astype(np.float32)
    return extra
