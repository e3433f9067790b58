"""A reading period of a site in one hand: energy, bill, carbon, data issues, findings, advice, forecast, provenance.

Nothing here is worded: `kanchay.web.report` writes it as one HTML file.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from kanchay.analysis.tariff.period import reading_period
from kanchay.domain.bill import Bill, BillForecast
from kanchay.domain.carbon import EmissionFactor
from kanchay.domain.errors import BillRefused, InputError, NotEnoughData, NotFound
from kanchay.domain.finding import Finding, Recommendation, RecommendationState
from kanchay.domain.forecast import PeriodForecast
from kanchay.domain.interval import local_midnight, to_datetime
from kanchay.domain.issue import Issue
from kanchay.domain.point import Point, Site
from kanchay.domain.run import Run
from kanchay.domain.scope import Scope
from kanchay.domain.tariff import Tariff
from kanchay.services.context import Context
from kanchay.services.money.bill import bill_period
from kanchay.services.money.carbon import grid_factor
from kanchay.services.money.expected import expected_bill
from kanchay.services.money.period import known_until
from kanchay.services.money.tariffs import leaveable, tariff_of, typed_parameters
from kanchay.services.readings.series import daily_totals, main_point

__all__ = ["DayEnergy", "MonthReport", "PeriodEnergy", "Refused", "month_report"]

T = TypeVar("T")
_FULL_DAY = 0.999  # part of a day that must be read for the day to count as whole


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a part of the report is not there."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class DayEnergy:
    """A local day. `kwh` is None where nothing was read; `covered` is the part of the day with readings, 0..1."""

    day: date
    kwh: float | None
    covered: float

    @property
    def whole(self) -> bool:
        return self.covered >= _FULL_DAY


@dataclass(frozen=True, slots=True)
class PeriodEnergy:
    """Days of a period ``[start, end)`` as they were read."""

    start: date
    end: date
    days: tuple[DayEnergy, ...]

    @property
    def kwh(self) -> float:
        """Sum of what was read; nothing is filled in. [kWh]"""
        return sum(d.kwh for d in self.days if d.kwh is not None)

    @property
    def whole_days(self) -> int:
        return sum(d.whole for d in self.days)

    @property
    def per_day(self) -> float | None:
        """Mean over the whole days: comparable between periods of unequal length and with gaps. [kWh/day]"""
        known = [d.kwh for d in self.days if d.whole and d.kwh is not None]
        return sum(known) / len(known) if known else None


@dataclass(frozen=True, slots=True)
class MonthReport:
    """Everything the report tells; a part that could not be made is a `Refused` that says why."""

    site: Site
    point: Point
    energy: PeriodEnergy
    before: PeriodEnergy
    bill: Bill | Refused
    bill_before: Bill | Refused
    tariff: Tariff | None
    factor: EmissionFactor | None
    issues: tuple[Issue, ...] | Refused
    points: dict[str, Point]
    findings: tuple[Finding, ...] | Refused
    advice: tuple[Recommendation, ...] | Refused
    running: PeriodForecast | Refused
    running_days: tuple[DayEnergy, ...]
    expected: BillForecast | Refused
    runs: tuple[Run, ...]
    made_at: int
    known_until: int
    code_version: str


def month_report(ctx: Context, scope: Scope, site_id: str, *, month: date | None = None) -> MonthReport:
    """The reading period whose last day lies in `month` (any day of it); by default the newest complete one.

    Raises
    ------
    NotEnoughData
        The site has no readings at all.
    InputError
        Nothing was read in that month.
    """
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
    point = main_point(ctx, scope, site_id)
    until = known_until(ctx, scope, site, point)
    held = _Held(ctx, scope, site, point, until)
    start, end = _period(site, month, until)
    energy = _energy(held, (start, end))
    if not any(d.kwh is not None for d in energy.days):
        raise InputError(
            f"'{site.name}' has no reading from {start} to {end}.",
            hint="Choose a month that the data covers.",
        )
    before = reading_period(site.billing_day, start - timedelta(days=1))
    findings, advice = _found(ctx, scope, site_id)
    running = _tried(lambda: _running(ctx, scope, site_id))
    bill, bill_before = (_tried(_bill_maker(ctx, scope, site, span)) for span in ((start, end), before))
    tariff = _tried(lambda: tariff_of(ctx, site))
    return MonthReport(
        site=site,
        point=point,
        energy=energy,
        before=_energy(held, before),
        bill=bill,
        bill_before=bill_before,
        tariff=None if isinstance(tariff, Refused) else tariff,
        factor=grid_factor(ctx, site, end),
        issues=_tried(lambda: _issues(ctx, scope, site, (start, end))),
        points=_points(ctx, scope, site_id),
        findings=findings,
        advice=advice,
        running=running,
        running_days=_running_days(held, running),
        expected=running
        if isinstance(running, Refused)
        else _tried(lambda: _expected(ctx, scope, site, running)),
        runs=_runs(ctx, scope, findings, advice),
        made_at=ctx.clock(),
        known_until=until,
        code_version=ctx.code_version,
    )


def _period(site: Site, month: date | None, until: int) -> tuple[date, date]:
    if month is not None:
        last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        start, end = reading_period(site.billing_day, last)
        # The period that holds the month's last day ends later; the one before it may end within the month.
        if (end - timedelta(days=1)).month != month.month:
            start, end = reading_period(site.billing_day, last, back=1)
        return start, end
    newest = to_datetime(until - 1, site.tz).date()
    start, end = reading_period(site.billing_day, newest)
    complete = newest >= end - timedelta(days=1)
    return (start, end) if complete else reading_period(site.billing_day, newest, back=1)


@dataclass(frozen=True, slots=True)
class _Held:
    """Where the readings are, and up to when."""

    ctx: Context
    scope: Scope
    site: Site
    point: Point
    until: int


def _energy(held: _Held, period: tuple[date, date]) -> PeriodEnergy:
    low, high = (local_midnight(day, held.site.tz) for day in period)
    high = min(high, held.until)
    if high <= low:
        return PeriodEnergy(*period, ())
    found = daily_totals(held.ctx, held.scope, held.point.id, low, high)
    days = []
    for start, end, total, covered in zip(found.start, found.end, found.total, found.covered_s, strict=True):
        day = to_datetime(start, held.site.tz).date()
        known = covered > 0 and not math.isnan(total)
        days.append(DayEnergy(day, float(total) if known else None, float(covered) / float(end - start)))
    return PeriodEnergy(*period, tuple(days))


def _running_days(held: _Held, running: PeriodForecast | Refused) -> tuple[DayEnergy, ...]:
    if isinstance(running, Refused):
        return ()
    start, end = (to_datetime(t, held.site.tz).date() for t in (running.start, running.end))
    return _energy(held, (start, end)).days


def _tried(make: Callable[[], T]) -> T | Refused:
    """The part, or why there is none."""
    try:
        return make()
    except (BillRefused, NotEnoughData, NotFound) as error:
        return Refused(error.code, error.message)


def _bill_maker(ctx: Context, scope: Scope, site: Site, period: tuple[date, date]) -> Callable[[], Bill]:
    return lambda: bill_period(
        ctx, scope, site.id, start=period[0], end=period[1], leave_out=_unknown_lines(ctx, site)
    )


def _unknown_lines(ctx: Context, site: Site) -> tuple[str, ...]:
    """Lines that nobody publishes, where the owner typed nothing for them: the report says that they are missing."""
    tariff = tariff_of(ctx, site)
    typed = typed_parameters(site)
    return () if {"alumbrado", "alicuota"} & typed.keys() else leaveable(tariff)


def _running(ctx: Context, scope: Scope, site_id: str) -> PeriodForecast:
    from kanchay.services.forecasting.period import forecast_period

    return forecast_period(ctx, scope, site_id)


def _expected(ctx: Context, scope: Scope, site: Site, period: PeriodForecast) -> BillForecast:
    return expected_bill(ctx, scope, site.id, period_forecast=period, leave_out=_unknown_lines(ctx, site))


def _issues(ctx: Context, scope: Scope, site: Site, period: tuple[date, date]) -> tuple[Issue, ...]:
    from kanchay.services.readings.check import check_site

    low, high = (local_midnight(day, site.tz) for day in period)
    found = [i for i in check_site(ctx, scope, site.id) if i.start < high and i.end > low]
    return tuple(sorted(found, key=lambda i: (i.start, i.kind)))


def _points(ctx: Context, scope: Scope, site_id: str) -> dict[str, Point]:
    with ctx.records.unit(scope) as uow:
        virtual = [v.point for v in uow.virtual_points.find(site_id=site_id)]
        return {p.id: p for p in [*uow.points.find(site_id=site_id), *virtual]}


def _found(
    ctx: Context, scope: Scope, site_id: str
) -> tuple[tuple[Finding, ...] | Refused, tuple[Recommendation, ...] | Refused]:
    """Stored findings and advice that are open; made now, and not stored, where nobody has looked yet."""
    with ctx.records.unit(scope) as uow:
        findings = uow.findings.find(site_id=site_id, status="open")
        advice = uow.recommendations.find(site_id=site_id)
    if not findings and not advice:
        found = _tried(lambda: _detected(ctx, scope, site_id))
        return found, found if isinstance(found, Refused) else _tried(
            lambda: _advised(ctx, scope, site_id, found)
        )
    over = (RecommendationState.DECLINED, RecommendationState.REFUTED)
    open_ = [a for a in advice if a.state not in over]
    return (
        tuple(sorted(findings, key=lambda f: -f.rank_score)),
        tuple(sorted(open_, key=lambda a: -a.saving.mean)),
    )


def _detected(ctx: Context, scope: Scope, site_id: str) -> tuple[Finding, ...]:
    from kanchay.services.findings.detect import detect_site

    return tuple(detect_site(ctx, scope, site_id, store=False))


def _advised(
    ctx: Context, scope: Scope, site_id: str, found: tuple[Finding, ...]
) -> tuple[Recommendation, ...]:
    from kanchay.services.findings.advise import advise_site

    return tuple(advise_site(ctx, scope, site_id, store=False, findings=list(found)))


def _runs(
    ctx: Context,
    scope: Scope,
    findings: tuple[Finding, ...] | Refused,
    advice: tuple[Recommendation, ...] | Refused,
) -> tuple[Run, ...]:
    """Runs behind what was stored."""
    made: list[Finding | Recommendation] = []
    for part in (findings, advice):
        made += [] if isinstance(part, Refused) else part
    names = dict.fromkeys(row.run_id for row in made if row.run_id)
    with ctx.records.unit(scope) as uow:
        return tuple(run for name in names for run in uow.runs.find(id=name))
