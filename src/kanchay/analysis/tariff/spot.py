"""Published prices of each interval, by the terms of a tariff's series charges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.blend import shares_of
from kanchay.domain.charges import SeriesCharge
from kanchay.domain.interval import IntArray
from kanchay.domain.priceseries import PriceSeries
from kanchay.domain.reading import FloatArray
from kanchay.domain.tariff import Tariff

__all__ = ["series_prices", "series_terms"]


def series_terms(
    tariff: Tariff, start: date, end: date, as_of: date | None = None
) -> Iterator[tuple[SeriesCharge, tuple[date, date]]]:
    """Each series charge with the days on which its list holds.

    Parameters
    ----------
    tariff : Tariff
    start, end : date
        Half-open local days.
    as_of : date, optional
        Day whose list holds for all of them.

    Yields
    ------
    (SeriesCharge, (date, date))

    Raises
    ------
    BillRefused
        ``bill.uncovered_date``, where the tariff has such charges at all: quantities alone need no list.

    Examples
    --------
    >>> from types import SimpleNamespace as Some
    >>> list(series_terms(Some(versions=()), date(2026, 8, 4), date(2026, 9, 4)))
    []
    """
    if not any(isinstance(c, SeriesCharge) for v in tariff.versions for c in v.charges):
        return
    if as_of is not None:
        version = shares_of(tariff, as_of, date.fromordinal(as_of.toordinal() + 1))[0][0]
        yield from ((c, (start, end)) for c in version.charges if isinstance(c, SeriesCharge))
        return
    day = start
    for version, n_days, _ in shares_of(tariff, start, end):
        until = date.fromordinal(day.toordinal() + n_days)
        yield from ((c, (day, until)) for c in version.charges if isinstance(c, SeriesCharge))
        day = until


def series_prices(
    charge: SeriesCharge, series: Mapping[str, PriceSeries], starts: IntArray, resolution_s: int
) -> FloatArray:
    """Prices of a series charge in each interval, by its terms.

    Parameters
    ----------
    charge : SeriesCharge
    series : mapping of str to PriceSeries
        Published prices by name.
    starts : ndarray of int64, shape (n,)
        UTC second of each interval. [s]
    resolution_s : int
        [s]

    Returns
    -------
    ndarray of float64, shape (n,)
        Without tax; NaN where no price is published. [currency/kWh]

    Raises
    ------
    BillRefused
        ``bill.missing_price``: there is no series of that name.
    """
    if charge.series not in series:
        raise refuse.missing_price(charge.id, charge.series)
    prices = float(charge.multiply) * series[charge.series].over(starts, resolution_s) + float(charge.add)
    low = -np.inf if charge.floor is None else float(charge.floor)
    high = np.inf if charge.cap is None else float(charge.cap)
    return np.clip(prices, low, high)
