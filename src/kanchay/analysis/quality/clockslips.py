"""Clock slips: a meter whose clock jumps by an hour shows the same day an hour earlier or later from then on.

The mean day of the fortnight before a midnight is laid over that of the fortnight after. Where it fits clearly better
an hour or two apart than on the hour, the clock slipped there. People's days keep to the local clock, so a change to
summer time is no slip in local time; what follows the sun is left out by the caller.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.domain.interval import DAY, HOUR, wall_clock
from kanchay.domain.issue import Issue, IssueKind, Severity
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["clock_slips", "local_days_by_hour"]

_WINDOW: Final = 14  # days on either side; both hold the same weekdays
_LAGS: Final = (-2, -1, 1, 2)  # hours
_FIT: Final = 0.9  # correlation that the shifted day must reach
_GAIN: Final = 0.5  # share of the unexplained variance that the shift must remove


def local_days_by_hour(values: FloatArray, panel: Panel) -> tuple[FloatArray, int]:
    """Mean value by local day and hour.

    Parameters
    ----------
    values : ndarray of float64, shape (n_intervals,)
        One row of the panel, or made of one.
    panel : Panel
        Where and when the values lie.

    Returns
    -------
    mean : ndarray of float64, shape (n_days, 24)
        NaN where nothing is known. [unit of `values`]
    first : int
        The first local day, since 1970-01-01. [days]

    Examples
    --------
    >>> panel = Panel.of(("m",), np.ones((1, 24)), start=5 * 3600, resolution_s=3600, tz="America/Lima")
    >>> mean, first = local_days_by_hour(panel.values[0], panel)
    >>> mean.shape, first
    ((1, 24), 0)
    """
    wall = wall_clock(panel.starts, panel.tz)
    day, hour = wall // DAY, wall % DAY // HOUR
    first, n_days = int(day[0]), int(day[-1] - day[0]) + 1
    cell = ((day - first) * 24 + hour).astype(np.int64)
    known = ~np.isnan(values)
    total = np.bincount(cell[known], values[known], minlength=24 * n_days)
    count = np.bincount(cell[known], minlength=24 * n_days)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean.reshape(n_days, 24), first


def _fits(before: FloatArray, after: FloatArray) -> FloatArray:
    """Correlation of mean days at lags -2..2 hours, shape (n, 5)."""
    out = []
    for lag in (-2, -1, 0, 1, 2):
        a, b = before - before.mean(axis=1, keepdims=True), np.roll(after, lag, axis=1)
        b = b - b.mean(axis=1, keepdims=True)
        scale = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
        out.append((a * b).sum(axis=1) / np.maximum(scale, 1e-12))
    return np.stack(out, axis=1)


def _window_means(days: FloatArray) -> FloatArray:
    """Mean day of the fortnight that begins on each day; NaN where more than a third of an hour is missing."""
    known = ~np.isnan(days)
    total = np.cumsum(np.vstack([np.zeros(24), np.where(known, days, 0.0)]), axis=0)
    count = np.cumsum(np.vstack([np.zeros(24), known]), axis=0)
    n = count[_WINDOW:] - count[:-_WINDOW]
    mean = (total[_WINDOW:] - total[:-_WINDOW]) / np.maximum(n, 1)
    return np.where(n >= _WINDOW * 2 / 3, mean, np.nan)


def clock_slips(panel: Panel, row: int) -> list[Issue]:
    """Midnights at which the daily pattern of a point jumps by an hour or two, and stays.

    Parameters
    ----------
    panel : Panel
        Of an hour or finer; coarser panels yield nothing.
    row : int
        Which point.

    Returns
    -------
    list of Issue
        From each slip to the next, with ``shift_hours`` (positive: the pattern comes later), ``fit`` and
        ``fit_unshifted`` (correlations).
    """
    if panel.resolution_s > HOUR or panel.n_intervals * panel.resolution_s < 2 * _WINDOW * DAY:
        return []
    days, _ = local_days_by_hour(panel.values[row], panel)
    if len(days) < 2 * _WINDOW:
        return []
    means = _window_means(days)
    before, after = means[: len(means) - _WINDOW], means[_WINDOW:]
    fits = np.nan_to_num(_fits(before, after), nan=-1.0)
    best = fits.argmax(axis=1)
    top, plain = fits.max(axis=1), fits[:, 2]
    slip = (best != 2) & (top >= _FIT) & (1 - top <= _GAIN * (1 - plain))
    found = []
    for at in _peaks(slip, top - plain):
        # Rolling the later pattern back by k hours makes it fit: it came k hours later.
        shift = -float((-2, -1, 0, 1, 2)[best[at]])
        found.append((at + _WINDOW, shift, float(top[at]), float(plain[at])))
    return _as_issues(panel, row, found)


def _peaks(flags: np.ndarray, gain: FloatArray) -> list[int]:
    """The best place of each stretch of flags; stretches closer than a fortnight are one slip."""
    places: list[int] = []
    for at in np.flatnonzero(flags).tolist():
        if places and at - places[-1] < _WINDOW:
            places[-1] = at if gain[at] > gain[places[-1]] else places[-1]
        else:
            places.append(at)
    return places


def _as_issues(panel: Panel, row: int, found: list[tuple[int, float, float, float]]) -> list[Issue]:
    wall = wall_clock(panel.starts, panel.tz)
    issues = []
    for number, (day, shift, fit, plain) in enumerate(found):
        first = int(np.searchsorted(wall // DAY, wall[0] // DAY + day))
        until = found[number + 1][0] if number + 1 < len(found) else None
        last = (
            panel.n_intervals if until is None else int(np.searchsorted(wall // DAY, wall[0] // DAY + until))
        )
        start, end = panel.start + first * panel.resolution_s, panel.start + last * panel.resolution_s
        numbers = {"shift_hours": shift, "fit": fit, "fit_unshifted": plain, "hours": (end - start) / HOUR}
        issues.append(Issue(IssueKind.CLOCK_SLIP, panel.points[row], start, end, Severity.WARNING, numbers))
    return issues
