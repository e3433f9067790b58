"""Days and weeks ahead: how good the daily totals are, and what their constants rest on.

    python benchmarks/accuracy/horizon.py              daily totals and their bands on the test meters, naives beside
    python benchmarks/accuracy/horizon.py --network    days 1 to 7: sums of the hourly forecast against the level model
    python benchmarks/accuracy/horizon.py --tune       constants of daystates.py and daypath.py
    python benchmarks/accuracy/horizon.py --calibrate  writes analysis/forecast/dayerrortables.py
    python benchmarks/accuracy/horizon.py --year-end   working days between 23 December and 2 January beside Sundays

Constants come from training and validation meters whose licence lets weights ship, before their scored span. Homes
and buildings weigh the same, so do meters within each. Of the history the last 1, 3, 7, 28 or 365 days are known.
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
from kanchay.analysis.forecast import daypath, daystates
from kanchay.analysis.forecast.daily import SUNDAY, YEAR_END, DayHistory, day_history
from kanchay.analysis.forecast.dayerrors import (
    error_quantiles,
    own_sizes,
    own_stretch,
    past_errors,
    stretch_of,
)
from kanchay.analysis.forecast.daypath import day_paths
from kanchay.analysis.forecast.daystates import day_states
from kanchay.analysis.forecast.outlook import hours_share
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.windows import known_seconds, make_windows
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import DAY, local_midnight, wall_clock
from kanchay.settings import read_settings

TABLES = ROOT / "src" / "kanchay" / "analysis" / "forecast" / "dayerrortables.py"
KNOWN = (1, 3, 7, 28, 365)
AHEAD = np.array([1, 2, 4, 7, 14, 21, 35])
N_AHEAD = 35
LONGEST = 1200  # days of a meter that are used


@dataclass(frozen=True)
class Days:
    """The daily totals of one meter, cut to what may be used, and where its origins may begin."""

    meter: Meter
    history: DayHistory
    first: int


def meters_of(roles: tuple[str, ...], *, may_ship: bool) -> list[Meter]:
    return [m for m in read_meters() if m.role in roles and headline(m) and (m.may_ship or not may_ship)]


def days_of(meter: Meter, *, scored: bool) -> Days:
    """Of a training or validation meter what lies before its scored span (short ones: all), of a test meter that span."""
    whole = day_history(
        panel_of(meter), meter.id, meter.end, country=meter.country, subdivision=meter.subdivision
    )
    split = int((meter.split_at - meter.start) // DAY)
    short = split <= 100
    last = len(whole.total) if scored or short else split
    first = max(28, split) if scored and meter.kind == "commercial" else 28
    low = max(0, (first if scored else last - LONGEST) - 420 if scored else last - LONGEST)
    cut = slice(low, last)
    return Days(meter, whole.cut(cut), first - low if scored else 28)


def training() -> list[Days]:
    return [days_of(m, scored=False) for m in meters_of(("train", "validation"), may_ship=True)]


# The table


@dataclass(frozen=True)
class Row:
    """One meter, so many days ahead. Errors over the meter's mean day; of totals per day."""

    dataset: str
    meter: str
    kind: str
    days_ahead: int
    origins: int
    day_ours: float
    day_week: float
    day_mean7: float
    day_in80: float
    total_ours: float
    total_mean7: float
    total_in80: float


def evaluate(days: Days) -> list[Row]:
    """Every third day of the scored span: the day so far ahead, and the total up to it."""
    history, states = days.history, day_states(days.history)
    total, n = history.total, len(history.total)
    errors = past_errors(history, states, N_AHEAD)
    skipped = n - len(errors)  # days without a week behind them
    origins = np.arange(max(days.first, skipped, 28), n - 1, 3)
    ahead = origins[:, None] + np.arange(N_AHEAD)
    actual = np.concatenate([total, np.full(N_AHEAD, np.nan)])[ahead]
    level = np.array(
        [np.nanmean(total[j - 7 : j]) if (~np.isnan(total[j - 7 : j])).any() else np.nan for j in origins]
    )
    mean7 = actual - level[:, None]
    week = actual - total[origins[:, None] - 7 + np.arange(N_AHEAD) % 7]
    own = errors[origins - skipped]
    inside = [
        np.stack([covered(errors, j - skipped, states.known[j], s) for j in origins]) for s in (True, False)
    ]
    ours = own * states.spread[origins][:, None]
    size = np.nanmean(np.abs(total[days.first :]))
    columns = [np.abs(ours), np.abs(week), np.abs(mean7), np.abs(over_total(ours)), np.abs(over_total(mean7))]
    by_ahead = [np.nanmean(np.where(np.isnan(ours), np.nan, c), axis=0)[AHEAD - 1] / size for c in columns]
    shares = [np.nanmean(c, axis=0) for c in inside]
    m = days.meter
    return [
        Row(
            m.dataset, m.id, m.kind, int(a), int((~np.isnan(ours[:, a - 1])).sum()), by_ahead[0][k], by_ahead[1][k],
            by_ahead[2][k], shares[0][k], by_ahead[3][k], by_ahead[4][k], shares[1][k],
        )
        for k, a in enumerate(AHEAD)
    ]  # fmt: skip


def covered(errors: np.ndarray, j: int, known: float, single: bool) -> np.ndarray:
    """Whether the 80 % band issued at origin `j` held, over AHEAD; NaN where the truth is not known."""
    low = max(0, j - 400)
    record = errors[low:j].copy()
    record[np.add.outer(np.arange(low, j), np.arange(N_AHEAD)) >= j] = np.nan
    known = min(known, 400.0)
    reach = AHEAD.astype(np.float64)
    stretch = own_stretch(record, reach, known, single=single)
    band = error_quantiles(reach, known, single=single) * stretch[:, None]
    error = (errors[j] if single else over_total(errors[j]))[AHEAD - 1]
    held = (error >= band[:, LEVELS.index(0.10)]) & (error <= band[:, LEVELS.index(0.90)])
    return np.where(np.isnan(error), np.nan, held)


def show(rows: list[Row]) -> None:
    print("daily totals on test meters, level model alone; error in % of the mean day, means over meters")
    print(
        "            days ahead  meters   day: ours  same weekday  mean of 7  in 80 %   total: ours  mean of 7  in 80 %"
    )
    for kind in ("residential", "commercial"):
        for a in AHEAD:
            chosen = [r for r in rows if r.kind == kind and r.days_ahead == a and r.origins >= 10]
            names = (
                "day_ours",
                "day_week",
                "day_mean7",
                "day_in80",
                "total_ours",
                "total_mean7",
                "total_in80",
            )
            v = [100 * float(np.mean([getattr(r, name) for r in chosen])) for name in names]
            print(
                f"{kind:12s}  {a:8d}  {len(chosen):6d}  {v[0]:10.1f}  {v[1]:12.1f}  {v[2]:9.1f}  {v[3]:7.1f}"
                f"  {v[4]:12.1f}  {v[5]:9.1f}  {v[6]:7.1f}"
            )


def table(out: Path) -> None:
    import warnings

    warnings.simplefilter("ignore", RuntimeWarning)  # means of days that are all missing
    rows = [row for m in meters_of(("test",), may_ship=False) for row in evaluate(days_of(m, scored=True))]
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(f.name for f in fields(Row))
        values = ([getattr(r, f.name) for f in fields(Row)] for r in rows)
        writer.writerows([f"{v:.4g}" if isinstance(v, float) else v for v in row] for row in values)
    show(rows)


# Calibration


@dataclass(frozen=True)
class Sample:
    """Errors of one meter with so many days known: over AHEAD, with its own record of then. Shapes (n, 7)."""

    kind: str
    errors: np.ndarray
    size: np.ndarray
    independent: np.ndarray


def samples(days: Days, known: int) -> tuple[Sample, Sample]:
    """Of single days and of totals."""
    made = whole_record(days.history) if known == KNOWN[-1] else list(cut_records(days.history, known))
    answer = []
    for single in (True, False):
        rows = (
            [(np.stack(part)[:, AHEAD - 1]) for part in zip(*(m[single] for m in made), strict=True)]
            if made
            else [np.zeros((0, 7))] * 3
        )
        answer.append(Sample(days.meter.kind, *rows))
    return answer[0], answer[1]


def over_total(errors: np.ndarray) -> np.ndarray:
    return np.cumsum(errors, axis=-1) / np.arange(1, errors.shape[-1] + 1)


def cut_records(history: DayHistory, known: int) -> Iterator[dict[bool, tuple[np.ndarray, ...]]]:
    """What a meter's forecast would have been with the last `known` days alone."""
    n = len(history.total)
    for j in range(known, n - 7, 5 if known < 28 else 9):  # never a multiple of seven
        seen = history.cut(slice(j - known, j))
        if np.isnan(seen.total).mean() > 0.2:
            continue
        states = day_states(seen)
        ahead = slice(j, j + N_AHEAD)
        kinds, total = padded(history.kind[ahead], 0), padded(history.total[ahead], np.nan)
        path = day_paths(seen, states, np.concatenate([seen.kind, kinds]), np.array([known]), N_AHEAD)[0]
        error = (total - path) / states.spread[-1]
        record = past_errors(seen, states, N_AHEAD)
        none = (np.ones(N_AHEAD), np.zeros(N_AHEAD))
        yield {
            single: (error if single else over_total(error), *(own_sizes(record, single=single) if record.size else none))
            for single in (True, False)
        }  # fmt: skip


def padded(values: np.ndarray, fill: float) -> np.ndarray:
    return np.concatenate([values, np.full(N_AHEAD - len(values), fill, dtype=values.dtype)])


def whole_record(history: DayHistory) -> list[dict[bool, tuple[np.ndarray, ...]]]:
    """The same with a year known: states of the whole history, and the record of the last 365 days."""
    states = day_states(history)
    errors = past_errors(history, states, N_AHEAD)
    begin = len(history.total) - len(errors)  # origins that have no week behind them are the first
    made = []
    for j in range(200, len(errors), 5):
        low = max(0, j - 365)
        record = errors[low:j].copy()
        future = np.add.outer(np.arange(low, j), np.arange(N_AHEAD)) >= j
        record[future] = np.nan
        made.append(
            {
                s: (errors[j] if s else over_total(errors[j]), *own_sizes(record, single=s))
                for s in (True, False)
            }
        )
    assert begin >= 0
    return made


def weighted_quantiles(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    order = np.argsort(values)
    at = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    return np.interp(LEVELS, at, values[order])


def pooled(of: list[Sample], column: int) -> tuple[np.ndarray, ...]:
    """Errors, own size, independent ones and weights: kinds weigh the same, meters within a kind too."""
    usable = [s for s in of if (~np.isnan(s.errors[:, column])).sum() >= 8]
    parts = []
    for s in usable:
        ok = ~np.isnan(s.errors[:, column])
        n_kind = sum(u.kind == s.kind for u in usable)
        weight = np.full(int(ok.sum()), 1.0 / ok.sum() / n_kind)
        parts.append((s.errors[ok, column], s.size[ok, column], s.independent[ok, column], weight))
    return tuple(np.concatenate(p) for p in zip(*parts, strict=True))


def calibrate() -> None:
    """Write the tables."""
    everyone = training()
    tables: dict[str, list] = {"TOTAL": [], "DAY": [], "TYPICAL_TOTAL": [], "TYPICAL_DAY": []}
    for known in KNOWN:
        both = [samples(d, known) for d in everyone]
        for name, of in (("DAY", [b[0] for b in both]), ("TOTAL", [b[1] for b in both])):
            rows, typical = [], []
            for column in range(len(AHEAD)):
                error, size, independent, weight = pooled(of, column)
                usual = float((np.abs(error) * weight).sum() / weight.sum())
                stretch = stretch_of(size, independent, np.full(len(size), usual))
                rows.append(weighted_quantiles(error / stretch, weight))
                typical.append(usual)
            tables[name].append(rows)
            tables[f"TYPICAL_{name}"].append(typical)
        print(known, "done", flush=True)
    TABLES.write_text(rendered(tables))


def rendered(tables: dict[str, list]) -> str:
    lines = [
        '"""Errors of days and totals ahead on other meters, in units of a meter\'s day-to-day spread.',
        "",
        "Written by `python benchmarks/accuracy/horizon.py --calibrate`; not edited by hand.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        "import numpy as np",
        "",
        '__all__ = ["AHEAD", "DAY", "KNOWN", "TOTAL", "TYPICAL_DAY", "TYPICAL_TOTAL"]',
        "",
        f"KNOWN: Final = {KNOWN}  # days of history: first axis",
        f"AHEAD: Final = {tuple(int(a) for a in AHEAD)}  # days ahead: second axis",
    ]
    words = {
        "TOTAL": "Quantiles at LEVELS of (actual - forecast) of a total, per day.",
        "DAY": "Quantiles at LEVELS of (actual - forecast) of the one day so far ahead.",
        "TYPICAL_TOTAL": "Mean absolute error of a total, per day.",
        "TYPICAL_DAY": "Mean absolute error of the one day so far ahead.",
    }
    for name, values in tables.items():
        array = np.asarray(values)
        lines += [f"# {words[name]}", f"{name}: Final = np.array(", "    ["]
        for block in array:
            if array.ndim == 2:
                lines.append("        [" + ", ".join(f"{v:.3f}" for v in block) + "],")
                continue
            lines.append("        [")
            lines += ["            [" + ", ".join(f"{v:.3f}" for v in row) + "]," for row in block]
            lines.append("        ],")
        lines += ["    ]", ")"]
    return "\n".join(lines) + "\n"


# Tuning

TUNED = {"FADE_DAYS": 5.5, "MOVED_NEAR": 0.05, "MOVED_FAR": 0.3, "STOOD_FAR": 0.16}
STATES = {
    "LEVEL_HALF_LIFE": (3.0, 4.0, 5.0, 7.0),
    "FAST_HALF_LIFE": (1.0, 1.5, 2.5),
    "FOLLOW": (0.6, 0.73, 0.9),
    "_SHIFT_PRIOR": (1.0, 2.0, 4.0),
    "SHIFT_HALF_LIFE": (21.0, 28.0, 42.0),
}


def total_errors(everyone: list[Days], states: list) -> np.ndarray:
    """Mean absolute error of totals over AHEAD, over the meter's mean, by kind."""
    found: dict[str, list[np.ndarray]] = {}
    for d, s in zip(everyone, states, strict=True):
        total, n = d.history.total, len(d.history.total)
        origins = np.arange(d.first, n - N_AHEAD, 3)
        known = (
            ~np.isnan(total[origins[:, None] + np.arange(N_AHEAD)]).any(axis=1)
            if len(origins)
            else np.zeros(0)
        )
        if known.sum() < 10:
            continue
        paths = day_paths(d.history, s, d.history.kind, origins, N_AHEAD)
        error = over_total(total[origins[:, None] + np.arange(N_AHEAD)] - paths)[:, AHEAD - 1]
        found.setdefault(d.meter.kind, []).append(
            np.nanmean(np.abs(error), axis=0) / np.nanmean(np.abs(total))
        )
    return np.array([np.nanmean(rows, axis=0) for _, rows in sorted(found.items())])


def tune() -> None:
    """Print what each constant gives: error of totals of 1 to 35 days, buildings then homes [% of mean]."""
    from scipy.optimize import minimize

    everyone = training()
    states = [day_states(d.history) for d in everyone]
    base = total_errors(everyone, states)

    def loss(values: np.ndarray) -> float:
        for name, value in zip(TUNED, values, strict=True):
            setattr(daypath, name, float(value))
        return float((total_errors(everyone, states) / base).mean())

    best = minimize(
        loss, list(TUNED.values()), method="Nelder-Mead", options={"maxfev": 90, "xatol": 0.01, "fatol": 1e-4}
    )
    print(dict(zip(TUNED, best.x.round(3).tolist(), strict=True)), f"{best.fun:.4f} of", TUNED, flush=True)
    loss(np.array(list(TUNED.values())))
    for name, values in STATES.items():
        kept = getattr(daystates, name)
        for value in values:
            setattr(daystates, name, value)
            errors = total_errors(everyone, [day_states(d.history) for d in everyone])
            print(
                f"{name} {value:5.2f}: {(errors / base).mean():.4f}",
                (100 * errors).round(2).tolist(),
                flush=True,
            )
        setattr(daystates, name, kept)


# The end of the year


def year_end() -> None:
    """Print, by data set, how far a working day at the end of the year lies from usual ones, and how far a Sunday."""
    found: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for d in training():
        history = d.history
        date = history.days.astype("datetime64[D]")
        for year in sorted(set((date + np.timedelta64(60, "D")).astype("datetime64[Y]"))):
            begin = np.datetime64(year, "D")
            around = (np.abs((date - begin).astype(int)) < 45) & ~np.isnan(history.total)
            of = [
                around & which
                for which in (history.kind < 5, history.kind == SUNDAY, history.kind == YEAR_END)
            ]
            if min(m.sum() for m in of) >= 3:
                working, sunday, end = (history.total[m].mean() for m in of)
                key = (d.meter.kind, d.meter.dataset, str(d.meter.country))
                found.setdefault(key, []).append((end / working - 1, sunday / working - 1))
    print(
        "against working days of the six weeks around: end of the year, Sundays; medians over meters and years"
    )
    for key, rows in sorted(found.items()):
        print(
            f"{' '.join(key):42s}{len(rows):5d}"
            + "".join(f"{np.median(v):+9.0%}" for v in zip(*rows, strict=True))
        )


# The network's first week


def first_week(meter: Meter, model: Forecaster) -> dict[str, np.ndarray]:
    """Totals of days 1 to 7 from every third local midnight: actual, level model, sums of the hourly forecast."""
    panel = panel_of(meter)
    place = {"country": meter.country, "subdivision": meter.subdivision}
    history = day_history(panel, meter.id, panel.end, **place)
    first = max(35, int((meter.split_at - meter.start) // DAY))
    low = max(0, first - 400)
    cut = slice(low, None)
    history = history.cut(cut)
    origins = np.arange(first - low, len(history.total) - 7, 3)
    midnight = np.array(
        [local_midnight(date(1970, 1, 1) + timedelta(days=int(d)), meter.tz) for d in history.days]
    )
    windows = make_windows(
        panel, meter.id, midnight[origins], lookback_s=model.lookback_s, horizon_s=7 * DAY, **place
    )
    usable = known_seconds(windows) >= 4 * DAY
    answer = in_batches(model, windows).mean
    day = wall_clock(windows.target_starts, meter.tz) // DAY - history.days[origins][:, None]
    sums = np.stack([np.where(day == k, answer, 0.0).sum(axis=1) for k in range(7)], axis=1)
    paths = day_paths(history, day_states(history), history.kind, origins, 7)
    actual = history.total[origins[:, None] + np.arange(7)]
    keep = usable & ~np.isnan(actual).any(axis=1) & ~np.isnan(sums).any(axis=1)
    return {"actual": actual[keep], "level": paths[keep], "hours": sums[keep]}


def network(role: str, model_name: str) -> None:
    """Error of each day and of the week's running total, by kind: level model, hourly sums, and mixes of both."""
    model = ModelShelf(read_settings()).load(model_name)
    lines: dict[tuple[str, str], list[np.ndarray]] = {}
    for meter in meters_of((role,), may_ship=False):
        found = first_week(meter, model)
        if len(found["actual"]) < 10:
            continue
        fixed = {f"{share:.0%} hours": np.full(7, share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)}
        for name, share in {**fixed, "as shipped": hours_share(7)}.items():
            off = share * found["hours"] + (1 - share) * found["level"] - found["actual"]
            size = np.abs(found["actual"]).mean()
            both = [np.abs(off).mean(axis=0) / size, np.abs(over_total(off)).mean(axis=0) / size]
            lines.setdefault((meter.kind, name), []).append(np.array(both))
    print(
        f"{role} meters, {model.name}: error of day 1 to 7, then of the total of 1 to 7 days [% of mean day]"
    )
    for (kind, what), rows in sorted(lines.items()):
        mean = 100 * np.mean(rows, axis=0)
        print(
            f"{kind:12s} {what:11s} {len(rows):3d}  ",
            *(" ".join(f"{v:5.1f}" for v in part) + "  |" for part in mean),
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--network", action="store_true")
    parser.add_argument("--year-end", action="store_true")
    parser.add_argument("--role", default="test", choices=["test", "validation"])
    parser.add_argument("--model", default="pretrained")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "horizon.csv")
    chosen = parser.parse_args()
    if chosen.tune:
        tune()
    if chosen.year_end:
        year_end()
    if not (chosen.calibrate or chosen.tune or chosen.network or chosen.year_end):
        table(chosen.out)
    if chosen.network:
        network(chosen.role, chosen.model)
    if chosen.calibrate:
        calibrate()


if __name__ == "__main__":
    main()
