"""Energy tables and forecast frames in Parquet, straight between Arrow and numpy.

Arrow's own conversions (`pa.array`, `to_numpy`) import pandas when it is installed; the buffers do not, and
the forecast path must stay free of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from kanchay.domain.errors import FileRefused, TimeError
from kanchay.domain.forecast import QUANTILE_NAMES
from kanchay.domain.interval import DAY, IntArray, format_resolution, utc_offset
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["EnergyTable", "FrameWriter", "is_energy_table", "read_energy_table"]

_VALUE: Final = "energy_kwh"
_TIMES: Final = ("timestamp", "timestamp_local")
_TIME: Final = pa.timestamp("us", tz="UTC")
_PER_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_DTYPES: Final = {
    "float": "f4", "double": "f8", "halffloat": "f2", "int8": "i1", "int16": "i2", "int32": "i4", "int64": "i8",
    "uint8": "u1", "uint16": "u2", "uint32": "u4", "uint64": "u8",
}  # fmt: skip
_FINEST_S: Final = 300  # forecasts are made from 5 min on; finer readings are summed


def is_energy_table(path: Path) -> bool:
    """Whether a Parquet or CSV file has just our columns, a time and `energy_kwh`, so that it needs no importer."""
    types = _columns(path)
    times = [types[n] for n in _TIMES if n in types]
    return _VALUE in types and any(pa.types.is_timestamp(t) or _is_text(t) for t in times)


def _columns(path: Path) -> dict[str, pa.DataType]:
    """Columns and types of a Parquet file, or of a plain comma-separated one (all text); empty for others."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        with path.open("rb") as file:
            head = file.readline(4096).decode("utf-8-sig", "replace").strip()
        return dict.fromkeys((name.strip('" ') for name in head.split(",")), pa.string())
    if suffix != ".parquet":
        return {}
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(f"{path.name} is not a readable Parquet file.", hint="Export it again.") from error
    return {name: schema.field(name).type for name in schema.names}


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _load(path: Path, wanted: list[str], time_column: str) -> pa.Table:
    """The wanted columns with times as timestamps; without `pq.read_table` and casts, which cost an import each."""
    ids = [n for n in wanted if n == "meter_id"]
    if path.suffix.lower() == ".csv":
        from pyarrow import csv

        types = {time_column: pa.string(), _VALUE: pa.float64(), **dict.fromkeys(ids, pa.string())}
        options = csv.ConvertOptions(column_types=types, include_columns=wanted, strings_can_be_null=True)
        table = csv.read_csv(path, convert_options=options)
    else:
        with pq.ParquetFile(path, read_dictionary=ids) as file:
            table = file.read(columns=wanted)
    if _is_text(table[time_column].type):
        place = table.column_names.index(time_column)
        table = table.set_column(place, time_column, _parsed(table[time_column]))
    return table


def _parsed(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """ISO 8601 texts as timestamps: all with an offset, or all without."""
    try:
        return texts.cast(_TIME)
    except pa.ArrowInvalid:
        return texts.cast(pa.timestamp("us"))


@dataclass(frozen=True, slots=True, eq=False)
class EnergyTable:
    """Readings of many meters, sorted by meter and time."""

    meters: tuple[str, ...]
    bounds: IntArray  # rows of meter i: bounds[i]:bounds[i + 1]
    start: IntArray
    energy_kwh: FloatArray
    tz: str

    def panels(self) -> Iterator[Panel]:
        """One panel per meter on its own regular grid; NaN where a reading is missing."""
        for number, meter in enumerate(self.meters):
            rows = slice(self.bounds[number], self.bounds[number + 1])
            yield _panel(meter, self.start[rows], self.energy_kwh[rows], self.tz)


def read_energy_table(path: Path, tz: str | None) -> EnergyTable:
    """Read `meter_id, timestamp` (UTC) or `timestamp_local` (on the clock of `tz`), `energy_kwh`.

    A table without `meter_id` is one meter, called after the file.
    """
    names = _columns(path)
    local = "timestamp" not in names
    if local and tz is None:
        raise TimeError(
            f"{path.name}: 'timestamp_local' does not say its zone.",
            hint="Give it, for example --tz America/Lima.",
        )
    time_column = "timestamp_local" if local else "timestamp"
    wanted = [n for n in ("meter_id", time_column, _VALUE) if n in names]
    try:
        table = _load(path, wanted, time_column)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(
            f"{path.name} cannot be read as {', '.join(wanted)}: {str(error).splitlines()[0]}",
            hint="Write times as 2026-08-22T18:00:00Z and energy as plain numbers.",
        ) from error
    known = _known(table[time_column])
    seconds = _numbers(table[time_column]).astype(np.int64) // _PER_SECOND[table[time_column].type.unit]
    values = _numbers(table[_VALUE]).astype(np.float64)
    values = np.where(np.isfinite(values) & _known(table[_VALUE]), values, np.nan)
    one = ((path.stem,), np.zeros(len(values), dtype=np.int64))
    meters, codes = _words(table["meter_id"]) if "meter_id" in wanted else one
    rows = np.flatnonzero(known & (codes >= 0))
    order = rows[np.lexsort((seconds[rows], codes[rows]))]  # stable: equal times keep the order of the file
    seconds, values, codes = seconds[order], values[order], codes[order]
    if local and tz is not None and table[time_column].type.tz is None:
        seconds = _from_local(seconds, codes, tz)
        order = np.lexsort((seconds, codes))
        seconds, values, codes = seconds[order], values[order], codes[order]
    bounds = np.searchsorted(codes, np.arange(len(meters) + 1))
    return _sorted_by_name(meters, bounds, seconds, values, tz or "UTC")


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


def _panel(meter: str, start: IntArray, value: FloatArray, tz: str) -> Panel:
    """Readings on the grid of their most common distance; a later row for the same interval wins."""
    gaps = np.diff(start)
    gaps = gaps[gaps > 0]
    resolution = 3600
    if len(gaps):
        sizes, counts = np.unique(gaps, return_counts=True)
        resolution = int(sizes[counts.argmax()])
    if DAY % resolution:
        raise TimeError(
            f"Meter {meter}: readings are {resolution} s apart, which does not divide a day.",
            hint="Import the file first: kanchay import brings it on a regular grid.",
        )
    # The grid's phase is the most common one, so that one stray first row does not shift all others.
    phases, counts = np.unique(start % resolution, return_counts=True)
    phase = int(phases[counts.argmax()])
    index = (start - phase + resolution // 2) // resolution
    grid = np.full(int(index[-1] - index[0]) + 1, np.nan)
    grid[index - index[0]] = value
    panel = Panel.of(
        (meter,), grid[None], start=int(index[0]) * resolution + phase, resolution_s=resolution, tz=tz
    )
    return panel if resolution >= _FINEST_S else _coarser(panel, _FINEST_S)


def _coarser(panel: Panel, resolution_s: int) -> Panel:
    """Sums over whole intervals of `resolution_s`; missing where any part is missing."""
    size = resolution_s // panel.resolution_s
    first = -(-panel.start // resolution_s) * resolution_s
    cut = panel.slice(first, panel.end // resolution_s * resolution_s)
    sums = cut.values[:, : cut.n_intervals // size * size].reshape(1, -1, size).sum(axis=2)
    return Panel.of(panel.points, sums, start=first, resolution_s=resolution_s, tz=panel.tz)


def _known(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Where a column is not null."""
    parts = [
        np.ones(len(chunk), dtype=np.bool_) if not chunk.null_count else _bits(chunk)
        for chunk in column.chunks
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.bool_)


def _bits(chunk: pa.Array) -> NDArray[np.bool_]:
    bits = np.unpackbits(np.frombuffer(chunk.buffers()[0], dtype=np.uint8), bitorder="little")
    return bits[chunk.offset : chunk.offset + len(chunk)].astype(np.bool_)


def _numbers(column: pa.ChunkedArray) -> NDArray[Any]:
    """The values of a fixed-width column; what lies under a null is arbitrary."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        dtype: np.dtype[Any] = np.dtype(np.int64)
    elif str(kind) in _DTYPES:
        dtype = np.dtype(_DTYPES[str(kind)])
    else:
        column, dtype = column.cast(pa.float64()), np.dtype(np.float64)
    parts = [
        np.frombuffer(chunk.buffers()[1], dtype=dtype, count=len(chunk), offset=chunk.offset * dtype.itemsize)
        for chunk in column.chunks
        if len(chunk)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)


def _words(column: pa.ChunkedArray) -> tuple[tuple[str, ...], IntArray]:
    """Distinct words of a column and each row's place among them, -1 for null."""
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    places: dict[str, int] = {}
    parts = []
    for chunk in column.chunks:  # each may bring its own dictionary
        own = [places.setdefault(str(word), len(places)) for word in chunk.dictionary.to_pylist()]
        indices = pa.chunked_array([chunk.indices])
        at = np.where(_known(indices), _numbers(indices), 0).astype(np.int64)
        parts.append(np.where(_known(indices), np.asarray([*own, 0], dtype=np.int64)[at], -1))
    return tuple(places), np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _column(values: NDArray[Any], kind: pa.DataType) -> pa.Array:
    """A fixed-width Arrow array over a numpy one, without a copy and without pandas."""
    flat = np.ascontiguousarray(values)
    return pa.Array.from_buffers(kind, len(flat), [None, pa.py_buffer(flat)])


def _same_word(word: str, n: int) -> pa.Array:
    """`n` times the same word."""
    text = word.encode()
    offsets = np.arange(n + 1, dtype=np.int32) * np.int32(len(text))
    return pa.Array.from_buffers(pa.string(), n, [None, pa.py_buffer(offsets), pa.py_buffer(text * n)])


_WORD: Final = pa.string()  # Parquet stores each word once; readers get plain text
FRAME: Final = pa.schema(
    [("meter_id", _WORD), ("issued_at", _TIME), ("timestamp", _TIME), ("resolution", _WORD), ("unit", _WORD)]
    + [(name, pa.float64()) for name in ("mean", *QUANTILE_NAMES)]
)


class FrameWriter:
    """Writes forecast frames to one Parquet file, a row group per call; use it in a `with`.

    The file appears under its name only when it is complete.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(self._part, FRAME, compression="zstd")
        self.rows = 0

    def __enter__(self) -> FrameWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)

    def write(
        self,
        meter_id: str,
        issued_at: IntArray,
        *,
        resolution_s: int,
        unit: str,
        mean: FloatArray,
        quantiles: FloatArray,
    ) -> None:
        """Add windows: `mean` has shape (n_windows, horizon), `quantiles` one axis of nine more."""
        n_windows, horizon = mean.shape
        n = n_windows * horizon
        if not n:
            return
        issued = np.repeat(issued_at, horizon)
        starts = (issued_at[:, None] + resolution_s * np.arange(horizon, dtype=np.int64)).ravel()
        columns = [
            _same_word(meter_id, n),
            _column(issued * 1_000_000, _TIME),
            _column(starts * 1_000_000, _TIME),
            _same_word(format_resolution(resolution_s), n),
            _same_word(unit, n),
            _column(mean.ravel(), pa.float64()),
        ]
        flat = quantiles.reshape(n, -1)
        columns += [_column(flat[:, level], pa.float64()) for level in range(flat.shape[1])]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=FRAME))
        self.rows += n
