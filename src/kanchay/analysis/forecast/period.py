"""The total of a billing period: what was used so far and what is still to come, with honest quantiles.

Days are correlated and the level drifts, so the bands of single days do not add. The error of a total over
R days is taken as a whole: in units of the meter's own day-to-day spread it follows quantiles measured on
other meters, stretched by how this meter's own totals over R days came out in the past.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.analysis.forecast.daily import (
    DailyStates,
    DayHistory,
    daily_states,
    day_history,
    fill_by_profile,
    is_free,
)
from kanchay.analysis.forecast.spread import NORMAL_LEVELS
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.forecast import LEVELS, PeriodForecast
from kanchay.domain.interval import DAY, HOUR, IntArray, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["DAYS_AHEAD", "METHOD", "error_quantiles", "forecast_total", "past_errors"]

METHOD: Final = "daily_level"

#: Days ahead at which the tables below stand.
DAYS_AHEAD: Final = (1, 2, 4, 7, 14, 21, 31)
# Quantiles at LEVELS of (actual - forecast) per day, over the spread of a day, for totals over DAYS_AHEAD.
# Made by `benchmarks/accuracy/period.py --calibrate` from the training and validation homes, equally weighed.
_AFTER_A_WEEK: Final = np.array(
    [
        [-1.99, -1.65, -1.26, -0.72, -0.09, 0.69, 1.48, 2.06, 2.85],  # 1
        [-1.78, -1.51, -1.13, -0.60, -0.05, 0.57, 1.30, 1.92, 2.61],  # 2
        [-1.57, -1.30, -0.98, -0.50, -0.03, 0.49, 1.19, 1.70, 2.45],  # 4
        [-1.46, -1.15, -0.86, -0.44, -0.01, 0.46, 1.10, 1.57, 2.44],  # 7
        [-1.43, -1.12, -0.84, -0.42, -0.00, 0.47, 1.11, 1.76, 2.56],  # 14
        [-1.52, -1.20, -0.86, -0.41, 0.01, 0.47, 1.16, 1.83, 2.77],  # 21
        [-1.57, -1.25, -0.94, -0.44, -0.00, 0.52, 1.37, 2.19, 3.05],  # 31
    ]
)
_AFTER_A_MONTH: Final = np.array(
    [
        [-1.85, -1.56, -1.19, -0.69, -0.11, 0.62, 1.39, 1.91, 2.44],  # 1
        [-1.72, -1.40, -1.05, -0.59, -0.06, 0.55, 1.15, 1.55, 2.01],  # 2
        [-1.47, -1.20, -0.91, -0.47, -0.05, 0.44, 1.02, 1.43, 1.85],  # 4
        [-1.35, -1.06, -0.79, -0.41, -0.03, 0.40, 0.87, 1.24, 1.74],  # 7
        [-1.32, -0.99, -0.74, -0.37, -0.03, 0.38, 0.86, 1.33, 1.91],  # 14
        [-1.33, -1.00, -0.75, -0.38, -0.01, 0.39, 0.94, 1.54, 2.20],  # 21
        [-1.36, -1.07, -0.82, -0.42, -0.01, 0.46, 1.12, 1.94, 2.64],  # 31
    ]
)
_OWN_WEIGHT: Final = (
    5.0  # independent past totals at which the meter's own record weighs as much as all others
)
_OWN_RANGE: Final = (0.4, 2.5)  # how far its record may narrow or widen the band
_LOW, _HIGH = LEVELS.index(0.10), LEVELS.index(0.90)


def error_quantiles(days_ahead: FloatArray, days_known: float) -> FloatArray:
    """Quantiles of the error of a total, per day and in units of the spread of a day.

    Parameters
    ----------
    days_ahead : ndarray of float64, shape (n,)
        Length of the total. [d]
    days_known : float
        Days of history; below a week the error grows with the root of what lacks. [d]

    Returns
    -------
    ndarray of float64, shape (n, 9)
        At `LEVELS`. [-]

    Examples
    --------
    >>> q = error_quantiles(np.array([30.0]), 7.0)
    >>> bool((np.diff(q) > 0).all() and (q[0, 0] < error_quantiles(np.array([30.0]), 28.0)[0, 0]))
    True
    """
    ahead = np.log(np.clip(days_ahead, DAYS_AHEAD[0], DAYS_AHEAD[-1]))
    grid = np.log(DAYS_AHEAD)
    week, month = (
        np.stack([np.interp(ahead, grid, column) for column in table.T], axis=-1)
        for table in (_AFTER_A_WEEK, _AFTER_A_MONTH)
    )
    known = max(days_known, 1.0)
    # Between a week and four weeks the tables are mixed by 1 / days, as the variance of a mean falls.
    share = float(np.clip((1.0 / known - 1.0 / 28.0) / (1.0 / 7.0 - 1.0 / 28.0), 0.0, 1.0))
    mixed: FloatArray = (share * week + (1.0 - share) * month) * max(1.0, np.sqrt(7.0 / known))
    return mixed


def past_errors(history: DayHistory, states: DailyStates, days_ahead: int) -> FloatArray:
    """Errors of this meter's own past totals over `days_ahead` days, per day and over the spread of then.

    Only totals whose days are all known and that began after a week of history count.

    Parameters
    ----------
    history : DayHistory
        Totals of past days. [kWh]
    states : DailyStates
        Of the same days.
    days_ahead : int
        Length of the totals. [days]

    Returns
    -------
    ndarray of float64, shape (n_totals,)
        [-]
    """
    n = len(history.total) - days_ahead
    if n <= 0:
        return np.zeros(0)
    # A missing day must not poison the sums behind it.
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(history.total))])
    missing = np.concatenate([[0], np.cumsum(np.isnan(history.total))])
    free = np.concatenate([[0], np.cumsum(history.free)])
    begin, stop = np.arange(n), np.arange(n) + days_ahead
    actual = total[stop] - total[begin]
    expected = states.level[:n] * days_ahead + states.shift[:n] * (free[stop] - free[begin])
    usable = (missing[stop] == missing[begin]) & (states.known[:n] >= 7.0) & (states.spread[:n] > 0.0)
    errors: FloatArray = (actual - expected)[usable] / days_ahead / states.spread[:n][usable]
    return errors


def forecast_total(
    panel: Panel,
    point_id: str,
    *,
    start: int,
    end: int,
    issued_at: int,
    country: str | None = None,
    subdivision: str | None = None,
) -> PeriodForecast:
    """Forecast the total of ``[start, end)`` from what is known before `issued_at`.

    Parameters
    ----------
    panel : Panel
        Energy per interval; its history may begin long before `start`. [kWh]
    point_id : str
    start, end : int
        The period, at local midnights. [s]
    issued_at : int
        First instant not yet known. [s]
    country, subdivision : str or None
        For public holidays.

    Returns
    -------
    PeriodForecast
        `so_far` is what was measured in the period before `issued_at` plus an estimate for `missing_hours`.
        `daily_mean` begins with the rest of the day of issue, and ``so_far + sum(daily_mean) == mean``.

    Raises
    ------
    NotEnoughData
        No day is known before `issued_at`.

    Examples
    --------
    >>> panel = Panel.of(("m",), np.full((1, 24 * 14), 0.5), start=0, resolution_s=3600, tz="UTC")
    >>> period = forecast_total(panel, "m", start=7 * 86400, end=21 * 86400, issued_at=panel.end)
    >>> period.so_far, round(period.mean, 6)
    (84.0, 168.0)
    """
    place = (country, subdivision)
    history = day_history(panel, point_id, issued_at, country=country, subdivision=subdivision)
    states = daily_states(history)
    if not len(history.total) or not states.known[-1]:
        raise NotEnoughData(
            f"Point '{point_id}' has no whole day of readings before the time of issue.",
            hint="A period needs at least one day, better a week.",
        )
    (so_far, measured), missing_s, shape = _so_far(panel, point_id, (start, min(issued_at, end)), place)
    spread = float(states.spread[-1])
    starts = np.arange(max(issued_at, start), end, panel.resolution_s, dtype=np.int64)
    days, shares = _days_left(starts, panel.tz, shape)
    daily = shares * (states.level[-1] + states.shift[-1] * is_free(days, *place))
    reach = np.cumsum(shares)
    # The gaps that were estimated are uncertain too: each missing day by about its spread.
    gaps = spread * np.sqrt(missing_s / DAY) * NORMAL_LEVELS
    ahead = _own_quantiles(history, states, reach) * spread * reach[:, None]
    errors = np.vstack([gaps, np.sign(ahead) * np.hypot(ahead, gaps)])
    totals = _bounded(so_far + np.concatenate([[0.0], np.cumsum(daily)])[:, None] + errors, measured, history)
    return PeriodForecast(
        point_id=point_id,
        start=start,
        end=end,
        issued_at=issued_at,
        so_far=so_far,
        missing_hours=missing_s / HOUR,
        mean=so_far + float(daily.sum()),
        quantiles=tuple(float(v) for v in totals[-1]),
        method=METHOD,
        daily_mean=tuple(float(v) for v in daily),
        cumulative_q10=tuple(float(v) for v in totals[1:, _LOW]),
        cumulative_q90=tuple(float(v) for v in totals[1:, _HIGH]),
    )


def _so_far(
    panel: Panel, point_id: str, span: tuple[int, int], place: tuple[str | None, str | None]
) -> tuple[tuple[float, float], int, FloatArray]:
    """Energy of the span with its gaps estimated and without; the seconds estimated; the shape of a day."""
    start, stop = span
    whole = panel.slice(min(panel.start, start), max(panel.end, stop))
    filled, _ = fill_by_profile(whole, point_id, stop, country=place[0], subdivision=place[1])
    inside = (whole.starts >= start) & (whole.starts < stop)
    missing = int(np.isnan(whole.row(point_id)[inside]).sum()) * panel.resolution_s
    energy = float(filled[inside].sum()), float(np.nansum(whole.row(point_id)[inside]))
    return energy, missing, _day_shape(whole, point_id, stop)


def _day_shape(panel: Panel, point_id: str, until: int) -> FloatArray:
    """Share of a day's energy that each slot of the day has, on the mean of the last weeks; at least 0."""
    filled, _ = fill_by_profile(panel, point_id, until)
    recent = (panel.starts >= until - 28 * DAY) & (panel.starts < until)
    slot = (wall_clock(panel.starts[recent], panel.tz) % DAY) // panel.resolution_s
    n = DAY // panel.resolution_s
    mean = np.bincount(slot, weights=np.maximum(np.nan_to_num(filled[recent]), 0.0), minlength=n)
    shape: FloatArray = mean / mean.sum() if mean.sum() > 0 else np.full(n, 1.0 / n)
    return shape


def _days_left(starts: IntArray, tz: str, shape: FloatArray) -> tuple[IntArray, FloatArray]:
    """Local days of the intervals still to come, and the share of each day's energy that lies in them."""
    clock = wall_clock(starts, tz)
    slot = (clock % DAY) * len(shape) // DAY
    days, place = np.unique(clock // DAY, return_inverse=True)
    share = np.bincount(place, weights=shape[slot], minlength=len(days))
    return days, share[: len(days)].astype(np.float64)


def _own_quantiles(history: DayHistory, states: DailyStates, reach: FloatArray) -> FloatArray:
    """Error quantiles for totals over `reach` days, stretched by the meter's own record, shape (n, 9)."""
    table = error_quantiles(reach, float(states.known[-1]))
    stretch = np.ones(len(reach))
    for row, days in enumerate(np.maximum(np.round(reach), 1).astype(int)):
        stretch[row] = _stretch(past_errors(history, states, int(days)), table[row], int(days))
    return table * stretch[:, None]


def _stretch(errors: FloatArray, table: FloatArray, days_ahead: int) -> float:
    """How much wider than others' this meter's errors were, believed by the number of independent totals."""
    independent = len(errors) / days_ahead
    if independent < 1.0:
        return 1.0
    own = float(np.sqrt(np.mean(errors**2)))
    others = float(table[_HIGH] - table[_LOW]) / float(NORMAL_LEVELS[_HIGH] - NORMAL_LEVELS[_LOW])
    ratio = float(np.clip(own / others, *_OWN_RANGE)) if others > 0.0 else 1.0
    return float(ratio ** (independent / (independent + _OWN_WEIGHT)))


def _bounded(totals: FloatArray, measured: float, history: DayHistory) -> FloatArray:
    """Totals that never fall below what was measured, unless the meter has had days of net export."""
    known = history.total[~np.isnan(history.total)]
    if known.min(initial=0.0) >= 0.0:
        totals = np.maximum(totals, measured)
        totals[1:] = np.maximum.accumulate(totals[1:], axis=0)  # a sum of days only grows
    return np.maximum.accumulate(totals, axis=1)
