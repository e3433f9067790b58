"""Forecasts of a whole fleet in batches: one call of the network for hundreds of meters, memory for one batch only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from kanchay.analysis.forecast.air import Air, each_in_its_air, reads_temperature
from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.analysis.forecast.windows import MIN_KNOWN_S, notes, steps
from kanchay.domain.errors import TimeError
from kanchay.domain.interval import DAY, IntArray
from kanchay.domain.panel import Panel
from kanchay.domain.reading import LARGEST, FloatArray

__all__ = ["BATCH", "AirOf", "FleetForecast", "FleetOptions", "PassedOver", "forecast_panels"]

BATCH: Final = (
    512  # windows at once; more gain nothing and fill the caches (benchmarks/speed/forecast_fleet.py)
)

PassedOver = Callable[[str, str], None]
"""Told each meter that gets no forecast, and why."""
AirOf = Callable[[str], Air | None]
"""The temperature outside a meter, on the grid of its panel."""
_TOO_LITTLE: Final = "less than 24 hours are known before the time of issue"


@dataclass(frozen=True, slots=True, eq=False)
class FleetForecast:
    """Forecasts of many meters of one resolution.

    Attributes
    ----------
    points : tuple of str, length n
        The meters.
    issued_at : ndarray of int64, shape (n,)
        First instant not yet known, of each. [s]
    resolution_s : int
        Length of an interval. [s]
    mean : ndarray of float64, shape (n, horizon)
        [unit of the readings]
    quantiles : ndarray of float64, shape (n, horizon, 9)
        At `kanchay.domain.forecast.LEVELS`. [unit of the readings]
    notes : list of tuple of str, length n
        Codes of `kanchay.analysis.forecast.windows.notes`, and ``"temperature"`` where that was told.
    """

    points: tuple[str, ...]
    issued_at: IntArray
    resolution_s: int
    mean: FloatArray
    quantiles: FloatArray
    notes: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class FleetOptions:
    """What is asked of every meter of a fleet.

    Attributes
    ----------
    issued_at : int, optional
        First instant not yet known, for all; by default the end of each point's own readings. [s]
    horizon_s : int, default 86400
        Elapsed time to forecast. [s]
    country, subdivision : str or None
        For public holidays.
    batch : int, default 512
        Points in an answer at most. [-]
    passed_over : callable, optional
        Called with each point that gets no forecast, and the reason: less than a day of it is known, or it cannot be
        forecast at its resolution. Without it the former are left out and the latter raise.
    air_of : callable, optional
        Called once with each point, just after its panel came: the temperature outside it, or None. Not called for
        a forecaster that does not read it.

    Examples
    --------
    >>> FleetOptions(country="PE").batch
    512
    """

    issued_at: int | None = None
    horizon_s: int = DAY
    country: str | None = None
    subdivision: str | None = None
    batch: int = BATCH
    passed_over: PassedOver | None = None
    air_of: AirOf | None = None


def forecast_panels(
    panels: Iterable[Panel],
    forecaster: Forecaster,
    options: FleetOptions | None = None,
) -> Iterator[FleetForecast]:
    """Forecast every point of many panels, a batch of points at a time; each panel is let go once it is read.

    Parameters
    ----------
    panels : iterable of Panel
        Of any resolutions and zones; each answer holds points of one of them.
    forecaster : Forecaster
    options : FleetOptions, optional
        What is asked of all of them.

    Raises
    ------
    TimeError
        A resolution that the forecaster cannot read or that the horizon does not fit, where nobody is told of it.

    Yields
    ------
    FleetForecast
        Points in the order in which they came, by resolution and zone.

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> fleet = (Panel.of((f"m{k}",), np.full((1, 48), k), start=0, resolution_s=3600, tz="UTC") for k in range(3))
    >>> parts = forecast_panels(fleet, DayNaive(), FleetOptions(batch=2))
    >>> [(part.points, part.mean.sum(axis=1).tolist()) for part in parts]
    [(('m0', 'm1'), [0.0, 24.0]), (('m2',), [48.0])]
    """
    ask = options or FleetOptions()
    air_of = ask.air_of if ask.air_of is not None and reads_temperature(forecaster) else _no_air
    open_: dict[tuple[int, str], _Pile] = {}
    for panel in panels:
        key = (panel.resolution_s, panel.tz)
        for row, point in enumerate(panel.points):
            if key not in open_:
                open_[key] = _Pile(*key, forecaster.lookback_s, ask.batch)
            pile = open_[key]
            if pile.add(point, panel.values[row], panel.start, ask.issued_at):
                pile.airs.append(air_of(point))
            elif ask.passed_over:
                ask.passed_over(point, _TOO_LITTLE)
            if pile.full:
                yield from pile.answers(forecaster, ask)
                del open_[key]
    for pile in open_.values():
        if pile.points:
            yield from pile.answers(forecaster, ask)


def _no_air(_: str) -> None:
    """No temperature is known anywhere."""


@dataclass(slots=True, eq=False)
class _Pile:
    """Windows of one resolution and zone until there are enough of them."""

    resolution_s: int
    tz: str
    lookback_s: int
    batch: int
    points: list[str] = field(default_factory=list)
    issued_at: list[int] = field(default_factory=list)
    airs: list[Air | None] = field(default_factory=list)
    load: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.load = np.full((self.batch, -(-self.lookback_s // self.resolution_s)), np.nan)

    @property
    def full(self) -> bool:
        return len(self.points) == self.batch

    def add(self, point: str, values: FloatArray, start: int, issued_at: int | None) -> bool:
        """Lay the history of a point before its time of issue into the next row; False where too little is known."""
        end = _end(values) if issued_at is None else (issued_at - start) // self.resolution_s
        length = self.load.shape[1]
        row = self.load[len(self.points)]
        row[:] = np.nan
        first, last = max(end - length, 0), min(end, len(values))
        if last > first:
            row[first - end + length : last - end + length] = values[first:last]
        if int(np.count_nonzero(np.abs(row) <= LARGEST)) * self.resolution_s < MIN_KNOWN_S:
            return False
        self.points.append(point)
        self.issued_at.append(start + end * self.resolution_s)
        return True

    def answers(self, forecaster: Forecaster, ask: FleetOptions) -> Iterator[FleetForecast]:
        """The forecast of all, or of none where they cannot be forecast at their resolution."""
        try:
            found = self.forecast(forecaster, ask)
        except TimeError as error:
            if ask.passed_over is None:
                raise
            for point in self.points:
                ask.passed_over(point, str(error))
            return
        yield found

    def forecast(self, forecaster: Forecaster, ask: FleetOptions) -> FleetForecast:
        n = len(self.points)
        windows = Windows(
            load=self.load[:n],
            issued_at=np.asarray(self.issued_at, dtype=np.int64),
            resolution_s=self.resolution_s,
            horizon=steps(ask.horizon_s, self.resolution_s),
            tz=self.tz,
            country=ask.country,
            subdivision=ask.subdivision,
        )
        windows = each_in_its_air(windows, self.airs)
        found: Prediction = forecaster.predict(windows)
        return FleetForecast(
            tuple(self.points),
            windows.issued_at,
            self.resolution_s,
            found.mean,
            found.quantiles,
            [(*codes, *told) for codes, told in zip(notes(windows), _told(windows), strict=True)],
        )


def _told(windows: Windows) -> list[tuple[str, ...]]:
    """The note of each window that was told a temperature."""
    if windows.temperature is None:
        return [()] * len(windows)
    return [("temperature",) if np.isfinite(row).any() else () for row in windows.temperature]


def _end(values: FloatArray) -> int:
    """Intervals up to the last known one."""
    known = ~np.isnan(values[::-1])
    return len(values) - int(known.argmax()) if known.any() else 0
