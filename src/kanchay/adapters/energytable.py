"""Energy tables of our own columns (`meter_id`, a time, `energy_kwh`), which need no importer, as panels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from kanchay.adapters.energycsv import EnergyColumns, joined, read_plain_csv
from kanchay.domain.errors import TimeError
from kanchay.domain.interval import DAY, IntArray, utc_offset
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["EnergyTable", "air_column", "is_energy_table", "read_energy_table", "stream_panels"]

_VALUE: Final = "energy_kwh"
_AIR: Final = ("outdoor_temperature_c", "temperature_c", "temp_c")
_TIMES: Final = ("timestamp", "timestamp_local")
_FINEST_S: Final = 300  # forecasts are made from 5 min on; finer readings are summed


def is_energy_table(path: Path) -> bool:
    """Whether a Parquet or CSV file has just our columns, a time and `energy_kwh`, so that it needs no importer."""
    columns = _columns(path)
    return _VALUE in columns and any(columns.get(name, False) for name in _TIMES)


def air_column(path: Path) -> str | None:
    """The column of an energy table that holds the temperature outside its meters, °C; None where none does."""
    columns = _columns(path)
    return next((name for name in _AIR if name in columns), None)


def _columns(path: Path) -> dict[str, bool]:
    """Columns of a Parquet or a plain comma-separated file, and whether each may hold times; empty for others."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        with path.open("rb") as file:
            head = file.readline(4096).decode("utf-8-sig", "replace").strip()
        return dict.fromkeys((name.strip('" ') for name in head.split(",")), True)
    if suffix != ".parquet":
        return {}
    from kanchay.adapters.frames import times_and_numbers

    return times_and_numbers(path)


@dataclass(frozen=True, slots=True, eq=False)
class EnergyTable:
    """Readings of many meters, sorted by meter and time: energy, or the means of another column."""

    meters: tuple[str, ...]
    bounds: IntArray  # rows of meter i: bounds[i]:bounds[i + 1]
    start: IntArray
    value: FloatArray
    tz: str
    summed: bool = True

    def panels(self, passed_over: Callable[[str, str], None] | None = None) -> Iterator[Panel]:
        """One panel per meter on its own regular grid; NaN where a reading is missing.

        A meter that has no such grid is told to `passed_over` with the reason, and raises where that is not given.
        """
        for number, meter in enumerate(self.meters):
            rows = slice(self.bounds[number], self.bounds[number + 1])
            try:
                panel = _panel(meter, self.start[rows], self.value[rows], self.tz, summed=self.summed)
            except TimeError as error:
                if passed_over is None:
                    raise
                passed_over(meter, str(error))
                continue
            yield panel


def read_energy_table(path: Path, tz: str | None, value: str = _VALUE) -> EnergyTable:
    """Read `meter_id, timestamp` (UTC) or `timestamp_local` (on the clock of `tz`), `energy_kwh`.

    A table without `meter_id` is one meter, called after the file. With the `air_column` as `value` its rows are read
    in the same way, so that each meter's temperature lies on the grid of its energy.
    """
    wanted = _wanted(path, tz, value)
    return _table(_read(path, wanted), path.stem, wanted, tz)


def stream_panels(
    path: Path,
    tz: str | None,
    value: str = _VALUE,
    *,
    passed_over: Callable[[str, str], None] | None = None,
) -> Iterator[Panel]:
    """The panels of an energy table, read by row groups where the file has several: memory for one of them.

    A meter is told once its last row is read, so a file sorted by meter is held a row group at a time; one sorted by
    time is held whole. A meter without a regular grid is told to `passed_over`, and raises where that is not given.
    Every `value` gives the same meters in the same order.
    """
    wanted = _wanted(path, tz, value)
    if path.suffix.lower() != ".parquet" or len(wanted) < 3:
        yield from read_energy_table(path, tz, value).panels(passed_over)
        return
    from kanchay.adapters.frames import RowGroups

    with RowGroups(path, wanted) as groups:
        last = {meter: group for group in range(len(groups)) for meter in groups.meters(group)}
        held: EnergyColumns | None = None
        for group in range(len(groups)):
            found = groups.columns(group)
            found = found if held is None else joined(held, found)
            done = np.asarray([last[meter] <= group for meter in found.meters or ()], dtype=np.bool_)
            held = found.only(~done)
            yield from _table(found.only(done), path.stem, wanted, tz).panels(passed_over)


def _wanted(path: Path, tz: str | None, value: str) -> list[str]:
    """Names of the columns to read."""
    names = _columns(path)
    time = "timestamp" if "timestamp" in names else "timestamp_local"
    if time == "timestamp_local" and tz is None:
        raise TimeError(
            f"{path.name}: 'timestamp_local' does not say its zone.",
            hint="Give it, for example --tz America/Lima.",
        )
    return [n for n in ("meter_id", time, value) if n in names]


def _table(given: EnergyColumns, stem: str, wanted: list[str], tz: str | None) -> EnergyTable:
    """Rows by meter and time, on UTC."""
    meters = (stem,) if given.meters is None else given.meters
    codes = np.zeros(len(given.value), dtype=np.int64) if given.codes is None else given.codes
    rows = np.flatnonzero(given.known & (codes >= 0))
    order = rows[np.lexsort((given.seconds[rows], codes[rows]))]  # stable: equal times keep the file's order
    seconds, values, codes = given.seconds[order], given.value[order], codes[order]
    if "timestamp_local" in wanted and tz is not None and not given.aware:
        seconds = _from_local(seconds, codes, tz)
        order = np.lexsort((seconds, codes))
        seconds, values, codes = seconds[order], values[order], codes[order]
    bounds = np.searchsorted(codes, np.arange(len(meters) + 1))
    table = _sorted_by_name(meters, bounds, seconds, values, tz or "UTC")
    return table if wanted[-1] == _VALUE else replace(table, summed=False)


def _read(path: Path, wanted: list[str]) -> EnergyColumns:
    """A plain CSV without Arrow, all else through it."""
    found = read_plain_csv(path, wanted) if path.suffix.lower() == ".csv" else None
    if found is not None:
        return found
    from kanchay.adapters.frames import read_columns

    return read_columns(path, wanted)


def _sorted_by_name(
    meters: tuple[str, ...], bounds: IntArray, start: IntArray, value: FloatArray, tz: str
) -> EnergyTable:
    """Meters in the order of their names, without those that have no row."""
    order = [i for i in sorted(range(len(meters)), key=lambda i: meters[i]) if bounds[i + 1] > bounds[i]]
    rows = [np.arange(bounds[i], bounds[i + 1]) for i in order]
    index = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    sizes = np.cumsum([0, *(len(r) for r in rows)])
    return EnergyTable(tuple(meters[i] for i in order), sizes, start[index], value[index], tz)


def _from_local(clock: IntArray, codes: IntArray, tz: str) -> IntArray:
    """UTC of local clock times; the second of two equal ones is an hour later, where the clock went back."""
    guess = clock - utc_offset(clock, tz)
    early = clock - utc_offset(guess - DAY, tz)  # with yesterday's offset
    fits = early + utc_offset(early, tz) == clock
    late = clock - utc_offset(guess + DAY, tz)  # with tomorrow's
    first = np.where(fits, early, late)
    repeated = np.zeros(len(clock), dtype=np.bool_)
    repeated[1:] = (clock[1:] == clock[:-1]) & (codes[1:] == codes[:-1])
    second_fits = late + utc_offset(late, tz) == clock
    answer: IntArray = np.where(repeated & second_fits, late, first)
    return answer


def _panel(meter: str, start: IntArray, value: FloatArray, tz: str, *, summed: bool) -> Panel:
    """Readings on the grid of their most common distance; a later row for the same interval wins."""
    resolution = _resolution(start)
    if DAY % resolution:
        raise TimeError(
            f"Meter {meter}: readings are {resolution} s apart, which does not divide a day.",
            hint="Import the file first: kanchay import brings it on a regular grid.",
        )
    if (start[1:] - start[:-1] == resolution).all():
        grid, first = value, int(start[0])  # as most are: nothing to sort out
    else:
        grid, first = _on_grid(start, value, resolution)
    panel = Panel.of((meter,), grid[None], start=first, resolution_s=resolution, tz=tz)
    if resolution >= _FINEST_S:
        return panel
    whole = _coarser(panel, _FINEST_S)
    return whole if summed else replace(whole, values=whole.values * (resolution / _FINEST_S))


def _resolution(start: IntArray) -> int:
    """The most common distance of two readings; an hour for a single one."""
    gaps = start[1:] - start[:-1]
    if len(gaps) and gaps[0] > 0 and (gaps == gaps[0]).all():
        return int(gaps[0])
    gaps = gaps[gaps > 0]
    if not len(gaps):
        return 3600
    sizes, counts = np.unique(gaps, return_counts=True)
    return int(sizes[counts.argmax()])


def _on_grid(start: IntArray, value: FloatArray, resolution: int) -> tuple[FloatArray, int]:
    """Values on the grid and where it starts."""
    # The grid's phase is the most common one, so that one stray first row does not shift all others.
    phases, counts = np.unique(start % resolution, return_counts=True)
    phase = int(phases[counts.argmax()])
    index = (start - phase + resolution // 2) // resolution
    grid = np.full(int(index[-1] - index[0]) + 1, np.nan)
    grid[index - index[0]] = value
    return grid, int(index[0]) * resolution + phase


def _coarser(panel: Panel, resolution_s: int) -> Panel:
    """Sums over whole intervals of `resolution_s`; missing where any part is missing."""
    size = resolution_s // panel.resolution_s
    first = -(-panel.start // resolution_s) * resolution_s
    cut = panel.slice(first, panel.end // resolution_s * resolution_s)
    sums = cut.values[:, : cut.n_intervals // size * size].reshape(1, -1, size).sum(axis=2)
    return Panel.of(panel.points, sums, start=first, resolution_s=resolution_s, tz=panel.tz)
