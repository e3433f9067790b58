"""How far a meter can be foreseen at all: what all the years of its own past add to one week of it.

    python benchmarks/accuracy/ceiling.py [--model NAME] [--role test] [--datasets A,B]

On each meter with at least 200 known midnights before its scored period, trees learn from all of them what the model gets
wrong there: the model's own answer, 48 named features of the week and the day of the year in, the error out. Nobody
has such a past on the first evening, so these columns are no rival: they tell how much of the remaining error the meter's
own history could explain, and so what a target for one week of history can ask for.

* week: the model, which reads 168 hours and has never seen the meter;
* years: the model and the trees of the meter's own years;
* half: the model and half of what those trees say, which errs less where the years mislead.

CV(RMSE) over that of the seven-day ensemble, by the windows of Kanchay-24. Writes results/ceiling.csv.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from meters import ROOT, headline, read_meters

from kanchay.adapters.datasets import Meter
from kanchay.adapters.models import ModelShelf
from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.analysis.kanchay24 import NAIVE, entrant, score_meter
from kanchay.bundle.boosted import FeaturePlan, hourly_inputs
from kanchay.bundle.clockgrid import ClockGrid
from kanchay.learning.boosted import BOOSTED_FEATURES
from kanchay.learning.boosted_make import midnights
from kanchay.settings import read_settings

LEAST_MIDNIGHTS = 200
YEAR_S = 365.2425 * 86400
CLIP = 5.0  # window scales; a dead meter that wakes must not decide a split
TREES = 150
SETTINGS = {
    "objective": "huber", "alpha": 2.0, "num_leaves": 31, "learning_rate": 0.05, "min_data_in_leaf": 300,
    "feature_fraction": 0.5, "bagging_fraction": 0.5, "bagging_freq": 1, "lambda_l2": 5.0,
    "seed": 1, "deterministic": True, "force_col_wise": True, "num_threads": 1, "verbose": -1,
}  # fmt: skip
PLAN = FeaturePlan(BOOSTED_FEATURES, {})


@dataclass(frozen=True)
class Corrected:
    """A forecaster, moved by a share of what the trees of the meter's own years say."""

    forecaster: Forecaster
    trees: Any
    share: float
    name: str

    @property
    def lookback_s(self) -> int:
        return self.forecaster.lookback_s

    def predict(self, windows: Windows) -> Prediction:
        said = self.forecaster.predict(windows)
        columns, scale = features(windows, said)
        off = self.share * scale * self.trees.predict(columns).reshape(said.mean.shape)
        return Prediction(said.mean + off, said.quantiles + off[:, :, None])


def features(windows: Windows, said: Prediction) -> tuple[np.ndarray, np.ndarray]:
    """What the trees read of each hour (n * 24, 50), and the scale of each window (n, 1)."""
    made = PLAN.rows(hourly_inputs(ClockGrid.of(windows).context(windows.load), windows, 1))
    own = ((said.mean - made.base) / made.scale).ravel()
    season = np.repeat(windows.issued_at % YEAR_S, said.mean.shape[1])
    return np.column_stack([made.rows, own, season]), made.scale


def own_trees(meter: Meter, model: Forecaster) -> Any:
    """Trees over the meter's own past, or None where it is too short."""
    import lightgbm

    past = replace(meter, values=meter.values[: meter.n_history], split_at=meter.start)
    windows, actual = midnights(past)
    if len(windows) < LEAST_MIDNIGHTS:
        return None
    said = model.predict(windows)
    columns, scale = features(windows, said)
    error = ((actual - said.mean) / scale).ravel()
    known = np.isfinite(error)
    data = lightgbm.Dataset(columns[known], label=np.clip(error[known], -CLIP, CLIP))
    return lightgbm.train(SETTINGS, data, num_boost_round=TREES)


def ratios(meter: Meter, model: Forecaster, trees: Any) -> dict[str, float]:
    """CV(RMSE) of each column over that of the ensemble; without years of its own, all are the week's."""
    entrants = [entrant(model, name="week")]
    if trees is not None:
        ways = (("years", 1.0), ("half", 0.5))
        entrants += [
            entrant(Corrected(model, trees, share, name), name=name, column="zero-shot")
            for name, share in ways
        ]
    place = {"tz": meter.tz, "country": meter.country, "subdivision": meter.subdivision}
    scores = score_meter(meter.values, meter.start, meter.split_at, entrants, **place)
    naive = scores[NAIVE].whole.cvrmse
    found = {name: scores[name].whole.cvrmse / naive for name in ("week", "years", "half") if name in scores}
    return {"years": found["week"], "half": found["week"], **found}


def tell(rows: list[tuple[Meter, dict[str, float]]], with_years: set[str]) -> None:
    kinds: dict[str, Callable[[Meter], bool]] = {
        "buildings": lambda m: m.kind == "commercial",
        "homes": lambda m: m.kind == "residential",
        "of them with years of their own": lambda m: m.id in with_years,
    }
    print(f"{'':34s}{'meters':>7s}" + "".join(f"{name:>18s}" for name in ("week", "years", "half")))
    for label, inside in kinds.items():
        own = [found for meter, found in rows if inside(meter)]
        if own:
            columns = [[found[name] for found in own] for name in ("week", "years", "half")]
            told = "".join(f"{np.median(c):9.3f} / {np.mean(c):.3f}" for c in columns)
            print(f"{label:34s}{len(own):7d}{told}")
    print("median / mean over meters of CV(RMSE) over the seven-day ensemble")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="pretrained")
    parser.add_argument("--role", default="test")
    parser.add_argument("--datasets", default="")
    chosen = parser.parse_args()
    model = ModelShelf(read_settings()).load(chosen.model)
    wanted = chosen.datasets.split(",") if chosen.datasets else None
    rows, with_years = [], set()
    for meter in (m for m in read_meters(wanted) if m.role == chosen.role and headline(m)):
        trees = own_trees(meter, model)
        if trees is not None:
            with_years.add(meter.id)
        rows.append((meter, ratios(meter, model, trees)))
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    tell(rows, with_years)
    with (ROOT / "benchmarks" / "results" / "ceiling.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["dataset", "meter", "kind", "years_known", "week", "years", "half"])
        for meter, found in rows:
            head = [meter.dataset, meter.id, meter.kind, meter.id in with_years]
            out.writerow([*head, *(f"{found[name]:.4f}" for name in ("week", "years", "half"))])


if __name__ == "__main__":
    main()
