"""Arrow's half of energy tables, and forecast frames in Parquet, straight between Arrow and numpy.

Arrow's own conversions (`pa.array`, `to_numpy`) import pandas when it is installed; the buffers do not, and
the forecast path must stay free of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from kanchay.adapters.energycsv import EnergyColumns
from kanchay.domain.errors import FileRefused
from kanchay.domain.forecast import QUANTILE_NAMES
from kanchay.domain.interval import IntArray, format_resolution
from kanchay.domain.reading import FloatArray

__all__ = ["FrameWriter", "RowGroups", "read_columns", "times_and_numbers"]

pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own pool reserves 6 MiB for a table of a few kilobytes
_TIME: Final = pa.timestamp("us", tz="UTC")
_PER_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_DTYPES: Final = {
    "float": "f4", "double": "f8", "halffloat": "f2", "int8": "i1", "int16": "i2", "int32": "i4", "int64": "i8",
    "uint8": "u1", "uint16": "u2", "uint32": "u4", "uint64": "u8",
}  # fmt: skip


def times_and_numbers(path: Path) -> dict[str, bool]:
    """Columns of a Parquet file, and whether each may hold times."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(f"{path.name} is not a readable Parquet file.", hint="Export it again.") from error
    kinds = {name: schema.field(name).type for name in schema.names}
    return {name: bool(pa.types.is_timestamp(kind)) or _is_text(kind) for name, kind in kinds.items()}


def read_columns(path: Path, wanted: list[str]) -> EnergyColumns:
    """Columns `wanted` (meter_id where there is one, time, value, in this order) of a Parquet or CSV file."""
    with _refused(path, wanted):
        table = _csv(path, wanted) if path.suffix.lower() == ".csv" else _parquet(path, wanted)
        return _as_columns(table, wanted)


class RowGroups:
    """A Parquet file of many meters, read one row group at a time; use it in a `with`."""

    def __init__(self, path: Path, wanted: list[str]) -> None:
        self._path, self._wanted = path, wanted
        with _refused(path, wanted):
            self._file = pq.ParquetFile(path, read_dictionary=wanted[:1])

    def __enter__(self) -> RowGroups:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return int(self._file.num_row_groups)

    def meters(self, group: int) -> tuple[str, ...]:
        """Meters that have rows in a group."""
        with _refused(self._path, self._wanted):
            return _words(self._file.read_row_group(group, columns=self._wanted[:1]).column(0))[0]

    def columns(self, group: int) -> EnergyColumns:
        """The rows of a group."""
        with _refused(self._path, self._wanted):
            return _as_columns(self._file.read_row_group(group, columns=self._wanted), self._wanted)


@contextmanager
def _refused(path: Path, wanted: list[str]) -> Iterator[None]:
    """What Arrow cannot read, in our words."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(
            f"{path.name} cannot be read as {', '.join(wanted)}: {str(error).splitlines()[0]}",
            hint="Write times as 2026-08-22T18:00:00Z and energy as plain numbers.",
        ) from error


def _as_columns(table: pa.Table, wanted: list[str]) -> EnergyColumns:
    *ids, time_column, value = wanted
    times, numbers = table[time_column], _numbers(table[value]).astype(np.float64)
    times = _parsed(times) if _is_text(times.type) else times
    return EnergyColumns(
        _numbers(times).astype(np.int64) // _PER_SECOND[times.type.unit],
        _known(times),
        times.type.tz is not None,
        np.where(np.isfinite(numbers) & _known(table[value]), numbers, np.nan),
        *(_words(table["meter_id"]) if ids else ()),
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _csv(path: Path, wanted: list[str]) -> pa.Table:
    from pyarrow import csv

    *ids, time_column, value = wanted
    types = {time_column: pa.string(), value: pa.float64(), **dict.fromkeys(ids, pa.string())}
    options = csv.ConvertOptions(column_types=types, include_columns=wanted, strings_can_be_null=True)
    return csv.read_csv(path, convert_options=options)


def _parquet(path: Path, wanted: list[str]) -> pa.Table:
    """Without `pq.read_table`, which costs an import."""
    with pq.ParquetFile(path, read_dictionary=[n for n in wanted if n == "meter_id"]) as file:
        return file.read(columns=wanted)


def _parsed(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """ISO 8601 texts as timestamps: all with an offset, or all without."""
    try:
        return texts.cast(_TIME)
    except pa.ArrowInvalid:
        return texts.cast(pa.timestamp("us"))


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


def _each_word(words: Sequence[str], times: int) -> pa.Array:
    """Each word so many times."""
    texts = [word.encode() for word in words]
    sizes = np.repeat(np.array([len(text) for text in texts], dtype=np.int32), times)
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(sizes, dtype=np.int32)])
    data = b"".join(text * times for text in texts)
    return pa.Array.from_buffers(pa.string(), len(sizes), [None, pa.py_buffer(offsets), pa.py_buffer(data)])


_WORD: Final = pa.string()  # Parquet stores each word once; readers get plain text
FRAME: Final = pa.schema(
    [("meter_id", _WORD), ("issued_at", _TIME), ("timestamp", _TIME), ("resolution", _WORD), ("unit", _WORD)]
    + [(name, pa.float64()) for name in ("mean", *QUANTILE_NAMES)]
)

_PLAIN: Final = pa.schema(  # of a CSV: whole seconds, "2026-08-22 05:00:00Z"
    [(f.name, pa.timestamp("s", tz="UTC") if pa.types.is_timestamp(f.type) else f.type) for f in FRAME]
)


def _csv_writer(path: Path) -> Any:
    from pyarrow import csv

    return csv.CSVWriter(str(path), _PLAIN)


class FrameWriter:
    """Writes forecast frames to one file, Parquet (a row group per call) or CSV by its name; use it in a `with`.

    The file appears under its name only when it is complete.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._csv = path.suffix.lower() == ".csv"
        self._writer = (
            _csv_writer(self._part) if self._csv else pq.ParquetWriter(self._part, FRAME, compression="zstd")
        )
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
        self.write_many(
            [meter_id] * len(mean),
            issued_at,
            resolution_s=resolution_s,
            unit=unit,
            mean=mean,
            quantiles=quantiles,
        )

    def write_many(
        self,
        meter_ids: Sequence[str],
        issued_at: IntArray,
        *,
        resolution_s: int,
        unit: str,
        mean: FloatArray,
        quantiles: FloatArray,
    ) -> None:
        """Add windows of a fleet, each of its own meter."""
        n_windows, horizon = mean.shape
        n = n_windows * horizon
        if not n:
            return
        issued = np.repeat(issued_at, horizon)
        starts = (issued_at[:, None] + resolution_s * np.arange(horizon, dtype=np.int64)).ravel()
        columns = [
            _each_word(meter_ids, horizon),
            _column(issued * 1_000_000, _TIME),
            _column(starts * 1_000_000, _TIME),
            _each_word([format_resolution(resolution_s)], n),
            _each_word([unit], n),
            _column(mean.ravel(), pa.float64()),
        ]
        flat = quantiles.reshape(n, -1)
        columns += [_column(flat[:, level], pa.float64()) for level in range(flat.shape[1])]
        table = pa.Table.from_arrays(columns, schema=FRAME)
        self._writer.write_table(table.cast(_PLAIN) if self._csv else table)
        self.rows += n
