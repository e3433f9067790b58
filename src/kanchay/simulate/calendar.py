"""The minutes of a simulation and what day they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.errors import TimeError
from kanchay.domain.interval import DAY, IntArray, local_midnight, parse_instant, utc_offset, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["SPIN_UP_DAYS", "Calendar", "day_number", "instant", "public_holidays"]

SPIN_UP_DAYS = 10  # tank and zone forget where they started long before: 2 % are left after one draw
_EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


def instant(when: str | int | date, tz: str) -> int:
    """UTC seconds of an instant, of an ISO text read on the clock of `tz`, or of a local midnight."""
    if isinstance(when, date):
        return local_midnight(when, tz)
    return parse_instant(when, tz) if isinstance(when, str) else int(when)


@lru_cache(maxsize=64)
def public_holidays(country: str, first_year: int, last_year: int) -> frozenset[int]:
    """Public holidays as days since 1970; none where the country is not known."""
    import holidays

    try:
        table = holidays.country_holidays(country, years=range(first_year, last_year + 1))
    except NotImplementedError:
        return frozenset()
    return frozenset(day_number(day) for day in table)


@dataclass(frozen=True)
class Calendar:
    """Minutes around ``[start, end)``, in UTC, with their local clock: whole local days.

    `start` and `end` bound what is kept. The days before `start` let heat and habits settle; the day after `end`
    is there so that nothing depends on where a window is cut.
    """

    start: int
    end: int
    tz: str
    country: str = "PE"

    def __post_init__(self) -> None:
        if self.end <= self.start or self.start % 60 or self.end % 60:
            raise TimeError(
                f"A simulation from {self.start} to {self.end} has no whole minutes.", hint="Give days ≥ 1."
            )

    @cached_property
    def first(self) -> int:
        """UTC second of the first minute: a local midnight. [s]"""
        local = int(wall_clock(self.start, self.tz))
        return local_midnight(_EPOCH + timedelta(days=local // DAY - SPIN_UP_DAYS), self.tz)

    @cached_property
    def minutes(self) -> IntArray:
        """Start of each minute, shape (n,). [s]"""
        local = int(wall_clock(self.end, self.tz))
        last = local_midnight(_EPOCH + timedelta(days=local // DAY + 2), self.tz)
        return np.arange(self.first, last, 60, dtype=np.int64)

    @cached_property
    def _local(self) -> IntArray:
        return np.asarray(wall_clock(self.minutes, self.tz), dtype=np.int64)

    @cached_property
    def days(self) -> IntArray:
        """Local days touched, shape (n_days,), days since 1970."""
        return np.arange(self._local[0] // DAY, self._local[-1] // DAY + 1, dtype=np.int64)

    @cached_property
    def day_index(self) -> IntArray:
        """Row of `days` of each minute, shape (n,)."""
        return np.asarray(self._local // DAY - self.days[0])

    @cached_property
    def hour(self) -> FloatArray:
        """Local clock hour of each minute with its fraction, shape (n,)."""
        return np.asarray(self._local % DAY / 3600.0)

    @cached_property
    def weekday(self) -> IntArray:
        """0 Monday … 6 Sunday, by day."""
        return np.asarray((self.days + 3) % 7)

    @cached_property
    def day_of_year(self) -> FloatArray:
        """0 … 365, by day; smooth enough for seasons."""
        years = self.days.astype("datetime64[D]").astype("datetime64[Y]")
        return (self.days - years.astype("datetime64[D]").astype(np.int64)).astype(np.float64)

    @cached_property
    def month(self) -> IntArray:
        """1 … 12, by day."""
        return self.days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1

    @cached_property
    def holiday(self) -> NDArray[np.bool_]:
        """Public holidays of the country, by day."""
        years = [(_EPOCH + timedelta(days=int(d))).year for d in (self.days[0], self.days[-1])]
        return np.isin(self.days, list(public_holidays(self.country, years[0], years[1])))

    @cached_property
    def workday(self) -> NDArray[np.bool_]:
        """Monday to Friday and no holiday, by day."""
        return (self.weekday < 5) & ~self.holiday

    @cached_property
    def schoolday(self) -> NDArray[np.bool_]:
        """Workdays of the Peruvian school year: mid March to mid December, two weeks off in July."""
        doy = self.day_of_year
        return self.workday & (doy >= 72) & (doy < 350) & ~((doy >= 205) & (doy < 219))

    def place(self, day: IntArray, minute: FloatArray) -> IntArray:
        """Row of `minutes` at that minute of those local days (rows of `days`); may lie outside."""
        local = (self.days[0] + day) * DAY + np.floor(minute).astype(np.int64) * 60
        guess = local - utc_offset(local, self.tz)
        utc = local - utc_offset(guess, self.tz)
        return np.asarray((utc - self.first) // 60)

    def pulses(
        self, day: IntArray, minute: FloatArray, length: FloatArray, height: FloatArray | float
    ) -> FloatArray:
        """Sum of rectangles: at `minute` of local `day`, `length` minutes long, `height` high, shape (n,)."""
        n = len(self.minutes)
        begin = self.place(np.asarray(day), np.asarray(minute))
        end = begin + np.maximum(np.round(length), 1).astype(np.int64)
        edges = np.zeros(n + 1)
        tall = np.broadcast_to(np.asarray(height, dtype=np.float64), begin.shape)
        np.add.at(edges, np.clip(begin, 0, n), tall)
        np.add.at(edges, np.clip(end, 0, n), -tall)
        out = np.cumsum(edges[:-1])
        out[np.abs(out) < 1e-12] = 0.0
        return out

    def between(self, start: int, end: int) -> NDArray[np.bool_]:
        """Minutes within ``[start, end)``, shape (n,)."""
        return (self.minutes >= start) & (self.minutes < end)

    @cached_property
    def kept(self) -> slice:
        """Rows of `minutes` within ``[start, end)``."""
        return slice((self.start - self.first) // 60, (self.end - self.first) // 60)

    def energy(self, power_kw: FloatArray, resolution_s: int) -> FloatArray:
        """Energy of each interval of the kept part, shape (n_intervals,). [kWh]"""
        kept = power_kw[self.kept]
        per = resolution_s // 60
        whole = len(kept) // per * per
        return np.asarray(kept[:whole].reshape(-1, per).sum(axis=1) / 60.0)
