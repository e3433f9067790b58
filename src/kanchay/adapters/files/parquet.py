"""Parquet to table: types come from the file, labels stay dictionary-coded."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from kanchay.adapters.files.arrays import codes_of, floats_of, integers_of, known_of, strings
from kanchay.adapters.files.cells import cell_type
from kanchay.adapters.files.container import Limits, size
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.times import EARLIEST, LATEST, epoch_seconds
from kanchay.adapters.files.words import ROLE_WORDS, matches, normal

__all__ = ["read_parquet"]


def read_parquet(data: bytes, name: str, limits: Limits) -> Table:
    """The table of a Parquet file, within the limits by what its footer declares."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        meta, schema = file.metadata, file.schema_arrow
        if meta.num_rows == 0:
            raise refuse("empty", name)
        unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if meta.num_rows > limits.max_rows or unpacked > 4 * limits.max_unpacked:
            raise refuse("bomb", name, size=size(unpacked), limit=size(4 * limits.max_unpacked))
        if len(schema) > limits.max_columns:
            raise refuse("columns", name, what=f"it has {len(schema)} columns")
        labels = [f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)]
        # Labels stay coded: one long label repeated a million times must not fill the memory.
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=labels)
        columns = [c for c in (_column(f.name, file.read(columns=[f.name])) for f in schema) if c is not None]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise refuse("truncated", name) from error
    return Table(columns, meta.num_rows, facts=(("container", "parquet"),), score=1.0)


def _column(name: str, table: Any) -> Column | None:
    """One column by its type; None for types that hold neither times, numbers nor labels."""
    import pyarrow as pa

    if table.num_columns != 1:
        return None  # nested
    column, kind = _whole(table.column(0)), table.schema.field(0).type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        seconds = column.cast(pa.timestamp("s", tz=getattr(kind, "tz", None)), safe=False)
        instants = integers_of(seconds.cast(pa.int64()))
        # A year no meter knows is damage: that row has no time, as where a text cannot be read.
        known = known_of(column) & (instants >= 0) & (instants <= LATEST)
        instants = np.where(known, instants, 0)
        aware = getattr(kind, "tz", None) is not None
        return Column(
            name,
            "date" if pa.types.is_date(kind) else "datetime",
            instants=instants,
            known=known,
            aware=aware,
        )
    if pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
        column, kind = column.cast(pa.float64() if pa.types.is_decimal(kind) else pa.int8()), pa.float64()
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        numbers = floats_of(column.cast(pa.float64()))
        return Column(name, "epoch" if _is_epoch(name, numbers) else "number", numbers=numbers)
    if pa.types.is_time(kind):
        clock = strings(None if t is None else t.isoformat("minutes") for t in column.to_pylist())
        return Column(name, "time", texts=clock)
    if pa.types.is_dictionary(kind):
        return _labels(name, column)
    return None


def _whole(column: Any) -> Any:
    """A column in one piece."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    if column.num_chunks == 0:
        return pa.nulls(0, column.type)
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _is_epoch(name: str, numbers: np.ndarray) -> bool:
    """Numbers that lie between 1975 and 2100 as an epoch of some unit, under a name of time or rising to the end."""
    known = numbers[~np.isnan(numbers)]
    if not len(known) or epoch_seconds(numbers) is None or known.min() < EARLIEST:
        return False
    named = matches(
        f"{ROLE_WORDS['time']}|{ROLE_WORDS['start']}|t|epoch|unix|millis|ms|{ROLE_WORDS['end']}", normal(name)
    )
    return bool(named) or bool(
        (np.diff(known) > 0).all() and known.max() < 1.5 * known.min() and known.min() > 1e9
    )


def _labels(name: str, chunk: Any) -> Column:
    import pyarrow as pa

    codes = codes_of(chunk)
    words = tuple(str(w) for w in chunk.dictionary.to_pylist())
    numeric = sum(cell_type(w) in ("number", "empty") for w in words[:2000])
    times = Counter(cell_type(w) for w in words[:2000] if w.strip())
    kind, n_kind = times.most_common(1)[0] if times else ("text", 0)
    if kind in ("datetime", "date", "time", "range") and n_kind >= 0.9 * sum(times.values()):
        return Column(name, kind, texts=chunk.cast(pa.string()))  # times kept as text
    if words and numeric >= 0.8 * min(len(words), 2000) and len(words) > 20:
        return Column(
            name, "number", texts=chunk.cast(pa.string())
        )  # numbers kept as text, for a few marks of error
    return Column(name, "text", codes=codes, words=words)
