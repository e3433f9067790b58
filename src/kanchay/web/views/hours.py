"""Energy hour by hour: today with what is missing of it, the next hours with their bands, yesterday by source."""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.domain.forecast import Forecast
from kanchay.domain.interval import HOUR, local_midnight, to_datetime
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray
from kanchay.web.charts import Band, Chart, Key, Line, hour_ticks
from kanchay.web.shell import Reader
from kanchay.web.views.common import floats, same_weekday_profile

__all__ = [
    "DayTotals",
    "hour_band",
    "next_hours_chart",
    "sources_chart",
    "to_hours",
    "today_bounds",
    "today_chart",
]

_SEEN: Final = 0.1  # energy sent away in a day that is worth a colour [kWh]


def today_bounds(now: int, tz: str, r: Reader) -> tuple[int, int]:
    """First and last instant of the local day."""
    from datetime import timedelta

    day = r.formats.moment(now).date()
    return local_midnight(day, tz), local_midnight(day + timedelta(days=1), tz)


def to_hours(forecast: Forecast, tz: str) -> dict[int, float]:
    """Sums of a forecast by the start of each hour on the clock; hours that are only partly covered are left out."""
    return _summed(forecast, forecast.mean, tz)


def hour_band(forecast: Forecast, by_hour: Forecast | None, tz: str, level: float) -> dict[int, float]:
    """A bound of the energy of each hour on the clock.

    The bounds of quarters do not add: `by_hour` is the same forecast in hours from its issue on, and an hour on the
    clock stands from its mean as far as the two of them that it lies in. Without it bounds are added: too wide.
    """
    if by_hour is None or by_hour.resolution_s != HOUR or forecast.resolution_s >= HOUR:
        return _summed(forecast, forecast.quantile(level), tz)
    away = by_hour.quantile(level) - by_hour.mean
    mean = to_hours(forecast, tz)
    place = np.array([(hour - by_hour.start) / HOUR for hour in mean])
    bound = np.array(list(mean.values())) + np.interp(place, np.arange(len(away)), away)
    floor = 0.0 if forecast.quantiles.min(initial=0.0) >= 0.0 else -np.inf
    return dict(zip(mean, np.maximum(bound, floor).tolist(), strict=True))


def _summed(forecast: Forecast, values: FloatArray, tz: str) -> dict[int, float]:
    if forecast.resolution_s > HOUR or HOUR % forecast.resolution_s:
        return {}
    per = HOUR // forecast.resolution_s
    past = _past_the_hour(forecast.issued_at, tz)
    into = (forecast.starts - past) // HOUR * HOUR + past
    hours, counts = np.unique(into, return_counts=True)
    sums = {int(h): 0.0 for h in hours}
    for hour, value in zip(into.tolist(), values.tolist(), strict=True):
        sums[hour] += value
    return {int(h): sums[int(h)] for h, n in zip(hours, counts, strict=True) if n == per}


def _past_the_hour(instant: int, tz: str) -> int:
    """How long after a whole hour of UTC the clock strikes: 30 minutes in India. [s]"""
    return local_midnight(to_datetime(instant, tz).date(), tz) % HOUR


class DayTotals:
    """Sums of the day so far and of the same hours on the same weekday before."""

    def __init__(self, panel: Panel, start: int, end: int) -> None:
        n_hours = (end - start) // HOUR
        self.real: FloatArray = panel.slice(start, end).values[0]
        self.usual: FloatArray = same_weekday_profile(panel, start, n_hours)
        known = ~np.isnan(self.real)
        self.so_far = float(np.nansum(self.real))
        both = known & ~np.isnan(self.usual)
        self.usual_so_far = float(np.sum(self.usual[both])) if both.any() else None
        self.comparable = float(np.sum(self.real[both]))
        self.last = start + HOUR * (int(np.flatnonzero(known)[-1]) + 1) if known.any() else start


def today_chart(panel: Panel, forecast: Forecast | None, start: int, end: int, r: Reader) -> Chart:
    """Bars of the day: measured, then expected; a step line for the usual weekday."""
    t, f = r.words, r.formats
    totals = DayTotals(panel, start, end)
    starts = list(range(start, end, HOUR))
    ahead = to_hours(forecast, panel.tz) if forecast else {}
    expected = [ahead.get(s) if s >= totals.last else None for s in starts]
    weekday = f.weekday(f.moment(start).date())
    lines = [
        Line(t("today.real"), "--grid", floats(totals.real), "bars"),
        Line(t("today.expected"), "--grid", expected, "bars", fill="--band50", width=1, dashed=True),
    ]
    keys = [Key("--grid", t("today.real")), Key("--band50", t("today.expected"))]
    if not np.all(np.isnan(totals.usual)):
        lines.append(
            Line(t("today.usual", weekday=weekday), "--load", floats(totals.usual), "step", width=1.5)
        )
        keys.append(Key("--load", t("today.usual", weekday=weekday), line=True))
    return Chart(
        label=t("today.label"),
        sentence=t("today.sentence", time=f.until(totals.last)),
        starts=starts,
        step_s=HOUR,
        unit="kWh",
        lines=tuple(lines),
        keys=tuple(keys),
        height=210,
        now=r.now if start <= r.now < end else None,
        ticks=hour_ticks(start, end, panel.tz),
    )


def _aligned(starts: list[int], values: dict[int, float]) -> list[float | None]:
    return [values.get(s) for s in starts]


def next_hours_chart(
    panel: Panel, forecast: Forecast, r: Reader, *, by_hour: Forecast | None = None, past_h: int = 24
) -> Chart:
    """The last day as measured and the next hours with their bands, those of `by_hour` where it is given."""
    t = r.words
    past = _past_the_hour(forecast.issued_at, panel.tz)
    issued = -(-(forecast.issued_at - past) // HOUR) * HOUR + past
    first = issued - past_h * HOUR
    mean = to_hours(forecast, panel.tz)
    last = max(mean, default=issued)
    starts = list(range(first, last + HOUR, HOUR))
    real = floats(panel.slice(first, last + HOUR).values[0])
    bands = tuple(
        Band(
            _aligned(starts, hour_band(forecast, by_hour, panel.tz, low)),
            _aligned(starts, hour_band(forecast, by_hour, panel.tz, high)),
            color,
            said,
        )
        for low, high, color, said in (
            (0.1, 0.9, "--band80", t("forecast.band80")),
            (0.25, 0.75, "--band50", ""),
        )
    )
    ticks = hour_ticks(first, last + HOUR, panel.tz)
    return Chart(
        label=t("forecast.hours_label"),
        sentence=t("forecast.hours_sentence"),
        starts=starts,
        step_s=HOUR,
        centred=True,
        unit="kWh",
        height=240,
        now=forecast.issued_at,
        lines=(
            Line(t("forecast.real"), "--load", real),
            Line(t("forecast.expected"), "--grid", _aligned(starts, mean), dashed=True),
        ),
        bands=bands,
        ticks=ticks,
        ticks_narrow=ticks[::2],
        keys=(
            Key("--load", t("forecast.real"), line=True),
            Key("--grid", t("forecast.expected"), line=True),
            Key("--band50", t("forecast.five_of_ten")),
            Key("--band80", t("forecast.eight_of_ten")),
        ),
    )


def sources_chart(
    grid: FloatArray, pv: FloatArray | None, sent: FloatArray | None, *, start: int, r: Reader
) -> Chart:
    """A day by source: the sun that was used below, the grid on top of it; under zero what was sent away."""
    t = r.words
    starts = [start + HOUR * i for i in range(len(grid))]
    ticks = hour_ticks(start, start + HOUR * len(grid), r.formats.tz)
    away = np.zeros(len(grid)) if sent is None else np.nan_to_num(sent)
    own = None if pv is None else np.where(np.isnan(pv), np.nan, np.maximum(np.nan_to_num(pv) - away, 0.0))
    lines, keys = _stack(grid, own, away, r)
    return Chart(
        label=t("day.label"),
        sentence=t("day.sentence_sent" if away.sum() > _SEEN else "day.sentence"),
        starts=starts,
        step_s=HOUR,
        unit="kWh",
        lines=lines,
        keys=keys,
        height=210,
        ticks=ticks,
    )


def _stack(
    grid: FloatArray, own: FloatArray | None, away: FloatArray, r: Reader
) -> tuple[tuple[Line, ...], tuple[Key, ...]]:
    """Bars drawn back to front; the total stands behind the sun, so that what shows of it is the grid."""
    t = r.words
    if own is None:
        return (Line(t("flow.grid"), "--grid", floats(grid), "bars", flat=True),), (
            Key("--grid", t("flow.grid")),
        )
    total = np.where(np.isnan(grid), np.nan, np.nan_to_num(grid) + np.nan_to_num(own))
    lines = [
        Line(t("day.all"), "--grid", floats(total), "bars", say=False, flat=True),
        Line(t("flow.sun"), "--solar", floats(own), "bars", fill="--sun", flat=True),
        Line(t("flow.grid"), "--grid", floats(grid), width=0),
    ]
    keys = [Key("--sun", t("flow.sun")), Key("--grid", t("flow.grid"))]
    if away.sum() > _SEEN:
        lines.append(
            Line(t("flow.sent"), "--export", floats(np.where(away > 0, -away, np.nan)), "bars", flat=True)
        )
        keys.append(Key("--export", t("flow.sent")))
    return tuple(lines), tuple(keys)
