"""What holding the network to its week gains (analysis/forecast/grounded.py), and where its numbers come from.

    python benchmarks/accuracy/grounded.py --folds var/folds          with and without, on training and validation meters
    python benchmarks/accuracy/grounded.py --folds var/folds --fit    the numbers of grounded.py and weekshape.py

Forecasts of 24 hours are issued at 0, 6, 12 and 18 o'clock over the scored span of every meter that is not a test
meter. As in `adapted.py`, homes whose scored span the network was trained on are forecast by the network that was
trained without their data set (`--folds`), or left out. Test meters: `kanchay24.py`, which scores the model as the
product asks it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from adapted import bases, scored_from, seen
from meters import headline, panel_of, read_meters

from kanchay.adapters.datasets import Meter
from kanchay.adapters.models import ModelShelf
from kanchay.analysis.backtest import clock_times
from kanchay.analysis.forecast import weekshape
from kanchay.analysis.forecast.grounded import GroundedForecaster, still
from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.analysis.forecast.weekshape import settled, week_of
from kanchay.analysis.forecast.windows import MIN_KNOWN_S, actuals, known_seconds, make_windows
from kanchay.analysis.metrics import pinball
from kanchay.domain.interval import DAY, HOUR
from kanchay.settings import read_settings

ISSUED = (0, 6, 12, 18)  # o'clock
SHARES = np.arange(0.0, 1.01, 0.1)


@dataclass(frozen=True)
class Asked:
    """Forecasts of one meter by the network alone and by the network held to its week; energies in kWh."""

    meter: Meter
    windows: Windows
    actual: np.ndarray
    alone: Prediction
    held: Prediction

    @property
    def unit(self) -> float:
        """Root mean square error of the seven-day ensemble. [kWh]"""
        naive = EnsembleNaive().predict(self.windows).mean
        return float(np.sqrt(np.nanmean((self.actual - naive) ** 2)))


def asked(meter: Meter, forecaster: Forecaster) -> Asked:
    """Every issue of the scored span of a meter; of a building every third day."""
    base = forecaster.base if isinstance(forecaster, GroundedForecaster) else forecaster
    panel = panel_of(meter)
    days = clock_times(scored_from(meter), meter.end, meter.tz)[:: 1 if meter.kind == "residential" else 3]
    issued = np.sort((np.asarray(days)[:, None] + HOUR * np.asarray(ISSUED)).ravel())
    windows = make_windows(
        panel, meter.id, issued, lookback_s=7 * DAY, horizon_s=DAY, country=meter.country, subdivision=meter.subdivision
    )  # fmt: skip
    actual = actuals(panel, meter.id, windows)
    scored = (known_seconds(windows) >= MIN_KNOWN_S) & ~np.isnan(actual).any(axis=1)
    windows = replace(windows, load=windows.load[scored], issued_at=windows.issued_at[scored])
    return Asked(
        meter,
        windows,
        actual[scored],
        base.predict(windows),
        GroundedForecaster(base).predict(windows),
    )


def gain(one: Asked) -> tuple[float, float]:
    """Error (RMSE) and pinball loss of the held network over those of the network alone."""
    off = [np.sqrt(np.mean((one.actual - p.mean) ** 2)) for p in (one.held, one.alone)]
    loss = [loss_of(one.actual, p.quantiles) for p in (one.held, one.alone)]
    return float(off[0] / off[1]), loss[0] / loss[1]


def loss_of(actual: np.ndarray, quantiles: np.ndarray) -> float:
    return float(pinball(actual.ravel(), quantiles.reshape(-1, quantiles.shape[-1])))


def show(everyone: list[Asked]) -> None:
    """The gain by kind of meter, and on the windows in which a place has settled."""
    print(f"{'':12s} {'meters':>6s} {'error':>8s} {'worst':>8s} {'pinball':>8s} {'worst':>8s}")
    for kind in ("residential", "commercial"):
        table = np.array([gain(a) for a in everyone if a.meter.kind == kind])
        middle, worst = np.exp(np.log(table).mean(axis=0)), table.max(axis=0)
        print(f"{kind:12s} {len(table):6d} {middle[0]:8.4f} {worst[0]:8.4f} {middle[1]:8.4f} {worst[1]:8.4f}")


def linger(everyone: list[Asked], fade_h: float) -> tuple[float, float]:
    """Share of the last hour's departure that lingers, by regression over meters; and what it takes off their error."""
    moments, weights = [], []
    for one in everyone:
        shape = week_of(one.windows)
        departure = np.nan_to_num(shape.last[:, -1] - one.alone.mean[:, 0]) * shape.noise
        move = departure[:, None] * np.exp(-np.arange(24) / fade_h) / one.unit
        error = (one.actual - one.alone.mean) / one.unit
        moments.append(((move**2).mean(), (move * error).mean(), (error**2).mean()))
        weights.append(1.0 / sum(o.meter.kind == one.meter.kind for o in everyone))
    square, cross, whole = np.array(moments).T
    share = float(np.average(cross, weights=weights) / np.average(square, weights=weights))
    left = 0.5 * np.log((whole - 2 * share * cross + share**2 * square) / whole)
    return share, float(np.average(left, weights=weights))


def stays(everyone: list[Asked], length: int) -> Iterator[tuple[str, np.ndarray]]:
    """Pinball loss over shares given to the days since, by how alike they are, relative to that of the network."""
    found: dict[str, list[np.ndarray]] = {}
    for one in everyone:
        weight, level, spread = only(one.windows, length)
        for low, high in ((0.6, 1.01), (0.2, 0.6), (0.05, 0.2)):
            rows = np.flatnonzero((weight > low) & (weight <= high))
            for row in rows:
                found.setdefault(f"{low:.2f}-{min(high, 1.0):.2f}", []).append(
                    losses(one, row, (level[row], spread[row]))
                )
    for name, table in sorted(found.items(), reverse=True):
        yield f"{name} n={len(table):4d}", np.mean(table, axis=0)


def only(windows: Windows, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How alike the last `length` days are: what `settled` gives for them where they surely stay."""
    kept = weekshape.STAYS
    weekshape.STAYS = {length: 1.0}
    try:
        return settled(windows, week_of(windows))
    finally:
        weekshape.STAYS = kept


def losses(one: Asked, row: int, told: tuple[np.ndarray, float]) -> np.ndarray:
    """Pinball loss of the mixture for every share, over the mean load of the week."""
    from kanchay.analysis.forecast.hypotheses import mixed
    from kanchay.analysis.forecast.spread import NORMAL_LEVELS

    hours = np.arange(24)
    bands = (told[0][hours][:, None] + told[1] * NORMAL_LEVELS)[None]
    own, size = one.alone.quantiles[row][None], float(np.nanmean(np.abs(one.windows.load[row]))) or 1.0
    made = [mixed(own, bands, np.array([share])) for share in SHARES]
    return np.array([loss_of(one.actual[row], m[0]) for m in made]) / size


def fit(everyone: list[Asked]) -> None:
    """Print what the numbers rest on."""
    print("share of the last hour that lingers, and what it takes off the log of the error")
    for fade_h in (0.7, 1.2, 2.0):
        print(
            f"  fading in {fade_h} h: {linger(everyone, fade_h)[0]:.3f}  {linger(everyone, fade_h)[1]:+.5f}"
        )
    print(f"pinball loss by the share given to the days since: {SHARES.round(1).tolist()}")
    for length in weekshape.STAYS:
        for name, line in stays(everyone, length):
            print(
                f"  {length} days, alike {name}: best {SHARES[line.argmin()]:.1f}  {line.round(4).tolist()}"
            )
    print("error by the share given to a week's own mean, by its coefficient of variation")
    for low, high in ((0.01, 0.02), (0.02, 0.04), (0.04, 0.07), (0.07, 0.1)):
        rows = [quiet(a, low, high) for a in everyone]
        table = np.concatenate([r for r in rows if len(r)])
        mean = table.mean(axis=0)
        print(f"  {low}-{high} n={len(table):5d}: best {SHARES[mean.argmin()]:.1f}  {mean.round(4).tolist()}")


def quiet(one: Asked, low: float, high: float) -> np.ndarray:
    """Mean absolute error over the mean for every share, one row a window of so little variation."""
    shape = week_of(one.windows)
    rows = np.flatnonzero((shape.variation >= low) & (shape.variation < high))
    level, own = still(shape)[1][rows], one.alone.mean[rows]
    off = [np.abs(one.actual[rows] - own - s * (level - own)).mean(axis=1) / shape.mean[rows] for s in SHARES]
    return np.stack(off, axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="pretrained", help="name or path of a bundle")
    parser.add_argument("--folds", type=Path, help="folder of the bundles of left-out data sets")
    parser.add_argument("--role", default="train,validation", help="comma-separated roles of the splits")
    parser.add_argument("--fit", action="store_true", help="print what the numbers rest on")
    chosen = parser.parse_args()
    shelf = ModelShelf(read_settings())
    meters = [
        m
        for m in read_meters()
        if m.role in chosen.role.split(",") and headline(m)
        if chosen.folds or not (m.kind == "residential" and seen(m))
    ]  # fmt: skip
    models = bases(meters, shelf.load(chosen.model), shelf, chosen.folds)
    everyone = [asked(m, f) for m, f in zip(meters, models, strict=True)]
    (fit if chosen.fit else show)(everyone)


if __name__ == "__main__":
    main()
