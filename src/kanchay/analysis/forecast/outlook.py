"""The local days that are still to come: what each is expected to use, and how far days and totals may stray."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.forecast.daily import (
    DayHistory,
    day_history,
    day_kinds,
    fill_by_profile,
    in_parts,
    is_free,
)
from kanchay.analysis.forecast.dayerrors import day_quantiles, past_errors, total_quantiles
from kanchay.analysis.forecast.daypath import day_paths
from kanchay.analysis.forecast.daystates import DayStates, day_states
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.interval import DAY, IntArray, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["Outlook", "hours_share", "look_ahead"]

# Share of the hourly forecast's sums in the first day and in the seventh, the rest is the daily model's: chosen on
# validation meters (`python benchmarks/accuracy/horizon.py --network --role validation`).
HOURS_NEAR: Final = 0.5
HOURS_FAR: Final = 0.1
# The tables of errors were measured without the hours. With them the band of a total over so many days is this much
# narrower for 80 % of the totals to lie in it; not after a week alone, on which days and hours both rest. Chosen on
# training and validation meters (`python benchmarks/accuracy/period.py --roles train,validation`).
_HOURS_REACH: Final = (3.0, 7.0, 14.0)  # days
_HOURS_NARROW: Final = (0.93, 0.97, 1.0)
_HOURS_KNOWN: Final = 21.0  # days of history
_SHAPE_DAYS: Final = 28  # days from which the shape of a day is taken


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Days to come, the first and the last perhaps in part.

    Attributes
    ----------
    days : ndarray of int64, shape (n,)
        Local days since 1970-01-01. [d]
    shares : ndarray of float64, shape (n,)
        Part of each day's energy that lies in the span. [-]
    expected : ndarray of float64, shape (n,)
        Energy of each day's part. [kWh]
    day_errors : ndarray of float64, shape (n, 9)
        Quantiles at `LEVELS` of actual minus expected, of each day's part. [kWh]
    total_errors : ndarray of float64, shape (n, 9)
        The same of the running total from the first day on. [kWh]
    spread : float
        Standard deviation of a day. [kWh]
    net : bool
        Whether the meter has had days of net export: nothing is then cut at 0.
    days_known : float
        [d]
    """

    days: IntArray
    shares: FloatArray
    expected: FloatArray
    day_errors: FloatArray
    total_errors: FloatArray
    spread: float
    net: bool
    days_known: float


def look_ahead(
    panel: Panel,
    point_id: str,
    span: tuple[int, int],
    issued_at: int,
    *,
    country: str | None = None,
    subdivision: str | None = None,
    first_days: FloatArray | None = None,
) -> Outlook:
    """The days of a span that begins at or after `issued_at`.

    Parameters
    ----------
    panel : Panel
        Energy per interval. [kWh]
    point_id : str
    span : tuple of int
        Begin and end. [s]
    issued_at : int
        First instant not yet known. [s]
    country, subdivision : str or None
        For public holidays.
    first_days : ndarray of float64, shape (m,), optional
        What a forecaster of hours expects of the first m days (the rest of the first one); the answer lies between
        it and the daily model, tomorrow halfway, the seventh day near the daily model. NaN: that alone. [kWh]

    Returns
    -------
    Outlook

    Raises
    ------
    NotEnoughData
        No whole day is known before `issued_at`.

    Examples
    --------
    >>> panel = Panel.of(("m",), np.full((1, 24 * 14), 0.5), start=0, resolution_s=3600, tz="UTC")
    >>> look_ahead(panel, "m", (panel.end, panel.end + 2 * 86400), panel.end).expected.round(6).tolist()
    [12.0, 12.0]
    """
    place = (country, subdivision)
    history = day_history(panel, point_id, issued_at, country=country, subdivision=subdivision)
    states = day_states(history)
    if not len(history.total) or not states.known[-1]:
        raise NotEnoughData(
            f"Point '{point_id}' has no whole day of readings before the time of issue.",
            hint="A period needs at least one day, better a week.",
        )
    starts, n = in_parts(np.arange(*span, panel.resolution_s, dtype=np.int64), panel.resolution_s)
    shape = _day_shape(panel, point_id, issued_at)
    days, shares = _days_of(starts[starts < span[1]], panel.tz, shape / n)
    net = bool(np.nanmin(history.total) < 0.0)
    after = int(wall_clock(issued_at, panel.tz)) // DAY  # the first day that is not over
    path, errors = _path(history, states, (after, days), place)
    expected = shares * (path if net else np.maximum(path, 0.0))
    lead = (days - after + 1).astype(np.float64)
    reach = np.cumsum(shares)
    skipped = float(lead[0] - 1.0) if len(lead) else 0.0
    total = total_quantiles(states, reach + skipped, errors) * (reach / (reach + skipped))[:, None]
    if first_days is not None:
        expected = _towards(expected, first_days)
        if states.known[-1] >= _HOURS_KNOWN:
            total = total * np.interp(reach + skipped, _HOURS_REACH, _HOURS_NARROW)[:, None]
    return Outlook(
        days=days,
        shares=shares,
        expected=expected,
        day_errors=day_quantiles(states, lead, errors) * shares[:, None],
        total_errors=total,
        spread=float(states.spread[-1]),
        net=net,
        days_known=float(states.known[-1]),
    )


def _path(
    history: DayHistory, states: DayStates, ahead: tuple[int, IntArray], place: tuple[str | None, str | None]
) -> tuple[FloatArray, FloatArray]:
    """Expected totals of the days, and the errors of the past over as many."""
    after, days = ahead
    if not len(days):
        return np.zeros(0), np.zeros((0, 0))
    n_ahead = int(days[-1]) - after + 1
    coming = np.arange(after, after + n_ahead, dtype=np.int64)
    kinds = np.concatenate([history.kind, day_kinds(coming, is_free(coming, *place))])
    path = day_paths(history, states, kinds, np.array([len(history.total)]), n_ahead)[0]
    return path[days - after], past_errors(history, states, n_ahead)


def hours_share(n_days: int) -> FloatArray:
    """Share of the hourly forecast in each of the first days.

    Parameters
    ----------
    n_days : int
        [d]

    Returns
    -------
    ndarray of float64, shape (n_days,)
        Falls evenly to the seventh day. [-]

    Examples
    --------
    >>> hours_share(7).round(2).tolist()
    [0.5, 0.43, 0.37, 0.3, 0.23, 0.17, 0.1]
    """
    share: FloatArray = np.interp(np.arange(n_days), [0.0, 6.0], [HOURS_NEAR, HOURS_FAR])
    return share


def _towards(expected: FloatArray, first_days: FloatArray) -> FloatArray:
    """The first days drawn towards what the hours say."""
    n = min(len(first_days), len(expected))
    hours = np.where(np.isfinite(first_days[:n]), first_days[:n], expected[:n])
    share = hours_share(n)
    return np.concatenate([share * hours + (1.0 - share) * expected[:n], expected[n:]])


def _day_shape(panel: Panel, point_id: str, until: int) -> FloatArray:
    """Share of a day's energy that each slot of the day has, on the mean of the last weeks; at least 0."""
    filled, _ = fill_by_profile(panel, point_id, until)
    recent = (panel.starts >= until - _SHAPE_DAYS * DAY) & (panel.starts < until)
    slot = (wall_clock(panel.starts[recent], panel.tz) % DAY) // panel.resolution_s
    n = DAY // panel.resolution_s
    mean = np.bincount(slot, weights=np.maximum(np.nan_to_num(filled[recent]), 0.0), minlength=n)
    shape: FloatArray = mean / mean.sum() if mean.sum() > 0 else np.full(n, 1.0 / n)
    return shape


def _days_of(starts: IntArray, tz: str, shape: FloatArray) -> tuple[IntArray, FloatArray]:
    """Local days of the instants, and the share of each day's energy that lies behind them."""
    clock = wall_clock(starts, tz)
    slot = (clock % DAY) * len(shape) // DAY
    days, place = np.unique(clock // DAY, return_inverse=True)
    share = np.bincount(place, weights=shape[slot], minlength=len(days))
    return days, share[: len(days)].astype(np.float64)
