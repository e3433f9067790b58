"""What features are computed from: windows of load, and beside them weather, plans of use and the place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.windows import make_windows
from kanchay.domain.errors import ShapeError
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["SOUTHERN", "FeatureInputs", "Hemisphere", "hemisphere_of", "panel_inputs"]

Hemisphere = Literal["north", "south"]

#: ISO 3166 codes of countries most of whose people live south of the equator.
SOUTHERN: Final = frozenset({
    "AO", "AR", "AU", "BI", "BO", "BR", "BW", "CD", "CL", "EC", "FJ", "ID", "KM", "LS", "MG", "MU", "MW", "MZ",
    "NA", "NZ", "PE", "PG", "PY", "RW", "SB", "SC", "SZ", "TL", "TZ", "UY", "VU", "WS", "ZA", "ZM", "ZW",
})  # fmt: skip


def hemisphere_of(latitude: float | None = None, country: str | None = None) -> Hemisphere | None:
    """The half of the Earth a site lies on: by its latitude where it is known, else by its country.

    Parameters
    ----------
    latitude : float, optional
        North is positive. [degrees]
    country : str, optional
        ISO 3166-1 alpha-2.

    Returns
    -------
    str or None
        ``"north"``, ``"south"``, or None where neither is known.

    Examples
    --------
    >>> hemisphere_of(-12.1), hemisphere_of(country="PE"), hemisphere_of(country="ES"), hemisphere_of()
    ('south', 'south', 'north', None)
    """
    if latitude is not None:
        return "south" if latitude < 0 else "north"
    if country is None:
        return None
    return "south" if country in SOUTHERN else "north"


@dataclass(frozen=True, slots=True, eq=False)
class FeatureInputs:
    """Windows, and what else is known about their hours. Series run over lookback and horizon, NaN where unknown.

    Beyond `issued_at` a series may hold only what was known when the window was issued: a weather forecast that was
    kept, a climatology, a planned occupancy.

    Attributes
    ----------
    windows : Windows
        Load, clock, holidays and, where it is known, the temperature. [kWh, °C]
    humidity : ndarray of float64, shape (n_windows, n_lookback + horizon), or None
        Relative humidity of the outdoor air. [%]
    occupancy : ndarray of float64, shape (n_windows, n_lookback + horizon), or None
        People present, or planned to be. [persons]
    area_m2 : ndarray of float64, shape (n_windows,), or None
        Floor area of each window's site. [m²]
    hemisphere : str or None
        ``"north"`` or ``"south"``; by default that of the windows' country.

    Raises
    ------
    ShapeError
        A series does not fit the windows.

    Examples
    --------
    >>> FeatureInputs(Windows(np.ones((1, 24)), np.array([86400]), 3600, 3, "America/Lima", "PE")).half
    'south'
    """

    windows: Windows
    humidity: FloatArray | None = None
    occupancy: FloatArray | None = None
    area_m2: FloatArray | None = None
    hemisphere: Hemisphere | None = None

    def __post_init__(self) -> None:
        n, length = len(self.windows), self.windows.load.shape[1] + self.windows.horizon
        for name, series, wanted in (
            ("humidity", self.humidity, (n, length)),
            ("occupancy", self.occupancy, (n, length)),
            ("area_m2", self.area_m2, (n,)),
        ):
            if series is not None and series.shape != wanted:
                raise ShapeError(f"{name} {series.shape} does not fit the windows; it must be {wanted}.")

    @property
    def half(self) -> Hemisphere | None:
        """The hemisphere, given or by the country."""
        return self.hemisphere or hemisphere_of(country=self.windows.country)

    @property
    def known(self) -> frozenset[str]:
        """Which inputs are there: ``load``, ``clock`` always; of the others those that were given."""
        held = {
            "temperature": self.windows.temperature,
            "humidity": self.humidity,
            "occupancy": self.occupancy,
            "area": self.area_m2,
            "hemisphere": self.half,
        }
        return frozenset({"load", "clock", *(name for name, value in held.items() if value is not None)})

    def ahead(self, name: str) -> FloatArray:
        """A series over the targets, shape (n_windows, horizon); NaN throughout where it was not given."""
        held = {
            "temperature": self.windows.temperature,
            "humidity": self.humidity,
            "occupancy": self.occupancy,
        }
        series = held[name]
        if series is None:
            return np.full((len(self.windows), self.windows.horizon), np.nan)
        return series[:, self.windows.load.shape[1] :]


def panel_inputs(
    measured: Panel,
    load: str,
    issued_at: FloatArray | list[int],
    *,
    lookback_s: int,
    horizon_s: int,
    planned: Panel | None = None,
    points: dict[str, str] | None = None,
    area_m2: float | None = None,
    country: str | None = None,
    subdivision: str | None = None,
    hemisphere: Hemisphere | None = None,
) -> FeatureInputs:
    """Inputs cut out of panels: the past from what was measured, the time ahead only from what was planned.

    Parameters
    ----------
    measured : Panel
        Load and, where there are sensors, weather and people. Nothing at or after `issued_at` is read from it.
    load : str
        Point of the load.
    issued_at : array_like of int, shape (n_windows,)
        As in `make_windows`. [s]
    lookback_s, horizon_s : int
        [s]
    planned : Panel, optional
        Forecasts of weather and plans of occupancy as they stood at `issued_at`, on the same grid. Without it the
        time ahead is unknown.
    points : dict of str to str, optional
        Point by input: ``{"temperature": "t-out", "humidity": …, "occupancy": …}``, the same in both panels.
    area_m2 : float, optional
        Floor area of the site. [m²]
    country, subdivision : str, optional
        For public holidays.
    hemisphere : str, optional
        ``"north"`` or ``"south"``.

    Returns
    -------
    FeatureInputs

    Raises
    ------
    ShapeError
        The two panels differ in resolution.

    Examples
    --------
    >>> panel = Panel.of(("m", "t"), np.ones((2, 48)), start=0, resolution_s=3600, tz="UTC")
    >>> cut = panel_inputs(panel, "m", [86400], lookback_s=86400, horizon_s=7200, points={"temperature": "t"})
    >>> cut.windows.temperature[0, -3:].tolist()  # measured until the time of issue, unknown from then on
    [1.0, nan, nan]
    """
    times = np.asarray(issued_at, dtype=np.int64)

    def cut(point: str) -> Windows:
        return make_windows(
            measured, point, times,
            lookback_s=lookback_s, horizon_s=horizon_s, country=country, subdivision=subdivision,
        )  # fmt: skip

    windows = cut(load)

    def series(name: str) -> FloatArray | None:
        point = (points or {}).get(name)
        if point is None:
            return None
        return np.concatenate([cut(point).load, _ahead(planned, point, windows)], axis=1)

    return FeatureInputs(
        replace(windows, temperature=series("temperature")),
        humidity=series("humidity"),
        occupancy=series("occupancy"),
        area_m2=None if area_m2 is None else np.full(len(windows), float(area_m2)),
        hemisphere=hemisphere,
    )


def _ahead(planned: Panel | None, point: str, windows: Windows) -> FloatArray:
    """Planned values over the targets, NaN where nothing was planned."""
    if planned is None or point not in planned.points:
        return np.full((len(windows), windows.horizon), np.nan)
    if planned.resolution_s != windows.resolution_s:
        raise ShapeError(
            f"Plans at {planned.resolution_s} s do not fit readings at {windows.resolution_s} s."
        )
    span = windows.horizon * windows.resolution_s
    end = make_windows(planned, point, windows.issued_at + span, lookback_s=span, horizon_s=span)
    return end.load
