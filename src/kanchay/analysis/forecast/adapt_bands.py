"""Bands that keep their word on this meter: widths recalibrated on its own recent errors.

Split conformal prediction by level: how far, in units of the forecast's own half-widths, did the values of the last
weeks lie from the median? The quantile of that is the factor on the half-width: apart for above and below,
apart for each quarter of the day, and drawn to 1 the less there is to learn from.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from kanchay.domain.forecast import LEVELS
from kanchay.domain.reading import FloatArray

__all__ = ["recalibrate"]

_MEDIAN: Final = LEVELS.index(0.50)
_BLOCKS: Final = 4  # quarters of the day
_FEW_DAYS: Final = 8.0  # past days at which the meter's own record weighs as much as the forecast's word
_FEW_BLOCK_DAYS: Final = 20.0  # the same for a quarter of the day beside the whole day
_RANGE: Final = (0.1, 10.0)


def recalibrate(actual: FloatArray, quantiles: FloatArray, now: FloatArray) -> FloatArray:
    """Recalibrated quantiles of the day ahead.

    Parameters
    ----------
    actual : ndarray of float64, shape (n_windows, J, s)
        Past days; NaN where unknown. [unit of the load]
    quantiles : ndarray of float64, shape (n_windows, J, s, 9)
        What was forecast for them; NaN where nothing was. [unit of the load]
    now : ndarray of float64, shape (n_windows, s, 9)
        The forecast of the day ahead. [unit of the load]

    Returns
    -------
    ndarray of float64, shape (n_windows, s, 9)
        Never crossing. [unit of the load]

    References
    ----------
    .. [1] Y. Romano, E. Patterson and E. Candes, "Conformalized Quantile Regression", NeurIPS 2019,
       arXiv 1905.03222.
    .. [2] R. Foygel Barber et al., "Conformal prediction beyond exchangeability", Annals of Statistics 51 (2023),
       doi 10.1214/23-AOS2276.

    Examples
    --------
    >>> claimed = np.tile(np.arange(-4.0, 5.0), (1, 60, 24, 1))  # says: 8 of 10 values within 2 of 0
    >>> off = np.resize([1.0, -1.0, 4.0, -4.0], (1, 60, 24))  # they are not
    >>> recalibrate(off, claimed, claimed[:, 0])[0, 0, [2, 4, 6]].round(1).tolist()
    [-3.7, 0.0, 3.7]
    """
    if not actual.shape[1]:
        return now
    median = quantiles[..., _MEDIAN]
    off = actual - median
    centre = now[..., _MEDIAN]
    levels = []
    for index, level in enumerate(LEVELS):
        if index == _MEDIAN:
            levels.append(centre)
            continue
        side = 1.0 if index > _MEDIAN else -1.0
        width = side * (quantiles[..., index] - median)
        share = max(level, 1.0 - level)
        factor = _factors(side * off, width, share)
        levels.append(centre + factor * (now[..., index] - centre))
    answer = np.stack(levels, axis=-1)
    low = np.minimum.accumulate(answer[..., _MEDIAN::-1], axis=-1)[..., ::-1]
    high = np.maximum.accumulate(answer[..., _MEDIAN:], axis=-1)
    return np.concatenate([low, high[..., 1:]], axis=-1)


def _factors(off: FloatArray, width: FloatArray, share: float) -> FloatArray:
    """Factor on the half-width at each step of the day, shape (n_windows, s)."""
    n, _, s = off.shape
    wide = np.where(width > 0, width, np.nan)
    ratio = off / wide
    whole, days = _quantile(ratio.reshape(n, -1), share, s)
    belief = days / (days + _FEW_DAYS)
    log = belief * np.log(np.clip(whole, *_RANGE))
    parts = np.empty((n, s))
    edges = np.linspace(0, s, _BLOCKS + 1).astype(int).tolist()
    for low, high in pairwise(edges):
        if high == low:
            continue
        own, own_days = _quantile(ratio[:, :, low:high].reshape(n, -1), share, high - low)
        trust = own_days / (own_days + _FEW_BLOCK_DAYS)
        more = np.log(np.clip(own, *_RANGE)) - np.log(np.clip(whole, *_RANGE))
        parts[:, low:high] = (log + trust * more * belief)[:, None]
    return np.exp(parts)


def _quantile(ratio: FloatArray, share: float, per_day: int) -> tuple[FloatArray, FloatArray]:
    """The `share` quantile of what is known in each row, 1 where nothing is; and the days it stands on."""
    ordered = np.sort(ratio, axis=1)  # NaN goes last
    count = (~np.isnan(ratio)).sum(axis=1)
    days = count / per_day
    # The errors of a day come together: the usual allowance for few samples counts days, not hours.
    allowed = np.minimum(share * (days + 0.15) / np.maximum(days, 1.0), 1.0)
    place = np.clip(np.ceil(allowed * count).astype(np.int64) - 1, 0, np.maximum(count - 1, 0))
    value = np.take_along_axis(ordered, place[:, None], axis=1)[:, 0]
    return np.where(count > 0, np.nan_to_num(value, nan=1.0), 1.0), days
