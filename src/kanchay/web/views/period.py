"""The billing period: what was used, what is to come, and the line that costs something to cross."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from kanchay.domain.bill import BandStep, BillForecast
from kanchay.domain.forecast import LEVELS, PeriodForecast
from kanchay.web.charts import Band, Chart, Key, Line, day_ticks
from kanchay.web.formats import Formats, energy_digits
from kanchay.web.shell import Reader

__all__ = ["PeriodView", "Track", "headline", "nearest_step", "period_chart", "period_view"]


@dataclass(frozen=True)
class Track:
    """Positions on the bar, in percent of its length."""

    used: float
    low80: float
    high80: float
    low50: float
    high50: float
    mean: float
    line: float | None
    line_label: str
    used_label: str
    label: str


@dataclass(frozen=True)
class PeriodView:
    title: str
    left: str
    value: str
    sentence: str
    track: Track
    probability: str
    crossing: str  # "3 de setiembre", or ""
    over: float  # probability of passing the line, 0 without one


def quantile(period: PeriodForecast, level: float) -> float:
    return period.quantiles[LEVELS.index(level)]


def nearest_step(bill: BillForecast | None, period: PeriodForecast | None) -> BandStep | None:
    """The line nearest to the expected total, if it lies within reach of the period."""
    if bill is None or period is None:
        return None
    near = [s for s in bill.steps if float(s.at_kwh) <= 1.6 * period.quantiles[-1] and s.cost > 0]
    return min(near, key=lambda s: abs(float(s.at_kwh) - period.mean), default=None)


def crossing_day(period: PeriodForecast, line: float, r: Reader) -> date | None:
    """The local day on which the expected sum passes the line; None when it does not."""
    if period.so_far > line or not period.daily_mean:
        return None
    total = period.so_far + np.cumsum(period.daily_mean)
    over = np.flatnonzero(total > line)
    first = r.formats.moment(period.issued_at).date()
    return first + timedelta(days=int(over[0])) if len(over) else None


def headline(period: PeriodForecast, step: BandStep | None, r: Reader) -> str:
    """The finding of the home's first page: where the period will close, seen from the line that matters."""
    t, f = r.words, r.formats
    if step is None:
        return t("period.h1.plain", kwh=f.energy(period.mean, 0))
    line = float(step.at_kwh)
    over = period.probability_above(line)
    name = f.number(line, 0)
    if period.so_far > line:
        return t("period.h1.passed", line=name)
    if over >= 0.5:
        return t(
            "period.h1.will_pass_by_little" if period.mean - line < 0.06 * line else "period.h1.will_pass",
            line=name,
        )
    return t("period.h1.can_stay" if over >= 0.15 else "period.h1.below", line=name)


def _closing(period: PeriodForecast, r: Reader) -> date:
    return r.formats.moment(period.end - 1).date()


def days_left(period: PeriodForecast, r: Reader) -> int:
    """Local days after today up to the reading, today included when it is the last."""
    return max(0, (_closing(period, r) - r.formats.moment(r.now).date()).days)


def _track(period: PeriodForecast, step: BandStep | None, r: Reader) -> Track:
    t, f = r.words, r.formats
    line = float(step.at_kwh) if step else None
    end = 1.08 * max(quantile(period, 0.9), line or 0.0, period.so_far, 1e-9)
    at = {level: 100 * quantile(period, level) / end for level in (0.1, 0.25, 0.75, 0.9)}
    digits = energy_digits(period.mean)
    said = t(
        "period.track" if line is None else "period.track_line",
        used=f.number(period.so_far, digits),
        line=f.number(line, 0),
        mean=f.number(period.mean, digits),
        day=f.day(_closing(period, r)),
        low=f.number(quantile(period, 0.1), digits),
        high=f.number(quantile(period, 0.9), digits),
    )
    return Track(
        100 * period.so_far / end,
        at[0.1],
        at[0.9],
        at[0.25],
        at[0.75],
        100 * period.mean / end,
        None if line is None else 100 * line / end,
        "" if line is None else t("period.line", line=f.number(line, 0)),
        t("period.used", kwh=f.number(period.so_far, digits)),
        said,
    )


def period_view(period: PeriodForecast, step: BandStep | None, r: Reader) -> PeriodView:
    """The card of the period: the number, its range, the bar with the line."""
    t, f = r.words, r.formats
    digits = energy_digits(period.mean)
    over = period.probability_above(float(step.at_kwh)) if step else 0.0
    crossing = crossing_day(period, float(step.at_kwh), r) if step else None
    left = days_left(period, r)
    return PeriodView(
        title=t("period.to", day=f.day(_closing(period, r))),
        left=t("period.last_day") if left == 0 else t.many("period.left", left),
        value=f.number(period.mean, digits),
        sentence=t(
            "period.range",
            low=f.number(quantile(period, 0.1), digits),
            high=f.number(quantile(period, 0.9), digits),
        ),
        track=_track(period, step, r),
        probability=f.percent(over),
        crossing=f.day(crossing) if crossing and over >= 0.5 else "",
        over=over,
    )


def period_chart(
    period: PeriodForecast, daily: tuple[tuple[int, float | None], ...], step: BandStep | None, r: Reader
) -> Chart:
    """Cumulative energy since the period began: used, expected with its band, against the line.

    `daily` holds the local midnights of the period so far with the energy of the day that begins there (None: no
    reading), the last one being today until now.
    """
    t, f = r.words, r.formats
    starts, used = _used(period, daily)
    known = len(starts)
    ahead = [_end_of_day(period, i, r) for i in range(len(period.daily_mean))]
    total = (period.so_far + np.cumsum(period.daily_mean)).tolist() if period.daily_mean else []
    low, high = _fan(period, total)
    blank: list[float | None] = [None] * (known - 1)
    n_ahead: list[float | None] = [None] * len(ahead)
    end = ahead[-1] if ahead else starts[-1]
    digits = energy_digits(period.mean)
    line = float(step.at_kwh) if step else None
    weekly = day_ticks(starts[0], end, r.formats.tz, 7)
    return Chart(
        label=t("forecast.cumulative_label", line=f.number(line, 0))
        if line
        else t("forecast.cumulative_label_plain"),
        sentence=t("forecast.touch_day"),
        starts=[*starts, *ahead],
        step_s=0,
        end=end + 1,
        unit="kWh",
        digits=1,
        height=250,
        days=True,
        now=period.issued_at,
        now_low=True,
        right=58,
        lines=(
            Line(t("forecast.used"), "--grid", [*used, *n_ahead], width=2.5),
            Line(t("forecast.expected"), "--grid", [*blank, period.so_far, *total], dashed=True, width=2),
        ),
        bands=(
            Band(
                [*blank, period.so_far, *low],
                [*blank, period.so_far, *high],
                "--band80",
                t("forecast.band80"),
            ),
        ),
        keys=(Key("--grid", t("forecast.used"), line=True), Key("--band80", t("forecast.eight_of_ten"))),
        rules=((line, t("period.line", line=f.number(line, 0))),) if line else (),
        labels=_end_labels(end, (total[-1], high[-1], low[-1]) if total else None, f, digits),
        ticks=weekly,
        ticks_narrow=weekly[::2],
        spans=_gaps(starts, used, r),
    )


def _used(
    period: PeriodForecast, daily: tuple[tuple[int, float | None], ...]
) -> tuple[list[int], list[float | None]]:
    """Instants and the sum at each; the line breaks at a day without reading and goes on after it.

    What the forecast estimates for missing days stands where they were, not as a jump at the end.
    """
    starts, used, total = [period.start], [0.0], 0.0
    missing = sum(1 for _, kwh in daily if kwh is None)
    estimate = max(0.0, period.so_far - sum(kwh or 0.0 for _, kwh in daily)) / max(missing, 1)
    values: list[float | None] = list(used)
    for (start, kwh), (following, _) in zip(daily, (*daily[1:], (period.issued_at, None)), strict=True):
        total += estimate if kwh is None else kwh
        starts.append(max(following, start + 1))
        values.append(None if kwh is None else total)
    values[-1] = period.so_far
    return starts, values


def _gaps(starts: list[int], used: list[float | None], r: Reader) -> tuple[tuple[int, int, str, str], ...]:
    """Shaded stretches of days without reading, with their name."""
    label, spans = r.words("chart.no_data"), list[tuple[int, int, str, str]]()
    for begin, end, value in zip(starts, starts[1:], used[1:], strict=False):
        if value is None and spans and spans[-1][1] == begin:
            spans[-1] = (spans[-1][0], end, label, "--sunk")
        elif value is None:
            spans.append((begin, end, label, "--sunk"))
    return tuple(spans)


def _end_of_day(period: PeriodForecast, i: int, r: Reader) -> int:
    from kanchay.domain.interval import local_midnight

    day = r.formats.moment(period.issued_at).date() + timedelta(days=i + 1)
    return min(local_midnight(day, r.formats.tz), period.end)


def _fan(period: PeriodForecast, total: list[float]) -> tuple[list[float], list[float]]:
    """The 80 % band day by day; where the forecast gives only the last day's, it opens with the root of time."""
    if len(period.cumulative_q10) == len(total):
        return list(period.cumulative_q10), list(period.cumulative_q90)
    n = len(total)
    down, up = period.mean - quantile(period, 0.1), quantile(period, 0.9) - period.mean
    opening = [math.sqrt((i + 1) / n) for i in range(n)]
    return (
        [v - down * o for v, o in zip(total, opening, strict=True)],
        [v + up * o for v, o in zip(total, opening, strict=True)],
    )


def _end_labels(
    end: int, ends: tuple[float, float, float] | None, f: Formats, digits: int
) -> tuple[dict[str, Any], ...]:
    """The expected total and its range, written at the end of the lines."""
    if ends is None:
        return ()
    rows = zip(ends, ("--grid", "--muted", "--muted"), (0, -9, 9), strict=True)
    return tuple({"t": end, "y": y, "dx": 6, "dy": dy, "s": f.number(y, digits), "c": c} for y, c, dy in rows)
