"""What a forecaster did on one meter beside another: is the difference more than luck, and where does it err."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.backtest import Backtest
from kanchay.analysis.forecast.skill import error_by_hour
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import DAY, HOUR, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["DayCurve", "TrackRecord", "track_record"]

_WEEK: Final = 7  # days and their weekdays go together: they are drawn a week at a time
_LEAST_DAYS: Final = 7  # below it no interval can be told
_DRAWS: Final = 2000
_SEED: Final = 20260822  # the same card gives the same interval
_BAND: Final = (0.10, 0.90)
_N_WORST: Final = 3
_WHOLE: Final = 0.9  # share of a day that must be known for its curve to be shown


@dataclass(frozen=True, slots=True)
class DayCurve:
    """A forecast of one day beside what came true.

    Attributes
    ----------
    start : int
        UTC second of the time of issue, a local midnight. [s]
    resolution_s : int
        Length of an interval: that of the meter, at least half an hour. [s]
    actual, mean, low, high : tuple of float
        What came true (NaN where unknown), the forecast, and its 80 % band. [unit]
    mae, beside_mae : float
        Mean absolute error per interval of the meter, of the model and of the one beside it. [unit]
    """

    start: int
    resolution_s: int
    actual: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    mae: float
    beside_mae: float


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """A forecaster's past on one meter.

    Attributes
    ----------
    model, beside : str
        Who is compared with whom: a model with a naive, or a naive that answers with the model.
    n_days : int
        Days that were forecast and of which something was measured. [-]
    skill, skill_low, skill_high : float
        Share of the other's RMSE that the model saves over these days, and the interval in which it lies 8 times in
        10 were other weeks like these drawn; NaN below a week. [-]
    beaten : int
        Days on which the model's absolute error was below the other's. [-]
    error_by_hour, beside_error_by_hour : tuple of float, length 24
        Mean absolute error per interval by hour of the local day; NaN where never measured. [unit]
    error_by_lead, beside_error_by_lead : tuple of float
        Mean absolute error per interval one day ahead, two days ahead …; NaN where never measured. [unit]
    worst : tuple of DayCurve
        The days with the largest absolute error, worst first.
    missing_h : float
        Hours without a reading within the span. [h]
    omitted : int
        Days that could not be forecast for lack of history. [-]
    """

    model: str
    beside: str
    n_days: int
    skill: float
    skill_low: float
    skill_high: float
    beaten: int
    error_by_hour: tuple[float, ...]
    beside_error_by_hour: tuple[float, ...]
    error_by_lead: tuple[float, ...]
    beside_error_by_lead: tuple[float, ...]
    worst: tuple[DayCurve, ...]
    missing_h: float
    omitted: int


def track_record(
    model: Backtest,
    beside: Backtest,
    *,
    names: tuple[str, str],
    ahead: tuple[Backtest, Backtest],
    tz: str,
    missing_h: float,
    hours: Callable[[IntArray], Backtest] | None = None,
) -> TrackRecord:
    """Compare two back-tests of the same meter, issued at the same local midnights.

    Parameters
    ----------
    model, beside : Backtest
        A day ahead.
    names : tuple of str
        Of the two.
    ahead : tuple of Backtest
        The same two over several days, issued at midnights of the same span: how errors grow.
    tz : str
        IANA name of the clock whose hours count.
    missing_h : float
        Hours without a reading within the span. [h]
    hours : callable, optional
        The model's forecasts by the hour from given times of issue: a finer meter's worst days are shown by the hour,
        and the bands of its intervals do not add. Without it they are added, which is too wide.

    Returns
    -------
    TrackRecord

    Examples
    --------
    >>> from kanchay.analysis.backtest import backtest, clock_times
    >>> from kanchay.analysis.forecast.naive import DayNaive, WeekNaive
    >>> from kanchay.domain.panel import Panel
    >>> load = np.tile([1.0] * 120 + [0.2] * 48, 5) + 0.01 * (np.arange(840) % 5)
    >>> panel = Panel.of(("m",), load[None], start=345600, resolution_s=3600, tz="UTC")
    >>> issued = clock_times(345600 + 8 * 86400, panel.end, "UTC")
    >>> week, day = (backtest(panel, "m", f, issued) for f in (WeekNaive(), DayNaive()))
    >>> found = track_record(week, day, names=("week", "day"), ahead=(week, day), tz="UTC", missing_h=0.0)
    >>> found.n_days, found.skill > found.skill_low > 0.9
    (27, True)
    """
    errors = _errors(model), _errors(beside)
    both = ~np.isnan(errors[0]) & ~np.isnan(errors[1])
    mine, other = (np.where(both, e, 0.0) for e in errors)
    judged = both.any(axis=1)
    low, high = _interval((mine**2).sum(axis=1)[judged], (other**2).sum(axis=1)[judged])
    return TrackRecord(
        model=names[0],
        beside=names[1],
        n_days=int(judged.sum()),
        skill=_skill((mine**2).sum(), (other**2).sum()),
        skill_low=low,
        skill_high=high,
        beaten=int((mine.sum(axis=1) < other.sum(axis=1))[judged].sum()),
        error_by_hour=error_by_hour(model, tz),
        beside_error_by_hour=error_by_hour(beside, tz),
        error_by_lead=_by_lead(ahead[0]),
        beside_error_by_lead=_by_lead(ahead[1]),
        worst=_worst(model, mine, other, both, hours),
        missing_h=missing_h,
        omitted=len(model.omitted),
    )


def _errors(result: Backtest) -> FloatArray:
    error: FloatArray = np.abs(result.prediction.mean - result.actual)
    return error


def _skill(mine: float, other: float) -> float:
    """Share of the other's RMSE that is saved, from sums of squares."""
    return 1.0 - float(np.sqrt(mine / other)) if other > 0 else float("nan")


def _interval(mine: FloatArray, other: FloatArray) -> tuple[float, float]:
    """In which the skill lies 8 times in 10: weeks of days drawn with replacement (circular blocks)."""
    n = len(mine)
    if n < _LEAST_DAYS or other.sum() <= 0:
        return float("nan"), float("nan")
    rng = np.random.default_rng(_SEED)
    begin = rng.integers(0, n, size=(_DRAWS, -(-n // _WEEK)))
    days = ((begin[:, :, None] + np.arange(_WEEK)) % n).reshape(_DRAWS, -1)[:, :n]
    below = other[days].sum(axis=1)
    drawn = 1.0 - np.sqrt(mine[days].sum(axis=1) / np.where(below > 0, below, np.nan))
    low, high = np.nanquantile(drawn, _BAND)
    return float(low), float(high)


def _by_lead(result: Backtest) -> tuple[float, ...]:
    per_day = DAY // result.resolution_s
    error = _errors(result).reshape(len(result.issued_at), -1, per_day)
    known = ~np.isnan(error)
    count = known.sum(axis=(0, 2))
    total = np.where(known, error, 0.0).sum(axis=(0, 2))
    return tuple(float(t / n) if n else float("nan") for t, n in zip(total, count, strict=True))


def _worst(
    result: Backtest,
    mine: FloatArray,
    other: FloatArray,
    both: NDArray[np.bool_],
    hours: Callable[[IntArray], Backtest] | None,
) -> tuple[DayCurve, ...]:
    whole = np.flatnonzero(both.mean(axis=1) >= _WHOLE)
    rows = sorted(whole.tolist(), key=lambda row: -mine[row].sum() / both[row].sum())[:_N_WORST]
    bands = _bands_of_hours(result, rows, hours)
    return tuple(
        _curve(
            result,
            row,
            (float(mine[row].sum() / both[row].sum()), float(other[row].sum() / both[row].sum())),
            bands.get(int(result.issued_at[row])),
        )
        for row in rows
    )


def _bands_of_hours(
    result: Backtest, rows: list[int], hours: Callable[[IntArray], Backtest] | None
) -> dict[int, FloatArray]:
    """Quantiles by the hour of these days, shape (24, 9), by time of issue; none where nothing is summed."""
    if hours is None or not rows or _per_hour(result) == 1:
        return {}
    found = hours(np.sort(result.issued_at[rows]))
    return dict(zip(found.issued_at.tolist(), found.prediction.quantiles, strict=True))


def _per_hour(result: Backtest) -> int:
    """Intervals that are shown as one: those of an hour, where it has more than two."""
    return HOUR // result.resolution_s if result.resolution_s < HOUR // 2 else 1


def _curve(result: Backtest, row: int, errors: tuple[float, float], bands: FloatArray | None) -> DayCurve:
    """One day, summed to hours where the meter reports oftener than every half hour."""
    per = _per_hour(result)
    actual, mean = (c.reshape(-1, per).sum(axis=1) for c in (result.actual[row], result.prediction.mean[row]))
    if bands is None:
        bands = result.prediction.quantiles[row].reshape(len(mean), per, -1).sum(axis=1)
    below, above = (bands[:, LEVELS.index(level)] for level in _BAND)
    return DayCurve(
        start=int(result.issued_at[row]),
        resolution_s=result.resolution_s * per,
        actual=tuple(actual.tolist()),
        mean=tuple(mean.tolist()),
        low=tuple(below.tolist()),
        high=tuple(above.tolist()),
        mae=errors[0],
        beside_mae=errors[1],
    )
