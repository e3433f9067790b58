"""The part of the report that looks ahead: the running period and its expected bill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from markupsafe import Markup

from kanchay.domain.bill import BandStep
from kanchay.domain.forecast import LEVELS, PeriodForecast
from kanchay.domain.interval import local_midnight
from kanchay.services.operations.report import MonthReport, Refused
from kanchay.web.formats import Formats
from kanchay.web.report_charts import Fan, fan_svg
from kanchay.web.report_words import ReportWords

__all__ = ["Ahead", "ahead_view"]

_IN_REACH: Final = 1.6  # a line farther than this from the expected total is no news


@dataclass(frozen=True)
class Ahead:
    """The running period; `svg` None and a `note` that says why where there is no forecast."""

    note: str
    svg: Markup | None = None
    bill: str = ""
    step: str = ""


def ahead_view(report: MonthReport, t: ReportWords, f: Formats) -> Ahead:
    """Running sum, range, expected bill and the nearest line."""
    period = report.running
    if isinstance(period, Refused):
        return Ahead(t("ahead_refused", why=t.why(period)))
    low, high = (period.quantiles[LEVELS.index(level)] for level in (0.10, 0.90))
    last = f.day(f.moment(period.end - 1).date())
    places = {"last": last, "kwh": f.energy(period.mean), "low": f.number(low, 0), "high": f.number(high, 0)}
    note = t("ahead_note", first=f.day(f.moment(period.start).date()), **places)
    step = _nearest(report, period)
    svg = fan_svg(_fan(report, period, step, t, f), label=t("ahead_label", **places), number=f.number)
    return Ahead(note, svg, *_money(report, step, t, f))


def _nearest(report: MonthReport, period: PeriodForecast) -> BandStep | None:
    if isinstance(report.expected, Refused):
        return None
    near = [s for s in report.expected.steps if float(s.at_kwh) <= _IN_REACH * period.quantiles[-1]]
    return min(near, key=lambda s: abs(float(s.at_kwh) - period.mean), default=None)


def _money(report: MonthReport, step: BandStep | None, t: ReportWords, f: Formats) -> tuple[str, str]:
    bills = report.expected
    if isinstance(bills, Refused):
        return t("refused", why=t.why(bills)), ""
    currency = bills.expected.currency
    expected = t(
        "ahead_bill",
        money=f.money(bills.expected.total, currency),
        low=f.number(bills.low.total, 2),
        high=f.number(bills.high.total, 2),
    )
    if step is None:
        return expected, ""
    line = t(
        "ahead_step",
        line=f.number(step.at_kwh, 0),
        share=f.percent(step.probability),
        money=f.money(step.cost, currency),
    )
    return expected, line


def _fan(
    report: MonthReport, period: PeriodForecast, step: BandStep | None, t: ReportWords, f: Formats
) -> Fan:
    """The sum so far as a straight stretch per day, then the forecast day by day."""
    span = max(1, period.end - period.start)

    def share(at: int) -> float:
        return min(1.0, max(0.0, (at - period.start) / span))

    today = f.moment(period.issued_at).date()
    ends = [
        min(local_midnight(today + timedelta(days=i + 1), f.tz), period.end)
        for i in range(len(period.daily_mean))
    ]
    total = (period.so_far + np.cumsum(period.daily_mean)).tolist()
    at_now = (share(period.issued_at), period.so_far)
    known = len(period.cumulative_q10) == len(total) > 0
    digits = 0 if period.mean >= 100 else 1
    bounds = [period.mean, *(period.quantiles[LEVELS.index(q)] for q in (0.10, 0.90))]
    return Fan(
        used=[*_used(report, period, share), at_now],
        expected=[at_now, *zip(map(share, ends), total, strict=True)],
        low=[period.so_far, *period.cumulative_q10] if known else [],
        high=[period.so_far, *period.cumulative_q90] if known else [],
        rule=(float(step.at_kwh), t("line", line=f.number(step.at_kwh, 0))) if step else None,
        ticks=_ticks(period, f),
        end_labels=[(value, f.number(value, digits)) for value in bounds],
    )


def _used(
    report: MonthReport, period: PeriodForecast, share: Callable[[int], float]
) -> list[tuple[float, float]]:
    points, total = [(0.0, 0.0)], 0.0
    for day in report.running_days:
        end = local_midnight(day.day + timedelta(days=1), report.site.tz)
        if end >= period.issued_at:
            break
        total += day.kwh or 0.0
        points.append((share(end), total))
    return points


def _ticks(period: PeriodForecast, f: Formats) -> list[tuple[float, str]]:
    first = f.moment(period.start).date()
    days = round((period.end - period.start) / 86400)
    return [(n / days, f.day_short(first + timedelta(days=n))) for n in range(0, days, 7)]
