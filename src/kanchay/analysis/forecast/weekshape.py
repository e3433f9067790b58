"""What one week of a meter looks like: its daily profile, how much is chance, and days that have all become alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.forecast.daily import is_free
from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.samehour import same_hours
from kanchay.domain.interval import DAY, IntArray, utc_offset, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["STAYS", "WeekShape", "settled", "week_of"]

_DAYS: Final = 7
_MOSTLY: Final = 0.8  # share of a week that must be known
#: How likely a place stays shut that has been so for so many days, for days wholly alike. Fitted on training and
#: validation meters (`python benchmarks/accuracy/grounded.py --fit --folds var/folds`); after fewer days some would lose.
STAYS: dict[int, float] = {5: 0.7, 6: 0.85}
_SHUT: Final = 0.95  # its days since use less than this share of the week's mean
_ALIKE: Final = (
    0.02  # differences among the days since over those from the days before, at which this falls to 37 %
)
_LOOK: Final = 0.2  # beyond that no calendar is asked
_LEAST_WORKING: Final = 2  # working days among them: a weekend is no change
_WORKING, _FREE, _MIXED = 0, 1, -1  # kinds of a day; one from noon to noon may be both


@dataclass(frozen=True, slots=True, eq=False)
class WeekShape:
    """The week before each window, by the clock.

    Attributes
    ----------
    days : ndarray of float64, shape (n_windows, 7, s)
        Oldest first; what is missing is the mean of its hour. [unit of the load]
    last : ndarray of float64, shape (n_windows, s)
        The last day with NaN where missing. [unit of the load]
    complete : ndarray of bool, shape (n_windows,)
        Whether most of the week is known.
    mean : ndarray of float64, shape (n_windows,)
        [unit of the load]
    profile : ndarray of float64, shape (n_windows, s)
        Mean of each step of the day. [unit of the load]
    spread : ndarray of float64, shape (n_windows,)
        Standard deviation about the profile. [unit of the load]
    noise : ndarray of float64, shape (n_windows,)
        Share of the week's variance that the profile does not explain, 0 to 1. [-]
    """

    days: FloatArray
    last: FloatArray
    complete: NDArray[np.bool_]
    mean: FloatArray
    profile: FloatArray
    spread: FloatArray
    noise: FloatArray

    @property
    def variation(self) -> FloatArray:
        """Standard deviation of the week over its mean; infinite for a mean of 0 or below, shape (n_windows,). [-]"""
        deviation = self.days.std(axis=(1, 2))
        return np.where(self.mean > 0, deviation / np.where(self.mean > 0, self.mean, 1.0), np.inf)

    @property
    def believed(self) -> FloatArray:
        """Share of the profile's own variance that chance does not explain, 0 to 1, shape (n_windows,). [-]"""
        own = self.profile.var(axis=1)
        share = 1.0 - self.spread**2 / _DAYS / np.where(own > 0, own, 1.0)
        return np.where(own > 0, np.clip(share, 0.0, 1.0), 0.0)


def week_of(windows: Windows) -> WeekShape:
    """The shape of the week before each window.

    Parameters
    ----------
    windows : Windows

    Returns
    -------
    WeekShape

    Examples
    --------
    >>> load = np.tile(np.arange(24.0), 7)[None]
    >>> shape = week_of(Windows(load, np.array([7 * 86400]), 3600, 24, "UTC"))
    >>> shape.profile[0, :3].tolist(), float(shape.noise[0]), bool(shape.complete[0])
    ([0.0, 1.0, 2.0], 0.0, True)
    """
    week = _by_clock(windows)
    known = ~np.isnan(week)
    count = known.sum(axis=1)
    profile = np.where(known, week, 0.0).sum(axis=1) / np.maximum(count, 1)
    days = np.where(known, week, profile[:, None])
    mean = profile.mean(axis=1)
    left = ((days - profile[:, None]) ** 2).mean(axis=(1, 2)) * _DAYS / (_DAYS - 1)
    whole = ((days - mean[:, None, None]) ** 2).mean(axis=(1, 2))
    return WeekShape(
        days=days,
        last=week[:, -1],
        complete=known.mean(axis=(1, 2)) >= _MOSTLY,
        mean=mean,
        profile=profile,
        spread=np.sqrt(left),
        noise=np.where(whole > 0, np.minimum(left / np.where(whole > 0, whole, 1.0), 1.0), 0.0),
    )


def settled(windows: Windows, shape: WeekShape) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How likely each place stays as in its last days because they have all become alike, working days and free ones.

    Parameters
    ----------
    windows : Windows
    shape : WeekShape
        Of the same windows.

    Returns
    -------
    weight : ndarray of float64, shape (n_windows,)
        0 where nothing was shut. [-]
    level : ndarray of float64, shape (n_windows, s)
        The mean of those days. [unit of the load]
    spread : ndarray of float64, shape (n_windows,)
        Standard deviation about it. [unit of the load]

    Examples
    --------
    >>> office = np.full((7, 24), 2.0)
    >>> office[0, 8:18] = 10.0  # worked on Monday 5 January 2026, shut since
    >>> windows = Windows(office.reshape(1, -1), np.array([1768176000]), 3600, 24, "UTC")
    >>> weight, level, _ = settled(windows, week_of(windows))
    >>> float(weight[0]), level[0, 12]
    (0.85, np.float64(2.0))
    """
    n, s = shape.profile.shape
    weight, level, spread = np.zeros(n), np.zeros((n, s)), np.zeros(n)
    for length, stays in STAYS.items():
        since, before = shape.days[:, -length:], shape.days[:, :-length]
        own = since.mean(axis=1)
        shut = own.mean(axis=1) < _SHUT * shape.mean
        within = ((since - own[:, None]) ** 2).mean(axis=(1, 2))
        across = ((before - own[:, None]) ** 2).mean(axis=(1, 2))
        rows = np.flatnonzero(shape.complete & shut & (within < _LOOK * across))
        if not len(rows):
            continue
        apart = _like_kinds(shape.days[rows], _kinds(windows.rows(rows)), length)
        share = np.where(
            apart > 0, stays * np.exp(-within[rows] / np.where(apart > 0, apart, 1.0) / _ALIKE), 0.0
        )
        better = share > weight[rows]
        rows = rows[better]
        weight[rows], level[rows], spread[rows] = share[better], own[rows], np.sqrt(within[rows])
    return weight, level, spread


def _like_kinds(days: FloatArray, kinds: IntArray, length: int) -> FloatArray:
    """Mean square by which the days before differ from those since of the same kind; 0 where that tells nothing."""
    total, count = np.zeros(len(days)), np.zeros(len(days))
    for kind in (_WORKING, _FREE):
        since, before = kinds[:, -length:] == kind, kinds[:, :-length] == kind
        n_since = since.sum(axis=1)
        own = (days[:, -length:] * since[..., None]).sum(axis=1) / np.maximum(n_since, 1)[:, None]
        square = ((days[:, :-length] - own[:, None]) ** 2).mean(axis=2)
        use = before & (n_since > 0)[:, None]
        total += (square * use).sum(axis=1)
        count += use.sum(axis=1)
    changed = (count > 0) & ((kinds[:, -length:] == _WORKING).sum(axis=1) >= _LEAST_WORKING)
    return np.where(changed, total / np.maximum(count, 1), 0.0)


def _kinds(windows: Windows) -> IntArray:
    """Kind of each of the seven days before each window, which begin at the hour of issue, shape (n_windows, 7)."""
    begin = wall_clock(windows.issued_at, windows.tz)[:, None] - DAY * np.arange(_DAYS, 0, -1, dtype=np.int64)
    place = (windows.country, windows.subdivision)
    first, last = (is_free((begin + shift) // DAY, *place) for shift in (0, DAY - 1))
    return np.where(first == last, first.astype(np.int64), _MIXED)


def _by_clock(windows: Windows) -> FloatArray:
    """The seven days before each window, oldest first, by the hour on the clock, shape (n_windows, 7, s)."""
    per_day = DAY // windows.resolution_s
    ends = (utc_offset(windows.issued_at + shift, windows.tz) for shift in (-_DAYS * DAY, DAY))
    before, after = ends
    week = windows.load[:, -_DAYS * per_day :]
    if week.shape[1] == _DAYS * per_day and (before == after).all():
        return week.reshape(len(windows), _DAYS, per_day)
    steps = windows.resolution_s * np.arange(per_day, dtype=np.int64)
    targets = windows.issued_at[:, None] + steps
    return np.swapaxes(same_hours(windows, targets, _DAYS)[..., ::-1], 1, 2)
