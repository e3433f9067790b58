"""Days unlike their peers, by level and by shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.anomaly.days import BoolArray, LocalDays
from kanchay.analysis.anomaly.detection import Detection
from kanchay.analysis.anomaly.robust import mad_scale, median
from kanchay.domain.finding import Evidence, FindingKind
from kanchay.domain.interval import DAY, HOUR, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["DayScores", "day_scores", "unusual_days"]

_WHOLE: Final = 0.9  # share of a day that must be known
_NEAR: Final = 45  # days to either side that are peers: longer mixes seasons
_SAME_WEEKDAY: Final = 8  # peers of the very weekday needed; else all working or all rest days
_FEWEST: Final = 8  # peers below which a day is not judged
_LEVEL_Z: Final = 4.5  # with some 60 days looked at, about one false day in 1000 windows of a normal law
_SHAPE_Z: Final = 5.0
_MIN_EXTRA: Final = 0.5  # of a peer's energy
_MIN_KWH: Final = 1.0  # a day
_MIN_TOTAL_KWH: Final = 5.0  # all of them, some S/ 4: less is not worth a message
_MIN_TOTAL_SHARE: Final = 0.05  # of a usual month: an evening with guests stays below
_TOO_MANY: Final = 0.25  # share of days above which it is a new habit, not an odd day
_WINDOW: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class DayScores:
    """How far each day is from its peers.

    Attributes
    ----------
    level_z : ndarray of float64, shape (n_days,)
        Of the logarithm of the day's energy, signed. [-]
    shape_z : ndarray of float64, shape (n_days,)
        Of the distance between hourly profiles. [-]
    usual_kwh : ndarray of float64, shape (n_days, 24)
        Median of the peers' hours. [kWh]
    extra_kwh : ndarray of float64, shape (n_days,)
        Day's energy minus its peers' median. [kWh]
    """

    level_z: FloatArray
    shape_z: FloatArray
    usual_kwh: FloatArray
    extra_kwh: FloatArray


def _peers(index: int, whole: BoolArray, weekday: IntArray, rest: BoolArray) -> IntArray:
    """Days comparable with that one: near in time, same weekday where there are enough, never itself."""
    number = np.arange(len(whole))
    near = whole & (np.abs(number - index) <= _NEAR) & (number != index)
    ordinary = near & (weekday == weekday[index]) & (rest == rest[index])
    chosen = ordinary if ordinary.sum() >= _SAME_WEEKDAY else near & (rest == rest[index])
    return np.flatnonzero(chosen)


def day_scores(days: LocalDays) -> DayScores:
    """Robust distance of each day from same-weekday peers; NaN where a day or its peers are not known.

    Holidays are compared with rest days (`LocalDays.rest`).

    Parameters
    ----------
    days : LocalDays

    Returns
    -------
    DayScores

    Examples
    --------
    >>> from kanchay.analysis.anomaly.days import local_days
    >>> from kanchay.domain.panel import Panel
    >>> load = np.full((1, 40 * 24), 0.2)
    >>> load[0, 30 * 24 : 31 * 24] *= 3  # one day of three times the energy
    >>> scores = day_scores(local_days(Panel.of(("m",), load, start=0, resolution_s=3600, tz="UTC")))
    >>> int(np.nanargmax(scores.level_z)), round(float(scores.extra_kwh[30]), 1)
    (30, 9.6)
    """
    hourly = days.hourly_kwh()
    n = days.n_days
    whole = np.isfinite(hourly).mean(axis=1) >= _WHOLE
    energy = np.nansum(hourly, axis=1) * 24 / np.maximum(np.isfinite(hourly).sum(axis=1), 1)
    level_z, shape_z, extra = (np.full(n, np.nan) for _ in range(3))
    usual = np.full((n, 24), np.nan)
    for day in np.flatnonzero(whole):
        peers = _peers(int(day), whole, days.weekday, days.rest)
        if len(peers) < _FEWEST:
            continue
        usual[day] = median(hourly[peers], axis=0)
        level_z[day] = _z(np.log(max(energy[day], 1e-3)), np.log(np.maximum(energy[peers], 1e-3)), floor=0.10)
        distance = np.nansum(np.abs(hourly[[day, *peers]] - usual[day]), axis=1) / max(
            float(usual[day].sum()), 1e-6
        )
        shape_z[day] = _z(np.log(distance[0] + 0.05), np.log(distance[1:] + 0.05), floor=0.12)
        extra[day] = energy[day] - float(median(energy[peers]))
    return DayScores(level_z, shape_z, usual, extra)


def _z(value: float, peers: FloatArray, *, floor: float) -> float:
    """Robust z score with a floor on the scale: no home is steadier than `floor`."""
    return float((value - median(peers)) / max(float(mad_scale(peers)), floor))


def unusual_days(
    days: LocalDays, *, window: int = _WINDOW, explained: Sequence[tuple[int, int]] = ()
) -> Detection | None:
    """The newest days that used far more, or far otherwise, than their peers: one detection for all of them.

    Days that used less (a journey, a power cut) cost nothing and are not told.

    Parameters
    ----------
    days : LocalDays
        At least two weeks.
    window : int, default 60
        Days looked at. [days]
    explained : sequence of (int, int)
        UTC seconds between which another finding says why the load is high: days that touch them are not told again.

    Returns
    -------
    Detection or None
        `numbers`: ``n_days``, ``n_days_looked``, ``extra_kwh``, ``usual_kwh`` (a day), ``worst_kwh``, ``worst_day``
        (UTC seconds of its midnight), ``level_z``, ``shape_z`` of the worst.
    """
    recent = days.last(window + _NEAR)
    scores = day_scores(recent)
    looked = np.isfinite(scores.level_z) & (np.arange(recent.n_days) >= recent.n_days - window)
    usual = np.nansum(scores.usual_kwh, axis=1)
    with np.errstate(invalid="ignore"):
        odd = (scores.level_z >= _LEVEL_Z) | (scores.shape_z >= _SHAPE_Z)
        odd &= looked & (scores.extra_kwh >= np.maximum(_MIN_EXTRA * usual, _MIN_KWH))
    for first, last in explained:
        odd &= (recent.bounds[1:] <= first) | (recent.bounds[:-1] >= last)
    n_looked = int(looked.sum())
    month = 30.4 * float(np.median(usual[looked])) if n_looked else 0.0
    if float(scores.extra_kwh[odd].sum()) < max(_MIN_TOTAL_KWH, _MIN_TOTAL_SHARE * month) or odd.sum() > max(
        1.0, _TOO_MANY * n_looked
    ):
        return None
    return _detection(recent, scores, np.flatnonzero(odd), n_looked)


def _detection(days: LocalDays, scores: DayScores, odd: IntArray, n_looked: int) -> Detection:
    worst = int(odd[np.argmax(scores.extra_kwh[odd])])
    extra = float(scores.extra_kwh[odd].sum())
    strength = float(np.nanmax([scores.level_z[worst] / _LEVEL_Z, scores.shape_z[worst] / _SHAPE_Z]))
    a_year = max(365.25 / max(n_looked, 1), 1.0)
    spread = 1.2816 * np.sqrt(len(odd)) / len(odd)  # 8 times in 10, of a count
    numbers = {
        "n_days": float(len(odd)),
        "n_days_looked": float(n_looked),
        "extra_kwh": extra,
        "usual_kwh": float(np.nansum(scores.usual_kwh[worst])),
        "worst_kwh": float(np.nansum(scores.usual_kwh[worst]) + scores.extra_kwh[worst]),
        "worst_day": float(days.bounds[worst]),
        "level_z": float(scores.level_z[worst]),
        "shape_z": float(scores.shape_z[worst]),
    }
    start, end = int(days.bounds[odd[0]]), int(days.bounds[odd[-1] + 1])
    return Detection(
        FindingKind.UNUSUAL_DAYS, start, end, bool(odd[-1] == days.n_days - 1),
        float(np.clip(1 - 0.5 * np.exp(-(strength - 1) * 2), 0.5, 0.95)),
        extra * a_year, max(extra, extra * a_year * (1 - min(spread, 1.0))), extra * a_year * (1 + spread),
        cause="odd_day", actions=("remember_that_day",), numbers=numbers, evidence=_evidence(days, scores, worst),
    )  # fmt: skip


def _evidence(days: LocalDays, scores: DayScores, worst: int) -> Evidence:
    """Three days around the worst one, hour by hour, against their peers. [kWh]"""
    first, last = max(0, worst - 1), min(days.n_days, worst + 2)
    rows = days.hourly_kwh()[first:last].ravel(), scores.usual_kwh[first:last].ravel()
    measured, expected = (tuple(None if np.isnan(v) else round(float(v), 4) for v in row) for row in rows)
    start = int(days.bounds[first])
    return Evidence(
        start,
        start + (last - first) * DAY,
        HOUR,
        "kWh",
        measured,
        expected,
        int(days.bounds[worst]),
        int(days.bounds[worst + 1]),
    )
