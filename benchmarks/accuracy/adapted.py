"""How much a forecaster gains from a meter's own history: adapted against zero-shot, on the same hours.

    python benchmarks/accuracy/adapted.py                     # test meters, 60 days of history
    python benchmarks/accuracy/adapted.py --role validation
    python benchmarks/accuracy/adapted.py --history 3,7,14,28,60
    python benchmarks/accuracy/adapted.py --fit --folds var/folds  # the numbers of analysis/forecast/adapt_weights.py

Windows, meters and figures are those of Kanchay-24: every local midnight of a meter's scored span, 24 elapsed hours,
paired with the seven-day ensemble hour by hour. "zero-shot" reads 168 hours; "adapted" reads the days named by --history,
never anything at or after the time of issue, and fits what it fits to this meter alone. `--fit` and every choice
of a number used training and validation meters only. Of those, homes whose test period is part of the network's
training (short training meters that may ship) say too little of its errors: they are forecast by the network that
was trained without their data set (`--folds`, made by `kanchay model train --leave-out`), or left out.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from meters import headline, panel_of, read_meters

from kanchay.adapters.datasets import Meter
from kanchay.adapters.models import ModelShelf
from kanchay.analysis.backtest import clock_times
from kanchay.analysis.forecast.adapt import AdaptedForecaster
from kanchay.analysis.forecast.adapt_experts import EXPERTS, day_grid, expert_moves
from kanchay.analysis.forecast.adapt_past import past_forecasts
from kanchay.analysis.forecast.naive import EnsembleNaive, WeekdayNaive
from kanchay.analysis.forecast.protocol import Forecaster, Windows
from kanchay.analysis.forecast.windows import MIN_KNOWN_S, actuals, known_seconds, make_windows
from kanchay.analysis.kanchay24 import ADAPTED, NAIVE, Entrant, entrant, score_meter
from kanchay.analysis.metrics import Scores
from kanchay.analysis.paired import paired_median
from kanchay.domain.interval import DAY, HOUR
from kanchay.settings import read_settings

HISTORY_DAYS, SCORED_DAYS = 60, 400
HOME_SHARE = 0.7  # of the fit: there are fewer homes than buildings
RIDGE = 0.003


@dataclass(frozen=True)
class Cut:
    """The scored windows of one meter, with 60 days of history, and what came true."""

    meter: Meter
    windows: Windows
    actual: np.ndarray

    @property
    def week(self) -> Windows:
        return replace(self.windows, load=self.windows.load[:, -168:])


def scored_from(meter: Meter) -> int:
    """As the splits say; training meters are scored like validation meters."""
    if meter.role != "train":
        return meter.split_at
    return max(meter.start + HISTORY_DAYS * DAY, meter.end - SCORED_DAYS * DAY)


def seen(meter: Meter) -> bool:
    """Whether the network was trained on the hours that would be scored."""
    return meter.role == "train" and meter.may_ship and meter.split_at == meter.end


def cut(meter: Meter) -> Cut:
    panel = panel_of(meter)
    windows = make_windows(
        panel, meter.id, clock_times(scored_from(meter), meter.end, meter.tz),
        lookback_s=HISTORY_DAYS * DAY, horizon_s=DAY, country=meter.country, subdivision=meter.subdivision,
    )  # fmt: skip
    actual = actuals(panel, meter.id, windows)
    week = replace(windows, load=windows.load[:, -168:])
    scored = (known_seconds(week) >= MIN_KNOWN_S) & ~np.isnan(actual).all(axis=1)
    return Cut(
        meter,
        replace(windows, load=windows.load[scored], issued_at=windows.issued_at[scored]),
        actual[scored],
    )


def evaluate(meter: Meter, entrants: list[Entrant]) -> dict[str, Scores]:
    """Scores by model, all on the hours of Kanchay-24."""
    found = score_meter(
        meter.values, meter.start, scored_from(meter), entrants,
        tz=meter.tz, country=meter.country, subdivision=meter.subdivision,
    )  # fmt: skip
    return {name: own.whole for name, own in found.items()}


def bases(meters: list[Meter], base: Forecaster, shelf: ModelShelf, folds: Path | None) -> list[Forecaster]:
    """Who forecasts each meter: the model, or the one that was trained without the meter's data set."""
    found = []
    for meter in meters:
        apart = folds is not None and meter.kind == "residential" and seen(meter)
        found.append(shelf.load(str(folds / meter.dataset)) if folds and apart else base)
    return found


def fit(cuts: list[Cut], of: list[Forecaster]) -> None:
    """Print the numbers of `Prior`: one regression over all meters, homes and buildings by fixed shares."""
    moments = [moments_of(one, base) for one, base in zip(cuts, of, strict=True)]
    weights = balance([one.meter for one in cuts])
    gram = sum(w * g for w, (g, _) in zip(weights, moments, strict=True))
    side = sum(w * b for w, (_, b) in zip(weights, moments, strict=True))
    n = len(EXPERTS)
    found = np.linalg.solve(gram + RIDGE * np.eye(2 * n), side)
    for label, values in (("steady", found[:n]), ("irregular", found[n:]), ("size", np.diag(gram)[:n])):
        print(f"    {label}=({', '.join(f'{v:.3f}' for v in values)}),")


def moments_of(one: Cut, base: Forecaster) -> tuple[np.ndarray, np.ndarray]:
    """Cross products of the experts' moves with each other and with the base's error, in units of the ensemble's."""
    naive = EnsembleNaive().predict(one.week).mean
    unit = np.sqrt(np.nanmean((one.actual - naive) ** 2))
    gram, side, count = 0.0, 0.0, 0
    for low in range(0, len(one.windows), 128):
        rows = slice(low, low + 128)
        part = one.windows.rows(rows)
        grid = day_grid(part, past_forecasts(base, part, HISTORY_DAYS - 1), 1)
        moves = expert_moves(grid, HOUR)[:, 0] / unit
        error = (one.actual[rows] - grid.mean[:, 0]) / unit
        known = ~np.isnan(error)
        share = unexplained(grid.actual[:, 1:], grid.mean[:, 1:])[:, None, None]
        both = np.concatenate([moves, share * moves], axis=-1)[known]
        gram, side, count = gram + both.T @ both, side + both.T @ error[known], count + known.sum()
    return gram / count, side / count


def unexplained(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Share of each window's past variance that the base forecast left, as `own_weights` takes it."""
    known = ~np.isnan(actual) & ~np.isnan(forecast)
    values, error = np.where(known, actual, 0.0), np.where(known, actual - forecast, 0.0)
    count = np.maximum(known.sum(axis=(1, 2)), 1)
    variance = (values**2).sum(axis=(1, 2)) - values.sum(axis=(1, 2)) ** 2 / count
    share = (error**2).sum(axis=(1, 2)) / np.where(variance > 0, variance, 1.0)
    return np.where(variance > 0, np.clip(share, 0.0, 1.2), 0.5)


def balance(meters: list[Meter]) -> np.ndarray:
    """Weights that sum to 1: kinds by fixed shares, data sets by the root of their meters."""
    weights = np.zeros(len(meters))
    for kind, share in (("residential", HOME_SHARE), ("commercial", 1.0 - HOME_SHARE)):
        own = [m.dataset for m in meters if m.kind == kind]
        roots = {name: np.sqrt(own.count(name)) for name in own}
        for i, m in enumerate(meters):
            if m.kind == kind:
                weights[i] = share * roots[m.dataset] / sum(roots.values()) / own.count(m.dataset)
    return weights


def show(rows: list[tuple[Meter, dict[str, Scores]]], names: list[str]) -> list[dict[str, object]]:
    """Paired medians by kind; the last two columns compare with zero-shot meter by meter."""
    lines = []
    head = f"{'':24s} {'meters':>6s} {'of ensemble':>11s} {'95 %':>16s} {'pinball':>7s} {'in 80':>6s} {'70-90':>6s} "
    for kind in ("residential", "commercial"):
        own = [(m, s) for m, s in rows if m.kind == kind and headline(m)]
        if not own:
            continue
        print(f"\n{kind}\n{head} {'of zero-shot':>12s} {'worst':>6s}")
        sets = [m.dataset for m, _ in own]
        for name in names:
            ratio = paired_median([s[name].cvrmse / s[NAIVE].cvrmse for _, s in own], sets, n_boot=2000)
            pinball = float(np.median([s[name].pinball / s[NAIVE].pinball for _, s in own]))
            against = np.array([s[name].cvrmse / s["zero-shot"].cvrmse for _, s in own])
            cover = np.array([s[name].coverage80 for _, s in own])
            line = {
                "kind": kind, "model": name, "meters": len(own), "cvrmse_ratio": ratio.median,
                "low": ratio.low, "high": ratio.high, "pinball_ratio": pinball, "coverage80": cover.mean(),
                "within_70_90": np.mean((cover >= 0.7) & (cover <= 0.9)),
                "of_zero_shot": np.median(against), "worst_of_zero_shot": against.max(),
            }  # fmt: skip
            lines.append({k: float(v) if isinstance(v, np.floating) else v for k, v in line.items()})
            print(
                f"{name:24s} {len(own):6d} {ratio.median:11.3f} [{ratio.low:.3f}, {ratio.high:.3f}] {pinball:7.3f} "
                f"{cover.mean():6.1%} {line['within_70_90']:6.0%} {np.median(against):13.3f} {against.max():6.3f}"
            )
    return lines


def write(
    rows: list[tuple[Meter, dict[str, Scores]]], lines: list[dict[str, object]], out: Path, took: float
) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    names = list(Scores.__dataclass_fields__)
    with out.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["dataset", "meter", "kind", "role", "thin", "model", *names])
        for meter, scores in rows:
            for model, own in scores.items():
                head = [meter.dataset, meter.id, meter.kind, meter.role, meter.thin, model]
                writer.writerow([*head, *(f"{getattr(own, n):.5g}" for n in names)])
    environment = {
        "command": "python benchmarks/accuracy/adapted.py " + " ".join(sys.argv[1:]),
        "python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine(),
        "cores": os.cpu_count(), "seconds": round(took, 1),
    }  # fmt: skip
    out.with_suffix(".json").write_text(
        json.dumps({"environment": environment, "medians": lines}, indent=1) + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="pretrained", help="name or path of the bundle that is adapted")
    parser.add_argument("--role", default="test", help="test, validation, train, or several by comma")
    parser.add_argument("--datasets", help="comma-separated; all by default")
    parser.add_argument("--history", default="60", help="days of history of the adapted forecaster, by comma")
    parser.add_argument("--fit", action="store_true", help="print the numbers that other meters teach")
    parser.add_argument("--folds", type=Path, help="with --fit: folder of the bundles of left-out data sets")
    parser.add_argument("--out", type=Path, help="CSV of every meter; JSON of the medians beside it")
    chosen = parser.parse_args()
    shelf = ModelShelf(read_settings())
    base = shelf.load(chosen.model)
    roles = "train,validation" if chosen.fit else chosen.role
    begun = time.monotonic()
    wanted = chosen.datasets.split(",") if chosen.datasets else None
    meters = [
        m
        for m in read_meters(wanted)
        if m.role in roles.split(",") and (chosen.folds or not (m.kind == "residential" and seen(m)))
    ]
    if chosen.fit:
        usable = [m for m in meters if headline(m)]
        fit([cut(m) for m in usable], bases(usable, base, shelf, chosen.folds))
        return
    entrants = [entrant(WeekdayNaive()), entrant(base, name="zero-shot")]
    for days in map(int, chosen.history.split(",")):
        entrants.append(
            entrant(AdaptedForecaster(base, days=days), name=f"adapted, {days} days", column=ADAPTED)
        )
    rows = []
    for meter in meters:
        rows.append((meter, evaluate(meter, entrants)))
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    lines = show(rows, [NAIVE, *(e.name for e in entrants)])
    if chosen.out:
        write(rows, lines, chosen.out, time.monotonic() - begun)


if __name__ == "__main__":
    main()
