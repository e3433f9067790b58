"""The load of a site as detectors take it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from kanchay.analysis.anomaly.days import LocalDays, local_days
from kanchay.analysis.features.calendar import is_holiday
from kanchay.domain.errors import NotEnoughData, NotFound
from kanchay.domain.interval import DAY, HOUR, local_midnight, to_datetime, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site
from kanchay.domain.scope import Scope
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.readings.series import load_panel, main_point, span

__all__ = ["SiteLoad", "site_load"]

_BACK: Final = 400  # days: a year for the months' bills, and some
_FINEST: Final = 60
_FEWEST: Final = 7


@dataclass(frozen=True, slots=True, eq=False)
class SiteLoad:
    """A site, its grid meter, and its newest days."""

    site: Site
    point: Point
    panel: Panel
    days: LocalDays

    @property
    def monthly_kwh(self) -> list[float]:
        """Energy of the newest 30-day stretches, at most twelve, each as a month of 30.4 days. [kWh]"""
        daily = self.days.daily_kwh
        months: list[float] = []
        for last in range(len(daily), 29, -30):
            month = daily[last - 30 : last]
            if np.isfinite(month).sum() >= 20 and len(months) < 12:
                months.append(float(np.nanmean(month) * 30.4))
        return months or [float(np.nanmean(daily) * 30.4)] if np.isfinite(daily).any() else []


def site_load(ctx: Context, scope: Scope, site_id: str) -> SiteLoad:
    """The newest days of a site's grid meter, at its own resolution from one minute to one hour.

    Raises
    ------
    NotEnoughData
        Less than a week of readings.
    """
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
    point = main_point(ctx, scope, site_id)
    found = span(ctx, scope, point.id)
    end = min(found.end, ctx.clock()) if found is not None else 0
    if found is None or end - found.start < _FEWEST * DAY:
        raise NotEnoughData(
            f"Site '{site.name}' has less than a week of readings.", hint="Import more, or wait some days."
        )
    step = _step(point)
    start = local_midnight(to_datetime(max(found.start, end - _BACK * DAY), site.tz).date(), site.tz)
    whole = start + (end - start) // step * step
    panel = load_panel(ctx, scope, [point.id], resolution_s=step, start=start, end=whole)
    if point.quantity is Quantity.POWER:
        panel = replace(panel, values=panel.values * (step / HOUR))
    return SiteLoad(site, point, panel, local_days(panel, holidays=_holidays(site, start, end)))


def _step(point: Point) -> int:
    step = min(max(point.resolution_s or HOUR, _FINEST), HOUR)
    return step if DAY % step == 0 else HOUR


def _holidays(site: Site, start: int, end: int) -> frozenset[int]:
    """Public holidays in the window as days since 1970; none where the place is not known."""
    first, last = (int(wall_clock(t, site.tz)) // DAY for t in (start, end))
    number = np.arange(first, last + 1)
    try:
        return frozenset(number[is_holiday(number, site.country, site.subdivision)].tolist())
    except NotFound:
        return frozenset()
