"""Measured data sets for development and training: a splits file and Parquet files in, cleaned hourly meters out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.quality.cleaning import clean_hourly
from kanchay.domain.errors import InputError, NotFound
from kanchay.domain.interval import DAY, HOUR, IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["Meter", "load_meters", "training_fingerprints"]

SCORED_DAYS: Final = 400  # splits.yaml, rule time_split
HISTORY_DAYS: Final = 60  # splits.yaml, rule short_meters
LEAST_MINUTES: Final = 57  # splits.yaml, notes of uci-sceaux
ROLES: Final = ("train", "validation", "test")


@dataclass(frozen=True, slots=True, eq=False)
class Meter:
    """One cleaned hourly meter of a data set.

    Attributes
    ----------
    role : str
        ``train``, ``validation`` or ``test``.
    kind : str
        ``commercial`` or ``residential``.
    tz : str
        The clock of `start` and of days. Series published on a local clock without zone are kept on that clock,
        as if it were UTC (splits.yaml: "already on that clock and are not converted"), so theirs is ``UTC``.
    country, subdivision : str or None
        ISO 3166, for holidays.
    start : int
        Start of the first hour. [s]
    values : ndarray of float64, shape (n_hours,)
        NaN where missing or masked. [kWh]
    split_at : int
        Scoring starts here, and nothing from here on may train a shared model. [s]
    may_ship : bool
        Whether weights that ship may be trained on it.
    thin : bool
        Fewer than 4,000 valid hours: figures are given but left out of averages.
    """

    dataset: str
    id: str
    role: str
    kind: str
    tz: str
    country: str | None
    subdivision: str | None
    start: int
    values: FloatArray
    split_at: int
    may_ship: bool
    thin: bool

    @property
    def starts(self) -> IntArray:
        """Start of each hour, shape (n_hours,). [s]"""
        return self.start + HOUR * np.arange(len(self.values), dtype=np.int64)

    @property
    def end(self) -> int:
        return self.start + HOUR * len(self.values)

    @property
    def n_history(self) -> int:
        """Hours before `split_at`."""
        return int(np.clip((self.split_at - self.start) // HOUR, 0, len(self.values)))


def load_meters(splits_path: Path, data_dir: Path, datasets: Iterable[str] | None = None) -> list[Meter]:
    """Every meter of the splits file, cleaned by its rules; `datasets` limits which are read.

    Raises
    ------
    NotFound
        A data set or a file is not there.
    """
    import yaml

    document = yaml.safe_load(Path(splits_path).read_text("utf-8"))
    if document.get("version") != 1:
        raise InputError(
            f"{Path(splits_path).name} has version {document.get('version')}, this reads version 1."
        )
    known: dict[str, dict[str, Any]] = document["datasets"]
    wanted = list(known) if datasets is None else list(datasets)
    if missing := sorted(set(wanted) - set(known)):
        raise NotFound(f"No data set {', '.join(missing)} in the splits.", hint=f"Known: {', '.join(known)}.")
    return [m for name in wanted for m in _dataset(name, known[name], Path(data_dir))]


def training_fingerprints(splits_path: Path, data_dir: Path, datasets: Iterable[str]) -> list[dict[str, str]]:
    """Name, path inside the data folder and sha256 of every file that these data sets are read from."""
    import hashlib

    import yaml

    known = yaml.safe_load(Path(splits_path).read_text("utf-8"))["datasets"]
    return [
        {
            "dataset": name,
            "file": file,
            "sha256": hashlib.sha256((Path(data_dir) / file).read_bytes()).hexdigest(),
        }
        for name in datasets
        for file in _files(known[name]["file"])
    ]


def _dataset(name: str, spec: dict[str, Any], data_dir: Path) -> Iterator[Meter]:
    roles = {meter: role for role in ROLES for meter in spec[role]}
    for file in _files(spec["file"]):
        for meter, at, value in _series(data_dir / file, spec):
            if meter in roles:
                yield _meter(name, meter, roles[meter], spec, _clean(at, value, spec))


def _files(entry: str) -> list[str]:
    """``folder/a.parquet and b.parquet``: two files of one folder."""
    first, *others = entry.split(" and ")
    return [first, *(str(Path(first).parent / other) for other in others)]


def _series(path: Path, spec: dict[str, Any]) -> Iterator[tuple[str, IntArray, FloatArray]]:
    """Meter id, starts on the published clock [s] and values of each meter of a file, in order of the ids."""
    import pyarrow.parquet as pq

    if not path.exists():
        raise NotFound(
            f"The data file {path.parent.name}/{path.name} is not there.", hint="Set KANCHAY_DATA."
        )
    time, value = spec["time_column"].split()[0], spec["value_column"]
    names = pq.read_schema(path).names
    extra = ["minutes_present_est"] if "minutes_present_est" in names else []
    columns = pq.read_table(path, columns=["meter_id", time, value, *extra])
    ids = columns["meter_id"].combine_chunks()
    at = columns[time].cast("int64").to_numpy() // 1000  # stored in ms
    values = columns[value].to_numpy().astype(np.float64)
    if extra:
        values[columns[extra[0]].to_numpy() < LEAST_MINUTES] = np.nan
    codes, labels = ids.indices.to_numpy(), ids.dictionary.to_pylist()
    for label in sorted(labels):
        own = codes == labels.index(label)
        if own.any():
            yield str(label), at[own].astype(np.int64), values[own]


def _clean(at: IntArray, value: FloatArray, spec: dict[str, Any]) -> tuple[int, FloatArray]:
    """Start and hourly energy after the three steps of the cleaning rule."""
    start, resolution_s, grid = _on_grid(at, value)
    watts = spec["value_column"].endswith("_w")
    hours, start = clean_hourly(
        grid / 1000 if watts else grid,
        start,
        resolution_s,
        zero_runs_are_gaps=spec["zero_runs_are_gaps"],
        mean_power=watts,
    )
    known = np.flatnonzero(~np.isnan(hours))
    if known.size == 0:
        return start, hours[:0]
    return start + int(known[0]) * HOUR, hours[known[0] : known[-1] + 1]


def _on_grid(at: IntArray, value: FloatArray) -> tuple[int, int, FloatArray]:
    """Whole hours on a regular grid; the commonest step is the resolution, the last of duplicates wins."""
    order = np.argsort(at, kind="stable")
    at, value = at[order], value[order]
    steps, counts = np.unique(np.diff(at), return_counts=True)
    resolution_s = int(steps[steps > 0][np.argmax(counts[steps > 0])])
    start = int(at[0]) // HOUR * HOUR
    n = -(-(int(at[-1]) + resolution_s - start) // HOUR) * HOUR // resolution_s
    grid = np.full(n, np.nan)
    index, offset = np.divmod(at - start, resolution_s)
    grid[index[offset == 0]] = value[offset == 0]
    return start, resolution_s, grid


def _meter(
    dataset: str, meter: str, role: str, spec: dict[str, Any], hourly: tuple[int, FloatArray]
) -> Meter:
    place = {**spec, **spec.get("per_meter", {}).get(meter, {})}
    start, values = hourly
    subdivision = spec.get("subdivision_per_meter", {}).get(meter, place.get("subdivision"))
    return Meter(
        dataset=dataset,
        id=meter,
        role=role,
        kind=spec["kind"],
        tz="UTC" if spec["time_column"].startswith("timestamp_local") else place["tz"],
        country=place.get("country"),
        subdivision=subdivision,
        start=start,
        values=values,
        split_at=_split(start, values, role, short=meter in spec["short_meters"]),
        may_ship=bool(place["weights_may_ship"]),
        thin=meter in spec["thin_meters"],
    )


def _split(start: int, values: NDArray[np.float64], role: str, *, short: bool) -> int:
    end = start + HOUR * len(values)
    if not short:
        return end - SCORED_DAYS * DAY
    return end if role == "train" else start + HISTORY_DAYS * DAY
