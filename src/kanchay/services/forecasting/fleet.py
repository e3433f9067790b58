"""Forecast every meter of many sites, or of a file, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from kanchay.analysis.forecast.air import Air
from kanchay.analysis.forecast.many import FleetForecast, FleetOptions, PassedOver, forecast_panels
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site
from kanchay.domain.scope import Permission, Scope
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import load_default, resolution_of
from kanchay.services.people.sites import list_points, list_sites, list_virtual_points
from kanchay.services.ports.readings import Span
from kanchay.services.readings.outdoors import outdoor_point, sensed_air
from kanchay.services.readings.series import load_panel, span

__all__ = [
    "FleetForecast",
    "FleetOptions",
    "PassedOver",
    "forecast_fleet",
    "forecast_many",
    "points_to_forecast",
]

_NO_READING: Final = "there is no reading before the time of issue"


def forecast_many(
    ctx: Context,
    panels: Iterable[Panel],
    options: FleetOptions | None = None,
    *,
    model: str | None = None,
) -> Iterator[FleetForecast]:
    """Forecast panels as they come, from a file or the store; memory holds one batch. Nothing is stored."""
    forecaster = ctx.models.load(model) if model else load_default(ctx)[0]
    return forecast_panels(panels, forecaster, options)


def forecast_fleet(
    ctx: Context,
    scope: Scope,
    options: FleetOptions | None = None,
    *,
    site_ids: Iterable[str] | None = None,
    model: str | None = None,
    temperature: bool = True,
) -> Iterator[FleetForecast]:
    """Forecast every electricity meter of these sites (default: all within the scope), each from the end of its data.

    With `options.issued_at` all are forecast from that instant, and nothing later is read. Sites of one country go
    together: a batch shares its public holidays. Nothing is stored. A model that reads the outdoor temperature is told
    that of each site's sensor, unless `temperature` is False. Country and temperature in `options` give way to these.
    """
    forecaster = ctx.models.load(model) if model else load_default(ctx)[0]
    ask = options or FleetOptions()
    wanted = None if site_ids is None else set(site_ids)
    places: dict[tuple[str | None, str | None], list[Site]] = {}
    for site in list_sites(ctx, scope):
        if wanted is None or site.id in wanted:
            scope.require(Permission.READ, site.id)
            places.setdefault((site.country, site.subdivision), []).append(site)
    store = _Store(ctx, scope, forecaster.lookback_s, ask.issued_at)
    for (country, subdivision), sites in places.items():
        local = replace(
            ask, country=country, subdivision=subdivision, air_of=store.air if temperature else None
        )
        yield from forecast_panels(store.panels(sites, ask.passed_over), forecaster, local)


def points_to_forecast(ctx: Context, scope: Scope, site_id: str) -> list[Point]:
    """The electricity meters of a site; a sum of registers stands for its parts."""
    virtual = list_virtual_points(ctx, scope, site_id)
    summed = {term.point_id for each in virtual for term in each.terms}
    points = [p for p in list_points(ctx, scope, site_id) if p.id not in summed]
    electric = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)
    return [p for p in (*points, *(each.point for each in virtual)) if p.quantity in electric]


@dataclass(slots=True)
class _Store:
    """The last readings of every meter, and the air of the one that was read last."""

    ctx: Context
    scope: Scope
    lookback_s: int
    issued_at: int | None  # read nothing later; None: all there is
    _sensors: dict[str, Point | None] = field(default_factory=dict)
    _last: tuple[str, Panel] | None = None
    _kept: tuple[tuple[str, int, int, int], Air | None] | None = None

    def panels(self, sites: list[Site], passed_over: PassedOver | None) -> Iterator[Panel]:
        """A panel of each meter, as far back as is read."""
        for site in sites:
            for point in points_to_forecast(self.ctx, self.scope, site.id):
                reach = span(self.ctx, self.scope, point.id)
                step = resolution_of(point)
                cut = None if reach is None else _cut(reach, step, self.lookback_s, self.issued_at)
                if cut is not None:
                    panel = load_panel(
                        self.ctx, self.scope, [point.id], resolution_s=step, start=cut[0], end=cut[1]
                    )
                    self._last = site.id, panel
                    yield panel
                elif passed_over:
                    passed_over(point.id, _NO_READING)

    def air(self, _: str) -> Air | None:
        """Outside the meter whose panel was given last. Meters of one site that end together share it."""
        if self._last is None:
            return None
        site_id, panel = self._last
        if site_id not in self._sensors:
            self._sensors[site_id] = outdoor_point(list_points(self.ctx, self.scope, site_id))
        sensor = self._sensors[site_id]
        if sensor is None:
            return None
        panel = panel.slice(panel.start, max(panel.end, self.issued_at or 0))
        key = (sensor.id, panel.start, panel.end, panel.resolution_s)
        if self._kept is None or self._kept[0] != key:
            self._kept = key, sensed_air(self.ctx, self.scope, sensor, panel)
        return self._kept[1]


def _cut(reach: Span, resolution_s: int, lookback_s: int, issued_at: int | None) -> tuple[int, int] | None:
    """The whole intervals that are read; None where there is none before the time of issue."""
    last = reach.end if issued_at is None else min(reach.end, issued_at)
    end = reach.start + (last - reach.start) // resolution_s * resolution_s
    start = max(reach.start, end - -(-lookback_s // resolution_s) * resolution_s)
    return (start, end) if start < end else None
