"""Kanchay for a notebook: one site, the same use cases as the command line and the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kanchay.domain.bill import Bill
from kanchay.domain.finding import Finding, Recommendation
from kanchay.domain.forecast import QUANTILE_NAMES, DailyForecast, Forecast, PeriodForecast
from kanchay.domain.interval import format_resolution, parse_duration, parse_instant
from kanchay.domain.issue import Issue
from kanchay.domain.panel import Panel
from kanchay.domain.point import Site
from kanchay.domain.scope import Scope
from kanchay.services.context import Context

if TYPE_CHECKING:
    import pandas as pd

    from kanchay.analysis.forecast.protocol import Forecaster
    from kanchay.services.forecasting.card import ForecastCard

__all__ = ["Product", "load_model", "read", "simulate_home", "to_frame"]


@dataclass(frozen=True, slots=True)
class Product:
    """One site with its readings, in memory.

    Made by `read` or `simulate_home`; every method is a use case of `kanchay.services`.
    """

    ctx: Context
    scope: Scope
    site: Site

    def panel(self, resolution: str = "1h") -> Panel:
        """All readings of the site's main meter on one grid.

        Parameters
        ----------
        resolution : str, default "1h"
            Length of an interval, for example ``"15min"``.

        Returns
        -------
        Panel
            ``values`` of shape (1, n_intervals); NaN where a part is missing. [kWh]
        """
        from kanchay.services.readings.series import load_panel, main_point, span

        point = main_point(self.ctx, self.scope, self.site.id)
        reach = span(self.ctx, self.scope, point.id)
        start, end = (reach.start, reach.end) if reach else (0, 0)
        size = parse_duration(resolution)
        return load_panel(self.ctx, self.scope, [point.id], resolution_s=size, start=start, end=end)

    def check(self) -> list[Issue]:
        """What is wrong with the data, each with its numbers."""
        from kanchay.services.readings.check import check_site

        return check_site(self.ctx, self.scope, self.site.id)

    def forecast(
        self,
        horizon: str = "24h",
        *,
        issued_at: str | None = None,
        model: str | None = None,
        resolution: str | None = None,
        temperature: bool = True,
    ) -> Forecast:
        """Forecast the main meter from the end of its data.

        Parameters
        ----------
        horizon : str, default "24h"
            How far, up to ``"7d"``.
        issued_at : str, optional
            ISO time of issue, on the site's clock where it has no offset; nothing later is read.
        model : str, optional
            Name or path of a model; by default the one that does best on this meter.
        resolution : str, optional
            From ``"5min"`` to ``"1h"``; by default the meter's own. With one the pre-trained model answers unless
            another is named.
        temperature : bool, default True
            Whether a model that reads the outdoor temperature is told that of the site's sensor.
        """
        from kanchay.services.forecasting.forecast import forecast_point

        at = None if issued_at is None else parse_instant(issued_at, self.site.tz)
        length = parse_duration(horizon)
        if resolution is not None:
            return self._forecast_at(
                resolution, length, at, load_model(model or "pretrained"), temperature=temperature
            )
        return forecast_point(
            self.ctx, self.scope, self._point_id(), issued_at=at, horizon_s=length, model=model,
            temperature=temperature,
        )  # fmt: skip

    def _point_id(self) -> str:
        from kanchay.services.readings.series import main_point

        return main_point(self.ctx, self.scope, self.site.id).id

    def _forecast_at(
        self, resolution: str, horizon_s: int, at: int | None, model: Forecaster, *, temperature: bool
    ) -> Forecast:
        from kanchay.analysis.forecast.air import in_air, temperature_use
        from kanchay.analysis.forecast.single import forecast_panel
        from kanchay.services.readings.outdoors import air_beside

        panel = self.panel(resolution)
        (point_id,) = panel.points
        air = air_beside(self.ctx, self.scope, self.site.id, panel, wanted=temperature)
        made = forecast_panel(
            panel,
            point_id,
            in_air(model, air),
            panel.end if at is None else at,
            horizon_s=horizon_s,
            country=self.site.country,
            subdivision=self.site.subdivision,
        )
        return replace(
            made, temperature=temperature_use(model, air, made.issued_at, horizon_s, wanted=temperature)
        )

    def days(self, n_days: int = 35, *, issued_at: str | None = None) -> DailyForecast:
        """Totals of the days ahead, and the total of them all.

        Parameters
        ----------
        n_days : int, default 35
            At most 35.
        issued_at : str, optional
            ISO time of issue, on the site's clock where it has no offset; nothing later is read.
        """
        from kanchay.services.forecasting.days import forecast_point_days

        at = None if issued_at is None else parse_instant(issued_at, self.site.tz)
        return forecast_point_days(self.ctx, self.scope, self._point_id(), issued_at=at, n_days=n_days)

    def period(self, *, issued_at: str | None = None) -> PeriodForecast:
        """The total of the billing period that the last reading lies in, with its range."""
        from kanchay.services.forecasting.period import forecast_period

        at = None if issued_at is None else parse_instant(issued_at, self.site.tz)
        return forecast_period(self.ctx, self.scope, self.site.id, now=at)

    def card(self, days: int = 28) -> ForecastCard:
        """The forecast card: skill beside the naives over the last days, coverage, worst days, and who answers.

        Raises
        ------
        NotEnoughData
            No day at all can be judged.
        """
        from kanchay.services.forecasting.card import forecast_card

        return forecast_card(self.ctx, self.scope, self._point_id(), days=days)

    def with_tariff(self, tariff_id: str, **parameters: str) -> Product:
        """The same site under a tariff, with typed values such as ``alumbrado="8.82"``."""
        from kanchay.services.people.sites import update_site

        site = replace(self.site, tariff_id=tariff_id, tariff_parameters=tuple(parameters.items()))
        update_site(self.ctx, self.scope, site)
        return replace(self, site=site)

    def bill(self, start: date | None = None, end: date | None = None) -> Bill:
        """The bill of a period, line by line; by default the running one so far.

        Raises
        ------
        BillRefused
            Something is missing to price it; the message says what.
        """
        from kanchay.services.money.bill import bill_period

        return bill_period(self.ctx, self.scope, self.site.id, start=start, end=end)

    def findings(self) -> list[Finding]:
        """What is odd or wasted, most money first."""
        from kanchay.services.findings.detect import detect_site

        return detect_site(self.ctx, self.scope, self.site.id)

    def advice(self) -> list[Recommendation]:
        """What is worth doing, with its saving and range."""
        from kanchay.services.findings.advise import advise_site

        return advise_site(self.ctx, self.scope, self.site.id)


def read(
    path: str | Path,
    *,
    tz: str | None = None,
    country: str | None = None,
    unit: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Product:
    """Read any meter file into a product in memory.

    Parameters
    ----------
    path : str or Path
        CSV, Excel or Parquet.
    tz : str, optional
        Zone of a file that does not say, for example ``"America/Lima"``.
    country : str, optional
        ISO 3166-1 code: decides holidays and emission factors.
    unit : str, optional
        Unit of a file that does not say, for example ``"kWh"``.
    columns : mapping, optional
        Meaning to column name where the guess is wrong, for example ``{"time": "Fecha"}``.

    Raises
    ------
    FileRefused
        The file holds no meter data, or is not safe to read.
    """
    from kanchay.bootstrap import for_file
    from kanchay.services.ports.files import ImportOptions

    options = ImportOptions(tz=tz, unit=unit, columns=dict(columns or {}))
    return Product(*for_file(Path(path), options, country=country))


def simulate_home(*, days: int = 60, seed: int = 1, start: str = "2026-08-05", **household: Any) -> Product:
    """A simulated Lima home as a product in memory; nothing in it was measured.

    Parameters
    ----------
    days : int, default 60
    seed : int, default 1
        The same seed gives the same home.
    start : str, default "2026-08-05"
        First local day.
    **household
        Passed on to `kanchay.simulate.home.simulate_home`.
    """
    from kanchay.bootstrap import in_memory
    from kanchay.services.people.policy import operator_scope
    from kanchay.services.people.sites import add_points, create_site
    from kanchay.simulate import home as homes

    ctx, scope = in_memory(), operator_scope()
    home = homes.simulate_home(seed=seed, start=start, days=days, **household)
    create_site(ctx, scope, home.site)
    add_points(ctx, scope, home.site.id, home.points)
    ctx.readings.append(scope, list(home.readings.values()), recorded_at=ctx.clock())
    return Product(ctx, scope, home.site)


def load_model(name: str = "pretrained") -> Forecaster:
    """A forecaster by name ("pretrained", "ensemble", "week", "ridge" …) or by the path of a bundle.

    Raises
    ------
    NotFound
        No such model; the message names the known ones.
    BundleError
        The file cannot be trusted or read.
    """
    from kanchay.bootstrap import in_memory

    return in_memory().models.load(name)


def to_frame(value: Forecast | DailyForecast | Panel) -> pd.DataFrame:
    """A pandas table of a forecast or a panel.

    A forecast becomes the forecast frame: ``meter_id, issued_at, timestamp, resolution, unit, mean`` and nine quantiles.
    A panel becomes one column a point, indexed by the start of each interval on the panel's clock.
    """
    import pandas as pd

    times = pd.to_datetime(value.starts, unit="s", utc=True)
    if isinstance(value, Panel):
        local = times.tz_convert(value.tz).rename("timestamp")
        return pd.DataFrame(value.values.T, index=local, columns=list(value.points))
    length = "1d" if isinstance(value, DailyForecast) else format_resolution(value.resolution_s)
    head = {
        "meter_id": value.point_id,
        "issued_at": pd.Timestamp(value.issued_at, unit="s", tz="UTC"),
        "timestamp": times,
        "resolution": length,
        "unit": value.unit,
        "mean": value.mean,
    }
    levels = {name: value.quantiles[:, i] for i, name in enumerate(QUANTILE_NAMES)}
    return pd.DataFrame(head | levels)
