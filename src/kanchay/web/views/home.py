"""The first page of a home: the period, the one thing to do, and what happens now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kanchay.domain.forecast import Forecast, PeriodForecast
from kanchay.domain.interval import HOUR, local_midnight
from kanchay.web.charts import Chart
from kanchay.web.gather import Gathered, Refusal
from kanchay.web.shell import Reader
from kanchay.web.views.common import Tile
from kanchay.web.views.findings import Advice
from kanchay.web.views.hours import DayTotals, to_hours, today_bounds, today_chart
from kanchay.web.views.now import Now, now_view
from kanchay.web.views.period import PeriodView, headline, nearest_step, period_view
from kanchay.web.views.tiles import (
    HISTORY_DAYS,
    Besides,
    besides,
    bill_tile,
    carbon_tile,
    night_tile,
    proposals,
    today_tile,
    when_line,
)

__all__ = ["HomeView", "home_view"]


@dataclass(frozen=True)
class HomeView:
    when: str
    headline: str
    period: PeriodView | None
    refusal: str
    previous: str
    advice: Advice | None
    others: tuple[Besides, ...]
    now: Now
    tiles: tuple[Tile, ...]
    today: Chart
    today_closes: str
    examined: bool


def _previous(known: Gathered, period: PeriodForecast, r: Reader) -> str:
    """``En agosto fueron 136.2.``, where the period before is known."""
    from kanchay.web.gather import periods_back

    f = r.formats
    first, last = periods_back(known.site, f.moment(period.start).date(), 1)[0]
    days = known.daily(local_midnight(first, known.site.tz), local_midnight(last, known.site.tz))
    missing = sum(1 for _, kwh in days if kwh is None)
    if not days or missing > 0.1 * len(days):
        return ""
    total = sum(kwh or 0.0 for _, kwh in days)
    return r.words(
        "period.previous", first=f.day(first), last=f.day(last - timedelta(days=1)), kwh=f.energy(total)
    )


def _closes(totals: DayTotals, forecast: Forecast | Refusal, end: int, r: Reader) -> str:
    """The day's energy as it will be; empty where the forecast does not reach to midnight."""
    if isinstance(forecast, Refusal):
        return ""
    ahead = {h: v for h, v in to_hours(forecast, r.formats.tz).items() if totals.last <= h < end}
    if len(ahead) < (end - totals.last) // HOUR:
        return ""
    return r.formats.energy(totals.so_far + sum(ahead.values()))


def home_view(known: Gathered, r: Reader) -> HomeView:
    """Everything on the home's first page."""
    from kanchay.web.pages.common import refusal_sentence

    t = r.words
    start, end = today_bounds(known.now, known.site.tz, r)
    panel, forecast = known.hourly(HISTORY_DAYS), known.forecast
    totals = DayTotals(panel, start, end)
    yesterday = local_midnight(known.today - timedelta(days=1), known.site.tz)
    asked, bill = known.period, known.expected
    period = None if isinstance(asked, Refusal) else asked
    step = nearest_step(None if isinstance(bill, Refusal) else bill, period)
    advice = proposals(known, r)
    used = period.so_far if period else totals.so_far
    return HomeView(
        when=when_line(known, r),
        headline=headline(period, step, r) if period else t("period.h1.unknown"),
        period=period_view(period, step, r) if period else None,
        refusal=refusal_sentence(asked, r) if isinstance(asked, Refusal) else "",
        previous=_previous(known, period, r) if period else "",
        advice=advice[0] if advice else None,
        others=besides(known, advice, r),
        now=now_view(known, r),
        tiles=(
            today_tile(totals, start, r, DayTotals(panel, yesterday, start)),
            bill_tile(bill, r),
            night_tile(known, panel, r),
            carbon_tile(known, used, r),
        ),
        today=today_chart(panel, None if isinstance(forecast, Refusal) else forecast, start, end, r),
        today_closes=_closes(totals, forecast, end, r),
        examined=known.examined,
    )
