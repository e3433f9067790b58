"""The balance of a meter tree: what comes in, from the grid and from the roof, is what is used.

``grid import − grid export + production + battery discharge − battery charge = consumption``. Sub-meters are parts of
the consumption; what is left is "other". A remainder below zero says that a meter, its place in the tree or its sign
is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kanchay.analysis.quality.issues import check_sum
from kanchay.domain.errors import ShapeError
from kanchay.domain.issue import Issue
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["Balance", "balance", "check_balance"]


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """What a site used, and what of it no sub-meter sees.

    Attributes
    ----------
    consumption : ndarray of float64, shape (n_intervals,)
        Signed sum of the sources; NaN where one of them is not known. [kWh]
    metered : ndarray of float64, shape (n_intervals,)
        Sum of the sources without their signs: what the meters counted, to which their errors are in proportion. [kWh]
    other : ndarray of float64, shape (n_intervals,)
        Consumption minus the sub-meters; NaN where a sub-meter is not known. [kWh]
    """

    consumption: FloatArray
    metered: FloatArray
    other: FloatArray


def balance(sources: Panel, signs: Sequence[int], parts: Panel | None = None) -> Balance:
    """Consumption from its sources, and the remainder beside the sub-meters.

    Parameters
    ----------
    sources : Panel
        Grid import and export, production, battery; energy per interval. [kWh]
    signs : sequence of int, length n_points of `sources`
        +1 for what comes in, -1 for what leaves or is stored. [-]
    parts : Panel, optional
        Sub-meters on the same grid. [kWh]

    Returns
    -------
    Balance

    Raises
    ------
    ShapeError
        Not one sign for each source.

    Examples
    --------
    >>> grid = Panel.of(("import", "export", "pv"), np.array([[1.0], [2.0], [4.0]]), start=0, resolution_s=3600, tz="UTC")
    >>> hvac = Panel.of(("hvac",), np.array([[2.5]]), start=0, resolution_s=3600, tz="UTC")
    >>> found = balance(grid, (1, -1, 1), hvac)
    >>> found.consumption.tolist(), found.metered.tolist(), found.other.tolist()
    ([3.0], [7.0], [0.5])
    """
    if len(signs) != len(sources.points):
        raise ShapeError(f"{len(sources.points)} sources have {len(signs)} signs; give one for each.")
    consumption: FloatArray = np.asarray(signs, dtype=np.float64) @ sources.values
    metered: FloatArray = np.abs(sources.values).sum(axis=0)
    used: FloatArray = parts.values.sum(axis=0) if parts is not None else np.zeros_like(consumption)
    return Balance(consumption, metered, consumption - used)


def check_balance(
    sources: Panel,
    signs: Sequence[int],
    parts: Panel | None = None,
    *,
    tolerance: float = 0.02,
) -> list[Issue]:
    """A remainder below zero: the parts use more than all sources bring, or more is sent away than made.

    Parameters
    ----------
    sources : Panel
        The first point is the meter that the issue is told of. [kWh]
    signs : sequence of int
        As in `balance`. [-]
    parts : Panel, optional
        Sub-meters on the same grid. [kWh]
    tolerance : float, default 0.02
        What meters may differ by, as a share of what they counted and of a typical interval. [-]

    Returns
    -------
    list of Issue
        At most one.

    Examples
    --------
    >>> grid = Panel.of(("import", "pv"), np.array([[1.0, 1.0], [4.0, 0.0]]), start=0, resolution_s=3600, tz="UTC")
    >>> hvac = Panel.of(("hvac",), np.array([[2.5, 2.5]]), start=0, resolution_s=3600, tz="UTC")
    >>> [(i.kind.value, i.numbers["n_over"], i.numbers["excess"]) for i in check_balance(grid, (1, 1), hvac)]
    [('sum_mismatch', 1.0, 1.5)]
    """
    found = balance(sources, signs, parts)
    known = ~np.isnan(found.other)
    whole = _row(sources, np.where(known, found.consumption, np.nan))
    used = _row(sources, found.consumption - found.other)
    return check_sum(whole, used, tolerance=tolerance, counted=found.metered)


def _row(like: Panel, values: FloatArray) -> Panel:
    return Panel.of(
        like.points[:1], values[None], start=like.start, resolution_s=like.resolution_s, tz=like.tz
    )
