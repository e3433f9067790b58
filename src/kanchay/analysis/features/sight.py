"""What several features share, worked out once: same hours of earlier days, working and free days, level and scale."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.features.calendar import CALENDAR_FEATURES, calendar_features, is_holiday
from kanchay.analysis.features.inputs import FeatureInputs
from kanchay.analysis.forecast.samehour import days_back, look_up
from kanchay.analysis.forecast.spread import nan_mean
from kanchay.domain.interval import DAY, IntArray, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["FLOOR", "N_DAYS", "Sight"]

N_DAYS: Final = 7  # earlier days that are read for each hour
FLOOR: Final = (
    0.05  # share of the mean load that is added to the spread: a flat meter must not divide by nothing
)
_THURSDAY: Final = 3  # 1970-01-01, with Monday as 0
_SATURDAY: Final = 5
_KIND_PRIOR: Final = 0.5  # days, as in kanchay.analysis.forecast.ridge


class Sight:
    """What is seen from the time of issue, for each target of each window. Arrays are (n_windows, horizon, …).

    Parameters
    ----------
    inputs : FeatureInputs
        Windows and what is known beside them.

    Examples
    --------
    >>> from kanchay.analysis.forecast.protocol import Windows
    >>> week = Windows(np.tile(np.arange(24.0), 7)[None], np.array([7 * DAY]), 3600, 2, "UTC")
    >>> Sight(FeatureInputs(week)).samples[0, 1].tolist()  # the hour from 1 to 2 on seven days
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """

    def __init__(self, inputs: FeatureInputs) -> None:
        self.inputs = inputs
        self.windows = inputs.windows
        self.targets: IntArray = inputs.windows.target_starts

    @cached_property
    def clock(self) -> IntArray:
        """Wall clock of the targets, as seconds since 1970 on that clock. [s]"""
        return wall_clock(self.targets, self.windows.tz)

    @cached_property
    def calendar(self) -> FloatArray:
        """`calendar_features` of the targets, shape (n_windows, horizon, 13)."""
        w = self.windows
        return calendar_features(self.targets, w.tz, w.country, w.subdivision)

    def calendar_column(self, name: str) -> FloatArray:
        """One of `CALENDAR_FEATURES`."""
        column: FloatArray = self.calendar[..., CALENDAR_FEATURES.index(name)]
        return column

    @cached_property
    def lead(self) -> IntArray:
        """How many days before the target its latest known same hour lies. [d]"""
        lead: IntArray = (self.targets - self.windows.issued_at[:, None]) // DAY + 1
        late = days_back(self.targets, lead, self.windows.tz) >= self.windows.issued_at[:, None]
        return lead + late  # on a day of 23 hours "yesterday" may not be over: one day further back

    @cached_property
    def days(self) -> list[IntArray]:
        """The same hour by the clock on the seven latest days that were known, latest first. [s]"""
        return [days_back(self.targets, self.lead + k, self.windows.tz) for k in range(N_DAYS)]

    @cached_property
    def samples(self) -> FloatArray:
        """Load at `days`, shape (n_windows, horizon, 7), NaN where unknown. [kWh]"""
        return np.stack([look_up(self.windows, day) for day in self.days], axis=-1)

    def neighbours(self, step: int) -> FloatArray:
        """Like `samples`, so many intervals later (negative: earlier). What was not known then is NaN. [kWh]"""
        shift = step * self.windows.resolution_s
        return np.stack([look_up(self.windows, day + shift) for day in self.days], axis=-1)

    @cached_property
    def mean(self) -> FloatArray:
        """Mean of `samples`; of the whole window where no such hour is known. [kWh]"""
        mean = nan_mean(self.samples)
        return np.where(np.isnan(mean), self.level[:, None], mean)

    def free(self, instants: IntArray) -> NDArray[np.bool_]:
        """Whether an instant falls on a weekend or a public holiday."""
        day = wall_clock(instants, self.windows.tz) // DAY
        weekend = (day + _THURSDAY) % 7 >= _SATURDAY
        answer: NDArray[np.bool_] = weekend | is_holiday(day, self.windows.country, self.windows.subdivision)
        return answer

    @cached_property
    def of_kind(self) -> FloatArray:
        """`samples` of days of the target's kind, working or free; NaN for the other kind. [kWh]"""
        free = self.free(self.targets)
        alike = np.stack([self.free(day) == free for day in self.days], axis=-1)
        return np.where(alike, self.samples, np.nan)

    @cached_property
    def kind_mean(self) -> FloatArray:
        """Mean of `of_kind`, drawn to that of all days the fewer there are. [kWh]"""
        n = (~np.isnan(self.of_kind)).sum(axis=-1)
        own = nan_mean(self.of_kind)
        kind: FloatArray = self.mean + np.where(n > 0, own - self.mean, 0.0) * n / (n + _KIND_PRIOR)
        return kind

    @cached_property
    def level(self) -> FloatArray:
        """Mean of the known load of each window, shape (n_windows,). [kWh]"""
        return nan_mean(self.windows.load)

    @cached_property
    def scale(self) -> FloatArray:
        """Mean absolute deviation plus `FLOOR` times the mean absolute load, shape (n_windows,); never 0. [kWh]"""
        load = self.windows.load
        deviation = nan_mean(np.abs(load - self.level[:, None]))
        scale: FloatArray = np.maximum(deviation + FLOOR * nan_mean(np.abs(load)), 1e-6)
        return scale

    def last(self, n_s: int) -> FloatArray:
        """Load of the last seconds before the time of issue, shape (n_windows, n). [kWh]"""
        n = min(-(-n_s // self.windows.resolution_s), self.windows.load.shape[1])
        cut: FloatArray = self.windows.load[:, self.windows.load.shape[1] - n :]
        return cut

    def over_targets(self, per_window: FloatArray) -> FloatArray:
        """A value of the window, repeated for each of its targets."""
        repeated: FloatArray = np.repeat(per_window[:, None], self.windows.horizon, axis=1)
        return repeated
