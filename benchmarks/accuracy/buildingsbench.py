"""The zero-shot protocol of BuildingsBench, for those who have its data: a second way to check the same model.

    python benchmarks/accuracy/buildingsbench.py FOLDER --model pretrained
    python benchmarks/accuracy/buildingsbench.py FOLDER --outliers-removed --datasets bdg-2:bear,sceaux

FOLDER is the published ``BuildingsBench`` data directory (OEDI submission 5859): ``metadata/benchmark.toml``,
``metadata/building_years.txt``, ``metadata/oov.txt`` and a CSV per building and year, or per set and year with a column
per building. Its simulated test set (Buildings-900K, Parquet) is not read.

The protocol, as its repository NREL/BuildingsBench does it: 168 hours in, 24 hours out, every 24 hours from the start
of each year's file, all years of a building pooled; NRMSE (its name for CV(RMSE)) per building, then the median over
commercial and residential buildings apart. Its window count, (hours - 192) // 24, leaves out the last window of a
file: so do we, unless --all-windows. Its persistence forecasts read the hours of the context by elapsed time, whatever
the clock did; they are computed here the same way (--model may name others beside). Published medians with outliers
removed: ensemble 16.68 / 77.88, previous day 16.96 / 98.41, previous week 19.39 / 99.77 % (its README): print them
anew before believing anything else that this prints.

It was not run on that data here, for want of the files: only on a made-up folder in their layout
(tests/unit/benchmarks/test_buildingsbench.py). Our model gets the local clock of the files and no holidays.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from kanchay.analysis.backtest import in_batches
from kanchay.analysis.forecast.protocol import Forecaster, Windows
from kanchay.analysis.metrics import coverage, cvrmse, nmae, nmbe, pinball
from kanchay.analysis.paired import paired_median
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import HOUR

CONTEXT, HORIZON, STRIDE = 168, 24, 24
PERSISTENCE = ("ensemble", "day", "week")
SIMULATED = "buildings-900k"
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Series:
    """A year of one building: hourly kWh from `start`, local clock read as UTC."""

    dataset: str
    building: str
    kind: str
    start: int
    values: np.ndarray


@dataclass(frozen=True, slots=True)
class Result:
    """Scores of one model on one building; shares, as in the rest of the house (16.68 % is 0.1668)."""

    dataset: str
    building: str
    kind: str
    model: str
    windows: int
    nrmse: float
    nmae: float
    nmbe: float  # actual minus forecast, as that benchmark has it: the other way round than ours
    crps: float  # twice the mean pinball loss over nine levels, kWh; NaN for persistence
    coverage80: float


def read_folder(
    folder: Path,
    *,
    datasets: list[str] | None = None,
    outliers_removed: bool = False,
    labels_end: bool = False,
) -> Iterator[Series]:
    """Every building and year that the metadata name, without those listed as out of vocabulary."""
    meta = folder / "metadata"
    kinds = dict(_kinds(tomllib.loads((meta / "benchmark.toml").read_text("utf-8"))["buildings_bench"]))
    dropped = _listed(meta / "oov.txt")
    root = folder / "remove_outliers" if outliers_removed else folder
    for line in (meta / "building_years.txt").read_text("utf-8").split():
        path = root / (line if line.endswith(".csv") else f"{line}.csv")
        name = _dataset_of(line, kinds)
        if name is None or (datasets and name not in datasets) or not path.is_file():
            continue
        for building, start, values in _columns(path, shift=HOUR if labels_end else 0):
            if building not in dropped:
                yield Series(name, building, kinds[name], start, values)


def _kinds(tables: dict) -> Iterator[tuple[str, str]]:
    """Data set and kind; a set of several parts is named ``set:part``."""
    for name, table in tables.items():
        if not isinstance(table, dict):
            continue
        if "building_type" in table:
            yield name.lower(), table["building_type"]
        else:
            yield from (
                (f"{name}:{p}".lower(), t["building_type"]) for p, t in table.items() if isinstance(t, dict)
            )


def _dataset_of(line: str, kinds: dict[str, str]) -> str | None:
    """``BDG-2/Bear_clean=2016`` is ``bdg-2:bear``, ``Sceaux/Sceaux_clean=2007`` is ``sceaux``."""
    folder, _, file = line.lower().partition("/")
    if folder.startswith(SIMULATED):
        return None
    part = f"{folder}:{file.split('_')[0]}"
    return part if part in kinds else folder if folder in kinds else None


def _listed(path: Path) -> set[str]:
    """Buildings to leave out: the last word of each line."""
    return (
        {line.split()[-1] for line in path.read_text("utf-8").splitlines() if line.strip()}
        if path.is_file()
        else set()
    )


def _columns(path: Path, *, shift: int) -> Iterator[tuple[str, int, np.ndarray]]:
    """Building, start and values of each column; a file of one column is named by what stands before its first _."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if len(rows) < 2 or len(rows[0]) < 2:  # the published Panther file of 2016 is empty
        return
    body = sorted(rows[1:])  # by timestamp
    start = int(datetime.strptime(body[0][0], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()) - shift
    names = rows[0][1:] if len(rows[0]) > 2 else [path.name.split("_")[0]]
    for i, name in enumerate(names, start=1):
        yield name, start, np.asarray([float(row[i]) if row[i] else np.nan for row in body])


def windows_of(series: Series, *, strict: bool = True) -> tuple[Windows, np.ndarray]:
    """Contexts and what came true."""
    n = (len(series.values) - CONTEXT - HORIZON) // STRIDE + (0 if strict else 1)
    at = CONTEXT + STRIDE * np.arange(max(n, 0))
    rows = at[:, None] + np.arange(-CONTEXT, HORIZON)
    cut = series.values[rows] if len(at) else np.empty((0, CONTEXT + HORIZON))
    windows = Windows(cut[:, :CONTEXT], series.start + HOUR * at, HOUR, HORIZON, "UTC")
    return windows, cut[:, CONTEXT:]


def persistence(load: np.ndarray) -> dict[str, np.ndarray]:
    """The benchmark's own naive forecasts, by elapsed hours."""
    days = load.reshape(len(load), 7, 24)
    return {"ensemble": days.mean(axis=1), "day": days[:, -1], "week": days[:, 0]}


def score_building(
    parts: list[Series], models: dict[str, Forecaster], *, strict: bool = True
) -> list[Result]:
    """All models on all years of one building."""
    cut = [windows_of(part, strict=strict) for part in parts]
    cut = [(windows, actual) for windows, actual in cut if len(windows)]
    if not cut:
        return []
    actual = np.concatenate([a for _, a in cut])
    means = {name: np.concatenate([persistence(w.load)[name] for w, _ in cut]) for name in PERSISTENCE}
    found = [_result(parts[0], name, actual, mean, None) for name, mean in means.items()]
    for name, model in models.items():
        answers = [in_batches(model, w) for w, _ in cut]
        mean = np.concatenate([a.mean for a in answers])
        quantiles = np.concatenate([a.quantiles for a in answers])
        found.append(_result(parts[0], name, actual, mean, quantiles))
    return found


def _result(
    of: Series, name: str, actual: np.ndarray, mean: np.ndarray, quantiles: np.ndarray | None
) -> Result:
    crps, inside = float("nan"), float("nan")
    if quantiles is not None:
        crps = 2 * pinball(actual, quantiles)
        inside = coverage(actual, quantiles[..., LEVELS.index(0.1)], quantiles[..., LEVELS.index(0.9)])
    errors = cvrmse(actual, mean), nmae(actual, mean), -nmbe(actual, mean)
    return Result(of.dataset, of.building, of.kind, name, len(actual), *errors, crps, inside)


def score_folder(
    series: Iterator[Series], models: dict[str, Forecaster], *, strict: bool = True
) -> list[Result]:
    """All buildings; the files of one may lie apart in the list."""
    by_building: dict[tuple[str, str], list[Series]] = {}
    for one in series:
        by_building.setdefault((one.dataset, one.building), []).append(one)
    return [r for parts in by_building.values() for r in score_building(parts, models, strict=strict)]


def median_interval(values: np.ndarray, seed: int = 24, n_boot: int = 10_000) -> tuple[float, float]:
    """95 % interval of the median over buildings: percentile bootstrap."""
    rng = np.random.default_rng(seed)
    drawn = [np.median(rng.choice(values, len(values))) for _ in range(n_boot)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def show(results: list[Result]) -> None:
    for kind in ("commercial", "residential"):
        own = [r for r in results if r.kind == kind and np.isfinite(r.nrmse)]
        if not own:
            continue
        print(
            f"\n{kind}: median over buildings with its 95 % interval; paired: of the ensemble's, sets then buildings"
        )
        print(f"{'model':14s} {'buildings':>9s} {'windows':>8s} {'NRMSE %':>8s} {'95 %':>16s} {'NMAE %':>7s} "
              f"{'CRPS kWh':>8s} {'paired':>7s} {'95 %':>16s} {'wins':>5s} {'in 80':>6s}")  # fmt: skip
        naive = {(r.dataset, r.building): r.nrmse for r in own if r.model == "ensemble"}
        by_model = {name: [r for r in own if r.model == name] for name in dict.fromkeys(r.model for r in own)}
        for lines in by_model.values():
            show_line(lines, naive)
        for dataset in sorted({r.dataset for r in own}):
            medians = {
                n: np.median([r.nrmse for r in v if r.dataset == dataset]) for n, v in by_model.items()
            }
            print(
                f"  {dataset}: " + ", ".join(f"{name} {100 * value:.2f}" for name, value in medians.items())
            )


def show_line(lines: list[Result], naive: dict[tuple[str, str], float]) -> None:
    values = np.asarray([r.nrmse for r in lines])
    low, high = median_interval(values)
    print(
        f"{lines[0].model:14s} {len(lines):9d} {sum(r.windows for r in lines):8d} {100 * np.median(values):8.2f} "
        f"[{100 * low:6.2f}, {100 * high:6.2f}] {100 * np.median([r.nmae for r in lines]):7.2f} "
        f"{np.median([r.crps for r in lines]):8.3f} {paired_text(lines, naive)} "
        f"{np.mean([r.coverage80 for r in lines]):6.1%}"
    )


def paired_text(lines: list[Result], naive: dict[tuple[str, str], float]) -> str:
    """Over the ensemble building by building; one that it forecasts without error has no ratio."""
    known = [(r, naive[r.dataset, r.building]) for r in lines if naive[r.dataset, r.building] > 0]
    if not known:
        return f"{'-':>7s} {'-':>16s} {'-':>5s}"
    paired = paired_median([r.nrmse / other for r, other in known], [r.dataset for r, _ in known])
    return f"{paired.median:7.3f} [{paired.low:6.3f}, {paired.high:6.3f}] {paired.wins:5.0%}"


def write(results: list[Result], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    names = list(Result.__dataclass_fields__)
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([getattr(r, n) for n in names] for r in results)


def main() -> None:
    from kanchay.adapters.models import ModelShelf
    from kanchay.settings import read_settings

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the BuildingsBench data directory")
    parser.add_argument("--model", default="pretrained", help="names or paths of models, with commas")
    parser.add_argument("--datasets", help="with commas, for example bdg-2:bear,sceaux; all by default")
    parser.add_argument(
        "--outliers-removed", action="store_true", help="read the subfolder remove_outliers (v1.1.0)"
    )
    parser.add_argument("--all-windows", action="store_true", help="score the last window of each file too")
    parser.add_argument(
        "--labels-end", action="store_true", help="timestamps name the end of an hour, not its start"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "buildingsbench.csv")
    chosen = parser.parse_args()
    if not (chosen.folder / "metadata" / "building_years.txt").is_file():
        sys.exit(
            f"{chosen.folder} has no metadata/building_years.txt: give the BuildingsBench data directory."
        )
    shelf = ModelShelf(read_settings())
    series = read_folder(
        chosen.folder,
        datasets=chosen.datasets.lower().split(",") if chosen.datasets else None,
        outliers_removed=chosen.outliers_removed,
        labels_end=chosen.labels_end,
    )
    models = {name: shelf.load(name) for name in chosen.model.split(",") if name not in PERSISTENCE}
    results = score_folder(series, models, strict=not chosen.all_windows)
    show(results)
    write(results, chosen.out)


if __name__ == "__main__":
    main()
