"""The pooled rival: gradient-boosted trees (LightGBM) fitted once on all training meters, as an analyst would.

What is learned is how far an hour departs from the mean of the same hours of days of its kind, by the window's own
scale. One model of the mean, one of each quantile; the widths are then set right on meters that were held out. The
loss of each meter is divided by the loss its plain mean makes, so that no meter drowns another, and homes weigh as much
as buildings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.datasets import Meter
from kanchay.analysis.backtest import clock_times
from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.analysis.forecast.spread import non_negative
from kanchay.analysis.forecast.windows import MIN_KNOWN_S, actuals, known_seconds, make_windows
from kanchay.domain.errors import MissingExtra
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray
from kanchay.learning.rivals.features import NAMES, describe

__all__ = ["PooledRecipe", "PooledRival", "fit_pooled", "load_pooled", "save_pooled"]

Float32 = NDArray[np.float32]
_CLIP: Final = 15.0  # scales: a meter fault in a training target must not steer the mean
_MEAN: Final = "mean"


@dataclass(frozen=True, slots=True)
class PooledRecipe:
    """Numbers chosen on the validation meters of the splits; `version` names files in the cache."""

    version: int = 1
    windows_per_building: int = 1500
    home_every_s: int = 3 * HOUR  # homes are few: more windows of each, also away from midnight
    windows_per_home: int = 3000
    rounds: int = 300
    quantile_rows: int = 250_000  # nine models: a random part of the hours each
    quantile_rounds: int = 120
    learning_rate: float = 0.08
    leaves: int = 63
    quantile_leaves: int = 31
    least_rows: int = 200
    share_of_homes: float = 0.5
    seed: int = 24


@dataclass(frozen=True, slots=True)
class PooledRival:
    """Boosters by name (``mean`` and the levels), factors of the widths by level, and the meters they learned from."""

    boosters: dict[str, Any]
    widths: FloatArray
    meters: tuple[str, ...]
    name: str = "lightgbm"
    lookback_s: int = 7 * DAY

    def predict(self, windows: Windows) -> Prediction:
        """Forecast every hourly window; the ensemble answers where less than a day is known."""
        fallback = EnsembleNaive().predict(windows)
        told = describe(windows)
        shape = told.base.shape
        rows = told.x.reshape(-1, told.x.shape[-1])
        of = {name: b.predict(rows, num_threads=1).reshape(shape) for name, b in self.boosters.items()}
        unit = told.scale[:, None]
        mean = told.base + of[_MEAN] * unit
        raw = np.stack([of[_key(level)] for level in LEVELS], axis=-1)
        quantiles = told.base[..., None] + widened(raw, self.widths) * unit[..., None]
        enough = (known_seconds(windows) >= MIN_KNOWN_S)[:, None]
        mean = np.where(enough, non_negative(windows.load, mean), fallback.mean)
        quantiles = non_negative(windows.load, quantiles)
        return Prediction(mean, np.where(enough[..., None], quantiles, fallback.quantiles))


def widened(raw: FloatArray, widths: FloatArray) -> FloatArray:
    """Quantiles with their distances from the median multiplied by level, sorted so that none cross."""
    middle = raw[..., LEVELS.index(0.5)][..., None]
    answer: FloatArray = np.sort(middle + (np.sort(raw, axis=-1) - middle) * widths, axis=-1)
    return answer


def _key(level: float) -> str:
    return f"q{level:g}"


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Training rows: features, departure from the base in scales, weight."""

    x: Float32
    y: FloatArray
    weight: FloatArray


def fit_pooled(
    training: Sequence[Meter],
    held_out: Sequence[Meter],
    recipe: PooledRecipe | None = None,
    *,
    progress: Callable[[str], None] = lambda text: None,
) -> PooledRival:
    """Fit on the hours of `training` before each meter's test period; widths from `held_out` (its test periods)."""
    use = recipe or PooledRecipe()
    rows = _rows(training, use)
    progress(f"{len(rows.y)} hours of {len(training)} meters")
    boosters = {_MEAN: _boost(rows, use, use.rounds, objective="regression", num_leaves=use.leaves)}
    progress(_MEAN)
    part = _part(rows, use)
    for level in LEVELS:
        name = _key(level)
        boosters[name] = _boost(
            part, use, use.quantile_rounds, objective="quantile", alpha=level, num_leaves=use.quantile_leaves
        )
        progress(name)
    meters = tuple(sorted(f"{m.dataset}/{m.id}" for m in training))
    rival = PooledRival(boosters, np.ones(len(LEVELS)), meters)
    return PooledRival(boosters, _widths(rival, held_out), meters)


def _boost(rows: _Rows, recipe: PooledRecipe, rounds: int, **objective: Any) -> Any:
    lightgbm = _lightgbm()
    data = lightgbm.Dataset(
        rows.x, rows.y, weight=rows.weight, feature_name=list(NAMES), params={"max_bin": 127}
    )
    return lightgbm.train({**_parameters(recipe), **objective}, data, num_boost_round=rounds)


def _part(rows: _Rows, recipe: PooledRecipe) -> _Rows:
    """A random part of the rows."""
    if len(rows.y) <= recipe.quantile_rows:
        return rows
    chosen = np.random.default_rng(recipe.seed).choice(len(rows.y), recipe.quantile_rows, replace=False)
    return _Rows(rows.x[chosen], rows.y[chosen], rows.weight[chosen])


def _parameters(recipe: PooledRecipe) -> dict[str, Any]:
    return {
        "learning_rate": recipe.learning_rate,
        "min_data_in_leaf": recipe.least_rows,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.5,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "max_bin": 127,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "seed": recipe.seed,
        "verbose": -1,
    }


def _rows(meters: Sequence[Meter], recipe: PooledRecipe) -> _Rows:
    rng = np.random.default_rng(recipe.seed)
    parts = [(_meter_rows(m, recipe, rng), m.kind == "residential") for m in meters]
    parts = [(rows, home) for rows, home in parts if len(rows.y)]
    homes = max(sum(home for _, home in parts), 1)
    buildings = max(len(parts) - sum(home for _, home in parts), 1)
    share = [
        recipe.share_of_homes / homes if home else (1 - recipe.share_of_homes) / buildings
        for _, home in parts
    ]
    weight = np.concatenate([s * rows.weight for s, (rows, _) in zip(share, parts, strict=True)])
    return _Rows(
        np.concatenate([rows.x for rows, _ in parts]),
        np.concatenate([rows.y for rows, _ in parts]),
        weight / weight.mean(),
    )


def _meter_rows(meter: Meter, recipe: PooledRecipe, rng: np.random.Generator) -> _Rows:
    """Rows of one meter, only of hours before its test period; their weights make its plain mean lose 1 in all."""
    home = meter.kind == "residential"
    windows, actual = training_windows(meter, every_s=recipe.home_every_s if home else DAY)
    most = recipe.windows_per_home if home else recipe.windows_per_building
    if len(windows) > most:
        windows, actual = _pick(windows, actual, np.sort(rng.choice(len(windows), most, replace=False)))
    told = describe(windows)
    known = ~np.isnan(actual)
    y = np.clip(((actual - told.base) / told.scale[:, None])[known], -_CLIP, _CLIP)
    # Errors count in kWh in the end: a window of large scale weighs more, within bounds.
    size = (
        np.clip((told.scale / max(float(told.scale.mean()), 1e-12)) ** 2, 1 / 8, 8)
        if len(windows)
        else told.scale
    )
    weight = np.broadcast_to(size[:, None], actual.shape)[known]
    loss = float(np.sum(weight * y**2))
    return _Rows(told.x[known], y, weight / loss if loss > 0 else np.zeros_like(weight))


def training_windows(meter: Meter, *, every_s: int = DAY) -> tuple[Windows, FloatArray]:
    """Windows whose context and target end before the meter's test period, and what came true."""
    panel = Panel.of(
        (meter.id,), meter.values[: meter.n_history][None], start=meter.start, resolution_s=HOUR, tz=meter.tz
    )
    return _cut(
        meter, panel, clock_times(panel.start + 7 * DAY, panel.end - DAY + 1, meter.tz, every_s=every_s)
    )


def _test_windows(meter: Meter) -> tuple[Windows, FloatArray]:
    panel = Panel.of((meter.id,), meter.values[None], start=meter.start, resolution_s=HOUR, tz=meter.tz)
    return _cut(meter, panel, clock_times(meter.split_at, panel.end - DAY + 1, meter.tz))


def _cut(meter: Meter, panel: Panel, issued: NDArray[np.int64]) -> tuple[Windows, FloatArray]:
    windows = make_windows(
        panel,
        meter.id,
        issued,
        lookback_s=7 * DAY,
        horizon_s=DAY,
        country=meter.country,
        subdivision=meter.subdivision,
    )
    actual = actuals(panel, meter.id, windows)
    good = (known_seconds(windows) >= MIN_KNOWN_S) & ~np.isnan(actual).all(axis=1)
    return _pick(windows, actual, np.flatnonzero(good))


def _pick(windows: Windows, actual: FloatArray, rows: NDArray[np.int64]) -> tuple[Windows, FloatArray]:
    return windows.rows(rows), actual[rows]


def _widths(rival: PooledRival, held_out: Sequence[Meter]) -> FloatArray:
    """Factor of each level's distance from the median that gives the level its share, mean over held-out meters."""
    cut = [_test_windows(m) for m in held_out]
    cut = [(windows, actual) for windows, actual in cut if len(windows)]
    widths = np.ones(len(LEVELS))
    if not cut:
        return widths
    answers = [(rival.predict(windows).quantiles, actual) for windows, actual in cut]
    middle = LEVELS.index(0.5)
    for i, level in enumerate(LEVELS):
        if i != middle:
            widths[i] = _factor(answers, i, middle, level)
    return widths


def _factor(answers: Sequence[tuple[FloatArray, FloatArray]], i: int, middle: int, level: float) -> float:
    tries = np.linspace(0.6, 1.8, 61)
    covered = []
    for factor in tries:
        below = []
        for quantiles, actual in answers:
            bound = quantiles[..., middle] + factor * (quantiles[..., i] - quantiles[..., middle])
            known = ~np.isnan(actual)
            below.append(float((actual <= bound)[known].mean()))
        covered.append(float(np.mean(below)))
    return float(tries[int(np.abs(np.asarray(covered) - level).argmin())])


def save_pooled(rival: PooledRival, folder: Path) -> None:
    """Boosters as LightGBM's own text and a small JSON: no pickle."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, booster in rival.boosters.items():
        (folder / f"{name}.txt").write_text(booster.model_to_string(), "utf-8")
    about = {"widths": rival.widths.tolist(), "meters": list(rival.meters), "names": list(rival.boosters)}
    (folder / "rival.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8")


def load_pooled(folder: Path) -> PooledRival:
    """What `save_pooled` wrote."""
    lightgbm = _lightgbm()
    about = json.loads((folder / "rival.json").read_text("utf-8"))
    boosters = {
        name: lightgbm.Booster(model_str=(folder / f"{name}.txt").read_text("utf-8"))
        for name in about["names"]
    }
    return PooledRival(boosters, np.asarray(about["widths"]), tuple(about["meters"]))


def _lightgbm() -> Any:
    try:
        import lightgbm
    except ImportError as error:
        raise MissingExtra("train", "lightgbm") from error
    return lightgbm
