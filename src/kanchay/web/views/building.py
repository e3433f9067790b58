"""The first page of a building: what flows now, today against the usual, the next peak, yesterday by source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from kanchay.domain.interval import HOUR, local_midnight
from kanchay.domain.point import Direction, Point, Role
from kanchay.domain.reading import FloatArray
from kanchay.web.charts import Chart
from kanchay.web.gather import Gathered, Refusal
from kanchay.web.shell import Reader
from kanchay.web.views.common import Tile
from kanchay.web.views.findings import Advice
from kanchay.web.views.hours import DayTotals, hour_band, sources_chart, to_hours, today_bounds
from kanchay.web.views.now import Now, now_view
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

__all__ = ["BuildingView", "building_view"]

_LIKE_USUAL: Final = 0.08  # a difference of the day that nobody would name


@dataclass(frozen=True)
class BuildingView:
    when: str
    headline: str
    now: Now
    facts: tuple[tuple[str, str, str], ...]
    today_title: str
    today_value: str
    today_note: str
    tariff: str
    tiles: tuple[Tile, ...]
    day: Chart
    day_title: str
    day_sum: str
    advice: Advice | None
    others: tuple[Besides, ...]
    examined: bool


def _hours_of(known: Gathered, points: list[Point], start: int, end: int) -> FloatArray | None:
    """Energy of these points together by the hour; None where there is none of them."""
    if not points:
        return None
    rows = known.panel(points, start, end, HOUR).values
    some = ~np.all(np.isnan(rows), axis=0)
    summed: FloatArray = np.where(some, np.nansum(rows, axis=0), np.nan)
    return summed


def _sun_and_sent(known: Gathered, start: int, end: int) -> tuple[FloatArray | None, FloatArray | None]:
    """Energy from the sun, and energy sent to the grid, by the hour."""
    pv = [p for p in known.parts()[0] if p.role is Role.PV]
    sent = [p for p in known.points if p.role is Role.GRID and p.direction is Direction.EXPORT]
    return _hours_of(known, pv, start, end), _hours_of(known, sent, start, end)


def _total(values: FloatArray | None) -> float:
    return float(np.nansum(values)) if values is not None else 0.0


def _peak(known: Gathered, r: Reader) -> tuple[str, str, str] | None:
    """The next peak before it happens: the hour that will be highest, with its range."""
    forecast = known.forecast
    if isinstance(forecast, Refusal):
        return None
    mean = to_hours(forecast, r.formats.tz)
    low, high = (hour_band(forecast, known.forecast_hours, r.formats.tz, level) for level in (0.1, 0.9))
    ahead = {h: v for h, v in mean.items() if h >= r.now - HOUR}
    if not ahead:
        return None
    t, f = r.words, r.formats
    hour = max(ahead, key=lambda h: ahead[h])
    span = t("range", low=f.number(low[hour], 2), high=f.number(high[hour], 2))
    return t("building.peak"), f.power(ahead[hour]), f"{f.row_time(hour)} · {span}"


def _building_headline(totals: DayTotals, own_sun: float, day: date, r: Reader, *, past: bool) -> str:
    """The day in one sentence: what the sun covered, or how it stands to the usual."""
    t, f = r.words, r.formats
    ending = "_past" if past else ""
    used = totals.so_far + own_sun
    if used > 0 and own_sun / used >= 0.15:
        return t(f"building.h1_sun{ending}", share=f.percent(own_sun / used))
    if not totals.usual_so_far:
        return t(f"building.h1_plain{ending}", kwh=f.energy(totals.so_far))
    change = totals.comparable / totals.usual_so_far - 1
    key = "usual" if abs(change) < _LIKE_USUAL else "more" if change > 0 else "less"
    return t(f"building.h1_{key}{ending}", share=f.percent(abs(change)), weekday=f.weekday(day))


def _building_facts(
    known: Gathered, totals: DayTotals, sun: float, sent: float, r: Reader
) -> list[tuple[str, str, str]]:
    t, f = r.words, r.formats
    facts = [(t("building.grid"), f.energy(totals.so_far), _versus(totals, r))]
    if sun > 0:
        note = t("building.sent", kwh=f.energy(sent)) if sent > 0.05 else t("building.sun_note")
        facts.insert(0, (t("building.sun"), f.energy(sun), note))
    if peak := _peak(known, r):
        facts.append(peak)
    period = known.period
    if not isinstance(period, Refusal):
        low, high = (f.number(period.quantiles[i], 0) for i in (2, 6))
        facts.append((t("building.period"), f.energy(period.mean), t("range", low=low, high=high)))
    return facts


def building_view(known: Gathered, r: Reader) -> BuildingView:
    """Everything on the building's first page; until the day has its first hour it is yesterday's."""
    t, f = r.words, r.formats
    start, end = today_bounds(known.now, known.site.tz, r)
    yesterday = local_midnight(known.today - timedelta(days=1), known.site.tz)
    panel, period = known.hourly(HISTORY_DAYS), known.period
    today = DayTotals(panel, start, end)
    past = today.last <= start
    shown = (yesterday, start) if past else (start, end)
    totals = DayTotals(panel, *shown)
    sun, sent = (_total(part) for part in _sun_and_sent(known, *shown))
    own_sun = max(0.0, sun - sent)
    grid = panel.slice(yesterday, start).values[0]
    pv, away = _sun_and_sent(known, yesterday, start)
    advice = proposals(known, r)
    used = period.so_far if not isinstance(period, Refusal) else totals.so_far
    return BuildingView(
        when=when_line(known, r),
        headline=_building_headline(totals, own_sun, f.moment(shown[0]).date(), r, past=past),
        now=now_view(known, r),
        facts=tuple(_building_facts(known, totals, sun, sent, r)),
        today_title=t("building.yesterday" if past else "building.today"),
        today_value=f.number(totals.so_far + own_sun, 1),
        tariff=_option(known),
        today_note=t("building.whole_day") if past else t("building.today_note", time=f.clock(totals.last)),
        tiles=(
            today_tile(today, start, r, totals),
            bill_tile(known.expected, r),
            night_tile(known, panel, r),
            carbon_tile(known, used, r),
        ),
        day=sources_chart(grid, pv, away, start=yesterday, r=r),
        day_title=t("day.title"),
        day_sum=_day_sum(grid, pv, away, r),
        advice=advice[0] if advice else None,
        others=besides(known, advice, r),
        examined=known.examined,
    )


def _option(known: Gathered) -> str:
    document = known.ctx.library.tariff_documents().get(known.site.tariff_id or "", {})
    return str(document.get("option", {}).get("code", ""))


def _versus(totals: DayTotals, r: Reader) -> str:
    if totals.usual_so_far is None:
        return ""
    difference = totals.comparable - totals.usual_so_far
    key = "building.more" if difference >= 0 else "building.less"
    return r.words(key, kwh=r.formats.number(abs(difference), 1))


def _day_sum(grid: FloatArray, pv: FloatArray | None, sent: FloatArray | None, r: Reader) -> str:
    """``17.2 sol + 57.9 red = 75.1 kWh``: what was used, by source."""
    f = r.formats
    net = _total(grid)
    if pv is None:
        return f.energy(net)
    own = _total(pv) - _total(sent)
    return r.words("day.sum", sun=f.number(own, 1), grid=f.number(net, 1), total=f.energy(own + net, 1))
