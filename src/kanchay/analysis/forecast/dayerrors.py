"""How far the days ahead and their totals stray: measured on other meters, stretched by the meter's own record.

Errors are counted in units of the meter's own day-to-day spread. Days are correlated and the level drifts, so the
error of a total over R days has quantiles of its own: bands of single days do not add.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.analysis.forecast.daily import DayHistory
from kanchay.analysis.forecast.dayerrortables import AHEAD, DAY, KNOWN, TOTAL, TYPICAL_DAY, TYPICAL_TOTAL
from kanchay.analysis.forecast.daypath import day_paths
from kanchay.analysis.forecast.daystates import DayStates
from kanchay.domain.reading import FloatArray

__all__ = [
    "day_quantiles",
    "error_quantiles",
    "own_sizes",
    "own_stretch",
    "past_errors",
    "stretch_of",
    "total_quantiles",
    "typical_errors",
]

_OWN_WEIGHT: Final = (
    5.0  # independent past totals at which the meter's own record weighs as much as all others
)
_OWN_RANGE: Final = (0.4, 2.5)  # how far its record may narrow or widen the band
_LEAST_KNOWN: Final = 7.0  # days known before a past forecast counts
_RUN_DAYS: Final = 7.0  # single days within a week are not independent


def error_quantiles(ahead: FloatArray, days_known: float, *, single: bool = False) -> FloatArray:
    """Quantiles of the error of a total, per day and in units of the spread of a day, on other meters.

    Parameters
    ----------
    ahead : ndarray of float64, shape (n,)
        Length of the total, or with `single` how many days ahead the one day lies, 1 for the first. [d]
    days_known : float
        Days of history. [d]
    single : bool, default False
        Of one day instead of the total up to it.

    Returns
    -------
    ndarray of float64, shape (n, 9)
        At `LEVELS`. [-]

    Examples
    --------
    >>> q = error_quantiles(np.array([30.0]), 7.0)
    >>> q.shape, bool((np.diff(q) > 0).all())
    ((1, 9), True)
    """
    return _interpolate(DAY if single else TOTAL, ahead, days_known)


def typical_errors(ahead: FloatArray, days_known: float, *, single: bool = False) -> FloatArray:
    """Mean absolute error on other meters, in the units of `error_quantiles`.

    Parameters
    ----------
    ahead : ndarray of float64, shape (n,)
        As in `error_quantiles`. [d]
    days_known : float
        Days of history. [d]
    single : bool, default False
        Of one day instead of the total up to it.

    Returns
    -------
    ndarray of float64, shape (n,)
        [-]
    """
    return _interpolate((TYPICAL_DAY if single else TYPICAL_TOTAL)[..., None], ahead, days_known)[:, 0]


def _interpolate(table: FloatArray, ahead: FloatArray, days_known: float) -> FloatArray:
    """Linear in the logarithm of the days ahead and in 1 / days known, as the variance of a mean falls."""
    at = np.log(np.clip(ahead, AHEAD[0], AHEAD[-1]))
    share = 1.0 / np.clip(days_known, KNOWN[0], KNOWN[-1])
    inverse = 1.0 / np.asarray(KNOWN, dtype=np.float64)[::-1]
    high = int(np.clip(np.searchsorted(inverse, share), 1, len(inverse) - 1))
    weight = (share - inverse[high - 1]) / (inverse[high] - inverse[high - 1])
    rows = table[::-1]
    mixed = (1.0 - weight) * rows[high - 1] + weight * rows[high]
    columns = [np.interp(at, np.log(AHEAD), column) for column in mixed.T]
    return np.stack(columns, axis=-1)


def past_errors(history: DayHistory, states: DayStates, n_ahead: int) -> FloatArray:
    """Errors of this meter's own past days ahead, over the spread of then.

    Only forecasts that a week of history stood behind count.

    Parameters
    ----------
    history : DayHistory
    states : DayStates
        Of the same days.
    n_ahead : int
        Days ahead. [d]

    Returns
    -------
    ndarray of float64, shape (n_origins, n_ahead)
        Actual minus forecast; NaN for days that are unknown or still to come. [-]
    """
    n = len(history.total)
    origins = np.flatnonzero((states.known[:n] >= _LEAST_KNOWN) & (states.spread[:n] > 0.0))
    if not len(origins):
        return np.zeros((0, n_ahead))
    kinds = np.concatenate([history.kind, np.zeros(n_ahead, dtype=np.int64)])
    total = np.concatenate([history.total, np.full(n_ahead, np.nan)])
    ahead = origins[:, None] + np.arange(n_ahead)
    paths = day_paths(history, states, kinds, origins, n_ahead)
    errors: FloatArray = (total[ahead] - paths) / states.spread[origins][:, None]
    return errors


def own_stretch(
    errors: FloatArray, ahead: FloatArray, days_known: float, *, single: bool = False
) -> FloatArray:
    """How much wider than others' this meter's errors were, believed by the number of independent ones.

    Parameters
    ----------
    errors : ndarray of float64, shape (n_origins, n_ahead)
        As `past_errors` gives them.
    ahead : ndarray of float64, shape (n,)
        As in `error_quantiles`. [d]
    days_known : float
        Days of history. [d]
    single : bool, default False
        Of one day instead of the total up to it.

    Returns
    -------
    ndarray of float64, shape (n,)
        1 where the meter has no record yet. [-]
    """
    if not errors.size:
        return np.ones(len(ahead))
    size, independent = own_sizes(errors, single=single)
    column = np.clip(np.rint(ahead).astype(np.int64), 1, errors.shape[1]) - 1
    return stretch_of(size[column], independent[column], typical_errors(ahead, days_known, single=single))


def own_sizes(errors: FloatArray, *, single: bool = False) -> tuple[FloatArray, FloatArray]:
    """Mean absolute error of a record by days ahead, and how many independent ones it rests on.

    Parameters
    ----------
    errors : ndarray of float64, shape (n_origins, n_ahead)
        As `past_errors` gives them. [-]
    single : bool, default False
        Of one day instead of the total up to it.

    Returns
    -------
    size, independent : ndarray of float64, shape (n_ahead,)
        Of totals per day. [-]
    """
    steps = np.arange(1, errors.shape[1] + 1)
    sums = np.abs(errors if single else np.cumsum(errors, axis=1) / steps)
    count = (~np.isnan(sums)).sum(axis=0)
    size = np.where(np.isnan(sums), 0.0, sums).sum(axis=0) / np.maximum(count, 1)
    return size, count / (_RUN_DAYS if single else steps)


def stretch_of(size: FloatArray, independent: FloatArray, usual: FloatArray) -> FloatArray:
    """The ratio of own to usual errors, drawn towards 1 the fewer independent ones there are.

    Parameters
    ----------
    size, independent : ndarray of float64, shape (n,)
        As `own_sizes` gives them. [-]
    usual : ndarray of float64, shape (n,)
        As `typical_errors` gives them. [-]

    Returns
    -------
    ndarray of float64, shape (n,)
        [-]

    Examples
    --------
    >>> stretch_of(np.array([2.0, 2.0]), np.array([5.0, 0.5]), np.array([0.5, 0.5])).round(2).tolist()
    [1.58, 1.0]
    """
    ratio = np.where(independent >= 1.0, np.clip(size / usual, *_OWN_RANGE), 1.0)
    stretch: FloatArray = ratio ** (independent / (independent + _OWN_WEIGHT))
    return stretch


def total_quantiles(states: DayStates, reach: FloatArray, errors: FloatArray) -> FloatArray:
    """Quantiles of the error of totals over `reach` days.

    Parameters
    ----------
    states : DayStates
        The last one counts.
    reach : ndarray of float64, shape (n,)
        Length of each total. [d]
    errors : ndarray of float64, shape (n_origins, n_ahead)
        The meter's own record. [-]

    Returns
    -------
    ndarray of float64, shape (n, 9)
        At `LEVELS`. [kWh]
    """
    known = float(states.known[-1])
    per_day = error_quantiles(reach, known) * own_stretch(errors, reach, known)[:, None]
    return per_day * float(states.spread[-1]) * reach[:, None]


def day_quantiles(states: DayStates, lead: FloatArray, errors: FloatArray) -> FloatArray:
    """Quantiles of the error of single days `lead` days ahead.

    Parameters
    ----------
    states : DayStates
        The last one counts.
    lead : ndarray of float64, shape (n,)
        1 for the first day. [d]
    errors : ndarray of float64, shape (n_origins, n_ahead)
        The meter's own record. [-]

    Returns
    -------
    ndarray of float64, shape (n, 9)
        At `LEVELS`. [kWh]
    """
    known = float(states.known[-1])
    stretch = own_stretch(errors, lead, known, single=True)[:, None]
    return error_quantiles(lead, known, single=True) * stretch * float(states.spread[-1])
