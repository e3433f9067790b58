"""The page of the bill: of the running period as it is expected to end, or of a period that is over."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from kanchay.domain.bill import BandStep, Bill, BillForecast
from kanchay.domain.errors import BillRefused
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import local_midnight, to_datetime
from kanchay.domain.tariff import Tariff
from kanchay.services.money.tariffs import line_words, tariff_by_id
from kanchay.web.gather import Gathered, Refusal, periods_back
from kanchay.web.shell import Reader
from kanchay.web.views.bill import (
    BillRow,
    Months,
    StepView,
    bill_rows,
    months_view,
    said_warnings,
    step_view,
    tariff_title,
)
from kanchay.web.views.paper import PaperCard, paper_cards
from kanchay.web.views.period import nearest_step

__all__ = ["MOST_BACK", "BillView", "bill_page"]

MOST_BACK: Final = 60  # five years of monthly bills
_AROUND: Final = 0.15  # of the line, on each side of it
_POINTS: Final = 24


@dataclass(frozen=True)
class BillView:
    """What the page shows; `back` counts periods before the running one, `earlier` and `later` name the neighbours."""

    headline: str
    head: str = ""
    range: str = ""
    before: str = ""
    refusal: str = ""
    rows: tuple[BillRow, ...] = ()
    kwh: str = ""
    currency: str = ""
    so_far: str = ""
    so_far_kwh: str = ""
    warnings: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    step: StepView | None = None
    months: Months | None = None
    carbon: str = ""
    papers: tuple[PaperCard, ...] = ()
    back: int = 0
    earlier: str = ""
    later: str = ""


def bill_page(known: Gathered, r: Reader, back: int = 0) -> BillView:
    """The expected bill of the running period, or that of `back` periods before; or why there is none."""
    back = min(max(back, 0), MOST_BACK)
    start, end = _period(known, back)
    view = _past(known, r, back, (start, end)) if back else _running(known, r)
    return replace(
        view,
        back=back,
        earlier=_earlier(known, r, start, back),
        later=_month(known, r, _last(_period(known, back - 1)[1])) if back else "",
        papers=paper_cards(known, r, (start, end) if back else None),
    )


def _period(known: Gathered, back: int) -> tuple[date, date]:
    from kanchay.services.money.period import period_of

    return period_of(known.ctx, known.scope, known.site, back=back)


def _last(end: date) -> date:
    """The last day of a period, which gives the month its name."""
    return end - timedelta(days=1)


def _earlier(known: Gathered, r: Reader, start: date, back: int) -> str:
    """The month before, where readings reach into it."""
    if (
        known.span is None
        or back >= MOST_BACK
        or to_datetime(known.span.start, known.site.tz).date() >= start
    ):
        return ""
    return _month(known, r, _last(start))


def _month(known: Gathered, r: Reader, day: date) -> str:
    """The name of a month, with its year where that is not this one."""
    same = day.year == known.today.year
    return r.formats.month(day) if same else r.formats.month_and_year(day)


def _running(known: Gathered, r: Reader) -> BillView:
    t, f = r.words, r.formats
    forecast, asked = known.expected, known.period
    if isinstance(forecast, Refusal):
        return _refused(known, forecast, r)
    bill = forecast.expected
    tariff = tariff_by_id(known.ctx, bill.tariff_id)
    step = None if isinstance(asked, Refusal) else nearest_step(forecast, asked)
    coming = (_last(bill.end), float(bill.energy_kwh))
    line = float(step.at_kwh) if step else None
    low, high = (forecast.total_quantiles[LEVELS.index(level)] for level in (0.1, 0.9))
    return replace(
        _laid_out(bill, tariff, r),
        head=_head("bill.head", bill, known, r),
        headline=t("bill.h1", money=f.money(bill.total, bill.currency)),
        range=t("bill.range", low=f.money(low, bill.currency), high=f.money(high, bill.currency)),
        before=_before(known, r),
        kwh=t("bill.expected_kwh", kwh=f.energy(bill.energy_kwh, 1)),
        so_far=f.money(forecast.so_far.total, bill.currency),
        so_far_kwh=f.energy(forecast.so_far.energy_kwh, 1),
        step=step_view(step, forecast, _curve(known, step, forecast), r) if step else None,
        months=months_view(_months(known, bill.start), coming, line, r),
    )


def _laid_out(bill: Bill, tariff: Tariff, r: Reader) -> BillView:
    """What any bill shows."""
    told = (f"{s.title}, {s.date}" for s in (line.source for line in bill.lines) if s)
    return BillView(
        headline="",
        currency=r.formats.symbol(bill.currency),
        rows=tuple(bill_rows(bill, line_words(tariff, r.language), r)),
        warnings=said_warnings([bill], r),
        sources=tuple(dict.fromkeys(told))[:4],
        carbon="" if bill.co2_kg is None else r.formats.unit(bill.co2_kg, "kg", 1),
    )


def _head(key: str, bill: Bill, known: Gathered, r: Reader) -> str:
    f, last = r.formats, _last(bill.end)
    document = known.ctx.library.tariff_documents().get(bill.tariff_id, {})
    return r.words(
        key,
        month=_month(known, r, last),
        first=f.day_short(bill.start),
        last=f.day_short(last),
        tariff=tariff_title(document, r.language),
    )


def _past(known: Gathered, r: Reader, back: int, days: tuple[date, date]) -> BillView:
    """The bill of a period that is over; by today's list where we hold none of its days."""
    t, f = r.words, r.formats
    month, shown = _month(known, r, _last(days[1])), months_view(_months(known, days[1]), None, None, r)
    bill = _bill_of(known, back)
    if isinstance(bill, Refusal):
        return replace(
            _refused(known, bill, r), headline=t("bill.h1_past_refused", month=month), months=shown
        )
    money = f.money(bill.total, bill.currency)
    key = "bill.h1_other_date" if "price.other_date" in bill.warnings else "bill.h1_past"
    return replace(
        _laid_out(bill, tariff_by_id(known.ctx, bill.tariff_id), r),
        head=_head("bill.head_past", bill, known, r),
        headline=t(key, month=month, money=money),
        kwh=f.energy(bill.energy_kwh, 1),
        months=shown,
    )


def _bill_of(known: Gathered, back: int) -> Bill | Refusal:
    """A past period's bill, asked for once."""

    def priced(prices_of: date | None) -> Bill:
        from kanchay.services.money.bill import bill_period

        return bill_period(
            known.ctx, known.scope, known.site.id, back=back, leave_out=known.left_out, prices_of=prices_of
        )

    def ask() -> Bill | Refusal:
        if not known.site.tariff_id:
            return Refusal("bill.no_tariff", "This site has no tariff yet.")
        try:
            return priced(None)
        except BillRefused as error:
            if error.code != "bill.uncovered_date":
                return Refusal(error.code, error.message, error.hint)
        try:
            return priced(known.today)
        except BillRefused as error:
            return Refusal(error.code, error.message, error.hint)

    found: Bill | Refusal = known.daily_answer(f"bill-{back}", known.today, ask)
    return found


def _before(known: Gathered, r: Reader) -> str:
    """``Noviembre: S/ 104.50.``, where that month can be priced by its own list."""
    bill = _bill_of(known, 1)
    if isinstance(bill, Refusal) or "price.other_date" in bill.warnings:
        return ""
    f = r.formats
    return r.words(
        "bill.before", month=_month(known, r, _last(bill.end)), money=f.money(bill.total, bill.currency)
    )


def _refused(known: Gathered, refusal: Refusal, r: Reader) -> BillView:
    from kanchay.web.pages.common import refusal_sentence

    first = known.today.replace(day=known.site.billing_day)
    return BillView(
        headline=r.words("bill.h1_refused"),
        refusal=refusal_sentence(refusal, r),
        months=months_view(_months(known, first), None, None, r),
    )


def _months(known: Gathered, first: date) -> list[tuple[date, float]]:
    """kWh of the twelve periods before, where at least nine in ten days were read."""
    periods = periods_back(known.site, first, 12)
    tz = known.site.tz
    days = known.daily(local_midnight(periods[0][0], tz), local_midnight(first, tz))
    months = []
    for start, end in periods:
        low, high = local_midnight(start, tz), local_midnight(end, tz)
        part = [kwh for midnight, kwh in days if low <= midnight < high]
        read = [kwh for kwh in part if kwh is not None]
        if part and len(read) >= 0.9 * len(part):
            months.append((_last(end), sum(read) * len(part) / len(read)))
    return months


def _curve(known: Gathered, step: BandStep, bill: BillForecast) -> list[tuple[Decimal, Decimal]]:
    """Totals of the running period around the step, priced by the tariff itself."""
    from kanchay.services.money.expected import totals_at

    if isinstance(known.period, Refusal):
        return []
    at, q10, q90 = float(step.at_kwh), bill.energy_quantiles[2], bill.energy_quantiles[6]
    first = 10 * math.floor(min(at * (1 - _AROUND), q10) / 10)
    # Four whole tens to the axis: its labels are numbers that one says.
    last = first + 40 * math.ceil((max(at * (1 + _AROUND), q90) - first) / 40)
    low, width = Decimal(first), Decimal(last - first) / _POINTS
    kwhs = sorted({low + width * i for i in range(_POINTS + 1)} | {step.at_kwh, step.at_kwh + 1})
    try:
        return totals_at(
            known.ctx, known.scope, known.site, period_forecast=known.period, kwhs=kwhs,
            leave_out=known.left_out, prices_of=known.prices_of,
        )  # fmt: skip
    except BillRefused:
        return []
