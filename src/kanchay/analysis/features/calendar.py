"""The calendar as features: hour, weekday, weekend, public holiday and season on the site's own clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kanchay.analysis.features.publicholidays import holidays_of_year
from kanchay.domain.errors import NotFound
from kanchay.domain.interval import DAY, HOUR, IntArray, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["CALENDAR_FEATURES", "calendar_features", "holiday_dates", "is_holiday", "local_days"]

_EPOCH: Final = date(1970, 1, 1)
_THURSDAY: Final = 3  # 1970-01-01, with Monday as 0
_TROPICAL_YEAR_DAYS: Final = 365.2425  # mean Gregorian year
_SATURDAY: Final = 5

CALENDAR_FEATURES: Final = (
    "hour_sin", "hour_cos",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "weekend", "holiday", "year_sin", "year_cos",
)  # fmt: skip


def holiday_dates(country: str | None, subdivision: str | None, years: Iterable[int]) -> frozenset[date]:
    """Public holidays of a place in those years, as local dates.

    Parameters
    ----------
    country : str or None
        ISO 3166-1 alpha-2, for example ``"PE"``. None: no holidays.
    subdivision : str or None
        ISO 3166-2 part after the dash, for example ``"ENG"``.
    years : iterable of int

    Returns
    -------
    frozenset of date
        From the package `holidays`, kept per place and year.

    Raises
    ------
    NotFound
        The country or subdivision has no calendar.

    Examples
    --------
    >>> sorted(holiday_dates("PE", None, [2026]))[0].isoformat()
    '2026-01-01'
    >>> holiday_dates(None, None, [2026])
    frozenset()
    """
    if not country:
        return frozenset()
    try:
        return frozenset().union(*(holidays_of_year(country, subdivision, year) for year in years))
    except NotImplementedError as error:
        raise NotFound(
            f"No holiday calendar is known for '{country}'.",
            hint="Give an ISO 3166 country such as PE, or leave it out: no day then counts as a holiday.",
            code="country",
        ) from error


def local_days(starts: ArrayLike, tz: str) -> IntArray:
    """Local calendar day of each instant, as days since 1970-01-01.

    Parameters
    ----------
    starts : array_like of int
        UTC seconds. [s]
    tz : str
        IANA name of the zone.

    Returns
    -------
    ndarray of int64, shape of `starts`
        [days]

    Examples
    --------
    >>> local_days([0, 86400], "America/Lima").tolist()
    [-1, 0]
    """
    days: IntArray = wall_clock(starts, tz) // DAY
    return days


def is_holiday(days: ArrayLike, country: str | None, subdivision: str | None = None) -> NDArray[np.bool_]:
    """Whether each local day is a public holiday.

    Parameters
    ----------
    days : array_like of int, any shape
        Days since 1970-01-01, as from `local_days`. [d]
    country, subdivision : str or None
        As in `holiday_dates`.

    Returns
    -------
    ndarray of bool, same shape as `days`

    Examples
    --------
    >>> is_holiday([20454, 20455], "PE").tolist()  # 2026-01-01 and the day after
    [True, False]
    """
    numbers = np.asarray(days, dtype=np.int64)
    if not country or numbers.size == 0:
        return np.zeros(numbers.shape, dtype=np.bool_)
    first, last = int(numbers.min()), int(numbers.max())
    years = range((_EPOCH + timedelta(days=first)).year, (_EPOCH + timedelta(days=last)).year + 1)
    found = np.asarray(
        [(d - _EPOCH).days for d in holiday_dates(country, subdivision, years)], dtype=np.int64
    )
    # A table over the days spanned: many windows share few days.
    table = np.zeros(last - first + 1, dtype=np.bool_)
    table[found[(found >= first) & (found <= last)] - first] = True
    answer: NDArray[np.bool_] = table[numbers - first]
    return answer


def calendar_features(
    starts: ArrayLike, tz: str, country: str | None = None, subdivision: str | None = None
) -> FloatArray:
    """Calendar features of interval starts, on the wall clock of `tz`; the same at any resolution.

    Parameters
    ----------
    starts : array_like of int64, any shape
        Interval starts in UTC seconds. [s]
    tz : str
        IANA zone whose clock counts.
    country, subdivision : str or None
        Place whose public holidays count; None: no holidays.

    Returns
    -------
    ndarray of float64, shape ``starts.shape + (13,)``
        In the order of `CALENDAR_FEATURES`: sine and cosine of the hour of day, seven indicators Monday to
        Sunday, weekend (Saturday or Sunday), public holiday, sine and cosine of the position in the mean
        Gregorian year of 365.2425 days. [-]

    Raises
    ------
    NotFound
        The country or subdivision has no calendar.

    Examples
    --------
    >>> row = calendar_features([1767243600], "America/Lima", "PE")[0]  # 2026-01-01 00:00 in Lima, a Thursday
    >>> row[CALENDAR_FEATURES.index("hour_cos")], row[CALENDAR_FEATURES.index("holiday")]
    (np.float64(1.0), np.float64(1.0))
    >>> row[2:9].tolist()
    [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    """
    clock = wall_clock(starts, tz)
    days = clock // DAY
    hour = 2.0 * np.pi * (clock % DAY) / (24 * HOUR)
    year = 2.0 * np.pi * (clock / DAY) / _TROPICAL_YEAR_DAYS
    weekday = (days + _THURSDAY) % 7
    out = np.zeros((*clock.shape, len(CALENDAR_FEATURES)))
    out[..., 0], out[..., 1] = np.sin(hour), np.cos(hour)
    np.put_along_axis(out, 2 + weekday[..., None], 1.0, axis=-1)
    out[..., 9] = weekday >= _SATURDAY
    out[..., 10] = is_holiday(days, country, subdivision)
    out[..., 11], out[..., 12] = np.sin(year), np.cos(year)
    return out
