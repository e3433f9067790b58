"""How well the total of a billing period is forecast, on real homes.

    python benchmarks/accuracy/period.py            error and coverage on the test homes, rivals beside
    python benchmarks/accuracy/period.py --calibrate  the tables of analysis/forecast/period.py
    python benchmarks/accuracy/period.py --tune       the half-life of the daily level

Periods are calendar months on the meter's clock. A forecast is issued at the start of day 1, 4, 8, 15, 22 and
28 with a week, four weeks or all of the history before. Months with a missing day (less than half known) are
left out.
Rivals: the run rate (so far, or the last week, per day) and the same days of last year.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from kanchay.adapters.datasets import Meter, load_meters
from kanchay.analysis.forecast import daily
from kanchay.analysis.forecast.daily import DayHistory, daily_states, day_history
from kanchay.analysis.forecast.period import DAYS_AHEAD, forecast_total
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import DAY, HOUR, local_midnight, to_datetime
from kanchay.domain.panel import Panel

ROOT = Path(__file__).resolve().parents[2]
HOMES = ("sgsc-australia", "fontana-zne", "uk-homes-submetered", "uci-sceaux", "world-homes")
ISSUED_ON = (1, 4, 8, 15, 22, 28)
HISTORIES = (7, 28, 400)


@dataclass(frozen=True)
class Row:
    """One forecast of one month. Energies in kWh."""

    dataset: str
    meter: str
    month: str
    day: int
    history_days: int
    actual: float
    so_far: float
    mean: float
    q10: float
    q90: float
    q025: float
    q975: float
    run_rate: float
    last_year: float


def homes(roles: tuple[str, ...]) -> list[Meter]:
    data = Path(os.environ.get("KANCHAY_DATA", ROOT.parent / "shared" / "data"))
    meters = load_meters(data.parent / "benchmarks" / "splits.yaml", data, HOMES)
    return [m for m in meters if m.role in roles and not m.thin]


def months(meter: Meter) -> Iterator[tuple[date, date]]:
    """Calendar months that lie wholly in the meter's data, after its first week."""
    day = to_datetime(meter.start + 8 * DAY, meter.tz).date()
    first = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    while True:
        after = (first + timedelta(days=31)).replace(day=1)
        if local_midnight(after, meter.tz) > meter.end:
            return
        yield first, after
        first = after


def panel_of(meter: Meter) -> Panel:
    return Panel.of((meter.id,), meter.values[None], start=meter.start, resolution_s=HOUR, tz=meter.tz)


def evaluate(meter: Meter) -> Iterator[Row]:
    panel = panel_of(meter)
    place = {"country": meter.country, "subdivision": meter.subdivision}
    truth = day_history(panel, meter.id, panel.end, **place)
    for first, after in months(meter):
        actual = total_of(truth, first, after)
        if np.isnan(actual):
            continue
        for day in ISSUED_ON:
            for n in HISTORIES:
                row = one(meter, panel, truth, (first, after), day, n, actual)
                if row is not None:
                    yield row


def one(meter, panel, truth, month, day, n, actual) -> Row | None:
    first, after = month
    at = local_midnight(first + timedelta(days=day - 1), meter.tz)
    seen = panel.slice(max(panel.start, at - n * DAY), at)
    if np.isnan(seen.values).mean() > 0.2:
        return None
    start = local_midnight(first, meter.tz)
    # With a week of history only, what the period used before it is known as its sum alone.
    before = total_of(truth, first, to_datetime(seen.start, meter.tz).date()) if seen.start > start else 0.0
    try:
        p = forecast_total(
            seen, meter.id, start=max(start, seen.start), end=local_midnight(after, meter.tz), issued_at=at,
            country=meter.country, subdivision=meter.subdivision,
        )  # fmt: skip
    except NotEnoughData:
        return None
    q = dict(zip(LEVELS, p.quantiles, strict=True))
    so_far = before + p.so_far
    left = (after - first).days - day + 1
    rate = so_far / (day - 1) if day > 4 else np.nanmean(seen.values[0, -7 * 24 :]) * 24
    return Row(
        meter.dataset, meter.id, f"{first:%Y-%m}", day, n, actual, so_far, before + p.mean,
        before + q[0.10], before + q[0.90], before + q[0.025], before + q[0.975], so_far + rate * left,
        so_far + last_year(truth, first, after, day),
    )  # fmt: skip


def total_of(history: DayHistory, first: date, after: date) -> float:
    """Sum of days, NaN where one is missing or lies outside."""
    epoch = date(1970, 1, 1)
    low, high = (first - epoch).days - int(history.days[0]), (after - epoch).days - int(history.days[0])
    if low < 0 or high > len(history.total):
        return float("nan")
    return float(history.total[low:high].sum())


def last_year(history: DayHistory, first: date, after: date, day: int) -> float:
    """The same days of the year before, shifted by 52 weeks to keep weekdays."""
    year = timedelta(days=364)
    return total_of(history, first + timedelta(days=day - 1) - year, after - year)


def show(rows: list[Row]) -> None:
    """Coverage of the 80 and 95 % bands and the error per home, then over homes."""
    print(
        "issued on day, history, homes, forecasts, covered by the 80 % and the 95 % band, "
        "error of ours, run rate, last year [% of total], width of the 80 % band"
    )
    for n in HISTORIES:
        for day in (*ISSUED_ON, 0):
            chosen = [r for r in rows if r.history_days == n and (day in (0, r.day))]
            per = [home([r for r in chosen if r.meter == m]) for m in sorted({r.meter for r in chosen})]
            table = np.array(per)
            mean = np.nanmean(table, axis=0)
            name = f"day {day:2d}" if day else "all   "
            print(
                f"{name} {n:4d} d  {len(per):2d} {len(chosen):4d}  {mean[0]:6.1%} {mean[1]:6.1%}  "
                f"{mean[2]:6.1%} {mean[3]:6.1%}  {mean[4]:6.1%} (ours there {mean[5]:6.1%})  {mean[6]:6.1%}  "
                f"homes within 70-90 %: {np.mean((table[:, 0] >= 0.7) & (table[:, 0] <= 0.9)):.0%}"
            )


def home(rows: list[Row]) -> list[float]:
    a = np.array([[r.actual, r.mean, r.q10, r.q90, r.q025, r.q975, r.run_rate, r.last_year] for r in rows])
    y = a[:, 0]
    past = ~np.isnan(a[:, 7])
    error = np.abs(a[:, 1] - y) / y.mean()
    return [
        np.mean((y >= a[:, 2]) & (y <= a[:, 3])), np.mean((y >= a[:, 4]) & (y <= a[:, 5])), error.mean(),
        np.mean(np.abs(a[:, 6] - y)) / y.mean(),
        np.mean(np.abs(a[past, 7] - y[past])) / y.mean() if past.any() else np.nan,
        error[past].mean() if past.any() else np.nan, np.mean(a[:, 3] - a[:, 2]) / y.mean(),
    ]  # fmt: skip


def standard_errors(meter: Meter, days_ahead: int, n: int) -> np.ndarray:
    """Errors per day over the spread of a day, from a history cut to its last `n` days."""
    history = day_history(
        panel_of(meter), meter.id, meter.end, country=meter.country, subdivision=meter.subdivision
    )
    found = []
    for j in range(n, len(history.total) - days_ahead + 1, 3):
        cut = slice(j - n, j)
        seen = DayHistory(history.days[cut], history.total[cut], history.free[cut])
        if np.isnan(seen.total).mean() > 0.2:
            continue
        level, shift, spread, _ = daily._state(seen, n)
        ahead = slice(j, j + days_ahead)
        error = history.total[ahead].sum() - level * days_ahead - shift * history.free[ahead].sum()
        found.append(error / days_ahead / spread)
    return np.asarray([e for e in found if not np.isnan(e)])


def calibrate() -> None:
    """Print both tables; every home weighs the same."""
    meters = homes(("train", "validation"))
    for name, n in (("_AFTER_A_WEEK", 7), ("_AFTER_A_MONTH", 28)):
        print(f"{name}: Final = np.array(\n    [")
        for days in DAYS_AHEAD:
            samples = [standard_errors(m, days, n) for m in meters]
            samples = [s for s in samples if len(s) >= 10]
            values = np.concatenate(samples)
            weights = np.concatenate([np.full(len(s), 1.0 / len(s)) for s in samples])
            order = np.argsort(values)
            at = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
            row = ", ".join(f"{np.interp(level, at, values[order]):.2f}" for level in LEVELS)
            print(f"        [{row}],  # {days}")
        print("    ]\n)")


def tune() -> None:
    """Error of totals by half-life, on the training and validation homes."""
    meters = homes(("train", "validation"))
    histories = [
        day_history(panel_of(m), m.id, m.end, country=m.country, subdivision=m.subdivision) for m in meters
    ]
    for half_life in (3.0, 4.0, 5.0, 6.0, 7.0, 10.0, 14.0):
        daily.HALF_LIFE_DAYS = half_life
        line = []
        for days in (1, 7, 14, 30):
            errors = []
            for h in histories:
                s = daily_states(h)
                j = np.arange(28, len(h.total) - days, 3)
                actual = np.array([h.total[i : i + days].sum() for i in j])
                ours = np.array([s.level[i] * days + s.shift[i] * h.free[i : i + days].sum() for i in j])
                errors.append(np.nanmean(np.abs(ours - actual)) / np.nanmean(h.total) / days)
            line.append(f"{days:2d} d {np.mean(errors):.4f}")
        print(f"half-life {half_life:4.1f} d:", "  ".join(line))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--roles", default="test", help="comma-separated roles of the splits")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "period.csv")
    chosen = parser.parse_args()
    if chosen.calibrate or chosen.tune:
        (calibrate if chosen.calibrate else tune)()
        return
    rows = [row for meter in homes(tuple(chosen.roles.split(","))) for row in evaluate(meter)]
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    with chosen.out.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Row.__dataclass_fields__)
        writer.writerows([f"{v:.4g}" if isinstance(v, float) else v for v in vars(r).values()] for r in rows)
    show(rows)


if __name__ == "__main__":
    main()
