"""Night baseload: what runs while everybody sleeps, and since when it has grown."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Final

import numpy as np

from kanchay.analysis.anomaly.days import LocalDays
from kanchay.analysis.anomaly.detection import Detection
from kanchay.analysis.anomaly.robust import mad_scale
from kanchay.domain.finding import Evidence, FindingKind
from kanchay.domain.interval import DAY
from kanchay.domain.reading import FloatArray

__all__ = ["ChangePoint", "baseload_creep", "change_point", "night_baseload"]

NIGHT: Final = (1.0, 5.0)  # local hours; "de madrugada" in the texts
_QUANTILE: Final = 0.2  # low, but above a single false zero
_MIN_SEGMENT: Final = 10  # nights on each side: a week of guests is no creep
_NOW: Final = 14  # nights that say where the baseload stands now
_P: Final = 0.001  # one window in a thousand, so that many meters stay silent
_MIN_W: Final = 8.0  # below this, nobody finds the plug
_MIN_SHARE: Final = 0.10
_MIN_SEPARATION: Final = 1.5  # old and new level apart, in standard deviations of a night
_SOMETIMES: Final = 0.25  # share of earlier nights that were as high
_Z80: Final = 1.2816  # 8 times in 10
_WINDOW: Final = 120  # nights looked back


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """Where a series rises for good.

    Attributes
    ----------
    index : int
        First value of the new level. [-]
    before, after : float
        Medians on both sides, in the unit of the series.
    noise : float
        Robust standard deviation within the two sides.
    p_value : float
        For any law of the values; see `change_point`. [-]
    gradual : bool
        A slope from `index` on explains the series better than a step.
    """

    index: int
    before: float
    after: float
    noise: float
    p_value: float
    gradual: bool


def night_baseload(days: LocalDays) -> FloatArray:
    """Baseload of each night: a low quantile of the power between 1 and 5 a.m.

    Parameters
    ----------
    days : LocalDays
        Slots of at most one hour.

    Returns
    -------
    ndarray of float64, shape (n_days,)
        NaN for a night of which less than three quarters are known. [W]

    Examples
    --------
    >>> from kanchay.domain.panel import Panel
    >>> from kanchay.analysis.anomaly.days import local_days
    >>> load = np.tile([0.06] * 6 + [0.4] * 18, 2)[None]
    >>> night_baseload(local_days(Panel.of(("m",), load, start=0, resolution_s=3600, tz="UTC"))).tolist()
    [60.0, 60.0]
    """
    night = np.sort(days.coarse().between(*NIGHT), axis=1)
    n = np.isfinite(night).sum(axis=1)
    at = np.clip(np.round(_QUANTILE * (n - 1)).astype(np.int64), 0, None)
    low = np.take_along_axis(night, at[:, None], axis=1)[:, 0]
    level: FloatArray = np.where(n >= 0.75 * night.shape[1], low, np.nan)
    return level


def change_point(series: FloatArray, *, min_segment: int = _MIN_SEGMENT) -> ChangePoint | None:
    """The most likely lasting rise of a noisy, skewed, autocorrelated series.

    The split is where two medians leave the least absolute error. Significance asks how often so few of the later
    values would lie below the midpoint of the two medians if before and after were alike (Fisher's exact test, no law
    of the values needed), over numbers reduced for the autocorrelation of the earlier ones, times the number of
    splits that were tried (Bonferroni).

    Parameters
    ----------
    series : ndarray of float64, shape (n,)
        One value a day, NaN left out beforehand.
    min_segment : int
        Fewest values on each side. [-]

    Returns
    -------
    ChangePoint or None
        None for a series too short to have one, or one that falls rather than rises.

    Examples
    --------
    >>> found = change_point(np.r_[np.tile([50.0, 54.0, 52.0], 10), np.tile([70.0, 74.0, 72.0], 10)])
    >>> found.index, found.before, found.after, found.p_value < 1e-6
    (30, 52.0, 72.0, True)
    """
    n = len(series)
    if n < 2 * min_segment:
        return None
    split, step_loss = _best_split(series, min_segment)
    before, after = float(np.median(series[:split])), float(np.median(series[split:]))
    if after <= before:
        return None
    p_value = min(1.0, _fisher_p(series, split, 0.5 * (before + after)) * (n - 2 * min_segment + 1))
    onset, slope_fits = _onset(series, min_segment, step_loss)
    residual = series - np.where(np.arange(n) < split, before, after)
    # Upwards single nights stray far (guests, a fan); the lower half tells how steady the floor is.
    noise = float(mad_scale(np.minimum(residual, np.quantile(residual, 0.8))))
    return ChangePoint(onset if slope_fits else split, before, after, noise, p_value, slope_fits)


def _best_split(series: FloatArray, min_segment: int) -> tuple[int, float]:
    """Index and absolute error of the best pair of medians."""
    losses = [
        np.abs(series[:k] - np.median(series[:k])).sum() + np.abs(series[k:] - np.median(series[k:])).sum()
        for k in range(min_segment, len(series) - min_segment + 1)
    ]
    best = int(np.argmin(losses))
    return best + min_segment, float(losses[best])


def _fisher_p(series: FloatArray, split: int, midpoint: float) -> float:
    """One-sided probability of so few later values below the midpoint, given how many there are in all."""
    low = (series < midpoint).astype(np.float64)
    rho = _persistence(low[:split])
    shrink = (1 - rho) / (1 + rho)
    n_before, n_after = (max(1, int(n * shrink)) for n in (split, len(series) - split))
    low_before = int(low[:split].mean() * n_before)
    low_after = int(np.ceil(low[split:].mean() * n_after))
    n_low, n = low_before + low_after, n_before + n_after
    ways = sum(comb(n_after, k) * comb(n_before, n_low - k) for k in range(min(low_after, n_low) + 1))
    return float(ways / comb(n, n_low))


def _persistence(flags: FloatArray) -> float:
    """Lag-one correlation of a series of zeros and ones, in [0, 0.9]; 0 where it never changes."""
    a, b = flags[:-1], flags[1:]
    spread = float(a.std() * b.std())
    if spread == 0.0:
        return 0.0
    return float(np.clip(np.mean((a - a.mean()) * (b - b.mean())) / spread, 0.0, 0.9))


def _onset(series: FloatArray, min_segment: int, step_loss: float) -> tuple[int, bool]:
    """Start of the slope that fits best, and whether it beats the step (by absolute error)."""
    n = len(series)
    best, best_loss = n // 2, np.inf
    for onset in range(min_segment, n - min_segment):
        before = float(np.median(series[:onset]))
        run = np.arange(1, n - onset + 1, dtype=np.float64)
        slope = float(np.median((series[onset:] - before) / run))
        loss = float(
            np.abs(series[:onset] - before).sum() + np.abs(series[onset:] - before - slope * run).sum()
        )
        if loss < best_loss:
            best, best_loss = onset, loss
    return best, best_loss < 0.85 * step_loss  # a slope must earn its extra freedom


def baseload_creep(days: LocalDays, *, window: int = _WINDOW) -> Detection | None:
    """A night baseload that rose and stayed up.

    Parameters
    ----------
    days : LocalDays
        At least 20 nights; the newest `window` days are looked at.
    window : int, default 120
        A longer look would take seasons for creep. [days]

    Returns
    -------
    Detection or None
        `numbers`: ``before_w``, ``now_w``, ``rise_w``, ``rise_pct``, ``n_nights_before``,
        ``n_nights_now``, ``p_value``, ``gradual`` (0 or 1).
    """
    recent = days.last(window)
    level = night_baseload(recent)
    known = np.flatnonzero(np.isfinite(level))
    found = change_point(level[known]) if len(known) else None
    if found is None or found.p_value > _P:
        return None
    before = level[known[: found.index]]
    after = level[known[found.index :]]
    now = float(np.median(after[-_NOW:]))
    rise = now - float(np.median(before))
    if not _matters(rise, float(np.median(before)), found.noise) or _comes_and_goes(before, now, rise):
        return None
    return _creep_detection(recent, level, known, found, rise)


def _matters(rise: float, before: float, noise: float) -> bool:
    """Large in watts, in proportion and beside the night-to-night noise."""
    return rise >= max(_MIN_W, _MIN_SHARE * before) and rise >= _MIN_SEPARATION * noise


def _comes_and_goes(before: FloatArray, now: float, rise: float) -> bool:
    """Whether such nights were common before: then it is a habit or a season, not a creep."""
    return float(np.mean(before >= now - 0.35 * rise)) > _SOMETIMES


def _creep_detection(
    days: LocalDays, level: FloatArray, known: np.ndarray, found: ChangePoint, rise: float
) -> Detection:
    n_before, n_after = found.index, len(known) - found.index
    before = float(np.median(level[known[: found.index]]))
    # 1.2533: standard error of a median over that of a mean, for a normal law
    error = 1.2533 * found.noise * np.sqrt(1 / n_before + 1 / min(_NOW, n_after))
    half = max(_Z80 * error, 0.1 * rise)
    first = int(known[found.index])
    strength = rise / max(found.noise, 1.0)
    start, end = int(days.bounds[first]), int(days.bounds[-1])
    measured = tuple(None if np.isnan(v) else round(float(v), 1) for v in level)
    evidence = Evidence(
        int(days.bounds[0]), end, DAY, "W", measured, (round(before, 1),) * len(level), start, end
    )
    numbers = {
        "before_w": before, "now_w": before + rise, "rise_w": rise, "rise_pct": 100 * rise / max(before, 1.0),
        "n_nights_before": float(n_before), "n_nights_now": float(n_after), "p_value": found.p_value,
        "gradual": float(found.gradual),
    }  # fmt: skip
    per_year = 8.76  # kWh of one watt, always on
    return Detection(
        FindingKind.BASELOAD_CREEP, start, end, True, float(np.clip(1 - 0.5 * np.exp(-strength / 3), 0.5, 0.97)),
        rise * per_year, max(0.0, rise - half) * per_year, (rise + half) * per_year,
        cause="always_on", actions=("unplug_one_by_one",), numbers=numbers, evidence=evidence,
    )  # fmt: skip
