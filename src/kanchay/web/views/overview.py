"""The first page of a home and of a building."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from kanchay.domain.bill import BillForecast
from kanchay.domain.finding import RecommendationState
from kanchay.domain.forecast import Forecast, PeriodForecast
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.point import Role
from kanchay.web.charts import Chart
from kanchay.web.gather import Gathered, Refusal
from kanchay.web.shell import Reader
from kanchay.web.views.common import Tile, night_kw
from kanchay.web.views.findings import Advice, advice_view
from kanchay.web.views.hours import DayTotals, sources_chart, to_hours, today_bounds, today_chart
from kanchay.web.views.now import Now, now_view
from kanchay.web.views.period import PeriodView, headline, nearest_step, period_view

__all__ = ["BuildingView", "HomeView", "building_view", "home_view", "now_view"]

_HISTORY_DAYS: Final = 36
_NIGHT_CHANGE: Final = 0.1  # a change of the night's load worth a colour


@dataclass(frozen=True)
class HomeView:
    when: str
    headline: str
    period: PeriodView | None
    refusal: str
    previous: str
    advice: Advice | None
    others: tuple[Advice, ...]
    now: Now
    tiles: tuple[Tile, ...]
    today: Chart
    today_closes: str


@dataclass(frozen=True)
class BuildingView:
    when: str
    headline: str
    now: Now
    facts: tuple[tuple[str, str, str], ...]
    today_value: str
    today_note: str
    tariff: str
    tiles: tuple[Tile, ...]
    day: Chart
    day_title: str
    day_sum: str
    advice: Advice | None


def _proposals(known: Gathered, r: Reader) -> list[Advice]:
    texts = known.ctx.library.texts(r.language)
    states = (RecommendationState.PROPOSED, RecommendationState.ACCEPTED)
    return [advice_view(x, texts, r) for x in known.recommendations if x.state in states]


def _today_tile(totals: DayTotals, start: int, r: Reader) -> Tile:
    t, f = r.words, r.formats
    note = ""
    if totals.usual_so_far is not None:
        difference = totals.comparable - totals.usual_so_far
        note = t(
            "tile.today_note", difference=f.signed(difference, 2), weekday=f.weekday(f.moment(start).date())
        )
    label = t("tile.today", time=f.hhmm(totals.last)) if totals.last > start else t("tile.today_none")
    return Tile(label, f.number(totals.so_far, 2 if totals.so_far < 100 else 1), "kWh", note)


def _bill_tile(bill: BillForecast | Refusal, r: Reader) -> Tile:
    t, f = r.words, r.formats
    if isinstance(bill, Refusal):
        key = f"refusal.short.{bill.code}"
        return Tile(
            t("tile.bill_plain"), t("tile.uncosted"), note=t(key) if t.has(key) else t("tile.bill_refused")
        )
    month = f.month(bill.expected.end - timedelta(days=1))
    note = t("range", low=f.number(bill.low.total, 2), high=f.number(bill.high.total, 2))
    return Tile(
        t("tile.bill", month=month),
        f.number(bill.expected.total, 2),
        "",
        note,
        before=f.symbol(bill.expected.currency),
    )


def _night_tile(panel: Panel, now: int, r: Reader) -> Tile:
    t, f = r.words, r.formats
    recent, before = night_kw(panel, now - 7 * DAY, now), night_kw(panel, now - 35 * DAY, now - 7 * DAY)
    label = t("tile.night")
    if recent is None:
        return Tile(label, "–", "W", t("tile.no_data"))
    value, unit = f.power(recent).rsplit("\u00a0", 1)
    if before is None or before <= 0:
        return Tile(label, value, unit, t("tile.night_new"))
    change = recent - before
    if abs(change) < max(_NIGHT_CHANGE * before, 0.005):
        return Tile(label, value, unit, t("tile.night_same"))
    key = "tile.night_more" if change > 0 else "tile.night_less"
    return Tile(label, value, unit, t(key, power=f.power(abs(change))), tone="bad" if change > 0 else "good")


def _carbon_tile(known: Gathered, kwh: float, r: Reader) -> Tile:
    from kanchay.services.money.carbon import grid_factor

    t, f = r.words, r.formats
    factor = grid_factor(known.ctx, known.site)
    if factor is None:
        return Tile(t("tile.carbon"), t("tile.unknown"), note=t("tile.carbon_none"))
    per_kwh = float(factor.kg_per_kwh)
    return Tile(
        t("tile.carbon"), f.number(kwh * per_kwh, 1), "kg", t("tile.carbon_note", factor=f.number(per_kwh, 3))
    )


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
    ahead = {h: v for h, v in to_hours(forecast).items() if totals.last <= h < end}
    if len(ahead) < (end - totals.last) // HOUR:
        return ""
    return r.formats.energy(totals.so_far + sum(ahead.values()))


def home_view(known: Gathered, r: Reader) -> HomeView:
    """Everything on the home's first page."""
    from kanchay.web.pages.common import refusal_sentence

    t, f = r.words, r.formats
    start, end = today_bounds(known.now, known.site.tz, r)
    panel, forecast = known.hourly(_HISTORY_DAYS), known.forecast
    totals = DayTotals(panel, start, end)
    asked, bill = known.period, known.expected
    period = None if isinstance(asked, Refusal) else asked
    step = nearest_step(None if isinstance(bill, Refusal) else bill, period)
    advice = _proposals(known, r)
    used = period.so_far if period else totals.so_far
    return HomeView(
        when=_capital(f.when(known.now)),
        headline=headline(period, step, r) if period else t("period.h1.unknown"),
        period=period_view(period, step, r) if period else None,
        refusal=refusal_sentence(asked, r) if isinstance(asked, Refusal) else "",
        previous=_previous(known, period, r) if period else "",
        advice=advice[0] if advice else None, others=tuple(advice[1:3]), now=now_view(known, r),
        tiles=(_today_tile(totals, start, r), _bill_tile(bill, r), _night_tile(panel, known.now, r), _carbon_tile(known, used, r)),
        today=today_chart(panel, None if isinstance(forecast, Refusal) else forecast, start, end, r),
        today_closes=_closes(totals, forecast, end, r),
    )  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sun(known: Gathered, start: int, end: int) -> np.ndarray | None:
    """Energy from the sun by the hour; None where there is no panel."""
    pv = [p for p in known.parts()[0] if p.role is Role.PV]
    if not pv:
        return None
    rows = known.panel(pv, start, end, HOUR).values
    known_hours = ~np.all(np.isnan(rows), axis=0)
    return np.where(known_hours, np.nansum(rows, axis=0), np.nan)


def _peak(forecast: Forecast | Refusal, r: Reader) -> tuple[str, str, str] | None:
    """The next peak before it happens: the hour that will be highest, with its range."""
    if isinstance(forecast, Refusal):
        return None
    mean, low, high = (to_hours(forecast, level) for level in (None, 0.1, 0.9))
    ahead = {h: v for h, v in mean.items() if h >= r.now - HOUR}
    if not ahead:
        return None
    t, f = r.words, r.formats
    hour = max(ahead, key=lambda h: ahead[h])
    span = t("range", low=f.number(low[hour], 2), high=f.number(high[hour], 2))
    return t("building.peak"), f"{f.row_time(hour)} · {f.power(ahead[hour])}", span


def _building_headline(known: Gathered, totals: DayTotals, sun: float | None, r: Reader) -> str:
    t, f = r.words, r.formats
    if sun and totals.so_far + sun > 0 and sun / (totals.so_far + sun) >= 0.15:
        return t("building.h1_sun", share=f.percent(sun / (totals.so_far + sun)))
    if totals.usual_so_far:
        change = totals.comparable / totals.usual_so_far - 1
        weekday = f.weekday(known.today)
        if abs(change) < 0.08:
            return t("building.h1_usual", weekday=weekday)
        return t(
            "building.h1_more" if change > 0 else "building.h1_less",
            share=f.percent(abs(change)),
            weekday=weekday,
        )
    return t("building.h1_plain", kwh=f.energy(totals.so_far))


def building_view(known: Gathered, r: Reader) -> BuildingView:
    """Everything on the building's first page."""
    t, f = r.words, r.formats
    tz = known.site.tz
    start, end = today_bounds(known.now, tz, r)
    panel, forecast = known.hourly(_HISTORY_DAYS), known.forecast
    totals = DayTotals(panel, start, end)
    sun_today = _sun(known, start, end)
    sun = float(np.nansum(sun_today)) if sun_today is not None else None
    yesterday = local_midnight(known.today - timedelta(days=1), tz)
    grid = panel.slice(yesterday, start).values[0]
    pv = _sun(known, yesterday, start)
    period = known.period
    facts = [(t("building.grid"), f.energy(totals.so_far), _versus(totals, r))]
    if sun is not None:
        facts.insert(0, (t("building.sun"), f.energy(sun), t("building.sun_note")))
    if peak := _peak(forecast, r):
        facts.append(peak)
    if not isinstance(period, Refusal):
        facts.append(
            (
                t("building.period"),
                f.energy(period.mean),
                t("range", low=f.energy(period.quantiles[2]), high=f.energy(period.quantiles[6])),
            )
        )
    advice = _proposals(known, r)
    used = period.so_far if not isinstance(period, Refusal) else totals.so_far
    return BuildingView(
        when=_capital(f.when(known.now)), headline=_building_headline(known, totals, sun, r), now=now_view(known, r),
        facts=tuple(facts), today_value=f.number(totals.so_far + (sun or 0.0), 1), tariff=_option(known),
        today_note=t("building.today_note", time=f.clock(totals.last)),
        tiles=(_today_tile(totals, start, r), _bill_tile(known.expected, r), _night_tile(panel, known.now, r), _carbon_tile(known, used, r)),
        day=sources_chart(grid, pv, yesterday, tz, r), day_title=t("day.title"), day_sum=_day_sum(grid, pv, r),
        advice=advice[0] if advice else None,
    )  # fmt: skip


def _option(known: Gathered) -> str:
    document = known.ctx.library.tariff_documents().get(known.site.tariff_id or "", {})
    return str(document.get("option", {}).get("code", ""))


def _versus(totals: DayTotals, r: Reader) -> str:
    if totals.usual_so_far is None:
        return ""
    difference = totals.comparable - totals.usual_so_far
    key = "building.more" if difference >= 0 else "building.less"
    return r.words(key, kwh=r.formats.number(abs(difference), 1))


def _day_sum(grid: np.ndarray, pv: np.ndarray | None, r: Reader) -> str:
    f = r.formats
    net = float(np.nansum(grid))
    if pv is None:
        return f.energy(net)
    sun = float(np.nansum(pv))
    return r.words("day.sum", sun=f.number(sun, 1), grid=f.number(net, 1), total=f.energy(sun + net, 1))
