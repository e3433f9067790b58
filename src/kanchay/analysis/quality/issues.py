"""What is wrong with the readings of a panel: gaps, spikes, flat lines, unit and clock slips, negative loads.

Everything is judged against the hour-of-week profile of the point itself, by medians, so that what is wrong does not
bend the measure. Every issue carries the numbers behind it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.quality.cleaning import run_lengths
from kanchay.analysis.quality.clockslips import clock_slips
from kanchay.analysis.quality.profile import WeekProfile, week_profile
from kanchay.analysis.runs import runs
from kanchay.domain.interval import DAY, HOUR, wall_clock
from kanchay.domain.issue import Issue, IssueKind, Severity
from kanchay.domain.panel import Panel
from kanchay.domain.reading import LARGEST, FloatArray

__all__ = ["check_panel", "check_sum"]

SPIKE_SIGMAS: Final = 10.0
SPIKE_LONGEST_S: Final = 3 * HOUR  # what lasts longer is a load, not an error
FLAT_S: Final = DAY
SLIP: Final = 1000.0
_SLIP_TOLERANCE: Final = 0.4  # decades; days differ from the profile by less than a factor of 2.5
_SLIP_INTERVALS: Final = 0.7  # share of a day's intervals that must be off alike


def check_panel(
    panel: Panel, *, signed: frozenset[str] = frozenset(), unclocked: frozenset[str] = frozenset()
) -> list[Issue]:
    """Find what is wrong, point by point.

    Parameters
    ----------
    panel : Panel
        Energy or mean power on a regular grid.
    signed : frozenset of str
        Points that may be negative (net meters, batteries).
    unclocked : frozenset of str
        Points that follow the sun or a wish, not the clock (photovoltaics, single appliances): no clock slips,
        and long zeros are no flat line.

    Returns
    -------
    list of Issue
        By point, kind and time.

    Examples
    --------
    >>> values = np.tile(np.r_[np.ones(12), np.full(12, 2.0)], 28)
    >>> values[100:105] = np.nan
    >>> panel = Panel.of(("m",), values[None], start=0, resolution_s=3600, tz="UTC")
    >>> [(i.kind.value, i.numbers["hours"]) for i in check_panel(panel)]
    [('gap', 5.0)]
    """
    given, panel = panel, panel.measurable()
    profile = week_profile(panel)
    found: list[Issue] = []
    for row, point in enumerate(panel.points):
        found += _impossible(given, row)
        known = np.flatnonzero(~np.isnan(panel.values[row]))
        if len(known) == 0:
            continue
        inside = slice(int(known[0]), int(known[-1]) + 1)
        found += _gaps(given, row, inside)
        found += _unit_slips(panel, row, profile)
        slipped = _within(panel, [i for i in found if i.kind is IssueKind.UNIT_SLIP and i.point_id == point])
        found += _spikes(panel, row, profile, slipped)
        found += _flat_lines(panel, row, zeros=point not in unclocked)
        found += [] if point in signed else _negatives(panel, row)
        found += [] if point in unclocked else clock_slips(panel, row)
    return found


def _issue(
    panel: Panel, row: int, kind: IssueKind, span: tuple[int, int], severity: Severity, **numbers: float
) -> Issue:
    first, last = span
    start, end = panel.start + first * panel.resolution_s, panel.start + last * panel.resolution_s
    base = {"n_intervals": float(last - first), "hours": (end - start) / HOUR}
    return Issue(kind, panel.points[row], start, end, severity, base | numbers)


def _within(panel: Panel, issues: list[Issue]) -> NDArray[np.bool_]:
    inside = np.zeros(panel.n_intervals, dtype=np.bool_)
    for issue in issues:
        inside |= (panel.starts >= issue.start) & (panel.starts < issue.end)
    return inside


def _impossible(panel: Panel, row: int) -> list[Issue]:
    """Values that no meter can have measured; everything else is judged without them."""
    values = panel.values[row]
    return [
        _issue(
            panel, row, IssueKind.IMPOSSIBLE, (a, b), Severity.ERROR, value=float(values[a]), largest=LARGEST
        )
        for a, b in runs(np.abs(values) > LARGEST)
    ]


def _gaps(panel: Panel, row: int, inside: slice) -> list[Issue]:
    missing = np.isnan(panel.values[row])
    missing[: inside.start] = missing[inside.stop :] = False
    return [
        _issue(panel, row, IssueKind.GAP, (a, b), _gap_severity((b - a) * panel.resolution_s))
        for a, b in runs(missing)
    ]


def _gap_severity(seconds: int) -> Severity:
    return (
        Severity.INFO if seconds <= 3 * HOUR else Severity.WARNING if seconds <= 7 * DAY else Severity.ERROR
    )


def _spikes(panel: Panel, row: int, profile: WeekProfile, ignore: NDArray[np.bool_]) -> list[Issue]:
    """Short excursions ten spreads above the profile and twice above all but the highest values.

    Appliances make honest peaks many spreads above a quiet hour, so a spike must also tower over the point's own
    99.5th percentile. A point that rests most of the time is judged by the intervals in which it runs.
    """
    values = panel.values[row]
    running = np.abs(values[~np.isnan(values) & ~ignore & (values != 0)])
    if len(running) < 48:
        return []
    top = float(np.quantile(running, 0.995))
    floor = 0.1 * float(np.median(running))
    expected, spread = profile.expected[row], profile.spread[row] + floor
    score = (values - expected) / spread
    with np.errstate(invalid="ignore"):
        high = (np.abs(score) > SPIKE_SIGMAS) & (np.abs(values) > 2.0 * max(top, floor)) & ~ignore
    found = []
    for a, b in runs(high):
        if (b - a) * panel.resolution_s <= max(SPIKE_LONGEST_S, panel.resolution_s):
            peak = a + int(np.argmax(np.abs(values[a:b])))
            numbers = {
                "value": float(values[peak]),
                "usual": float(expected[peak]),
                "sigmas": float(score[peak]),
            }
            found.append(_issue(panel, row, IssueKind.SPIKE, (a, b), Severity.WARNING, **numbers))
    return found


def _flat_lines(panel: Panel, row: int, *, zeros: bool) -> list[Issue]:
    """One value for a day or longer, where the point otherwise varies; zeros only where they are not the rule."""
    values = panel.values[row]
    known = values[~np.isnan(values)]
    least = max(2, -(-FLAT_S // panel.resolution_s))
    if len(known) < 2 * least or panel.resolution_s >= FLAT_S or np.ptp(known) == 0:
        return []
    flat = run_lengths(values) >= least
    if not zeros or np.mean(known == 0) > 0.5:
        flat &= values != 0
    change = np.r_[True, values[1:] != values[:-1]]
    found = []
    for a, b in runs(flat):
        cuts = [a, *(a + 1 + np.flatnonzero(change[a + 1 : b])).tolist(), b]
        for low, high in pairwise(cuts):
            found.append(
                _issue(
                    panel, row, IssueKind.FLAT_LINE, (low, high), Severity.WARNING, value=float(values[low])
                )
            )
    return found


def _negatives(panel: Panel, row: int) -> list[Issue]:
    """Values below zero by more than a hundredth of what is usual, days with some folded into one issue."""
    values = panel.values[row]
    known = values[~np.isnan(values)]
    least = -0.01 * float(np.quantile(np.abs(known), 0.95))
    with np.errstate(invalid="ignore"):
        below = values < min(least, 0.0)
    where = np.flatnonzero(below)
    if len(where) == 0:
        return []
    numbers = {
        "n_negative": float(len(where)),
        "share": len(where) / len(known),
        "lowest": float(values[where].min()),
        "sum": float(values[where].sum()),
    }
    severity = Severity.ERROR if numbers["share"] > 0.01 else Severity.WARNING
    return [_issue(panel, row, IssueKind.NEGATIVE, (int(where[0]), int(where[-1]) + 1), severity, **numbers)]


def _unit_slips(panel: Panel, row: int, profile: WeekProfile) -> list[Issue]:
    """Days on which most values are a thousand times the profile, or a thousandth of it."""
    values, expected = panel.values[row], profile.expected[row]
    usable = ~np.isnan(values) & (values > 0) & (expected > 0)
    if usable.sum() < 48:
        return []
    decades = np.full(len(values), np.nan)
    decades[usable] = np.log10(values[usable] / expected[usable])
    day = wall_clock(panel.starts, panel.tz) // DAY
    day = (day - day[0]).astype(np.int64)
    n_known = np.bincount(day[usable], minlength=int(day[-1]) + 1)
    found = []
    for sign in (1.0, -1.0):
        with np.errstate(invalid="ignore"):
            off = np.abs(decades - sign * 3.0) < _SLIP_TOLERANCE
        share = np.bincount(day[off], minlength=len(n_known)) / np.maximum(n_known, 1)
        for a, b in runs((share >= _SLIP_INTERVALS) & (n_known > 0)):
            where = np.flatnonzero(off & (day >= a) & (day < b))
            factor = float(10 ** np.median(decades[where]))
            first, last = int(where[0]), int(where[-1]) + 1
            found.append(
                _issue(
                    panel,
                    row,
                    IssueKind.UNIT_SLIP,
                    (first, last),
                    Severity.ERROR,
                    factor=factor,
                    slip=SLIP**sign,
                )
            )
    return found


def check_sum(
    parent: Panel, children: Panel, *, tolerance: float = 0.02, counted: FloatArray | None = None
) -> list[Issue]:
    """Sub-meters that together read more than their parent.

    Parameters
    ----------
    parent : Panel
        One point.
    children : Panel
        Its sub-meters on the same grid.
    tolerance : float, default 0.02
        Excess that meters may differ by, as a share of what was counted and of a typical interval. [-]
    counted : ndarray of float64, shape (n_intervals,), optional
        Energy that went through the meters behind `parent`, in either direction; the parent itself by default. [kWh]

    Returns
    -------
    list of Issue
        At most one, on the parent.

    Examples
    --------
    >>> parent = Panel.of(("main",), np.array([[1.0, 1.0]]), start=0, resolution_s=3600, tz="UTC")
    >>> parts = Panel.of(("a", "b"), np.array([[0.5, 1.0], [0.4, 0.7]]), start=0, resolution_s=3600, tz="UTC")
    >>> [i.numbers["n_over"] for i in check_sum(parent, parts)]
    [1.0]
    """
    whole: FloatArray = parent.values[0]
    parts: FloatArray = np.nansum(children.values, axis=0)
    through = np.abs(whole) if counted is None else counted
    typical = float(np.nanmedian(through)) if (~np.isnan(through)).any() else 0.0
    with np.errstate(invalid="ignore"):
        over = parts > whole + tolerance * (through + typical)
    where = np.flatnonzero(over)
    known = int((~np.isnan(whole)).sum())
    if len(where) == 0 or known == 0:
        return []
    excess = float((parts - whole)[where].sum())
    numbers = {"n_over": float(len(where)), "share": len(where) / known, "excess": excess}
    severity = Severity.WARNING if numbers["share"] > 0.01 else Severity.INFO
    return [
        _issue(parent, 0, IssueKind.SUM_MISMATCH, (int(where[0]), int(where[-1]) + 1), severity, **numbers)
    ]
