"""The reading period of a site and the energy it used, as far as readings reach."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.period import reading_period
from kanchay.analysis.tariff.usage import PeriodEnergy, period_energy
from kanchay.domain.errors import BillRefused, NotEnoughData
from kanchay.domain.interval import HOUR, local_midnight, to_datetime
from kanchay.domain.panel import Panel
from kanchay.domain.point import Direction, Point, Site
from kanchay.domain.scope import Scope
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.readings.series import load_panel, main_point, span

__all__ = ["MAX_MISSING", "KnownPeriod", "energy_panel", "known_until", "load_period", "period_of"]

# A period with more than this part of its hours missing is refused; below, the missing hours are estimated
# and the bill says so. Three days of a month: with more, the total would be our guess.
MAX_MISSING = 0.10
_FINEST = 900  # a finer grid would only cost time [s]


@dataclass(frozen=True, slots=True)
class KnownPeriod:
    """What is known of ``[start, end)``:

    Readings reach to `until`, the day after the last known one is `last`.
    """

    start: date
    end: date
    last: date
    until: int
    energy: PeriodEnergy
    panel: Panel

    @property
    def kwh(self) -> Decimal:
        return Decimal(str(round(self.energy.kwh, 6)))

    @property
    def is_open(self) -> bool:
        """Whether readings end before the period does."""
        return self.last < self.end


def known_until(ctx: Context, scope: Scope, site: Site, point: Point) -> int:
    """First instant not known: the end of the readings, never beyond the present."""
    found = span(ctx, scope, point.id)
    if found is None:
        raise NotEnoughData(f"Site '{site.name}' has no readings yet.", hint="Import a meter file first.")
    return min(found.end, ctx.clock())


def period_of(ctx: Context, scope: Scope, site: Site, *, back: int = 0) -> tuple[date, date]:
    """The reading period that the last reading lies in, or `back` periods before."""
    until = known_until(ctx, scope, site, main_point(ctx, scope, site.id))
    return reading_period(site.billing_day, to_datetime(until - 1, site.tz).date(), back=back)


def load_period(ctx: Context, scope: Scope, site: Site, start: date, end: date) -> KnownPeriod:
    """Readings of the period, or a refusal that says what is missing.

    Raises
    ------
    BillRefused
        ``bill.gap``: nothing known, or more than `MAX_MISSING` of the hours up to the last reading missing.
    """
    point = main_point(ctx, scope, site.id)
    low = local_midnight(start, site.tz)
    until = min(known_until(ctx, scope, site, point), local_midnight(end, site.tz))
    if until <= low:
        raise _gap(site, start, end, "no reading lies in it")
    panel = energy_panel(ctx, scope, point, low, until)
    energy = period_energy(panel)
    if (panel.values < 0).any():
        raise refuse.negative_energy("energy_kwh", round(float(np.nanmin(panel.values)), 3))
    if energy.missing_share > MAX_MISSING:
        raise _gap(site, start, end, f"{energy.missing_hours:.0f} of {energy.hours:.0f} hours are missing")
    last = to_datetime(until - 1, site.tz).date() + timedelta(days=1)
    return KnownPeriod(start, end, last, until, energy, panel)


def energy_panel(ctx: Context, scope: Scope, point: Point, start: int, end: int) -> Panel:
    """Energy taken per interval from local midnight on; of a net meter the intervals in which some was."""
    panel = metered_panel(ctx, scope, point, start, end)
    if point.direction is Direction.NET:
        return replace(panel, values=np.maximum(panel.values, 0.0))
    return panel


def metered_panel(ctx: Context, scope: Scope, point: Point, start: int, end: int) -> Panel:
    """Energy per interval as the meter counts it; a meter of power gives kWh too."""
    step = max(_FINEST, point.resolution_s or HOUR)
    whole = start + (end - start) // step * step
    panel = load_panel(ctx, scope, [point.id], resolution_s=step, start=start, end=max(whole, start + step))
    if point.quantity is Quantity.POWER:
        return replace(panel, values=panel.values * (step / HOUR))
    return panel


def _gap(site: Site, start: date, end: date, what: str) -> BillRefused:
    return BillRefused(
        f"The period {start} to {end} of '{site.name}' cannot be priced: {what}.",
        hint="Import what is missing, or choose a period that is covered (--from, --to).",
        code="bill.gap",
    )
