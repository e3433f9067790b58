"""After hours: a building that keeps running when it is closed, and since when.

Opening hours are learned from the load: a working day from the first to the last slot that stands clearly above the
night, whatever a roof of photovoltaics does to the hours between. A low quantile of the days tells when it closes, so
that running on for half the window does not pass for opening hours. What each day uses outside those hours, above its
own night floor, is one number a day; a lasting step in it is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.anomaly.baseload import ChangePoint, change_point, night_baseload
from kanchay.analysis.anomaly.days import BoolArray, LocalDays
from kanchay.analysis.anomaly.detection import Detection
from kanchay.analysis.anomaly.robust import median
from kanchay.domain.finding import Evidence, FindingKind
from kanchay.domain.interval import DAY, HOUR, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["OpeningHours", "after_hours", "closed_kwh", "opening_hours"]

_WINDOW: Final = 120  # days looked back: a longer look would take seasons for a change
_CLOSES: Final = 0.35  # quantile of the days: running on may fill up to two thirds of the window
_OPENS: Final = 0.9  # quantile: one dull morning in ten shows what the sun hides on the others
_OPEN: Final = 0.30  # of the way from night to noon at which a building counts as open
_CONTRAST: Final = 1.5  # noon over night below which nothing tells open from closed
_MARGIN_H: Final = (1.5, 1.0)  # before opening and after closing: people come early and stay late
_FEWEST: Final = 15  # days of a kind below which nothing is learned
_MIN_SEGMENT: Final = {False: 8, True: 5}  # days on each side: working days, rest days
_P: Final = 0.001  # one window in a thousand
_MIN_SHARE: Final = 0.01  # of a working day's energy
_MIN_KWH: Final = 0.5  # a day, some S/ 8 a month: less is not worth a message
_MIN_SEPARATION: Final = 1.5  # old and new level apart, in standard deviations of a day
_SOMETIMES: Final = 0.2  # share of earlier days that were as high
_STILL: Final = 0.5  # of the newest days that must be as high: else it is over
_LOCATED: Final = 0.5  # of the rise must lie in one stretch of hours: else it is a level, not a schedule
_CLOCK_DAYS: Final = 4
_Z80: Final = 1.2816  # 8 times in 10


@dataclass(frozen=True, slots=True, eq=False)
class OpeningHours:
    """When a building is closed.

    Attributes
    ----------
    opens, closes : float
        Hours of the local clock on a working day. [h]
    closed : ndarray of bool, shape (2, n_slots)
        Slots outside opening hours, with a margin: of working days (row 0) and rest days (row 1).
        A row without any closed slot is a kind of day that is not judged.
    night_w, open_w : float
        Usual power at night, and when open. [W]
    """

    opens: float
    closes: float
    closed: BoolArray
    night_w: float
    open_w: float

    def outside(self, *, rest: bool) -> BoolArray:
        """Slots outside opening hours, without the margin in the evening, shape (n_slots,)."""
        hour = np.arange(self.closed.shape[1]) * 24.0 / self.closed.shape[1]
        slots: BoolArray = self.closed[1] if rest else self.closed[0] | (hour >= self.closes)
        return slots


def opening_hours(days: LocalDays) -> OpeningHours | None:
    """Learn from the load when a building is closed.

    Parameters
    ----------
    days : LocalDays
        At least 15 working days.

    Returns
    -------
    OpeningHours or None
        None where the load does not tell: too few days, or nights like days.

    Examples
    --------
    >>> from kanchay.analysis.anomaly.days import local_days
    >>> from kanchay.domain.panel import Panel
    >>> week = np.where(np.arange(168) < 120, np.tile([1.0] * 9 + [6.0] * 9 + [1.0] * 6, 7), 1.0)  # Monday first
    >>> load = np.tile(week, 6)[None]
    >>> found = opening_hours(local_days(Panel.of(("m",), load, start=4 * 86400, resolution_s=3600, tz="UTC")))
    >>> found.opens, found.closes, int(found.closed[0].sum()), bool(found.closed[1].all())
    (9.0, 18.0, 13, True)
    """
    work, rest = days.power_w[~days.rest], days.power_w[days.rest]
    if np.isfinite(work).all(axis=1).sum() < _FEWEST:
        return None
    usual, at_most = _level(work, _CLOSES), _level(work, _OPENS)
    per_hour = HOUR // days.resolution_s
    night = float(median(usual[per_hour : 5 * per_hour]))
    top = float(np.quantile(usual, 0.9))
    limit = night + _OPEN * (top - night)
    if top < _CONTRAST * max(night, 1.0):
        return None
    first, last = int(np.flatnonzero(at_most > limit)[0]), int(np.flatnonzero(usual > limit)[-1]) + 1
    if first >= last:
        return None
    slot = np.arange(days.n_slots)
    early, late = (m * HOUR / days.resolution_s for m in _MARGIN_H)
    closed = np.zeros((2, days.n_slots), dtype=bool)
    closed[0] = (slot < first - early) | (slot >= last + late)
    if len(rest) >= _MIN_SEGMENT[True] * 2:
        closed[1] = bool(_level(rest, _CLOSES).max() <= limit)
    opens, closes = (float(s) * days.resolution_s / HOUR for s in (first, last))
    return OpeningHours(opens, closes, closed, night, top)


def _level(power: FloatArray, quantile: float) -> FloatArray:
    """A quantile of each slot over the days that know it, shape (n_slots,). [W]"""
    known = np.isfinite(power).any(axis=0)
    level: FloatArray = np.nanquantile(np.where(known, power, 0.0), quantile, axis=0)
    return level


def closed_kwh(days: LocalDays, hours: OpeningHours) -> FloatArray:
    """Energy of each day outside opening hours, above the day's own night floor.

    Parameters
    ----------
    days : LocalDays
    hours : OpeningHours

    Returns
    -------
    ndarray of float64, shape (n_days,)
        NaN where less than 90 % of the closed hours are known, and for days of a kind that is not judged. [kWh]
    """
    closed = hours.closed[days.rest.astype(np.int64)]
    above = np.maximum(days.power_w - night_baseload(days)[:, None], 0.0)
    known = np.isfinite(above) & closed
    n_closed = closed.sum(axis=1)
    mean = np.where(known, above, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    enough = (known.sum(axis=1) >= 0.9 * n_closed) & (n_closed > 0)
    energy: FloatArray = np.where(enough, mean * n_closed * days.resolution_s / HOUR / 1000.0, np.nan)
    return energy


def after_hours(days: LocalDays, *, window: int = _WINDOW) -> Detection | None:
    """A building that began to run outside its hours and still does: on working days, or on rest days.

    Parameters
    ----------
    days : LocalDays
        The load of a building; the newest `window` days are looked at.
    window : int, default 120
        [days]

    Returns
    -------
    Detection or None
        The costlier of the two kinds of day. `numbers`: ``extra_w``, ``extra_day_kwh``, ``extra_month_kwh``,
        ``from_clock``, ``to_clock`` (between which it runs on), ``opens_clock``, ``closes_clock``, ``n_days_before``,
        ``n_days_now``, ``p_value``, ``rest`` (1 on rest days).
    """
    recent = days.last(window).coarse()
    hours = opening_hours(recent)
    if hours is None:
        return None
    energy = closed_kwh(recent, hours)
    found = [_of_kind(recent, hours, energy, rest=rest) for rest in (False, True)]
    return max((f for f in found if f is not None), key=lambda d: d.kwh_per_year, default=None)


def _of_kind(days: LocalDays, hours: OpeningHours, energy: FloatArray, *, rest: bool) -> Detection | None:
    """The step in one kind of day, where it is lasting, large and new."""
    rows = np.flatnonzero((days.rest == rest) & np.isfinite(energy))
    found = change_point(energy[rows], min_segment=_MIN_SEGMENT[rest])
    if found is None or found.p_value > _P or found.gradual:
        return None  # a slope is a season, not a schedule
    rise = found.after - found.before
    workday = float(np.nanmedian(days.daily_kwh[~days.rest]))
    if rise < max(_MIN_KWH, _MIN_SHARE * workday) or rise < _MIN_SEPARATION * found.noise:
        return None
    halfway = found.before + 0.5 * rise
    before, after = energy[rows[: found.index]], energy[rows[found.index :]]
    newest = after[-_MIN_SEGMENT[rest] :]
    if float(np.mean(before > halfway)) > _SOMETIMES or float(np.mean(newest > halfway)) < _STILL:
        return None
    if _clock_changed(days, int(rows[found.index])):
        return None
    return _detection(days, hours, rows, found, rest=rest)


def _clock_changed(days: LocalDays, day: int) -> bool:
    """Whether summer time began or ended near that day: a meter whose clock does not follow it looks the same."""
    near = np.diff(days.bounds[max(0, day - _CLOCK_DAYS) : day + _CLOCK_DAYS + 1])
    return bool((near != DAY).any())


def _detection(
    days: LocalDays, hours: OpeningHours, rows: IntArray, found: ChangePoint, *, rest: bool
) -> Detection | None:
    old, new = rows[: found.index], rows[found.index :]
    above = days.power_w - night_baseload(days)[:, None]
    extra = np.where(hours.outside(rest=rest), median(above[new], axis=0) - median(above[old], axis=0), 0.0)
    extra = np.nan_to_num(np.maximum(extra, 0.0))
    first, last, extra_w = _stretch(extra)
    step_h = days.resolution_s / HOUR
    step = found.after - found.before
    if extra_w * 1e-3 * (last - first) * step_h < _LOCATED * step:
        return None
    # In the evening the hours within the margin count too, once it is known that there is something. On rest days
    # what runs by day partly feeds on the roof: what the meter shows above the night is all that is promised.
    rise = step if rest else float(extra.sum()) * 1e-3 * step_h
    # 1.2533: standard error of a median over that of a mean, for a normal law
    error = 1.2533 * found.noise * np.sqrt(1 / len(old) + 1 / len(new))
    half = max(_Z80 * error, 0.1 * rise)
    a_year = 365.25 * float(np.mean(days.rest == rest))
    numbers = {
        "extra_w": extra_w, "extra_day_kwh": rise, "extra_month_kwh": rise * a_year / 12,
        "from_clock": first * step_h, "to_clock": last * step_h,
        "opens_clock": hours.opens, "closes_clock": hours.closes,
        "n_days_before": float(len(old)), "n_days_now": float(len(new)), "p_value": found.p_value, "rest": float(rest),
    }  # fmt: skip
    strength = rise / max(found.noise, 0.05 * rise)
    return Detection(
        FindingKind.AFTER_HOURS, int(days.bounds[new[0]]), int(days.bounds[-1]), True,
        float(np.clip(1 - 0.5 * np.exp(-strength / 3), 0.5, 0.95)),
        rise * a_year, max(0.0, rise - half) * a_year, (rise + half) * a_year,
        cause="rest_day_schedule" if rest else "closing_time", actions=("fix_schedule",), numbers=numbers,
        evidence=_evidence(days, new, (first, last)),
    )  # fmt: skip


def _stretch(extra: FloatArray) -> tuple[int, int, float]:
    """The slots around the largest extra that stand at half of it or more (half-open), and their mean. [W]"""
    high = extra >= 0.5 * max(float(extra.max()), 1e-9)
    first = last = int(np.argmax(extra))
    while first > 0 and high[first - 1]:
        first -= 1
    while last + 1 < len(extra) and high[last + 1]:
        last += 1
    return first, last + 1, float(extra[first : last + 1].mean())


def _evidence(days: LocalDays, new: IntArray, stretch: tuple[int, int]) -> Evidence:
    """The newest such day and the two before it, hour by hour, against such days before. [kWh]"""
    hourly = days.hourly_kwh()
    day = int(new[-1])
    first = max(0, day - 2)
    expected = np.empty((day + 1 - first, 24))
    for row in range(first, day + 1):
        peers = np.flatnonzero(days.rest[: int(new[0])] == days.rest[row])
        expected[row - first] = median(hourly[peers], axis=0)
    measured = hourly[first : day + 1]
    start = int(days.bounds[first])
    begin, end = (int(days.bounds[day]) + s * days.resolution_s for s in stretch)
    return Evidence(
        start, start + len(measured) * DAY, HOUR, "kWh", _shown(measured), _shown(expected), begin, end
    )


def _shown(rows: FloatArray) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(v) else round(float(v), 4) for v in rows.ravel())
