"""Kanchay-24: 24 hours ahead on meters a model has never seen.

    python benchmarks/accuracy/kanchay24.py --models pretrained,ridge,week,day,weekday

At every local midnight of a test meter's scored span (its last 400 days, or all after its first 60 days where it
is short) a model reads at most the 168 hours before, is not fitted on the meter, and forecasts 24 elapsed
hours. Meters, cleaning, clock and holidays come from the development splits. Per meter: CV(RMSE), NMAE, NMBE,
mean pinball loss over the frame's levels, coverage of the 50, 80 and 95 % bands. Each meter's ratio to the
seven-day ensemble is taken on the same hours; medians over meters carry an interval that resamples data sets, then
meters. Windows that a model does not answer count as twice the ensemble's error. `weekday` reads 28 days and
is marked so. Thin meters are listed but left out of medians; electro-dunas-peru (perturbed before its
publication) stays out of the headline.
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

from kanchay.adapters.datasets import Meter, load_meters
from kanchay.adapters.models import ModelShelf
from kanchay.analysis.backtest import clock_times, in_batches
from kanchay.analysis.forecast.protocol import Forecaster, Prediction
from kanchay.analysis.forecast.windows import MIN_KNOWN_S, actuals, known_seconds, make_windows
from kanchay.analysis.metrics import Scores, score
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel
from kanchay.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
NAIVE = "ensemble"
PERTURBED = "electro-dunas-peru"
LOOKBACK_S = 168 * HOUR
LONGER_S = {"weekday": 28 * DAY}  # its own column: never mixed with the others
N_BOOTSTRAP = 2000
GROUPS = {
    "commercial": lambda m: m.kind == "commercial" and m.dataset != PERTURBED,
    "commercial with electro-dunas-peru": lambda m: m.kind == "commercial",
    "residential": lambda m: m.kind == "residential",
}


@dataclass(frozen=True)
class Result:
    """Scores of one model on one meter."""

    meter: Meter
    model: str
    windows: int
    missed: int
    scores: Scores
    naive: Scores

    def ratio(self, metric: str) -> float:
        own, other = getattr(self.scores, metric), getattr(self.naive, metric)
        return own / other if other > 0 else float("nan")


def evaluate(meter: Meter, models: list[Forecaster]) -> list[Result]:
    """All models on the same hours of one meter."""
    panel = Panel.of((meter.id,), meter.values[None], start=meter.start, resolution_s=HOUR, tz=meter.tz)
    issued = clock_times(meter.split_at, meter.end, meter.tz)

    def windows(lookback_s: int):
        return make_windows(
            panel, meter.id, issued, lookback_s=lookback_s, horizon_s=DAY,
            country=meter.country, subdivision=meter.subdivision,
        )  # fmt: skip

    week = windows(LOOKBACK_S)
    actual = actuals(panel, meter.id, week)
    scored = (known_seconds(week) >= MIN_KNOWN_S) & ~np.isnan(actual).all(axis=1)
    answers = {}
    for model in models:
        own = week if model.name not in LONGER_S else windows(LONGER_S[model.name])
        answers[model.name] = in_batches(
            model, replace(own, load=own.load[scored], issued_at=own.issued_at[scored])
        )
    actual = actual[scored]
    naive = answers[NAIVE]
    naive_scores = score(actual, naive.mean, naive.quantiles)
    found = []
    for name, given in answers.items():
        answer, missed = without_gaps(given, naive, actual)
        found.append(
            Result(
                meter, name, len(actual), missed, score(actual, answer.mean, answer.quantiles), naive_scores
            )
        )
    return found


def without_gaps(answer: Prediction, naive: Prediction, actual: np.ndarray) -> tuple[Prediction, int]:
    """An unanswered hour becomes a forecast twice as far off as the naive's."""
    gap = (np.isnan(answer.mean) | np.isnan(answer.quantiles).any(axis=-1)) & ~np.isnan(actual)
    mean = np.where(gap, actual + 2.0 * (naive.mean - actual), answer.mean)
    far = actual[..., None] + 2.0 * (naive.quantiles - actual[..., None])
    return Prediction(mean, np.where(gap[..., None], far, answer.quantiles)), int(gap.any(axis=1).sum())


def bootstrap(values: list[float], datasets: list[str], seed: int = 24) -> tuple[float, float]:
    """95 % interval of the median: data sets are drawn first, then meters within each."""
    rng = np.random.default_rng(seed)
    groups = [
        np.array([v for v, d in zip(values, datasets, strict=True) if d == name])
        for name in sorted(set(datasets))
    ]
    medians = [
        np.median(
            np.concatenate(
                [rng.choice(groups[g], len(groups[g])) for g in rng.integers(len(groups), size=len(groups))]
            )
        )
        for _ in range(N_BOOTSTRAP)
    ]
    return float(np.quantile(medians, 0.025)), float(np.quantile(medians, 0.975))


def summary(results: list[Result], group: str, model: str) -> dict[str, object]:
    """Paired medians of one model over one group of meters."""
    chosen = [r for r in results if r.model == model and not r.meter.thin and GROUPS[group](r.meter)]
    datasets = [r.meter.dataset for r in chosen]
    line: dict[str, object] = {
        "group": group,
        "model": model,
        "meters": len(chosen),
        "datasets": len(set(datasets)),
    }
    for metric in ("cvrmse", "pinball", "nmae"):
        ratios = [r.ratio(metric) for r in chosen]
        line[f"{metric}_ratio"] = float(np.median(ratios))
        line[f"{metric}_ratio_low"], line[f"{metric}_ratio_high"] = bootstrap(ratios, datasets)
    # Means over data sets of the medians within: one large estate does not drown the rest.
    per_set = [
        np.median([r.ratio("cvrmse") for r in chosen if r.meter.dataset == d]) for d in sorted(set(datasets))
    ]
    line["cvrmse_ratio_by_dataset"] = float(np.mean(per_set))
    line["wins"] = float(np.mean([r.ratio("cvrmse") < 1.0 for r in chosen]))
    covered = np.array([[r.scores.coverage50, r.scores.coverage80, r.scores.coverage95] for r in chosen])
    line |= dict(zip(("coverage50", "coverage80", "coverage95"), covered.mean(axis=0).tolist(), strict=True))
    line["meters_80_within_70_90"] = float(np.mean((covered[:, 1] >= 0.7) & (covered[:, 1] <= 0.9)))
    line["cvrmse"] = float(np.median([r.scores.cvrmse for r in chosen]))
    line["nmbe"] = float(np.median([r.scores.nmbe for r in chosen]))
    line["missed"] = sum(r.missed for r in chosen)
    return line


def show(lines: list[dict[str, object]]) -> None:
    head = f"{'model':12s} {'meters':>6s} {'CV(RMSE)':>8s} {'of ensemble':>11s} {'95 %':>15s} {'wins':>5s} "
    head += f"{'pinball':>8s} {'95 %':>15s} {'in 50':>6s} {'in 80':>6s} {'in 95':>6s} {'70-90':>6s} {'missed':>6s}"
    group = None
    for v in lines:
        if v["group"] != group:
            group = v["group"]
            print(f"\n{group}\n{head}")
        print(
            f"{v['model']:12s} {v['meters']:6d} {v['cvrmse']:8.3f} {v['cvrmse_ratio']:11.3f} "
            f"[{v['cvrmse_ratio_low']:.3f}, {v['cvrmse_ratio_high']:.3f}] {v['wins']:5.0%} "
            f"{v['pinball_ratio']:8.3f} [{v['pinball_ratio_low']:.3f}, {v['pinball_ratio_high']:.3f}] "
            f"{v['coverage50']:6.1%} {v['coverage80']:6.1%} {v['coverage95']:6.1%} "
            f"{v['meters_80_within_70_90']:6.0%} {v['missed']:6d}"
        )


def write(results: list[Result], lines: list[dict[str, object]], out: Path, seconds: float) -> None:
    """Per-meter CSV, and beside it the medians with the environment as JSON."""
    out.parent.mkdir(parents=True, exist_ok=True)
    names = list(Scores.__dataclass_fields__)
    with out.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["dataset", "meter", "kind", "role", "thin", "model", "lookback_h", "windows", "missed", *names,
             "cvrmse_ratio", "pinball_ratio", "nmae_ratio"]
        )  # fmt: skip
        for r in sorted(results, key=lambda r: (r.meter.kind, r.meter.dataset, r.meter.id, r.model)):
            lookback = LONGER_S.get(r.model, LOOKBACK_S) // HOUR
            numbers = [getattr(r.scores, n) for n in names] + [
                r.ratio(n) for n in ("cvrmse", "pinball", "nmae")
            ]
            head = [r.meter.dataset, r.meter.id, r.meter.kind, r.meter.role, r.meter.thin, r.model]
            cells = [f"{v:.5g}" if isinstance(v, float) else v for v in numbers]
            writer.writerow([*head, lookback, r.windows, r.missed, *cells])
    environment = {
        "command": "python benchmarks/accuracy/kanchay24.py " + " ".join(sys.argv[1:]),
        "python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine(),
        "cores": os.cpu_count(), "seconds": round(seconds, 1),
    }  # fmt: skip
    out.with_suffix(".json").write_text(
        json.dumps({"environment": environment, "medians": lines}, indent=1) + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--models", default="pretrained,ridge,week,day,weekday", help="names or paths of bundles"
    )
    parser.add_argument("--role", default="test", choices=["test", "validation"])
    parser.add_argument("--datasets", help="comma-separated; all by default")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "kanchay24.csv")
    chosen = parser.parse_args()
    data = Path(os.environ.get("KANCHAY_DATA", ROOT.parent / "shared" / "data"))
    shelf = ModelShelf(read_settings())
    models = [shelf.load(name) for name in dict.fromkeys([NAIVE, *chosen.models.split(",")])]
    begun = time.monotonic()
    wanted = chosen.datasets.split(",") if chosen.datasets else None
    meters = load_meters(data.parent / "benchmarks" / "splits.yaml", data, wanted)
    results: list[Result] = []
    for meter in (m for m in meters if m.role == chosen.role):
        results += evaluate(meter, models)
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    lines = [
        summary(results, group, model.name)
        for group in GROUPS
        if any(GROUPS[group](r.meter) and not r.meter.thin for r in results)
        for model in models
    ]
    show(lines)
    write(results, lines, chosen.out, time.monotonic() - begun)


if __name__ == "__main__":
    main()
