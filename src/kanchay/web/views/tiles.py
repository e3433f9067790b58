"""What the first pages of homes and buildings share: tiles, and the advice that is still open."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, TypeAlias

import numpy as np

from kanchay.domain.bill import BillForecast
from kanchay.domain.finding import Finding, FindingKind, RecommendationState
from kanchay.domain.interval import DAY
from kanchay.domain.panel import Panel
from kanchay.web.gather import Gathered, Refusal
from kanchay.web.shell import Reader
from kanchay.web.views.common import Tile
from kanchay.web.views.findings import Advice, advice_view, because, money_line, texts_for
from kanchay.web.views.hours import DayTotals

__all__ = [
    "HISTORY_DAYS",
    "Besides",
    "besides",
    "bill_tile",
    "carbon_tile",
    "night_tile",
    "proposals",
    "today_tile",
    "when_line",
]

HISTORY_DAYS: Final = 43  # two weeks of nights, the four before them, and today
_NOW_NIGHTS: Final = 14  # as `analysis.anomaly.baseload` tells where the baseload stands now
_SHOWN: Final = 3

# Title, money with its range, state of the advice, and the id of the finding that it leads to.
Besides: TypeAlias = tuple[str, str, str, str]
_NIGHT_CHANGE: Final = 0.1  # a change of the night's load worth a colour


def proposals(known: Gathered, r: Reader) -> list[Advice]:
    texts = texts_for(known, r)
    states = (RecommendationState.PROPOSED, RecommendationState.ACCEPTED)
    return [advice_view(x, texts, r) for x in known.recommendations if x.state in states]


def besides(known: Gathered, advice: list[Advice], r: Reader) -> tuple[Besides, ...]:
    """What is worth a look besides the first advice: further advice, and open findings that no such advice tells."""
    from kanchay.services.findings.words import headline

    texts = texts_for(known, r)
    rows = [
        (a.title, f"{a.saving}, {a.saving_range}", a.state_label if a.state != "proposed" else "", "")
        for a in advice[1:]
    ]
    shown = {a.id for a in advice}
    told = {x.finding_id for x in known.recommendations if x.id in shown}
    for finding in known.findings:
        if finding.status == "open" and finding.id not in told:
            money = ", ".join(filter(None, money_line(finding.money, r)))
            money += "" if finding.money or not finding.uncosted_because else f": {because(finding, r)}"
            rows.append((headline(finding, texts, r.formats), money, "", finding.id))
    return tuple(rows[:_SHOWN])


def today_tile(totals: DayTotals, start: int, r: Reader, yesterday: DayTotals | None = None) -> Tile:
    """The day so far beside the usual; until its first hour has come, the day before."""
    t, f = r.words, r.formats
    if totals.last <= start and yesterday is not None and yesterday.last > start - DAY:
        return _yesterday_tile(yesterday, start - DAY // 2, r)
    note = ""
    if totals.usual_so_far is not None:
        difference = totals.comparable - totals.usual_so_far
        note = t(
            "tile.today_note", difference=f.signed(difference, 2), weekday=f.weekday(f.moment(start).date())
        )
    if totals.last <= start:
        return Tile(t("tile.today_none"), "–", "kWh", t("tile.today_soon"))
    label = t("tile.today", time=f.until(totals.last))
    return Tile(label, f.number(totals.so_far, 2 if totals.so_far < 100 else 1), "kWh", note)


def _yesterday_tile(totals: DayTotals, noon: int, r: Reader) -> Tile:
    t, f = r.words, r.formats
    note = ""
    if totals.usual_so_far is not None:
        difference = f.signed(totals.comparable - totals.usual_so_far, 2)
        note = t("tile.today_note", difference=difference, weekday=f.weekday(f.moment(noon).date()))
    return Tile(t("tile.yesterday"), f.number(totals.so_far, 2 if totals.so_far < 100 else 1), "kWh", note)


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


def _creep(known: Gathered) -> Finding | None:
    """The open finding that the night's baseload rose: the tile must not say otherwise."""
    kind, main = FindingKind.BASELOAD_CREEP, known.meter.id
    rows = (x for x in known.findings if x.kind is kind and x.status == "open" and x.ongoing)
    return next((x for x in rows if x.point_id == main and "now_w" in x.numbers), None)


def _nights(panel: Panel, now: int) -> tuple[float | None, float | None]:
    """The baseload of the newest fourteen nights and of the four weeks before, as findings measure it. [W]"""
    from kanchay.analysis.anomaly.baseload import night_baseload
    from kanchay.analysis.anomaly.days import local_days

    days = local_days(panel.slice(panel.start, now))
    level = night_baseload(days)
    sides = (level[-_NOW_NIGHTS:], level[:-_NOW_NIGHTS])
    known = [side[np.isfinite(side)] for side in sides]
    recent, before = (float(np.median(side)) if len(side) else None for side in known)
    return recent, before


def night_tile(known: Gathered, panel: Panel, r: Reader) -> Tile:
    """What stays on while people sleep, by the same measure as the finding of a baseload that rose."""
    t, f = r.words, r.formats
    label = t("tile.night")
    if found := _creep(known):
        value, unit = f.power(found.numbers["now_w"] / 1000).rsplit("\u00a0", 1)
        since = f.day(f.moment(found.start).date())
        note = t("tile.night_since", power=f.power(found.numbers["rise_w"] / 1000), day=since)
        return Tile(label, value, unit, note, tone="bad")
    recent, before = _nights(panel, known.now)
    if recent is None:
        return Tile(label, "–", "W", t("tile.no_data"))
    value, unit = f.power(recent / 1000).rsplit("\u00a0", 1)
    if before is None:
        return Tile(label, value, unit, t("tile.night_new"))
    change = recent - before
    if abs(change) < max(_NIGHT_CHANGE * before, 5.0):
        return Tile(label, value, unit, t("tile.night_same"))
    key = "tile.night_more" if change > 0 else "tile.night_less"
    tone = "bad" if change > 0 else "good"
    return Tile(label, value, unit, t(key, power=f.power(abs(change) / 1000)), tone=tone)


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
        end = known.now + 1
        return r.words("tile.as_of", day=f.day_year(f.moment(end).date()), time=f.clock(end))
    said = f.when(known.now)
    return said[:1].upper() + said[1:]
