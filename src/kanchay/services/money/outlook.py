"""A site's running period as it is expected to end, with the hours that its tariff asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from kanchay.analysis.tariff.blocktimes import calendar_times
from kanchay.analysis.tariff.metering import needed_quantities
from kanchay.analysis.tariff.outlook import expected_usage
from kanchay.domain.forecast import PeriodForecast
from kanchay.domain.interval import to_datetime
from kanchay.domain.point import Site
from kanchay.domain.scope import Scope
from kanchay.domain.tariff import Tariff, Usage
from kanchay.services.context import Context
from kanchay.services.money.period import known_until
from kanchay.services.money.usage import (
    load_meters,
    months_back,
    needs_intervals,
    periods_before,
    published_prices,
)
from kanchay.services.readings.series import main_point

__all__ = ["Outlook", "load_outlook", "typical_month"]

_TYPICAL = timedelta(days=28)  # whole weeks, so that each weekday counts alike


@dataclass(frozen=True)
class Outlook:
    """The period ``[start, end)``: its usage so far, and what tells the rest of it."""

    start: date
    end: date
    so_far: Usage
    typical: Usage | None = None
    times: dict[str, Decimal] | None = None
    asks_demand: bool = False

    def at(self, kwh: float) -> Usage:
        """The whole period with that total. [kWh]"""
        total = _kwh(kwh)
        if self.typical is None:
            return Usage.energy(self.start, self.end, total)
        return expected_usage(
            self.so_far,
            self.typical,
            self.end,
            total,
            times=self.times or {},
            months=self.so_far.before,
            asks_demand=self.asks_demand,
        )


def load_outlook(ctx: Context, scope: Scope, site: Site, tariff: Tariff, forecast: PeriodForecast) -> Outlook:
    """What is known of the forecast's period; hours and demand only where the tariff asks for them."""
    start, end = (to_datetime(t, site.tz).date() for t in (forecast.start, forecast.end))
    today = to_datetime(forecast.issued_at - 1, site.tz).date() + timedelta(days=1)
    until = min(max(today, start + timedelta(days=1)), end)
    if not needs_intervals(tariff):
        return Outlook(start, end, Usage.energy(start, until, _kwh(forecast.so_far)))
    before = periods_before(site, start, months_back(tariff))
    first = min(before[-1][0] if before else start, until - _TYPICAL)
    metering = load_meters(ctx, scope, site, (first, forecast.issued_at)).laid_out(tariff)
    series = published_prices(ctx, scope, site, tariff, (first, forecast.issued_at))
    so_far = metering.usage(start, until, series=series, before=before)
    typical = metering.usage(until - _TYPICAL, until, series=series)
    asks_demand = any(name.startswith("demand_kw") for name in needed_quantities(tariff))
    times = calendar_times(metering.tariff, start, end)
    return Outlook(start, end, so_far, typical, times, asks_demand)


def typical_month(ctx: Context, scope: Scope, site: Site, tariff: Tariff, day: date) -> Usage:
    """Thirty days from a day on, used as the last four weeks were; any total may be asked of it (`scaled`)."""
    end = day + timedelta(days=30)
    if not needs_intervals(tariff):
        return Usage.energy(day, end, Decimal(1))
    until = known_until(ctx, scope, site, main_point(ctx, scope, site.id))
    last = to_datetime(until - 1, site.tz).date() + timedelta(days=1)
    before = periods_before(site, last - _TYPICAL, months_back(tariff))
    first = before[-1][0] if before else last - _TYPICAL
    metering = load_meters(ctx, scope, site, (first, until)).laid_out(tariff)
    series = published_prices(ctx, scope, site, tariff, (first, until))
    weeks = metering.usage(last - _TYPICAL, last, series=series, before=before)
    times = calendar_times(metering.tariff, day, end)
    return replace(weeks, start=day, end=end, quantities={**weeks.quantities, **times})


def _kwh(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))
