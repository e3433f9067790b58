"""The boosted model: LightGBM on named features of the hours of many meters, one model for all of them.

Each row is one hour to come of one window; the target is its distance from the mean of like days, in the window's
own scale. The mean and nine quantiles are ten models over the same rows. Nothing is fitted on the meter that is
forecast.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import compress
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.datasets import Meter
from kanchay.analysis.features.inputs import FeatureInputs
from kanchay.analysis.features.registry import parse_name
from kanchay.analysis.features.scaling import Scaler, fit_scalers
from kanchay.analysis.features.table import FeatureTable, build_features
from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.spread import nan_mean
from kanchay.bundle.boosted import FeaturePlan, hourly_inputs
from kanchay.bundle.clockgrid import ClockGrid
from kanchay.domain.errors import MissingExtra, NotEnoughData
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import HOUR, IntArray, wall_clock
from kanchay.domain.reading import FloatArray
from kanchay.learning.pca import fit_pca

__all__ = ["BOOSTED_FEATURES", "BoostedOptions", "Drawn", "Fitted", "draw_windows", "fit_boosted"]

log = logging.getLogger("kanchay.learning")

LOOKBACK: Final = 168
LEAST_TARGETS: Final = 12  # known hours of a target day
LEAST_KNOWN: Final = 24  # known hours of a history
WEEK: Final = 168
MIXABLE: Final = 0.9  # known share of a stretch that may be added to another
MIXED_AT_ONCE: Final = 20  # windows that the same other meter is added to
MAX_BINS: Final = 127  # of each column
CLIP: Final = 20.0  # scales; a dead meter that wakes must not decide a split

BOOSTED_FEATURES: Final = (
    "hour_of_day", "day_of_week", "season", "holiday", "free_day", "year_sin", "year_cos", "lead_days",
    "relative_lagged_energy", *(f"relative_lagged_energy_{k}" for k in range(2, 8)),
    "relative_same_weekday_energy", "relative_same_hour_energy", "relative_same_hour_before",
    "relative_same_hour_after", "relative_same_hour_spread", "relative_same_hour_low", "relative_same_hour_high",
    "relative_same_kind_energy", "relative_same_kind_latest", "same_kind_days", "relative_kind_contrast",
    "relative_rolling_avg_energy", "relative_rolling_avg_energy_3h", "relative_latest_day_shift",
    "relative_latest_hours_shift", "relative_last_energy", "relative_window_low", "relative_window_high",
    "relative_day_shape", *(f"relative_day_energy_{k}" for k in range(1, 8)),
    "variability", "known_share", "zero_share",
    "holiday_before", "holiday_after", "free_day_before", "free_day_after",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BoostedOptions:
    """Everything that decides the trees, besides the data.

    Of each meter at most `windows` are read with one day ahead, `far_share` times as many with seven: of a building
    those issued at local midnight, of a home, of which there are few, every `home_every_h` hours; the share `any_hour`
    is moved to an hour of its own. `gaps` and `short_history` are the shares that lose hours, `mixed` the share that
    another meter of the kind is added to. A meter whose plain mean errs by e weighs e ** -`even`, and all homes
    together `share_of_homes`. Errors of the mean beyond `huber` window scales count by their size, not its square. The
    nine quantiles have trees of their own, fitted to `quantile_rows` random rows. The values were chosen on validation
    meters.
    """

    features: tuple[str, ...] = BOOSTED_FEATURES
    seed: int = 7
    windows: int = 2000
    home_every_h: int = 3
    any_hour: float = 0.15
    far_share: float = 0.03
    gaps: float = 0.15
    short_history: float = 0.06
    mixed: float = 0.25
    share_of_homes: float = 0.5
    even: float = 1.0
    huber: float = 2.0
    trees: int = 300
    quantile_trees: int = 120
    quantile_rows: int = 300_000
    leaves: int = 63
    quantile_leaves: int = 31
    learning_rate: float = 0.08
    least_rows: int = 200
    column_share: float = 0.5
    row_share: float = 0.5
    smoothing: float = 5.0
    threads: int = 1
    pca: int = 0
    simulated_homes: int = 0
    simulated_offices: int = 0
    left_out: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "features": list(self.features), "left_out": list(self.left_out)}


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Windows of one meter by the clock, and what came true: shape (n_windows, horizon), NaN where unknown."""

    inputs: FeatureInputs
    actual: FloatArray
    meter: str = ""
    home: bool = False


@dataclass(slots=True)
class Fitted:
    """Ten boosters (mean, then the levels) over one plan of features."""

    plan: FeaturePlan
    boosters: list[Any]
    rows: int
    seconds: float


def draw_windows(meters: Sequence[Meter], options: BoostedOptions) -> list[Drawn]:
    """Windows of the hours before each meter's `split_at`."""
    rng = np.random.default_rng(options.seed)
    drawn = []
    alike = {k: [m for m in meters if m.kind == k] if options.mixed else [] for k in {m.kind for m in meters}}
    for days, most in ((1, options.windows), (7, int(options.windows * options.far_share))):
        for meter in meters:
            at = _issued(meter, days, most, options, rng)
            for low in range(0, len(at), MIXED_AT_ONCE):
                part = at[low : low + MIXED_AT_ONCE]
                one = _draw(meter, part, days, options, rng=rng, others=alike[meter.kind])
                if one is not None:
                    drawn.append(one)
    if not drawn:
        raise NotEnoughData("No training meter has a known hour before its test period.")
    return drawn


def _issued(
    meter: Meter, days: int, most: int, options: BoostedOptions, rng: np.random.Generator
) -> IntArray:
    """The hours, counted from the meter's first, at which its windows are issued: a random part where there are more."""
    last = meter.n_history - 24 * days
    hour = wall_clock(meter.starts[: max(last + 1, 0)], meter.tz) // HOUR
    step = options.home_every_h if _is_home(meter) else 24
    at = np.flatnonzero(hour % step == 0)
    at = at[at >= LOOKBACK]
    if len(at) > most:
        at = np.sort(rng.choice(at, most, replace=False))
    moved = at + rng.integers(0, 24, len(at)) * (rng.random(len(at)) < options.any_hour)
    issued: IntArray = np.where(moved <= last, moved, at)
    return issued


def _is_home(meter: Meter) -> bool:
    return meter.kind == "residential"


def _draw(
    meter: Meter,
    at: IntArray,
    days: int,
    options: BoostedOptions,
    *,
    rng: np.random.Generator,
    others: Sequence[Meter],
) -> Drawn | None:
    """The windows issued there; those with too few known hours or a change of the clock ahead are left out."""
    ahead, values = 24 * days, meter.values
    whole = values[at[:, None] + np.arange(-LOOKBACK, ahead)]
    first = meter.starts[at]
    if others:
        whole = _mix(whole, first, meter, others[int(rng.integers(len(others)))], options=options, rng=rng)
    load, actual = whole[:, :LOOKBACK], whole[:, LOOKBACK:]
    same = wall_clock(first + HOUR * ahead, meter.tz) - wall_clock(first, meter.tz) == HOUR * ahead
    good = same & (np.isfinite(actual).sum(axis=1) >= LEAST_TARGETS * days)
    load = _hide(load, options, rng)
    good &= np.isfinite(load).sum(axis=1) >= LEAST_KNOWN
    if not good.any():
        return None
    windows = Windows(load[good], first[good], HOUR, ahead, meter.tz, meter.country, meter.subdivision)
    inputs = hourly_inputs(ClockGrid.of(windows).context(windows.load), windows, days)
    return Drawn(inputs, actual[good], f"{meter.dataset}/{meter.id}", _is_home(meter))


def _mix(
    whole: FloatArray,
    first: IntArray,
    meter: Meter,
    other: Meter,
    *,
    options: BoostedOptions,
    rng: np.random.Generator,
) -> FloatArray:
    """Add another meter at the same hour of the week, in a random proportion: a meter that was never there."""
    n, length = whole.shape
    room = other.n_history - length
    if room <= WEEK:
        return whole
    place = LOOKBACK + rng.integers(0, room - WEEK, n)
    clocks = wall_clock(other.starts[place], other.tz), wall_clock(first, meter.tz)
    place = place + (clocks[1] - clocks[0]) // HOUR % WEEK
    added = other.values[place[:, None] + np.arange(-LOOKBACK, length - LOOKBACK)]
    size = [nan_mean(np.abs(part[:, :LOOKBACK])) for part in (whole, added)]
    share = rng.uniform(0.15, 1.0, n) * size[0] / np.maximum(size[1], 1e-9)
    use = (rng.random(n) < options.mixed) & (np.isfinite(added).mean(axis=1) > MIXABLE) & (size[1] > 0)
    return np.where(use[:, None], whole + share[:, None] * added, whole)


def _hide(load: FloatArray, options: BoostedOptions, rng: np.random.Generator) -> FloatArray:
    """Take a run of hours out of some windows, and all but the last days out of a few."""
    n = len(load)
    hour = np.arange(LOOKBACK)
    begin, length = rng.integers(0, LOOKBACK, (n, 1)), rng.integers(1, 49, (n, 1))
    gap = (rng.random((n, 1)) < options.gaps) & (hour >= begin) & (hour < begin + length)
    keep = rng.integers(24, LOOKBACK, (n, 1))
    short = (rng.random((n, 1)) < options.short_history) & (hour < LOOKBACK - keep)
    return np.where(gap | short, np.nan, load)


def fit_boosted(drawn: Sequence[Drawn], options: BoostedOptions) -> Fitted:
    """Fit the trees to windows; scalers (and components) come from these windows alone."""
    begun = time.monotonic()
    plan = make_plan(drawn, options)
    rows = _rows(drawn, plan, options)
    lgb = _lightgbm()
    data = lgb.Dataset(
        rows.columns,
        label=rows.targets,
        weight=rows.weights,
        feature_name=list(plan.columns),
        free_raw_data=False,
        params={"feature_pre_filter": False, "max_bin": MAX_BINS},
    )
    part, n = data, len(rows.targets)
    if n > options.quantile_rows:
        rng = np.random.default_rng(options.seed)
        part = data.subset(np.sort(rng.choice(n, options.quantile_rows, replace=False)))
    boosters = [_boost(lgb, data, options, None), *(_boost(lgb, part, options, level) for level in LEVELS)]
    seconds = time.monotonic() - begun
    log.info("boosted: %d rows, %d columns, %.0f s", *rows.columns.shape, seconds)
    return Fitted(plan, boosters, len(rows.targets), seconds)


def make_plan(drawn: Sequence[Drawn], options: BoostedOptions) -> FeaturePlan:
    """Columns with the scalers of the plain features they come from.

    A feature that no window knows (holidays, where no meter has a country) is left out: it could teach nothing.
    """
    wanted = sorted({parse_name(name)[1].name for name in options.features})
    tables = [build_features(wanted, one.inputs, missing="nan") for one in drawn]
    rows = np.concatenate([t.rows for t in tables])
    known = np.isfinite(rows).any(axis=0)
    if unknown := list(compress(wanted, ~known)):
        log.warning("boosted: no window knows %s; left out", ", ".join(unknown))
    plain, rows = tuple(compress(wanted, known)), rows[:, known]
    table = FeatureTable(plain, rows[None], tuple(compress(tables[0].units, known)))
    scalers: dict[str, Scaler] = fit_scalers(table)
    names = tuple(name for name in options.features if parse_name(name)[1].name in scalers)
    if not options.pca:
        return FeaturePlan(names, scalers)
    standard = np.stack([scalers[name].standardize(rows[:, i]) for i, name in enumerate(plain)], axis=1)
    return FeaturePlan(names, scalers, fit_pca(standard, plain, options.pca, seed=options.seed))


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Columns (n, k), targets (n,) and weights (n,) of every known hour."""

    columns: NDArray[np.float32]
    targets: FloatArray
    weights: FloatArray


def _rows(drawn: Sequence[Drawn], plan: FeaturePlan, options: BoostedOptions) -> _Rows:
    columns, targets, meters, homes = [], [], [], []
    for one in drawn:
        made = plan.rows(one.inputs)
        target = ((one.actual - made.base) / made.scale).ravel()
        known = np.isfinite(target)
        columns.append(made.rows[known])
        targets.append(np.clip(target[known], -CLIP, CLIP))
        meters.append(np.full(known.sum(), one.meter, dtype=object))
        homes.append(np.full(known.sum(), one.home))
    truth, home = np.concatenate(targets), np.concatenate(homes)
    weight = _weights(truth, np.concatenate(meters), options.even)
    return _Rows(np.concatenate(columns), truth, _shared(weight, home, options.share_of_homes))


def _shared(weight: FloatArray, home: NDArray[np.bool_], share: float) -> FloatArray:
    """Weights of mean 1, of which all homes together have that share."""
    if home.all() or not home.any():
        return weight
    parts = np.where(home, share / weight[home].sum(), (1.0 - share) / weight[~home].sum())
    shared: FloatArray = weight * parts * len(weight)
    return shared


def _weights(target: FloatArray, meter: NDArray[Any], even: float) -> FloatArray:
    """A meter that is hard to foresee must not drown the others: its weight falls with the error of its plain mean."""
    names, place = np.unique(meter.astype(str), return_inverse=True)
    count = np.bincount(place, minlength=len(names))
    error = np.bincount(place, np.abs(target), len(names)) / np.maximum(count, 1)
    weight: FloatArray = (1.0 / np.maximum(error, 0.02) ** even)[place]
    even_weight: FloatArray = weight / weight.mean()
    return even_weight


def _boost(lgb: Any, data: Any, options: BoostedOptions, level: float | None) -> Any:
    """One booster: the mean, or a quantile."""
    # Huber's loss: a fault in a target must not steer the mean.
    goal = (
        {"objective": "huber", "alpha": options.huber}
        if level is None
        else {"objective": "quantile", "alpha": level}
    )
    params = {
        **goal,
        "num_leaves": options.leaves if level is None else options.quantile_leaves,
        "learning_rate": options.learning_rate,
        "min_data_in_leaf": options.least_rows,
        "feature_fraction": options.column_share,
        "bagging_fraction": options.row_share,
        "bagging_freq": 1,
        "lambda_l2": options.smoothing,
        "seed": options.seed,
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": options.threads,
        "verbose": -1,
        "feature_pre_filter": False,
        "max_bin": MAX_BINS,
    }
    rounds = options.trees if level is None else options.quantile_trees
    return lgb.train(params, data, num_boost_round=rounds)


def _lightgbm() -> Any:
    try:
        import lightgbm
    except ImportError as error:
        raise MissingExtra("train", "lightgbm") from error
    return lightgbm
