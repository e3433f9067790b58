"""The page of the bill, from what is known of the site."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from kanchay.domain.bill import BandStep, Bill, BillForecast
from kanchay.domain.errors import BillRefused
from kanchay.domain.interval import local_midnight
from kanchay.web.gather import Gathered, Refusal, periods_back
from kanchay.web.shell import Reader
from kanchay.web.views.bill import (
    BillRow,
    Months,
    StepView,
    bill_rows,
    charge_names,
    months_view,
    step_view,
    tariff_title,
)
from kanchay.web.views.period import nearest_step

__all__ = ["BillView", "bill_page"]

_AROUND: Final = 0.15  # of the line, on each side of it
_POINTS: Final = 24


@dataclass(frozen=True)
class BillView:
    head: str
    headline: str
    range: str
    refusal: str
    refusal_code: str
    rows: tuple[BillRow, ...]
    expected_kwh: str
    so_far: str
    so_far_kwh: str
    why: str
    warnings: tuple[str, ...]
    sources: tuple[str, ...]
    step: StepView | None
    months: Months | None
    carbon: str


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
            months.append((end - timedelta(days=1), sum(read) * len(part) / len(read)))
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


def _said_warnings(bill: Bill, r: Reader) -> tuple[str, ...]:
    t = r.words
    return tuple(dict.fromkeys(t(f"warning.{w}") for w in bill.warnings if t.has(f"warning.{w}")))


def _sources(bill: Bill) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{s.title}, {s.date}" for s in (line.source for line in bill.lines) if s))[:3]


def _refused(known: Gathered, refusal: Refusal, r: Reader) -> BillView:
    from kanchay.web.pages.common import refusal_sentence

    return BillView(
        "",
        r.words("bill.h1_refused"),
        "",
        refusal_sentence(refusal, r),
        refusal.code,
        (),
        "",
        "",
        "",
        "",
        (),
        (),
        None,
        months_view(_months(known, known.today.replace(day=known.site.billing_day)), None, None, r),
        "",
    )


def bill_page(known: Gathered, r: Reader) -> BillView:
    """The expected bill of the running period, or why there is none."""
    t, f = r.words, r.formats
    forecast, asked = known.expected, known.period
    if isinstance(forecast, Refusal) or isinstance(asked, Refusal):
        return _refused(known, forecast if isinstance(forecast, Refusal) else asked, r)  # type: ignore[arg-type]
    bill = forecast.expected
    document: dict[str, Any] = known.ctx.library.tariff_documents().get(bill.tariff_id, {})
    step = nearest_step(forecast, asked)
    last = bill.end - timedelta(days=1)
    months = _months(known, bill.start)
    co2 = forecast.expected.co2_kg
    return BillView(
        head=t(
            "bill.head",
            month=f.month(last),
            first=f.day_short(bill.start),
            last=f.day_short(last),
            tariff=tariff_title(document, r.language),
        ),
        headline=t("bill.h1", money=f.money(bill.total, bill.currency)),
        range=t(
            "bill.range",
            low=f.money(forecast.low.total, bill.currency),
            high=f.money(forecast.high.total, bill.currency),
        ),
        refusal="",
        refusal_code="",
        rows=tuple(bill_rows(bill, charge_names(document, r.language), r)),
        expected_kwh=f.energy(bill.energy_kwh, 1),
        so_far=f.money(forecast.so_far.total, bill.currency),
        so_far_kwh=f.energy(forecast.so_far.energy_kwh, 1),
        why=t("bill.why"),
        warnings=_said_warnings(bill, r),
        sources=_sources(bill),
        step=step_view(step, forecast, _curve(known, step, forecast), r) if step else None,
        months=months_view(months, (last, float(bill.energy_kwh)), float(step.at_kwh) if step else None, r),
        carbon=f.unit(co2, "kg", 1) if co2 is not None else "",
    )
