"""Cut histories out of a panel, one row per time of issue. Nothing at or after `issued_at` ever enters."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kanchay.analysis.forecast.protocol import Windows
from kanchay.domain.errors import TimeError
from kanchay.domain.interval import DAY, IntArray
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray, measurable

__all__ = ["MIN_KNOWN_S", "actuals", "known_seconds", "make_windows", "notes", "steps"]

MIN_KNOWN_S: Final = DAY  # below one day of known values no daily shape can be seen: no answer
_SHORT_S: Final = (
    4 * DAY
)  # under four days no spread over days is seen either: bands are wider, and we say so
_GAPS: Final = 0.10  # share of missing intervals that is worth a word


def steps(horizon_s: int, resolution_s: int) -> int:
    """Number of intervals in a horizon.

    Parameters
    ----------
    horizon_s : int
        How far a forecast reaches. [s]
    resolution_s : int
        Length of an interval. [s]

    Returns
    -------
    int

    Raises
    ------
    TimeError
        The horizon is no positive multiple of the resolution.

    Examples
    --------
    >>> steps(86400, 900)
    96
    """
    if horizon_s <= 0 or horizon_s % resolution_s:
        raise TimeError(
            f"A horizon of {horizon_s} s is not a whole number of intervals of {resolution_s} s.",
            hint="Give a multiple of the resolution, for example 24h.",
        )
    return horizon_s // resolution_s


def _cut(row: FloatArray, first: IntArray, length: int) -> FloatArray:
    """Pieces of a row from the given indices, NaN where they reach outside, shape (n, length)."""
    before = max(0, -int(first.min(initial=0)))
    after = max(0, int(first.max(initial=0)) + length - len(row))
    padded = np.concatenate([np.full(before, np.nan), row, np.full(after, np.nan)])
    view = np.lib.stride_tricks.sliding_window_view(padded, length)
    pieces: FloatArray = view[first + before]
    return pieces


def make_windows(
    panel: Panel,
    point_id: str,
    issued_at: ArrayLike,
    *,
    lookback_s: int,
    horizon_s: int,
    country: str | None = None,
    subdivision: str | None = None,
) -> Windows:
    """Windows of one point of a panel.

    Parameters
    ----------
    panel : Panel
        Its resolution and zone become those of the windows.
    point_id : str
    issued_at : array_like of int64, shape (n_windows,)
        Times of issue. One that falls inside an interval is moved back to that interval's start: what
        has not ended is not known. [s]
    lookback_s, horizon_s : int
        History to read and time to forecast. [s]
    country, subdivision : str or None
        For public holidays.

    Returns
    -------
    Windows
        ``load`` ends just before `issued_at`; where it reaches outside the panel it is NaN.

    Raises
    ------
    TimeError
        The horizon is no multiple of the resolution.

    Examples
    --------
    >>> panel = Panel.of(("m",), np.arange(4.0)[None], start=0, resolution_s=3600, tz="UTC")
    >>> make_windows(panel, "m", [7200, 9000], lookback_s=10800, horizon_s=3600).load.tolist()
    [[nan, 0.0, 1.0], [nan, 0.0, 1.0]]
    """
    length = -(-lookback_s // panel.resolution_s)
    index = (np.asarray(issued_at, dtype=np.int64) - panel.start) // panel.resolution_s
    return Windows(
        load=_cut(panel.row(point_id), index - length, length),
        issued_at=panel.start + index * panel.resolution_s,
        resolution_s=panel.resolution_s,
        horizon=steps(horizon_s, panel.resolution_s),
        tz=panel.tz,
        country=country,
        subdivision=subdivision,
    )


def actuals(panel: Panel, point_id: str, windows: Windows) -> FloatArray:
    """What came true in the target intervals, NaN where unknown or where no meter can have measured it.

    Parameters
    ----------
    panel : Panel
        Readings that reach beyond the windows. [kWh]
    point_id : str
        Row of the panel.
    windows : Windows
        At the panel's resolution.

    Returns
    -------
    ndarray of float64, shape (n_windows, horizon)
        [kWh]
    """
    first = (windows.issued_at - panel.start) // panel.resolution_s
    return _cut(measurable(panel.row(point_id)), first, windows.horizon)


def known_seconds(windows: Windows) -> IntArray:
    """Seconds of known history in each window.

    Parameters
    ----------
    windows : Windows

    Returns
    -------
    ndarray of int64, shape (n_windows,)
        [s]

    Examples
    --------
    >>> known_seconds(Windows(np.array([[1.0, np.nan]]), np.array([0]), 3600, 24, "UTC")).tolist()
    [3600]
    """
    known: IntArray = (~np.isnan(windows.load)).sum(axis=1) * windows.resolution_s
    return known


def notes(windows: Windows) -> list[tuple[str, ...]]:
    """Codes that say how each window's history limits its forecast.

    ``"no_history"``: less than one day is known; ``"short_history"``: less than four days; ``"gaps"``: more
    than a tenth is missing between the first known value and `issued_at`, or of the last week of it; ``"impossible"``:
    values that no meter can have measured were left out.

    Parameters
    ----------
    windows : Windows

    Returns
    -------
    list of tuple of str
        One tuple a window, empty where nothing limits it.

    Examples
    --------
    >>> notes(Windows(np.ones((1, 30)), np.array([0]), 3600, 24, "UTC"))
    [('short_history',)]
    """
    known = known_seconds(windows)
    if windows.load.shape[1] == 0:
        return [("no_history",)] * len(windows)
    missing = np.isnan(windows.load)
    reach = (~missing).argmax(axis=1)  # the first known value
    week = 7 * DAY // windows.resolution_s
    lost = np.maximum(*(_lost(missing, np.maximum(reach, first)) for first in (0, missing.shape[1] - week)))
    beyond = windows.impossible if windows.impossible is not None else np.zeros(len(windows), dtype=np.bool_)
    answers = []
    for seconds, share, left_out in zip(known, lost, beyond, strict=True):
        codes = ["no_history"] if seconds < MIN_KNOWN_S else ["short_history"] if seconds < _SHORT_S else []
        if seconds and share > _GAPS:
            codes.append("gaps")
        if left_out:
            codes.append("impossible")
        answers.append(tuple(codes))
    return answers


def _lost(missing: NDArray[np.bool_], first: IntArray) -> FloatArray:
    """Share that is missing of each row from an index on."""
    inside = np.arange(missing.shape[1]) >= first[:, None]
    share: FloatArray = (missing & inside).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)
    return share
