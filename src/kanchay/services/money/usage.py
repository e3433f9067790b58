"""What a site's readings give a tariff: energy by block of hours, demand, exports, published prices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from kanchay.analysis.tariff.metering import Metering, meter, needed_quantities
from kanchay.analysis.tariff.period import reading_period
from kanchay.analysis.tariff.scaling import scaled
from kanchay.domain.charges import DemandCharge, SeriesCharge
from kanchay.domain.interval import HOUR, local_midnight, to_datetime
from kanchay.domain.panel import Panel
from kanchay.domain.point import Direction, Point, Role, Site
from kanchay.domain.priceseries import PriceSeries
from kanchay.domain.scope import Scope
from kanchay.domain.tariff import Tariff, Usage
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.money.period import KnownPeriod, metered_panel
from kanchay.services.readings.series import load_panel, main_point, span

__all__ = [
    "Meters",
    "first_needed",
    "load_meters",
    "load_usage",
    "months_back",
    "needs_intervals",
    "periods_before",
    "published_prices",
]


def needs_intervals(tariff: Tariff) -> bool:
    """Whether the tariff asks for more than the period's energy."""
    return needed_quantities(tariff) != {"energy_kwh"}


@dataclass(frozen=True, eq=False)
class Meters:
    """A site's grid meter on one grid: energy taken and sent, and reactive energy where it is measured."""

    energy: Panel
    export: Panel
    reactive: Panel | None

    def laid_out(self, tariff: Tariff) -> Metering:
        """The readings by the tariff's hours. A site priced by another country's tariff keeps its clock."""
        there = replace(tariff, timezone=self.energy.tz)
        return meter(there, self.energy, export=self.export, reactive=self.reactive)


def load_usage(
    ctx: Context,
    scope: Scope,
    site: Site,
    tariff: Tariff,
    known: KnownPeriod,
    *,
    metering: Metering | None = None,
    as_of: date | None = None,
) -> Usage:
    """Quantities of a period whose readings are known, as the tariff asks for them.

    A site without a meter of exports sends nothing to the grid. `metering` is taken where the
    readings are laid out for the tariff already, from `first_needed` on.

    Raises
    ------
    BillRefused
        ``bill.missing_price``: a published price is not in the store.
    """
    end = min(known.last, known.end)
    if not needs_intervals(tariff):
        return Usage.energy(known.start, end, known.kwh)
    before = periods_before(site, known.start, months_back(tariff))
    reach = (first_needed(site, tariff, known.start), known.until)
    if metering is None:
        metering = load_meters(ctx, scope, site, reach).laid_out(tariff)
    series = published_prices(ctx, scope, site, tariff, reach)
    usage = metering.usage(known.start, end, series=series, before=before, as_of=as_of)
    # The bill counts the energy that the period's own sum says, estimates included.
    return scaled(usage, known.kwh)


def first_needed(site: Site, tariff: Tariff, start: date) -> date:
    """First day whose readings the bill of a period asks for."""
    before = periods_before(site, start, months_back(tariff))
    return before[-1][0] if before else start


def months_back(tariff: Tariff) -> int:
    """Periods before this one that demand charges look at."""
    charges = [c for v in tariff.versions for c in v.charges if isinstance(c, DemandCharge)]
    looks = [c.statistic.months - 1 for c in charges] + [c.ratchet.months for c in charges if c.ratchet]
    return max(looks, default=0)


def periods_before(site: Site, start: date, n: int) -> list[tuple[date, date]]:
    """The `n` reading periods before the one that starts then, newest first."""
    return [reading_period(site.billing_day, start, back=back) for back in range(1, n + 1)]


def load_meters(ctx: Context, scope: Scope, site: Site, reach: tuple[date, int]) -> Meters:
    """The site's grid meter from a local day to an instant."""
    first, until = reach
    point = main_point(ctx, scope, site.id)
    held = span(ctx, scope, point.id)
    low = local_midnight(first, site.tz)
    if held is not None and held.start > low:
        low = local_midnight(to_datetime(held.start, site.tz).date(), site.tz)
    energy = metered_panel(ctx, scope, point, low, until)
    export = _beside(ctx, scope, site, energy, (Quantity.ELECTRIC_ENERGY, Direction.EXPORT))
    reactive = _beside(ctx, scope, site, energy, (Quantity.REACTIVE_ENERGY, Direction.IMPORT))
    if point.direction is Direction.NET:
        export = replace(energy, values=np.maximum(-energy.values, 0.0))
        energy = replace(energy, values=np.maximum(energy.values, 0.0))
    if export is None:
        export = replace(energy, values=np.zeros_like(energy.values))
    return Meters(energy, export, reactive)


def _beside(
    ctx: Context, scope: Scope, site: Site, energy: Panel, flow: tuple[Quantity, Direction]
) -> Panel | None:
    """The grid meter's other channel on the same grid, None where the site has none."""
    quantity, direction = flow
    with ctx.records.unit(scope) as uow:
        points: list[Point] = uow.points.find(site_id=site.id)
    flows = (direction,) if direction is Direction.EXPORT else (direction, None)
    fits = [p for p in points if p.quantity is quantity and p.direction in flows and p.role is Role.GRID]
    if not fits:
        return None
    return load_panel(
        ctx, scope, [fits[0].id], resolution_s=energy.resolution_s, start=energy.start, end=energy.end
    )


def published_prices(
    ctx: Context, scope: Scope, site: Site, tariff: Tariff, reach: tuple[date, int]
) -> list[PriceSeries]:
    """Price series that the tariff names and the site's store holds, as points of prices of that name.

    A point of prices does not say its money: it is taken for the tariff's.
    """
    first, until = reach
    names = {c.series for v in tariff.versions for c in v.charges if isinstance(c, SeriesCharge)}
    if not names:
        return []
    with ctx.records.unit(scope) as uow:
        points = [
            p for p in uow.points.find(site_id=site.id) if p.quantity is Quantity.PRICE and p.name in names
        ]
    start = local_midnight(first, site.tz)
    found = []
    for point in points:
        step = point.resolution_s or HOUR
        low = start // step * step
        panel = load_panel(ctx, scope, [point.id], resolution_s=step, start=low, end=-(-until // step) * step)
        found.append(PriceSeries(point.name, tariff.currency, panel.values[0], panel.start, step))
    return found
