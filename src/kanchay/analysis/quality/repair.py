"""Repair: fill what is missing or wrong, marked as imputed and reversible.

Up to three hours are filled on a straight line, longer stretches with the hour-of-week profile at the level of the
weeks on both sides. What is imputed is never trained on as truth and never counted as a saving.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.quality.profile import week_profile
from kanchay.analysis.runs import runs
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.issue import Issue, IssueKind
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray, Quality, QualityArray

__all__ = ["Repair", "repair", "repair_panel", "strip_imputed", "unrepair"]

LINEAR_S: Final = 3 * HOUR
LONGEST_S: Final = 14 * DAY
_AROUND_S: Final = 7 * DAY
_REMOVED: Final = (IssueKind.IMPOSSIBLE, IssueKind.SPIKE, IssueKind.FLAT_LINE)


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    """A repaired panel and what it was before.

    Attributes
    ----------
    panel : Panel
        With every changed value marked `Quality.IMPUTED`.
    changed : ndarray of bool, shape (n_points, n_intervals)
    before_values, before_quality : ndarray, shape (n_changed,)
        What stood where `changed` is true, row by row.
    """

    panel: Panel
    changed: NDArray[np.bool_]
    before_values: FloatArray
    before_quality: QualityArray


def _mask(panel: Panel, row: int, issues: list[Issue], kinds: tuple[IssueKind, ...]) -> NDArray[np.bool_]:
    mask = np.zeros(panel.n_intervals, dtype=np.bool_)
    for issue in issues:
        if issue.kind in kinds and issue.point_id == panel.points[row]:
            first = (issue.start - panel.start) // panel.resolution_s
            last = -(-(issue.end - panel.start) // panel.resolution_s)
            mask[max(first, 0) : max(last, 0)] = True
    return mask


def _rescaled(panel: Panel, row: int, issues: list[Issue], values: FloatArray) -> FloatArray:
    """Values of unit slips in their right unit."""
    for issue in issues:
        if issue.kind is IssueKind.UNIT_SLIP and issue.point_id == panel.points[row]:
            where = _mask(panel, row, [issue], (IssueKind.UNIT_SLIP,))
            values = np.where(where, values / issue.numbers["slip"], values)
    return values


def _filled(values: FloatArray, expected: FloatArray, resolution_s: int) -> FloatArray:
    """Gaps of one point filled where that is honest; the rest stays missing."""
    out = values.copy()
    around = max(1, _AROUND_S // resolution_s)
    for a, b in runs(np.isnan(values)):
        length = (b - a) * resolution_s
        if a == 0 or b == len(values) or length > LONGEST_S:
            continue
        if length <= LINEAR_S:
            out[a:b] = np.interp(np.arange(a, b), [a - 1, b], [values[a - 1], values[b]])
        else:
            out[a:b] = _seasonal(values, expected, a, b, around)
    return out


def _seasonal(values: FloatArray, expected: FloatArray, a: int, b: int, around: int) -> FloatArray:
    """The profile at the level of the week before and the week after; missing without half a week of either."""
    near = np.r_[max(0, a - around) : a, b : min(len(values), b + around)]
    known = near[~np.isnan(values[near]) & ~np.isnan(expected[near])]
    usual = float(expected[known].sum()) if len(known) else 0.0
    if len(known) < around // 2 or usual <= 0:
        return np.full(b - a, np.nan)
    level: FloatArray = expected[a:b] * (float(values[known].sum()) / usual)
    return level


def repair(panel: Panel, issues: list[Issue]) -> Repair:
    """Fill gaps, replace spikes and flat lines, bring unit slips back, and remember what was there.

    Parameters
    ----------
    panel : Panel
    issues : list of Issue
        From `kanchay.analysis.quality.issues.check_panel`. Clock slips and negative loads are left alone: only their
        cause tells how to mend them.

    Returns
    -------
    Repair

    Examples
    --------
    >>> values = np.array([[1.0, np.nan, 3.0]])
    >>> done = repair(Panel.of(("m",), values, start=0, resolution_s=3600, tz="UTC"), [])
    >>> done.panel.values.tolist(), done.panel.quality.tolist()
    ([[1.0, 2.0, 3.0]], [[0, 2, 0]])
    """
    values = panel.values.copy()
    for row in range(len(panel.points)):
        values[row] = _rescaled(panel, row, issues, values[row])
        values[row][_mask(panel, row, issues, _REMOVED)] = np.nan
    expected = week_profile(replace(panel, values=values)).expected
    for row in range(len(panel.points)):
        values[row] = _filled(values[row], expected[row], panel.resolution_s)
    # What could not be filled better than it was read stays as it was read.
    values = np.where(np.isnan(values), panel.values, values)
    changed = ~((values == panel.values) | (np.isnan(values) & np.isnan(panel.values)))
    quality = np.where(changed, np.int8(Quality.IMPUTED), panel.quality).astype(np.int8)
    return Repair(
        replace(panel, values=values, quality=quality), changed, panel.values[changed], panel.quality[changed]
    )


def repair_panel(panel: Panel, issues: list[Issue]) -> Panel:
    """The repaired panel alone (see `repair`).

    Parameters
    ----------
    panel : Panel
        As measured.
    issues : list of Issue
        What was found in it.

    Returns
    -------
    Panel
    """
    return repair(panel, issues).panel


def unrepair(done: Repair) -> Panel:
    """The panel as it was before the repair.

    Parameters
    ----------
    done : Repair
        What `repair` gave.

    Returns
    -------
    Panel

    Examples
    --------
    >>> before = Panel.of(("m",), np.array([[1.0, np.nan, 3.0]]), start=0, resolution_s=3600, tz="UTC")
    >>> unrepair(repair(before, [])).values.tolist()
    [[1.0, nan, 3.0]]
    """
    values, quality = done.panel.values.copy(), done.panel.quality.copy()
    values[done.changed], quality[done.changed] = done.before_values, done.before_quality
    return replace(done.panel, values=values, quality=quality)


def strip_imputed(panel: Panel) -> Panel:
    """Imputed values made missing again: what training and savings see.

    Parameters
    ----------
    panel : Panel
        Repaired.

    Returns
    -------
    Panel

    Examples
    --------
    >>> before = Panel.of(("m",), np.array([[1.0, np.nan, 3.0]]), start=0, resolution_s=3600, tz="UTC")
    >>> strip_imputed(repair_panel(before, [])).values.tolist()
    [[1.0, nan, 3.0]]
    """
    imputed = panel.quality == Quality.IMPUTED
    values = np.where(imputed, np.nan, panel.values)
    quality = np.where(imputed, np.int8(Quality.MISSING), panel.quality).astype(np.int8)
    return replace(panel, values=values, quality=quality)
