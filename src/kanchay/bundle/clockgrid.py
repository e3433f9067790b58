"""Habits follow the clock, not elapsed time: windows around a clock change are laid on the wall clock and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.forecast.hours import hourly_means
from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.samehour import between
from kanchay.bundle.withinhour import to_hours
from kanchay.domain.interval import DAY, HOUR, IntArray, utc_offset
from kanchay.domain.reading import FloatArray

__all__ = ["ClockGrid"]


@dataclass(frozen=True, slots=True, eq=False)
class ClockGrid:
    """Where each interval by the clock lies in elapsed time, and the other way round.

    Attributes
    ----------
    past : ndarray of float64, shape (n_windows, n_lookback), or None
        For each interval by the clock before the time of issue, its place in the load: between two of its intervals
        where the clock moves by less than one; NaN where there is none (an hour that was skipped, or one before the
        load begins). None: no clock changes, the load is as it should be. [-]
    ahead : ndarray of float64, shape (n_windows, horizon)
        For each elapsed target interval, how many intervals by the clock after the time of issue. [-]
    n_hours : int
        Hours by the clock that the targets reach. [h]

    Examples
    --------
    >>> autumn = Windows(np.arange(168.0)[None], np.array([1792879200]), 3600, 24, "Europe/Madrid")
    >>> ClockGrid.of(autumn).ahead[0, :5].tolist()  # 02:00 comes twice
    [0.0, 1.0, 2.0, 2.0, 3.0]
    """

    past: FloatArray | None
    ahead: FloatArray
    n_hours: int

    @classmethod
    def of(cls, windows: Windows) -> ClockGrid:
        """The grid of these windows."""
        step, length = windows.resolution_s, windows.load.shape[1]
        now = utc_offset(windows.issued_at, windows.tz)[:, None]
        targets = windows.target_starts
        ahead = (targets - windows.issued_at[:, None] + utc_offset(targets, windows.tz) - now) / step
        reach = int(np.ceil(ahead.max(initial=windows.horizon - 1))) + 1
        n_hours = -(-reach * step // HOUR)
        ahead = np.maximum(ahead, 0.0)  # a clock put back just after the issue: the first hour again
        back = windows.issued_at[:, None] - step * np.arange(length, 0, -1, dtype=np.int64)
        then = utc_offset(back, windows.tz)
        if (then == now).all():
            return cls(None, ahead, n_hours)
        return cls(_past(windows, now, length), ahead, n_hours)

    def context(self, load: FloatArray) -> FloatArray:
        """The load by the clock, same shape; NaN for an hour that was skipped."""
        if self.past is None:
            return load
        found = _between(load, np.nan_to_num(self.past))
        return np.where(np.isnan(self.past), np.nan, found)

    def temperature(self, windows: Windows) -> FloatArray | None:
        """Hourly temperature by the clock, shape (n_windows, 168 + hours of whole days ahead); None without any."""
        if windows.temperature is None:
            return None
        length = windows.load.shape[1]
        air = np.where(np.isfinite(windows.temperature), windows.temperature, np.nan)
        past = to_hours(self.context(air[:, :length]), windows.resolution_s)
        n_days = -(-self.n_hours * HOUR // DAY)
        ahead = np.full((len(air), n_days * (DAY // windows.resolution_s)), np.nan)
        ahead[np.arange(len(air))[:, None], self.ahead.astype(np.int64)] = air[:, length:]
        return np.concatenate([past, hourly_means(ahead, windows.resolution_s)], axis=1)

    def targets(self, values: NDArray[np.float64]) -> FloatArray:
        """Values by the clock, shape (n_windows, n, ...), at the elapsed targets, shape (n_windows, horizon, ...)."""
        return _between(values, self.ahead)


def _between(values: NDArray[np.float64], places: FloatArray) -> FloatArray:
    """Values of each row at its places; between two of them, of both by their shares, or of the known one."""
    rows, low = np.arange(len(values))[:, None], places.astype(np.int64)
    found: FloatArray = values[rows, low]
    share = places - low
    if not share.any():
        return found
    after = values[rows, np.minimum(low + 1, values.shape[1] - 1)]
    return between(found, after, share.reshape(*share.shape, *([1] * (values.ndim - 2))))


def _past(windows: Windows, now: IntArray, length: int) -> FloatArray:
    """Place in the load of each interval by the clock; of an hour that came twice the later one."""
    step = windows.resolution_s
    clock = windows.issued_at[:, None] + now - step * np.arange(length, 0, -1, dtype=np.int64)
    later = np.stack([utc_offset(clock - now + shift, windows.tz) for shift in (-DAY, DAY)])
    best = np.full(clock.shape, np.nan)
    for offset in (later.max(axis=0), later.min(axis=0)):  # the smaller offset is the later instant: it wins
        instant = clock - offset
        fits = utc_offset(instant, windows.tz) == offset
        place = length - (windows.issued_at[:, None] - instant) / step
        best = np.where(fits & (place >= 0) & (place < length), place, best)
    return best
