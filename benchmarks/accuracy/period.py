"""How well the total of a reading period is forecast, on test homes and buildings, with the rivals beside.

    python benchmarks/accuracy/period.py                     the table, and every forecast in results/period.csv
    python benchmarks/accuracy/period.py --roles validation  the same on other meters, to choose by
    python benchmarks/accuracy/period.py --model none        the daily model without the hours of its first week

Periods are calendar months on the meter's clock. A forecast is issued with all, 28, 21, 14, 7 and 3 days left, from
the last 7, 28 or 400 days. Homes are scored over all their months (none of their sites was trained on), buildings in
their scored span alone. Months with a missing day (less than half known) are left out.
Rivals: the run rate (per day so far; before the eighth day that of the last week), last month per day, and the same
days of last year, 52 weeks before, so that weekdays agree. Constants behind ours: `horizon.py`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from meters import ROOT, headline, panel_of, read_meters

from kanchay.adapters.datasets import Meter
from kanchay.adapters.models import ModelShelf
from kanchay.analysis.backtest import in_batches
from kanchay.analysis.forecast.daily import DayHistory, day_history
from kanchay.analysis.forecast.days import days_of_hours
from kanchay.analysis.forecast.period import forecast_total
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.windows import MIN_KNOWN_S, known_seconds, make_windows
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import DAY, local_midnight, to_datetime
from kanchay.domain.panel import Panel
from kanchay.settings import read_settings

LEFT = (31, 28, 21, 14, 7, 3)  # days; 31: the whole period
HISTORIES = (7, 28, 400)


@dataclass(frozen=True)
class Row:
    """One forecast of one month. Energies in kWh."""

    dataset: str
    meter: str
    kind: str
    month: str
    days_left: int
    history_days: int
    actual: float
    so_far: float
    mean: float
    q10: float
    q90: float
    q025: float
    q975: float
    run_rate: float
    last_month: float
    last_year: float


def months(meter: Meter) -> Iterator[tuple[date, date]]:
    """Calendar months that lie wholly in what is scored, after a first week."""
    begin = meter.start if meter.kind == "residential" else max(meter.split_at, meter.start)
    day = to_datetime(begin + 8 * DAY, meter.tz).date()
    first = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    while True:
        after = (first + timedelta(days=31)).replace(day=1)
        if local_midnight(after, meter.tz) > meter.end:
            return
        yield first, after
        first = after


def evaluate(meter: Meter, model: Forecaster | None) -> Iterator[Row]:
    panel = panel_of(meter)
    truth = day_history(panel, meter.id, panel.end, country=meter.country, subdivision=meter.subdivision)
    whole = [m for m in months(meter) if not np.isnan(total_of(truth, *m))]
    issued = {local_midnight(issue_day(m, left), meter.tz) for m in whole for left in LEFT}
    weeks = first_weeks(meter, panel, model, sorted(issued)) if model is not None else {}
    for month in whole:
        for left in LEFT:
            for n in HISTORIES:
                row = one(meter, panel, truth, month, left, n, weeks)
                if row is not None:
                    yield row


def issue_day(month: tuple[date, date], left: int) -> date:
    return max(month[0], month[1] - timedelta(days=left))


def first_weeks(meter: Meter, panel: Panel, model: Forecaster, issued: list[int]) -> dict[int, np.ndarray]:
    """Daily sums of the hourly forecast from each time of issue, as `first_week` gives them, all at once."""
    windows = make_windows(
        panel, meter.id, issued, lookback_s=model.lookback_s, horizon_s=7 * DAY,
        country=meter.country, subdivision=meter.subdivision,
    )  # fmt: skip
    known = known_seconds(windows) >= MIN_KNOWN_S
    means, starts = in_batches(model, windows).mean, windows.target_starts
    return {at: days_of_hours(starts[k], means[k], meter.tz) for k, at in enumerate(issued) if known[k]}


def one(
    meter: Meter,
    panel: Panel,
    truth: DayHistory,
    month: tuple[date, date],
    left: int,
    n: int,
    weeks: dict[int, np.ndarray],
) -> Row | None:
    """The forecast with `left` days to go from the last `n` days; None where too little of them is known."""
    first, after = month
    issued, actual = issue_day(month, left), total_of(truth, *month)
    at = local_midnight(issued, meter.tz)
    seen = panel.slice(max(panel.start, at - n * DAY), at)
    if np.isnan(seen.values).mean() > 0.2 or (n == 28 and at - panel.start < 28 * DAY):
        return None
    start = local_midnight(first, meter.tz)
    # With a week of history only, what the period used before it is known as its sum alone.
    before = total_of(truth, first, to_datetime(seen.start, meter.tz).date()) if seen.start > start else 0.0
    try:
        p = forecast_total(
            seen, meter.id, start=max(start, seen.start), end=local_midnight(after, meter.tz), issued_at=at,
            country=meter.country, subdivision=meter.subdivision, first_days=weeks.get(at),
        )  # fmt: skip
    except NotEnoughData:
        return None
    q = dict(zip(LEVELS, p.quantiles, strict=True))
    so_far = before + p.so_far
    return Row(
        meter.dataset, meter.id, meter.kind, f"{first:%Y-%m}", left, n, actual, so_far, before + p.mean,
        before + q[0.10], before + q[0.90], before + q[0.025], before + q[0.975],
        *(so_far + r for r in rivals(truth, first, after, issued, (so_far, seen))),
    )  # fmt: skip


def rivals(
    truth: DayHistory, first: date, after: date, issued: date, known: tuple[float, Panel]
) -> tuple[float, float, float]:
    """What the rest of the month would be by run rate, by last month and by last year; NaN where not known."""
    so_far, seen = known
    past, left = (issued - first).days, (after - issued).days
    rate = so_far / past if past >= 7 else float(np.nanmean(seen.values[0, -7 * 24 :])) * 24
    before = (first - timedelta(days=1)).replace(day=1)
    last_month = total_of(truth, before, first) / (first - before).days
    year = timedelta(days=364)
    return rate * left, last_month * left, total_of(truth, issued - year, after - year)


def total_of(history: DayHistory, first: date, after: date) -> float:
    """Sum of days, NaN where one is missing or lies outside."""
    epoch = date(1970, 1, 1)
    low, high = (first - epoch).days - int(history.days[0]), (after - epoch).days - int(history.days[0])
    if low < 0 or high > len(history.total):
        return float("nan")
    return float(history.total[low:high].sum())


HEAD = (
    "days left  history  meters  forecasts  in 80 %  in 95 %    ours  run rate  last month"
    "   last year (ours there)  width 80 %  meters in 70-90 %"
)


def show(rows: list[Row]) -> None:
    """Coverage and mean absolute error over the mean total, per meter, then averaged over meters."""
    for kind in ("residential", "commercial"):
        print(f"\n{kind}: error in % of the period's total\n{HEAD}")
        for n in HISTORIES:
            for left in (*LEFT, 0):
                chosen = [
                    r for r in rows if r.kind == kind and r.history_days == n and left in (0, r.days_left)
                ]
                if chosen:
                    print(line(chosen, left, n))


def line(chosen: list[Row], left: int, n: int) -> str:
    table = np.array(
        [of_meter([r for r in chosen if r.meter == m]) for m in sorted({r.meter for r in chosen})]
    )
    known = ~np.isnan(table[:, 5])
    mean = [
        float(np.mean(column[~np.isnan(column)])) if (~np.isnan(column)).any() else np.nan
        for column in table.T
    ]
    within = float(np.mean((table[:, 0] >= 0.7) & (table[:, 0] <= 0.9)))
    name = {0: "      all", 31: "    whole"}.get(left, f"{left:9d}")
    return (
        f"{name}  {n:5d} d  {len(table):6d}  {len(chosen):9d}  {mean[0]:7.1%} {mean[1]:8.1%}  {mean[2]:6.1%}"
        f"  {mean[3]:8.1%}  {mean[4]:10.1%}  {mean[5]:10.1%} ({mean[6]:5.1%}, n={known.sum():2d})"
        f"  {mean[7]:10.1%}  {within:8.0%}"
    )


def of_meter(rows: list[Row]) -> list[float]:
    """Coverages, errors of ours and the rivals, that of ours where last year is known, and the band's width."""
    get = lambda name: np.array([getattr(r, name) for r in rows])  # noqa: E731
    y, error = get("actual"), {}
    for name in ("mean", "run_rate", "last_month", "last_year"):
        off = np.abs(get(name) - y) / y.mean()
        error[name] = float(off[~np.isnan(off)].mean()) if (~np.isnan(off)).any() else float("nan")
    past = ~np.isnan(get("last_year"))
    there = float((np.abs(get("mean") - y)[past] / y.mean()).mean()) if past.any() else float("nan")
    covered = [
        float(np.mean((y >= get(low)) & (y <= get(high)))) for low, high in (("q10", "q90"), ("q025", "q975"))
    ]
    return [*covered, *error.values(), there, float(np.mean(get("q90") - get("q10")) / y.mean())]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--roles", default="test", help="comma-separated roles of the splits")
    parser.add_argument(
        "--model", default="pretrained", help="of the first week's hours; 'none': the daily model alone"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "period.csv")
    chosen = parser.parse_args()
    model = None if chosen.model == "none" else ModelShelf(read_settings()).load(chosen.model)
    roles = chosen.roles.split(",")
    meters = [m for m in read_meters() if m.role in roles and headline(m)]
    rows = [row for meter in meters for row in evaluate(meter, model)]
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    with chosen.out.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(f.name for f in fields(Row))
        values = ([getattr(r, f.name) for f in fields(Row)] for r in rows)
        writer.writerows([f"{v:.5g}" if isinstance(v, float) else v for v in row] for row in values)
    show(rows)


if __name__ == "__main__":
    main()
