"""Forecasters by name. A saved model joins through the port `Models`; these need no file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kanchay.analysis.forecast.naive import DayNaive, EnsembleNaive, WeekdayNaive, WeekNaive
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.ridge import RidgeForecaster
from kanchay.domain.errors import NotFound

__all__ = ["FORECASTERS", "forecaster"]

FORECASTERS: Final[dict[str, Callable[[], Forecaster]]] = {
    "day": DayNaive,
    "week": WeekNaive,
    "ensemble": EnsembleNaive,
    "weekday": WeekdayNaive,
    "ridge": RidgeForecaster,
}


def forecaster(name: str) -> Forecaster:
    """The forecaster of that name.

    Parameters
    ----------
    name : str
        One of `FORECASTERS`.

    Returns
    -------
    Forecaster
        A new one.

    Raises
    ------
    NotFound
        There is none; the message names the known ones.

    Examples
    --------
    >>> forecaster("ensemble").lookback_s
    604800
    """
    try:
        return FORECASTERS[name]()
    except KeyError:
        raise NotFound(
            f"No forecaster is called '{name}'.",
            hint=f"Known: {', '.join(FORECASTERS)}, or a path to a saved model.",
        ) from None
