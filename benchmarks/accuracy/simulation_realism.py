"""Does a simulated home look like a metered one? Hourly and daily figures of simulated and of real homes.

    python benchmarks/accuracy/simulation_realism.py            20 seeds beside every real home in KANCHAY_DATA
    python benchmarks/accuracy/simulation_realism.py --seeds 5

Real homes: sgsc-australia, fontana-zne, uk-homes-submetered, uci-sceaux, world-homes, cleaned by the rules of the
splits, at most their first two years. None is Peruvian: they show how rough and how regular meters of homes are,
not how much Lima uses. Figures: kWh a day; CV of daily totals; base = mean over days of the third lowest hour over the
mean hour; peak = 99.9th percentile over the mean hour; CV of hours; autocorrelation at 1, 24 and 168 h; week = CV(RMSE)
of "as last week", hourly.
"""

from __future__ import annotations

import argparse
import csv
import platform
from pathlib import Path

import numpy as np
from meters import ROOT, data_folder, read_meters

HOMES = ("sgsc-australia", "fontana-zne", "uk-homes-submetered", "uci-sceaux", "world-homes")
FIGURES = ("kwh_day", "cv_day", "base", "peak", "cv_hour", "ac1", "ac24", "ac168", "week")


def figures(hourly: np.ndarray) -> dict[str, float]:
    """Figures of hours that begin at a local midnight; NaN where missing."""
    days = hourly[: len(hourly) // 24 * 24].reshape(-1, 24)
    days = days[~np.isnan(days).any(axis=1)]
    total, mean = days.sum(axis=1), float(days.mean())
    return {
        "kwh_day": float(total.mean()),
        "cv_day": float(total.std() / total.mean()),
        "base": float(np.sort(days, axis=1)[:, 2].mean() / mean),
        "peak": float(np.percentile(days, 99.9) / mean),
        "cv_hour": float(days.std() / mean),
        **{f"ac{lag}": _autocorrelation(hourly, lag) for lag in (1, 24, 168)},
        "week": float(np.sqrt(np.nanmean((hourly[168:] - hourly[:-168]) ** 2)) / mean),
    }


def _autocorrelation(x: np.ndarray, lag: int) -> float:
    a, b = x[lag:], x[:-lag]
    known = ~(np.isnan(a) | np.isnan(b))
    return float(np.corrcoef(a[known], b[known])[0, 1])


def real() -> dict[str, dict[str, float]]:
    """Figures of every real home."""
    found = {}
    for meter in read_meters(HOMES):
        first = -(meter.start // 3600) % 24 if meter.tz == "UTC" else 0
        values = meter.values[first : first + 2 * 8760]
        if np.isfinite(values).sum() > 1500:
            found[f"{meter.dataset}/{meter.id}"] = figures(values)
    return found


def simulated(seeds: int, **home: object) -> dict[str, dict[str, float]]:
    """Figures of simulated homes."""
    from kanchay.simulate import simulate_home

    runs = (simulate_home(seed=s, resolution_s=3600, **home) for s in range(1, seeds + 1))
    return {
        f"simulated-{home.get('water_heater', 'terma')}/{s + 1}": figures(r.values)
        for s, r in enumerate(runs)
    }


def show(title: str, rows: dict[str, dict[str, float]]) -> None:
    table = np.array([[r[f] for f in FIGURES] for r in rows.values()])
    print(f"{title} (n = {len(rows)})")
    for name, level in (("p10", 10), ("median", 50), ("p90", 90)):
        print(f"  {name:<7}" + "".join(f"{v:9.2f}" for v in np.percentile(table, level, axis=0)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument(
        "--out", type=Path, default=ROOT / "benchmarks" / "results" / "simulation_realism.csv"
    )
    given = parser.parse_args()
    rows = {
        "simulated, electric tank": simulated(given.seeds),
        "simulated, gas": simulated(given.seeds, water_heater="none", monthly_kwh=100.0),
    }
    if data_folder().exists():
        rows["real"] = real()
    print(" " * 9 + "".join(f"{f:>9}" for f in FIGURES))
    for title, part in rows.items():
        show(title, part)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with given.out.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["home", *FIGURES, "python", "numpy"])
        for part in rows.values():
            for name, row in part.items():
                cells = [f"{row[f]:.4f}" for f in FIGURES]
                writer.writerow([name, *cells, platform.python_version(), np.__version__])


if __name__ == "__main__":
    main()
