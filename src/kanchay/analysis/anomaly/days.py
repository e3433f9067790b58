"""A load cut into local days: rows are days, columns are slots of the wall clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.interval import DAY, HOUR, IntArray, local_day_bounds, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray, Quality

__all__ = ["BoolArray", "LocalDays", "local_days"]

BoolArray = NDArray[np.bool_]

_EPOCH_WEEKDAY: Final = 3  # 1970-01-01 was a Thursday; Monday is 0
_COARSE_S: Final = 900
_ENOUGH: Final = 0.75  # of a coarse slot must be known, as in most utilities' validation rules


@dataclass(frozen=True, slots=True, eq=False)
class LocalDays:
    """Mean power per slot of each local day.

    Attributes
    ----------
    power_w : ndarray of float64, shape (n_days, n_slots)
        Mean power; NaN where not measured. A day of 23 hours lacks some, one of 25 holds means of two hours. [W]
    bounds : ndarray of int64, shape (n_days + 1,)
        UTC seconds of the local midnights. [s]
    rest : ndarray of bool, shape (n_days,)
        Saturdays, Sundays and holidays.
    resolution_s : int
        Length of a slot. [s]
    tz : str
        Zone whose midnights cut the days.
    """

    power_w: FloatArray
    bounds: IntArray
    rest: BoolArray
    resolution_s: int
    tz: str

    @property
    def n_days(self) -> int:
        return int(self.power_w.shape[0])

    @property
    def n_slots(self) -> int:
        return int(self.power_w.shape[1])

    @property
    def weekday(self) -> IntArray:
        """Monday 0 to Sunday 6, shape (n_days,)."""
        number: IntArray = (wall_clock(self.bounds[:-1], self.tz) // DAY + _EPOCH_WEEKDAY) % 7
        return number

    @property
    def known(self) -> FloatArray:
        """Share of each day that was measured, shape (n_days,)."""
        share: FloatArray = np.isfinite(self.power_w).mean(axis=1)
        return share

    @property
    def daily_kwh(self) -> FloatArray:
        """Energy of each day, scaled to 24 hours; NaN where less than half is known, shape (n_days,). [kWh]"""
        n = np.isfinite(self.power_w).sum(axis=1)
        mean = np.nansum(self.power_w, axis=1) / np.maximum(n, 1)
        energy: FloatArray = np.where(self.known >= 0.5, mean * 0.024, np.nan)
        return energy

    def between(self, from_hour: float, to_hour: float) -> FloatArray:
        """The slots from one hour of the clock to another, shape (n_days, n)."""
        first, last = (int(h * HOUR // self.resolution_s) for h in (from_hour, to_hour))
        return self.power_w[:, first : max(last, first + 1)]

    def flat(self) -> FloatArray:
        """All slots in a row, shape (n_days * n_slots,)."""
        return self.power_w.ravel()

    def instant(self, flat_index: int) -> int:
        """UTC second at which a slot of `flat` begins. [s]"""
        day, slot = divmod(flat_index, self.n_slots)
        if day >= self.n_days:
            return int(self.bounds[-1])
        return min(int(self.bounds[day]) + slot * self.resolution_s, int(self.bounds[day + 1]))

    def last(self, n_days: int) -> LocalDays:
        """The newest days only."""
        keep = max(0, self.n_days - n_days)
        return replace(self, power_w=self.power_w[keep:], bounds=self.bounds[keep:], rest=self.rest[keep:])

    def until(self, instant: int) -> LocalDays:
        """The days that had ended at that UTC second."""
        n = max(0, int(np.searchsorted(self.bounds, instant, side="right")) - 1)
        return replace(self, power_w=self.power_w[:n], bounds=self.bounds[: n + 1], rest=self.rest[:n])

    def coarse(self, resolution_s: int = _COARSE_S) -> LocalDays:
        """Means over longer slots; itself where slots are as long already or do not divide."""
        step = resolution_s // self.resolution_s
        if step <= 1 or self.n_slots % step:
            return self
        parts = self.power_w.reshape(self.n_days, -1, step)
        n_known = np.isfinite(parts).sum(axis=2)
        total = np.nansum(parts, axis=2)
        power = np.where(n_known >= _ENOUGH * step, total / np.maximum(n_known, 1), np.nan)
        return replace(self, power_w=power, resolution_s=self.resolution_s * step)

    def hourly_kwh(self) -> FloatArray:
        """Energy of each clock hour, NaN where too little is known, shape (n_days, 24). [kWh]"""
        return self.coarse(HOUR).power_w / 1000.0


def local_days(
    panel: Panel, point_id: str | None = None, *, holidays: frozenset[int] = frozenset()
) -> LocalDays:
    """Cut one point of an energy panel into local days.

    Parameters
    ----------
    panel : Panel
        Energy per interval, at a resolution of at most one hour. [kWh]
    point_id : str, optional
        Row of the panel; the first by default.
    holidays : frozenset of int
        Local days (days since 1970-01-01) that count as rest days beside Saturdays and Sundays.

    Returns
    -------
    LocalDays
        Imputed and suspect values count as missing: they are no evidence.

    Examples
    --------
    >>> panel = Panel.of(("m",), np.full((1, 48), 0.1), start=5 * 3600, resolution_s=3600, tz="America/Lima")
    >>> days = local_days(panel)
    >>> days.power_w.shape, float(days.power_w[0, 0]), days.weekday.tolist()
    ((2, 24), 100.0, [3, 4])
    """
    row = panel.points.index(point_id) if point_id is not None else 0
    fit = panel.quality[row] <= Quality.ESTIMATED
    power = np.where(fit, panel.values[row], np.nan) * (1000.0 * HOUR / panel.resolution_s)
    bounds = local_day_bounds(panel.start, panel.end, panel.tz)
    wall = wall_clock(panel.starts, panel.tz)
    midnight_day = wall_clock(bounds[:-1], panel.tz) // DAY
    n_slots = DAY // panel.resolution_s
    cell = (wall // DAY - midnight_day[0]) * n_slots + wall % DAY // panel.resolution_s
    seen = np.isfinite(power)
    size = len(midnight_day) * n_slots
    count = np.bincount(cell[seen], minlength=size)
    total = np.bincount(cell[seen], weights=power[seen], minlength=size)
    mean = np.divide(total, count, out=np.full(size, np.nan), where=count > 0)
    rest = ((midnight_day + _EPOCH_WEEKDAY) % 7 >= 5) | np.isin(midnight_day, list(holidays))
    return LocalDays(mean.reshape(-1, n_slots), bounds, rest, panel.resolution_s, panel.tz)
