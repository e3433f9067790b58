"""Day by day: what was measured last week, what the next weeks should use, and their total with a range of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from kanchay.domain.forecast import LEVELS, DailyForecast, PeriodForecast
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.web.charts import Band, Chart, Key, Line, day_ticks
from kanchay.web.formats import energy_digits
from kanchay.web.gather import Gathered, Refusal
from kanchay.web.shell import Reader
from kanchay.web.views.common import model_name

__all__ = ["DaysView", "days_view"]

Pairs = list[tuple[int, float | None]]
_BEFORE: Final = 7  # days measured that stand before those to come
_LOW, _HIGH = LEVELS.index(0.10), LEVELS.index(0.90)


@dataclass(frozen=True)
class DaysView:
    """The chart with its total; or `empty` that says what is missing."""

    chart: Chart | None = None
    total: str = ""
    why: str = ""
    note: str = ""
    empty: str = ""


def days_view(known: Gathered, r: Reader) -> DaysView:
    """The next weeks of the main meter."""
    forecast = known.days
    if isinstance(forecast, Refusal):
        return DaysView(empty=_empty(known, forecast, r))
    period = None if isinstance(known.period, Refusal) else known.period
    today = r.formats.moment(forecast.issued_at).date()
    first = local_midnight(today - timedelta(days=_BEFORE), r.formats.tz)
    return DaysView(
        chart=_chart(forecast, known.daily(first, forecast.issued_at), period, r),
        total=_total(forecast, r),
        why=r.words("days.why", method=model_name(forecast.method.rpartition("+")[2], r)),
        note=_note(forecast, r),
    )


def _empty(known: Gathered, refusal: Refusal, r: Reader) -> str:
    """How much is known where a day is not, else the sentence of whoever refused."""
    if refusal.code != "not_enough_data" or known.span is None:
        return f"{refusal.message} {refusal.hint}".strip()
    hours = (known.span.end - known.span.start) // HOUR
    return r.words.many("days.empty", hours)


def _total(forecast: DailyForecast, r: Reader) -> str:
    digits = energy_digits(forecast.total_mean)
    low, high = (r.formats.number(forecast.total_quantiles[k], digits) for k in (_LOW, _HIGH))
    return r.words.many(
        "days.total",
        len(forecast.mean),
        sum=r.formats.unit(forecast.total_mean, forecast.unit, digits),
        low=low,
        high=high,
    )


def _note(forecast: DailyForecast, r: Reader) -> str:
    if "short_history" not in forecast.notes:
        return ""
    return r.words.many("days.short", int(forecast.known_hours * HOUR // DAY))


def _chart(forecast: DailyForecast, measured: Pairs, period: PeriodForecast | None, r: Reader) -> Chart:
    """Bars of measured and of expected days, today both: what is measured stands within what is expected."""
    t, f = r.words, r.formats
    today = local_midnight(f.moment(forecast.issued_at).date(), f.tz)
    past, so_far = _split(measured, today)
    starts = [*(start for start, _ in past), today, *forecast.starts[1:].tolist()]
    blank: list[float | None] = [None] * len(past)
    real = [*(kwh for _, kwh in past), so_far, *[None] * (len(forecast.mean) - 1)]
    expected, low, high = (
        [*blank, *_with_today(column, so_far)]
        for column in (forecast.mean, forecast.quantiles[:, _LOW], forecast.quantiles[:, _HIGH])
    )
    n, after = len(forecast.mean), _next_period(forecast, period)
    weekly = day_ticks(starts[0], forecast.end, f.tz, 7)
    return Chart(
        label=t("days.label", n=n, unit=forecast.unit),
        sentence=t("days.sentence", unit=forecast.unit),
        starts=starts,
        step_s=DAY,
        end=forecast.end,
        unit=forecast.unit,
        digits=energy_digits(float(np.mean(forecast.mean))),
        height=230,
        days=True,
        lines=(
            Line(t("forecast.expected"), "--grid", expected, "bars", fill="--band50"),
            Line(t("forecast.real"), "--grid", real, "bars"),
        ),
        bands=(Band(low, high, "--load", t("forecast.band80"), whiskers=True),),
        keys=(
            Key("--grid", t("forecast.real")),
            Key("--band50", t("forecast.expected")),
            Key("--load", t("forecast.eight_of_ten"), line=True),
            *(Key("--sunk", t("days.next_period")) for _ in after),
        ),
        ticks=weekly,
        ticks_narrow=weekly[::2],
        spans=after,
    )


def _split(measured: Pairs, today: int) -> tuple[Pairs, float | None]:
    """The days before today, and what today has used so far."""
    past = [(start, kwh) for start, kwh in measured if start < today]
    return past, next((kwh for start, kwh in measured if start == today), None)


def _with_today(column: np.ndarray[tuple[int], np.dtype[np.float64]], so_far: float | None) -> list[float]:
    """The first day whole: what is measured of it and what is to come."""
    values: list[float] = column.tolist()
    return [values[0] + (so_far or 0.0), *values[1:]]


def _next_period(
    forecast: DailyForecast, period: PeriodForecast | None
) -> tuple[tuple[int, int, str, str], ...]:
    """Where the days of the next bill begin, shaded."""
    if period is None or not forecast.issued_at < period.end < forecast.end:
        return ()
    return ((period.end, forecast.end, "", "--sunk"),)
