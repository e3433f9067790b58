"""The total of a billing period: what was used so far and what is still to come, with honest quantiles.

Days are correlated and the level drifts, so the bands of single days do not add. The error of a total over
R days is taken as a whole: in units of the meter's own day-to-day spread it follows quantiles measured on
other meters, stretched by how this meter's own totals over R days came out in the past.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.analysis.forecast.daily import fill_by_profile
from kanchay.analysis.forecast.outlook import look_ahead
from kanchay.analysis.forecast.spread import NORMAL_LEVELS
from kanchay.domain.forecast import LEVELS, PeriodForecast
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["METHOD", "forecast_total"]

METHOD: Final = "daily_level"
_LOW, _HIGH = LEVELS.index(0.10), LEVELS.index(0.90)


def forecast_total(
    panel: Panel,
    point_id: str,
    *,
    start: int,
    end: int,
    issued_at: int,
    country: str | None = None,
    subdivision: str | None = None,
    first_days: FloatArray | None = None,
) -> PeriodForecast:
    """Forecast the total of ``[start, end)`` from what is known before `issued_at`.

    Parameters
    ----------
    panel : Panel
        Energy per interval; its history may begin long before `start`. [kWh]
    point_id : str
    start, end : int
        The period, at local midnights. [s]
    issued_at : int
        First instant not yet known. [s]
    country, subdivision : str or None
        For public holidays.
    first_days : ndarray of float64, shape (m,), optional
        What a forecaster of hours expects of the first m days, as `look_ahead` takes it. [kWh]

    Returns
    -------
    PeriodForecast
        `so_far` is what was measured in the period before `issued_at` plus an estimate for `missing_hours`.
        `daily_mean` begins with the rest of the day of issue, and ``so_far + sum(daily_mean) == mean``.

    Raises
    ------
    NotEnoughData
        No day is known before `issued_at`.

    Examples
    --------
    >>> panel = Panel.of(("m",), np.full((1, 24 * 14), 0.5), start=0, resolution_s=3600, tz="UTC")
    >>> period = forecast_total(panel, "m", start=7 * 86400, end=21 * 86400, issued_at=panel.end)
    >>> period.so_far, round(period.mean, 6)
    (84.0, 168.0)
    """
    panel = panel.measurable()  # what is not counts as missing, and is estimated
    ahead = look_ahead(
        panel, point_id, (max(issued_at, start), end), issued_at,
        country=country, subdivision=subdivision, first_days=first_days,
    )  # fmt: skip
    so_far, measured, missing_s = _so_far(
        panel, point_id, (start, min(issued_at, end)), (country, subdivision)
    )
    # The gaps that were estimated are uncertain too: each missing day by about its spread.
    gaps = ahead.spread * np.sqrt(missing_s / DAY) * NORMAL_LEVELS
    errors = np.vstack([gaps, np.sign(ahead.total_errors) * np.hypot(ahead.total_errors, gaps)])
    running = np.concatenate([[0.0], np.cumsum(ahead.expected)])
    totals = _bounded(so_far + running[:, None] + errors, measured, ahead.net)
    return PeriodForecast(
        point_id=point_id,
        start=start,
        end=end,
        issued_at=issued_at,
        so_far=so_far,
        missing_hours=missing_s / HOUR,
        mean=so_far + float(ahead.expected.sum()),
        quantiles=tuple(float(v) for v in totals[-1]),
        method=METHOD,
        daily_mean=tuple(float(v) for v in ahead.expected),
        cumulative_q10=tuple(float(v) for v in totals[1:, _LOW]),
        cumulative_q90=tuple(float(v) for v in totals[1:, _HIGH]),
    )


def _so_far(
    panel: Panel, point_id: str, span: tuple[int, int], place: tuple[str | None, str | None]
) -> tuple[float, float, int]:
    """Energy of the span with its gaps estimated [kWh], without them [kWh], and how much is estimated [s]."""
    start, stop = span
    whole = panel.slice(min(panel.start, start), max(panel.end, stop))
    filled, _ = fill_by_profile(whole, point_id, stop, country=place[0], subdivision=place[1])
    inside = (whole.starts >= start) & (whole.starts < stop)
    missing = int(np.isnan(whole.row(point_id)[inside]).sum()) * panel.resolution_s
    return float(filled[inside].sum()), float(np.nansum(whole.row(point_id)[inside])), missing


def _bounded(totals: FloatArray, measured: float, net: bool) -> FloatArray:
    """Totals that never fall below what was measured, unless the meter has had days of net export."""
    if not net:
        totals = np.maximum(totals, measured)
        totals[1:] = np.maximum.accumulate(totals[1:], axis=0)  # a sum of days only grows
    return np.maximum.accumulate(totals, axis=1)
