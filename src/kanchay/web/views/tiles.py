"""What the first pages of homes and buildings share: tiles, and the advice that is still open."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from kanchay.domain.bill import BillForecast
from kanchay.domain.finding import RecommendationState
from kanchay.domain.interval import DAY
from kanchay.domain.panel import Panel
from kanchay.web.gather import Gathered, Refusal
from kanchay.web.shell import Reader
from kanchay.web.views.common import Tile, night_kw
from kanchay.web.views.findings import Advice, advice_view, texts_for
from kanchay.web.views.hours import DayTotals

__all__ = ["HISTORY_DAYS", "bill_tile", "carbon_tile", "night_tile", "proposals", "today_tile", "when_line"]

HISTORY_DAYS: Final = 36
_NIGHT_CHANGE: Final = 0.1  # a change of the night's load worth a colour


def proposals(known: Gathered, r: Reader) -> list[Advice]:
    texts = texts_for(known, r)
    states = (RecommendationState.PROPOSED, RecommendationState.ACCEPTED)
    return [advice_view(x, texts, r) for x in known.recommendations if x.state in states]


def today_tile(totals: DayTotals, start: int, r: Reader) -> Tile:
    t, f = r.words, r.formats
    note = ""
    if totals.usual_so_far is not None:
        difference = totals.comparable - totals.usual_so_far
        note = t(
            "tile.today_note", difference=f.signed(difference, 2), weekday=f.weekday(f.moment(start).date())
        )
    if totals.last <= start:
        return Tile(t("tile.today_none"), "–", "kWh", t("tile.today_soon"))
    label = t("tile.today", time=f.hhmm(totals.last))
    return Tile(label, f.number(totals.so_far, 2 if totals.so_far < 100 else 1), "kWh", note)


def bill_tile(bill: BillForecast | Refusal, r: Reader) -> Tile:
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


def night_tile(panel: Panel, now: int, r: Reader) -> Tile:
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


def carbon_tile(known: Gathered, kwh: float, r: Reader) -> Tile:
    t, f = r.words, r.formats
    per_kwh = known.factor()
    if per_kwh is None:
        return Tile(t("tile.carbon"), t("tile.unknown"), note=t("tile.carbon_none"))
    return Tile(
        t("tile.carbon"), f.number(kwh * per_kwh, 1), "kg", t("tile.carbon_note", factor=f.number(per_kwh, 3))
    )


def when_line(known: Gathered, r: Reader) -> str:
    """``Sábado 22 de agosto, 6:40 p. m.``, or of which instant the page tells where readings ended long ago."""
    f = r.formats
    if known.archived:
        return r.words("tile.as_of", day=f.day_year(f.moment(known.now).date()), time=f.clock(known.now + 1))
    said = f.when(known.now)
    return said[:1].upper() + said[1:]
