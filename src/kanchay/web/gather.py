"""What a page asks of the use cases, with honest answers for what cannot be said yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import isnan
from typing import Any, Final

from kanchay.domain.bill import BillForecast
from kanchay.domain.errors import BillRefused, KanchayError, NotEnoughData, NotFound
from kanchay.domain.finding import Finding, Recommendation
from kanchay.domain.forecast import DailyForecast, Forecast, PeriodForecast
from kanchay.domain.interval import HOUR, local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Role, Site
from kanchay.domain.scope import Scope
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.money.compare import OptionComparison
from kanchay.services.ports.readings import Span
from kanchay.web.memo import Memo

__all__ = ["Gathered", "Refusal"]

_ARCHIVED_S: Final = 36 * HOUR


@dataclass(frozen=True)
class Refusal:
    """Why there is no answer: a code for the words, and the sentence of the one who refused."""

    code: str
    message: str
    hint: str = ""


def _refusal(error: KanchayError) -> Refusal:
    return Refusal(error.code, error.message, error.hint)


class Gathered:
    """Everything known about one site for one request; each part is asked for once."""

    def __init__(self, ctx: Context, scope: Scope, site: Site, memo: Memo | None = None) -> None:
        self.ctx, self.scope, self.site = ctx, scope, site
        self._memo = memo or Memo()
        self.clock = ctx.clock()
        self._parts: dict[str, Any] = {}

    def _once(self, name: str, make: Any) -> Any:
        if name not in self._parts:
            self._parts[name] = make()
        return self._parts[name]

    def _fresh(self, name: str, make: Any) -> Any:
        """Kept between requests until the site has new readings or ten minutes pass."""
        span = self.span
        key = (self.scope.actor.id, self.site, name, span, self.now // 600)
        return self._once(name, lambda: self._memo.get(key, make))

    @property
    def points(self) -> list[Point]:
        from kanchay.services.people.sites import list_points

        return list(self._once("points", lambda: list_points(self.ctx, self.scope, self.site.id)))

    @property
    def spans(self) -> dict[str, Span]:
        ids = [p.id for p in self.points]
        return dict(self._once("spans", lambda: self.ctx.readings.spans(self.scope, ids) if ids else {}))

    @property
    def main(self) -> Point | None:
        from kanchay.services.readings.series import main_point

        def ask() -> Point | None:
            try:
                return main_point(self.ctx, self.scope, self.site.id)
            except (NotFound, NotEnoughData):
                return None

        found: Point | None = self._once("main", ask)
        return found

    @property
    def meter(self) -> Point:
        """The main point, where there has to be one."""
        if self.main is None:
            raise NotFound(
                f"Site '{self.site.name}' has no electricity meter.", hint="Import a meter file first."
            )
        return self.main

    @property
    def span(self) -> Span | None:
        """Span of the main point; None while there is no reading at all."""
        from kanchay.services.readings.series import span

        found: Span | None = self._once(
            "span", lambda: span(self.ctx, self.scope, self.main.id) if self.main else None
        )
        return found

    def hourly(self, days: int) -> Panel:
        """The main point by the hour over the last `days` days and the rest of today."""
        from kanchay.services.readings.series import load_panel

        day = self.today
        start = local_midnight(day - timedelta(days=days), self.site.tz)
        end = local_midnight(day + timedelta(days=1), self.site.tz)
        main = self.meter
        panel: Panel = self._fresh(
            f"hourly{days}",
            lambda: load_panel(self.ctx, self.scope, [main.id], resolution_s=HOUR, start=start, end=end),
        )
        return panel

    def panel(self, points: list[Point], start: int, end: int, resolution_s: int) -> Panel:
        from kanchay.services.readings.series import load_panel

        ids = [p.id for p in points]
        return load_panel(self.ctx, self.scope, ids, resolution_s=resolution_s, start=start, end=end)

    @property
    def archived(self) -> bool:
        """Whether readings ended so long ago that the pages tell how it stood then."""
        return (self.age_s or 0) > _ARCHIVED_S

    @property
    def now(self) -> int:
        """The present, or the last instant with a reading where that is long ago."""
        return self.span.end - 1 if self.archived and self.span else self.clock

    @property
    def examined(self) -> bool:
        """Whether anybody has looked for findings yet."""

        def ask() -> bool:
            with self.ctx.records.unit(self.scope) as unit:
                return bool(unit.runs.find(site_id=self.site.id, kind="findings", limit=1))

        return bool(self._once("examined", ask))

    @property
    def today(self) -> date:
        from kanchay.domain.interval import to_datetime

        return to_datetime(self.now, self.site.tz).date()

    def parts(self) -> tuple[list[Point], list[Point]]:
        """Sources beside the grid (sun, battery) and metered uses, all of electricity."""
        electric = [p for p in self.points if p.quantity in (Quantity.ELECTRIC_ENERGY, Quantity.POWER)]
        main = self.main.id if self.main else ""
        sources = [p for p in electric if p.role in (Role.PV, Role.BATTERY) and p.id != main]
        uses = [p for p in electric if p.role in (Role.SUBMETER, Role.EV) and p.id != main]
        return sources, uses

    @property
    def period(self) -> PeriodForecast | Refusal:
        from kanchay.services.forecasting.period import forecast_period

        def ask() -> PeriodForecast:
            return forecast_period(self.ctx, self.scope, self.site.id, now=self.now)

        found: PeriodForecast | Refusal = self._asked("period", ask)
        return found

    @property
    def days(self) -> DailyForecast | Refusal:
        """The daily totals of the main point to five weeks ahead."""
        from kanchay.services.forecasting.days import forecast_point_days

        found: DailyForecast | Refusal = self._asked(
            "days", lambda: forecast_point_days(self.ctx, self.scope, self.meter.id)
        )
        return found

    @property
    def expected(self) -> BillForecast | Refusal:
        """The expected bill; a refusal where there is no tariff, no price or no forecast."""
        from kanchay.services.money.expected import expected_bill

        period = self.period
        if isinstance(period, Refusal):
            return period
        if not self.site.tariff_id:
            return Refusal("bill.no_tariff", "This site has no tariff yet.")

        def ask() -> BillForecast:
            return expected_bill(
                self.ctx,
                self.scope,
                self.site.id,
                period_forecast=period,
                leave_out=self.left_out,
                prices_of=self.prices_of,
            )

        found: BillForecast | Refusal = self._asked("expected", ask)
        return found

    @property
    def options(self) -> OptionComparison | Refusal:
        """Past periods under each tariff that the site may get."""
        from kanchay.services.money.compare import compare_options

        if not self.site.tariff_id:
            return Refusal("bill.no_tariff", "This site has no tariff yet.")
        found: OptionComparison | Refusal = self._asked(
            "options", lambda: compare_options(self.ctx, self.scope, self.site.id)
        )
        return found

    @property
    def left_out(self) -> tuple[str, ...]:
        """Lines of the bill that nobody publishes and the owner has not typed; the page names them as missing."""
        from kanchay.services.money.tariffs import leaveable, tariff_of

        typed = dict(self.site.tariff_parameters)
        asked = {"public_lighting": ("alumbrado", "alicuota")}
        lines = leaveable(tariff_of(self.ctx, self.site))
        return tuple(line for line in lines if not any(name in typed for name in asked.get(line, ())))

    @property
    def prices_of(self) -> date | None:
        """The day whose price list is used: that of the period itself."""
        return None

    @property
    def forecast(self) -> Forecast | Refusal:
        """The newest stored forecast of the main point, or a fresh one where none is recent."""
        found: Forecast | Refusal = self._asked("forecast", self._newest_forecast)
        return found

    @property
    def forecast_hours(self) -> Forecast | None:
        """The forecast by whole hours from its issue on, for the bands of hours; None where there is none."""
        from kanchay.services.forecasting.hours import forecast_hours

        newest = self.forecast
        if isinstance(newest, Refusal):
            return None
        found = self._asked("forecast_hours", lambda: forecast_hours(self.ctx, self.scope, newest))
        return None if isinstance(found, Refusal) else found

    def _newest_forecast(self) -> Forecast:
        from kanchay.services.forecasting.forecast import forecast_point

        if self.main is None or self.span is None:
            raise NotEnoughData("There are no readings yet.", hint="Import a file first.", code="no_readings")
        with self.ctx.records.unit(self.scope) as unit:
            stored: list[Forecast] = unit.forecasts.find(point_id=self.main.id, order="-issued_at", limit=1)
        if stored and stored[0].issued_at >= self.span.end - 2 * HOUR and stored[0].end > self.now:
            return stored[0]
        return forecast_point(self.ctx, self.scope, self.main.id, horizon_s=30 * HOUR, store=False)

    def texts(self, language: str) -> dict[str, str]:
        """The library's texts of findings, advice and issues; they do not change while the program runs."""
        texts: dict[str, str] = self._memo.get(("texts", language), lambda: self.ctx.library.texts(language))
        return texts

    def factor(self) -> float | None:
        """Carbon of a kWh from the grid today; None where we ship none for the country. [kg/kWh]"""
        from kanchay.services.money.carbon import grid_factor

        found = self.daily_answer("factor", self.today, lambda: grid_factor(self.ctx, self.site))
        return None if found is None else float(found.kg_per_kwh)

    def daily_answer(self, name: str, day: date, make: Any) -> Any:
        """An answer that is dear to make and changes once a day."""
        key = (self.scope.actor.id, self.site, name, day)
        return self._once(name, lambda: self._memo.get(key, make))

    def _asked(self, name: str, make: Any) -> Any:
        def ask() -> Any:
            if self.span is None:
                return Refusal("no_readings", "There are no readings yet.")
            try:
                return make()
            except (NotEnoughData, BillRefused, NotFound) as error:
                return _refusal(error)

        return self._fresh(name, ask)

    @property
    def findings(self) -> list[Finding]:
        def ask() -> list[Finding]:
            with self.ctx.records.unit(self.scope) as unit:
                return unit.findings.find(site_id=self.site.id)

        return sorted(self._once("findings", ask), key=lambda x: -x.rank_score)

    @property
    def recommendations(self) -> list[Recommendation]:
        def ask() -> list[Recommendation]:
            with self.ctx.records.unit(self.scope) as unit:
                return unit.recommendations.find(site_id=self.site.id)

        return sorted(self._once("recommendations", ask), key=lambda x: -float(x.saving.mean))

    def daily(self, start: int, end: int) -> list[tuple[int, float | None]]:
        """Local midnights within ``[start, end)`` and the main point's energy of each day; None without reading."""
        from kanchay.services.readings.series import daily_totals

        return pairs(daily_totals(self.ctx, self.scope, self.meter.id, start, end))

    @property
    def age_s(self) -> int | None:
        """Seconds since the last reading ended."""
        return None if self.span is None else max(0, self.clock - self.span.end)


def pairs(totals: Any) -> list[tuple[int, float | None]]:
    """Daily totals as pairs, whatever columns carry them."""
    return [
        (int(s), None if isnan(v) or c == 0 else float(v))
        for s, v, c in zip(
            totals.start.tolist(), totals.total.tolist(), totals.covered_s.tolist(), strict=True
        )
    ]


def periods_back(site: Site, first: date, n: int) -> list[tuple[date, date]]:
    """The last `n` billing periods before the one that begins on `first`, oldest first."""
    ends = [first]
    for _ in range(n):
        before = (ends[-1].replace(day=1) - timedelta(days=1)).replace(day=1)
        last = (ends[-1].replace(day=1) - timedelta(days=1)).day
        ends.append(before.replace(day=min(site.billing_day, last)))
    return [(b, a) for a, b in pairwise(ends)][::-1]
