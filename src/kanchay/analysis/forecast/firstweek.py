"""The first week of a longer outlook: the hourly forecast, summed by day."""

from __future__ import annotations

from kanchay.analysis.forecast.days import days_of_hours
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.single import forecast_panel
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.interval import DAY
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["first_week"]

_WEEK = 7 * DAY


def first_week(
    panel: Panel,
    point_id: str,
    forecaster: Forecaster,
    issued_at: int,
    *,
    country: str | None = None,
    subdivision: str | None = None,
) -> FloatArray | None:
    """Daily sums of what a forecaster expects of the seven days after `issued_at`.

    Parameters
    ----------
    panel : Panel
        Energy per interval. [kWh]
    point_id : str
    forecaster : Forecaster
        That of the hourly forecast.
    issued_at : int
        First instant not yet known. [s]
    country, subdivision : str or None
        For public holidays.

    Returns
    -------
    ndarray of float64, shape (n_days,), or None
        The first may be the rest of its day, the last is whole. None where less than a day is known. [kWh]

    Examples
    --------
    >>> import numpy as np
    >>> from kanchay.analysis.forecast.naive import EnsembleNaive
    >>> panel = Panel.of(("m",), np.full((1, 168), 0.5), start=0, resolution_s=3600, tz="UTC")
    >>> first_week(panel, "m", EnsembleNaive(), panel.end).tolist()
    [12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0]
    """
    try:
        forecast = forecast_panel(
            panel, point_id, forecaster, issued_at, horizon_s=_WEEK, country=country, subdivision=subdivision
        )
    except NotEnoughData:
        return None
    return days_of_hours(forecast.starts, forecast.mean, panel.tz)
