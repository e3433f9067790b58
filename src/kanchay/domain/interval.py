"""Time: half-open intervals ``[start, end)`` in UTC seconds, labelled by their start; days cut in local time.

Arrays of instants are ``int64`` seconds since 1970-01-01T00:00Z. A local day has 23, 24 or 25 hours.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kanchay.domain.errors import TimeError

__all__ = [
    "DAY",
    "HOUR",
    "IntArray",
    "format_resolution",
    "local_day_bounds",
    "local_midnight",
    "parse_duration",
    "parse_instant",
    "to_datetime",
    "utc_offset",
    "wall_clock",
    "zone",
]

IntArray = NDArray[np.int64]

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86400
_STEP: Final = 7 * DAY  # no zone changes its clock twice within a week and returns (tz database, 1970 on)
_UNITS: Final = {"s": 1, "sec": 1, "m": 60, "min": 60, "t": 60, "h": HOUR, "d": DAY, "w": 7 * DAY}


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name.

    Parameters
    ----------
    name : str
        For example ``"America/Lima"``.

    Returns
    -------
    ZoneInfo
        The same object for the same name.

    Raises
    ------
    TimeError
        There is none of that name.

    Examples
    --------
    >>> str(zone("America/Lima"))
    'America/Lima'
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise TimeError(
            f"'{name}' is not a time zone.", hint="Use an IANA name such as America/Lima."
        ) from error


_LONGEST = 100 * 366 * DAY  # beyond it no store counts seconds safely


def parse_duration(text: str) -> int:
    """Seconds in a duration such as ``"15min"``, ``"1h"``, ``"24h"``, ``"7d"`` or ISO 8601 ``"PT15M"``.

    Parameters
    ----------
    text : str
        A whole number and its unit, or ISO 8601.

    Returns
    -------
    int
        Seconds. [s]

    Raises
    ------
    TimeError
        The text is not a positive duration.

    Examples
    --------
    >>> parse_duration("15min"), parse_duration("PT1H"), parse_duration("7d")
    (900, 3600, 604800)
    """
    word = text.strip().lower()
    iso = re.fullmatch(r"p(?:(\d{1,9})d)?(?:t(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?)?", word)
    if iso and any(iso.groups()):
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        length = days * DAY + hours * HOUR + minutes * MINUTE + seconds
    else:
        plain = re.fullmatch(r"(\d{1,9})\s*([a-z]+)", word)
        length = int(plain[1]) * _UNITS.get(plain[2], 0) if plain else 0
    if not 0 < length <= _LONGEST:
        raise TimeError(f"'{text[:40]}' is not a duration.", hint="Write 15min, 1h or 7d.")
    return length


def format_resolution(seconds: int) -> str:
    """ISO 8601 duration of a resolution: ``900 -> "PT15M"``, ``3600 -> "PT1H"``, ``86400 -> "P1D"``.

    Parameters
    ----------
    seconds : int
        Length of an interval. [s]

    Returns
    -------
    str
    """
    for size, form in ((DAY, "P{}D"), (HOUR, "PT{}H"), (MINUTE, "PT{}M")):
        if seconds % size == 0:
            return form.format(seconds // size)
    return f"PT{seconds}S"


def to_datetime(epoch: int | np.integer, tz: str = "UTC") -> datetime:
    """The aware datetime of UTC seconds, on the clock of `tz`.

    Parameters
    ----------
    epoch : int
        UTC seconds. [s]
    tz : str, default "UTC"
        IANA name of the zone.

    Returns
    -------
    datetime
    """
    return datetime.fromtimestamp(int(epoch), UTC if tz == "UTC" else zone(tz))


def parse_instant(text: str, tz: str = "UTC") -> int:
    """UTC seconds of an ISO 8601 text; a text without offset is read on the clock of `tz`.

    Parameters
    ----------
    text : str
        ISO 8601, for example ``"2026-08-22T18:00"`` or with an offset.
    tz : str, default "UTC"
        Zone of a text that has no offset.

    Returns
    -------
    int
        UTC. [s]

    Raises
    ------
    TimeError
        The text is no time.

    Examples
    --------
    >>> parse_instant("2026-08-22T00:00", "America/Lima")
    1787374800
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise TimeError(f"'{text}' is not a time.", hint="Write 2026-08-22T18:00 or with offset.") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone(tz))).timestamp())


def local_midnight(day: date, tz: str) -> int:
    """UTC seconds at which the local calendar day begins (also where midnight itself is skipped).

    Parameters
    ----------
    day : date
        A day of the local calendar.
    tz : str
        IANA name of the zone.

    Returns
    -------
    int
        UTC. [s]

    Examples
    --------
    >>> local_midnight(date(2026, 8, 22), "America/Lima")
    1787374800
    """
    moment = datetime.combine(day, time(0), zone(tz))
    return int(moment.timestamp())


def local_day_bounds(start: int, end: int, tz: str) -> IntArray:
    """Local midnights that cut ``[start, end)`` into whole local days.

    Parameters
    ----------
    start, end : int
        UTC seconds. [s]
    tz : str
        IANA name of the zone.

    Returns
    -------
    ndarray of int64, shape (n_days + 1,)
        From the last midnight at or before `start` to the first at or after `end`. [s]

    Examples
    --------
    >>> np.diff(local_day_bounds(1774738800, 1774825200, "Europe/Madrid")).tolist()  # 29 March 2026 has 23 hours
    [82800, 86400]
    """
    day = to_datetime(start, tz).date()
    bounds = [local_midnight(day, tz)]
    while bounds[-1] < end:
        day += timedelta(days=1)
        bounds.append(local_midnight(day, tz))
    return np.asarray(bounds, dtype=np.int64)


def _offset(epoch: int, tz: str) -> int:
    moment = datetime.fromtimestamp(epoch, zone(tz)).utcoffset()
    return int(moment.total_seconds()) if moment is not None else 0


@lru_cache(maxsize=512)
def _transitions(first_week: int, last_week: int, tz: str) -> tuple[IntArray, IntArray]:
    """Instants from which an offset holds, and the offsets, over whole weeks since 1970."""
    at, offsets = [first_week * _STEP], [_offset(first_week * _STEP, tz)]
    for week in range(first_week, last_week):
        low, high = week * _STEP, (week + 1) * _STEP
        after = _offset(high, tz)
        if after == offsets[-1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _offset(middle, tz) == after else (middle, high)
        at.append(high)
        offsets.append(after)
    return np.asarray(at, dtype=np.int64), np.asarray(offsets, dtype=np.int64)


def utc_offset(epoch: ArrayLike, tz: str) -> IntArray:
    """Seconds to add to UTC to get the clock of `tz`, for an array of instants.

    Parameters
    ----------
    epoch : array_like of int
        UTC seconds. [s]
    tz : str
        IANA name of the zone.

    Returns
    -------
    ndarray of int64, shape of `epoch`
        East of Greenwich is positive. [s]

    Examples
    --------
    >>> utc_offset([0, 1_700_000_000], "America/Lima").tolist()
    [-18000, -18000]
    """
    instants = np.asarray(epoch, dtype=np.int64)
    if instants.size == 0:
        return np.zeros(instants.shape, dtype=np.int64)
    weeks = int(instants.min()) // _STEP, int(instants.max()) // _STEP + 1
    at, offsets = _transitions(*weeks, tz)
    if len(offsets) == 1:  # no change of the clock in all that time
        return np.full(instants.shape, offsets[0], dtype=np.int64)
    return offsets[np.searchsorted(at, instants, side="right") - 1]


def wall_clock(epoch: ArrayLike, tz: str) -> IntArray:
    """Local clock time as if it were UTC seconds: hour of day is ``wall_clock(t, tz) // 3600 % 24``.

    Parameters
    ----------
    epoch : array_like of int
        UTC seconds. [s]
    tz : str
        IANA name of the zone.

    Returns
    -------
    ndarray of int64, shape of `epoch`
        [s]
    """
    instants = np.asarray(epoch, dtype=np.int64)
    return instants + utc_offset(instants, tz)
