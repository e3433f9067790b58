"""One forecast of one point: the same path for the command line, the product and the worker."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.windows import MIN_KNOWN_S, known_seconds, make_windows, notes
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.forecast import Forecast
from kanchay.domain.interval import DAY, HOUR, to_datetime
from kanchay.domain.panel import Panel
from kanchay.domain.reading import LARGEST

__all__ = ["forecast_panel"]

_IMPOSSIBLE: Final = (
    f"Values beyond {LARGEST:.0e} are no measurement and were left out: see what `kanchay check` says."
)


def forecast_panel(
    panel: Panel,
    point_id: str,
    forecaster: Forecaster,
    issued_at: int,
    *,
    horizon_s: int = DAY,
    unit: str = "kWh",
    country: str | None = None,
    subdivision: str | None = None,
    run_id: str = "",
) -> Forecast:
    """Forecast one point from what a panel holds before `issued_at`.

    Parameters
    ----------
    panel : Panel
    point_id : str
    forecaster : Forecaster
    issued_at : int
        First instant not yet known; moved back to the start of its interval. [s]
    horizon_s : int, default 86400
        Elapsed time to forecast. [s]
    unit : str, default "kWh"
    country, subdivision : str or None
        For public holidays.
    run_id : str
        The run this forecast belongs to.

    Returns
    -------
    Forecast
        With the codes of `kanchay.analysis.forecast.windows.notes`.

    Raises
    ------
    NotEnoughData
        Less than one day is known in the history that the forecaster reads.

    Examples
    --------
    >>> import numpy as np
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> panel = Panel.of(("m",), np.ones((1, 48)), start=0, resolution_s=3600, tz="UTC")
    >>> forecast_panel(panel, "m", DayNaive(), panel.end).mean.sum()
    np.float64(24.0)
    """
    windows = make_windows(
        panel,
        point_id,
        [issued_at],
        lookback_s=forecaster.lookback_s,
        horizon_s=horizon_s,
        country=country,
        subdivision=subdivision,
    )
    known = int(known_seconds(windows)[0])
    if known < MIN_KNOWN_S:
        raise NotEnoughData(
            f"Point '{point_id}' has {known / HOUR:g} known hours before {_when(issued_at, panel.tz)}.",
            hint="A forecast needs at least 24." if windows.impossible is None else _IMPOSSIBLE,
        )
    prediction = forecaster.predict(windows)
    issued = int(windows.issued_at[0])
    return Forecast(
        point_id=point_id,
        issued_at=issued,
        start=issued,
        resolution_s=panel.resolution_s,
        unit=unit,
        mean=prediction.mean[0],
        quantiles=prediction.quantiles[0],
        model=forecaster.name,
        run_id=run_id,
        notes=notes(windows)[0],
    )


def _when(instant: int, tz: str) -> str:
    moment: datetime = to_datetime(instant, tz)
    return moment.isoformat(timespec="minutes")
