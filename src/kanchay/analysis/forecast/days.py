"""Daily totals up to five weeks ahead, and the total of them all.

The mean of the total is the sum of the days' means. Its band is its own: days are correlated, so the bands of days
do not add.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np

from kanchay.analysis.forecast.daily import in_parts
from kanchay.analysis.forecast.outlook import Outlook, look_ahead
from kanchay.domain.errors import TimeError
from kanchay.domain.forecast import DailyForecast
from kanchay.domain.interval import DAY, HOUR, IntArray, local_midnight, to_datetime, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["MAX_DAYS", "as_energy", "days_of_hours", "forecast_days"]

MAX_DAYS: Final = 35
_SHORT_DAYS: Final = 7.0


def forecast_days(
    panel: Panel,
    point_id: str,
    *,
    issued_at: int,
    n_days: int,
    unit: str = "kWh",
    country: str | None = None,
    subdivision: str | None = None,
    first_days: FloatArray | None = None,
    method: str = "daily_level",
) -> DailyForecast:
    """Forecast the totals of local days.

    Parameters
    ----------
    panel : Panel
        Energy per interval; up to 400 days of history are worth giving. [kWh]
    point_id : str
    issued_at : int
        First instant not yet known, moved back to the start of its interval. Inside a day the first total is that of
        the rest of the day. [s]
    n_days : int
        Local days, the day of issue included. [d]
    unit : str, default "kWh"
    country, subdivision : str or None
        For public holidays.
    first_days : ndarray of float64, shape (m,), optional
        What a forecaster of hours expects of the first m days, as `days_of_hours` adds them up. [kWh]
    method : str, default "daily_level"
        Name of what forecast it.

    Returns
    -------
    DailyForecast
        ``mean.sum() == total_mean``. Notes: ``"short_history"`` with less than a week of days; ``"impossible"`` where
        values that no meter can have measured were left out.

    Raises
    ------
    TimeError
        `n_days` is not between 1 and 35.
    NotEnoughData
        No whole day is known before `issued_at`.

    Examples
    --------
    >>> panel = Panel.of(("m",), np.full((1, 24 * 14), 0.5), start=0, resolution_s=3600, tz="UTC")
    >>> ahead = forecast_days(panel, "m", issued_at=panel.end, n_days=35)
    >>> len(ahead.mean), round(ahead.total_mean, 6)
    (35, 420.0)
    """
    if not 1 <= n_days <= MAX_DAYS:
        raise TimeError(f"{n_days} days are asked for.", hint=f"Ask for 1 to {MAX_DAYS} days.")
    given, panel = panel, panel.measurable()
    issued_at = panel.start + (issued_at - panel.start) // panel.resolution_s * panel.resolution_s
    bounds = _bounds(issued_at, n_days, panel.tz)
    ahead = look_ahead(
        panel, point_id, (issued_at, int(bounds[-1])), issued_at,
        country=country, subdivision=subdivision, first_days=first_days,
    )  # fmt: skip
    return DailyForecast(
        point_id=point_id,
        issued_at=issued_at,
        starts=bounds[:-1],
        end=int(bounds[-1]),
        unit=unit,
        mean=ahead.expected,
        quantiles=_bands(ahead.expected, ahead.day_errors, ahead.net),
        total_mean=float(ahead.expected.sum()),
        total_quantiles=_bands(ahead.expected.sum(keepdims=True), ahead.total_errors[-1:], ahead.net)[0],
        method=method,
        known_hours=_known_hours(panel, point_id, issued_at),
        notes=(*_notes(ahead), *(() if panel is given else ("impossible",))),
    )


def as_energy(panel: Panel, unit: str) -> tuple[Panel, str]:
    """A panel of mean power as energy per interval, so that its days add up; energy stays what it is.

    Parameters
    ----------
    panel : Panel
    unit : str
        Of its values: ``"kW"`` is turned into ``"kWh"``.

    Returns
    -------
    Panel, str
        And its unit.

    Examples
    --------
    >>> panel = Panel.of(("m",), np.array([[2.0, 4.0]]), start=0, resolution_s=900, tz="UTC")
    >>> as_energy(panel, "kW")[0].values.tolist()
    [[0.5, 1.0]]
    """
    if unit != "kW":
        return panel, unit
    return replace(panel, values=panel.values * panel.resolution_s / HOUR), "kWh"


def days_of_hours(starts: IntArray, values: FloatArray, tz: str) -> FloatArray:
    """Sums of a forecast's intervals by local day, without a last day that is not whole.

    An hour that midnight cuts (clocks that moved by half an hour) belongs to both days by halves.

    Parameters
    ----------
    starts : ndarray of int64, shape (n,)
        Starts of consecutive intervals. [s]
    values : ndarray of float64, shape (n,)
        Expected energy. [kWh]
    tz : str

    Returns
    -------
    ndarray of float64, shape (n_days,)
        The first perhaps the rest of its day. [kWh]

    Examples
    --------
    >>> days_of_hours(3600 * np.arange(20, 20 + 30), np.ones(30), "UTC").tolist()  # from 20:00, 30 hours
    [4.0, 24.0]
    """
    if len(starts) < 2:
        return np.zeros(0)
    parts, n = in_parts(starts, int(starts[1] - starts[0]))
    days, place = np.unique(wall_clock(parts, tz) // DAY, return_inverse=True)
    sums = np.bincount(place, weights=np.repeat(values / n, n), minlength=len(days)).astype(np.float64)
    after = int(2 * starts[-1] - starts[-2])  # where the last interval ends
    whole = int(wall_clock(after, tz)) // DAY > int(days[-1])
    return sums if whole else sums[:-1]


def _bounds(issued_at: int, n_days: int, tz: str) -> IntArray:
    """The time of issue and the `n_days` local midnights after it."""
    today = to_datetime(issued_at, tz).date()
    after = [local_midnight(today + timedelta(days=k), tz) for k in range(1, n_days + 1)]
    return np.asarray([issued_at, *after], dtype=np.int64)


def _bands(expected: FloatArray, errors: FloatArray, net: bool) -> FloatArray:
    """Quantiles about what is expected, at least 0 unless the meter exports."""
    bands = expected[:, None] + errors
    return np.maximum.accumulate(bands if net else np.maximum(bands, 0.0), axis=1)


def _known_hours(panel: Panel, point_id: str, issued_at: int) -> float:
    known = ~np.isnan(panel.row(point_id)) & (panel.starts < issued_at)
    return float(known.sum()) * panel.resolution_s / HOUR


def _notes(ahead: Outlook) -> tuple[str, ...]:
    return ("short_history",) if ahead.days_known < _SHORT_DAYS else ()
