"""A refrigerator that runs longer than it used to, seen in the night's mean above its floor."""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.analysis.anomaly.baseload import NIGHT, change_point, night_baseload
from kanchay.analysis.anomaly.days import LocalDays
from kanchay.analysis.anomaly.detection import Detection
from kanchay.analysis.anomaly.robust import mad_scale
from kanchay.domain.finding import Evidence, FindingKind
from kanchay.domain.interval import DAY
from kanchay.domain.reading import FloatArray

__all__ = ["fridge_runs_more", "night_cycling"]

_WINDOW: Final = 120
_COARSEST_S: Final = 900  # longer slots mix on and off, so floor and mean are one
_P: Final = 0.02  # the splits are counted in already, and size, share and noise must agree too
_MIN_RISE_W: Final = 7.0
_MIN_SHARE: Final = 0.20
_USUAL_W: Final = (10.0, 90.0)  # mean power of one household refrigerator, 7 to 65 kWh a month
_MIN_SEPARATION: Final = 1.3
_NOW: Final = 14
_TRIM: Final = 0.25  # of the slots: a water heater's bursts lie there
_Z80: Final = 1.2816


def night_cycling(days: LocalDays) -> FloatArray:
    """Mean power of what goes on and off by itself between 1 and 5 a.m.

    The lowest three quarters of the slots minus their 5 % quantile over the neighbouring nights: standby is gone, and
    so are the short bursts of a water heater.

    Parameters
    ----------
    days : LocalDays
        The load of a home.

    Returns
    -------
    ndarray of float64, shape (n_days,)
        NaN where less than three quarters of the night is known. [W]

    Examples
    --------
    >>> from kanchay.analysis.anomaly.days import local_days
    >>> from kanchay.domain.panel import Panel
    >>> load = np.tile([0.02, 0.045], 96)[None]  # 80 W, and 100 W more every other quarter of an hour
    >>> night_cycling(local_days(Panel.of(("m",), load, start=0, resolution_s=900, tz="UTC"))).round(1).tolist()
    [33.3, 33.3]
    """
    night = np.sort(days.coarse().between(*NIGHT), axis=1)
    n = np.isfinite(night).sum(axis=1)
    keep = np.arange(night.shape[1])[None, :] < np.ceil((1 - _TRIM) * n)[:, None]
    total = np.where(keep & np.isfinite(night), night, 0.0).sum(axis=1)
    mean = total / np.maximum(keep.sum(axis=1), 1)
    floor = np.where(n > 0, night[:, 0], np.nan)
    near = np.array([np.nanmin(np.append(floor[max(0, i - 3) : i + 4], np.inf)) for i in range(days.n_days)])
    cycling: FloatArray = np.where(n >= 0.75 * night.shape[1], mean - near, np.nan)
    return cycling


def fridge_runs_more(days: LocalDays, *, window: int = _WINDOW) -> Detection | None:
    """A cycling load of a refrigerator's size that rose for good while the floor under it did not.

    Parameters
    ----------
    days : LocalDays
        Slots of at most 15 min, at least 20 nights.
    window : int, default 120
        Days looked back.

    Returns
    -------
    Detection or None
        `numbers`: ``before_w``, ``now_w``, ``rise_w``, ``rise_pct``, ``extra_month_kwh``, ``p_value``.
    """
    if days.resolution_s > _COARSEST_S:
        return None
    recent = days.last(window)
    cycling = night_cycling(recent)
    known = np.flatnonzero(np.isfinite(cycling))
    found = change_point(cycling[known]) if len(known) else None
    if found is None or found.p_value > _P:
        return None
    before = float(np.median(cycling[known[: found.index]]))
    rise = float(np.median(cycling[known[found.index :]][-_NOW:])) - before
    noise = max(found.noise, float(mad_scale(cycling[known[: found.index]])))
    fridge_like = _USUAL_W[0] <= before <= _USUAL_W[1]
    if not fridge_like or rise < max(_MIN_RISE_W, _MIN_SHARE * before, _MIN_SEPARATION * noise):
        return None
    floor = night_baseload(recent)[known]
    if np.median(floor[found.index :]) - np.median(floor[: found.index]) > 2.0 * rise:
        return None
    first = int(known[found.index])
    numbers = {
        "before_w": before, "now_w": before + rise, "rise_w": rise, "rise_pct": 100 * rise / before,
        "extra_month_kwh": rise * 0.73, "p_value": found.p_value,
    }  # fmt: skip
    error = (
        1.2533 * noise * np.sqrt(1 / found.index + 1 / min(_NOW, len(known) - found.index))
    )  # of two medians
    return _detection(
        recent, cycling, first, numbers, strength=rise / noise, half_w=max(0.25 * rise, _Z80 * error)
    )


def _detection(
    days: LocalDays, cycling: FloatArray, first: int, numbers: dict[str, float], *, strength: float, half_w: float
) -> Detection:  # fmt: skip
    # A refrigerator runs more by day than by night; the trimmed night is a cautious mean.
    before, rise = numbers["before_w"], numbers["rise_w"]
    start, end = int(days.bounds[first]), int(days.bounds[-1])
    measured = tuple(None if np.isnan(v) else round(float(v), 1) for v in cycling)
    evidence = Evidence(
        int(days.bounds[0]), end, DAY, "W", measured, (round(before, 1),) * len(cycling), start, end
    )
    return Detection(
        FindingKind.FRIDGE, start, end, True, float(np.clip(1 - 0.6 * np.exp(-strength / 3), 0.5, 0.9)),
        rise * 8.76, max(0.0, rise - half_w) * 8.76, (rise + half_w) * 8.76,
        cause="door_seal", actions=("check_door_seal",), numbers=numbers, evidence=evidence,
    )  # fmt: skip
